"""Comparing two runs: what got worse is never told as anything else."""

import pytest

from reports.results import Results
from tests.reports.acme import ROWS, WAIVER, cli, results


def _run(acme, name, rows=ROWS, **changes):
    inventory = Results.model_validate_json((acme.bundle / "results.json").read_text()).inventory_digest
    file = acme.root / name
    file.write_text(results(acme, inventory, rows=rows, **changes).model_dump_json())
    return file


def _turned(identity, *outcomes):
    return [(*row[:5], [(word, "", "") for word in outcomes]) if row[0] == identity else row for row in ROWS]


def _told(output):
    """The lines of each heading."""
    found, heading = {}, ""
    for line in output.splitlines():
        if line.startswith("  "):
            found.setdefault(heading, []).append(line.strip())
        else:
            heading = line.split(" (")[0]
    return found


def test_the_same_run_twice_has_no_differences(acme):
    old = _run(acme, "old.json")
    assert cli("diff", old, old) == (0, "nothing changed\n")


@pytest.mark.parametrize(
    ("before", "after", "heading", "code"),
    [
        (["pass"], ["fail"], "worse", 1),
        (["pass"], ["error"], "worse", 1),
        (["pass"], ["not claimed"], "worse", 1),
        (["waived"], ["fail"], "worse", 1),
        (["fail"], ["pass"], "better", 0),
        (["not claimed"], ["pass"], "better", 0),
        (["fail"], ["error"], "other", 0),
    ],
)
def test_a_requirement_that_turns_is_told_under_its_heading(acme, before, after, heading, code):
    waivers = [WAIVER | {"requirement": "RES-002"}, WAIVER] if "waived" in before else [WAIVER]
    old = _run(acme, "old.json", rows=_turned("RES-002", *before), waivers=waivers)
    new = _run(acme, "new.json", rows=_turned("RES-002", *after))
    done, output = cli("diff", old, new)
    line = f"RES-002 A late answer is no failure: {before[0]} -> {after[0]}"
    assert (done, line in _told(output)[heading]) == (code, True), output


def test_what_is_new_and_what_is_gone_is_told(acme):
    old, new = _run(acme, "old.json", rows=ROWS[:-1]), _run(acme, "new.json", rows=ROWS)
    assert "RES-002 A late answer is no failure: absent -> pass" in _told(cli("diff", old, new)[1])["new"]
    assert "RES-002 A late answer is no failure: pass -> absent" in _told(cli("diff", new, old)[1])["gone"]


def test_what_is_new_and_fails_is_worse(acme):
    old = _run(acme, "old.json", rows=ROWS[:-1])
    new = _run(acme, "new.json", rows=_turned("RES-002", "fail"))
    code, output = cli("diff", old, new)
    assert (code, "RES-002 A late answer is no failure: absent -> fail" in _told(output)["worse"]) == (1, True)


def test_one_case_of_many_is_told_by_its_name(acme):
    old, new = _run(acme, "old.json"), _run(acme, "new.json", rows=_turned("MON-001", "pass", "fail"))
    assert "MON-001 test_mon_001[1]: pass -> fail" in _told(cli("diff", old, new)[1])["worse"]


def test_a_claim_that_is_given_up_is_worse(acme):
    old = _run(acme, "old.json")
    flows = Results.model_validate_json(old.read_text()).connector.model_dump() | {"flows": ["Authorize", "Refund"]}
    code, output = cli("diff", old, _run(acme, "new.json", connector=flows))
    assert (code, _told(output)) == (1, {"worse": ["claims PSync: claimed -> absent"]})


def test_certificates_can_be_compared_with_one_another_and_with_results(acme):
    new = _run(acme, "new.json", rows=_turned("RES-002", "fail"))
    assert cli("diff", acme.certificate, acme.certificate) == (0, "nothing changed\n")
    code, output = cli("diff", acme.certificate, new)
    assert (code, _told(output)["worse"]) == (1, ["RES-002 A late answer is no failure: pass -> fail", "state: 3 -> 0"])


def test_what_cannot_be_read_is_named(acme):
    (acme.root / "cut.json").write_text('{"format": 1, "suite"')
    code, output = cli("diff", acme.root / "cut.json", acme.certificate)
    assert (code, f"{acme.root}/cut.json: line 1" in output) == (2, True)


def test_two_connectors_are_named(acme):
    old = _run(acme, "old.json")
    other = Results.model_validate_json(old.read_text()).connector.model_dump() | {"name": "other"}
    code, output = cli("diff", old, _run(acme, "new.json", connector=other))
    assert (code, "compares two connectors: acme and other" in output) == (0, True)
