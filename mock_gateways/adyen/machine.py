"""The states of a payment and the ways between them, as a table.

Adyen shows no state of a payment: it says what came of a call, and later what happened, by webhook. These are the
stages of docs.adyen.com/account/payments-lifecycle as far as they decide what may come next.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.adyen.store import Payment


class Step(Enum):
    """Something that happens to a payment."""

    WAIT = "wait for the shopper"
    PEND = "wait for the bank"
    HOLD = "authorise"
    REFUSE = "refuse"
    CLOSE = "close"
    CAPTURE = "capture"
    CAPTURE_LAST = "capture the last part of"
    CAPTURE_FAILS = "give back"
    CANCEL = "cancel"
    EXPIRE = "expire"
    ADJUST = "adjust"
    REFUND = "refund"
    DISPUTE = "dispute"


class IllegalTransition(Exception):
    """The step is not allowed from here, and nothing has changed."""

    def __init__(self, step: Step, state: str) -> None:
        super().__init__(f"a payment that is {state} cannot be taken through {step.value}")
        self.step, self.state = step, state


NEW, WAITING, PENDING, HELD = "new", "waiting", "pending", "authorised"
TAKEN, REFUSED, CANCELLED, EXPIRED, CLOSED = "captured", "refused", "cancelled", "expired", "closed"
_OPEN = (NEW, WAITING, PENDING)


def _from(states: tuple[str, ...], step: Step, to: str | None = None) -> dict[tuple[str, Step], str]:
    return {(state, step): to or state for state in states}


PAYMENT: Mapping[tuple[str, Step], str] = {
    **_from((NEW, WAITING), Step.WAIT, WAITING),
    **_from((NEW, WAITING), Step.PEND, PENDING),
    **_from(_OPEN, Step.HOLD, HELD),
    **_from(_OPEN, Step.REFUSE, REFUSED),
    **_from((WAITING, PENDING), Step.CLOSE, CLOSED),
    **_from((HELD,), Step.CAPTURE),
    **_from((HELD,), Step.CAPTURE_LAST, TAKEN),
    **_from((HELD, TAKEN), Step.CAPTURE_FAILS, CANCELLED),
    **_from((HELD,), Step.CANCEL, CANCELLED),
    **_from((HELD,), Step.EXPIRE, EXPIRED),
    **_from((HELD,), Step.ADJUST),
    **_from((HELD, TAKEN, EXPIRED), Step.REFUND),
    **_from((HELD, TAKEN, EXPIRED), Step.DISPUTE),
}


def allowed(payment: Payment, step: Step) -> bool:
    return (payment.state, step) in PAYMENT


def move(payment: Payment, step: Step) -> None:
    """Take the step; raises IllegalTransition, and changes nothing, when it is not allowed."""
    target = PAYMENT.get((payment.state, step))
    if target is None:
        raise IllegalTransition(step, payment.state)
    payment.state = target
