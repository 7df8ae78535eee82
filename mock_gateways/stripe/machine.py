"""The states of PaymentIntents and refunds, and the only ways between them.

Source: docs.stripe.com/payments/paymentintents/lifecycle and docs.stripe.com/refunds. A step that is not in the table
changes nothing; the caller answers with Stripe's own error.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from mock_gateways.core.transitions import leading

if TYPE_CHECKING:
    from mock_gateways.core.transitions import Table


class Step(Enum):
    """What happens to a PaymentIntent or refund."""

    PROVIDE = "be given a payment method"
    UPDATE = "be updated"
    CHALLENGE = "wait for the shopper"
    HOLD = "be authorised"
    TAKE = "be charged"
    DECLINE = "be confirmed"
    CAPTURE = "be captured"
    CAPTURE_PART = "be captured in part"
    INCREMENT = "have its authorisation incremented"
    CANCEL = "be canceled"
    SETTLE = "settle"
    FAIL = "fail"
    PROCESS = "be debited"
    SUBMIT = "take evidence"
    ACCEPT = "be accepted"
    LAPSE = "run out of time"
    ESCALATE = "become a chargeback"
    WIN = "be won"
    LOSE = "be lost"


NEW, CONFIRMABLE, ACTION = "requires_payment_method", "requires_confirmation", "requires_action"
DEBITED = "processing"
HELD, DONE, CANCELED = "requires_capture", "succeeded", "canceled"
_OPEN = (NEW, CONFIRMABLE, ACTION)


PAYMENT_INTENT: Table[Step] = {
    **leading(_OPEN, Step.PROVIDE, CONFIRMABLE),
    **leading(_OPEN, Step.UPDATE),
    **leading(_OPEN, Step.CHALLENGE, ACTION),
    **leading(_OPEN, Step.HOLD, HELD),
    **leading(_OPEN, Step.TAKE, DONE),
    **leading(_OPEN, Step.DECLINE, NEW),
    **leading(_OPEN, Step.PROCESS, DEBITED),
    **leading((DEBITED,), Step.SETTLE, DONE),
    **leading((DEBITED,), Step.FAIL, NEW),
    **leading((HELD,), Step.CAPTURE, DONE),
    **leading((HELD,), Step.CAPTURE_PART),
    **leading((HELD,), Step.INCREMENT),
    **leading((*_OPEN, DEBITED, HELD), Step.CANCEL, CANCELED),
}
REFUND: Table[Step] = {
    **leading(("pending", "requires_action"), Step.SETTLE, "succeeded"),
    # A succeeded card refund may fail later, when the issuer sends the money back.
    **leading(("pending", "requires_action", "succeeded"), Step.FAIL, "failed"),
    **leading(("requires_action",), Step.CANCEL, "canceled"),
}
# Source: docs.stripe.com/payments/setupintents/lifecycle.
SETUP_INTENT: Table[Step] = {
    **leading(_OPEN, Step.PROVIDE, CONFIRMABLE),
    **leading(_OPEN, Step.UPDATE),
    **leading(_OPEN, Step.CHALLENGE, ACTION),
    **leading((*_OPEN, DEBITED), Step.SETTLE, DONE),
    **leading(_OPEN, Step.DECLINE, NEW),
    **leading((*_OPEN, DEBITED), Step.CANCEL, CANCELED),
}
CONTESTABLE, INQUIRY = "needs_response", "warning_needs_response"
# Source: docs.stripe.com/disputes/how-disputes-work; an inquiry is closed, or becomes a chargeback.
DISPUTE: Table[Step] = {
    (CONTESTABLE, Step.SUBMIT): "under_review",
    ("under_review", Step.SUBMIT): "under_review",
    (INQUIRY, Step.SUBMIT): "warning_under_review",
    ("warning_under_review", Step.SUBMIT): "warning_under_review",
    **leading((CONTESTABLE, "under_review"), Step.ACCEPT, "lost"),
    **leading((INQUIRY, "warning_under_review"), Step.ACCEPT, "warning_closed"),
    (CONTESTABLE, Step.LAPSE): "lost",
    **leading((INQUIRY, "warning_under_review"), Step.LAPSE, "warning_closed"),
    **leading((INQUIRY, "warning_under_review"), Step.ESCALATE, CONTESTABLE),
    **leading((CONTESTABLE, "under_review"), Step.WIN, "won"),
    **leading((CONTESTABLE, "under_review"), Step.LOSE, "lost"),
    **leading((INQUIRY, "warning_under_review"), Step.WIN, "warning_closed"),
}
