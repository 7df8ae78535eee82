"""A session through the real mitmproxy becomes contracts that hold, or nothing at all."""

import signal
import subprocess
from contextlib import contextmanager
from datetime import UTC, datetime

import httpx
import pytest

from contracts.format import plain, read, sealed
from contracts.lock import write
from contracts.policy import known_policies
from contracts.verify import WsgiUpstream, verify
from mock_gateways.app import create_app
from tests.contracts.library import LACKS, LIBRARY, record
from tests.contracts.recorders import ROOT, python
from tests.contracts.served import endpoint, free_port, served

KEY = "sk_test_recorded0000000000000000"
SALE = {"amount": 1000, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}


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

    with served(app) as url:
        yield url, asked


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
        recorder.announce(flow="sale")
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
        "stripe", "--upstream", f"http://127.0.0.1:{free_port()}", "--out", tmp_path, "--flow", "sale",
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
    with endpoint() as (merchant, taken):
        recorder = start(
            "stripe", "--upstream", gateway, "--out", tmp_path, "--flow", "sale", "--merchant", merchant, listeners=2,
            STRIPE_SECRET_KEY=KEY, STRIPE_WEBHOOK_SECRET="whsec_" + "0" * 32,
        )  # fmt: skip
        _asks(recorder)
        httpx.post(recorder.places["ASSAY_WEBHOOK_URL"], json={"type": "x"}, headers={"stripe-signature": "t=1,v1=00"})
        assert taken.get(timeout=20).told == {"type": "x"}
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
        recorder.announce(flow="hold", title="A hold, captured")
        held = _asks(recorder, key, capture_method="manual").json()["id"]
        _asks(recorder, key, f"/v1/payment_intents/{held}/capture", **dict.fromkeys(SALE))
        code, told = recorder.ends()
        assert code == 0, told
        texts.append((tmp_path / "stripe/hold.json").read_text().splitlines())
    changed = [line.split('"')[1] for line, other in zip(*texts, strict=True) if line != other]
    assert set(changed) <= {"recorded_at", "expires_at", "sha256"}
    assert "sha256" in changed or texts[0] == texts[1]


@pytest.mark.parametrize("name", known_policies())
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


def test_a_gateway_may_be_found_below_a_path(start, tmp_path):
    inner, asked = create_app("stripe", clock="wall"), []

    def mounted(environ, begin):
        asked.append(environ["PATH_INFO"])
        environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/below")
        return inner(environ, begin)

    with served(mounted) as url:
        upstream = f"{url}/below"
        recorder = start("stripe", "--upstream", upstream, "--out", tmp_path, "--flow", "sale", STRIPE_SECRET_KEY=KEY)
        assert _asks(recorder).status_code == 200
        code, told = recorder.ends()
    assert code == 0, told
    assert asked == ["/below/v1/payment_intents"]
    assert read(tmp_path / "stripe/sale.json").http_steps[0].request.path == "/v1/payment_intents"


def test_a_command_that_fails_leaves_everything_as_it_was(start, gateway, tmp_path):
    recorder = start("--upstream", gateway, "--out", tmp_path, "--flow", "list", "stripe", "--", "false")
    assert recorder.waits()[0] == 3
    assert list(tmp_path.iterdir()) == []
