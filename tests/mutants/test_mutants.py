"""The suite can fail: controls fail it everywhere, and every requirement has a mutant of its own."""

import os

import pytest

from reports.results import RequirementOutcome
from suites import inventory
from tests.gateways import CERTIFIABLE, WIDEST
from tests.mutants.bank import bank, equivalents
from tests.mutants.controls import CONTROLS
from tests.mutants.forked import run

# What a control answers by itself is judged wherever its own answer can be wrong.
QUICK = [name for name in CONTROLS if name != "sleeps"]


def test_every_requirement_has_a_mutant():
    proven = {mutant.requirement for mutant in bank(WIDEST)}
    listed = inventory.load().requirements.values()
    assert proven == {row.id for row in listed if "simulator" in row.lanes}, "other lanes have mutants of their own"


def test_no_two_mutants_share_a_name():
    names = [mutant.name for mutant in bank(WIDEST)]
    assert len(set(names)) == len(names)


def _outcomes(results):
    left_out = {RequirementOutcome.NOT_RUN, RequirementOutcome.NOT_CLAIMED}
    return [row.outcome for row in results.requirements if row.outcome not in left_out]


@pytest.mark.parametrize("gateway", CERTIFIABLE)
def test_every_equivalent_is_a_mutant_of_the_gateway(gateway):
    assert equivalents(gateway).keys() <= {mutant.name for mutant in bank(gateway)}


@pytest.mark.parametrize("control", QUICK)
def test_a_control_connector_fails_nearly_everything(control):
    results = run(WIDEST, CONTROLS[control])
    outcomes = _outcomes(results)
    assert RequirementOutcome.NOT_RUN not in {row.outcome for row in results.requirements}
    assert results.verdict.exit_code == 1
    failed = outcomes.count(RequirementOutcome.FAIL)
    assert RequirementOutcome.ERROR not in outcomes, "a control must fail, not break the suite"
    assert failed >= 0.95 * len(outcomes), [row.id for row in results.requirements if row.outcome != "fail"]


def test_a_connector_that_hangs_is_interrupted():
    results = run(WIDEST, CONTROLS["sleeps"], "--assay-require=LIF-001,WEB-001,ERR-003,STA-006", "--assay-deadline=1")
    assert _outcomes(results) == [RequirementOutcome.FAIL] * 4
    messages = [case.message for row in results.requirements for case in row.cases]
    assert all("no answer within 1 s" in message for message in messages), messages


@pytest.mark.skipif(not hasattr(os, "fork"), reason="left out: mutants run in forked children, which POSIX alone has")
def test_a_sound_connector_passes_the_same_way():
    results = run(WIDEST, lambda connector, patch: None, "--assay-area=lifecycle")
    assert set(_outcomes(results)) == {RequirementOutcome.PASS}
