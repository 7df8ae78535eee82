"""The verdict follows from the inventory: what did not run cannot count."""

import pytest

from reports.results import (
    Case,
    CaseOutcome,
    ExitCode,
    RequirementOutcome,
    RequirementResult,
    WaiverUse,
    combine,
    judge,
)

O = CaseOutcome  # noqa: E741


def _case(outcome):
    return Case(name="case", outcome=outcome)


@pytest.mark.parametrize(
    ("outcomes", "expected"),
    [
        ([], "not run"), ([O.PASS], "pass"), ([O.PASS, O.FAIL], "fail"), ([O.FAIL, O.ERROR], "error"),
        ([O.NOT_CLAIMED], "not claimed"), ([O.NOT_CLAIMED, O.PASS], "pass"), ([O.PASS, O.WAIVED], "waived"),
    ],
)  # fmt: skip
def test_a_requirement_is_as_good_as_its_worst_case(outcomes, expected):
    assert combine([_case(outcome) for outcome in outcomes]) == expected


def _row(outcome):
    return RequirementResult(
        id="X-1", title="t", area="a", state=1, waivable=True, outcome=RequirementOutcome(outcome), cases=()
    )


def _waiver(status):
    return WaiverUse(requirement="X-1", reason="r", owner="o", issue="i", expires="2030-01-01", status=status)


@pytest.mark.parametrize(
    ("rows", "waivers", "complete", "mode", "exit_code"),
    [
        (["pass"], [], True, "certify", ExitCode.CERTIFIED),
        (["pass", "not claimed"], [], True, "certify", ExitCode.CERTIFIED),
        (["pass", "fail"], [], True, "certify", ExitCode.FAILED),
        (["pass", "error"], [], True, "certify", ExitCode.FAILED),
        (["pass", "not run"], [], True, "certify", ExitCode.NOT_CERTIFIABLE),
        (["not claimed"], [], True, "certify", ExitCode.NOT_CERTIFIABLE),
        ([], [], True, "certify", ExitCode.NOT_CERTIFIABLE),
        (["pass"], [], False, "certify", ExitCode.NOT_CERTIFIABLE),
        (["pass", "waived"], ["used"], True, "certify", ExitCode.CERTIFIED),
        (["pass"], ["unused"], True, "certify", ExitCode.NOT_CERTIFIABLE),
        (["pass"], ["expired"], True, "certify", ExitCode.NOT_CERTIFIABLE),
        (["pass"], ["unexpectedly passing"], True, "certify", ExitCode.NOT_CERTIFIABLE),
        (["pass"], [], False, "plain", 0),
        (["fail"], [], False, "plain", 1),
    ],
)
def test_the_exit_code_follows_from_what_ran(rows, waivers, complete, mode, exit_code):
    verdict = judge([_row(r) for r in rows], [_waiver(w) for w in waivers], complete=complete, mode=mode, state=3)
    assert verdict.exit_code == exit_code
    assert verdict.certified == (exit_code == 0 and mode == "certify")
    assert verdict.state == (3 if verdict.certified else 0)
    assert bool(verdict.reasons) != verdict.certified
