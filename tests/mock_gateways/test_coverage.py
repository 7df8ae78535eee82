"""The README says how much is simulated, and it does not become less unnoticed."""

import re

from mock_gateways.app import find_gateway, known_gateways
from tests import generated, simulated

SHOWN = generated.shown(simulated.NAME)


def test_the_readme_shows_the_table_that_is_generated():
    assert simulated.table() == SHOWN, "run .venv/bin/python -m tests.simulated"


def test_no_gateway_simulates_less_than_the_readme_says():
    for name in known_gateways():
        promised = int(re.search(rf"^\| {name} \|[^|]*\|[^|]*\| (\d+) \|", SHOWN, re.MULTILINE)[1])
        operations = find_gateway(name).manifest.operations
        assert sum(operation.simulated for operation in operations) >= promised
