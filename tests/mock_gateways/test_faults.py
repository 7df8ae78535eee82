"""A fault changes what the client is told, never what happened: the ledger says what happened."""

import pytest

from mock_gateways.core.faults import ConnectionReset, TimedOut
from mock_gateways.stripe import MANIFEST

INTENTS = "/v1/payment_intents"
CREATE = f"POST {INTENTS}"
PAYMENT_STATES = [state for state in MANIFEST.states if state.resource == "payment"]
REFUND_STATES = [state for state in MANIFEST.states if state.resource == "refund"]


@pytest.mark.parametrize(("kind", "error"), [("timeout", TimedOut), ("reset", ConnectionReset)])
def test_a_lost_answer_after_commit_moved_the_money(merchant, kind, error):
    merchant.fault({kind: "after"}, CREATE)
    with pytest.raises(error):
        merchant.pay()
    (payment,) = merchant.mock("GET", "ledger")["payments"]
    assert merchant.ledger(payment)[1] == "10.00"


@pytest.mark.parametrize(("kind", "error"), [("timeout", TimedOut), ("reset", ConnectionReset)])
def test_a_lost_request_moved_nothing(merchant, kind, error):
    merchant.fault({kind: "before"}, CREATE)
    with pytest.raises(error):
        merchant.pay()
    assert merchant.mock("GET", "ledger")["payments"] == {}


def test_a_retry_with_the_same_key_finds_what_was_committed(merchant):
    key = {"Idempotency-Key": "k"}
    given = {"amount": 1000, "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa"}
    merchant.fault({"timeout": "after"}, CREATE, times=2)
    for _ in range(2):
        with pytest.raises(TimedOut):
            merchant.send("POST", INTENTS, key, **given)
    found = merchant.send("POST", INTENTS, key, **given)
    assert found.headers["Idempotent-Replayed"] == "true"
    assert list(merchant.mock("GET", "ledger")["payments"]) == [found.json["id"]]


def test_a_lost_answer_stands_in_the_journal_without_response(merchant):
    merchant.fault({"timeout": "after"})
    with pytest.raises(TimedOut):
        merchant.pay()
    assert merchant.mock("GET", "journal")["exchanges"][-1]["response"] is None


def test_a_fault_fires_on_the_nth_call_of_its_route_for_so_many_times(merchant):
    merchant.fault({"error": "rate_limit"}, "GET /v1/payment_intents/{id}", nth=2, times=2)
    payment = merchant.pay().json["id"]
    statuses = [merchant.send("GET", f"{INTENTS}/{payment}").status for _ in range(4)]
    assert statuses == [200, 429, 429, 200]
    assert merchant.mock("GET", "faults")["faults"][0]["seen"] == 4
    merchant.mock("DELETE", "faults")
    assert merchant.mock("GET", "faults") == {"faults": []}


@pytest.mark.parametrize(
    "code", ["rate_limit", "payment_intent_unexpected_state", "resource_missing", "api_key_expired"]
)
def test_an_error_by_its_published_code(merchant, code):
    published = next(failure for failure in MANIFEST.failures if failure.code == code and failure.field == "code")
    merchant.fault({"error": code, "param": "x"}, CREATE)
    refused = merchant.pay()
    assert (refused.status, refused.error["code"], refused.error["type"]) == (published.http, code, published.type)
    assert refused.error["param"] == "x"
    assert merchant.mock("GET", "ledger")["payments"] == {}


def test_an_error_with_another_status(merchant):
    merchant.fault({"error": "lock_timeout", "http": 503}, CREATE)
    assert (merchant.pay().status, merchant.pay().status) == (503, 200)


@pytest.mark.parametrize("failure", [f for f in MANIFEST.failures if f.field == "decline_code"], ids=lambda f: f.code)
def test_the_next_confirmation_is_declined_as_if_by_the_card(merchant, failure):
    merchant.fault({"decline": failure.code, "advice_code": "do_not_try_again", "network_decline_code": "05"})
    declined = merchant.pay()
    error = declined.error
    assert (declined.status, error["type"], error["decline_code"]) == (402, "card_error", failure.code)
    assert (error["advice_code"], error["network_decline_code"]) == ("do_not_try_again", "05")
    assert merchant.charge(error["payment_intent"]["id"])["status"] == "failed"
    assert merchant.ledger(error["payment_intent"]["id"])[0] == "0.00"


def test_an_unknown_decline_code_is_possible(merchant):
    merchant.fault({"decline": "never_seen_before"})
    assert merchant.pay().error["decline_code"] == "never_seen_before"


@pytest.mark.parametrize("commit", [True, False])
def test_a_raw_reply_comes_instead(merchant, commit):
    raw = {"status": 502, "headers": {"Content-Type": "text/html"}, "body": "<html>bad gateway</html>"}
    merchant.fault({"raw": raw, "commit": commit}, CREATE)
    answer = merchant.pay()
    assert (answer.status, answer.text, answer.headers["Content-Type"]) == (502, raw["body"], "text/html")
    assert "Request-Id" not in answer.headers
    assert len(merchant.mock("GET", "ledger")["payments"]) == commit


def test_a_truncated_reply_was_executed(merchant):
    merchant.fault({"truncate": 20}, CREATE)
    answer = merchant.pay()
    assert (answer.status, len(answer.text)) == (200, 20)
    assert len(merchant.mock("GET", "ledger")["payments"]) == 1


def test_fields_of_a_reply_can_be_overridden(merchant):
    merchant.fault({"override": {"amount": 1, "metadata.order": "x", "payment_method_types.0": "cash"}}, CREATE)
    paid = merchant.pay().json
    assert (paid["amount"], paid["metadata"], paid["payment_method_types"]) == (1, {"order": "x"}, ["cash", "link"])
    assert merchant.read(paid["id"])["amount"] == 1000


def test_only_the_status_string_is_replaced(merchant):
    merchant.fault({"status": "transmogrified"}, CREATE)
    paid = merchant.pay().json
    assert (paid["status"], paid["amount_received"]) == ("transmogrified", 1000)
    assert merchant.read(paid["id"])["status"] == "succeeded"


@pytest.mark.parametrize("state", PAYMENT_STATES, ids=lambda state: state.name)
def test_a_payment_is_rendered_in_any_state_and_nothing_is_posted(merchant, state):
    merchant.fault({"state": state.name}, CREATE)
    shown = merchant.pay(amount=2000, metadata__order="7", **{"expand[]": "latest_charge"}).json
    assert (shown["status"], shown["amount"], shown["metadata"]) == (state.raw, 2000, {"order": "7"})
    assert merchant.ledger(shown["id"]) == ("0.00", "0.00", "0.00", "0.00")
    charge = shown["latest_charge"]
    if charge:
        assert (charge["payment_intent"], charge["amount"]) == (shown["id"], 2000)
    assert merchant.read(shown["id"])["status"] == "requires_confirmation"


RECEIVED = {"TAKEN": 2000, "PARTLY_TAKEN": 1000}


@pytest.mark.parametrize("state", PAYMENT_STATES, ids=lambda state: state.name)
def test_a_rendered_state_agrees_with_itself(merchant, state):
    payment = merchant.hold(amount=2000)
    merchant.fault({"state": state.name}, "GET /v1/payment_intents/{intent}")
    shown = merchant.read(payment, **{"expand[]": "latest_charge"})
    assert shown["id"] == payment
    assert shown["amount_received"] == RECEIVED.get(state.meaning.name, 0)
    assert bool(shown["amount_capturable"]) == (state.raw == "requires_capture")
    assert bool(shown["canceled_at"]) == (state.raw == "canceled")
    assert bool(shown["next_action"]) == (state.raw == "requires_action")
    assert bool(shown["last_payment_error"]) == (state.name in ("declined", "authentication_failed"))
    assert merchant.read(payment)["status"] == "requires_capture"
    assert merchant.ledger(payment) == ("20.00", "0.00", "0.00", "0.00")


@pytest.mark.parametrize("state", REFUND_STATES, ids=lambda state: state.name)
def test_a_refund_is_rendered_in_any_state_and_nothing_is_posted(merchant, state):
    payment = merchant.pay().json["id"]
    merchant.fault({"state": state.name}, "POST /v1/refunds")
    shown = merchant.refund(payment, amount=300, **{"expand[]": "charge"}).json
    assert (shown["status"], shown["amount"], shown["payment_intent"]) == (state.raw, 300, payment)
    assert shown["charge"]["payment_intent"] == payment
    assert bool(shown.get("failure_reason")) == (state.raw == "failed")
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "0.00")
    assert merchant.send("GET", f"/v1/refunds/{shown['id']}").json["status"] == state.raw


def test_a_refund_that_exists_is_rendered_in_a_state_too(merchant):
    refund = merchant.refund(merchant.pay().json["id"]).json
    merchant.fault({"state": "refund_failed"}, "GET /v1/refunds/{refund}")
    statuses = [merchant.send("GET", f"/v1/refunds/{refund['id']}").json["status"] for _ in range(2)]
    assert statuses == ["failed", "succeeded"]


def test_a_state_fault_needs_a_request_for_such_a_resource(merchant):
    merchant.fault({"state": "succeeded"}, "GET /v1/customers")
    assert merchant.send("GET", "/v1/customers").status == 400


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"effect": {}},
        {"effect": {"timeout": "after", "reset": "after"}},
        {"effect": {"timeout": "sometimes"}},
        {"effect": {"state": "no such state"}},
        {"effect": {"error": "no_such_code"}},
        {"effect": {"truncate": -1}},
        {"effect": {"latency": True}},
        {"effect": {"override": {}}},
        {"effect": {"raw": {"status": "x"}}},
        {"effect": {"timeout": "after", "commit": True}},
        {"effect": {"timeout": "after"}, "nth": 0},
        {"effect": {"timeout": "after"}, "route": "payment_intents"},
        {"effect": {"timeout": "after"}, "when": 1},
        {"effect": "timeout"},
    ],
    ids=str,
)
def test_a_fault_that_makes_no_sense_is_refused_in_words(merchant, fault):
    reply = merchant.client.post(f"/_mock/tenants/{merchant.tenant}/faults", json=fault)
    assert reply.status_code == 400
    assert len(reply.get_json()["error"]) > 20
