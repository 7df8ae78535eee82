"""Recordings of others come in through the same redaction, and ours go out with no more than they hold."""

import base64
import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.__main__ import main
from contracts.audit import audit
from contracts.errors import ContractError, ContractInvalid, Refused
from contracts.exchange import credentials_in, har, hyperswitch, imported, traffic, vcr
from contracts.exchange.pact import LOSES, pact
from contracts.format import Source, dump, read
from contracts.lock import files, lock
from contracts.messages import request_tree, response_tree, tree_of
from contracts.policy import known_policies, load
from contracts.tape import Message, Tape
from tests.contracts.library import LIBRARY
from tests.contracts.samples import CREATE, contract

STRIPE = load("stripe")
KEY = "sk_test_ImportedCanary1234"
CASSETTE = f"""
version: 1
interactions:
- request:
    body: amount=1000&currency=eur&country=NO&card[number]=4242424242424242&card[exp_month]=0123
    headers: {{Authorization: [Bearer {KEY}], Content-Type: [application/x-www-form-urlencoded]}}
    method: POST
    uri: https://api.stripe.com/v1/payment_intents
  response:
    body: {{string: '{{"id": "pi_3AbcDefGhi9KlMn", "created": 1700000000, "livemode": false}}'}}
    headers: {{Content-Type: [application/json], Set-Cookie: [a=secret]}}
    status: {{code: 200, message: OK}}
"""


def _imported(tape):
    return imported(tape, STRIPE, identity="stripe/imported", title="t", recorder="vcr")


def test_a_cassette_becomes_a_contract_without_its_key_card_and_cookies():
    text = dump(_imported(vcr.tape(CASSETTE)))
    for canary in (KEY, "4242424242424242", "a=secret", "pi_3AbcDefGhi9KlMn"):
        assert canary not in text
    step = _imported(vcr.tape(CASSETTE)).http_steps[0]
    assert step.request.headers["authorization"] == "Bearer {{secret.api_key}}"
    assert step.request.body.content["country"] == "NO"
    assert _imported(vcr.tape(CASSETTE)).provenance.source is Source.IMPORTED


def test_a_cassette_cannot_run_anything():
    evil = "interactions:\n- !!python/object/apply:os.system ['true']\n"
    with pytest.raises(ContractInvalid, match="no plain YAML: ConstructorError"):
        vcr.tape(evil)


@pytest.mark.parametrize("text", ["", "[]", "interactions: 1", "interactions: [{}]", "a: [", "interactions: [1]"])
def test_what_is_no_cassette_is_refused(text):
    with pytest.raises(ContractInvalid):
        vcr.tape(text)


def test_yaml_does_not_guess():
    text = CASSETTE.replace("amount=1000", "NO").replace(
        "Content-Type: [app", "X-Country: [NO], X-Zip: [0123], Content-Type: [app"
    )
    headers = dict(vcr.tape(text).exchanges[0].request.headers)
    assert (headers["x-country"], headers["x-zip"]) == ("NO", "0123")


def test_an_archive_of_a_browser_is_read():
    entry = {
        "startedDateTime": "2026-01-01T00:00:01Z", "time": 12,
        "request": {"method": "POST", "url": "https://api.stripe.com/v1/x?a=1",
                    "headers": [{"name": ":authority", "value": "x"},
                                {"name": "Authorization", "value": f"Bearer {KEY}"}],
                    "postData": {"mimeType": "text/plain", "text": "hello"}},
        "response": {"status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}],
                     "content": {"encoding": "base64", "text": base64.b64encode(b'{"a": 1}').decode()}},
    }  # fmt: skip
    aborted = entry | {"response": {"status": 0, "headers": [], "content": {}}}
    tape = har.tape(json.dumps({"log": {"entries": [aborted, entry]}}))
    assert len(tape.exchanges) == 1
    made = _imported(tape)
    assert made.http_steps[0].response.body.content == {"a": 1}
    assert KEY not in dump(made)


@pytest.mark.parametrize("text", ["", "[]", '{"log": {}}', '{"log": {"entries": [1]}}'])
def test_what_is_no_archive_is_refused(text):
    with pytest.raises(ContractInvalid, match="no archive"):
        har.tape(text)


@pytest.mark.parametrize("path", files(LIBRARY), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_contract_comes_back_from_an_archive_as_it_went(path):
    one = read(path)
    again = har.tape(json.dumps(har.archive(one))).exchanges
    assert len(again) == len(one.http_steps)
    for step, exchange in zip(one.http_steps, again, strict=True):
        asked, came = tree_of(exchange.request), tree_of(exchange.response)
        assert asked == request_tree(step.request)
        assert came == response_tree(step.response)


JSON = st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)  # fmt: skip
FORMS = st.dictionaries(st.text(min_size=1), st.text() | st.lists(st.text(), min_size=2, max_size=3), min_size=1)


@settings(deadline=None, derandomize=True)
@given(JSON, FORMS)
def test_any_body_comes_back_from_an_archive(content, form):
    step = CREATE | {
        "request": {"method": "POST", "path": "/x", "headers": {"content-type": "application/x-www-form-urlencoded"},
                    "body": {"form": form}},
        "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": {"json": content}},
        "capture": {},
    }  # fmt: skip
    exchange = har.tape(json.dumps(har.archive(contract(step, cards=[])))).exchanges[0]
    assert tree_of(exchange.request)["body"] == form
    assert tree_of(exchange.response)["body"] == content


def test_a_folder_of_hyperswitch_becomes_a_tape_for_each_test_in_its_order(tmp_path):
    for sequence, path in ((2, "/v1/second"), (1, "/v1/first"), (10, "/v1/third")):
        row = {
            "connector": "stripe", "test": "sale", "request_id": "r1", "sequence": sequence,
            "request": {"method": "GET", "url": f"https://api.stripe.com{path}",
                        "headers": {"Authorization": f"Bearer {KEY}"}, "body": None},
            "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": {"n": sequence}},
        }  # fmt: skip
        (tmp_path / f"{sequence}.json").write_text(json.dumps(row))
    found = hyperswitch.tapes(tmp_path)
    made = _imported(found["stripe", "sale"])
    assert [step.request.path for step in made.http_steps] == ["/v1/first", "/v1/second", "/v1/third"]
    assert KEY not in dump(made)
    (tmp_path / "x.json").write_text("{}")
    with pytest.raises(ContractInvalid, match="no cassette"):
        hyperswitch.tapes(tmp_path)


def _cassettes(folder, *, connector="stripe", body="{}"):
    folder.mkdir(exist_ok=True)
    for test in ("Sale 3DS", "Void"):
        row = {
            "connector": connector, "test": test, "request_id": "r", "sequence": 1,
            "request": {"method": "POST", "url": "https://api.stripe.com/v1/x", "body": None,
                        "headers": {"Authorization": f"Bearer {KEY}"}},
            "response": {"status_code": 200, "headers": {"content-type": "application/json"},
                         "body": body if test == "Void" else {"object": "x"}},
        }  # fmt: skip
        (folder / f"{connector}-{test}.json").write_text(json.dumps(row))


def _import(kind, path, library, *more):
    arguments = ["import", kind, str(path), "--gateway", "stripe", "--library", str(library), *more]
    return CliRunner().invoke(main, arguments)


def test_a_folder_of_hyperswitch_becomes_a_contract_for_each_of_our_tests(tmp_path):
    _cassettes(tmp_path / "in")
    _cassettes(tmp_path / "in", connector="another")
    told = _import("hyperswitch", tmp_path / "in", tmp_path / "out")
    assert told.exit_code == 0, told.output
    made = [read(path) for path in files(tmp_path / "out")]
    assert [one.id for one in made] == ["stripe/sale-3ds", "stripe/void"]
    assert all(one.provenance.source is Source.IMPORTED for one in made)
    assert KEY not in "".join(path.read_text() for path in files(tmp_path / "out"))


def test_what_is_refused_of_a_folder_keeps_the_rest_and_is_told(tmp_path):
    _cassettes(tmp_path / "in", body={"livemode": True})
    told = _import("hyperswitch", tmp_path / "in", tmp_path / "out")
    assert told.exit_code == 1
    assert "refused: stripe/void: exchange 0: the gateway answered in live mode" in told.output
    assert [path.stem for path in files(tmp_path / "out")] == ["sale-3ds"]


def test_an_import_needs_something_and_a_name_for_it(tmp_path):
    _cassettes(tmp_path / "in", connector="another")
    assert isinstance(_import("hyperswitch", tmp_path / "in", tmp_path / "out").exception, ContractError)
    (tmp_path / "x.yaml").write_text(CASSETTE)
    assert _import("vcr", tmp_path / "x.yaml", tmp_path / "out").exit_code == 2
    assert _import("vcr", tmp_path / "x.yaml", tmp_path / "out", "--id", "stripe/x").exit_code == 0


def test_lines_of_traffic_are_never_written_into_the_library(reference, tmp_path):
    lines = reference / "traffic" / "stripe.jsonl"
    assert _import("traffic", lines, LIBRARY).exit_code == 2
    told = _import("traffic", lines, tmp_path)
    assert told.exit_code == 1  # some of it was recorded with what may not be kept
    assert len(files(tmp_path)) >= 50
    assert {read(path).provenance.licence for path in files(tmp_path)} - {None}
    lock(tmp_path)
    # Others recorded it long ago: its age alone is wrong, where its day is told.
    assert {one.what for one in audit(tmp_path).errors} <= {"has expired: record it again"}


@pytest.mark.parametrize("line", ["", "{}", "[]", "x", '{"source": "x", "licence": "y", "request": {}}'])
def test_what_is_no_line_of_traffic_is_refused(line, tmp_path):
    (tmp_path / "x.jsonl").write_text(f"{line}\n")
    assert isinstance(_import("traffic", tmp_path / "x.jsonl", tmp_path / "out").exception, ContractInvalid)


def test_the_credentials_of_a_recording_are_known_by_its_headers():
    tape = Tape()
    basic = base64.b64encode(b"rzp_test_a:hidden").decode()
    for name, value in (("authorization", f"Bearer {KEY}"), ("x-api-key", "k"), ("authorization", f"Basic {basic}")):
        tape.add(Message(((name, value),), method="GET", url="https://x/"), Message(status=200), at=0)
    assert credentials_in(tape) == {"api_key": KEY, "api_key_2": "k", "key_id": "rzp_test_a", "key_secret": "hidden"}


@pytest.mark.parametrize("gateway", known_policies())
def test_every_line_of_traffic_becomes_a_contract_or_says_why_not(reference, gateway):
    made = refused = silent = 0
    for line in traffic.lines((reference / "traffic" / f"{gateway}.jsonl").read_text()):
        if line.tape is None:
            silent += 1
            continue
        try:
            one = imported(
                line.tape, load(gateway), identity=f"{gateway}/line-{line.number}", title=line.source,
                recorder="traffic", licence=line.licence,
            )  # fmt: skip
        except Refused:
            refused += 1
        else:
            assert one.provenance.source is Source.IMPORTED
            made += 1
    print(f"{gateway}: {made} contracts, {refused} refused, {silent} without a request")
    assert made + refused + silent


def test_a_pact_holds_no_secret_and_every_step():
    one = read(LIBRARY / "stripe/manual-capture.json")
    made = pact(one)
    assert [row["description"] for row in made["interactions"]] == [
        f"{one.id}: {place}. {step.id}" for place, step in enumerate(one.http_steps, 1)
    ]
    assert made["metadata"]["pactSpecification"]["version"] == "4.0"
    text = json.dumps(made)
    assert "4242424242424242" not in text
    assert "{{" not in text
    assert made["metadata"]["assay"]["sha256"] == one.integrity.sha256
    assert set(LOSES) == set(made["metadata"]["assay"]["loses"])
