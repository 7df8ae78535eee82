"""The states of payments, orders, refunds, disputes and tokens, and the only ways between them.

Sources: razorpay.com/docs/payments/payments (life cycle), /payments/payments/late-authorisation, /payments/orders,
/payments/refunds, /payments/disputes, /api/payments/recurring-payments. A step that is not in a table changes nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Document


class Step(Enum):
    """What happens to an entity."""

    AUTHORISE = "be authorised"
    FAIL = "fail"
    CAPTURE = "be captured"
    GIVE_BACK = "be refunded without having been captured"
    REFUND_ALL = "be refunded in full"
    RETURN = "be returned by the bank"
    ATTEMPT = "be paid for"
    PAY = "be paid"
    SETTLE = "be processed"
    SUBMIT = "be contested"
    WIN = "be won"
    LOSE = "be lost"
    CLOSE = "be closed"
    CONFIRM = "be confirmed"
    REJECT = "be rejected"
    CANCEL = "be cancelled"
    PAUSE = "be paused"


class IllegalTransition(Exception):
    """The step is not allowed from this state."""

    def __init__(self, step: Step, state: str) -> None:
        super().__init__(f"{state} cannot {step.value}")
        self.step, self.state = step, state


CREATED, AUTHORIZED, CAPTURED, REFUNDED, FAILED = "created", "authorized", "captured", "refunded", "failed"

PAYMENT: Mapping[tuple[str, Step], str] = {
    (CREATED, Step.AUTHORISE): AUTHORIZED,
    (CREATED, Step.FAIL): FAILED,
    # Late authorisation: a payment that failed for want of an answer is not lost.
    (FAILED, Step.AUTHORISE): AUTHORIZED,
    (AUTHORIZED, Step.CAPTURE): CAPTURED,
    (AUTHORIZED, Step.GIVE_BACK): REFUNDED,
    (CAPTURED, Step.REFUND_ALL): REFUNDED,
    # ACH alone: what was accepted may come back from the bank.
    (AUTHORIZED, Step.RETURN): FAILED,
}
ORDER: Mapping[tuple[str, Step], str] = {
    ("created", Step.ATTEMPT): "attempted",
    ("attempted", Step.ATTEMPT): "attempted",
    ("attempted", Step.PAY): "paid",
}
REFUND: Mapping[tuple[str, Step], str] = {
    ("pending", Step.SETTLE): "processed",
    ("pending", Step.FAIL): "failed",
}
DISPUTE: Mapping[tuple[str, Step], str] = {
    ("open", Step.SUBMIT): "under_review",
    ("open", Step.LOSE): "lost",
    ("open", Step.CLOSE): "closed",
    ("under_review", Step.WIN): "won",
    ("under_review", Step.LOSE): "lost",
    ("under_review", Step.CLOSE): "closed",
}
TOKEN: Mapping[tuple[str, Step], str] = {
    ("initiated", Step.CONFIRM): "confirmed",
    ("initiated", Step.REJECT): "rejected",
    ("initiated", Step.CANCEL): "cancelled",
    ("confirmed", Step.CANCEL): "cancelled",
    ("confirmed", Step.PAUSE): "paused",
    ("paused", Step.CONFIRM): "confirmed",
    ("paused", Step.CANCEL): "cancelled",
}


def move(table: Mapping[tuple[str, Step], str], document: Document, step: Step) -> None:
    """Take the step; raises IllegalTransition, and changes nothing, when it is not allowed."""
    target = table.get((document["status"], step))
    if target is None:
        raise IllegalTransition(step, document["status"])
    document["status"] = target
