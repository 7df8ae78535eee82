"""Razorpay's JSON in its own names; only the fields we use.

Statuses and reasons are plain strings: an unknown one is ours to report, not a reason to lose the whole reply.
Source: razorpay.com/docs/api/{orders,payments,refunds,disputes,customers,payments/payment-links},
docs/webhooks/payloads and docs/payments/payment-gateway/s2s-integration/json/v2.
"""

from typing import Any, Literal

from pydantic import AliasPath, Field

from runtime.core.bodies import Wire


class Problem(Wire):
    """Why something failed. `metadata` is an object, and `[]` where it is empty (the API is written in PHP)."""

    code: str | None = None
    description: str | None = None
    field: str | None = None
    reason: str | None = None
    payment_id: str | None = Field(default=None, validation_alias=AliasPath("metadata", "payment_id"))


class ErrorReply(Wire):
    error: Problem


class Entity(Wire):
    """What everything with an amount has in common; alone it is enough of an order."""

    id: str
    amount: int
    currency: str
    status: str | None = None


class Payment(Entity):
    """A payment. `captured` has been seen as true, 1 and "1" in deliveries."""

    entity: Literal["payment"]
    captured: bool | int | str | None = None
    amount_refunded: int | None = None
    customer_id: str | None = None
    token_id: str | None = None
    created_at: int | None = None
    error_code: str | None = None
    error_description: str | None = None
    error_reason: str | None = None

    @property
    def was_captured(self) -> bool | None:
        """None where the reply does not say it in a way that can be read."""
        return {"true": True, "1": True, "false": False, "0": False}.get(str(self.captured).lower())

    @property
    def problem(self) -> Problem:
        return Problem(code=self.error_code, description=self.error_description, reason=self.error_reason)


class Payments(Wire):
    items: list[Payment]


class Step(Wire):
    action: str
    url: str | None = None


class Started(Wire):
    """What creating a payment says. No status: `next` or `link` name what the shopper must do, or nothing is left."""

    razorpay_payment_id: str
    next: tuple[Step, ...] | None = None
    link: str | None = None


class PaymentLink(Entity):
    short_url: str
    expire_by: int | None = None


class Refund(Entity):
    entity: Literal["refund"]
    payment_id: str | None = None


class Dispute(Entity):
    entity: Literal["dispute"]
    payment_id: str | None = None
    reason_code: str | None = None
    respond_by: int | None = None


class Customer(Wire):
    id: str


class Token(Wire):
    entity: Literal["token"]
    id: str
    customer_id: str | None = None
    status: str | None = Field(default=None, validation_alias=AliasPath("recurring_details", "status"))
    failure_reason: str | None = Field(default=None, validation_alias=AliasPath("recurring_details", "failure_reason"))


class Deleted(Wire):
    deleted: bool


class Event(Wire):
    """The envelope of every delivery. `payload` holds what it is about by kind, and is `[]` where that is nothing."""

    event: str
    payload: dict[str, Any] | list[Any]
    created_at: int | None = None

    def about(self, kind: str) -> object:
        held = self.payload.get(kind) if isinstance(self.payload, dict) else None
        return held.get("entity") if isinstance(held, dict) else None
