"""Statuses of payments and refunds taken for what they are not."""

from dataclasses import replace

from runtime.core.errors import (
    RequestRejected,
)
from runtime.core.payments import (
    Authorize,
    CompleteAuthorize,
    NextAction,
    PSync,
    Refund,
    RSync,
)
from runtime.core.vocabulary import NextActionKind, PaymentStatus, RefundStatus, RetryAdvice
from tests.mutants.bank import mutant
from tests.mutants.changes import becomes, excused, failed, was
from tests.mutants.tamper import tamper
from tests.mutants.webhooks import known


@mutant("STA-006", "active_merchant#923: a sale is called authorized")
def a_sale_is_authorized(connector, patch):
    return tamper(connector, Authorize, outcome=becomes(PaymentStatus.AUTHORIZED, was(PaymentStatus.CHARGED)))


@mutant("STA-007", "hyperswitch#9679: a hold is called charged")
def a_hold_is_charged(connector, patch):
    return tamper(connector, Authorize, outcome=becomes(PaymentStatus.CHARGED, was(PaymentStatus.AUTHORIZED)))


@mutant("STA-008", "worldmonitor#4440: a redirect is called success")
def a_redirect_is_success(connector, patch):
    return tamper(
        connector, Authorize, outcome=becomes(PaymentStatus.CHARGED, was(PaymentStatus.AUTHENTICATION_PENDING))
    )


@mutant("STA-008", "hyperswitch#204: nobody is told where to send the shopper")
def forgets_the_next_action(connector, patch):
    return tamper(connector, Authorize, outcome=lambda c, o: replace(o, next_action=None))


@mutant("STA-002", "hyperswitch#204: needs action is called processing")
def an_action_is_processing(connector, patch):
    return tamper(
        connector, Authorize, outcome=becomes(PaymentStatus.PENDING, was(PaymentStatus.AUTHENTICATION_PENDING))
    )


@mutant("STA-002", "hyperswitch#7522: what a read calls held, the reply to the payment calls taken")
def a_reply_calls_taken_what_is_held(connector, patch):
    return tamper(connector, Authorize, outcome=becomes(PaymentStatus.CHARGED, was(PaymentStatus.AUTHORIZED)))


@mutant("STA-001", "hyperswitch#5535: pending is called authorized")
def pending_is_authorized(connector, patch):
    return tamper(connector, PSync, outcome=becomes(PaymentStatus.AUTHORIZED, was(PaymentStatus.PENDING)))


@mutant("STA-004", "hyperswitch-prism#1835: an unknown status is a default success")
def unknown_is_success(connector, patch):
    return tamper(connector, Authorize, PSync, outcome=becomes(PaymentStatus.CHARGED, was(PaymentStatus.UNRESOLVED)))


@mutant("STA-004", "hyperswitch#12843: an unknown status is silently pending")
def unknown_is_pending(connector, patch):
    return tamper(connector, Authorize, PSync, outcome=becomes(PaymentStatus.PENDING, was(PaymentStatus.UNRESOLVED)))


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


@mutant("STA-003", "craftcms/commerce-stripe#134: a pending refund is called failed")
def a_pending_refund_failed(connector, patch):
    return tamper(connector, Refund, RSync, outcome=becomes(RefundStatus.FAILURE, was(RefundStatus.PENDING)))


@mutant("STA-016", "woocommerce-payments#1195: a pending refund is called done")
def a_pending_refund_is_done(connector, patch):
    return tamper(connector, Refund, RSync, outcome=becomes(RefundStatus.SUCCESS, was(RefundStatus.PENDING)))


@mutant("STA-017", "woocommerce-gateway-stripe#4405: a failed refund is called done")
def a_failed_refund_is_done(connector, patch):
    return known(connector, Refund, RSync, outcome=becomes(RefundStatus.SUCCESS, was(RefundStatus.FAILURE)))


@mutant("STA-013", "hyperswitch#1475: a sync never changes what it said first")
def a_sync_never_changes(connector, patch):
    first = {}
    return tamper(connector, PSync, outcome=lambda c, o: first.setdefault(o.payment_id, o))


@mutant("STA-009", "hyperswitch#1475: authentication is never completed")
def completion_stays_pending(connector, patch):
    return tamper(connector, CompleteAuthorize, outcome=becomes(PaymentStatus.AUTHENTICATION_PENDING))


@mutant("STA-010", "hyperswitch#204: a failed authentication waits for ever")
def a_failed_authentication_is_pending(connector, patch):
    wrong = becomes(PaymentStatus.AUTHENTICATION_PENDING, was(PaymentStatus.AUTHENTICATION_FAILED))
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
    ended = was(PaymentStatus.EXPIRED, PaymentStatus.AUTO_REFUNDED)
    return known(connector, PSync, outcome=becomes(PaymentStatus.AUTHORIZED, ended))


@mutant("STA-015", "woocommerce-payments#757: nobody says when a hold ends")
def a_hold_never_ends(connector, patch):
    return tamper(connector, Authorize, outcome=lambda c, o: replace(o, expires_at=None))


@mutant("STA-023", "mollie/WooCommerce#165: a payment that failed has failed, whatever the bank says later")
def a_failed_payment_stays_failed(connector, patch):
    ended = {}

    def remember(command, outcome):
        if outcome.status is PaymentStatus.FAILURE:
            ended[outcome.payment_id] = outcome
        return ended.get(outcome.payment_id, outcome)

    return tamper(connector, PSync, outcome=remember)


@mutant("STA-023", "OwnPay#222: a payment that may yet be authorised is tried again, and paid twice")
def what_may_yet_be_authorised_is_tried_again(connector, patch):
    return tamper(connector, PSync, outcome=excused(retry=RetryAdvice.LATER))


@mutant("STA-018", "hyperswitch#2772: a failed sync is a failed payment")
def a_failed_sync_is_a_failed_payment(connector, patch):
    return tamper(connector, PSync, error=failed)


# -- steps that nobody knows


def _unknown_steps(change):
    """Outcomes with a step that is for the gateway's own code, or that were left unresolved by one."""

    def each(command, outcome):
        step = outcome.next_action
        for_code = step is not None and step.kind is NextActionKind.CLIENT_SDK
        return change(outcome) if for_code or outcome.status is PaymentStatus.UNRESOLVED else outcome

    return each


@mutant("STA-024", "hyperswitch-prism#1835: a step that nobody knows is left out, and the shopper waits for ever")
def an_unknown_step_is_left_out(connector, patch):
    lost = _unknown_steps(lambda o: replace(o, next_action=None, raw_status=None))
    return tamper(connector, Authorize, outcome=lost)


@mutant("STA-024", "worldmonitor#4440: a step that nobody knows is a redirect to wherever")
def an_unknown_step_is_a_redirect(connector, patch):
    away = NextAction(kind=NextActionKind.REDIRECT, url="https://shop.test/")
    sent = _unknown_steps(lambda o: replace(o, next_action=away, status=PaymentStatus.AUTHENTICATION_PENDING))
    return tamper(connector, Authorize, outcome=sent)


@mutant("STA-024", "the gateway's own code is to go on, and is told nothing")
def an_unknown_step_says_nothing(connector, patch):
    empty = NextAction(kind=NextActionKind.CLIENT_SDK)
    sent = _unknown_steps(lambda o: replace(o, next_action=empty, status=PaymentStatus.AUTHENTICATION_PENDING))
    return tamper(connector, Authorize, outcome=sent)


# -- payments that wait to be confirmed


@mutant("STA-025", "hyperswitch#1475: a payment that waits to be confirmed is looked at, and waits on")
def what_waits_to_be_confirmed_is_only_read(connector, patch):
    def looks(context, command):
        read = PSync(request_id=command.request_id, payment_id=command.payment_id)
        return (yield from connector.flows[PSync](context, read))

    return replace(connector, flows={**connector.flows, CompleteAuthorize: looks}) if PSync in connector.flows else None


@mutant("STA-025", "worldmonitor#4440: a payment that waits to be confirmed is called paid")
def what_waits_to_be_confirmed_is_paid(connector, patch):
    paid = becomes(PaymentStatus.CHARGED, was(PaymentStatus.CONFIRMATION_AWAITED))
    return tamper(connector, Authorize, CompleteAuthorize, outcome=paid)
