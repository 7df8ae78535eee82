"""A certificate that was meddled with is refused, and for the reason that is its own.

Whoever meddles here holds the right key and signs again, unless the signature is what is meddled with: what gives
them away is only what the certificate says.
"""

import base64
import json
from hashlib import sha256

import pytest

from reports.signing import new_key
from tests.reports.acme import ISSUED, refused_for, spelled

TAMPERED = []


def tampered(name, *reasons, given="", at=None):
    """Name a way to meddle, the checks that must refuse it, and what the verifier holds besides the key."""

    def keep(change):
        TAMPERED.append(pytest.param(change, set(reasons), given, at, id=name))
        return change

    return keep


def _row(statement, identity):
    return next(row for row in statement["predicate"]["requirements"] if row["id"] == identity)


def _edited(change):
    """Meddle with the statement, and sign it again."""

    def meddle(acme):
        statement = acme.statement()
        change(statement["predicate"], statement)
        acme.seal(statement)

    return meddle


# -- the signature


@tampered("edited and not signed again", "signature")
def _(acme):
    statement, envelope = acme.statement(), acme.envelope
    statement["predicate"]["run"]["seed"] = 8
    acme.put(envelope | {"payload": base64.b64encode(spelled(statement)).decode()})


@tampered("signed by a stranger", "signature")
def _(acme):
    stranger, _ = new_key(acme.root / "stranger")
    acme.seal(acme.statement(), secret=stranger)


@tampered("signed by a stranger in the owner's name", "signature")
def _(acme):
    owner = acme.envelope["signatures"][0]["keyid"]
    stranger, _ = new_key(acme.root / "stranger")
    acme.seal(acme.statement(), secret=stranger)
    envelope = acme.envelope
    envelope["signatures"][0]["keyid"] = owner
    acme.put(envelope)


@tampered("signed by nobody", "signature")
def _(acme):
    acme.put(acme.envelope | {"signatures": []})


@tampered("taken out of its envelope", "signature")
def _(acme):
    acme.put(acme.statement())


@tampered("a signature that is no base64", "signature")
def _(acme):
    envelope = acme.envelope
    envelope["signatures"][0]["sig"] = "%%%"
    acme.put(envelope)


@tampered("signed as another kind of document", "payload type")
def _(acme):
    acme.seal(acme.statement(), kind="text/plain")


@tampered("spelled in another way", "canonical")
def _(acme):
    acme.seal(json.dumps(acme.statement(), indent=1).encode())


# -- what it says of itself


@tampered("a count that is too high", "counts")
@_edited
def _(said, _):
    said["counts"]["requirements"]["pass"] += 1


@tampered("an excuse that is not counted", "counts")
@_edited
def _(said, _):
    said["counts"]["excused"] = 0


@tampered("a failed case under a pass", "outcomes")
@_edited
def _(said, statement):
    _row(statement, "MON-001")["cases"] = {"pass": 1, "fail": 1}
    said["counts"]["cases"] |= {"pass": 3, "fail": 1}


@tampered("a requirement that stands twice", "outcomes")
@_edited
def _(said, statement):
    said["requirements"].append(_row(statement, "RES-002"))
    said["counts"]["requirements"]["pass"] += 1
    said["counts"]["cases"]["pass"] += 1


@tampered("a failure that is certified", "verdict")
@_edited
def _(said, statement):
    _row(statement, "RES-002").update(outcome="fail", cases={"fail": 1})
    said["counts"]["requirements"] |= {"pass": 2, "fail": 1}
    said["counts"]["cases"] |= {"pass": 3, "fail": 1}


@tampered("a requirement that did not run", "verdict")
@_edited
def _(said, statement):
    _row(statement, "RES-002").update(outcome="not run", cases={})
    said["counts"]["requirements"] |= {"pass": 2, "not run": 1}
    said["counts"]["cases"] |= {"pass": 3}


@tampered("a state that was not reached", "state")
@_edited
def _(said, _):
    said.update(state=4, stateTitle="production")


@tampered("a flow that nobody claims any more", "state")
@_edited
def _(said, _):
    said["connector"]["flows"].remove("Refund")


@tampered("an excuse without a source", "excuses")
@_edited
def _(said, _):
    said["notClaimed"][0]["source"] = None


@tampered("excused, and so a state higher", "excuses")
@_edited
def _(said, statement):
    _row(statement, "RES-001")["excused"] = True
    said["counts"]["excused"] += 1
    said.update(state=4, stateTitle="production")


@tampered("a reason for what nobody asked", "excuses")
@_edited
def _(said, _):
    said["notClaimed"].append(said["notClaimed"][0] | {"requirement": "MON-099"})


@tampered("a waiver that is hidden", "waivers")
@_edited
def _(said, _):
    said.update(waivers=[], validUntil="2027-05-20T10:00:00Z")


@tampered("a waiver that lasts for ever", "waivers")
@_edited
def _(said, _):
    said["waivers"][0]["expires"] = "2099-01-01"
    said["validUntil"] = "2027-05-20T10:00:00Z"


@tampered("a waiver for what is never waivable", "waivers")
@_edited
def _(said, statement):
    _row(statement, "LIF-001")["waivable"] = False


@tampered("a waiver that had ended", "waivers", "expired")
@_edited
def _(said, _):
    said["waivers"][0]["expires"] = "2026-11-20"
    said["validUntil"] = "2026-11-20T23:59:59Z"


@tampered("valid for longer than its waiver", "validity")
@_edited
def _(said, _):
    said["validUntil"] = "2027-05-20T10:00:00Z"


@tampered("used after its end", "expired", at="2027-02-01T00:00:00Z")
def _(acme):
    """It was valid until the last day of its waiver."""


@tampered("used before its time", "not yet", at="2026-11-21T09:59:59Z")
def _(acme):
    """It was issued a second later."""


@tampered("about another connector", "subject")
@_edited
def _(said, statement):
    statement["subject"][0]["digest"]["dirHash"] = sha256(b"another").hexdigest()


@tampered("about whatever has a weak digest", "subject")
@_edited
def _(said, statement):
    statement["subject"][0]["digest"]["md5"] = "d41d8cd98f00b204e9800998ecf8427e"


@tampered("a lane that ran after it was issued", "lanes")
@_edited
def _(said, _):
    said["lanes"][0]["date"] = "2026-11-22"


@tampered("more mutants killed than there were", "mutants")
@_edited
def _(said, _):
    said["suite"]["mutants"]["killed"] = 13


@tampered("nothing that passed", "verdict")
@_edited
def _(said, _):
    said["requirements"] = [row for row in said["requirements"] if row["outcome"] == "waived"]
    outcomes = dict.fromkeys(said["counts"]["requirements"], 0) | {"waived": 1}
    cases = dict.fromkeys(said["counts"]["cases"], 0) | {"waived": 1}
    said.update(counts={"requirements": outcomes, "excused": 0, "cases": cases}, notClaimed=[])


@tampered("reasons for more cases than there were", "excuses")
@_edited
def _(said, _):
    said["notClaimed"][0]["cases"] = 2


@tampered("a waiver that nobody needed", "waivers")
@_edited
def _(said, _):
    said["waivers"].append(said["waivers"][0] | {"requirement": "MON-001"})


@tampered("a lane of another run", "lanes")
@_edited
def _(said, _):
    said["lanes"][0]["results"] = sha256(b"another").hexdigest()


# -- against the results and the evidence


@tampered("a requirement left out", "results: requirements", "results: counts", given="bundle")
@_edited
def _(said, statement):
    said["requirements"].remove(_row(statement, "RES-002"))
    said["counts"]["requirements"]["pass"] -= 1
    said["counts"]["cases"]["pass"] -= 1


@tampered("a capability that was not claimed", "results: capabilities", given="bundle")
@_edited
def _(said, _):
    said["capabilities"]["paymentMethods"]["CARD"]["mandates"] = True


@tampered("another seed", "results: run", given="bundle")
@_edited
def _(said, _):
    said["run"]["seed"] = 8


@tampered("a later version of the connector", "results: connector", given="bundle")
@_edited
def _(said, _):
    said["connector"]["version"] = "2.0"


@tampered("evidence of another run", "results: requirements", given="bundle")
@_edited
def _(said, statement):
    _row(statement, "MON-001")["evidence"] = sha256(b"another").hexdigest()


@tampered("a friendlier reason", "results: waivers", given="bundle")
@_edited
def _(said, _):
    said["waivers"][0]["reason"] = "acme is testing this"


@tampered("a results file that was touched", "results", given="bundle")
def _(acme):
    file = acme.bundle / "results.json"
    file.write_text(file.read_text() + "\n")


@tampered("a results file that is cut off", "results", given="bundle")
def _(acme):
    file = acme.bundle / "results.json"
    file.write_bytes(file.read_bytes()[:900])


@tampered("an exchange that was touched", "evidence", given="bundle")
def _(acme):
    file = next((acme.bundle / "evidence").iterdir())
    file.write_text(file.read_text().replace("200", "201"))


@tampered("an exchange that is gone", "evidence", given="bundle")
def _(acme):
    next((acme.bundle / "evidence").iterdir()).unlink()


# -- against the connector and the suite


@tampered("a connector that was changed since", "connector", given="connector")
def _(acme):
    (acme.connector / "codes.json").write_text('{"declined": "CHARGED"}\n')


@tampered("another wheel with the same files", "connector", given="wheel")
def _(acme):
    with acme.wheel.open("ab") as wheel:
        wheel.write(b"\0")


@tampered("a wheel that does not hold what was tested", "connector", given="wheel")
@_edited
def _(said, _):
    said["connector"]["digest"] = sha256(b"another").hexdigest()


@tampered("a wheel that is none", "connector", given="wheel")
def _(acme):
    """Its digest may be right: it has not been shown to hold anything."""
    acme.wheel.write_bytes(b"PK")
    statement = acme.statement()
    statement["subject"][0]["digest"]["sha256"] = sha256(b"PK").hexdigest()
    acme.seal(statement)


@tampered("a connector that is gone", "connector", given="connector")
def _(acme):
    acme.connector.rename(acme.root / "elsewhere")


@tampered("a checkout without a suite", "suite", given="suite")
def _(acme):
    (acme.checkout / "suites").rename(acme.checkout / "tests")


@tampered("a suite that was changed since", "suite", given="suite")
def _(acme):
    (acme.checkout / "suites/test_money.py").write_text("")


@tampered("a simulator that was changed since", "simulator", given="suite")
def _(acme):
    (acme.checkout / "mock_gateways/acme.py").write_text("APP = 2\n")


@tampered("a requirement that the suite has and it leaves out", "inventory", given="suite")
@_edited
def _(said, statement):
    said["requirements"].remove(_row(statement, "RES-002"))
    said["counts"]["requirements"]["pass"] -= 1
    said["counts"]["cases"]["pass"] -= 1


@tampered("a requirement that it calls waivable", "inventory", given="suite")
@_edited
def _(said, statement):
    _row(statement, "MON-001")["waivable"] = True


@tampered("a state that asks for less", "inventory", given="suite")
@_edited
def _(said, _):
    said["suite"]["states"][1]["needs"] = ["Authorize"]


@tampered("a state that the suite does not know", "inventory", given="suite")
@_edited
def _(said, _):
    said["suite"]["states"].append({"state": 9, "title": "perfect", "needs": ["Payout"], "areas": []})


@tampered("a better score of the mutants", "mutants", given="suite")
@_edited
def _(said, _):
    said["suite"]["mutants"]["killed"] = 12


@pytest.mark.parametrize(("meddle", "reasons", "given", "at"), TAMPERED)
def test_it_is_refused_for_its_own_reason(acme, meddle, reasons, given, at):
    meddle(acme)
    held = {
        "": (), "bundle": ("--bundle", acme.bundle), "connector": ("--connector", acme.connector),
        "wheel": ("--connector", acme.wheel), "suite": ("--suite", acme.checkout),
    }[given]  # fmt: skip
    code, output = acme.verify(*held, **({"at": at} if at else {}))
    assert refused_for(output) == reasons, output
    assert code == 1
    assert "INVALID" in output


def test_twenty_ways_and_more_are_known():
    assert len(TAMPERED) >= 20
    assert len({mark.id for mark in TAMPERED}) == len(TAMPERED)


def test_untouched_it_holds_in_all_that_can_be_checked(acme):
    code, output = acme.verify(*acme.everything())
    assert (code, refused_for(output)) == (0, set())
    assert "not checked" not in output
    assert "VALID: acme 1.0, state 3, until 2027-01-31T23:59:59Z" in output
    assert acme.verify(at=ISSUED)[0] == 0
