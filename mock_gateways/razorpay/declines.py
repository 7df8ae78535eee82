"""Why a payment fails, and how Razorpay says so: in the error envelope, and again on the payment.

Sources: razorpay.com/docs/errors, /docs/payments/payments/test-card-details.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_gateways.core.messages import Refusal
from mock_gateways.core.settings import setting
from mock_gateways.razorpay.errors import error_reply
from mock_gateways.razorpay.tables import BAD_REQUEST, REASONS, Reason

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment


@dataclass(frozen=True, slots=True)
class Decline:
    """One failure by its reason, published or not; `http` is the status it has when it is a reply."""

    reason: str
    code: str
    description: str
    source: str
    step: str
    http: int = 400

    @classmethod
    def of(cls, world: World, reason: str, code: str = "", description: str = "") -> Decline:
        row = REASONS.get(reason) or Reason(reason, BAD_REQUEST, "issuer_bank", "payment_authorization")
        text = description or f"The payment failed: {reason.replace('_', ' ')}."
        return cls(reason, code or row.code, text, row.source, row.step, setting(world, "decline_http"))

    def fields(self) -> Document:
        """What the payment shows of it."""
        return {
            "error_code": self.code,
            "error_description": self.description,
            "error_source": self.source,
            "error_step": self.step,
            "error_reason": self.reason,
        }

    def refusal(self, payment: Payment, **more: object) -> Refusal:
        """The reply when the call itself meets it; `more` stands beside the error."""
        document = payment.document
        metadata = {"payment_id": document["id"]}
        if document["order_id"]:
            metadata["order_id"] = document["order_id"]
        shown = {"source": self.source, "step": self.step, "reason": self.reason, "metadata": metadata}
        reply = error_reply(self.http, self.description, code=self.code, **shown)
        reply.document.update(more)
        return Refusal(reply, began=True)


def next_decline(world: World) -> Decline | None:
    """The decline that was forced on the next attempt to charge, if any."""
    effect = world.next_forced_decline()
    if effect is None:
        return None
    return Decline.of(world, effect["decline"], effect.get("code", ""), effect.get("message", ""))
