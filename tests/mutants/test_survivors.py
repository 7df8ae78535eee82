"""Every change of a line that the suite does not notice was looked at by a person, who says why."""

import pytest

from tests.gateways import CERTIFIABLE
from tests.mutants.operators.mutations import modules
from tests.mutants.operators.verdicts import COLUMNS, survivors


@pytest.mark.parametrize("connector", CERTIFIABLE)
def test_every_reviewed_survivor_says_why(connector):
    for row in survivors(connector):
        assert tuple(row) == COLUMNS
        assert row["verdict"] in ("equivalent", "not judged")
        assert len(row["reason"]) > 10


@pytest.mark.parametrize("connector", CERTIFIABLE)
def test_every_reviewed_survivor_is_still_a_line_of_the_connector(connector):
    files = {path.name: path for path in modules(connector).values()}
    for row in survivors(connector):
        lines = {line.strip() for line in files[row["file"]].read_text(encoding="utf-8").splitlines()}
        assert row["line"] in lines, f"{row['file']}: {row['line']}"
