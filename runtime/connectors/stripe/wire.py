"""Stripe's JSON in its own names, as API version 2026-10-28.endive shows it; only the fields we use.

Statuses and reasons are plain strings: an unknown one is ours to report, not a reason to lose the whole reply.
Source: docs.stripe.com/api/{payment_intents,charges,refunds,setup_intents,checkout/sessions,disputes}/object,
docs.stripe.com/api/{customers,payment_methods,events,errors}/object.
"""

from typing import Any, Literal

from pydantic import AliasPath, Field

from runtime.core.bodies import Wire


def _at(*path: str) -> Any:
    """A field deeper down, and None where the way to it ends early: not every payment method has every detail."""
    return Field(default=None, validation_alias=AliasPath(path[0], *path[1:]))


class Charge(Wire):
    amount: int
    amount_captured: int
    amount_refunded: int
    status: str
    amount_authorized: int | None = _at("payment_method_details", "card", "amount_authorized")
    capture_before: int | None = _at("payment_method_details", "card", "capture_before")


class Failure(Wire):
    """Why something failed: `last_payment_error`, and the head of every error."""

    type: str
    code: str | None = None
    decline_code: str | None = None
    message: str | None = None
    advice_code: str | None = None
    network_decline_code: str | None = None
    network_advice_code: str | None = None


class Intent(Wire):
    """What a payment and a setup have in common. `next_action`: its `type`, and the details under that type's name."""

    id: str
    status: str
    client_secret: str | None = None
    next_action: dict[str, Any] | None = None


class PaymentIntent(Intent):
    object: Literal["payment_intent"]
    amount: int
    amount_capturable: int
    amount_received: int
    currency: str
    cancellation_reason: str | None = None
    last_payment_error: Failure | None = None
    latest_charge: Charge | str | None = None  # an object where it was expanded
    request_multicapture: str | None = _at("payment_method_options", "card", "request_multicapture")

    @property
    def charge(self) -> Charge | None:
        return self.latest_charge if isinstance(self.latest_charge, Charge) else None


class SetupIntent(Intent):
    object: Literal["setup_intent"]
    customer: str | None = None
    payment_method: str | None = None
    last_setup_error: Failure | None = None


class Resource(Wire):
    """A customer, or a payment method and whose it is."""

    object: Literal["customer", "payment_method"]
    id: str
    customer: str | None = None


class Session(Wire):
    object: Literal["checkout.session"]
    id: str
    mode: str
    payment_status: str
    payment_intent: str | None = None
    amount_total: int | None = None
    currency: str | None = None
    client_secret: str | None = None
    url: str | None = None
    expires_at: int | None = None


class Dispute(Wire):
    object: Literal["dispute"]
    id: str
    status: str
    amount: int
    currency: str
    payment_intent: str | None = None
    reason: str | None = None
    due_by: int | None = _at("evidence_details", "due_by")
    case_type: str | None = _at("payment_method_details", "card", "case_type")


class Refund(Wire):
    object: Literal["refund"]
    id: str
    amount: int
    currency: str
    status: str | None
    payment_intent: str | None = None
    failure_reason: str | None = None


class Problem(Failure):
    """What stands under `error` in a reply that is no success; a decline brings the intent along."""

    payment_intent: PaymentIntent | None = None
    setup_intent: SetupIntent | None = None


class ErrorReply(Wire):
    error: Problem


class Event(Wire):
    """The envelope of every event; what it is about is read by the model that its type asks for."""

    id: str
    type: str = ""
    created: int | None = None
    about: Any = _at("data", "object")
