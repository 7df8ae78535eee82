"""An audit finds what should not be in a library, and a blind one is found out."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from urllib.parse import quote

import pytest
import rfc8785

from contracts.audit import audit, environment_secrets, self_test
from contracts.format import dump
from contracts.lock import lock, write, write_text
from tests.contracts.samples import CAPTURE, CREATE, GATEWAY, PROVENANCE, TOLD, contract

NOW = datetime(2026, 11, 2, tzinfo=UTC)
STEPS = (
    json.loads(json.dumps(CREATE).replace("card.visa.", "card.visa_success.")), CAPTURE, TOLD,
)  # fmt: skip


@pytest.fixture
def library(tmp_path):
    write(_contract(), tmp_path / GATEWAY / "hold-and-capture.json")
    lock(tmp_path)
    return tmp_path


def _contract(*steps, **changes):
    return contract(*(steps or STEPS), **{"cards": ["visa_success"]} | changes)


def _told(library, **options):
    return [str(one) for one in audit(library, now=NOW, environment={}, **options).errors]


def _planted(library, change):
    """Change the file as a hand would, hash and all: only what is said in it is wrong."""
    file = library / GATEWAY / "hold-and-capture.json"
    document = json.loads(file.read_text())
    change(document)
    del document["integrity"]
    digest = hashlib.sha256(rfc8785.dumps(document)).hexdigest()
    document["integrity"] = {"canonicalisation": "RFC 8785", "sha256": digest}
    write_text(file, json.dumps(document))
    lock(library)


def test_a_clean_library_has_nothing_to_tell(library):
    report = audit(library, now=NOW, environment={})
    assert (report.files, report.findings) == (1, [])


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda it: it["steps"][0]["request"]["headers"].update(cookie="a=1"), "'cookie' is not an allowed header"),
        (lambda it: it["steps"][0]["response"]["headers"].update({"set-cookie": "a"}), "'set-cookie' is not"),
        (lambda it: it["steps"][0]["request"]["body"]["form"].update(x="{{secret.unknown}}"), "nothing gives"),
        (lambda it: it["steps"][0]["request"]["body"]["form"].update(x="{{create.later}}"), "nothing gives"),
        (lambda it: it["steps"][0]["request"]["body"]["form"].update(x="{{secret.api_key|rot13}}"), "rot13"),
        (lambda it: it["steps"][0]["capture"]["create.id"].update({"from": "$.body.gone"}), "not where it is said"),
        (lambda it: it["steps"][0]["request"]["body"]["form"].update(x="4242424242424242"), "card number"),
        (lambda it: it["steps"][0]["response"]["body"]["json"].update(x=4242424242424242), "card number"),
        (lambda it: it["steps"][0]["response"]["body"]["json"].update({"4242424242424242": 1}), "<key>: card number"),
        (lambda it: it["steps"][0]["request"]["body"]["form"].update(x="sk_test_abcdefgh"), "key"),
        (lambda it: it.update(title="Bearer abcdefghijk"), "credential"),
        (lambda it: it["secrets"]["secret.api_key"].update(fake="whsec_abcdefgh"), "key"),
        (lambda it: it.update(id=f"{GATEWAY}/other"), f"should be {GATEWAY}/other.json"),
    ],
)  # fmt: skip
def test_each_thing_that_should_not_be_there_is_found(library, change, what):
    _planted(library, change)
    assert [line for line in _told(library) if what in line]


ENCODINGS = {
    "raw": str, "url": lambda text: quote(text, safe=""), "twice": lambda text: quote(quote(text, safe=""), safe=""),
    "base64": lambda text: base64.b64encode(text.encode()).decode(), "hex": lambda text: text.encode().hex(),
    "shifted": lambda text: base64.b64encode(b"x" + text.encode()).decode(),
}  # fmt: skip


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_secret_of_the_environment_is_found_in_every_encoding(library, encoding):
    secret = "a&very?private=password"
    _planted(library, lambda it: it["steps"][0]["request"]["body"]["form"].update(x=ENCODINGS[encoding](secret)))
    found = audit(library, now=NOW, environment={"SHOP_PASSWORD": secret, "HOME": "/x"}).errors
    assert [one.what for one in found] == ["SHOP_PASSWORD"]
    assert secret not in str(found[0])


def test_only_what_is_called_secret_is_taken_for_one():
    environment = {"API_KEY": "12345678", "SHORT_TOKEN": "1234", "PATH": "/usr/bin:/bin", "DB_PASSWORD": "longenough"}
    assert environment_secrets(environment) == {"API_KEY": "12345678", "DB_PASSWORD": "longenough"}


def test_a_file_that_is_no_contract_is_looked_through_all_the_same(library):
    (library / GATEWAY / "dump.json").write_text('{"authorization": "Bearer sk_test_abcdefgh"}')
    lines = [line for line in _told(library) if line.startswith(f"{GATEWAY}/dump.json")]
    assert [line.split(": ", 2)[2] for line in lines][-2:] == ["credential", "key"]
    assert "sk_test_abcdefgh" not in "".join(lines)


def test_a_contract_grows_old_and_then_fails(library):
    assert [str(one) for one in audit(library, now=datetime(2027, 2, 10, tzinfo=UTC), environment={}).findings] == [
        f"{GATEWAY}/hold-and-capture.json: $.provenance: grows old: record it again soon"
    ]
    late = audit(library, now=datetime(2027, 3, 10, tzinfo=UTC), environment={})
    assert [one.what for one in late.errors] == ["has expired: record it again"]


def test_what_the_lock_does_not_know_is_told(library):
    write(_contract(id=f"{GATEWAY}/new"), library / GATEWAY / "new.json")
    assert _told(library) == [f"LOCK.json: $: {GATEWAY}/new.json: is not in LOCK.json"]


def test_a_library_without_contracts_is_no_clean_one(tmp_path):
    assert _told(tmp_path) == [f"{tmp_path}: $: holds no contracts"]


def test_a_gateway_without_rules_cannot_be_audited(library):
    write(_contract(id="other/x", gateway="other"), library / "other/x.json")
    lock(library)
    assert [line for line in _told(library) if "no rules for 'other'" in line]


def test_the_scanner_finds_every_canary_that_is_planted():
    assert self_test() == []


def test_a_blind_scanner_is_found_out(monkeypatch):
    monkeypatch.setattr("contracts.scanner.Scanner.text", lambda self, text: set())
    assert len(self_test()) == 6 * 9 * 3


def test_every_file_is_looked_at(tmp_path):
    for number in range(20):
        one = _contract(id=f"{GATEWAY}/number-{number}", provenance=PROVENANCE)
        write_text(tmp_path / f"{GATEWAY}/number-{number}.json", dump(one))
    lock(tmp_path)
    assert audit(tmp_path, now=NOW, environment={}).files == 20
