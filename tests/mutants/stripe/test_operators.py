"""The operator mutants, shown on one connector: what is changed, what is left alone, and what counts as killed."""

import os

import pytest

from tests.mutants.forked import Crashed, run
from tests.mutants.operators.__main__ import score
from tests.mutants.operators.loading import changed
from tests.mutants.operators.mutations import mutations
from tests.mutants.operators.reach import Hunt, Reach
from tests.mutants.operators.verdicts import Fate, Reviewed, Verdict, judge

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="left out: mutants run in forked children, as on POSIX")


@pytest.fixture(scope="module")
def of_webhooks():
    return mutations("stripe", "webhooks.py")


def _that(found, line, becomes):
    return next(m for m in found if m.change == (line, becomes))


def test_a_comparison_an_argument_and_a_text_are_changed(of_webhooks):
    tolerance = "if abs(now - int(times[0])) > config.webhook_tolerance_s:"
    assert _that(of_webhooks, tolerance, tolerance.replace(">", ">=")).operator == "swap_op"
    signed = 'signed = times[0].encode() + b"." + command.body'
    assert _that(of_webhooks, signed, 'signed = times[0].encode() + b"XX.XX" + command.body').operator == "string"
    assert {m.operator for m in of_webhooks} >= {"arg_removal", "assignment", "keywords", "if_exp"}


def test_every_mutation_changes_its_file_and_still_compiles(of_webhooks):
    for mutation in of_webhooks:
        old, new = mutation.change
        assert old != new
        compile(mutation.source(), "changed", "exec")


def test_what_is_written_for_people_is_left_alone(of_webhooks):
    said = ("is empty", "must read", "holds under", "away from now", "not to be read")
    changed_lines = [m.change[1] for m in of_webhooks]
    assert not [line for line in changed_lines for words in said if f"XX{words}" in line or "XXstripe" in line]
    assert not [m for m in of_webhooks if m.change[0].startswith(("from ", "import ", '"""'))]


@forks
def test_a_signature_that_nobody_checks_is_killed(of_webhooks):
    line = "if True not in [matches_any(one, signatures) for one in expected]:  # a list: every secret is tried"
    mutation = _that(of_webhooks, line, line.replace("True not in", "True in"))
    results = run("stripe", lambda *_: changed("stripe", mutation), "--assay-require=WEB-001")
    assert (judge(mutation, results).fate, judge(mutation, results).told) == (Fate.KILLED, "WEB-001")


@forks
def test_once_it_is_killed_nothing_more_is_run(of_webhooks):
    line = 'times = [value for name, value in items if name == "t"]'
    mutation = _that(of_webhooks, line, line.replace("==", "!="))
    hunt = Hunt((), others=True)
    results = run("stripe", lambda *_: changed("stripe", mutation), "--assay-area=webhooks", plugins=[hunt])
    failed = [case for row in results.requirements for case in row.cases if case.outcome == "fail"]
    assert len(failed) == 1


@forks
def test_what_makes_no_connector_is_stillborn_and_not_killed():
    (mutation,) = [m for m in mutations("stripe", "__init__.py") if m.change[1] == "CONNECTOR = None"]
    with pytest.raises(Crashed, match="Stillborn") as crash:
        run("stripe", lambda *_: changed("stripe", mutation), "--assay-require=WEB-001")
    assert judge(mutation, crash.value).fate is Fate.STILLBORN


def test_a_child_that_was_ended_for_its_time_is_a_timeout(of_webhooks):
    assert judge(of_webhooks[0], Crashed("ended by SIGXCPU")).fate is Fate.TIMEOUT


def test_a_line_run_at_import_reaches_every_case_and_any_other_its_own(of_webhooks):
    line = 'signed = times[0].encode() + b"." + command.body'
    mutation = next(m for m in of_webhooks if m.change[0] == line)
    at = mutation.lines.start
    assert not Reach({"webhooks.py": {at: ["case"]}}).is_all(mutation)
    assert set(Reach({"webhooks.py": {at: ["case"]}}).first(mutation)) == {"case"}
    assert Reach({"webhooks.py": {at: ["", "case"]}}).is_all(mutation)


def test_only_what_changes_nothing_is_left_out_of_the_score(of_webhooks):
    killed, same, odd, crashed = of_webhooks[0], of_webhooks[1], of_webhooks[2], of_webhooks[3]
    fates = [(killed, Fate.KILLED), (same, Fate.SURVIVED), (odd, Fate.NOT_REACHED), (crashed, Fate.STILLBORN)]
    said = {same.key: Reviewed("equivalent", "it is"), odd.key: Reviewed("not judged", "nobody asks")}
    assert score([Verdict(mutation, fate) for mutation, fate in fates], said) == (1, 2)
