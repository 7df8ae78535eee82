"""Mistakes in Razorpay's own words with what comes after a payment: refunds, mandates, disputes.

What each field is for: razorpay.com/docs/api/{refunds,disputes} and
docs/payments/payment-gateway/s2s-integration/recurring-payments.
"""

import json
from dataclasses import replace

from runtime.core.money import EXPONENT, Money
from runtime.core.payments import (
    AcceptDispute,
    ChargeMandate,
    DefendDispute,
    DSync,
    Refund,
    RevokeMandate,
    RSync,
    SetupMandate,
    SubmitEvidence,
)
from runtime.core.vocabulary import DisputeStatus, MandateStatus, RefundStatus
from tests.mutants.changes import becomes
from tests.mutants.razorpay.payments import HUNDREDTH, having, mutant, raw, scaled_alike, wire, without
from tests.mutants.tamper import set_header, tamper

# -- refunds


@mutant("MON-003", "razorpay-whmcs#31: a refund is asked for in rupees, where everything is in paise")
def a_refund_is_in_rupees(connector, patch):
    return scaled_alike(connector, Refund, RSync, times=HUNDREDTH)


@mutant("IDM-002", "`X-Refund-Idempotency` is left out: the one key that Razorpay has")
def a_refund_has_no_key(connector, patch):
    return tamper(connector, Refund, request=lambda asked: set_header(asked, "X-Refund-Idempotency", None))


@mutant("IDM-002", "a refund's key is sent under the name that other gateways have for it")
def a_refunds_key_has_another_name(connector, patch):
    def change(asked):
        name = "X-Refund-Idempotency"
        key = next((value for header, value in asked.headers if header.lower() == name.lower()), None)
        return set_header(set_header(asked, name, None), "Idempotency-Key", key)

    return tamper(connector, Refund, request=change)


@mutant("STA-016", "a refund that is there is done: `pending` is read as `processed`")
def a_pending_refund_is_done(connector, patch):
    return tamper(connector, Refund, RSync, outcome=raw("pending", RefundStatus.SUCCESS))


@mutant("MON-003", "a refund without `amount` is one of the whole payment")
def a_refund_names_no_amount(connector, patch):
    return wire(connector, Refund, sent=without("amount"))


# -- mandates


@mutant("MON-016", "a charge on a token is in rupees")
def a_charge_on_a_token_is_in_rupees(connector, patch):
    return scaled_alike(connector, ChargeMandate, times=HUNDREDTH)


@mutant("LIF-026", "a mandate is active as soon as its payment is made: nobody waits for the bank's word")
def a_token_is_active_at_once(connector, patch):
    pending = lambda outcome: outcome.status is MandateStatus.PENDING  # noqa: E731 - one expression
    return tamper(connector, SetupMandate, outcome=becomes(MandateStatus.ACTIVE, pending))


@mutant("LIF-022", "`recurring` is left out of the first payment: it is paid, and no token comes of it")
def the_first_payment_is_not_recurring(connector, patch):
    return wire(connector, SetupMandate, at=r"/payments/", sent=without("recurring"))


@mutant("LIF-022", "a charge does not name the customer whose token it is")
def a_charge_names_no_customer(connector, patch):
    return wire(connector, ChargeMandate, at=r"/recurring$", sent=without("customer_id"))


@mutant("LIF-023", "the first charge's order is used again: it is paid, and no order is paid twice")
def every_charge_is_of_one_order(connector, patch):
    orders = []

    def change(fields):
        orders.append(fields["order_id"])
        return {**fields, "order_id": orders[0]}

    return wire(connector, ChargeMandate, at=r"/recurring$", sent=change)


@mutant("LIF-024", "a token is looked at instead of deleted: it can be charged as before")
def revoking_is_a_look(connector, patch):
    def change(asked):
        return replace(asked, method="GET") if asked.method == "DELETE" else asked

    looked = wire(connector, RevokeMandate, at=r"/tokens/", told=having(deleted=True))
    return tamper(looked, RevokeMandate, request=change)


@mutant("LIF-026", "`callback_url` is left out of a first payment: the shopper agrees, and stays at the bank")
def nobody_says_where_consent_comes_back_to(connector, patch):
    return wire(connector, SetupMandate, at=r"/payments/", sent=without("callback_url"))


# -- disputes


@mutant("LIF-027", "`amount_deducted` is read for what is at stake: until the bank takes it, it is 0")
def what_was_deducted_is_at_stake(connector, patch):
    read = lambda seen: {**seen, "amount": seen.get("amount_deducted", 0)}  # noqa: E731 - one expression
    return wire(connector, DSync, told=read)


@mutant("STA-019", "`under_review` is read as won: the money is still with the bank")
def a_review_is_won(connector, patch):
    return tamper(connector, DSync, outcome=raw("under_review", DisputeStatus.WON))


@mutant("STA-019", "`closed` is read as won: what was fraud, or was asked for, ends so without anybody's word")
def closed_is_won(connector, patch):
    return tamper(connector, DSync, outcome=raw("closed", DisputeStatus.WON))


@mutant("LIF-031", "`lost` without evidence is read as open: there is nothing left to answer")
def lost_is_open(connector, patch):
    return tamper(connector, DSync, outcome=raw("lost", DisputeStatus.OPENED))


@mutant("LIF-029", "`action` is `submit` with the first piece of evidence: nothing can be added")
def evidence_goes_to_the_bank_at_once(connector, patch):
    at_once = wire(connector, SubmitEvidence, at=r"/contest$", sent=having(action="submit"))
    return tamper(at_once, SubmitEvidence, outcome=becomes(DisputeStatus.OPENED))


@mutant("LIF-030", "`action` is left at `draft`: Razorpay keeps the evidence, and the bank never sees it")
def a_defence_stays_a_draft(connector, patch):
    staged = wire(connector, DefendDispute, at=r"/contest$", sent=having(action="draft", summary="as handed in"))
    return tamper(staged, DefendDispute, outcome=becomes(DisputeStatus.CHALLENGED))


@mutant("LIF-028", "a dispute is contested with nothing instead of accepted")
def accepting_is_an_empty_draft(connector, patch):
    def change(asked):
        body = json.dumps({"action": "draft", "summary": "accepted"}).encode()
        return replace(asked, method="PATCH", url=asked.url.removesuffix("/accept") + "/contest", body=body)

    return tamper(connector, AcceptDispute, request=change, outcome=becomes(DisputeStatus.ACCEPTED))


@mutant("LIF-028", "`lost` after accepting is read as a word of the bank's, and the matter as undecided")
def accepted_is_under_review(connector, patch):
    return tamper(connector, AcceptDispute, outcome=raw("lost", DisputeStatus.CHALLENGED))


@mutant("MON-017", "a dispute's amount is read with two decimals whatever its currency")
def every_dispute_has_two_decimals(connector, patch):
    def change(command, outcome):
        money = outcome.amount
        digits = 2 - EXPONENT[money.currency] if money else 0
        return replace(outcome, amount=Money(money.minor * 10**digits, money.currency)) if digits > 0 else outcome

    return tamper(connector, DSync, outcome=change)
