"""Mistakes that any connector can make, from the bug bank: each names the requirement that must catch it."""

import logging
from dataclasses import replace
from decimal import Decimal

from runtime.core.errors import (
    ConnectorError,
    IntegrityMismatch,
    OutcomeUnknown,
    RateLimited,
    RequestRejected,
    Unavailable,
    WebhookRejected,
)
from runtime.core.money import EXPONENT, Money
from runtime.core.payments import (
    Authorize,
    Capture,
    CompleteAuthorize,
    ErrorInfo,
    IncomingWebhook,
    PaymentOutcome,
    PSync,
    Refund,
    RefundOutcome,
    RSync,
    StoredMethod,
    Void,
)
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentStatus, RefundStatus, RetryAdvice
from runtime.core.webhooks import Delivery, Event
from tests.mutants.bank import mutant
from tests.mutants.tamper import set_header, tamper

WRITES = (Authorize, Capture, Void, Refund)


def _scaled(command, times, when):
    money = command.amount
    if not when(money.currency):
        return command
    return replace(command, amount=Money(int(money.minor * times), money.currency))


def _failed(command, error):
    return PaymentOutcome(
        status=PaymentStatus.FAILURE, payment_id=error.transaction_id or "none", raw_status=None,
        error=error.error or ErrorInfo(code=ErrorCode.OTHER, retry=RetryAdvice.LATER),
    )  # fmt: skip


def _status(wrong, when=lambda outcome: True):
    def change(command, outcome):
        return replace(outcome, status=wrong) if isinstance(outcome, PaymentOutcome) and when(outcome) else outcome

    return change


def _is(status):
    return lambda outcome: outcome.status is status


def _only(kind, answer):
    """Turn errors of a kind into something else, and raise the others again."""

    def change(command, error):
        if isinstance(error, kind):
            return answer(command, error)
        raise error

    return change


# -- money


@mutant("MON-001", "Paymenter#1258: x100 on a currency without decimals")
def yen_times_a_hundred(connector, patch):
    return tamper(connector, Authorize, command=lambda c: _scaled(c, 100, lambda code: EXPONENT[code] == 0))


@mutant("MON-001", "solidus_stripe#138: /100 on a currency without decimals")
def yen_divided_by_a_hundred(connector, patch):
    return tamper(connector, Authorize, command=lambda c: _scaled(c, Decimal("0.01"), lambda code: EXPONENT[code] == 0))


@mutant("MON-001", "woocommerce-gateway-stripe#2720: three decimals sent as two")
def dinar_divided_by_ten(connector, patch):
    return tamper(connector, Authorize, command=lambda c: _scaled(c, Decimal("0.1"), lambda code: EXPONENT[code] == 3))


@mutant("MON-002", "active_merchant#3475: localised on authorize, not on capture")
def captures_yen_times_a_hundredth(connector, patch):
    return tamper(connector, Capture, command=lambda c: _scaled(c, Decimal("0.01"), lambda code: EXPONENT[code] == 0))


@mutant("MON-003", "woocommerce-payments#5215: a refund in another unit than the payment")
def refunds_yen_in_hundredths(connector, patch):
    return tamper(connector, Refund, command=lambda c: _scaled(c, Decimal("0.01"), lambda code: EXPONENT[code] == 0))


@mutant("MON-004", "omi#10158: 19.99 x 100 as a float is 1998")
def amounts_go_through_a_float(connector, patch):
    def truncated(command):
        money = command.amount
        return replace(command, amount=Money(int(float(money.major) * 10 ** EXPONENT[money.currency]), money.currency))

    return tamper(connector, Authorize, command=truncated)


@mutant("MON-008", "lunar#2601: amounts rounded to whole units")
def large_amounts_lose_their_last_digits(connector, patch):
    def rounded(command):
        money = command.amount
        step = 10 ** (EXPONENT[money.currency] + 1)
        return replace(command, amount=Money(max(money.minor // step, 1) * step, money.currency))

    return tamper(connector, Authorize, command=rounded)


@mutant("MON-005", "odoo#227688: a currency nobody checked is sent")
def takes_every_currency(connector, patch):
    wide = replace(connector.capabilities, currencies=frozenset(EXPONENT))
    as_euro = lambda c: replace(c, amount=Money(c.amount.minor, "EUR"))  # noqa: E731 - one expression
    return replace(tamper(connector, Authorize, command=as_euro), capabilities=wide)


@mutant("MON-006", "active_merchant#2860: an amount between two steps is rounded")
def rounds_to_the_gateways_steps(connector, patch):
    def rounded(command):
        money = command.amount
        coarse = {"MGA": 100}.get(money.currency, 10 if EXPONENT[money.currency] == 3 else 1)
        return replace(command, amount=Money(money.minor // coarse * coarse, money.currency))

    return tamper(connector, Authorize, command=rounded)


@mutant("MON-007", "lunar#2601: nothing is asked for, something is sent")
def zero_becomes_one(connector, patch):
    return tamper(
        connector, Authorize, command=lambda c: replace(c, amount=Money(max(c.amount.minor, 100), c.amount.currency))
    )


def _believes(command, error):
    return error.outcome


@mutant("MON-009", "hyperswitch#9160: no integrity check of the amount")
def believes_any_amount(connector, patch):
    return tamper(connector, Authorize, error=_only(IntegrityMismatch, _believes))


@mutant("MON-010", "omnipay#255: the currency is never compared")
def compares_numbers_without_currency(connector, patch):
    def same_number(command, error):
        told = error.outcome.amount
        if told and told.minor == command.amount.minor:
            return error.outcome
        raise error

    return tamper(connector, Authorize, error=_only(IntegrityMismatch, same_number))


@mutant("MON-011", "saleor#14648: what was captured is never compared")
def believes_any_capture(connector, patch):
    return tamper(connector, Capture, error=_only(IntegrityMismatch, _believes))


@mutant("MON-012", "Inchoo_Stripe#10: what was refunded is never compared")
def believes_any_refund(connector, patch):
    return tamper(connector, Refund, error=_only(IntegrityMismatch, _believes))


@mutant("MON-013", "woocommerce-gateway-stripe#2674: half a krona is rounded away")
def rounds_what_iso_cannot_hold(connector, patch):
    return tamper(connector, Authorize, error=_only(IntegrityMismatch, _believes))


@mutant("MON-015", "hyperswitch#9160: a sync believes any amount")
def a_sync_believes_any_amount(connector, patch):
    return tamper(connector, PSync, error=_only(IntegrityMismatch, _believes))


@mutant("MON-014", "calcom/cal.diy#29984: wire units shown to the caller")
def amounts_come_back_in_wire_units(connector, patch):
    def wire(command, outcome):
        if outcome.amount is None or EXPONENT[outcome.amount.currency]:
            return outcome
        return replace(outcome, amount=Money(outcome.amount.minor * 100, outcome.amount.currency))

    return tamper(connector, Authorize, outcome=wire)


# -- statuses


@mutant("STA-006", "active_merchant#923: a sale is called authorized")
def a_sale_is_authorized(connector, patch):
    return tamper(connector, Authorize, outcome=_status(PaymentStatus.AUTHORIZED, _is(PaymentStatus.CHARGED)))


@mutant("STA-007", "hyperswitch#9679: a hold is called charged")
def a_hold_is_charged(connector, patch):
    return tamper(connector, Authorize, outcome=_status(PaymentStatus.CHARGED, _is(PaymentStatus.AUTHORIZED)))


@mutant("STA-008", "worldmonitor#4440: a redirect is called success")
def a_redirect_is_success(connector, patch):
    return tamper(
        connector, Authorize, outcome=_status(PaymentStatus.CHARGED, _is(PaymentStatus.AUTHENTICATION_PENDING))
    )


@mutant("STA-008", "hyperswitch#204: nobody is told where to send the shopper")
def forgets_the_next_action(connector, patch):
    return tamper(connector, Authorize, outcome=lambda c, o: replace(o, next_action=None))


@mutant("STA-002", "hyperswitch#204: needs action is called processing")
def an_action_is_processing(connector, patch):
    return tamper(
        connector, Authorize, outcome=_status(PaymentStatus.PENDING, _is(PaymentStatus.AUTHENTICATION_PENDING))
    )


@mutant("STA-001", "hyperswitch#5535: pending is called authorized")
def pending_is_authorized(connector, patch):
    return tamper(connector, PSync, outcome=_status(PaymentStatus.AUTHORIZED, _is(PaymentStatus.PENDING)))


@mutant("STA-004", "hyperswitch-prism#1835: an unknown status is a default success")
def unknown_is_success(connector, patch):
    return tamper(connector, Authorize, PSync, outcome=_status(PaymentStatus.CHARGED, _is(PaymentStatus.UNRESOLVED)))


@mutant("STA-004", "hyperswitch#12843: an unknown status is silently pending")
def unknown_is_pending(connector, patch):
    return tamper(connector, Authorize, PSync, outcome=_status(PaymentStatus.PENDING, _is(PaymentStatus.UNRESOLVED)))


@mutant("STA-004", "hyperswitch#13251: an unknown status crashes every payment")
def unknown_crashes(connector, patch):
    def crash(command, outcome):
        if outcome.status is PaymentStatus.UNRESOLVED:
            raise ValueError(outcome.raw_status)
        return outcome

    return tamper(connector, Authorize, PSync, outcome=crash)


@mutant("STA-005", "hyperswitch#4621: an unknown refund status is success")
def an_unknown_refund_is_success(connector, patch):
    def change(command, outcome):
        unresolved = outcome.status is RefundStatus.UNRESOLVED
        return replace(outcome, status=RefundStatus.SUCCESS) if unresolved else outcome

    return tamper(connector, Refund, RSync, outcome=change)


def _refund_status(wrong, right):
    def change(command, outcome):
        return replace(outcome, status=wrong) if outcome.status is right else outcome

    return change


@mutant("STA-003", "craftcms/commerce-stripe#134: a pending refund is called failed")
def a_pending_refund_failed(connector, patch):
    return tamper(connector, Refund, RSync, outcome=_refund_status(RefundStatus.FAILURE, RefundStatus.PENDING))


@mutant("STA-016", "woocommerce-payments#1195: a pending refund is called done")
def a_pending_refund_is_done(connector, patch):
    return tamper(connector, Refund, RSync, outcome=_refund_status(RefundStatus.SUCCESS, RefundStatus.PENDING))


@mutant("STA-017", "woocommerce-gateway-stripe#4405: a failed refund is called done")
def a_failed_refund_is_done(connector, patch):
    return tamper(connector, Refund, RSync, outcome=_refund_status(RefundStatus.SUCCESS, RefundStatus.FAILURE))


@mutant("STA-013", "hyperswitch#1475: a sync never changes what it said first")
def a_sync_never_changes(connector, patch):
    first = {}
    return tamper(connector, PSync, outcome=lambda c, o: first.setdefault(o.payment_id, o))


@mutant("STA-009", "hyperswitch#1475: authentication is never completed")
def completion_stays_pending(connector, patch):
    return tamper(connector, CompleteAuthorize, outcome=_status(PaymentStatus.AUTHENTICATION_PENDING))


@mutant("STA-010", "hyperswitch#204: a failed authentication waits for ever")
def a_failed_authentication_is_pending(connector, patch):
    wrong = _status(PaymentStatus.AUTHENTICATION_PENDING, _is(PaymentStatus.AUTHENTICATION_FAILED))
    return tamper(connector, CompleteAuthorize, outcome=wrong)


@mutant("STA-011", "hyperswitch#12843: a decline after authentication is an exception")
def a_decline_after_authentication_is_a_mismatch(connector, patch):
    def change(command, outcome):
        if outcome.status is PaymentStatus.FAILURE:
            raise RequestRejected("declined", error=outcome.error)
        return outcome

    return tamper(connector, CompleteAuthorize, outcome=change)


@mutant("STA-012", "hyperswitch#9679: the captured amount is filled in for a hold")
def a_hold_says_it_captured(connector, patch):
    return tamper(connector, Authorize, outcome=lambda c, o: replace(o, captured=o.amount))


@mutant("STA-014", "woocommerce-payments#757: an expired hold still looks held")
def an_expired_hold_is_held(connector, patch):
    return tamper(connector, PSync, outcome=_status(PaymentStatus.AUTHORIZED, _is(PaymentStatus.EXPIRED)))


@mutant("STA-015", "woocommerce-payments#757: nobody says when a hold ends")
def a_hold_never_ends(connector, patch):
    return tamper(connector, Authorize, outcome=lambda c, o: replace(o, expires_at=None))


@mutant("STA-018", "hyperswitch#2772: a failed sync is a failed payment")
def a_failed_sync_is_a_failed_payment(connector, patch):
    return tamper(connector, PSync, error=_failed)


# -- declines, refusals, unreadable bodies


@mutant("ERR-001", "hyperswitch#4906: every decline is the same decline")
def every_decline_is_other(connector, patch):
    def change(command, outcome):
        return replace(outcome, error=outcome.error and replace(outcome.error, code=ErrorCode.CARD_DECLINED))

    return tamper(connector, Authorize, outcome=change)


@mutant("ERR-002", "checkout-woocommerce-plugin#361: every decline may be tried again")
def every_decline_may_be_retried(connector, patch):
    def change(command, outcome):
        return replace(outcome, error=outcome.error and replace(outcome.error, retry=RetryAdvice.LATER))

    return tamper(connector, Authorize, outcome=change)


@mutant("ERR-013", "checkout-woocommerce-plugin#361: the issuer's advice is ignored")
def advice_is_ignored(connector, patch):
    def change(command, outcome):
        ignored = outcome.error and outcome.error.advice_code == "do_not_try_again"
        return replace(outcome, error=replace(outcome.error, retry=RetryAdvice.LATER)) if ignored else outcome

    return tamper(connector, Authorize, outcome=change)


@mutant("ERR-003", "hyperswitch#4631: the gateway's own codes are lost")
def raw_codes_are_lost(connector, patch):
    def change(command, outcome):
        return replace(outcome, error=outcome.error and replace(outcome.error, network_decline_code=None))

    return tamper(connector, Authorize, outcome=change)


@mutant("ERR-003", "hyperswitch#4631: the gateway's message is lost")
def messages_are_lost(connector, patch):
    def change(command, outcome):
        return replace(outcome, error=outcome.error and replace(outcome.error, message=None))

    return tamper(connector, Authorize, outcome=change)


@mutant("ERR-004", "active_merchant#1597: a decline is called success")
def a_decline_is_success(connector, patch):
    return tamper(connector, Authorize, outcome=_status(PaymentStatus.CHARGED, _is(PaymentStatus.FAILURE)))


@mutant("ERR-004", "saleor#11661: a declined payment has no id")
def a_decline_loses_its_id(connector, patch):
    lose = lambda c, o: replace(o, payment_id=None) if o.error else o  # noqa: E731 - one expression
    return tamper(connector, Authorize, outcome=lose)


@mutant("ERR-014", "hyperswitch#12843: a decline is an exception")
def a_decline_is_an_exception(connector, patch):
    def change(command, outcome):
        if outcome.error:
            raise RequestRejected("declined", error=outcome.error)
        return outcome

    return tamper(connector, Authorize, outcome=change)


@mutant("ERR-005", "active_merchant#917: a refused capture is called success")
def a_refusal_is_success(connector, patch):
    def charged(command, error):
        return PaymentOutcome(status=PaymentStatus.CHARGED, payment_id="p", raw_status=None)

    return tamper(connector, *WRITES, error=_only(RequestRejected, charged))


@mutant("ERR-006", "hyperswitch#4631: a refusal says nothing of its reason")
def refusals_have_no_reason(connector, patch):
    def change(command, error):
        error.error = ErrorInfo(code=ErrorCode.OTHER, retry=RetryAdvice.LATER)
        raise error

    return tamper(connector, *WRITES, error=_only(RequestRejected, change))


@mutant("ERR-007", "hyperswitch#13256: an unknown decline code crashes")
def an_unknown_decline_crashes(connector, patch):
    def change(command, outcome):
        if outcome.error and outcome.error.code is ErrorCode.OTHER:
            raise KeyError(outcome.error.raw_code)
        return outcome

    return tamper(connector, Authorize, outcome=change)


@mutant("ERR-008", "hyperswitch#13256: an unknown error code is a decline")
def an_unknown_error_is_a_decline(connector, patch):
    def change(command, error):
        if error.error and error.error.code is ErrorCode.OTHER:
            return _failed(command, error)
        raise error

    return tamper(connector, Authorize, error=_only(RequestRejected, change))


@mutant("ERR-009", "active_merchant#2937: an HTML page crashes the parser")
def html_crashes(connector, patch):
    def change(command, error):
        raise ValueError("Expecting value: line 1 column 1 (char 0)")

    return tamper(connector, Authorize, error=_only(OutcomeUnknown, change))


@mutant("ERR-009", "hyperswitch#13180: an unreadable answer may simply be tried again")
def unknown_may_be_retried(connector, patch):
    def change(command, error):
        error.error = ErrorInfo(code=ErrorCode.GATEWAY_ERROR, retry=RetryAdvice.LATER)
        raise error

    return tamper(connector, Authorize, error=_only(OutcomeUnknown, change))


@mutant("ERR-010", "hyperswitch#2252: a sync that got HTML says the payment failed")
def an_unreadable_sync_is_a_failed_payment(connector, patch):
    return tamper(connector, PSync, error=_only(Unavailable, _failed))


@mutant("ERR-011", "hyperswitch#2772: refused credentials look like a bad request")
def credentials_are_a_bad_request(connector, patch):
    def change(command, error):
        if error.status == 401:
            raise RequestRejected("rejected", error=error.error, status=401)
        raise error

    return tamper(connector, Authorize, error=change)


@mutant("ERR-012", "hyperswitch#13180: a rate limit is a decline")
def a_rate_limit_is_a_decline(connector, patch):
    return tamper(connector, Authorize, error=_only(RateLimited, _failed))


@mutant("ERR-015", "active_merchant#2871: a refusal in HTML is an unknown outcome")
def html_refusals_are_unknown(connector, patch):
    def change(command, error):
        if error.error is None or error.error.raw_code in {None, str(error.status)}:
            raise OutcomeUnknown("unreadable", status=error.status)
        raise error

    return tamper(connector, Authorize, error=_only(RequestRejected, change))


@mutant("ERR-016", "AuthorizeNet/sample-code-java#90: a 200 is a success whatever it holds")
def every_200_is_a_success(connector, patch):
    def change(command, error):
        if error.status == 200:
            return PaymentOutcome(status=PaymentStatus.CHARGED, payment_id="p", raw_status=None, amount=command.amount)
        raise error

    return tamper(connector, Authorize, error=change)


@mutant("ERR-017", "woocommerce-payments#601: a failed refund gives no reason")
def a_failed_refund_gives_no_reason(connector, patch):
    return tamper(connector, RSync, outcome=lambda c, o: replace(o, error=None))


# -- lifecycle


@mutant("LIF-002", "active_merchant#406: a partial capture takes all")
def a_partial_capture_takes_all(connector, patch):
    held = {}

    def remember(command, outcome):
        held[outcome.payment_id] = outcome.amount
        return outcome

    known = tamper(connector, Authorize, outcome=remember)
    return tamper(known, Capture, command=lambda c: replace(c, amount=held[c.payment_id]))


@mutant("LIF-003", "active_merchant#406: the first of several captures ends the hold")
def the_first_capture_is_final(connector, patch):
    return tamper(connector, Capture, command=lambda c: replace(c, final=True))


@mutant("LIF-003", "hyperswitch#2036: a part is called the whole")
def a_part_is_called_the_whole(connector, patch):
    return tamper(connector, Capture, outcome=_status(PaymentStatus.CHARGED))


@mutant("LIF-001", "django-payments#401: a capture never captures")
def a_capture_does_nothing(connector, patch):
    def nothing(context, command):
        outcome = yield from connector.flows[PSync](context, PSync(request_id="x", payment_id=command.payment_id))
        return replace(outcome, status=PaymentStatus.CHARGED, captured=command.amount)

    return replace(connector, flows={**connector.flows, Capture: nothing})


@mutant("LIF-004", "spree#6522: a void is a refund")
def a_void_does_nothing(connector, patch):
    def nothing(context, command):
        outcome = yield from connector.flows[PSync](context, PSync(request_id="x", payment_id=command.payment_id))
        return replace(outcome, status=PaymentStatus.VOIDED)

    return replace(connector, flows={**connector.flows, Void: nothing})


def _says(status):
    def change(command, error):
        return PaymentOutcome(status=status, payment_id=command.payment_id, raw_status=None)

    return change


@mutant("LIF-005", "killbill#515: a capture after a void is called success")
def a_capture_after_a_void_succeeds(connector, patch):
    return tamper(connector, Capture, error=_only(RequestRejected, _says(PaymentStatus.CHARGED)))


@mutant("LIF-009", "killbill#333: a capture beyond the hold is cut to fit")
def a_capture_is_cut_to_the_hold(connector, patch):
    cut = lambda c: replace(c, amount=Money(min(c.amount.minor, 1000), c.amount.currency))  # noqa: E731 - one expression
    return tamper(connector, Capture, command=cut)


@mutant("LIF-011", "active_merchant#917: already captured is called success")
def already_captured_is_success(connector, patch):
    return tamper(connector, Capture, error=_only(RequestRejected, _says(PaymentStatus.CHARGED)))


@mutant("LIF-006", "active_merchant#614: a refused void is called voided")
def a_refused_void_is_voided(connector, patch):
    return tamper(connector, Void, error=_only(RequestRejected, _says(PaymentStatus.VOIDED)))


@mutant("LIF-007", "django-payments#469: a refund that never happens")
def a_refund_does_nothing(connector, patch):
    def nothing(context, command):
        yield from connector.flows[PSync](context, PSync(request_id="x", payment_id=command.payment_id))
        return RefundOutcome(
            status=RefundStatus.SUCCESS,
            refund_id="r",
            payment_id=command.payment_id,
            raw_status="done",
            amount=command.amount,
        )

    return replace(connector, flows={**connector.flows, Refund: nothing})


@mutant("LIF-008", "medusa#8603: a partial refund returns half of what is left")
def refunds_return_too_little(connector, patch):
    halved = lambda c: replace(c, amount=Money(c.amount.minor // 2, c.amount.currency))  # noqa: E731 - one expression
    return tamper(connector, Refund, command=halved)


def _refunded(command, error):
    return RefundOutcome(status=RefundStatus.SUCCESS, refund_id="r", payment_id=command.payment_id, raw_status=None)


@mutant("LIF-010", "medusa#8603: a refund beyond what was taken is called done")
def an_over_refund_is_done(connector, patch):
    return tamper(connector, Refund, error=_only(RequestRejected, _refunded))


@mutant("LIF-012", "hyperswitch#9622: a refund without a call is called done")
def a_refund_of_a_hold_is_done(connector, patch):
    return tamper(
        connector,
        Refund,
        error=_only(ConnectorError, _refunded),
        outcome=_refund_status(RefundStatus.SUCCESS, RefundStatus.FAILURE),
    )


@mutant("LIF-013", "spree#6522: a refunded payment is called voided")
def a_refunded_payment_is_voided(connector, patch):
    refunded = lambda outcome: outcome.refunded and outcome.refunded.minor  # noqa: E731 - one expression
    return tamper(connector, PSync, outcome=_status(PaymentStatus.AUTO_REFUNDED, refunded))


# -- repeats and lost answers


def _key(value):
    return lambda request: set_header(request, "Idempotency-Key", value(request))


@mutant("IDM-001", "woocommerce-gateway-stripe#2477: a new key for every attempt")
def a_new_key_for_every_attempt(connector, patch):
    serial = iter(range(10**6))
    return tamper(connector, Authorize, request=_key(lambda _: f"attempt-{next(serial)}"))


@mutant("IDM-002", "paypal-woocommerce#955: refunds are sent without a key")
def refunds_have_no_key(connector, patch):
    return tamper(connector, Refund, request=_key(lambda _: None))


@mutant("IDM-003", "active_merchant#5393: captures are sent without a key")
def captures_have_no_key(connector, patch):
    return tamper(connector, Capture, request=_key(lambda _: None))


@mutant("IDM-004", "tempoxyz/pympp#155: the key is derived from what two orders share")
def the_key_is_the_amount(connector, patch):
    def by_amount(command):
        return replace(command, request_id=f"amount-{command.amount.minor}", reference=None)

    return tamper(connector, Authorize, command=by_amount)


@mutant("IDM-005", "checkout-woocommerce-plugin#361: one key for two flows")
def the_key_ignores_the_flow(connector, patch):
    keys = {}

    def shared(request):
        return set_header(request, "Idempotency-Key", keys.setdefault("key", request.header("Idempotency-Key")))

    return tamper(connector, Authorize, Refund, request=shared)


@mutant("IDM-006", "Medical-Software-Foundation/canvas#243: a key conflict is shown as a decline")
def a_conflict_is_a_decline(connector, patch):
    return tamper(connector, Authorize, error=_only(RequestRejected, _failed))


@mutant("IDM-007", "stripity-stripe#564: a key in use is a hard error")
def a_key_in_use_is_a_refusal(connector, patch):
    def change(command, error):
        if error.status == 409:
            raise RequestRejected("in use", error=error.error, status=409)
        raise error

    return tamper(connector, Authorize, error=_only(OutcomeUnknown, change))


@mutant("RES-001", "killbill#229: a timeout is a failed payment")
def a_timeout_is_a_failure(connector, patch):
    return tamper(connector, Authorize, error=_only(OutcomeUnknown, _failed))


@mutant("RES-002", "killbill#341: a timeout says that nothing was sent")
def a_timeout_says_nothing_was_sent(connector, patch):
    def change(command, error):
        raise Unavailable("nothing was sent", error=error.error)

    return tamper(connector, Authorize, error=_only(OutcomeUnknown, change))


@mutant("RES-003", "hyperswitch#2148: a capture that timed out is called failed")
def a_lost_capture_failed(connector, patch):
    return tamper(connector, Capture, error=_only(OutcomeUnknown, _says(PaymentStatus.CAPTURE_FAILED)))


@mutant("RES-004", "OwnPay#222: a refund that timed out is repeated under a new key")
def a_lost_refund_gets_a_new_key(connector, patch):
    serial = iter(range(10**6))
    return tamper(connector, Refund, request=_key(lambda _: f"attempt-{next(serial)}"))


@mutant("RES-005", "active_merchant#614: a void that timed out is called voided")
def a_lost_void_is_voided(connector, patch):
    return tamper(connector, Void, error=_only(OutcomeUnknown, _says(PaymentStatus.VOIDED)))


@mutant("RES-006", "hyperswitch#2252: a sync that timed out says the payment failed")
def a_lost_sync_is_a_failed_payment(connector, patch):
    return tamper(connector, PSync, error=_only(Unavailable, _failed))


@mutant("RES-007", "killbill#229: a server error is a failed payment")
def a_server_error_is_a_failure(connector, patch):
    def change(command, error):
        if error.status and error.status >= 500:
            return _failed(command, error)
        raise error

    return tamper(connector, Authorize, error=change)


@mutant("RES-008", "hyperswitch#3751: a lost answer loses the id")
def a_lost_answer_loses_the_id(connector, patch):
    def change(command, error):
        error.transaction_id = None
        raise error

    return tamper(connector, Capture, Void, Refund, error=_only(OutcomeUnknown, change))


# -- webhooks


def _believing(connector, make):
    """Replace the webhook flow: `make(inner, context, command)` is an exchange."""
    inner = connector.flows[IncomingWebhook]

    def exchange(context, command):
        return (yield from make(inner, context, command))

    return replace(connector, flows={**connector.flows, IncomingWebhook: exchange})


def _accept(kind, when):
    """Believe a delivery that the connector rejects, where `when` says so."""

    def make(inner, context, command):
        try:
            return (yield from inner(context, command))
        except kind:
            if when(command):
                return Delivery(events=())
            raise

    return make


@mutant("WEB-002", "hyperswitch#9749: verification is hard-coded to true")
def every_delivery_is_believed(connector, patch):
    return _believing(connector, _accept(WebhookRejected, lambda command: True))


@mutant("WEB-001", "openlinker#1294: every real delivery is rejected")
def no_delivery_is_believed(connector, patch):
    def make(inner, context, command):
        yield from ()
        raise WebhookRejected("no")

    return _believing(connector, make)


@mutant("WEB-013", "hyperswitch-prism#1835: an unknown event is refused, and comes for ever")
def unknown_events_are_refused(connector, patch):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        if any(event.outcome is None for event in delivery.events):
            raise WebhookRejected("unknown event")
        return delivery

    return _believing(connector, make)


def _events(change):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        return replace(delivery, events=tuple(change(event) for event in delivery.events))

    return make


@mutant("WEB-014", "nearmerch.com#209: every event is good news")
def every_event_is_good_news(connector, patch):
    def change(event: Event) -> Event:
        good = isinstance(event.outcome, PaymentOutcome)
        return replace(event, outcome=replace(event.outcome, status=PaymentStatus.CHARGED)) if good else event

    return _believing(connector, _events(change))


@mutant("WEB-016", "pinelab-vendure-plugins#620: a delivery that comes twice looks new")
def every_delivery_looks_new(connector, patch):
    serial = iter(range(10**6))
    return _believing(connector, _events(lambda event: replace(event, event_id=f"event-{next(serial)}")))


@mutant("WEB-016", "openlinker#1294: the dedupe key collides across states")
def all_events_share_an_id(connector, patch):
    return _believing(connector, _events(lambda event: replace(event, event_id="event")))


@mutant("WEB-017", "woocommerce-payments#601: refund events are ignored")
def refund_events_are_ignored(connector, patch):
    def change(event: Event) -> Event:
        return replace(event, outcome=None) if isinstance(event.outcome, RefundOutcome) else event

    return _believing(connector, _events(change))


@mutant("WEB-019", "laravel-sisp#127: amounts in deliveries are in wire units")
def amounts_in_deliveries_are_off(connector, patch):
    def change(event: Event) -> Event:
        outcome = event.outcome
        if not isinstance(outcome, PaymentOutcome) or outcome.captured is None or EXPONENT[outcome.captured.currency]:
            return event
        wrong = Money(outcome.captured.minor * 100, outcome.captured.currency)
        return replace(event, outcome=replace(outcome, captured=wrong))

    return _believing(connector, _events(change))


@mutant("WEB-020", "woocommerce-gateway-stripe#902: a decline is heard of as processing")
def a_decline_is_heard_as_processing(connector, patch):
    def change(event: Event) -> Event:
        failed = isinstance(event.outcome, PaymentOutcome) and event.outcome.error
        return replace(event, outcome=replace(event.outcome, status=PaymentStatus.PENDING)) if failed else event

    return _believing(connector, _events(change))


# -- secrets, ids, text, capabilities


@mutant("SEC-001", "AuthorizeNet/sdk-php#48: the card number stands in the error")
def the_card_number_is_in_the_error(connector, patch):
    def change(command, error):
        raise OutcomeUnknown(f"{error} for card {command.method.number.reveal()}", error=error.error)

    return tamper(connector, Authorize, error=_only(OutcomeUnknown, change))


@mutant("SEC-004", "active_merchant#2392: the request is logged")
def the_request_is_logged(connector, patch):
    def change(request):
        logging.getLogger("connector").info("sending %s %s", request.url, request.body)
        return request

    return tamper(connector, Authorize, request=change)


@mutant("SEC-002", "hyperswitch#8925: an id goes into the path as it came")
def ids_are_not_quoted(connector, patch):
    def raw(context, command):
        inner = connector.flows[PSync](context, replace(command, payment_id="PLACE", amount=None))
        request = next(inner)
        try:
            inner.send((yield replace(request, url=request.url.replace("PLACE", command.payment_id))))
        except StopIteration as done:
            return done.value

    return replace(connector, flows={**connector.flows, PSync: raw})


@mutant("SEC-003", "odoo#15230: free text is not encoded")
def free_text_is_not_encoded(connector, patch):
    return tamper(
        connector, Authorize, request=lambda r: replace(r, body=r.body.replace(b"%26", b"&").replace(b"%3D", b"="))
    )


@mutant("CAP-001", "hyperswitch#8595: an undeclared method is sent as a card")
def undeclared_methods_are_sent(connector, patch):
    patch.setattr(type(connector), "_refuse_undeclared", lambda self, command: None)


@mutant("CAP-002", "hyperswitch#8595: a declared capture mode does something else")
def manual_is_automatic(connector, patch):
    return tamper(connector, Authorize, command=lambda c: replace(c, capture_method=CaptureMethod.AUTOMATIC))


@mutant("CAP-003", "stripe-mock#473: a stored method is not passed on")
def stored_methods_are_lost(connector, patch):
    def lose(command):
        stored = isinstance(command.method, StoredMethod)
        return replace(command, method=StoredMethod(token="pm_gone")) if stored else command

    return tamper(connector, Authorize, command=lose)
