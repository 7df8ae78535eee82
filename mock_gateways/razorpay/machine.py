"""The states of payments, orders, refunds, disputes and tokens, and the only ways between them.

Sources: razorpay.com/docs/payments/payments (life cycle), /payments/payments/late-authorisation, /payments/orders,
/payments/refunds, /payments/disputes, /api/payments/recurring-payments. A step that is not in a table changes nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_gateways.core.transitions import Table


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


CREATED, AUTHORIZED, CAPTURED, REFUNDED, FAILED = "created", "authorized", "captured", "refunded", "failed"

PAYMENT: Table[Step] = {
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
ORDER: Table[Step] = {
    ("created", Step.ATTEMPT): "attempted",
    ("attempted", Step.ATTEMPT): "attempted",
    ("attempted", Step.PAY): "paid",
}
REFUND: Table[Step] = {
    ("pending", Step.SETTLE): "processed",
    ("pending", Step.FAIL): "failed",
}
DISPUTE: Table[Step] = {
    ("open", Step.SUBMIT): "under_review",
    ("open", Step.LOSE): "lost",
    ("open", Step.CLOSE): "closed",
    ("under_review", Step.WIN): "won",
    ("under_review", Step.LOSE): "lost",
    ("under_review", Step.CLOSE): "closed",
}
TOKEN: Table[Step] = {
    ("initiated", Step.CONFIRM): "confirmed",
    ("initiated", Step.REJECT): "rejected",
    ("initiated", Step.CANCEL): "cancelled",
    ("confirmed", Step.CANCEL): "cancelled",
    ("confirmed", Step.PAUSE): "paused",
    ("paused", Step.CONFIRM): "confirmed",
    ("paused", Step.CANCEL): "cancelled",
}
