"""Mistakes in Stripe's own words with payments, mandates, disputes and Checkout: a field misread, or left out.

What each field is for: docs.stripe.com/api/{payment_intents,setup_intents,disputes,checkout/sessions}/object and
docs.stripe.com/{payments/save-and-reuse,disputes/responding,checkout/fulfillment}.
"""

import json
from dataclasses import replace
from decimal import Decimal

from runtime.core.payments import (
    AcceptDispute,
    Authorize,
    ChargeMandate,
    CompleteAuthorize,
    DefendDispute,
    DisputeOutcome,
    DSync,
    PaymentOutcome,
    PSync,
    RevokeMandate,
    SetupMandate,
    SubmitEvidence,
    Void,
)
from runtime.core.vocabulary import DisputeStatus, MandateStatus, PaymentStatus
from tests.mutants import bank
from tests.mutants.changes import becomes, scaled
from tests.mutants.tamper import drop_field, reading, set_header, tamper
from tests.mutants.webhooks import believing, events


def mutant(requirement, bug):
    return bank.mutant(requirement, bug, gateway="stripe")


def _raw(status, wrong):
    """A raw status read as something else."""
    return becomes(wrong, lambda outcome: outcome.raw_status == status)


def _without(prefix):
    """The form request without a field, and without all that is below it."""

    def change(request):
        kept = [pair for pair in request.body.split(b"&") if not pair.startswith(prefix.encode())]
        return replace(request, body=b"&".join(kept))

    return change


# -- payments


@mutant("LIF-016", "hyperswitch#3846: a charge's `captured` is read as paid; of a debit under way it is true")
def captured_is_paid(connector, patch):
    def change(reply, outcome):
        charge = reply.get("latest_charge") or {}
        return replace(outcome, status=PaymentStatus.CHARGED) if charge.get("captured") else outcome

    return reading(connector, Authorize, change=change)


@mutant("LIF-016", "hyperswitch#7522: `processing` is read as succeeded, for cards never stay there")
def processing_is_succeeded(connector, patch):
    return tamper(connector, Authorize, outcome=_raw("processing", PaymentStatus.CHARGED))


@mutant("LIF-016", "mollie/WooCommerce#165: `processing` is read as a failure, for a card would be done by now")
def processing_is_a_failure(connector, patch):
    return tamper(connector, Authorize, PSync, outcome=_raw("processing", PaymentStatus.FAILURE))


@mutant("LIF-017", "woocommerce-gateway-stripe#902: `requires_payment_method` is read without `last_payment_error`")
def a_failed_intent_awaits_a_method(connector, patch):
    change = _raw("requires_payment_method", PaymentStatus.PAYMENT_METHOD_AWAITED)
    return tamper(connector, PSync, outcome=change)


@mutant("LIF-015", "whoever comes back with `payment_intent` in the query has paid")
def the_query_is_the_proof(connector, patch):
    def change(command, outcome):
        back = "payment_intent" in command.returned
        return replace(outcome, status=PaymentStatus.CHARGED) if back else outcome

    return tamper(connector, CompleteAuthorize, outcome=change)


@mutant("CAP-004", "a debit is sent without `mandate_data`: nobody consented")
def debits_have_no_mandate_data(connector, patch):
    return tamper(connector, Authorize, request=_without("mandate_data"))


@mutant("CAP-004", "a bank transfer is sent without `payment_method_options`: nothing says to which account")
def transfers_have_no_options(connector, patch):
    return tamper(connector, Authorize, request=_without("payment_method_options"))


@mutant("CAP-004", "who pays is left out: Klarna and others ask for `billing_details`")
def billing_details_are_left_out(connector, patch):
    return tamper(connector, Authorize, request=_without("payment_method_data[billing_details"))


@mutant("LIF-020", "`cancel` is called with the reason that the gateway keeps for itself")
def cancelled_automatically(connector, patch):
    reason = lambda r: replace(r, body=r.body + b"&cancellation_reason=automatic")  # noqa: E731 - one expression
    return tamper(connector, Void, request=reason)


# -- mandates


@mutant("LIF-022", "the id of the SetupIntent is taken for the mandate: a charge asks for the payment method")
def the_setup_is_the_mandate(connector, patch):
    return reading(connector, SetupMandate, change=lambda reply, o: replace(o, mandate_id=reply.get("id")))


@mutant("ERR-018", "`off_session` is left out: the bank is told that the shopper is there")
def off_session_is_left_out(connector, patch):
    return tamper(connector, ChargeMandate, request=lambda request: drop_field(request, "off_session"))


@mutant("LIF-022", "`confirm` is left out: the charge waits, and nobody confirms it")
def a_charge_is_never_confirmed(connector, patch):
    return tamper(connector, ChargeMandate, request=lambda request: drop_field(request, "confirm"))


@mutant("LIF-024", "a method is updated instead of detached: it stays with its customer")
def revoking_is_an_update(connector, patch):
    update = lambda request: replace(request, url=request.url.removesuffix("/detach"))  # noqa: E731 - one expression
    return tamper(connector, RevokeMandate, request=update, outcome=becomes(MandateStatus.REVOKED))


@mutant("STA-021", "`requires_payment_method` is read without `last_setup_error`: nobody has failed yet")
def an_empty_setup_has_failed(connector, patch):
    return tamper(connector, SetupMandate, outcome=_raw("requires_payment_method", MandateStatus.INACTIVE))


@mutant("IDM-009", "the customer is made without a key, so the same consent comes with another customer")
def every_attempt_makes_a_customer(connector, patch):
    def change(request):
        return set_header(request, "Idempotency-Key", None) if request.url.endswith("/v1/customers") else request

    return tamper(connector, SetupMandate, request=change)


@mutant("MON-016", "woocommerce-gateway-stripe#2674: kronur are sent without the two zeros that Stripe wants")
def kronur_are_sent_as_iso_has_them(connector, patch):
    change = lambda c: scaled(c, Decimal("0.01"), lambda code: code == "ISK")  # noqa: E731 - one expression
    return tamper(connector, ChargeMandate, command=change)


# -- disputes


@mutant("LIF-030", "a dispute is closed instead of submitted: closing gives it up, for good")
def contesting_closes(connector, patch):
    close = lambda request: replace(request, url=request.url + "/close", body=b"")  # noqa: E731 - one expression
    return tamper(connector, DefendDispute, request=close, outcome=becomes(DisputeStatus.CHALLENGED))


@mutant("LIF-030", "`submit` is left out of the defence: Stripe keeps the evidence, and the bank never sees it")
def a_defence_is_not_submitted(connector, patch):
    staged = lambda r: replace(r, body=r.body.replace(b"submit=true", b"submit=false"))  # noqa: E731 - one expression
    return tamper(connector, DefendDispute, request=staged, outcome=becomes(DisputeStatus.CHALLENGED))


@mutant("LIF-029", "`submit` is left to its default, which is to submit")
def evidence_is_submitted(connector, patch):
    at_once = lambda r: replace(r, body=r.body.replace(b"submit=false", b"submit=true"))  # noqa: E731 - one expression
    return tamper(connector, SubmitEvidence, request=at_once, outcome=becomes(DisputeStatus.OPENED))


@mutant("LIF-028", "`lost` after closing is read as open, for no evidence was handed in")
def closed_without_evidence_is_open(connector, patch):
    def change(reply, outcome):
        unanswered = not reply.get("evidence_details", {}).get("submission_count")
        return replace(outcome, status=DisputeStatus.OPENED) if unanswered else outcome

    return reading(connector, AcceptDispute, change=change)


@mutant("LIF-031", "`past_due` is not looked at, and a dispute without evidence is open whatever its status")
def past_due_without_evidence_is_open(connector, patch):
    def change(reply, outcome):
        unanswered = not reply.get("evidence_details", {}).get("submission_count")
        return replace(outcome, status=DisputeStatus.OPENED) if unanswered else outcome

    return reading(connector, DSync, change=change)


@mutant("LIF-027", "hyperswitch#5298: a dispute names its charge, and the shop knows payment intents")
def a_dispute_names_its_charge(connector, patch):
    return reading(connector, DSync, change=lambda reply, o: replace(o, payment_id=reply.get("charge")))


@mutant("STA-019", "an inquiry is no dispute: `warning_needs_response` has no word")
def inquiries_have_no_word(connector, patch):
    inquiry = lambda outcome: (outcome.raw_status or "").startswith("warning")  # noqa: E731 - one expression
    return tamper(connector, DSync, outcome=becomes(DisputeStatus.UNRESOLVED, inquiry))


@mutant("STA-019", "`prevented` is good news: nobody looks whether the shopper was paid")
def prevented_is_always_withdrawn(connector, patch):
    return tamper(connector, DSync, outcome=_raw("prevented", DisputeStatus.CANCELLED))


@mutant("MON-017", "woocommerce-gateway-stripe#2674: kronur of a dispute are read as ISO has them")
def kronur_of_a_dispute_are_a_hundredfold(connector, patch):
    def change(command, outcome):
        money = outcome.amount
        wrong = money and replace(money, minor=money.minor * 100)
        return replace(outcome, amount=wrong) if money and money.currency == "ISK" else outcome

    return tamper(connector, DSync, outcome=change)


# -- deliveries


@mutant("WEB-021", "hyperswitch#5298: the event of a dispute names its charge")
def the_event_of_a_dispute_names_its_charge(connector, patch):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        charge = json.loads(command.body)["data"]["object"].get("charge")
        about = lambda o: replace(o, payment_id=charge) if isinstance(o, DisputeOutcome) else o  # noqa: E731
        return replace(delivery, events=tuple(replace(e, outcome=about(e.outcome)) for e in delivery.events))

    return believing(connector, make)


@mutant("WEB-021", "only `charge.dispute.closed` is listened to: the deadline has passed by then")
def only_the_end_of_a_dispute_is_heard(connector, patch):
    def change(event):
        is_early = event.type.startswith("charge.dispute.") and not event.type.endswith(".closed")
        return replace(event, outcome=None) if is_early else event

    return believing(connector, events(change))


@mutant("LIF-034", "nearmerch.com#209: every event of a session is read as `completed`, `expired` as well")
def an_expired_session_is_paid(connector, patch):
    def change(event):
        of_session = event.type.startswith("checkout.session") and isinstance(event.outcome, PaymentOutcome)
        return replace(event, outcome=replace(event.outcome, status=PaymentStatus.CHARGED)) if of_session else event

    return believing(connector, events(change))
