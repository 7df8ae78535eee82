"""Amounts at the border to a gateway: refused before they are sent, never rounded, and held against the reply."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from runtime.core.errors import IntegrityMismatch, InvalidCommand
from runtime.core.money import MinorUnits, Money, UnrepresentableAmount
from runtime.core.payments import DisputeOutcome, ErrorInfo, PaymentOutcome, RefundOutcome
from runtime.core.vocabulary import ErrorCode, PaymentStatus, RetryAdvice

__all__ = ["check_amount", "check_opened", "decoded", "encoded"]

Outcome = TypeVar("Outcome", PaymentOutcome, RefundOutcome, DisputeOutcome)
_LOOK_FIRST = ErrorInfo(code=ErrorCode.GATEWAY_ERROR, retry=RetryAdvice.SYNC_FIRST)


def encoded(units: MinorUnits, money: Money) -> int:
    """The gateway's number for an amount that is to move.

    Raises:
        InvalidCommand: zero, or an amount the gateway has no number for. Nothing was sent.
    """
    wrong = ErrorInfo(code=ErrorCode.INVALID_AMOUNT, retry=RetryAdvice.WITH_CORRECTED_DATA)
    if not money.minor:
        raise InvalidCommand("no gateway moves an amount of zero", error=wrong)
    try:
        return units.encode(money)
    except UnrepresentableAmount as error:
        raise InvalidCommand(str(error), error=wrong) from error


def decoded(
    outcome: Callable[..., Outcome], units: MinorUnits, currency: str, told: Mapping[str, int | None]
) -> Outcome:
    """Build an outcome with the amounts a reply told; None leaves one out.

    Raises:
        IntegrityMismatch: ISO units cannot hold one of them. It carries the outcome without its amounts, and the id.
    """
    try:
        return outcome(**{name: units.decode(wire, currency) for name, wire in told.items() if wire is not None})
    except UnrepresentableAmount as error:
        bare = outcome()
        raise IntegrityMismatch(str(error), error=_LOOK_FIRST, transaction_id=_id(bare), outcome=bare) from error


def check_amount(asked: Money | None, told: Money | None, outcome: PaymentOutcome | RefundOutcome) -> None:
    """Hold what was asked against what the gateway says it did; an amount the caller does not know is not checked.

    Raises:
        IntegrityMismatch: amount or currency differ, or the gateway named none. It carries the outcome and the id.
    """
    if asked is None or asked == told:
        return
    reason = f"asked for {asked}, the gateway answered for {told}"
    raise IntegrityMismatch(reason, error=_LOOK_FIRST, transaction_id=_id(outcome), outcome=outcome)


def check_opened(asked: Money, units: MinorUnits, currency: str, wire: int, identity: str) -> None:
    """Hold what was asked against the amount of what the gateway opened to be paid: an order, a session.

    Raises:
        IntegrityMismatch: amount or currency differ. It carries the id, and that nothing was paid yet.
    """
    opened = partial(PaymentOutcome, status=PaymentStatus.PAYMENT_METHOD_AWAITED, payment_id=identity, raw_status=None)
    told = decoded(opened, units, currency, {"amount": wire})
    check_amount(asked, told.amount, told)


def _id(outcome: PaymentOutcome | RefundOutcome | DisputeOutcome) -> str | None:
    if isinstance(outcome, DisputeOutcome):
        return outcome.dispute_id
    return outcome.refund_id if isinstance(outcome, RefundOutcome) else outcome.payment_id
