"""What Razorpay says, in our words: outcomes, errors, and what the shopper must do next.

Source: razorpay.com/docs/payments/payments, docs/api/{orders,refunds,disputes}/entity, docs/errors.
"""

from dataclasses import replace
from functools import partial

from runtime.connectors.razorpay import tables, wire
from runtime.core.amounts import decoded
from runtime.core.payments import DisputeOutcome, ErrorInfo, MandateOutcome, NextAction, PaymentOutcome, RefundOutcome
from runtime.core.vocabulary import DisputeStatus, ErrorCode, MandateStatus, NextActionKind, RefundStatus, RetryAdvice
from runtime.core.vocabulary import PaymentStatus as Paid


def error_info(problem: wire.Problem, status: int) -> ErrorInfo:
    code, retry = tables.judge(problem, status)
    raw = problem.reason if problem.reason not in tables.NOTHING else problem.code
    return ErrorInfo(code=code, retry=retry, raw_code=raw or None, message=problem.description)


def payment(seen: wire.Payment) -> PaymentOutcome:
    """Where a payment stands.

    Raises:
        IntegrityMismatch: an amount that ISO units cannot hold.
    """
    status, error = tables.STATUS.get((seen.status, None)), None
    status = status or tables.STATUS.get((seen.status, seen.was_captured), Paid.UNRESOLVED)
    if status is Paid.FAILURE:
        error = _failure(seen)
        status = failed(error)
    taken, held = status is Paid.CHARGED, status is Paid.AUTHORIZED
    amounts = {"amount": seen.amount, "authorized": seen.amount if taken or held else None}
    if status not in tables.UNSURE:
        amounts |= {"capturable": seen.amount if held else 0, "captured": seen.amount if taken else 0}
        amounts |= {"refunded": seen.amount_refunded}
    outcome = partial(PaymentOutcome, status=status, payment_id=seen.id, raw_status=seen.status, error=error)
    return decoded(outcome, tables.AMOUNTS, seen.currency, amounts)


def _failure(seen: wire.Payment) -> ErrorInfo:
    """A failure is not final: Razorpay goes on asking the bank for days (docs/payments/payments/late-authorisation).

    Without a reason that we know, or beside a `captured`, nobody can tell what the bank did: look before anything else.
    """
    error = error_info(seen.problem, 400)
    is_known = seen.error_reason not in tables.NOTHING and error.code is not ErrorCode.OTHER
    return error if is_known and not seen.was_captured else replace(error, retry=RetryAdvice.SYNC_FIRST)


def failed(error: ErrorInfo) -> Paid:
    is_unproven = error.code is ErrorCode.AUTHENTICATION_FAILED
    return Paid.AUTHENTICATION_FAILED if is_unproven else Paid.FAILURE


def declined(problem: wire.Problem, known: str | None) -> PaymentOutcome:
    error = error_info(problem, 400)
    return PaymentOutcome(status=failed(error), payment_id=problem.payment_id or known, raw_status=None, error=error)


def unpaid(order: wire.Entity) -> PaymentOutcome:
    """Where the payment of an order or a link stands that shows none yet; found again by the id it carries."""
    status = tables.ORDER_STATUS.get(order.status, Paid.UNRESOLVED)
    outcome = partial(PaymentOutcome, status=status, payment_id=order.id, raw_status=order.status)
    return decoded(outcome, tables.AMOUNTS, order.currency, {"amount": order.amount})


def refund(seen: wire.Refund) -> RefundOutcome:
    """Where a refund stands.

    Raises:
        IntegrityMismatch: an amount that ISO units cannot hold.
    """
    status = tables.REFUND_STATUS.get(seen.status, RefundStatus.UNRESOLVED)
    outcome = partial(RefundOutcome, status=status, refund_id=seen.id, payment_id=seen.payment_id)
    return decoded(partial(outcome, raw_status=seen.status), tables.AMOUNTS, seen.currency, {"amount": seen.amount})


def dispute(seen: wire.Dispute, *, given_up: bool = False) -> DisputeOutcome:
    """Where a dispute stands. Razorpay calls lost what the merchant gave up, too.

    Raises:
        IntegrityMismatch: an amount that ISO units cannot hold.
    """
    status, reason = tables.DISPUTE_STATUS.get(seen.status, DisputeStatus.UNRESOLVED), seen.reason_code
    status = DisputeStatus.ACCEPTED if given_up and status is DisputeStatus.LOST else status
    outcome = partial(DisputeOutcome, status=status, dispute_id=seen.id, payment_id=seen.payment_id, reason=reason)
    outcome = partial(outcome, raw_status=seen.status, respond_by=seen.respond_by)
    return decoded(outcome, tables.AMOUNTS, seen.currency, {"amount": seen.amount})


def mandate(token: wire.Token, customer_id: str | None = None) -> MandateOutcome:
    """Where a mandate stands; the reason of a refusal is told in a bank's own words."""
    status = tables.TOKEN_STATUS.get(token.status, MandateStatus.UNRESOLVED)
    error = error_info(wire.Problem(description=token.failure_reason), 400) if token.failure_reason else None
    told = partial(MandateOutcome, status=status, mandate_id=token.id, raw_status=token.status, error=error)
    return told(customer_id=token.customer_id or customer_id)


def started(reply: wire.Started) -> PaymentOutcome:
    """A payment that waits for the shopper, with the best step that Razorpay offers; UNRESOLVED where we know none."""
    offered = {step.action: step.url or "" for step in reply.next or ()} | (
        {"intent": reply.link} if reply.link else {}
    )
    name = next((name for name in tables.NEXT if name in offered), None)
    told = partial(PaymentOutcome, payment_id=reply.razorpay_payment_id)
    if name is None:
        return told(status=Paid.UNRESOLVED, raw_status=next(iter(offered)))
    kind, url = tables.NEXT[name], offered[name]
    action = NextAction(kind=kind, data={"action": name, "url": url})
    if kind is NextActionKind.REDIRECT:
        action = NextAction(kind=kind, url=url)
    return told(status=Paid.AUTHENTICATION_PENDING, raw_status=None, next_action=action)
