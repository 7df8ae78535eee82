"""A new requirement is a candidate: run and told, and required only from the next minor version on."""

import pytest

from reports.results import ExitCode
from suites import inventory, waivers
from tests.gateways import WIDEST
from tests.mutants.forked import run
from tests.suites.test_waivers import GOOD, TODAY, _never_says_until_when, _written

NEW = "STA-015"
LISTED = """
version = "{version}"
[areas]
CAP = "capabilities"
[[state]]
state = 1
title = "one"
[[requirement]]
id = "CAP-001"
title = "The first"
state = 1
waivable = true
[[requirement]]
id = "CAP-002"
title = "The new one"
state = 1
waivable = true
{row}
"""


def _read(row, version="0.4"):
    return inventory.read(LISTED.format(version=version, row=row).encode())


def test_a_candidate_is_one_in_the_version_it_came_with():
    assert _read('candidate = true\nsince = "0.4"').requirements["CAP-002"].candidate
    assert _read('candidate = true\nsince = "0.4.1"', "0.4.7").requirements["CAP-002"].candidate


@pytest.mark.parametrize("version", ["0.5", "0.5.1", "1.0"])
def test_the_next_minor_version_requires_it(version):
    assert not _read('candidate = true\nsince = "0.4"', version).requirements["CAP-002"].candidate


@pytest.mark.parametrize(
    ("row", "says"), [("candidate = true", "since which version"), ('since = "0.5"', "since 0.5, but this is 0.4")]
)
def test_a_candidate_says_since_when_and_none_is_of_the_future(row, says):
    with pytest.raises(inventory.InvalidInventory, match=says):
        _read(row)


def test_a_candidate_is_no_part_of_a_state():
    from runtime import registry  # noqa: PLC0415 - beside its only use

    required, candidate = _read('since = "0.4"'), _read('candidate = true\nsince = "0.4"')
    connector = registry.find(WIDEST)
    assert required.state_of(connector, {"CAP-001"}) == 0
    assert candidate.state_of(connector, {"CAP-001"}) == 1


def test_a_candidate_is_not_waived(tmp_path):
    listed = _read('candidate = true\nsince = "0.4"')
    with pytest.raises(waivers.InvalidWaiver, match="CAP-002 is a candidate"):
        waivers.load(_written(tmp_path, GOOD), listed, today=TODAY, required=True)


def _with_a_candidate(breaks):
    """The suite with one of its requirements a candidate, against a connector that fails just that one."""

    def changed(connector, patch):
        from dataclasses import replace  # noqa: PLC0415 - in the child

        listed = inventory.load()
        rows = {**listed.requirements, NEW: replace(listed.requirements[NEW], candidate=True)}
        patch.setattr(inventory, "load", lambda: replace(listed, requirements=rows))
        return breaks(connector, patch)

    return changed


def test_a_candidate_that_fails_is_told_and_holds_nothing_back(acme):
    results = run(acme, _with_a_candidate(_never_says_until_when), "--assay-certify")
    (candidate,) = results.candidates
    assert (candidate.id, candidate.outcome) == (NEW, "fail")
    assert NEW not in {row.id for row in results.requirements}
    assert (results.verdict.certified, results.verdict.exit_code) == (True, ExitCode.CERTIFIED)
    assert results.counts["fail"] == 0


def test_the_same_failure_of_a_requirement_holds_the_connector_back(acme):
    results = run(acme, _never_says_until_when, f"--assay-require={NEW}")
    assert results.verdict.exit_code == ExitCode.FAILED
