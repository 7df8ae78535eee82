"""A dispute takes the money, has a deadline, and is decided by published texts, by somebody, or by time."""

import pytest

DAY = 86_400


def disputed(merchant, card="pm_card_createDispute", **given):
    payment = merchant.pay(card, **given).json["id"]
    (dispute,) = merchant.send("GET", "/v1/disputes", payment_intent=payment).json["data"]
    return payment, dispute


def read(merchant, dispute):
    return merchant.send("GET", f"/v1/disputes/{dispute['id']}").json


def answer(merchant, dispute, text="something", **more):
    return merchant.send("POST", f"/v1/disputes/{dispute['id']}", evidence__uncategorized_text=text, **more)


def at_stake(merchant, payment):
    return merchant.mock("GET", f"ledger?payment={payment}")["payments"][payment]["disputed"]


@pytest.mark.parametrize(
    ("card", "reason", "status", "money"),
    [
        ("pm_card_createDispute", "fraudulent", "needs_response", "10.00"),
        ("pm_card_createDisputeProductNotReceived", "product_not_received", "needs_response", "10.00"),
        ("pm_card_createDisputeInquiry", "general", "warning_needs_response", "0.00"),
    ],
)
def test_a_published_card_brings_a_dispute_about(merchant, card, reason, status, money):
    payment, dispute = disputed(merchant, card)
    assert (dispute["reason"], dispute["status"], dispute["amount"]) == (reason, status, 1000)
    assert at_stake(merchant, payment) == money
    assert merchant.charge(payment)["disputed"] is True
    assert merchant.send("GET", f"/v1/charges/{dispute['charge']}/dispute").json["id"] == dispute["id"]


def test_the_money_goes_with_a_movement_on_the_balance_and_events(merchant):
    _, dispute = disputed(merchant)
    (entry,) = dispute["balance_transactions"]
    assert (entry["amount"], entry["type"], entry["source"]) == (-1000, "adjustment", dispute["id"])
    assert merchant.events()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


def test_a_hold_is_disputed_once_it_is_captured(merchant):
    held = merchant.hold(payment_method="pm_card_createDispute")
    assert merchant.send("GET", "/v1/disputes").json["data"] == []
    merchant.on(held, "capture", amount_to_capture=400)
    (dispute,) = merchant.send("GET", "/v1/disputes").json["data"]
    assert dispute["amount"] == 400


def test_one_card_brings_several_disputes(merchant):
    payment = merchant.pay("pm_card_createMultipleDisputes").json["id"]
    found = merchant.send("GET", "/v1/disputes", payment_intent=payment).json["data"]
    assert [dispute["amount"] for dispute in found] == [500, 500]


def test_an_early_warning_is_an_event_and_no_dispute(merchant):
    merchant.pay("pm_card_createIssuerFraudRecord")
    assert merchant.send("GET", "/v1/disputes").json["data"] == []
    assert merchant.events()[-1] == "radar.early_fraud_warning.created"


@pytest.mark.parametrize(
    ("text", "status", "money"), [("winning_evidence", "won", "0.00"), ("losing_evidence", "lost", "10.00")]
)
def test_published_texts_decide(merchant, text, status, money):
    payment, dispute = disputed(merchant)
    assert answer(merchant, dispute, text).json["status"] == "under_review"
    assert read(merchant, dispute)["status"] == status
    assert at_stake(merchant, payment) == money
    reinstated = "charge.dispute.funds_reinstated" in merchant.events()
    assert (merchant.events()[-1], reinstated) == ("charge.dispute.closed", status == "won")


@pytest.mark.parametrize(("outcome", "status"), [("approve", "won"), ("fail", "lost")])
def test_any_other_evidence_waits_for_a_decision(merchant, outcome, status):
    _, dispute = disputed(merchant)
    assert answer(merchant, dispute).json["evidence_details"]["submission_count"] == 1
    merchant.wait(30 * DAY)
    assert read(merchant, dispute)["status"] == "under_review"
    merchant.mock("POST", f"approvals/{dispute['id']}", {"outcome": outcome})
    assert read(merchant, dispute)["status"] == status


def test_evidence_can_be_staged_and_given_later(merchant):
    _, dispute = disputed(merchant)
    staged = answer(merchant, dispute, submit="false").json
    assert (staged["status"], staged["evidence_details"]["has_evidence"]) == ("needs_response", True)
    submitted = merchant.send("POST", f"/v1/disputes/{dispute['id']}", submit="true").json
    assert (submitted["status"], submitted["evidence"]["uncategorized_text"]) == ("under_review", "something")


def test_a_dispute_that_nobody_answers_is_lost_when_its_time_is_over(merchant):
    payment, dispute = disputed(merchant)
    merchant.wait(dispute["evidence_details"]["due_by"] - dispute["created"] - 1)
    assert read(merchant, dispute)["status"] == "needs_response"
    merchant.wait(1)
    lost = read(merchant, dispute)
    assert (lost["status"], lost["evidence_details"]["past_due"]) == ("lost", True)
    assert at_stake(merchant, payment) == "10.00"
    refused = answer(merchant, dispute)
    assert (refused.status, refused.error["type"]) == (400, "invalid_request_error")


def test_a_merchant_who_concedes_has_lost(merchant):
    _, dispute = disputed(merchant)
    closed = merchant.send("POST", f"/v1/disputes/{dispute['id']}/close")
    assert (closed.status, closed.json["status"]) == (200, "lost")
    assert merchant.send("POST", f"/v1/disputes/{dispute['id']}/close").status == 400


def test_an_inquiry_closes_by_itself_and_no_money_ever_moves(merchant):
    payment, dispute = disputed(merchant, "pm_card_createDisputeInquiry")
    merchant.wait(120 * DAY)
    assert (read(merchant, dispute)["status"], at_stake(merchant, payment)) == ("warning_closed", "0.00")


def test_an_inquiry_becomes_a_chargeback_by_a_published_text(merchant):
    payment, dispute = disputed(merchant, "pm_card_createDisputeInquiry")
    assert answer(merchant, dispute, "escalate_inquiry_evidence").json["status"] == "warning_under_review"
    escalated = read(merchant, dispute)
    assert (escalated["status"], at_stake(merchant, payment)) == ("needs_response", "10.00")
    assert escalated["payment_method_details"]["card"]["case_type"] == "chargeback"
    assert answer(merchant, dispute, "winning_evidence").json["status"] == "under_review"
    assert read(merchant, dispute)["status"] == "won"


def test_disputed_money_cannot_be_refunded(merchant):
    payment, _ = disputed(merchant)
    refused = merchant.refund(payment)
    assert (refused.status, refused.error["code"]) == (400, "charge_disputed")


def test_what_an_inquiry_is_about_can_be_refunded(merchant):
    payment, dispute = disputed(merchant, "pm_card_createDisputeInquiry")
    assert dispute["is_charge_refundable"] is True
    assert merchant.refund(payment).status == 200


def test_a_card_programme_prevents_a_dispute(merchant):
    card = {"number": "4000000404005649", "exp_month": "12", "exp_year": "2034"}
    given = {f"payment_method_data__card__{name}": value for name, value in card.items()}
    method = {"payment_method_data__type": "card", **given}
    merchant.send("POST", "/v1/payment_intents", amount=1000, currency="eur", confirm="true", **method)
    (dispute,) = merchant.send("GET", "/v1/disputes").json["data"]
    assert (dispute["status"], dispute["payment_method_details"]["card"]["case_type"]) == ("prevented", "block")


def test_anybody_can_have_a_payment_disputed(merchant):
    payment = merchant.pay().json["id"]
    dispute = merchant.mock("POST", "disputes", {"payment": payment, "reason": "duplicate", "amount": 300})
    assert (dispute["status"], dispute["amount"], dispute["reason"]) == ("needs_response", 300, "duplicate")
    assert at_stake(merchant, payment) == "3.00"
