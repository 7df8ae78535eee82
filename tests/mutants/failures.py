"""Declines, refusals and unreadable bodies taken for one another."""

from dataclasses import replace

from runtime.core.errors import (
    OutcomeUnknown,
    RateLimited,
    RequestRejected,
    Unavailable,
)
from runtime.core.payments import (
    FLOWS,
    Authorize,
    Capture,
    ErrorInfo,
    IncomingWebhook,
    PaymentOutcome,
    PSync,
    Refund,
    RefundOutcome,
    RSync,
    Void,
)
from runtime.core.vocabulary import ErrorCode, PaymentStatus, RetryAdvice
from tests.mutants.bank import mutant
from tests.mutants.changes import becomes, failed, only, told, was
from tests.mutants.tamper import tamper
from tests.mutants.webhooks import known

WRITES = (Authorize, Capture, Void, Refund)


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
        ignored = outcome.error and (outcome.error.advice_code or outcome.error.network_advice_code)
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
    return tamper(connector, Authorize, outcome=becomes(PaymentStatus.CHARGED, was(PaymentStatus.FAILURE)))


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

    return tamper(connector, *WRITES, error=only(RequestRejected, charged))


@mutant("ERR-006", "hyperswitch#4631: a refusal says nothing of its reason")
def refusals_have_no_reason(connector, patch):
    def change(command, error):
        error.error = ErrorInfo(code=ErrorCode.OTHER, retry=RetryAdvice.LATER)
        raise error

    return tamper(connector, *WRITES, error=only(RequestRejected, change))


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
            return failed(command, error)
        raise error

    return tamper(connector, Authorize, error=only(RequestRejected, change))


@mutant("ERR-009", "active_merchant#2937: an HTML page crashes the parser")
def html_crashes(connector, patch):
    def change(command, error):
        raise ValueError("Expecting value: line 1 column 1 (char 0)")

    return tamper(connector, Authorize, error=only(OutcomeUnknown, change))


@mutant("ERR-009", "hyperswitch#13180: an unreadable answer may simply be tried again")
def unknown_may_be_retried(connector, patch):
    def change(command, error):
        error.error = ErrorInfo(code=ErrorCode.GATEWAY_ERROR, retry=RetryAdvice.LATER)
        raise error

    return tamper(connector, Authorize, error=only(OutcomeUnknown, change))


@mutant("ERR-010", "hyperswitch#2252: a sync that got HTML says the payment failed")
def an_unreadable_sync_is_a_failed_payment(connector, patch):
    return tamper(connector, PSync, error=only(Unavailable, failed))


@mutant("ERR-011", "hyperswitch#2772: refused credentials look like a bad request")
def credentials_are_a_bad_request(connector, patch):
    def change(command, error):
        if error.status == 401:
            raise RequestRejected("rejected", error=error.error, status=401)
        raise error

    return tamper(connector, Authorize, error=change)


@mutant("ERR-012", "hyperswitch#13180: a rate limit is a decline")
def a_rate_limit_is_a_decline(connector, patch):
    return tamper(connector, Authorize, error=only(RateLimited, failed))


@mutant("ERR-015", "active_merchant#2871: a refusal in HTML is an unknown outcome")
def html_refusals_are_unknown(connector, patch):
    def change(command, error):
        if error.error is None or error.error.raw_code in {None, str(error.status)}:
            raise OutcomeUnknown("unreadable", status=error.status)
        raise error

    return tamper(connector, Authorize, error=only(RequestRejected, change))


@mutant("ERR-015", "saleor#11661: what is not found, without a word about what, is some refusal or other")
def a_bare_404_says_nothing(connector, patch):
    return tamper(connector, Authorize, error=only(RequestRejected, _nameless))


@mutant("ERR-012", "hyperswitch#13180: a rate limit is told as an error nobody knows")
def a_rate_limit_has_no_name(connector, patch):
    return tamper(connector, Authorize, error=only(RateLimited, _nameless))


def _nameless(command, error):
    error.error = replace(error.error, code=ErrorCode.OTHER)
    raise error


def _doubtful(command, outcome):
    in_doubt = outcome.error and outcome.error.retry is RetryAdvice.SYNC_FIRST
    return replace(outcome, status=PaymentStatus.FAILURE) if in_doubt else outcome


@mutant("ERR-019", "killbill#229: a code that says the bank has yet to answer is a decline")
def what_is_in_doubt_is_a_decline(connector, patch):
    return tamper(connector, Authorize, Capture, outcome=_doubtful, error=only(OutcomeUnknown, failed))


@mutant("ERR-019", "OwnPay#222: what may yet succeed may simply be tried again")
def what_is_in_doubt_may_be_tried_again(connector, patch):
    def later(command, outcome):
        return replace(outcome, error=outcome.error and replace(outcome.error, retry=RetryAdvice.LATER))

    def change(command, error):
        error.error = replace(error.error, retry=RetryAdvice.LATER)
        raise error

    return tamper(connector, *WRITES, outcome=later, error=change)


@mutant("ERR-016", "AuthorizeNet/sample-code-java#90: a 200 is a success whatever it holds")
def every_200_is_a_success(connector, patch):
    def change(command, error):
        if error.status == 200:
            return PaymentOutcome(status=PaymentStatus.CHARGED, payment_id="p", raw_status=None, amount=command.amount)
        raise error

    return tamper(connector, Authorize, error=change)


@mutant("ERR-017", "woocommerce-payments#601: a failed refund gives no reason")
def a_failed_refund_gives_no_reason(connector, patch):
    return known(connector, RSync, outcome=told(error=None))


# -- declines that name nothing, refunds that fail


NAMED = tuple(flow for flow in FLOWS if flow is not IncomingWebhook)


@mutant("ERR-020", "active_merchant#1597: a decline without a payment in it loses the payment")
def a_bare_decline_loses_the_id(connector, patch):
    def lost(command, outcome):
        declined = getattr(outcome, "error", None) is not None and outcome.raw_status is None
        names = [name for name in ("payment_id", "refund_id") if hasattr(outcome, name)]
        return replace(outcome, **dict.fromkeys(names)) if declined else outcome

    def nameless(command, error):
        error.transaction_id = None
        raise error

    return tamper(connector, *NAMED, outcome=lost, error=nameless)


@mutant("ERR-020", "saleor#11661: a decline without a payment in it gives no reason")
def a_bare_decline_gives_no_reason(connector, patch):
    def silent(command, outcome):
        declined = getattr(outcome, "error", None) is not None and outcome.raw_status is None
        return replace(outcome, error=None) if declined else outcome

    def forgets(command, error):
        error.error = None
        raise error

    return tamper(connector, *NAMED, outcome=silent, error=forgets)


@mutant("ERR-021", "woocommerce-payments#601: every refund that failed failed for the same reason")
def every_failed_refund_is_alike(connector, patch):
    return known(connector, RSync, outcome=_failed_refund(code=ErrorCode.PROCESSING_ERROR))


@mutant("ERR-021", "checkout-woocommerce-plugin#361: every refund that failed is tried again later")
def every_failed_refund_is_tried_again(connector, patch):
    return known(connector, RSync, outcome=_failed_refund(retry=RetryAdvice.LATER))


@mutant("ERR-021", "hyperswitch#4631: the gateway's word for why a refund failed is lost")
def the_word_of_a_failed_refund_is_lost(connector, patch):
    return known(connector, RSync, outcome=_failed_refund(raw_code="failed"))


@mutant("ERR-021", "a refund that was only begun has failed already")
def every_refund_has_failed(connector, patch):
    trouble = ErrorInfo(code=ErrorCode.OTHER, retry=RetryAdvice.LATER)
    return tamper(connector, Refund, outcome=lambda command, outcome: replace(outcome, error=trouble))


def _failed_refund(**changes):
    def change(command, outcome):
        failed = isinstance(outcome, RefundOutcome) and outcome.error
        return replace(outcome, error=replace(outcome.error, **changes)) if failed else outcome

    return change


# -- declines that say more than one thing

DECLINED = (Authorize, Capture, Void)


def _declined(change):
    """Outcomes that carry a reason."""
    return lambda command, outcome: change(outcome) if outcome.error else outcome


@mutant("ERR-022", "hyperswitch#204: a decline decides, whatever went through beside it")
def a_decline_decides(connector, patch):
    return tamper(connector, *DECLINED, outcome=becomes(PaymentStatus.FAILURE, lambda o: o.error and o.raw_status))


@mutant("ERR-022", "worldmonitor#4440: what went through decides, and the decline beside it is forgotten")
def a_decline_is_forgotten(connector, patch):
    return tamper(connector, *DECLINED, outcome=_declined(lambda o: replace(o, error=None)))


@mutant("ERR-023", "active_merchant#614: a hold that could not be voided is called voided")
def a_declined_void_is_done(connector, patch):
    return tamper(connector, Void, outcome=becomes(PaymentStatus.VOIDED, was(PaymentStatus.VOID_FAILED)))


@mutant("ERR-023", "a capture that was declined is told as a hold, and nobody looks again")
def a_declined_capture_is_a_hold(connector, patch):
    return tamper(connector, Capture, outcome=becomes(PaymentStatus.AUTHORIZED, was(PaymentStatus.CAPTURE_FAILED)))


@mutant("ERR-023", "active_merchant#1597: a capture that was declined loses its payment")
def a_declined_capture_loses_its_payment(connector, patch):
    return tamper(connector, Capture, outcome=_declined(lambda o: replace(o, payment_id=None)))


@mutant("ERR-019", "what is in doubt is told as refused, and is paid again")
def what_is_in_doubt_is_refused(connector, patch):
    def refused(command, error):
        raise RequestRejected("refused", error=error.error, transaction_id=error.transaction_id)

    return tamper(connector, *WRITES, error=only(OutcomeUnknown, refused))
