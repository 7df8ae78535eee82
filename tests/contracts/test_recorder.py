"""A session through the real mitmproxy becomes contracts that hold, or nothing at all."""

import json
import queue
import signal
import socket
import subprocess
import threading
import urllib.request
from contextlib import contextmanager
from datetime import UTC, datetime
from wsgiref.simple_server import WSGIRequestHandler, make_server

import httpx
import pytest
import stripe

from contracts.attribution import CONTROL
from contracts.audit import audit
from contracts.format import Source, plain, read, sealed
from contracts.lock import lock, write
from contracts.replay import Replay
from contracts.verify import WsgiUpstream, verify
from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.contracts.library import LACKS, LIBRARY, record
from tests.contracts.recorders import ROOT, python, recorders
from tests.contracts.test_pact import verified

KEY = "sk_test_recorded0000000000000000"
SALE = {"amount": 1000, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def _merchant():
    """An endpoint that takes every webhook, and a queue of what it took."""
    taken = queue.Queue()

    def app(environ, begin):
        taken.put(json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))["type"])
        begin("200 OK", [])
        return [b""]

    server = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _posted(url, body):
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode())) as reply:  # noqa: S310
        return json.load(reply)


def _free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


@pytest.fixture
def start():
    with recorders() as made:
        yield made


@pytest.fixture
def gateway():
    with serving(create_app("stripe", clock="wall")) as url:
        yield url


def _sdk(url):
    addresses = dict.fromkeys(("api", "files", "connect", "meter_events"), url)
    return stripe.StripeClient(KEY, base_addresses=addresses, http_client=stripe.UrllibClient()).v1


def _announce(recorder, **told):
    return _posted(recorder.url + CONTROL, told)


@pytest.fixture
def session(start, gateway, tmp_path):
    """Stripe's own library, recorded: a sale with its webhooks, and a hold that is captured and refunded in part."""
    tenant = _posted(f"{gateway}/_mock/tenants", {"credential": KEY})["id"]
    port = _free_port()
    listening = {"url": f"http://127.0.0.1:{port}/webhooks", "events": ["*"]}
    secret = _posted(f"{gateway}/_mock/tenants/{tenant}/webhooks", listening)["secret"]
    with _merchant() as (merchant, taken):
        recorder = start(
            "stripe", "--upstream", gateway, "--out", tmp_path, "--merchant", merchant, "--hook-port", port,
            listeners=2, STRIPE_SECRET_KEY=KEY, STRIPE_WEBHOOK_SECRET=secret,
        )  # fmt: skip
        client = _sdk(recorder.url)
        _announce(recorder, flow="sale", title="A sale")
        paid = client.payment_intents.create(SALE)
        client.payment_intents.retrieve(paid.id)
        heard = [taken.get(timeout=20) for _ in range(3)]
        _announce(recorder, flow="capture", title="A hold, captured in part, refunded in part")
        held = client.payment_intents.create({**SALE, "capture_method": "manual"})
        client.payment_intents.capture(held.id, {"amount_to_capture": 700})
        client.refunds.create({"payment_intent": held.id, "amount": 300})
        code, told = recorder.ends()
    return code, told, heard, {path.stem: read(path) for path in (tmp_path / "stripe").glob("*.json")}


def test_a_session_of_stripes_own_library_becomes_contracts_that_hold(session, tmp_path):
    code, told, heard, contracts = session
    assert code == 0, told
    assert contracts.keys() == {"sale", "capture"}
    assert [step.id for step in contracts["sale"].http_steps] == ["payment_intents", "payment_intents_2"]
    recorded = {f"told_{kind}".replace(".", "_") for kind in heard}
    assert {step.id for step in contracts["sale"].webhook_steps} == recorded
    assert {contract.provenance.source for contract in contracts.values()} == {Source.SIMULATOR}
    assert KEY not in "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    lock(tmp_path)
    assert audit(tmp_path).errors == []
    for contract in contracts.values():
        assert verify(contract, WsgiUpstream(create_app("stripe")), environment={}).holds
        replay = Replay([contract])
        assert verify(contract, WsgiUpstream(replay), environment={}).holds
        replay.check()
    app = create_app("stripe")
    results = verified("stripe", list(contracts.values()), (app, app), tmp_path)
    assert results["errors"] == []
    assert len(results["interactionResults"]) == 5


# -- through the proxy


def _asks(recorder, key=KEY, path="/v1/payment_intents", **form):
    asked = {name: value for name, value in (SALE | form).items() if value is not None}
    return httpx.post(f"{recorder.url}{path}", data=asked, headers={"authorization": f"Bearer {key}"})


@contextmanager
def _counted(reply=b"{}"):
    """A gateway of four lines, and how often it was asked."""
    asked = []

    def app(environ, begin):
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        asked.append(dict(environ))
        begin("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(reply)))])
        return [reply]

    server = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ({"key": "sk_live_" + "abcdefgh"}, "a live key was used"),
        ({"card[number]": "4929" + "0" * 12}, "a card number was used that is no published test card"),
    ],
    ids=["live key", "unknown card"],
)
def test_what_must_not_be_sent_is_stopped_before_the_gateway_sees_it(start, tmp_path, sent, reason):
    with _counted() as (url, asked):
        recorder = start("stripe", "--upstream", url, "--out", tmp_path, "--flow", "sale", STRIPE_SECRET_KEY=KEY)
        reply = _asks(recorder, **sent)
        code, told = recorder.ends()
    assert (reply.status_code, asked) == (403, [])
    assert code == 1
    assert reason in told
    assert "Nothing was written." in told
    assert list(tmp_path.iterdir()) == []


def test_a_reply_of_live_mode_stops_the_recording(start, tmp_path):
    with _counted(b'{"livemode": true}') as (url, _):
        recorder = start("stripe", "--upstream", url, "--out", tmp_path, "--flow", "sale", STRIPE_SECRET_KEY=KEY)
        _asks(recorder)
        code, told = recorder.ends()
    assert code == 1
    assert "live mode" in told
    assert list(tmp_path.iterdir()) == []


def test_the_recorders_own_headers_and_announcements_go_no_further(start, tmp_path):
    with _counted(b'{"object": "x"}') as (url, asked):
        recorder = start("stripe", "--upstream", url, "--out", tmp_path, STRIPE_SECRET_KEY=KEY)
        headers = {"authorization": f"Bearer {KEY}", "x-assay-flow": "sale", "x-assay-step": "authorize"}
        httpx.post(f"{recorder.url}/v1/x", data=SALE, headers=headers)
        _announce(recorder, flow="sale")
        code, told = recorder.ends()
    assert code == 0, told
    assert [name for name in asked[0] if name.startswith("HTTP_X_ASSAY")] == []
    assert len(asked) == 1
    assert read(tmp_path / "stripe/sale.json").steps[0].id == "authorize"


def test_what_belongs_to_no_flow_is_refused(start, tmp_path):
    with _counted() as (url, _):
        recorder = start("stripe", "--upstream", url, "--out", tmp_path, STRIPE_SECRET_KEY=KEY)
        _asks(recorder)
        assert recorder.ends()[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_a_gateway_that_does_not_answer_is_no_recording(start, tmp_path):
    recorder = start(
        "stripe", "--upstream", f"http://127.0.0.1:{_free_port()}", "--out", tmp_path, "--flow", "sale",
        STRIPE_SECRET_KEY=KEY,
    )  # fmt: skip
    assert _asks(recorder).status_code == 502
    code, told = recorder.ends()
    assert code == 1
    assert "no answer came" in told


@pytest.mark.parametrize("upstream", ["https://evil.test", "http://api.stripe.com"])
def test_no_stranger_is_asked_and_nobody_without_encryption(start, tmp_path, upstream):
    code, told = start("stripe", "--upstream", upstream, "--out", tmp_path).waits()
    assert code == 1
    assert "not among the hosts" in told or "without encryption" in told


def test_a_delivery_that_is_not_signed_with_the_merchants_secret_stops_the_recording(start, gateway, tmp_path):
    with _merchant() as (merchant, taken):
        recorder = start(
            "stripe", "--upstream", gateway, "--out", tmp_path, "--flow", "sale", "--merchant", merchant, listeners=2,
            STRIPE_SECRET_KEY=KEY, STRIPE_WEBHOOK_SECRET="whsec_" + "0" * 32,
        )  # fmt: skip
        _asks(recorder)
        httpx.post(recorder.places["ASSAY_WEBHOOK_URL"], json={"type": "x"}, headers={"stripe-signature": "t=1,v1=00"})
        assert taken.get(timeout=20) == "x"
        code, told = recorder.ends()
    assert code == 1
    assert "signature" in told
    assert list(tmp_path.iterdir()) == []


def test_the_shoppers_browser_is_recorded_as_what_it_is(start, gateway, tmp_path):
    recorder = start(
        "stripe", "--upstream", gateway, "--out", tmp_path, "--flow", "redirect", "--browser-port", 0, listeners=2,
        STRIPE_SECRET_KEY=KEY,
    )  # fmt: skip
    chosen = {"payment_method_data[type]": "ideal", "allowed_payment_method_types[0]": "ideal", "payment_method": None}
    pending = _asks(recorder, return_url="https://merchant.test/return", **chosen).json()  # fmt: skip
    page = pending["next_action"]["redirect_to_url"]["url"]
    with httpx.Client(proxy=recorder.places["ASSAY_BROWSER_PROXY"]) as browser:
        back = browser.post(page, data={"outcome": "approve"})
        browser.get(page, headers={"sec-fetch-dest": "image"})
    httpx.get(f"{recorder.url}/v1/payment_intents/{pending['id']}", headers={"authorization": f"Bearer {KEY}"})
    code, told = recorder.ends()
    assert code == 0, told
    contract = read(tmp_path / "stripe/redirect.json")
    assert [(step.id, step.actor) for step in contract.http_steps] == [
        ("payment_intents", "merchant"), ("browser", "browser"), ("payment_intents_2", "merchant"),
    ]  # fmt: skip
    assert back.headers["location"].startswith("https://merchant.test/return?")
    assert contract.http_steps[1].response.headers["location"].startswith("https://merchant.test/return?")
    assert verify(contract, WsgiUpstream(create_app("stripe")), environment={}).holds


def test_a_killed_recorder_leaves_the_old_contract_whole(start, gateway, tmp_path):
    old = tmp_path / "stripe/sale.json"
    write(sealed(read(LIBRARY / "stripe/sale.json")), old)
    before = old.read_bytes()
    recorder = start("stripe", "--upstream", gateway, "--out", tmp_path, "--flow", "sale", STRIPE_SECRET_KEY=KEY)
    assert _asks(recorder).status_code == 200
    assert recorder.ends(signal.SIGKILL)[0] == -signal.SIGKILL
    assert old.read_bytes() == before
    assert list(old.parent.iterdir()) == [old]


def test_recording_an_unchanged_gateway_again_changes_dates_and_hash_only(start, gateway, tmp_path):
    texts = []
    for turn in range(2):
        key = f"{KEY[:-1]}{turn}"
        recorder = start("stripe", "--upstream", gateway, "--out", tmp_path, STRIPE_SECRET_KEY=key)
        _announce(recorder, flow="hold", title="A hold, captured")
        held = _asks(recorder, key, capture_method="manual").json()["id"]
        _asks(recorder, key, f"/v1/payment_intents/{held}/capture", **dict.fromkeys(SALE))
        code, told = recorder.ends()
        assert code == 0, told
        texts.append((tmp_path / "stripe/hold.json").read_text().splitlines())
    changed = [line.split('"')[1] for line, other in zip(*texts, strict=True) if line != other]
    assert set(changed) <= {"recorded_at", "expires_at", "sha256"}
    assert "sha256" in changed or texts[0] == texts[1]


@pytest.mark.parametrize("name", ["stripe", "adyen", "razorpay"])
def test_what_is_recorded_through_the_proxy_is_what_is_taped_in_process(name, tmp_path):
    flows = sorted({"partial-refunds", "void", "redirect", "dispute"} - LACKS.get(name, set()))
    chosen = [argument for flow in flows for argument in ("--flow", flow)]
    command = [python(), "-m", "tests.contracts.library", "--out", str(tmp_path), "--gateway", name, *chosen]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    for flow in flows:
        made, taped = read(tmp_path / name / f"{flow}.json"), record(name, flow, datetime.now(UTC))
        assert made.provenance.recorder.startswith("assay, mitmproxy ")
        assert _but_provenance(made) == _but_provenance(taped)


def _but_provenance(contract):
    return {name: value for name, value in plain(contract).items() if name not in ("provenance", "integrity")}


def test_a_command_ends_the_recording_that_it_was_started_for(start, gateway, tmp_path):
    pay = (
        "import os, urllib.request as u; u.urlopen(u.Request(os.environ['ASSAY_UPSTREAM'] + '/v1/payment_intents',"
        f" headers={{'Authorization': 'Bearer {KEY}'}})).read()"
    )
    recorder = start(
        "--upstream", gateway, "--out", tmp_path, "--flow", "list", "stripe", "--", "python3", "-c", pay,
        STRIPE_SECRET_KEY=KEY,
    )  # fmt: skip
    code, told = recorder.waits()
    assert code == 0, told
    assert (tmp_path / "stripe/list.json").exists()


def test_a_command_that_fails_leaves_everything_as_it_was(start, gateway, tmp_path):
    recorder = start("--upstream", gateway, "--out", tmp_path, "--flow", "list", "stripe", "--", "false")
    assert recorder.waits()[0] == 3
    assert list(tmp_path.iterdir()) == []
