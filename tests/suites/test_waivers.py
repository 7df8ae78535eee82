"""A waiver excuses a failure, for a while, and says so; it never excuses an error, a pass, or money."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from reports.results import ExitCode
from tests.mutants.bank import bank
from tests.mutants.forked import run

TODAY = datetime.now(tz=UTC).date()
MUTANT = next(m for m in bank("stripe") if m.requirement == "CAP-002")


def _waiver(folder, days):
    file = folder / "waivers.toml"
    file.write_text(
        f'[[waiver]]\nrequirement = "CAP-002"\nreason = "known and accepted"\nowner = "me"\nissue = "#1"\n'
        f"expires = {TODAY + timedelta(days)}\n"
    )
    return f"--assay-waivers={file}"


def _capabilities(breaks, *arguments):
    return run("stripe", breaks, "--assay-require=CAP-002", *arguments)


def _use(results):
    return results.waivers[0].status


def test_a_failure_is_excused_and_named(tmp_path):
    results = _capabilities(MUTANT.breaks, _waiver(tmp_path, 10))
    assert next(row for row in results.requirements if row.id == "CAP-002").outcome == "waived"
    assert _use(results) == "used"


def test_a_waiver_that_ran_out_excuses_nothing(tmp_path):
    results = _capabilities(MUTANT.breaks, _waiver(tmp_path, -2))
    assert next(row for row in results.requirements if row.id == "CAP-002").outcome == "fail"
    assert _use(results) == "expired"


def test_a_waiver_for_what_passes_is_reported(tmp_path):
    results = _capabilities(lambda connector, patch: None, _waiver(tmp_path, 10))
    assert _use(results) == "unexpectedly passing"


@pytest.mark.parametrize(("days", "status"), [(10, "unexpectedly passing"), (-2, "expired")])
def test_a_bad_waiver_certifies_nothing(tmp_path, days, status):
    results = run("stripe", lambda connector, patch: None, "--assay-certify", _waiver(tmp_path, days))
    assert _use(results) == status
    assert results.verdict.exit_code == ExitCode.NOT_CERTIFIABLE
    assert json.loads(results.model_dump_json())["verdict"]["certified"] is False
