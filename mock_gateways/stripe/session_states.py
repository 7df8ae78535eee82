"""What becomes of a Checkout session when its payment succeeds, is under way, or fails.

Source: docs.stripe.com/payments/checkout/fulfill-orders (`payment_status`, the asynchronous events).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.stripe.events import emit
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent

OPEN, COMPLETE, EXPIRED = "open", "complete", "expired"


def join_session(world: World, session: str | None, intent: Intent) -> None:
    """Have a session shown as the one that an intent pays for."""
    found = store_of(world).sessions.get(session) if session else None
    if found is not None:
        intent.session = session
        _join(world, found.document, "payment_intent", intent.document["id"])


def join_setup(world: World, session: str, setup: Document) -> None:
    """Have a session shown as the one that a SetupIntent is made for."""
    found = store_of(world).sessions.get(session)
    if found is not None:
        _join(world, found.document, "setup_intent", setup["id"])


def _join(world: World, document: Document, field: str, identity: str) -> None:
    # Both kinds of intent stand in one index: their ids never meet.
    store_of(world).sessions.index("intent", identity, document["id"], document["created"])
    document[field] = identity


def _session(world: World, intent: Intent) -> Document | None:
    session = store_of(world).sessions.get(intent.session) if intent.session else None
    return session.document if session else None


def payment_succeeded(world: World, intent: Intent) -> None:
    """Complete the session, or tell that a delayed payment came in after all."""
    document = _session(world, intent)
    if document is None or document["payment_status"] == "paid":
        return
    document["payment_status"] = "paid" if intent.document["status"] == "succeeded" else "unpaid"
    if document["status"] == COMPLETE:
        emit(world, "checkout.session.async_payment_succeeded", document)
    else:
        complete(world, document)


def payment_delayed(world: World, intent: Intent) -> None:
    """The shopper has done their part; the money comes later."""
    document = _session(world, intent)
    if document is not None and document["status"] == OPEN:
        complete(world, document)


def payment_failed(world: World, intent: Intent) -> None:
    document = _session(world, intent)
    if document is not None and document["status"] == COMPLETE:
        emit(world, "checkout.session.async_payment_failed", document)


def complete(world: World, document: Document) -> None:
    document.update(status=COMPLETE, url=None)
    world.approvals.pop(document["id"], None)
    emit(world, "checkout.session.completed", document)
