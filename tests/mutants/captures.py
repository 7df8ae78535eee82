"""Captures, voids and refunds that do something else than they say."""

from dataclasses import replace

from runtime.core.errors import (
    ConnectorError,
    RequestRejected,
)
from runtime.core.money import Money
from runtime.core.payments import (
    Authorize,
    Capture,
    PSync,
    Refund,
    RefundOutcome,
    Void,
)
from runtime.core.vocabulary import PaymentStatus, RefundStatus
from tests.mutants.bank import mutant
from tests.mutants.changes import becomes, looked, only, says, was
from tests.mutants.tamper import tamper
from tests.mutants.webhooks import heard, known


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
    return tamper(connector, Capture, outcome=becomes(PaymentStatus.CHARGED))


@mutant("LIF-001", "django-payments#401: a capture never captures")
def a_capture_does_nothing(connector, patch):
    def nothing(context, command):
        outcome = yield from looked(connector, context, command)
        return replace(outcome, status=PaymentStatus.CHARGED, captured=command.amount)

    return replace(connector, flows={**connector.flows, Capture: nothing})


@mutant("LIF-004", "spree#6522: a void is a refund")
def a_void_does_nothing(connector, patch):
    def nothing(context, command):
        outcome = yield from looked(connector, context, command)
        return replace(outcome, status=PaymentStatus.VOIDED)

    return replace(connector, flows={**connector.flows, Void: nothing})


@mutant("LIF-005", "killbill#515: a capture after a void is called success")
def a_capture_after_a_void_succeeds(connector, patch):
    wrong = tamper(connector, Capture, error=only(RequestRejected, says(PaymentStatus.CHARGED)))
    return heard(wrong, becomes(PaymentStatus.CHARGED, was(PaymentStatus.CAPTURE_FAILED)))


@mutant("LIF-009", "killbill#333: a capture beyond the hold is cut to fit")
def a_capture_is_cut_to_the_hold(connector, patch):
    cut = lambda c: replace(c, amount=Money(min(c.amount.minor, 1000), c.amount.currency))  # noqa: E731 - one expression
    return tamper(connector, Capture, command=cut)


@mutant("LIF-011", "active_merchant#917: already captured is called success")
def already_captured_is_success(connector, patch):
    wrong = tamper(connector, Capture, error=only(RequestRejected, says(PaymentStatus.CHARGED)))
    return heard(wrong, becomes(PaymentStatus.CHARGED, was(PaymentStatus.CAPTURE_FAILED)))


@mutant("LIF-006", "active_merchant#614: a refused void is called voided")
def a_refused_void_is_voided(connector, patch):
    wrong = tamper(connector, Void, error=only(RequestRejected, says(PaymentStatus.VOIDED)))
    return heard(wrong, becomes(PaymentStatus.VOIDED, was(PaymentStatus.VOID_FAILED)))


@mutant("LIF-007", "django-payments#469: a refund that never happens")
def a_refund_does_nothing(connector, patch):
    def nothing(context, command):
        yield from looked(connector, context, command)
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
    wrong = tamper(connector, Refund, error=only(RequestRejected, _refunded))
    return heard(wrong, becomes(RefundStatus.SUCCESS, was(RefundStatus.FAILURE)))


@mutant("LIF-012", "hyperswitch#9622: a refund without a call is called done")
def a_refund_of_a_hold_is_done(connector, patch):
    done = becomes(RefundStatus.SUCCESS, was(RefundStatus.FAILURE))
    return heard(tamper(connector, Refund, error=only(ConnectorError, _refunded), outcome=done), done)


@mutant("LIF-035", "medusa#8603: of several refunds each is told as the whole that was refunded")
def refunds_do_not_add_up(connector, patch):
    last = {}

    def remember(command):
        last[command.payment_id] = command.amount
        return command

    def change(command, outcome):
        return replace(outcome, refunded=last.get(command.payment_id, outcome.refunded))

    return tamper(tamper(connector, Refund, command=remember), PSync, outcome=change)


@mutant("LIF-013", "spree#6522: a refunded payment is called voided")
def a_refunded_payment_is_voided(connector, patch):
    refunded = lambda outcome: outcome.refunded and outcome.refunded.minor  # noqa: E731 - one expression
    return known(connector, PSync, outcome=becomes(PaymentStatus.AUTO_REFUNDED, refunded))
