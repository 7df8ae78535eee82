"""What a SetupIntent and its attempts look like.

Source: docs.stripe.com/api/setup_intents/object, /setup_attempts/object, and their recorded fixtures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.stripe.intent_fields import card_options
from mock_gateways.stripe.parameters import merge_metadata
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Method, Setup

DEFAULT_TYPES = ("card", "link")


def setup_document(world: World, given: Document) -> Document:
    """A SetupIntent that was just created."""
    identity = world.ids.new("seti_")
    named = given.get("allowed_payment_method_types") or given.get("payment_method_types")
    automatic = given.get("automatic_payment_methods")
    redirects = automatic.get("allow_redirects", "always") if isinstance(automatic, dict) else "always"
    document: Document = {
        "id": identity,
        "object": "setup_intent",
        "application": None,
        "automatic_payment_methods": None if named else {"allow_redirects": redirects, "enabled": True},
        "cancellation_reason": None,
        "client_secret": world.ids.new(f"{identity}_secret_", 25),
        "created": world.clock.now(),
        "customer": given.get("customer"),
        "customer_account": None,
        "description": given.get("description") or None,
        "excluded_payment_method_types": given.get("excluded_payment_method_types"),
        "flow_directions": None,
        "last_setup_error": None,
        "latest_attempt": None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "mandate": None,
        "metadata": {},
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": setup_options(given),
        "payment_method_types": list(named or DEFAULT_TYPES),
        "single_use_mandate": None,
        "status": "requires_payment_method",
        "usage": given.get("usage", "off_session"),
    }
    merge_metadata(document, given)
    return document


def setup_options(given: Document) -> Document:
    """`payment_method_options` as shown: those of cards always, and what was given for other methods."""
    options = given.get("payment_method_options")
    others = options if isinstance(options, dict) else {}
    card = {"mandate_options": None, "network": None, "request_three_d_secure": "automatic", **card_options(given)}
    return {
        "card": card,
        **{name: value for name, value in others.items() if name != "card" and isinstance(value, dict)},
    }


def note_attempt(world: World, setup: Setup, method: Method, status: str, error: Document | None = None) -> None:
    """Keep what one confirmation came to as a SetupAttempt, the intent's latest."""
    document, kind, now = setup.document, method.document["type"], world.clock.now()
    identity = world.ids.new("setatt_")
    attempt: Document = {
        "id": identity,
        "object": "setup_attempt",
        "application": None,
        "created": now,
        "customer": document["customer"],
        "customer_account": None,
        "flow_directions": None,
        "livemode": False,
        "on_behalf_of": None,
        "payment_method": method.document["id"],
        "payment_method_details": {kind: {}, "type": kind},
        "setup_error": error,
        "setup_intent": document["id"],
        "status": status,
        "usage": document["usage"],
    }
    store_of(world).setup_attempts.add(identity, now, attempt, {"setup_intent": document["id"]})
    document["latest_attempt"] = identity
