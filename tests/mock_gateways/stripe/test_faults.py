"""A fault changes what the client is told, never what happened: the ledger says what happened."""

import json

import pytest

from mock_gateways.core.effects import pause_s
from mock_gateways.core.faults import ConnectionReset, TimedOut
from mock_gateways.stripe import MANIFEST
from tests.mock_gateways.stripe.conftest import Merchant

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
        {"effect": {"timeout": "after"}, "times": -1},
        {"effect": {"timeout": "after"}, "when": 1},
        {"effect": {"timeout": "after"}, "card": "4242424242424242"},
        {"effect": {"timeout": "after"}, "header": {"name": "X-Trace"}},
        {"effect": {"rate_limit": 7}},
        {"effect": {"rate_limit": {"retry_after": -1}}},
        {"effect": {"server_error": 501}},
        {"effect": {"malformed": False}},
        {"effect": {"pad": 2**30}},
        {"effect": {"html": 99}},
        {"effect": {"content_type": "text"}},
        {"effect": {"latency": {"median": 2, "p99": 1}}},
        {"effect": {"latency": {"median": 0, "p99": 1}}},
        {"effect": {"outcome": "decline:"}},
        {"effect": "timeout"},
    ],
    ids=str,
)
def test_a_fault_that_makes_no_sense_is_refused_in_words(merchant, fault):
    reply = merchant.client.post(f"/_mock/tenants/{merchant.tenant}/faults", json=fault)
    assert reply.status_code == 400
    assert len(reply.get_json()["error"]) > 20


def test_a_fault_may_wait_for_a_card(merchant):
    merchant.fault({"error": "rate_limit"}, card="0005", times=0)
    merchant.fault({"error": "rate_limit"}, card="pm_card_mastercard", times=0)
    amex = {"type": "card", "card__number": "3782 822463 10005", "card__exp_month": 12, "card__exp_year": 2030}
    visa = {**amex, "card__number": "4242424242424242"}
    methods = [merchant.send("POST", "/v1/payment_methods", **given).status for given in (amex, visa)]
    assert methods == [429, 200]
    assert [merchant.pay(name).status for name in ("pm_card_mastercard", "pm_card_visa")] == [429, 200]


def test_an_amount_that_looks_like_a_card_is_none(merchant):
    merchant.fault({"error": "rate_limit"}, card="4242")
    assert merchant.pay(amount=4242).status == 200


def test_a_fault_may_wait_for_a_header(merchant):
    merchant.fault({"error": "rate_limit"}, header={"name": "X-Trace", "value": "a"}, times=0)
    statuses = [merchant.send("GET", "/v1/customers", {"X-Trace": value}).status for value in ("a", "b", "a")]
    assert statuses == [429, 200, 429]


def test_a_credential_that_a_fault_waits_for_is_not_shown(merchant):
    merchant.fault({"reset": "before"}, header={"name": "Authorization", "value": f"Bearer {merchant.key}"})
    assert merchant.key not in str(merchant.mock("GET", "faults"))
    with pytest.raises(ConnectionReset):
        merchant.pay()


def test_a_rate_limit_is_the_gateways_own_and_says_when_to_come_back(merchant):
    merchant.fault({"rate_limit": {"retry_after": 7}}, CREATE)
    refused = merchant.pay()
    assert (refused.status, refused.error["code"], refused.headers["Retry-After"]) == (429, "rate_limit", "7")
    assert refused.headers["Request-Id"]
    assert merchant.mock("GET", "ledger")["payments"] == {}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_is_the_gateways_own_and_moves_nothing(merchant, status):
    merchant.fault({"server_error": status}, CREATE)
    failed = merchant.pay()
    assert (failed.status, failed.error["type"]) == (status, "api_error")
    assert merchant.mock("GET", "ledger")["payments"] == {}


def test_a_server_error_is_remembered_under_the_key_and_a_rate_limit_is_not(merchant):
    statuses = []
    for effect in ({"server_error": 500}, {"rate_limit": {"retry_after": 1}}):
        merchant.fault(effect, "POST /v1/customers")
        key = {"Idempotency-Key": str(effect)}
        statuses += [merchant.send("POST", "/v1/customers", key).status for _ in range(2)]
    assert statuses == [500, 500, 429, 200]


def test_a_malformed_reply_was_executed(merchant):
    merchant.fault({"malformed": True}, CREATE)
    answer = merchant.pay()
    with pytest.raises(ValueError, match="Expecting"):
        json.loads(answer.text)
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert len(merchant.mock("GET", "ledger")["payments"]) == 1


def test_a_padded_reply_says_the_same_at_length(merchant):
    merchant.fault({"pad": 100_000}, CREATE)
    answer = merchant.pay()
    assert (answer.status, answer.json["status"]) == (200, "succeeded")
    assert len(answer.text) > 100_000


@pytest.mark.parametrize("commit", [True, False])
def test_a_proxy_answers_with_a_page(merchant, commit):
    merchant.fault({"html": 502, "commit": commit}, CREATE)
    answer = merchant.pay()
    assert (answer.status, answer.headers["Content-Type"], "Request-Id" in answer.headers) == (502, "text/html", False)
    assert "502 Bad Gateway" in answer.text
    assert len(merchant.mock("GET", "ledger")["payments"]) == commit


def test_a_reply_may_be_right_under_the_wrong_type(merchant):
    merchant.fault({"content_type": "text/plain"}, CREATE)
    answer = merchant.pay()
    assert (answer.headers.get_all("Content-Type"), answer.json["status"]) == (["text/plain"], "succeeded")


def test_latency_is_drawn_from_its_distribution_and_a_seed():
    wanted = {"median": 0.2, "p99": 1.5}
    drawn = sorted(pause_s(wanted, str(seed)) for seed in range(20_000))
    assert drawn[10_000] == pytest.approx(0.2, rel=0.03)
    assert drawn[19_800] == pytest.approx(1.5, rel=0.1)
    assert pause_s(wanted, "req_1") == pause_s(wanted, "req_1")
    assert pause_s(0.5, "req_1") == 0.5


def test_in_process_latency_costs_nobody_time(merchant):
    merchant.fault({"latency": {"median": 60, "p99": 60}}, times=0)
    assert merchant.pay().status == 200


def test_the_same_card_fails_at_one_account_and_passes_at_another(app, merchant):
    other = Merchant(app, f"{merchant.key}_other")
    declining, passing = {"outcome": "decline:insufficient_funds"}, {"outcome": "approve"}
    merchant.fault(declining, card="pm_card_visa", times=0)
    other.fault(passing, card="pm_card_visa_chargeDeclined", times=0)
    for _ in range(3):
        assert merchant.pay("pm_card_visa").error["decline_code"] == "insufficient_funds"
        assert other.pay("pm_card_visa_chargeDeclined").json["status"] == "succeeded"
    assert merchant.pay("pm_card_mastercard").json["status"] == "succeeded"
    assert {totals["captured"] for totals in other.mock("GET", "ledger")["payments"].values()} == {"10.00"}


def test_an_outcome_is_of_the_call_and_of_no_later_one(merchant):
    merchant.fault({"outcome": "decline:lost_card"})
    merchant.send("GET", "/v1/customers")
    assert merchant.pay().json["status"] == "succeeded"


def test_a_request_may_bring_its_own_fault(merchant):
    merchant.fault({"error": "rate_limit"}, CREATE, nth=2)
    given = {"amount": 1000, "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa"}
    with pytest.raises(TimedOut):
        merchant.send("POST", INTENTS, {"X-Mock-Fault": '{"timeout": "after"}'}, **given)
    assert [merchant.pay().status for _ in range(2)] == [429, 200], "the planned fault counted the call too"
    assert len(merchant.mock("GET", "ledger")["payments"]) == 2


@pytest.mark.parametrize("text", ["", "timeout", "[]", "{}", '{"timeout": "never"}', '{"error": "no_such"}'])
def test_a_fault_in_a_header_that_makes_no_sense_is_refused_in_words(merchant, text):
    refused = merchant.send("POST", "/v1/customers", {"X-Mock-Fault": text})
    assert (refused.status, len(refused.json["error"]) > 20) == (400, True)
    assert merchant.send("GET", "/v1/customers").json["data"] == []
