"""Mistakes in Adyen's own words with payments, modifications, mandates and disputes: a field misread, or left out.

What each is for: docs.adyen.com/online-payments/{payment-result-codes, capture, cancel, refund, tokenization},
docs.adyen.com/development-resources/{api-idempotency, currency-codes, error-codes}, the schemas of CheckoutService-v72
and DisputeService-v30.
"""

import json
from dataclasses import replace
from decimal import Decimal
from urllib.parse import quote

from runtime.core.errors import OutcomeUnknown, RequestRejected, refused
from runtime.core.payments import (
    Authorize,
    Capture,
    ChargeMandate,
    CompleteAuthorize,
    CreateSessionToken,
    PaymentOutcome,
    Refund,
    RefundOutcome,
    Void,
)
from runtime.core.vocabulary import ErrorCode, PaymentStatus, RefundStatus
from tests.mutants.adyen.bodies import answered, mutant, sending, unsent
from tests.mutants.changes import becomes, excused, failed, key, only, scaled
from tests.mutants.tamper import reading, tamper


def _as(raw, wrong):
    """A resultCode or status read as something else."""
    return becomes(wrong, lambda outcome: outcome.raw_status == raw)


# -- what a resultCode says


@mutant("LIF-016", "hyperswitch#7522: Pending is read as Authorised, for cards never stay there")
def pending_is_authorised(connector, patch):
    return tamper(connector, Authorize, CompleteAuthorize, outcome=_as("Pending", PaymentStatus.AUTHORIZED))


@mutant("STA-002", "Received is read as a failure: only Authorised is good")
def received_is_a_failure(connector, patch):
    return tamper(connector, Authorize, outcome=_as("Received", PaymentStatus.FAILURE))


@mutant("STA-008", "hyperswitch#204: RedirectShopper is read as pending, and the action is not looked at")
def a_redirect_is_pending(connector, patch):
    change = lambda command, o: (  # noqa: E731 - one expression
        replace(o, status=PaymentStatus.PENDING, next_action=None) if o.raw_status == "RedirectShopper" else o
    )
    return tamper(connector, Authorize, outcome=change)


@mutant("LIF-018", "PresentToShopper is read as done: the shopper was given what to pay")
def presented_is_charged(connector, patch):
    return tamper(connector, Authorize, outcome=_as("PresentToShopper", PaymentStatus.CHARGED))


@mutant("STA-002", "AuthenticationFinished is read as Authorised; nothing was authorised yet")
def authenticated_is_authorised(connector, patch):
    return tamper(connector, Authorize, outcome=_as("AuthenticationFinished", PaymentStatus.CHARGED))


@mutant("STA-002", "PartiallyAuthorised is read as Authorised: half of it is missing")
def a_part_is_authorised(connector, patch):
    return tamper(connector, Authorize, outcome=_as("PartiallyAuthorised", PaymentStatus.CHARGED))


@mutant("ERR-004", "hyperswitch#12843: Refused is an error, and the id of the attempt is lost")
def refused_is_an_error(connector, patch):
    def change(command, outcome):
        if outcome.raw_status == "Refused":
            raise refused(command, 200, outcome.error)
        return outcome

    return tamper(connector, Authorize, outcome=change)


@mutant("ERR-001", "hyperswitch#4906: refusalReasonCode is not looked at; resultCode says Refused, and no more")
def every_refusal_is_a_decline(connector, patch):
    return tamper(connector, Authorize, outcome=excused(code=ErrorCode.CARD_DECLINED))


@mutant("STA-010", "a refusal after 3D Secure is a decline: nobody sees that code 11 is the shopper's")
def a_failed_authentication_is_a_decline(connector, patch):
    return tamper(connector, CompleteAuthorize, outcome=excused(code=ErrorCode.CARD_DECLINED))


@mutant("LIF-015", "whoever comes back with a redirectResult has paid")
def a_redirect_result_is_the_proof(connector, patch):
    def change(command, outcome):
        back = "redirectResult" in command.returned
        return replace(outcome, status=PaymentStatus.CHARGED, error=None) if back else outcome

    return tamper(connector, CompleteAuthorize, outcome=change)


@mutant("STA-006", "the shop's own merchantReference is taken for the payment's id")
def a_payment_is_known_by_the_shops_reference(connector, patch):
    return reading(connector, Authorize, change=lambda reply, o: replace(o, payment_id=reply.get("merchantReference")))


# -- what is only acknowledged


@mutant("LIF-009", "hyperswitch#2036: a capture that was received is read as captured")
def a_received_capture_is_charged(connector, patch):
    return tamper(connector, Capture, outcome=_as("received", PaymentStatus.CHARGED))


@mutant("LIF-006", "active_merchant#614: a cancel that was received is read as cancelled")
def a_received_cancel_is_voided(connector, patch):
    return tamper(connector, Void, outcome=_as("received", PaymentStatus.VOIDED))


@mutant("LIF-012", "hyperswitch#9622: a refund that was received is read as refunded")
def a_received_refund_is_done(connector, patch):
    return tamper(connector, Refund, outcome=_as("received", RefundStatus.SUCCESS))


@mutant("LIF-004", "a hold is given back with a refund, which nothing that was not captured can have")
def a_cancel_is_a_refund(connector, patch):
    def change(request):
        amount = {"currency": "EUR", "value": 1000}
        return sending(amount=amount)(replace(request, url=request.url.replace("/cancels", "/refunds")))

    return tamper(connector, Void, request=change)


@mutant("LIF-008", "the id of a refund is that of its payment: paymentPspReference for pspReference")
def a_refund_has_its_payments_id(connector, patch):
    return tamper(connector, Refund, outcome=lambda command, o: replace(o, refund_id=command.payment_id))


@mutant("STA-012", "hyperswitch#9679: the amount of an Authorised payment is told as captured, of a hold as well")
def what_is_authorised_is_captured(connector, patch):
    early = lambda command, o: replace(o, captured=command.amount)  # noqa: E731 - one expression
    return tamper(connector, Authorize, outcome=early)


def _begun(status):
    return lambda command: PaymentOutcome(status=status, payment_id=command.payment_id, raw_status="received")


@mutant("LIF-001", "django-payments#401: a capture is acknowledged that was never sent")
def a_capture_is_never_sent(connector, patch):
    return unsent(connector, Capture, _begun(PaymentStatus.CAPTURE_INITIATED))


@mutant("LIF-004", "a cancel is acknowledged that was never sent: the hold lapses some day")
def a_cancel_is_never_sent(connector, patch):
    return unsent(connector, Void, _begun(PaymentStatus.VOID_INITIATED))


@mutant("LIF-007", "django-payments#469: a refund is acknowledged that was never sent")
def a_refund_is_never_sent(connector, patch):
    def begun(command):
        about = {"refund_id": command.idempotency_key, "payment_id": command.payment_id}
        return RefundOutcome(status=RefundStatus.PENDING, raw_status="received", amount=command.amount, **about)

    return unsent(connector, Refund, begun)


# -- what decides when money is taken


@mutant("STA-007", "a hold is sent without manualCapture: the account captures it by itself")
def manual_capture_is_left_out(connector, patch):
    return tamper(connector, Authorize, request=sending(additionalData=None))


@mutant("CAP-004", "an invoice has no lines: Klarna, Affirm and Afterpay ask for lineItems")
def an_invoice_has_no_lines(connector, patch):
    return tamper(connector, Authorize, request=sending(lineItems=None))


@mutant("STA-006", "a sale does not say that it is one: an account with manual capture only holds it")
def the_account_decides_when_money_is_taken(connector, patch):
    return tamper(connector, Authorize, request=sending(captureDelayHours=None))


@mutant("MON-018", "a session does not say that it is a sale: an account with manual capture only holds it")
def a_session_is_held_by_the_account(connector, patch):
    return tamper(connector, CreateSessionToken, request=sending(captureDelayHours=None))


@mutant("STA-006", "captureDelayHours is the hour of the day's run: a sale is taken a day later")
def a_sale_is_taken_a_day_later(connector, patch):
    def later(request):
        return sending(captureDelayHours=24)(request) if b"captureDelayHours" in request.body else request

    return tamper(connector, Authorize, request=later)


# -- currencies that Adyen writes in another way than ISO 4217


def _iso(connector, flow, code, times):
    return tamper(connector, flow, command=lambda c: scaled(c, Decimal(times), lambda currency: currency == code))


@mutant("MON-001", "woocommerce-gateway-stripe#2674: kronur are sent without the two zeros that Adyen wants")
def kronur_as_iso_has_them(connector, patch):
    return _iso(connector, Authorize, "ISK", "0.01")


@mutant("MON-002", "active_merchant#3475: pesos of Chile have Adyen's two zeros when held, and not when captured")
def pesos_are_captured_as_iso_has_them(connector, patch):
    return _iso(connector, Capture, "CLP", "0.01")


@mutant("MON-003", "odoo#227688: rupiah are refunded with two zeros, for ISO 4217 has them")
def rupiah_are_refunded_as_iso_has_them(connector, patch):
    return _iso(connector, Refund, "IDR", "100")


@mutant("MON-016", "odoo#227688: a charge in escudos has two zeros, for ISO 4217 has them")
def escudos_are_charged_as_iso_has_them(connector, patch):
    return _iso(connector, ChargeMandate, "CVE", "100")


@mutant("MON-018", "woocommerce-gateway-stripe#2674: a session is opened in the units of ISO 4217")
def sessions_are_as_iso_has_them(connector, patch):
    return _iso(connector, CreateSessionToken, "CLP", "0.01")


# -- refusals, and answers that are none


@mutant("ERR-005", "hyperswitch#12843: a 422 is a declined payment, for most of them name the card")
def a_422_is_a_decline(connector, patch):
    def change(command, error):
        if error.status == 422:
            return failed(command, error)
        raise error

    return tamper(connector, Authorize, error=only(RequestRejected, change))


@mutant("RES-007", "killbill#229: a 5xx is a declined payment, whatever `transient-error` says")
def a_5xx_is_a_decline(connector, patch):
    def change(command, error):
        if (error.status or 0) >= 500:
            return failed(command, error)
        raise error

    return tamper(connector, Authorize, error=only(OutcomeUnknown, change))


@mutant("IDM-007", "stripity-stripe#564: errorCode 704 is a refusal like another; the first attempt is still running")
def a_704_is_a_refusal(connector, patch):
    def change(command, error):
        if error.error.raw_code == "704":
            raise refused(command, 422, error.error)
        raise error

    return tamper(connector, Authorize, error=only(OutcomeUnknown, change))


@mutant("ERR-011", "hyperswitch#2772: errorCode 000 is in no table, so a bad key is a bad request")
def a_bad_key_is_a_bad_request(connector, patch):
    return tamper(connector, Authorize, response=lambda r: replace(r, status=422 if r.status == 401 else r.status))


@mutant("ERR-016", "AuthorizeNet/sample-code-java#90: a 200 without resultCode is an authorised payment")
def a_200_without_a_result_is_authorised(connector, patch):
    given = answered(lambda reply: {} if "resultCode" in reply else {"resultCode": "Authorised"})
    return tamper(connector, Authorize, response=lambda r: given(r) if r.status == 200 else r)


# -- idempotency keys


@mutant("IDM-004", "tempoxyz/pympp#155: the key is the shop's reference, which a second order can have as well")
def the_key_is_the_reference(connector, patch):
    return tamper(connector, Authorize, request=key(lambda request: quote(json.loads(request.body)["reference"])))


@mutant("LIF-008", "tempoxyz/pympp#155: refunds have the payment's reference for a key, so there is only ever one")
def the_key_of_a_refund_is_its_payment(connector, patch):
    return tamper(connector, Refund, request=key(lambda request: request.url.split("/")[-2]))


@mutant("IDM-001", "active_merchant#5393: Idempotency-Key is left out of payments, for `reference` is given")
def payments_have_no_key(connector, patch):
    return tamper(connector, Authorize, request=key(lambda _: None))
