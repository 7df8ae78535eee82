"""The states of a payment and the ways between them, as a table.

Adyen shows no state of a payment: it says what came of a call, and later what happened, by webhook. These are the
stages of docs.adyen.com/account/payments-lifecycle as far as they decide what may come next.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from mock_gateways.core.transitions import leading, require

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.transitions import Table


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


NEW, WAITING, PENDING, HELD = "new", "waiting", "pending", "authorised"
TAKEN, REFUSED, CANCELLED, EXPIRED, CLOSED = "captured", "refused", "cancelled", "expired", "closed"
_OPEN = (NEW, WAITING, PENDING)


PAYMENT: Table[Step] = {
    **leading((NEW, WAITING), Step.WAIT, WAITING),
    **leading((NEW, WAITING), Step.PEND, PENDING),
    **leading(_OPEN, Step.HOLD, HELD),
    **leading(_OPEN, Step.REFUSE, REFUSED),
    **leading((WAITING, PENDING), Step.CLOSE, CLOSED),
    **leading((HELD,), Step.CAPTURE),
    **leading((HELD,), Step.CAPTURE_LAST, TAKEN),
    **leading((HELD, TAKEN), Step.CAPTURE_FAILS, CANCELLED),
    **leading((HELD,), Step.CANCEL, CANCELLED),
    **leading((HELD,), Step.EXPIRE, EXPIRED),
    **leading((HELD,), Step.ADJUST),
    **leading((HELD, TAKEN, EXPIRED), Step.REFUND),
    **leading((HELD, TAKEN, EXPIRED), Step.DISPUTE),
}


def allowed(payment: Payment, step: Step) -> bool:
    return (payment.state, step) in PAYMENT


def move(payment: Payment, step: Step) -> None:
    """Take the step; raises IllegalTransition, and changes nothing, when it is not allowed."""
    payment.state = require(PAYMENT, payment.state, step)
