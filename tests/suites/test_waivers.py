"""A waiver excuses one failure, for a while, and says so; it never excuses an error, a pass, or money."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from reports.results import ExitCode
from runtime.core.payments import Authorize
from suites import inventory, waivers
from tests.gateways import WIDEST
from tests.mutants.bank import bank
from tests.mutants.forked import Crashed, run
from tests.mutants.tamper import tamper
from tests.suites.test_plugin import pytest_suites

TODAY = datetime.now(tz=UTC).date()
MUTANT = next(m for m in bank(WIDEST) if m.requirement == "CAP-002")
GOOD = {
    "requirement": "CAP-002",
    "failure": "assert",
    "reason": "known and accepted",
    "owner": "me",
    "issue": "acme/pay#1",
    "expires": TODAY + timedelta(10),
}


def _toml(value):
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if not isinstance(value, str | list) else json.dumps(value)


def _written(folder, *rows, head="[[waiver]]"):
    file = folder / "waivers.toml"
    text = "\n".join(f"{head}\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in row.items()) for row in rows)
    file.write_text(text)
    return file


def _waiver(folder, **changes):
    return f"--assay-waivers={_written(folder, GOOD | changes)}"


def _capabilities(breaks, *arguments):
    return run(WIDEST, breaks, "--assay-require=CAP-002", *arguments)


def _row(results):
    return next(row for row in results.requirements if row.id == "CAP-002")


def _use(results):
    return results.waivers[0].status


def _loaded(file):
    return waivers.load(file, inventory.load(), today=TODAY, required=True)


# -- what a file may say


def test_a_good_waiver_is_read(tmp_path):
    assert _loaded(_written(tmp_path, GOOD)).by_requirement["CAP-002"].owner == "me"


@pytest.mark.parametrize("key", GOOD)
def test_every_key_is_needed(tmp_path, key):
    without = {name: value for name, value in GOOD.items() if name != key}
    with pytest.raises(waivers.InvalidWaiver, match=rf"waivers\.toml: {key}: Field required"):
        _loaded(_written(tmp_path, without))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"requirement": "XYZ-001"}, "there is no 'XYZ-001'"),
        ({"requirement": "MON-001"}, "MON-001 is never waivable"),
        ({"requirement": "WEB-002"}, "WEB-002 is never waivable"),
        ({"expires": TODAY + timedelta(91)}, "is more than 90 days away"),
        ({"expires": "2026-12-01"}, "expires: Input should be a valid date"),
        ({"expires": datetime(2026, 12, 1, 12, tzinfo=UTC)}, "expires: Input should be a valid date"),
        ({"reason": "because"}, "reason: String should have at least 10"),
        ({"reason": "          x"}, "reason: String should have at least 10"),
        ({"owner": " "}, "owner: String should have at least 1"),
        ({"issue": "see above"}, "issue: String should match"),
        ({"failure": ""}, "failure: String should have at least 3"),
        ({"cases": "MANUAL"}, "cases: Input should be a valid list"),
        ({"cases": []}, "cases: List should have at least 1 item"),
        ({"cases": ["MANUAL", "MANUAL"]}, "cases: Value error, a case stands twice"),
        ({"until": "ever"}, "until: Extra inputs are not permitted"),
    ],
)
def test_a_waiver_that_says_something_else_is_refused(tmp_path, changes, says):
    with pytest.raises(waivers.InvalidWaiver, match=says):
        _loaded(_written(tmp_path, GOOD | changes))


def test_ninety_days_are_allowed(tmp_path):
    assert _loaded(_written(tmp_path, GOOD | {"expires": TODAY + timedelta(90)}))


def test_a_requirement_is_waived_once(tmp_path):
    with pytest.raises(waivers.InvalidWaiver, match="CAP-002 stands twice"):
        _loaded(_written(tmp_path, GOOD, GOOD))


@pytest.mark.parametrize("head", ["[[waivers]]", "[waiver]"])
def test_a_table_of_another_name_is_not_passed_over(tmp_path, head):
    with pytest.raises(waivers.InvalidWaiver, match=r"begins with \[\[waiver\]\]"):
        _loaded(_written(tmp_path, GOOD, head=head))


def test_what_is_no_toml_is_refused(tmp_path):
    (tmp_path / "waivers.toml").write_text("[[waiver")
    with pytest.raises(waivers.InvalidWaiver, match=r"waivers\.toml: not TOML"):
        _loaded(tmp_path / "waivers.toml")


def test_a_file_that_is_named_must_be_there(tmp_path):
    with pytest.raises(waivers.InvalidWaiver, match="there is no such file"):
        _loaded(tmp_path / "none.toml")


# -- what it does


def test_a_failure_is_excused_and_named(tmp_path):
    results = _capabilities(MUTANT.breaks, _waiver(tmp_path))
    assert _row(results).outcome == "waived"
    assert _use(results) == "used"


def test_another_failure_than_the_expected_one_is_not_excused(tmp_path):
    results = _capabilities(MUTANT.breaks, _waiver(tmp_path, failure="the sandbox is closed on Sundays"))
    assert _row(results).outcome == "fail"
    assert _use(results) == "unused"


def test_only_the_cases_that_are_named_are_excused(tmp_path):
    results = _capabilities(MUTANT.breaks, _waiver(tmp_path, cases=["MANUAL"]))
    assert {case.name.partition("[")[2]: case.outcome for case in _row(results).cases} == {
        "AUTOMATIC]": "pass",
        "MANUAL]": "waived",
        "MANUAL_MULTIPLE]": "fail",
    }
    assert _row(results).outcome == "fail"


def test_a_case_that_does_not_exist_ends_the_run_at_collection(tmp_path):
    with pytest.raises(Crashed, match=r"CAP-002 has no 'MANUALLY'; it has AUTOMATIC, MANUAL"):
        _capabilities(MUTANT.breaks, _waiver(tmp_path, cases=["MANUALLY"]))


def test_a_named_case_that_passes_is_reported_though_another_fails(tmp_path):
    results = _capabilities(MUTANT.breaks, _waiver(tmp_path, cases=["AUTOMATIC", "MANUAL", "MANUAL_MULTIPLE"]))
    assert _row(results).outcome == "waived"
    assert _use(results) == "unexpectedly passing"


def test_a_waiver_excuses_no_error(tmp_path):
    def breaks_the_suite(connector, patch):
        from suites.merchant import Merchant  # noqa: PLC0415 - in the child

        def crash(self, *_, **__):
            raise RuntimeError("assert nothing: the suite itself is broken")

        patch.setattr(Merchant, "order", crash)

    results = _capabilities(breaks_the_suite, _waiver(tmp_path))
    assert _row(results).outcome == "error"


def test_a_waiver_that_ran_out_excuses_nothing(tmp_path):
    results = _capabilities(MUTANT.breaks, _waiver(tmp_path, expires=TODAY - timedelta(2)))
    assert _row(results).outcome == "fail"
    assert _use(results) == "expired"


def test_a_waiver_for_what_passes_is_reported(tmp_path):
    results = _capabilities(lambda connector, patch: None, _waiver(tmp_path))
    assert _use(results) == "unexpectedly passing"


def _never_says_until_when(connector, patch):
    """One requirement that can be waived fails, STA-015, and no other."""
    return tamper(connector, Authorize, outcome=lambda _, outcome: replace(outcome, expires_at=None))


def test_a_waiver_that_is_used_holds_nothing_back_and_is_told(acme, tmp_path):
    waived = _waiver(tmp_path, requirement="STA-015")
    results = run(acme, _never_says_until_when, "--assay-certify", waived)
    assert (results.verdict.certified, results.verdict.exit_code) == (True, ExitCode.CERTIFIED)
    assert (results.counts["waived"], _use(results)) == (1, "used")
    assert results.waivers[0].model_dump(mode="json") == {
        "requirement": "STA-015", "reason": GOOD["reason"], "owner": "me", "issue": "acme/pay#1",
        "expires": str(GOOD["expires"]), "status": "used",
    }  # fmt: skip


def test_every_bad_waiver_is_named_and_certifies_nothing(acme, tmp_path):
    """An expired one, one for what passes, and one for what is not claimed: acme_pay has no disputes."""
    rows = (
        {"requirement": "CAP-001", "expires": TODAY - timedelta(2)},
        {"requirement": "CAP-002"},
        {"requirement": "LIF-027"},
    )
    file = _written(tmp_path, *(GOOD | row for row in rows))
    results = run(acme, lambda connector, patch: None, "--assay-certify", f"--assay-waivers={file}")
    assert [use.status for use in results.waivers] == ["expired", "unexpectedly passing", "unused"]
    assert results.verdict.exit_code == ExitCode.NOT_CERTIFIABLE
    assert results.verdict.reasons == tuple(f"waiver for {use.requirement} is {use.status}" for use in results.waivers)
    assert json.loads(results.model_dump_json())["verdict"]["certified"] is False


def test_a_waiver_is_for_the_lanes_of_its_requirement(tmp_path):
    """One file stands for all lanes: what is judged against the simulator alone is not missed in a replay."""
    both = _written(tmp_path, GOOD, GOOD | {"requirement": "ERR-004"})
    chosen = ("--assay-lane=replay", "--assay-require=ERR-004", f"--assay-waivers={both}")
    results = run(WIDEST, lambda connector, patch: None, *chosen)
    assert [use.requirement for use in results.waivers] == ["ERR-004"]


def test_a_rule_that_is_broken_ends_a_run_of_several_processes_too(tmp_path):
    waived = _waiver(tmp_path, cases=["MANUALLY"])
    code, output = pytest_suites(f"--connector={WIDEST}", "--assay-require=CAP-002", waived, "-p", "xdist", "-n2")
    assert code == ExitCode.USAGE
    assert "CAP-002 has no 'MANUALLY'" in output
    assert "INTERNALERROR" not in output
