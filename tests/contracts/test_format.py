"""A contract's file is believed only if it is exactly what was written."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import ContractInvalid
from contracts.format import Body, Contract, digest, dump, json_schema, parse, read, sealed
from contracts.lock import differences, files, lock, write
from tests.contracts.samples import CAPTURE, CREATE, GATEWAY, TOLD, contract, document

ROOT = Path(__file__).parent.parent.parent


def _edited(change):
    found = json.loads(dump(contract(CREATE, CAPTURE, TOLD)))
    change(found)
    return json.dumps(found)


def test_what_is_written_is_read_again():
    made = contract(CREATE, CAPTURE, TOLD)
    assert parse(dump(made)) == made
    assert dump(parse(dump(made))) == dump(made)


def test_the_file_can_be_reviewed_line_by_line():
    text = dump(contract())
    assert text.startswith('{\n  "assay_contract": 1,\n  "id": ')
    assert text.endswith("\n")
    assert "\r" not in text


def test_the_hash_is_that_of_the_canonical_form():
    # By the definition of RFC 8785 for what this document holds: sorted keys, no spaces, ASCII.
    plain = json.loads(dump(contract()))
    del plain["integrity"]
    canonical = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert digest(contract()) == hashlib.sha256(canonical.encode()).hexdigest()


@pytest.mark.parametrize(
    ("change", "path", "reason"),
    [
        (lambda it: it.update(surprise=1), "$.surprise", "Extra inputs"),
        (lambda it: it.update(assay_contract=2), "$.assay_contract", "newer"),
        (lambda it: it.pop("provenance"), "$.provenance", "required"),
        (lambda it: it["provenance"].update(source="production"), "$.provenance.source", "'sandbox'"),
        (lambda it: it["provenance"].update(expires_at="2030-01-01T00:00:00Z"), "$.provenance", "120 days"),
        (lambda it: it["provenance"].update(upstream="https://a:b@x.test"), "$.provenance.upstream", "pattern"),
        (lambda it: it["steps"][0]["request"].update(body={"json": 1, "text": ""}),
         "$.steps[0].request.body", "one of"),
        (lambda it: it["steps"][0]["request"].update(body={}), "$.steps[0].request.body", "one of"),
        (lambda it: it["steps"][1].update(id="create"), "$", "two steps"),
        (lambda it: it["steps"][2].update(after=["later"]), "$", "does not precede"),
        (lambda it: it["steps"][0]["response"].update(status=20), "$.steps[0].response.status", "greater"),
        (lambda it: it["steps"][0]["response"]["match"].update({"$.x": {"match": "guess"}}),
         "$.steps[0].response.match.$.x.match", "'equality'"),
        (lambda it: it["steps"][0]["response"]["match"].update({"$.x": {"match": "regex", "regex": "("}}),
         "$.steps[0].response.match.$.x", "regular expression"),
        (lambda it: it["steps"][0]["request"]["body"]["form"].update(amount="999999"), "$.integrity.sha256", "changed"),
        (lambda it: it.pop("integrity"), "$.integrity", "no hash"),
        (lambda it: it["steps"][0].update(actor="merchant"), "$.integrity.sha256", "changed"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_believed_says_where_and_why(change, path, reason):
    with pytest.raises(ContractInvalid) as caught:
        parse(_edited(change), "x.json")
    assert caught.value.path == path
    assert reason in caught.value.reason
    assert str(caught.value).startswith("x.json: ")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no JSON"), ("[]", "no object"), ('{"a": 1, "a": 2}', "twice"), ('{"a": NaN}', "NaN"),
        ('{"a": 123456789012345678901234567890}', "exceeds"), ("[" * 100_000, "recursion"),
    ],
)  # fmt: skip
def test_what_is_no_json_of_ours_is_refused(text, reason):
    with pytest.raises(ContractInvalid, match=reason):
        parse(text)


def test_every_truncation_is_refused():
    text = dump(contract()).rstrip()
    for end in range(0, len(text), 7):
        with pytest.raises(ContractInvalid):
            parse(text[:end])


def test_an_error_never_quotes_the_file():
    with pytest.raises(ContractInvalid) as caught:
        parse(_edited(lambda it: it["steps"][0]["request"].update(method="sk_test_secret")))
    assert "sk_test_secret" not in str(caught.value)


def test_its_schema_accepts_and_refuses_what_the_reader_does():
    validator = jsonschema_rs.validator_for(json_schema())
    assert validator.is_valid(json.loads(dump(contract(CREATE, CAPTURE, TOLD))))
    assert not validator.is_valid(json.loads(_edited(lambda it: it.update(surprise=1))))
    assert not validator.is_valid(json.loads(_edited(lambda it: it["steps"][0].update(kind="ftp"))))


@settings(deadline=None, derandomize=True)
@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10))  # fmt: skip
def test_any_json_body_is_read_as_it_was_written(content):
    step = CREATE | {"request": {"method": "GET", "path": "/", "body": {"json": content}}, "capture": {}}
    made = contract(step)
    assert parse(dump(made)).http_steps[0].request.body == Body(json=content)


def test_it_grows_old():
    made = contract()
    ages = [made.age(datetime(*day, tzinfo=UTC)) for day in ((2026, 12, 1), (2027, 2, 1), (2027, 3, 1))]
    assert ages == ["fresh", "stale", "expired"]


def test_the_lock_sees_what_was_added_changed_and_lost(tmp_path):
    one, two = contract(), contract(title="another", id=f"{GATEWAY}/other")
    write(one, tmp_path / GATEWAY / "one.json")
    write(two, tmp_path / GATEWAY / "two.json")
    lock(tmp_path)
    assert differences(tmp_path, {f"{GATEWAY}/one.json": one, f"{GATEWAY}/two.json": two}) == []
    write(contract(title="new"), tmp_path / GATEWAY / "three.json")
    (tmp_path / GATEWAY / "two.json").unlink()
    changed = sealed(Contract.model_validate(document(title="changed")))
    assert differences(tmp_path, {f"{GATEWAY}/one.json": changed}) == [
        f"{GATEWAY}/two.json: is locked, but is not there",
        f"{GATEWAY}/three.json: is not in LOCK.json",
        f"{GATEWAY}/one.json: is not what LOCK.json says",
    ]


def test_a_writer_that_is_killed_leaves_the_old_contract_whole(tmp_path):
    file = tmp_path / "one.json"
    write(contract(), file)
    # It dies where it hurts most: the new text is half on the disk.
    program = (
        "import os, signal, sys; from pathlib import Path; from contracts.lock import write_text\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_text(Path(sys.argv[1]), 'half')"
    )
    died = subprocess.run([sys.executable, "-c", program, str(file)], cwd=ROOT, check=False)
    assert died.returncode == -signal.SIGKILL
    assert read(file) == contract()
    assert files(tmp_path) == [file]


def test_a_full_disk_leaves_the_old_contract_whole(tmp_path, monkeypatch):
    file = tmp_path / "one.json"
    write(contract(), file)

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(contract(title="new"), file)
    assert read(file) == contract()
    assert list(tmp_path.iterdir()) == [file]
