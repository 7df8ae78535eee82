"""What a PaymentIntent looks like, and what it takes: fields, options, and payment methods that fit.

Source: docs.stripe.com/api/payment_intents/object and recorded replies of 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.transitions import move
from mock_gateways.stripe.addresses import shipping_object
from mock_gateways.stripe.errors import refuse_begun
from mock_gateways.stripe.machine import PAYMENT_INTENT, Step
from mock_gateways.stripe.parameters import merge_metadata
from mock_gateways.stripe.tables import METHODS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent, Method
    from mock_gateways.stripe.tables import MethodRow

PLAIN = (
    "application_fee_amount",
    "customer",
    "customer_account",
    "description",
    "on_behalf_of",
    "receipt_email",
    "setup_future_usage",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
# Every field of an intent, in Stripe's order, as it is before anything is known of it.
_EMPTY: Document = {
    "id": None,
    "object": "payment_intent",
    "amount": 0,
    "amount_capturable": 0,
    "amount_details": {"tip": {}},
    "amount_received": 0,
    "application": None,
    "application_fee_amount": None,
    "automatic_payment_methods": None,
    "canceled_at": None,
    "cancellation_reason": None,
    "capture_method": None,
    "client_secret": None,
    "confirmation_method": None,
    "created": 0,
    "currency": None,
    "customer": None,
    "customer_account": None,
    "description": None,
    "excluded_payment_method_types": None,
    "last_payment_error": None,
    "latest_charge": None,
    "livemode": False,
    "managed_payments": {"enabled": False},
    "metadata": {},
    "next_action": None,
    "on_behalf_of": None,
    "payment_method": None,
    "payment_method_configuration_details": None,
    "payment_method_options": None,
    "payment_method_types": None,
    "processing": None,
    "receipt_email": None,
    "review": None,
    "setup_future_usage": None,
    "shipping": None,
    "source": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "status": "requires_payment_method",
    "transfer_data": None,
    "transfer_group": None,
}


def intent_document(world: World, given: Document) -> Document:
    """A fresh intent from checked parameters."""
    types, automatic = _types(given)
    options, intent_id = card_options(given), world.ids.new("pi_")
    document: Document = {
        **_EMPTY,
        **{name: given.get(name) or None for name in PLAIN},
        "id": intent_id,
        "amount": given["amount"],
        "automatic_payment_methods": automatic,
        "capture_method": options.get("capture_method") or given.get("capture_method", "automatic"),
        "client_secret": world.ids.new(f"{intent_id}_secret_", 25),
        "confirmation_method": given.get("confirmation_method", "automatic"),
        "created": world.clock.now(),
        "currency": given["currency"].lower(),
        "excluded_payment_method_types": given.get("excluded_payment_method_types"),
        "payment_method_options": all_options(options, given),
        "payment_method_types": types,
        "shipping": shipping_object(given.get("shipping")),
    }
    merge_metadata(document, given)
    return document


def _types(given: Document) -> tuple[list[str], Document | None]:
    """`payment_method_types`, and `automatic_payment_methods` as the reply shows it."""
    named = given.get("allowed_payment_method_types") or given.get("payment_method_types")
    if named:
        return list(named), None
    automatic = given.get("automatic_payment_methods")
    if isinstance(automatic, dict) and automatic.get("enabled") is False:
        return ["card"], None
    redirects = automatic.get("allow_redirects", "always") if isinstance(automatic, dict) else "always"
    excluded = given.get("excluded_payment_method_types") or ()
    shown = [name for name in ("card", "link") if name not in excluded]
    return shown, {"allow_redirects": redirects, "enabled": True}


def card_options(given: Document) -> Document:
    options = given.get("payment_method_options")
    card = options.get("card") if isinstance(options, dict) else None
    return dict(card) if isinstance(card, dict) else {}


def all_options(card: Document, given: Document) -> Document:
    """`payment_method_options` as shown: those of cards always, and what was given for other methods."""
    options = given.get("payment_method_options")
    others = options if isinstance(options, dict) else {}
    return {
        "card": shown_options(card),
        **{name: value for name, value in others.items() if name != "card" and isinstance(value, dict)},
    }


def shown_options(options: Document) -> Document:
    asked = {name: value for name, value in options.items() if name.startswith(("request_", "setup_future"))}
    return {
        "installments": None,
        "mandate_options": None,
        "network": None,
        "request_three_d_secure": "automatic",
        **asked,
    }


def check_compatible(intent: Intent, method: Method | None) -> None:
    if method is None:
        return
    if method.detached:
        raise refuse_begun("A detached payment method cannot be used again.", code="payment_method_unexpected_state")
    owner = method.document["customer"]
    if owner is not None and owner != intent.document["customer"]:
        raise refuse_begun("The payment method belongs to another customer.", param="payment_method")
    check_type(intent.document, METHODS[method.document["type"]])


def check_type(document: Document, row: MethodRow) -> None:
    """Raises Refusal for a method that an intent does not take: by its types, its currency, or how it captures."""
    automatic = document["automatic_payment_methods"]
    excluded = document["excluded_payment_method_types"] or ()
    redirects = automatic is None or automatic["allow_redirects"] != "never" or row.course != "redirect"
    listed = row.name in document["payment_method_types"] or (automatic is not None and row.name not in excluded)
    if not listed or not redirects:
        message = f"This PaymentIntent does not take payment methods of type {row.name}."
        raise refuse_begun(message, code="payment_intent_incompatible_payment_method", param="payment_method")
    check_fits(row, document["currency"], document["capture_method"], "payment_method")


def check_fits(row: MethodRow, currency: str, capture: str, param: str) -> None:
    """Raises Refusal for a currency that a method does not take, and for a hold with a method that has none."""
    if not row.takes(currency):
        message = f"{row.name} cannot be paid in {currency}; it can in {' '.join(row.published.currencies).lower()}."
        raise refuse_begun(message, code="payment_method_currency_mismatch", param=param)
    if capture == "manual" and not row.published.holds:
        message = f"{row.name} cannot be captured later: capture_method=manual does not fit."
        raise refuse_begun(message, code="payment_intent_invalid_parameter", param="capture_method")


def provide(intent: Intent, method: Method) -> None:
    move(PAYMENT_INTENT, intent.document, Step.PROVIDE)
    intent.document.update(payment_method=method.document["id"], next_action=None)
