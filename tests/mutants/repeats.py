"""Keys that do not hold, and lost answers taken for an answer."""

from dataclasses import replace

from runtime.core.errors import (
    OutcomeUnknown,
    RequestRejected,
    Unavailable,
)
from runtime.core.payments import (
    Authorize,
    Capture,
    PSync,
    Refund,
    Void,
)
from runtime.core.vocabulary import PaymentStatus
from tests.mutants.bank import mutant
from tests.mutants.changes import a_new_key_each_time, failed, key, only, says
from tests.mutants.tamper import set_header, tamper


@mutant("IDM-001", "woocommerce-gateway-stripe#2477: a new key for every attempt")
def a_new_key_for_every_attempt(connector, patch):
    return tamper(connector, Authorize, request=a_new_key_each_time())


@mutant("IDM-002", "paypal-woocommerce#955: refunds are sent without a key")
def refunds_have_no_key(connector, patch):
    return tamper(connector, Refund, request=key(lambda _: None))


@mutant("IDM-003", "active_merchant#5393: captures are sent without a key")
def captures_have_no_key(connector, patch):
    return tamper(connector, Capture, request=key(lambda _: None))


@mutant("IDM-004", "tempoxyz/pympp#155: the key is derived from what two orders share")
def the_key_is_the_amount(connector, patch):
    def by_amount(command):
        return replace(command, request_id=f"amount-{command.amount.minor}", reference=None)

    return tamper(connector, Authorize, command=by_amount)


def _remembering(connector, by, *flows):
    """Answer from memory what was asked before, as far as `by` can tell."""
    known = {}

    def remembered(flow):
        def exchange(context, command):
            if by(command) not in known:
                known[by(command)] = yield from flow(context, command)
            return known[by(command)]

        return exchange

    return replace(connector, flows={**connector.flows, **{one: remembered(connector.flows[one]) for one in flows}})


@mutant("IDM-004", "tempoxyz/pympp#155: two orders of the same amount are taken for one that was sent twice")
def orders_are_told_apart_by_amount(connector, patch):
    return _remembering(connector, lambda command: command.amount, Authorize)


@mutant("IDM-005", "checkout-woocommerce-plugin#361: what was done under a request id is remembered without its flow")
def flows_share_a_memory(connector, patch):
    return _remembering(connector, lambda command: command.request_id, Authorize, Refund)


@mutant("IDM-005", "checkout-woocommerce-plugin#361: one key for two flows")
def the_key_ignores_the_flow(connector, patch):
    keys = {}

    def shared(request):
        return set_header(request, "Idempotency-Key", keys.setdefault("key", request.header("Idempotency-Key")))

    return tamper(connector, Authorize, Refund, request=shared)


@mutant("IDM-006", "Medical-Software-Foundation/canvas#243: a key conflict is shown as a decline")
def a_conflict_is_a_decline(connector, patch):
    return tamper(connector, Authorize, error=only(RequestRejected, failed))


@mutant("IDM-007", "stripity-stripe#564: a key in use is a hard error")
def a_key_in_use_is_a_refusal(connector, patch):
    def change(command, error):
        if error.status == 409:
            raise RequestRejected("in use", error=error.error, status=409)
        raise error

    return tamper(connector, Authorize, error=only(OutcomeUnknown, change))


@mutant("RES-001", "killbill#229: a timeout is a failed payment")
def a_timeout_is_a_failure(connector, patch):
    return tamper(connector, Authorize, error=only(OutcomeUnknown, failed))


@mutant("RES-002", "killbill#341: a timeout says that nothing was sent")
def a_timeout_says_nothing_was_sent(connector, patch):
    def change(command, error):
        raise Unavailable("nothing was sent", error=error.error)

    return tamper(connector, Authorize, error=only(OutcomeUnknown, change))


@mutant("RES-003", "hyperswitch#2148: a capture that timed out is called failed")
def a_lost_capture_failed(connector, patch):
    return tamper(connector, Capture, error=only(OutcomeUnknown, says(PaymentStatus.CAPTURE_FAILED)))


@mutant("RES-004", "OwnPay#222: a refund that timed out is repeated under a new key")
def a_lost_refund_gets_a_new_key(connector, patch):
    serial = iter(range(10**6))
    return tamper(connector, Refund, request=key(lambda _: f"attempt-{next(serial)}"))


@mutant("RES-005", "active_merchant#614: a void that timed out is called voided")
def a_lost_void_is_voided(connector, patch):
    return tamper(connector, Void, error=only(OutcomeUnknown, says(PaymentStatus.VOIDED)))


@mutant("RES-006", "hyperswitch#2252: a sync that timed out says the payment failed")
def a_lost_sync_is_a_failed_payment(connector, patch):
    return tamper(connector, PSync, error=only(Unavailable, failed))


@mutant("RES-007", "killbill#229: a server error is a failed payment")
def a_server_error_is_a_failure(connector, patch):
    def change(command, error):
        if error.status and error.status >= 500:
            return failed(command, error)
        raise error

    return tamper(connector, Authorize, error=change)


@mutant("RES-008", "hyperswitch#3751: a lost answer loses the id")
def a_lost_answer_loses_the_id(connector, patch):
    def change(command, error):
        error.transaction_id = None
        raise error

    return tamper(connector, Capture, Void, Refund, error=only(OutcomeUnknown, change))
