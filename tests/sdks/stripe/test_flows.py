"""Stripe's own Python library, over a socket, through what comes after a card: mandates, disputes, debits, Checkout."""

import urllib.request

import pytest
import stripe

from tests.sdks.stripe.test_payments import base, client, key, mock

__all__ = ["base", "client", "key", "mock"]

BACK = "https://shop.example/back"
ACCEPTED = {"customer_acceptance": {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "test"}}}
PERSON = {"name": "Jane Doe", "email": "jane@example.com"}
SEPA = {"type": "sepa_debit", "sepa_debit": {"iban": "AT611904300234573201"}, "billing_details": PERSON}
ACH = {
    "type": "us_bank_account",
    "us_bank_account": {
        "account_number": "000123456789",
        "routing_number": "110000000",
        "account_holder_type": "individual",
    },
    "billing_details": PERSON,
}
PAY = {"amount": 1000, "currency": "eur", "confirm": True}


def _totals(mock, payment):
    totals = mock(f"ledger?payment={payment}")["payments"][payment]
    return totals["captured"], totals["refunded"], totals["disputed"]


def test_a_mandate_given_charged_and_taken_back(client, mock):
    customer = client.customers.create(PERSON)
    setup = client.setup_intents.create(
        {
            "customer": customer.id,
            "confirm": True,
            "payment_method_data": SEPA,
            "mandate_data": ACCEPTED,
            "usage": "off_session",
        }
    )
    mandate = client.mandates.retrieve(setup.mandate)
    assert (setup.status, mandate.status, mandate.type) == ("succeeded", "active", "multi_use")
    assert mandate.customer_acceptance.online.ip_address == "127.0.0.1"
    later = {**PAY, "customer": customer.id, "payment_method": setup.payment_method, "off_session": True}
    paid = client.payment_intents.create({**later, "mandate": mandate.id})
    assert paid.status == "processing"
    mock(f"approvals/{paid.id}", {"outcome": "approve"})
    assert _totals(mock, paid.id) == ("10.00", "0.00", "0.00")
    client.payment_methods.detach(setup.payment_method)
    assert client.mandates.retrieve(mandate.id).status == "inactive"
    with pytest.raises(stripe.InvalidRequestError):
        client.payment_intents.create(later)


def test_a_card_that_always_wants_its_owner_is_declined_off_session(client, mock):
    customer = client.customers.create({})
    given = {"customer": customer.id, "confirm": True, "payment_method": "pm_card_authenticationRequired"}
    setup = client.setup_intents.create({**given, "return_url": BACK})
    assert setup.next_action.redirect_to_url.return_url == BACK
    mock(f"approvals/{setup.id}", {"outcome": "approve"})
    method = client.setup_intents.retrieve(setup.id).payment_method
    with pytest.raises(stripe.CardError) as caught:
        client.payment_intents.create({**PAY, "customer": customer.id, "payment_method": method, "off_session": True})
    assert (caught.value.code, caught.value.http_status) == ("authentication_required", 402)


def test_a_dispute_answered_and_won(client, mock):
    paid = client.payment_intents.create({**PAY, "payment_method": "pm_card_createDispute"})
    (dispute,) = client.disputes.list({"payment_intent": paid.id}).data
    assert (dispute.status, dispute.reason, _totals(mock, paid.id)[2]) == ("needs_response", "fraudulent", "10.00")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.refunds.create({"payment_intent": paid.id})
    assert caught.value.code == "charge_disputed"
    answered = client.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "winning_evidence"}})
    assert (answered.status, answered.evidence_details.submission_count) == ("under_review", 1)
    assert (client.disputes.retrieve(dispute.id).status, _totals(mock, paid.id)[2]) == ("won", "0.00")
    types = {event.type for event in client.events.list({"type": "charge.dispute.*"}).data}
    assert {f"charge.dispute.{end}" for end in ("created", "funds_withdrawn", "funds_reinstated", "closed")} <= types


def test_a_dispute_conceded(client, mock):
    paid = client.payment_intents.create({**PAY, "payment_method": "pm_card_visa"})
    made = mock("disputes", {"payment": paid.id, "reason": "product_not_received"})
    assert client.disputes.close(made["id"]).status == "lost"
    assert _totals(mock, paid.id)[2] == "10.00"


def test_an_ach_debit_proved_by_micro_deposits(client, mock):
    given = {"amount": 1000, "currency": "usd", "confirm": True, "payment_method_data": ACH, "mandate_data": ACCEPTED}
    intent = client.payment_intents.create(given)
    action = intent.next_action.verify_with_microdeposits
    assert (intent.next_action.type, action.microdeposit_type) == ("verify_with_microdeposits", "descriptor_code")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.payment_intents.verify_microdeposits(intent.id, {"amounts": [1, 2]})
    assert caught.value.code == "payment_method_microdeposit_verification_amounts_mismatch"
    proved = client.payment_intents.verify_microdeposits(intent.id, {"amounts": [32, 45]})
    assert (proved.status, _totals(mock, intent.id)[0]) == ("processing", "0.00")
    mock(f"approvals/{intent.id}", {"outcome": "approve"})
    paid = client.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]})
    assert (paid.status, paid.latest_charge.payment_method_details.us_bank_account.last4) == ("succeeded", "6789")
    assert _totals(mock, intent.id)[0] == "10.00"


@pytest.mark.parametrize(("outcome", "status"), [("approve", "succeeded"), ("fail", "requires_payment_method")])
def test_a_sepa_debit(client, mock, outcome, status):
    intent = client.payment_intents.create({**PAY, "payment_method_data": SEPA, "mandate_data": ACCEPTED})
    charge = client.charges.retrieve(intent.latest_charge)
    assert (intent.status, charge.status, charge.paid, charge.captured) == ("processing", "pending", False, True)
    mandate = client.mandates.retrieve(charge.payment_method_details.sepa_debit.mandate)
    assert (mandate.type, mandate.single_use.amount) == ("single_use", 1000)
    mock(f"approvals/{intent.id}", {"outcome": outcome})
    assert client.payment_intents.retrieve(intent.id).status == status
    assert _totals(mock, intent.id)[0] == ("10.00" if outcome == "approve" else "0.00")


def test_an_ideal_redirect_paid_and_refunded(client, mock):
    given = {**PAY, "payment_method_data": {"type": "ideal", "ideal": {"bank": "ing"}}, "return_url": BACK}
    intent = client.payment_intents.create({**given, "allowed_payment_method_types": ["ideal"]})
    with urllib.request.urlopen(intent.next_action.redirect_to_url.url) as page:  # noqa: S310
        assert b"Approve" in page.read()
    mock(f"approvals/{intent.id}", {"outcome": "approve"})
    charge = client.payment_intents.retrieve(intent.id, {"expand": ["latest_charge"]}).latest_charge
    assert charge.payment_method_details.ideal.bank == "ing"
    assert client.refunds.create({"payment_intent": intent.id}).status == "succeeded"
    assert _totals(mock, intent.id)[:2] == ("10.00", "10.00")


def test_a_checkout_session_paid_on_its_page(client, mock):
    item = {"price_data": {"currency": "eur", "unit_amount": 500, "product_data": {"name": "T-shirt"}}, "quantity": 2}
    session = client.checkout.sessions.create(
        {"mode": "payment", "line_items": [item], "success_url": BACK, "metadata": {"order": "7"}}
    )
    assert (session.status, session.amount_total, session.payment_status) == ("open", 1000, "unpaid")
    mock(f"approvals/{session.id}", {"outcome": "approve"})
    done = client.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent", "line_items"]})
    assert (done.status, done.payment_status, done.payment_intent.status) == ("complete", "paid", "succeeded")
    assert done.line_items.data[0].description == "T-shirt"
    assert _totals(mock, done.payment_intent.id)[0] == "10.00"
    with pytest.raises(stripe.InvalidRequestError):
        client.checkout.sessions.expire(session.id)


def test_a_customer_transfers_money(client, mock):
    customer = client.customers.create(PERSON)
    transfer = {"funding_type": "bank_transfer", "bank_transfer": {"type": "us_bank_transfer"}}
    intent = client.payment_intents.create(
        {
            "amount": 1000,
            "currency": "usd",
            "confirm": True,
            "customer": customer.id,
            "payment_method_data": {"type": "customer_balance"},
            "payment_method_options": {"customer_balance": transfer},
        }
    )
    instructions = intent.next_action.display_bank_transfer_instructions
    assert (instructions.type, instructions.financial_addresses[0].aba.routing_number) == (
        "us_bank_transfer",
        "110000000",
    )
    mock(f"approvals/{intent.id}", {"outcome": "approve"})
    assert client.payment_intents.retrieve(intent.id).status == "succeeded"
