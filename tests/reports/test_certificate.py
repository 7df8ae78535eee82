"""A certificate follows from its results alone, and what made it can be checked with other tools."""

import base64
import json
import re
import shutil
import zipfile
from hashlib import sha256
from pathlib import Path

import jsonschema_rs
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from reports.digests import tree_digest
from reports.results import Results
from tests.reports.acme import ISSUED, ROWS, WAIVER, cli, refused_for, results

LANE = {"lane": "replay", "date": "2026-11-20", "results": "0" * 64}
SCHEMA = Path(__file__).parents[2] / "reports/certificate.schema.json"


def test_the_same_run_gives_the_same_bytes(acme):
    first = acme.certificate.read_bytes()
    acme.certificate.unlink()
    assert acme.certify("--connector", acme.wheel)[0] == 0
    assert acme.certificate.read_bytes() == first


def test_the_moment_of_issue_may_come_from_the_environment(acme, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795341600")  # date -u -d "2026-11-22 10:00" +%s
    assert cli("certify", acme.bundle / "results.json", "--key", acme.secret)[0] == 0
    assert acme.statement()["predicate"]["issuedAt"] == "2026-11-22T10:00:00Z"


def test_it_is_a_dsse_envelope_that_plain_cryptography_accepts(acme):
    """secure-systems-lab/dsse, protocol.md: the signature is over the pre-authentication encoding."""
    envelope = acme.envelope
    payload, kind = base64.b64decode(envelope["payload"]), envelope["payloadType"]
    assert kind == "application/vnd.in-toto+json"
    encoded = f"DSSEv1 {len(kind)} {kind} {len(payload)} ".encode() + payload
    serialization.load_pem_public_key(acme.key.read_bytes()).verify(
        base64.b64decode(envelope["signatures"][0]["sig"]), encoded
    )


def test_it_is_an_in_toto_statement_about_the_wheel(acme):
    statement = acme.statement()
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    (subject,) = statement["subject"]
    wheel = sha256(acme.wheel.read_bytes()).hexdigest()
    assert subject == {"name": acme.wheel.name, "digest": {"sha256": wheel}}


@pytest.mark.parametrize("told", [True, False])
def test_or_about_the_tree_that_was_tested(acme, told):
    assert acme.certify(*(("--connector", acme.connector) if told else ()))[0] == 0
    lines = [f"{sha256(text).hexdigest()}  {name}\n" for name, text in
             (("__init__.py", b"CONNECTOR = 1\n"), ("codes.json", b"{}\n"))]  # fmt: skip
    tree = sha256("".join(lines).encode()).hexdigest()
    assert acme.statement()["subject"] == [{"name": "acme", "digest": {"dirHash": tree}}]
    assert acme.statement()["predicate"]["connector"]["digest"] == tree


def test_it_keeps_to_its_published_schema(acme):
    schema = json.loads(SCHEMA.read_text())
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.validate(schema, acme.statement())
    assert cli("schema") == (0, SCHEMA.read_text()), "write it again: python -m reports schema"


def test_it_says_what_was_found_of_each_requirement(acme):
    said = acme.statement()["predicate"]
    assert {row["id"]: row["outcome"] for row in said["requirements"]} == {
        "SEC-001": "pass", "MON-001": "pass", "LIF-001": "waived", "WEB-005": "not claimed", "RES-001": "not claimed",
        "RES-002": "pass",
    }  # fmt: skip
    assert said["counts"] == {
        "requirements": {"pass": 3, "fail": 0, "error": 0, "not claimed": 2, "waived": 1, "not run": 0},
        "excused": 1,
        "cases": {"pass": 4, "fail": 0, "error": 0, "not claimed": 2, "waived": 1},
    }
    assert said["state"] == 3, "RES-001 could have been claimed"
    assert (said["run"]["lane"], said["run"]["seed"], said["run"]["platform"]) == ("simulator", 7, "Linux x86_64")
    assert said["suite"]["mutants"] == {"total": 12, "killed": 11}


def test_what_was_not_claimed_comes_with_its_reason_and_its_source(acme):
    assert acme.statement()["predicate"]["notClaimed"] == [
        {
            "requirement": "WEB-005",
            "cases": 1,
            "reason": "deliveries carry no time",
            "source": "acme.example/webhooks",
        },
        {"requirement": "RES-001", "cases": 1, "reason": "Recovery is not declared", "source": None},
    ]


@pytest.mark.parametrize(
    ("expires", "until"),
    [
        (None, "2027-05-20T10:00:00Z"),  # date -u -d '2026-11-21 10:00 180 days'
        ("2027-02-18", "2027-02-18T23:59:59Z"),
        ("2026-11-21", "2026-11-21T23:59:59Z"),
    ],
)
def test_it_is_valid_until_its_first_waiver_ends_and_never_for_more_than_180_days(acme, expires, until):
    rows = [row for row in ROWS if row[0] != "LIF-001" or expires]
    waivers = [WAIVER | {"expires": expires}] if expires else []
    _write(acme, rows=rows, waivers=waivers)
    assert acme.certify()[0] == 0
    assert acme.statement()["predicate"]["validUntil"] == until


def _write(acme, **changes):
    inventory = Results.model_validate_json((acme.bundle / "results.json").read_text()).inventory_digest
    (acme.bundle / "results.json").write_text(results(acme, inventory, **changes).model_dump_json())


def _with(identity, outcome):
    return [(*row[:5], [(outcome, "", "")]) if row[0] == identity else row for row in ROWS]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"rows": _with("MON-001", "fail")}, "1 fail"),
        ({"rows": _with("MON-001", "error")}, "1 error"),
        ({"rows": [(*ROWS[0][:5], []), *ROWS[1:]]}, "1 not run"),
        ({"complete": False}, "tests were left out"),
        ({"mode": "plain"}, "not run with --assay-certify"),
        ({"waivers": [WAIVER | {"status": "unused"}]}, "waiver for LIF-001 is unused"),
        ({"waivers": []}, "LIF-001 is waived by nobody"),
        ({"waivers": [WAIVER | {"expires": "2027-12-31"}]}, "the waiver lasts longer than 90 days"),
        ({"lane": "replay"}, "only the simulator's lane reaches a state"),
        ({"states": ()}, "run it again"),
    ],
)
def test_a_run_that_certifies_nothing_gets_no_certificate(acme, changes, why):
    before = acme.certificate.read_bytes()
    _write(acme, **changes)
    code, output = acme.certify()
    assert code == 6
    assert why in output
    assert acme.certificate.read_bytes() == before, "what was there stays"


def test_a_state_that_the_rows_do_not_reach_gets_no_certificate(acme):
    _write(acme, capabilities={})
    code, output = acme.certify()
    assert (code, "verdict.state: says 3" in output) == (2, True)


def test_a_connector_that_was_not_the_one_tested_gets_no_certificate(acme):
    (acme.connector / "__init__.py").write_text("CONNECTOR = 2\n")
    with zipfile.ZipFile(acme.root / "other.whl", "w") as wheel:
        wheel.write(acme.connector / "__init__.py", "acme/__init__.py")
    for other in (acme.connector, acme.root / "other.whl"):
        code, output = acme.certify("--connector", other)
        assert (code, "does not hold the files that were tested" in output) == (6, True)


def test_a_run_of_another_lane_becomes_a_dated_stamp(acme):
    inventory = acme.statement()["predicate"]["suite"]["inventory"]
    other = acme.root / "replay.json"
    other.write_text(results(acme, inventory, lane="replay").model_dump_json())
    assert acme.certify("--stamp", other, "2026-11-20")[0] == 0
    assert [(lane["lane"], lane["date"]) for lane in acme.statement()["predicate"]["lanes"]] == [
        ("simulator", "2026-11-21"), ("replay", "2026-11-20"),
    ]  # fmt: skip
    assert acme.verify("--bundle", acme.bundle)[0] == 0


RECORDINGS = [
    {"id": "acme/sale", "source": "simulator", "told_by": "ledger", "recorded_at": "2026-11-19T10:00:00Z",
     "sha256": "0" * 64},
    {"id": "acme/void", "source": "simulator", "told_by": "ledger", "recorded_at": "2026-11-20T10:00:00Z",
     "sha256": "1" * 64},
]  # fmt: skip


def _replayed(acme, **changes):
    other = acme.root / "replay.json"
    inventory = acme.statement()["predicate"]["suite"]["inventory"]
    other.write_text(results(acme, inventory, lane="replay", **changes).model_dump_json())
    return other


def test_a_stamp_says_whose_recordings_it_was_judged_by_and_when_they_were_made(acme):
    other = _replayed(acme, contracts=RECORDINGS)
    assert acme.certify("--stamp", other, "2026-11-21")[0] == 0
    said = "replay: 2026-11-21, 3 requirements, 2 contracts (simulator, recorded 2026-11-19 to 2026-11-20)"
    assert said in acme.verify()[1]


def test_a_run_by_an_expired_contract_is_no_stamp(acme):
    other = _replayed(acme, contracts=[RECORDINGS[0] | {"expired": True}])
    code, output = acme.certify("--stamp", other, "2026-11-21")
    assert (code, "the contract acme/sale has expired" in output) == (6, True)


def test_a_part_of_a_lane_is_no_stamp(acme):
    code, output = acme.certify("--stamp", _replayed(acme, complete=False), "2026-11-21")
    assert (code, "tests were left out" in output) == (6, True)


def test_a_run_of_another_lane_certifies_nothing_by_itself(acme):
    (acme.bundle / "results.json").write_bytes(_replayed(acme).read_bytes())
    code, output = acme.certify()
    assert (code, "reaches a state" in output) == (6, True)


def test_a_stamp_of_another_connector_is_none(acme):
    (acme.connector / "codes.json").write_text("[]")
    inventory = acme.statement()["predicate"]["suite"]["inventory"]
    other = acme.root / "replay.json"
    other.write_text(results(acme, inventory, lane="replay").model_dump_json())
    code, output = acme.certify("--stamp", other, "2026-11-20")
    assert (code, "of another connector" in output) == (6, True)


@pytest.mark.parametrize("epoch", ["soon", "9" * 30])
def test_a_moment_that_is_none_is_a_wrong_command_line(acme, monkeypatch, epoch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    assert cli("certify", acme.bundle / "results.json", "--key", acme.secret)[0] == 4


def test_the_same_lane_twice_is_no_stamp(acme):
    code, output = acme.certify("--stamp", acme.bundle / "results.json", "2026-11-20")
    assert (code, "of another lane" in output) == (6, True)


# -- what cannot be read


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (None, "No such file"),
        (b"", "line 1, column 1"),
        (b'{"format": 1, "suite"', "truncated?"),
        (b"\xff\xfe", "byte 0: not UTF-8"),
        (b"[1, 2]", "no results of Assay"),
        (b'{"tests": 3}', "no results of Assay"),
        (b'{"format": 2, "requirements": []}', "format: this Assay reads 1"),
        (b'{"format": 1, "requirements": []}', "suite: Field required"),
    ],
)
def test_results_that_cannot_be_read_are_named_and_nothing_is_overwritten(acme, content, where):
    before = acme.certificate.read_bytes()
    file = acme.bundle / "results.json"
    file.unlink() if content is None else file.write_bytes(content)
    code, output = acme.certify()
    assert code == 2
    assert f"{file}: " in output
    assert where in output
    assert acme.certificate.read_bytes() == before


@pytest.mark.parametrize(
    ("content", "where"),
    [
        (None, "No such file"),
        (b"", "truncated?"),
        (b"<html>", "line 1, column 1"),
        (b"\xff", "not UTF-8"),
        (b"[]", "a JSON list"),
        (b"{}", "another kind of document"),
        (b'{"a": 1, "a": 2}', "'a' stands twice"),
        (b'{"a": NaN}', "NaN is no JSON"),
        (b'{"payload": 3, "payloadType": "t", "signatures": []}', "payload and payloadType"),
        (b'{"payload": "e30=", "payloadType": "t", "signatures": {}}', "signatures: expected a list"),
        (b'{"payload": "e30", "payloadType": "t", "signatures": []}', "not base64"),
        (b'{"payload": "e30=", "payloadType": "t", "signatures": []}', "another kind of document"),
        (b'{"payload": "W10=", "payloadType": "t", "signatures": []}', "payload: a JSON list"),
        (b"[" * 100_000, ""),
        (b" " * (16 * 1024 * 1024 + 1), "larger than 16 MiB"),
        (b'{"mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json", "dsseEnvelope": [1]}', "expected an object"),
    ],
)
def test_what_is_no_certificate_is_named_so(acme, content, where):
    acme.certificate.unlink() if content is None else acme.certificate.write_bytes(content)
    code, output = acme.verify()
    assert (code, where in output) == (2, True), output


@pytest.mark.parametrize(
    ("kind", "where"),
    [("urn:assay:certificate:v2", "of another version"), ("https://slsa.dev/provenance/v1", "another kind")],
)
def test_a_newer_certificate_and_a_foreign_statement_are_not_judged(acme, kind, where):
    acme.seal(acme.statement() | {"predicateType": kind})
    code, output = acme.verify()
    assert (code, where in output) == (2, True)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("surprise", 1), ("state", "3"), ("state", -1), ("state", 2**53), ("validUntil", "2027-13-45T00:00:00Z"),
        ("lanes", [LANE] * 101), ("validUntil", "soon"), ("lanes", [{"lane": "moon"}]), ("run", None),
    ],
)  # fmt: skip
def test_what_breaks_the_schema_does_not_hold(acme, path, value):
    statement = acme.statement()
    statement["predicate"][path] = value
    acme.seal(statement)
    code, output = acme.verify()
    assert (code, "predicate." in output) == (1, True), output


def test_of_several_runs_each_is_certified_by_itself(acme):
    """One that cannot be certified keeps no other from its certificate."""
    before = acme.certificate.read_bytes()
    (acme.root / "broken").mkdir()
    (acme.root / "broken/results.json").write_text("{")
    acme.certificate.unlink()
    runs = (acme.root / "broken/results.json", acme.bundle / "results.json")
    code, output = cli("certify", *runs, "--key", acme.secret, "--issued-at", ISSUED)
    assert (code, "broken/results.json: line 1" in output) == (2, True)
    assert acme.certificate.read_bytes() != before, "its subject is the tree, not the wheel"
    assert not (acme.root / "broken/certificate.json").exists()
    assert cli("certify", *runs, "--key", acme.secret, "--out", acme.root / "one.json")[0] == 4


def test_of_very_many_findings_the_first_are_told_and_the_rest_counted(acme):
    statement = acme.statement()
    statement["predicate"]["notClaimed"] = [
        {"requirement": f"X-{number}", "cases": 1, "reason": "none", "source": None} for number in range(200)
    ]
    acme.seal(statement)
    code, output = acme.verify()
    assert code == 1
    assert output.count("does not hold: ") == 51
    assert "203 do not hold" in output, "two requirements miss their own reasons, and one of them its excuse"


def test_no_certificate_can_print_a_verdict_of_its_own(acme):
    statement = acme.statement()
    statement["predicate"]["connector"]["name"] = "acme\nVALID: acme \x1b[1A\x1b[2K"
    statement["predicate"]["state"] = 4
    acme.seal(statement)
    code, output = acme.verify()
    assert code == 1
    assert not [line for line in output.splitlines() if line.startswith("VALID")]
    assert "\x1b" not in output


# -- keys


def test_a_private_key_is_its_owners_alone_and_never_overwritten(acme):
    assert acme.secret.stat().st_mode & 0o777 == 0o600
    before = acme.secret.read_bytes()
    code, output = cli("keygen", "--out", acme.secret.parent)
    assert (code, "holds a key already" in output) == (4, True)
    assert acme.secret.read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"-----BEGIN PRIVATE KEY-----\nMC4CAQ\n", None])
def test_a_key_that_cannot_be_used_is_named_and_not_shown(acme, content):
    bad = acme.root / "bad.pem"
    if content is not None:
        bad.write_bytes(content)
    for code, output in (acme.certify("--key", bad), acme.verify("--key", bad)):
        assert (code, f"{bad}: " in output, "MC4CAQ" in output) == (4, True, False)


def _pem(key, *, password=None):
    how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def test_only_a_bare_ed25519_key_signs(acme):
    for key, why in (
        (_pem(ed25519.Ed25519PrivateKey.generate(), password=b"hush"), "is encrypted"),
        (_pem(ec.generate_private_key(ec.SECP256R1())), "not an ed25519 key"),
    ):
        (acme.root / "other.pem").write_bytes(key)
        code, output = acme.certify("--key", acme.root / "other.pem")
        assert (code, why in output) == (4, True)


def test_only_an_ed25519_key_checks(acme):
    form = (serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    (acme.root / "other.pem").write_bytes(ec.generate_private_key(ec.SECP256R1()).public_key().public_bytes(*form))
    code, output = acme.verify("--key", acme.root / "other.pem")
    assert (code, "not an ed25519 key" in output) == (4, True)


def test_a_new_key_is_named_by_its_id(acme):
    code, output = cli("keygen", "--out", acme.root / "new")
    assert code == 0
    assert cli("certify", acme.bundle / "results.json", "--key", acme.root / "new/assay-private.pem")[0] == 0
    assert f"its id is {acme.envelope['signatures'][0]['keyid']}" in output


def test_what_was_not_checked_is_said(acme):
    shutil.rmtree(acme.bundle / "evidence")
    code, output = acme.verify("--bundle", acme.bundle)
    assert code == 0
    assert "not checked: the evidence: " in output
    assert "not checked: whether it is about the connector you have (--connector)" in output
    assert "not checked: whether the suite is the published one (--suite)" in output


def test_a_simulator_from_elsewhere_is_named_and_can_be_checked(acme):
    """Who brings a gateway's simulator along with the connector says so, for it may say yes to everything."""
    own = acme.root / "own"
    own.mkdir()
    (own / "__init__.py").write_text("GATEWAY = 1\n")
    told = json.loads((acme.bundle / "results.json").read_text())
    (acme.bundle / "results.json").write_text(json.dumps(told | {"gateway_digest": tree_digest(own)}))
    assert acme.certify("--connector", acme.connector)[0] == 0
    assert acme.statement()["predicate"]["suite"]["gateway"] == tree_digest(own)
    unchecked = "not checked: the gateway's simulator, which came with the connector and not with the suite"
    assert unchecked in acme.verify(*acme.everything())[1]
    code, output = acme.verify(*acme.everything(), "--simulator", own)
    assert (code, "not checked" in output) == (0, False)
    (own / "__init__.py").write_text("GATEWAY = 2\n")
    assert refused_for(acme.verify(*acme.everything(), "--simulator", own)[1]) == {"simulator"}


def test_a_simulator_of_the_suites_own_is_none_from_elsewhere(acme):
    assert acme.statement()["predicate"]["suite"]["gateway"] is None
    assert refused_for(acme.verify("--simulator", acme.checkout)[1]) == {"simulator"}


def test_a_key_and_an_identity_cannot_both_have_signed_it(acme):
    assert acme.verify("--identity", "https://example.com/workflow")[0] == 4


def test_who_signed_it_is_asked_for_unless_told_otherwise(acme):
    code, output = cli("verify", acme.certificate, "--at", ISSUED)
    assert (code, "no key to check it with" in output) == (1, True)
    code, output = cli("verify", acme.certificate, "--at", ISSUED, "--any-signer")
    assert (code, "not checked: who signed it" in output) == (0, True)


def test_a_bare_statement_can_be_written_for_another_tool_to_sign(acme):
    bare = acme.root / "statement.json"
    code, output = cli(
        "certify", acme.bundle / "results.json", "--unsigned", "--issued-at", ISSUED, "--out", bare,
        "--connector", acme.wheel,
    )  # fmt: skip
    assert (code, "UNSIGNED" in output) == (0, True)
    assert bare.read_bytes().rstrip(b"\n") == base64.b64decode(acme.envelope["payload"])
    assert cli("verify", bare, "--any-signer", "--at", ISSUED, "--bundle", acme.bundle)[0] == 0


@pytest.mark.parametrize("options", [(), ("--key", "k", "--unsigned"), ("--unsigned", "--issued-at", "today")])
def test_a_wrong_command_line_is_4(acme, options):
    assert cli("certify", acme.bundle / "results.json", *options)[0] == 4


# -- secrets


@pytest.mark.parametrize(
    "secret", ["4242 4242 4242 4242", "sk_test_51Assay", "cvc=123", "the canary of this run"],
)  # fmt: skip
def test_a_secret_in_what_would_be_written_ends_with_7(acme, secret):
    """Within its envelope a certificate is base64, where nothing could be found."""
    before = acme.certificate.read_bytes()
    _write(acme, waivers=[WAIVER | {"reason": f"acme refuses {secret}"}])
    code, output = acme.certify("--canary", "the canary of this run")
    assert code == 7
    assert secret not in output
    assert acme.certificate.read_bytes() == before


def test_nothing_that_is_printed_holds_a_key(acme):
    secret = re.sub(r"-----.*?-----|\s", "", acme.secret.read_text())
    _, certified = acme.certify()
    _, verified = acme.verify()
    assert secret not in certified + verified
