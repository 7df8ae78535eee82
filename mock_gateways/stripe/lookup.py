"""Finding objects by id, or refusing as Stripe does: 404 for an id in the path, 400 for one in a parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.stripe.errors import missing
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent


def find_customer(world: World, object_id: str, *, in_path: bool, deleted: bool = False) -> Document:
    """The customer of an id; a deleted one only when that is wanted."""
    store = store_of(world)
    customer = store.customers.get(object_id) or (store.deleted_customers.get(object_id) if deleted else None)
    if customer is None:
        raise missing("customer", object_id, "id" if in_path else "customer", in_path=in_path)
    return customer


def find_intent(world: World, object_id: str, *, param: str = "intent", in_path: bool = True) -> Intent:
    intent = store_of(world).intents.get(object_id)
    if intent is None:
        raise missing("payment_intent", object_id, param, in_path=in_path)
    return intent


def find_charge(world: World, object_id: str, *, param: str = "charge", in_path: bool = True) -> Document:
    charge = store_of(world).charges.get(object_id)
    if charge is None:
        raise missing("charge", object_id, param, in_path=in_path)
    return charge


def find_refund(world: World, object_id: str) -> Document:
    refund = store_of(world).refunds.get(object_id)
    if refund is None:
        raise missing("refund", object_id, "refund", in_path=True)
    return refund
