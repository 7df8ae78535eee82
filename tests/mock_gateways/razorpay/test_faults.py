"""Faults and forced states, in Razorpay's own words; the ledger is never bent."""

import pytest

from mock_gateways.core.manifest import Meaning
from mock_gateways.razorpay import MANIFEST
from tests.mock_gateways.razorpay.conftest import facts

REASONS = [row["reason"] for row in facts("error_codes")["reasons"]]
STATES = {state.name: state for state in MANIFEST.states}


def _of(resource):
    return [state.name for state in MANIFEST.states if state.resource == resource]


@pytest.mark.parametrize("name", _of("payment"))
@pytest.mark.parametrize("amount", [1000, 101, 200])
def test_a_payment_can_be_read_in_every_state_and_nothing_moves(merchant, name, amount):
    payment = merchant.pay(merchant.order(amount), amount).payment
    merchant.fault({"state": name}, "GET /v1/payments/{id}")
    shown = merchant.read(payment)
    if "status" not in shown:  # too small an amount to refund in part
        assert (name, amount < 200) == ("captured_partly_refunded", True)
        return
    assert (shown["id"], shown["status"], shown["amount"]) == (payment, STATES[name].raw, amount)
    assert shown["captured"] == (STATES[name].meaning in (Meaning.TAKEN, Meaning.RETURNED))
    assert merchant.ledger(payment) == (merchant.ledger(payment)[0], "0.00", "0.00", "0.00")
    assert merchant.read(payment)["status"] == "created"


@pytest.mark.parametrize("name", _of("payment"))
def test_a_payment_can_be_created_in_every_state_and_stays_so(merchant, name):
    merchant.fault({"state": name}, "POST /v1/payments/create/json")
    answer = merchant.pay(merchant.order())
    raw = STATES[name].raw
    if raw == "failed":
        payment = answer.error["metadata"]["payment_id"]
    else:
        payment = answer.payment
        assert ("next" in answer.json) == (raw == "created")
    assert merchant.read(payment)["status"] == raw
    assert merchant.ledger(payment) == ("0.00", "0.00", "0.00", "0.00")


@pytest.mark.parametrize("name", ["authorized", "captured"])
def test_nothing_more_can_be_done_with_a_payment_that_was_forced_into_its_state(merchant, name):
    merchant.fault({"state": name}, "POST /v1/payments/create/json")
    payment = merchant.pay(merchant.order()).payment
    assert merchant.on(payment, "capture", amount=1000).status == 400
    assert merchant.on(payment, "refund").status == 400
    assert (
        merchant.client.post(f"/_mock/tenants/{merchant.tenant}/disputes", json={"payment": payment}).status_code == 400
    )


@pytest.mark.parametrize("name", _of("payment"))
def test_the_payments_of_an_order_can_be_in_every_state(merchant, name):
    order = merchant.order()
    merchant.pay(order)
    merchant.fault({"state": name}, "GET /v1/orders/{id}/payments")
    listed = merchant.send("GET", f"/v1/orders/{order}/payments").json
    assert listed["items"][0]["status"] == STATES[name].raw


@pytest.mark.parametrize("name", _of("refund"))
def test_a_refund_can_be_in_every_state_and_nothing_moves(merchant, name):
    payment = merchant.paid()
    merchant.fault({"state": name}, "POST /v1/payments/{id}/refund")
    refund = merchant.on(payment, "refund", amount=400).json
    assert (refund["status"], refund["amount"], refund["payment_id"]) == (STATES[name].raw, 400, payment)
    assert merchant.ledger(payment)[3] == "0.00"
    assert merchant.send("GET", f"/v1/refunds/{refund['id']}").json == refund
    merchant.fault({"state": name}, "GET /v1/refunds/{id}")
    assert merchant.send("GET", f"/v1/refunds/{refund['id']}").json["status"] == STATES[name].raw


@pytest.mark.parametrize("name", _of("dispute"))
def test_a_dispute_can_be_in_every_state(merchant, name):
    dispute = merchant.mock("POST", "disputes", {"payment": merchant.paid()})["id"]
    merchant.fault({"state": name}, "GET /v1/disputes/{id}")
    assert merchant.send("GET", f"/v1/disputes/{dispute}").json["status"] == STATES[name].raw
    assert merchant.send("GET", f"/v1/disputes/{dispute}").json["status"] == "open"


@pytest.mark.parametrize("name", _of("mandate"))
def test_a_mandate_can_be_in_every_state(merchant, name):
    customer = merchant.send("POST", "/v1/customers", {"name": "A"}).json["id"]
    payment = merchant.pay(merchant.order(), customer_id=customer, recurring=True).payment
    merchant.approve(payment)
    path = f"/v1/customers/{customer}/tokens/{merchant.read(payment)['token_id']}"
    merchant.fault({"state": name}, "GET /v1/customers/{id}/tokens/{token}")
    assert merchant.send("GET", path).json["recurring_details"]["status"] == STATES[name].raw


@pytest.mark.parametrize("name", _of("payment"))
def test_a_charge_of_a_mandate_can_be_in_every_state(merchant, name):
    customer = merchant.send("POST", "/v1/customers", {"name": "A"}).json["id"]
    opened = merchant.pay(merchant.order(), customer_id=customer, recurring=True).payment
    merchant.approve(opened)
    given = {
        "amount": 1000,
        "currency": "INR",
        "order_id": merchant.order(),
        "customer_id": customer,
        "recurring": True,
    }
    given |= {"token": merchant.read(opened)["token_id"], "email": "a@example.com", "contact": "+919000090000"}
    merchant.fault({"state": name}, "POST /v1/payments/create/recurring")
    answer = merchant.send("POST", "/v1/payments/create/recurring", given)
    raw = STATES[name].raw
    payment = answer.error["metadata"]["payment_id"] if raw == "failed" else answer.payment
    assert merchant.read(payment)["status"] == raw
    assert merchant.ledger(payment) == ("0.00", "0.00", "0.00", "0.00")


@pytest.mark.parametrize("name", _of("payment"))
def test_a_state_forced_on_an_order_is_that_of_its_next_payment(merchant, name):
    merchant.fault({"state": name})
    order = merchant.order()
    assert merchant.send("GET", f"/v1/orders/{order}").json["status"] == "created"
    answer = merchant.pay(order)
    raw = STATES[name].raw
    payment = answer.error["metadata"]["payment_id"] if raw == "failed" else answer.payment
    assert merchant.read(payment)["status"] == raw
    assert merchant.read(merchant.pay(order).payment)["status"] == "created"


@pytest.mark.parametrize("name", [state for state in STATES if STATES[state].resource in ("payment", "refund")])
def test_settings_keep_no_state_from_being_shown(merchant_with, name):
    merchant = merchant_with(cards_ask_the_shopper=0, refund_waits=1, deduct_at_onset=0, instant_refund_possible=0)
    payment = merchant.pay(merchant.order()).payment
    resource = STATES[name].resource
    path = f"/v1/payments/{payment}"
    if resource == "refund":
        path = f"/v1/refunds/{merchant.on(payment, 'refund', amount=400).json['id']}"
    merchant.fault({"state": name})
    assert merchant.send("GET", path).json["status"] == STATES[name].raw


def test_a_state_needs_a_request_for_such_an_entity(merchant):
    merchant.fault({"state": "captured"})
    assert merchant.send("GET", "/v1/customers").status == 400


@pytest.mark.parametrize("reason", REASONS)
def test_every_published_reason_can_be_forced_and_is_on_the_payment(merchant, reason):
    merchant.fault({"decline": reason})
    order = merchant.order()
    declined = merchant.pay(order)
    assert (declined.status, declined.error["reason"]) == (400, reason)
    assert declined.error["metadata"]["order_id"] == order
    payment = merchant.read(declined.error["metadata"]["payment_id"])
    assert (payment["status"], payment["error_reason"]) == ("failed", reason)
    assert payment["error_code"] == declined.error["code"]
    assert merchant.ledger(payment["id"])[0] == "0.00"


def test_a_reason_can_be_forced_under_its_other_code_and_one_that_nobody_knows_too(merchant):
    merchant.fault({"decline": "card_declined", "code": "GATEWAY_ERROR", "message": "No."})
    error = merchant.pay(merchant.order()).error
    assert (error["code"], error["reason"], error["description"]) == ("GATEWAY_ERROR", "card_declined", "No.")
    merchant.fault({"decline": "cat_on_keyboard"})
    assert merchant.pay(merchant.order()).error["reason"] == "cat_on_keyboard"


def test_a_forced_decline_can_meet_a_capture(merchant):
    payment = merchant.held()
    merchant.fault({"decline": "capture_failed"}, "POST /v1/payments/{id}/capture")
    assert merchant.on(payment, "capture", amount=1000).error["reason"] == "capture_failed"
    assert merchant.read(payment)["status"] == "authorized"
    assert merchant.on(payment, "capture", amount=1000).status == 200


def test_an_outcome_can_be_forced_on_one_call(merchant):
    merchant.fault({"outcome": "approve"}, "POST /v1/payments/create/json")
    done = merchant.pay(merchant.order())
    assert "razorpay_signature" in done.json
    assert merchant.read(done.payment)["status"] == "captured"


@pytest.mark.parametrize(
    ("effect", "status", "code"),
    [
        ({"error": "BAD_REQUEST_ERROR"}, 400, "BAD_REQUEST_ERROR"),
        ({"error": "GATEWAY_ERROR"}, 502, "GATEWAY_ERROR"),
        ({"error": "SERVER_ERROR"}, 500, "SERVER_ERROR"),
        ({"server_error": 500}, 500, "SERVER_ERROR"),
        ({"server_error": 504}, 504, "GATEWAY_ERROR"),
        ({"rate_limit": {"retry_after": 3}}, 429, "BAD_REQUEST_ERROR"),
    ],
)
def test_a_failure_of_the_gateways_own_has_its_envelope_and_moves_nothing(merchant, effect, status, code):
    payment = merchant.held()
    merchant.fault(effect, "POST /v1/payments/{id}/capture")
    refused = merchant.on(payment, "capture", amount=1000)
    assert (refused.status, refused.error["code"]) == (status, code)
    assert merchant.ledger(payment)[1] == "0.00"


def test_what_is_cut_off_after_it_was_done_is_done(merchant):
    payment = merchant.held()
    merchant.fault({"timeout": "after"}, "POST /v1/payments/{id}/capture")
    with pytest.raises(Exception, match="was executed"):
        merchant.on(payment, "capture", amount=1000)
    assert merchant.ledger(payment)[1] == "10.00"
    assert merchant.read(payment)["status"] == "captured"


def test_a_fault_waits_for_a_card(merchant):
    merchant.fault({"decline": "card_declined"}, card="1007")
    upi = merchant.pay(merchant.order(), method="upi", vpa="success@razorpay")
    assert upi.status == 200
    assert merchant.pay(merchant.order()).error["reason"] == "card_declined"
