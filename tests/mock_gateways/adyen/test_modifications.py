"""Modifications are received at once and carried out afterwards; the webhook and the ledger say what came of it."""

import pytest

from tests.mock_gateways.adyen.conftest import ACCOUNT, CARD, DAY, HOUR, VISA

ARRIVES = {
    "captures": ("CAPTURE", 400, ("10.00", "4.00", "6.00", "0.00")),
    "cancels": ("CANCELLATION", None, ("10.00", "0.00", "10.00", "0.00")),
    "reversals": ("CANCEL_OR_REFUND", None, ("10.00", "0.00", "10.00", "0.00")),
    "amountUpdates": ("AUTHORISATION_ADJUSTMENT", 1500, ("15.00", "0.00", "0.00", "0.00")),
}


@pytest.mark.parametrize("action", ARRIVES)
def test_a_modification_is_acknowledged_before_anything_moves(merchant_with, action):
    merchant = merchant_with(modification_delay_s=60)
    event, value, ledger = ARRIVES[action]
    held = merchant.hold()
    answer = merchant.on(held, action, value, reference="mine")
    assert (answer.status, answer.json["status"], answer.json["paymentPspReference"]) == (201, "received", held)
    assert answer.json["reference"] == "mine"
    assert merchant.ledger(held) == ("10.00", "0.00", "0.00", "0.00")
    merchant.wait(60)
    assert merchant.ledger(held) == ledger
    item = merchant.heard()[-1]
    assert (item["eventCode"], item["success"], item["merchantReference"]) == (event, "true", "mine")
    assert (item["pspReference"], item["originalReference"]) == (answer.json["pspReference"], held)


def test_a_cancel_is_acknowledged_without_an_amount(merchant):
    assert "amount" not in merchant.on(merchant.hold(), "cancels").json


def test_the_first_capture_gives_back_the_rest(merchant):
    held = merchant.hold()
    merchant.on(held, "captures", 400)
    merchant.on(held, "captures", 100)
    assert merchant.ledger(held) == ("10.00", "4.00", "6.00", "0.00")
    assert merchant.told()[-2:] == [("CAPTURE", "true"), ("CAPTURE", "false")]


def test_an_account_may_capture_several_times(merchant_with):
    merchant = merchant_with(multiple_partial_captures=1)
    held = merchant.hold()
    for value in (400, 500, 200):
        merchant.on(held, "captures", value)
    assert merchant.ledger(held) == ("10.00", "9.00", "0.00", "0.00")
    assert merchant.told()[-1] == ("CAPTURE", "false")
    merchant.wait(28 * DAY)
    assert merchant.ledger(held) == ("10.00", "9.00", "1.00", "0.00")
    assert (merchant.told()[-1], merchant.heard()[-1]["amount"]["value"]) == (("EXPIRE", "true"), 100)


@pytest.mark.parametrize(
    ("before", "action", "value", "event"),
    [
        (("captures", 1000), "cancels", None, "CANCELLATION"),
        (("cancels", None), "captures", 1000, "CAPTURE"),
        (("cancels", None), "cancels", None, "CANCELLATION"),
        (("cancels", None), "reversals", None, "CANCEL_OR_REFUND"),
        (("cancels", None), "amountUpdates", 1200, "AUTHORISATION_ADJUSTMENT"),
        (("captures", 1000), "refunds", 1001, "REFUND"),
        (None, "captures", 1001, "CAPTURE"),
        (None, "refunds", 100, "REFUND"),
    ],
)
def test_what_cannot_be_carried_out_is_received_and_told_as_failed(merchant, before, action, value, event):
    held = merchant.hold()
    if before:
        merchant.on(held, *before)
    ledger = merchant.ledger(held)
    assert merchant.on(held, action, value).status == 201
    assert merchant.told()[-1] == (event, "false")
    assert merchant.heard()[-1]["reason"]
    assert merchant.ledger(held) == ledger


def test_a_refund_before_the_capture_says_so_in_adyens_words(merchant):
    merchant.on(merchant.hold(), "refunds", 100)
    assert merchant.heard()[-1]["reason"] == "Transaction hasn't been captured, refund not possible"


def test_refunds_add_up_to_what_was_captured(merchant):
    paid = merchant.pay().json["pspReference"]
    for value in (400, 600, 1):
        merchant.on(paid, "refunds", value)
    assert merchant.ledger(paid)[3] == "10.00"
    assert [success for event, success in merchant.told() if event == "REFUND"] == ["true", "true", "false"]


def test_a_reversal_refunds_what_was_captured(merchant):
    paid = merchant.pay().json["pspReference"]
    merchant.on(paid, "refunds", 400)
    merchant.on(paid, "reversals")
    assert merchant.ledger(paid)[3] == "10.00"
    assert merchant.heard()[-1]["additionalData"]["modification.action"] == "refund"


def test_a_reversal_cancels_what_is_held(merchant):
    merchant.on(merchant.hold(), "reversals")
    assert merchant.heard()[-1]["additionalData"]["modification.action"] == "cancel"


def test_a_payment_is_cancelled_by_the_merchants_own_reference(merchant):
    held = merchant.hold(reference="lost-reply")
    body = {"merchantAccount": ACCOUNT, "paymentReference": "lost-reply", "reference": "cancel-1"}
    answer = merchant.send("POST", "/v72/cancels", **body)
    assert (answer.status, answer.json["status"]) == (201, "received")
    merchant.mock("GET", "clock")
    assert merchant.ledger(held)[2] == "10.00"
    assert merchant.told()[-1] == ("TECHNICAL_CANCEL", "true")


def test_an_amount_is_lowered_or_raised_at_once_when_the_blob_is_sent_along(merchant):
    held = merchant.hold()
    raised = merchant.on(held, "amountUpdates", 1500, adjustAuthorisationData="blob").json
    lowered = merchant.on(held, "amountUpdates", 700, adjustAuthorisationData=raised["adjustAuthorisationData"]).json
    assert (raised["status"], lowered["status"]) == ("authorised", "authorised")
    assert merchant.ledger(held) == ("15.00", "0.00", "8.00", "0.00")
    merchant.on(held, "cancels")
    assert merchant.on(held, "amountUpdates", 800, adjustAuthorisationData="blob").json["status"] == "refused"


def test_a_refund_can_fail_after_it_was_told_as_done(merchant):
    paid = merchant.card(holderName="SIMULATED_REFUND_FAILED").json["pspReference"]
    refund = merchant.on(paid, "refunds", 400).json["pspReference"]
    assert merchant.ledger(paid)[3] == "4.00"
    merchant.wait(48 * HOUR)
    assert merchant.ledger(paid)[3] == "0.00"
    item = merchant.heard()[-1]
    assert (item["eventCode"], item["success"], item["pspReference"]) == ("REFUND_FAILED", "true", refund)


def test_a_capture_can_fail_after_it_was_told_as_done(merchant):
    paid = merchant.card(holderName="SIMULATED_CAPTURE_FAILED").json["pspReference"]
    assert merchant.ledger(paid)[1] == "10.00"
    merchant.wait(48 * HOUR)
    assert merchant.ledger(paid) == ("10.00", "0.00", "10.00", "0.00")
    assert merchant.told()[-1] == ("CAPTURE_FAILED", "true")


def test_one_of_several_captures_can_fail(merchant_with):
    merchant = merchant_with(multiple_partial_captures=1)
    method = {**CARD, "number": VISA, "holderName": "SIMULATED_CAPTURE_FAILED"}
    held = merchant.hold(paymentMethod=method)
    merchant.on(held, "captures", 300)
    merchant.wait(24 * HOUR)
    merchant.on(held, "captures", 500)
    merchant.wait(24 * HOUR)
    assert merchant.ledger(held) == ("10.00", "5.00", "3.00", "0.00")
    merchant.wait(24 * HOUR)
    assert merchant.ledger(held) == ("10.00", "0.00", "8.00", "0.00")


@pytest.mark.parametrize(
    ("action", "body", "error"),
    [
        ("captures", {"amount": {"value": 0, "currency": "EUR"}}, (422, "137")),
        ("captures", {"amount": {"value": -5, "currency": "EUR"}}, (422, "137")),
        ("captures", {"amount": {"value": 5, "currency": "USD"}}, (422, "137")),
        ("captures", {}, (422, "100")),
        ("refunds", {"amount": {"value": 5, "currency": "EUR"}, "merchantRefundReason": "WHIM"}, (400, "702")),
        ("cancels", {"amount": {"value": 5, "currency": "EUR"}}, (400, "702")),
    ],
)
def test_a_modification_that_is_no_request_is_refused(merchant, action, body, error):
    held = merchant.hold()
    assert merchant.on(held, action, **body).error == error
    assert merchant.ledger(held) == ("10.00", "0.00", "0.00", "0.00")


@pytest.mark.parametrize("action", ["captures", "cancels", "refunds", "reversals", "amountUpdates"])
def test_a_payment_that_nobody_knows_is_refused(merchant, action):
    value = None if action in ("cancels", "reversals") else 100
    assert merchant.on("8836183819713023", action, value).error == (422, "167")
