"""The states of PaymentIntents and refunds, and the only ways between them.

Source: docs.stripe.com/payments/paymentintents/lifecycle and docs.stripe.com/refunds. A step that is not in the table
changes nothing; the caller answers with Stripe's own error.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Document


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


class IllegalTransition(Exception):
    """The step is not allowed from here; `allowed` lists the states from which it is."""

    def __init__(self, step: Step, state: str, allowed: list[str]) -> None:
        super().__init__(f"{state} cannot {step.value}")
        self.step, self.state, self.allowed = step, state, allowed


NEW, CONFIRMABLE, ACTION = "requires_payment_method", "requires_confirmation", "requires_action"
DEBITED = "processing"
HELD, DONE, CANCELED = "requires_capture", "succeeded", "canceled"
_OPEN = (NEW, CONFIRMABLE, ACTION)


def _from(states: tuple[str, ...], step: Step, to: str | None = None) -> dict[tuple[str, Step], str]:
    return {(state, step): to or state for state in states}


PAYMENT_INTENT: Mapping[tuple[str, Step], str] = {
    **_from(_OPEN, Step.PROVIDE, CONFIRMABLE),
    **_from(_OPEN, Step.UPDATE),
    **_from(_OPEN, Step.CHALLENGE, ACTION),
    **_from(_OPEN, Step.HOLD, HELD),
    **_from(_OPEN, Step.TAKE, DONE),
    **_from(_OPEN, Step.DECLINE, NEW),
    **_from(_OPEN, Step.PROCESS, DEBITED),
    **_from((DEBITED,), Step.SETTLE, DONE),
    **_from((DEBITED,), Step.FAIL, NEW),
    **_from((HELD,), Step.CAPTURE, DONE),
    **_from((HELD,), Step.CAPTURE_PART),
    **_from((HELD,), Step.INCREMENT),
    **_from((*_OPEN, DEBITED, HELD), Step.CANCEL, CANCELED),
}
REFUND: Mapping[tuple[str, Step], str] = {
    **_from(("pending", "requires_action"), Step.SETTLE, "succeeded"),
    # A succeeded card refund may fail later, when the issuer sends the money back.
    **_from(("pending", "requires_action", "succeeded"), Step.FAIL, "failed"),
    **_from(("requires_action",), Step.CANCEL, "canceled"),
}
# Source: docs.stripe.com/payments/setupintents/lifecycle.
SETUP_INTENT: Mapping[tuple[str, Step], str] = {
    **_from(_OPEN, Step.PROVIDE, CONFIRMABLE),
    **_from(_OPEN, Step.UPDATE),
    **_from(_OPEN, Step.CHALLENGE, ACTION),
    **_from((*_OPEN, DEBITED), Step.SETTLE, DONE),
    **_from(_OPEN, Step.DECLINE, NEW),
    **_from((*_OPEN, DEBITED), Step.CANCEL, CANCELED),
}
CONTESTABLE, INQUIRY = "needs_response", "warning_needs_response"
# Source: docs.stripe.com/disputes/how-disputes-work; an inquiry is closed, or becomes a chargeback.
DISPUTE: Mapping[tuple[str, Step], str] = {
    (CONTESTABLE, Step.SUBMIT): "under_review",
    ("under_review", Step.SUBMIT): "under_review",
    (INQUIRY, Step.SUBMIT): "warning_under_review",
    ("warning_under_review", Step.SUBMIT): "warning_under_review",
    **_from((CONTESTABLE, "under_review"), Step.ACCEPT, "lost"),
    **_from((INQUIRY, "warning_under_review"), Step.ACCEPT, "warning_closed"),
    (CONTESTABLE, Step.LAPSE): "lost",
    **_from((INQUIRY, "warning_under_review"), Step.LAPSE, "warning_closed"),
    **_from((INQUIRY, "warning_under_review"), Step.ESCALATE, CONTESTABLE),
    **_from((CONTESTABLE, "under_review"), Step.WIN, "won"),
    **_from((CONTESTABLE, "under_review"), Step.LOSE, "lost"),
    **_from((INQUIRY, "warning_under_review"), Step.WIN, "warning_closed"),
}


def require(table: Mapping[tuple[str, Step], str], state: str, step: Step) -> str:
    """The state that the step leads to.

    Raises IllegalTransition when it is not allowed.
    """
    target = table.get((state, step))
    if target is None:
        raise IllegalTransition(step, state, [known for known, possible in table if possible is step])
    return target


def move(table: Mapping[tuple[str, Step], str], document: Document, step: Step) -> None:
    """Take the step; raises IllegalTransition, and changes nothing, when it is not allowed."""
    document["status"] = require(table, document["status"], step)
