"""A hold is a promise; only a capture takes money, never more than was held; only a refund gives it back."""

import pytest

DAY = 86_400


def test_a_sale_takes_the_money_at_once(merchant):
    paid = merchant.pay().json
    assert (paid["status"], paid["amount_received"], paid["amount_capturable"]) == ("succeeded", 1000, 0)
    assert merchant.ledger(paid["id"]) == ("10.00", "10.00", "0.00", "0.00")


def test_a_hold_takes_nothing(merchant):
    payment = merchant.hold()
    assert merchant.read(payment)["amount_capturable"] == 1000
    assert merchant.ledger(payment) == ("10.00", "0.00", "0.00", "0.00")


def test_a_partial_capture_releases_the_rest(merchant):
    payment = merchant.hold()
    captured = merchant.on(payment, "capture", amount_to_capture=400).json
    assert (captured["status"], captured["amount_received"], captured["amount_capturable"]) == ("succeeded", 400, 0)
    assert merchant.ledger(payment) == ("10.00", "4.00", "6.00", "0.00")
    assert merchant.charge(payment)["amount_captured"] == 400


def test_multicapture_keeps_the_rest_until_the_final_capture(merchant):
    payment = merchant.hold(payment_method_options__card__request_multicapture="if_available")
    first = merchant.on(payment, "capture", amount_to_capture=300, final_capture="false").json
    assert (first["status"], first["amount_capturable"]) == ("requires_capture", 700)
    last = merchant.on(payment, "capture", amount_to_capture=400).json
    assert (last["status"], last["amount"], last["amount_received"]) == ("succeeded", 1000, 700)
    assert merchant.ledger(payment) == ("10.00", "7.00", "3.00", "0.00")


def test_a_capture_that_is_not_final_needs_multicapture(merchant):
    payment = merchant.hold()
    refused = merchant.on(payment, "capture", amount_to_capture=300, final_capture="false")
    assert (refused.status, refused.error["param"]) == (400, "final_capture")
    assert merchant.ledger(payment) == ("10.00", "0.00", "0.00", "0.00")


def test_capturing_more_than_is_held_changes_nothing(merchant):
    payment = merchant.hold()
    refused = merchant.on(payment, "capture", amount_to_capture=1001)
    assert (refused.status, refused.error["type"]) == (400, "invalid_request_error")
    assert merchant.ledger(payment) == ("10.00", "0.00", "0.00", "0.00")


def test_a_payment_is_captured_once(merchant):
    payment = merchant.hold()
    merchant.on(payment, "capture")
    again = merchant.on(payment, "capture")
    assert (again.status, again.error["code"]) == (400, "payment_intent_unexpected_state")
    assert again.error["payment_intent"]["status"] == "succeeded"
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "0.00")


def test_a_void_gives_the_hold_back_and_is_no_refund(merchant):
    payment = merchant.hold()
    assert merchant.on(payment, "cancel").json["status"] == "canceled"
    charge = merchant.charge(payment)
    shown = [charge[name] for name in ("status", "captured", "refunded", "amount_refunded", "balance_transaction")]
    assert shown == ["succeeded", False, True, 1000, None]
    assert merchant.ledger(payment) == ("10.00", "0.00", "10.00", "0.00")


def test_a_payment_never_confirmed_can_be_canceled_and_moves_nothing(merchant):
    payment = merchant.send("POST", "/v1/payment_intents", amount=500, currency="usd").json["id"]
    canceled = merchant.on(payment, "cancel", cancellation_reason="abandoned").json
    assert (canceled["status"], canceled["cancellation_reason"]) == ("canceled", "abandoned")
    assert merchant.ledger(payment) == ("0.00", "0.00", "0.00", "0.00")


def test_what_is_charged_cannot_be_canceled(merchant):
    payment = merchant.pay().json["id"]
    refused = merchant.on(payment, "cancel")
    assert (refused.status, refused.error["code"]) == (400, "payment_intent_unexpected_state")
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "0.00")


def test_an_authorisation_expires_when_the_charge_says_so(merchant):
    payment = merchant.hold()
    before = merchant.charge(payment)["payment_method_details"]["card"]["capture_before"]
    now = merchant.mock("GET", "clock")["now"]
    merchant.wait(before - now - 1)
    assert merchant.read(payment)["status"] == "requires_capture"
    merchant.wait(1)
    expired = merchant.read(payment)
    assert (expired["status"], expired["cancellation_reason"]) == ("canceled", "automatic")
    assert "charge.expired" in merchant.events()
    assert merchant.ledger(payment) == ("10.00", "0.00", "10.00", "0.00")


def test_partial_refunds_add_up_to_what_was_captured_and_no_further(merchant):
    payment = merchant.hold()
    merchant.on(payment, "capture", amount_to_capture=600)
    assert merchant.refund(payment, amount=200).json["status"] == "succeeded"
    over = merchant.refund(payment, amount=500)
    assert (over.status, over.error["type"]) == (400, "invalid_request_error")
    assert merchant.refund(payment).json["amount"] == 400
    assert merchant.refund(payment).error["code"] == "charge_already_refunded"
    assert merchant.ledger(payment) == ("10.00", "6.00", "4.00", "6.00")
    assert merchant.charge(payment)["refunded"] is True


@pytest.mark.parametrize("capture_method", ["manual", None], ids=["held", "never confirmed"])
def test_nothing_captured_means_nothing_to_refund(merchant, capture_method):
    more = {"confirm": "true", "payment_method": "pm_card_visa", "capture_method": "manual"} if capture_method else {}
    payment = merchant.send("POST", "/v1/payment_intents", amount=500, currency="usd", **more).json["id"]
    assert merchant.refund(payment).status == 400


def test_a_pending_refund_is_in_flight_until_it_settles(merchant):
    payment = merchant.pay("pm_card_pendingRefund").json["id"]
    refund = merchant.refund(payment).json
    assert refund["status"] == "pending"
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "0.00")
    assert merchant.refund(payment).status == 400
    merchant.wait(DAY)
    assert merchant.send("GET", f"/v1/refunds/{refund['id']}").json["status"] == "succeeded"
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "10.00")
    assert "refund.updated" in merchant.events()


def test_a_succeeded_refund_may_fail_later_and_the_money_comes_back(merchant):
    payment = merchant.pay("pm_card_refundFail").json["id"]
    refund = merchant.refund(payment, amount=300).json
    assert (refund["status"], merchant.ledger(payment)[3]) == ("succeeded", "3.00")
    merchant.wait(DAY)
    failed = merchant.send("GET", f"/v1/refunds/{refund['id']}").json
    assert (failed["status"], bool(failed["failure_reason"])) == ("failed", True)
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "0.00")
    kinds = [entry["kind"] for entry in merchant.mock("GET", f"ledger?payment={payment}")["entries"]]
    assert kinds == ["authorise", "capture", "refund", "refund_reversal"]
    assert merchant.charge(payment)["amount_refunded"] == 0


def test_a_hold_can_be_raised_when_that_was_asked_for(merchant):
    payment = merchant.hold(payment_method_options__card__request_incremental_authorization="if_available")
    raised = merchant.on(payment, "increment_authorization", amount=1500).json
    assert (raised["amount"], raised["amount_capturable"]) == (1500, 1500)
    assert merchant.ledger(payment)[0] == "15.00"
    assert merchant.on(merchant.hold(), "increment_authorization", amount=1500).status == 400


def test_a_declined_payment_can_be_paid_with_another_card(merchant):
    declined = merchant.pay("pm_card_visa_chargeDeclined").error["payment_intent"]
    paid = merchant.on(declined["id"], "confirm", payment_method="pm_card_visa").json
    assert (paid["id"], paid["status"], paid["last_payment_error"]) == (declined["id"], "succeeded", None)
    charges = merchant.send("GET", "/v1/charges", payment_intent=declined["id"]).json["data"]
    assert [charge["status"] for charge in charges] == ["succeeded", "failed"]


def test_a_payment_is_made_in_steps_too(merchant):
    fresh = merchant.send("POST", "/v1/payment_intents", amount=1000, currency="eur").json
    assert (fresh["status"], fresh["latest_charge"]) == ("requires_payment_method", None)
    given = merchant.send("POST", f"/v1/payment_intents/{fresh['id']}", payment_method="pm_card_visa", amount=700).json
    assert (given["status"], given["amount"]) == ("requires_confirmation", 700)
    assert merchant.on(fresh["id"], "confirm").json["status"] == "succeeded"
    assert merchant.ledger(fresh["id"])[1] == "7.00"


def test_a_confirmation_needs_a_payment_method(merchant):
    payment = merchant.send("POST", "/v1/payment_intents", amount=1000, currency="eur").json["id"]
    refused = merchant.on(payment, "confirm")
    assert (refused.status, refused.error["code"]) == (400, "payment_intent_unexpected_state")


def test_amounts_and_instruments_are_fixed_once_money_is_held(merchant):
    payment = merchant.hold()
    refused = merchant.send("POST", f"/v1/payment_intents/{payment}", amount=2000)
    assert (refused.status, refused.error["code"]) == (400, "payment_intent_unexpected_state")
    described = merchant.send("POST", f"/v1/payment_intents/{payment}", description="late", metadata__a="b").json
    assert (described["description"], described["metadata"], described["amount"]) == ("late", {"a": "b"}, 1000)


def test_every_change_of_state_is_an_event(merchant):
    payment = merchant.hold()
    merchant.on(payment, "capture")
    merchant.refund(payment, amount=1)
    assert merchant.events() == [
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.amount_capturable_updated",
        "charge.captured",
        "payment_intent.succeeded",
        "refund.created",
        "charge.refunded",
    ]


def test_an_event_shows_its_object_as_it_was_then(merchant):
    payment = merchant.hold()
    merchant.on(payment, "capture")
    then = merchant.send("GET", "/v1/events", type="payment_intent.amount_capturable_updated").json["data"][0]
    assert then["data"]["object"]["amount_capturable"] == 1000
    assert merchant.send("GET", f"/v1/events/{then['id']}").json == then
