"""What every button does, judged by the control plane and the ledger, never by the page."""

from dataclasses import replace

import pytest
from werkzeug.test import Client

from mock_gateways.app import create_app, find_gateway
from mock_gateways.core.approvals import await_decision
from mock_gateways.core.ledger import Movement
from tests.mock_gateways.dashboard.reading import NONE, Reader, parse
from tests.mock_gateways.stripe.conftest import Merchant

START = 1767225600
CHALLENGED = "pm_card_threeDSecure2Required"


@pytest.mark.parametrize(
    ("button", "status", "captured"), [("Approve", "succeeded", "10.00"), ("Fail", "requires_payment_method", "0.00")]
)
@pytest.mark.parametrize("where", ["", "payments/{payment}"])
def test_what_waits_is_decided(merchant, reader, where, button, status, captured):
    payment = merchant.pay(CHALLENGED).json["id"]
    page = reader.press(where.format(payment=payment), button)
    assert page.all("p", role="status")[0].text == "Decided."
    totals = merchant.mock("GET", "ledger")["payments"][payment]
    assert (totals["state"], totals["captured"]) == (status, captured)
    assert merchant.mock("GET", "approvals") == {"approvals": []}


def test_of_two_that_wait_the_pressed_one_is_decided(merchant, reader):
    first, second = (merchant.pay(CHALLENGED).json["id"] for _ in range(2))
    reader.press("", "Approve", 1)
    assert [waiting["id"] for waiting in merchant.mock("GET", "approvals")["approvals"]] == [first]
    assert merchant.ledger(second)[1] == "10.00"


@pytest.mark.parametrize(("button", "seconds"), [("+ 1 h", 3_600), ("+ 1 d", 86_400), ("+ 7 d", 604_800)])
def test_the_clock_is_advanced_by_a_step(merchant, reader, button, seconds):
    reader.press("", button)
    assert merchant.mock("GET", "clock")["now"] == START + seconds


@pytest.mark.parametrize(("number", "unit", "seconds"), [("90", "minutes", 5_400), ("2", "days", 172_800)])
def test_the_clock_is_advanced_by_ones_own_number(merchant, reader, number, unit, seconds):
    reader.press("", "Advance", number=number, unit=unit)
    assert merchant.mock("GET", "clock")["now"] == START + seconds


def test_time_that_is_advanced_lets_a_hold_expire(merchant, reader):
    payment = merchant.hold()
    reader.press("", "+ 7 d")
    assert merchant.ledger(payment)[2] == "10.00"


@pytest.mark.parametrize("number", ["-1", "soon", "1.5", "", "²", "9" * 40])
def test_a_number_that_is_none_moves_no_clock(merchant, reader, number):
    status, words = reader.refused("", "Advance", number=number)
    assert (status, "advance" in words or "backwards" in words) == (400, True)
    assert merchant.mock("GET", "clock")["now"] == START


def test_every_pending_webhook_is_sent(merchant, reader):
    merchant.mock("POST", "webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["*"]})
    merchant.pay()
    pending = len(merchant.mock("GET", "outbox?state=pending")["deliveries"])
    reader.press("webhooks", f"Send {pending} pending now")
    states = {delivery["state"] for delivery in merchant.mock("GET", "outbox")["deliveries"]}
    assert (pending > 1, states) == (True, {"delivered"})


def test_webhooks_are_sent_from_the_overview_too(merchant, reader):
    merchant.mock("POST", "webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["*"]})
    merchant.pay()
    reader.press("", "Send now")
    assert merchant.mock("GET", "outbox?state=pending")["deliveries"] == []


def test_a_webhook_is_delivered_again(merchant, reader):
    merchant.mock("POST", "webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["*"]})
    merchant.pay()
    merchant.mock("POST", "outbox/flush", {})
    oldest, *others = merchant.mock("GET", "outbox")["deliveries"]
    reader.press(f"webhooks/{oldest['id']}", "Redeliver")
    reader.press("webhooks", "Redeliver", len(others))
    attempts = [delivery["attempts"] for delivery in merchant.mock("GET", "outbox")["deliveries"]]
    assert attempts == [3, *[1] * len(others)]


def test_a_fault_is_planned_for_the_next_call_and_happens(merchant, reader):
    page = reader.press("faults", "Plan", fault="unavailable", route="POST /v1/refunds")
    assert merchant.mock("GET", "faults")["faults"] == [
        {
            "route": "POST /v1/refunds",
            "card": None,
            "header": None,
            "nth": 1,
            "times": 1,
            "effect": {"server_error": 503},
            "seen": 0,
        }
    ]
    assert page.rows("Faults planned") == [['{"server_error": 503}', "POST /v1/refunds", NONE, NONE, "1", "1", "0"]]
    payment = merchant.pay().json["id"]
    assert [merchant.refund(payment).status for _ in range(2)] == [503, 200]


def test_every_fault_that_is_offered_can_be_planned(merchant, reader):
    (select,) = reader.get("faults").all("select", name="fault")
    offered = [option.attributes["value"] for option in select.all("option")]
    for fault in offered:
        reader.press("faults", "Plan", fault=fault)
    assert len(merchant.mock("GET", "faults")["faults"]) == len(offered) > 5


@pytest.mark.parametrize("typed", [{"fault": "earthquake"}, {"nth": "0"}, {"times": "x"}, {"route": "everywhere"}])
def test_a_fault_that_is_none_is_refused_in_the_words_of_the_control_plane(merchant, reader, typed):
    assert reader.refused("faults", "Plan", **typed)[0] == 400
    assert merchant.mock("GET", "faults") == {"faults": []}


@pytest.mark.parametrize(("where", "button"), [("faults", "Clear all faults"), ("", "Clear")])
def test_faults_are_cleared(merchant, reader, where, button):
    merchant.fault({"timeout": "after"})
    reader.press(where, button)
    assert merchant.mock("GET", "faults") == {"faults": []}


def test_the_journal_is_cleared(merchant, reader):
    merchant.pay()
    reader.press("requests", "Clear the journal")
    assert merchant.mock("GET", "journal") == {"exchanges": []}
    assert merchant.mock("GET", "ledger")["entries"] != []


def test_a_tenant_is_reset(merchant, reader):
    merchant.pay()
    reader.press("", "Reset everything")
    assert merchant.mock("GET", "ledger") == {"payments": {}, "entries": []}


def test_a_tenant_is_opened_with_a_key_that_is_shown_nowhere(app):
    client = Client(app.wsgi_app)
    sent = client.post("/_mock/pages/open", data={"credential": " sk_test_typed_by_hand "})
    named = client.post("/_mock/tenants", json={"credential": "sk_test_typed_by_hand"}).get_json()["id"]
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/_mock/pages/{named}")
    assert "typed_by_hand" not in client.get(sent.headers["Location"]).get_data(as_text=True)


def test_a_live_key_opens_nothing(app):
    reply = Client(app.wsgi_app).post("/_mock/pages/open", data={"credential": "sk_live_x"})
    page = parse(reply.get_data(as_text=True))
    assert (reply.status_code, "opens no tenant" in page.text, "sk_live_x" in page.text) == (400, True, False)


def test_one_comes_back_to_the_page_that_the_button_was_on(merchant, reader):
    merchant.fault({"timeout": "after"})
    action, fields = reader.form("faults?from=there", "Clear all faults")
    reply = reader.client.post(action, data=fields)
    assert reply.headers["Location"] == f"{reader.base}/faults?from=there&done=clear-faults"


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/_mock/", "/v1/x", "", "/_mock/\\x"]
)
def test_one_is_never_sent_anywhere_but_to_a_page(reader, back):
    reply = reader.client.post(f"{reader.base}/do/advance", data={"seconds": "1", "back": back})
    assert reply.headers["Location"] == f"{reader.base}?done=advance"


def test_a_button_that_is_none_does_nothing(reader):
    assert reader.client.post(f"{reader.base}/do/explode").status_code == 404
    assert reader.client.get(f"{reader.base}/do/reset").status_code == 405


def _dispute(world, payment, given):
    """A bank that takes all of it, or what is asked for, and waits for a decision."""
    minor = given.get("amount", 1000)
    world.ledger.post(world.clock.now(), payment, Movement.DISPUTE, minor)
    await_decision(world, "", f"dp_{payment}", "dispute", f"{minor / 100:.2f} EUR")
    return {"id": f"dp_{payment}", "reason": given.get("reason")}


@pytest.fixture
def disputed(monkeypatch):
    """A merchant of a gateway whose disputes are simulated."""
    gateway = replace(find_gateway("stripe"), dispute=_dispute)
    monkeypatch.setattr("mock_gateways.app.find_gateway", lambda _: gateway)
    return Merchant(create_app("stripe"), "sk_test_disputed")


@pytest.mark.parametrize(("typed", "taken"), [({}, "10.00"), ({"amount": "400", "reason": "fraudulent"}, "4.00")])
def test_a_payment_is_disputed(disputed, typed, taken):
    payment = disputed.pay().json["id"]
    reader = Reader(disputed.app, disputed.tenant)
    reader.press(f"payments/{payment}", "Dispute this payment", **typed)
    assert disputed.mock("GET", "ledger")["payments"][payment]["disputed"] == taken
    assert ("Dispute this payment" in reader.get(f"payments/{payment}").text) == (taken != "10.00")
    (row,) = reader.get().rows("Waiting for somebody")
    assert row[:2] == ["Dispute at the shopper's bank", "Decide for the merchant Decide for the shopper"]


def test_a_dispute_is_offered_only_where_there_is_something_to_dispute(disputed):
    reader = Reader(disputed.app, disputed.tenant)
    assert "Dispute this payment" not in reader.get(f"payments/{disputed.hold()}").text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:8080"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_form_of_another_site_is_refused_and_does_nothing(merchant, reader, headers):
    merchant.pay()
    for path in (f"{reader.base}/do/reset", "/_mock/pages/open"):
        reply = reader.client.post(path, headers=headers, data={"credential": "sk_test_lured"})
        assert reply.status_code == 403
        assert "not by a page of this simulator, so nothing was done" in reply.get_data(as_text=True)
    assert merchant.mock("GET", "ledger")["entries"] != []


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "http://localhost"},
        {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "https://proxy.example", "Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_of_ones_own_pages_is_taken(merchant, reader, headers):
    merchant.pay()
    assert reader.client.post(f"{reader.base}/do/reset", headers=headers).status_code == 303
    assert merchant.mock("GET", "ledger")["entries"] == []
