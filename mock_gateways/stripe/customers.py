"""Customers. Source: docs.stripe.com/api/customers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.stripe import schemas
from mock_gateways.stripe.addresses import address_object, shipping_object
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.lookup import find_customer
from mock_gateways.stripe.parameters import check, merge_metadata
from mock_gateways.stripe.payment_methods import attach_to, detach_from, resolve_method
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_PLAIN = ("description", "email", "name", "phone", "business_name", "individual_name")
_KEPT = ("tax_exempt", "preferred_locales", "balance", "invoice_prefix", "next_invoice_sequence")


# Every field of a customer, in Stripe's order, as it is before anything is known of it.
_EMPTY: Document = {
    "id": None,
    "object": "customer",
    "address": None,
    "balance": 0,
    "business_name": None,
    "created": 0,
    "currency": None,
    "customer_account": None,
    "default_source": None,
    "delinquent": False,
    "description": None,
    "discount": None,
    "email": None,
    "individual_name": None,
    "invoice_prefix": None,
    "invoice_settings": {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    },
    "livemode": False,
    "metadata": {},
    "name": None,
    "next_invoice_sequence": 1,
    "phone": None,
    "preferred_locales": [],
    "shipping": None,
    "tax_exempt": "none",
    "test_clock": None,
}


def create_customer(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.CUSTOMER_CREATE)
    method = resolve_method(world, given["payment_method"], "payment_method") if "payment_method" in given else None
    document: Document = {
        **_EMPTY,
        "id": world.ids.new("cus_", 14),
        "created": world.clock.now(),
        "invoice_prefix": world.ids.new("", 8).upper(),
    }
    _apply(document, given)
    store_of(world).customers.add(document["id"], document["created"], document, {"email": document["email"]})
    emit(world, "customer.created", document)
    if method is not None:
        attach_to(world, method, document["id"])
    return Reply(200, expand(world, document, given.get("expand", [])))


def _apply(document: Document, given: Document) -> None:
    for name in _PLAIN:
        if name in given:
            document[name] = given[name] or None
    for name in _KEPT:
        if name in given:
            document[name] = given[name] if given[name] != "" else None
    if "address" in given:
        document["address"] = address_object(given["address"])
    if "shipping" in given:
        document["shipping"] = shipping_object(given["shipping"])
    if isinstance(given.get("invoice_settings"), dict):
        document["invoice_settings"] = {**document["invoice_settings"], **given["invoice_settings"]}
    merge_metadata(document, given)


def get_customer(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    document = find_customer(world, request.ids["customer"], in_path=True, deleted=True)
    return Reply(200, expand(world, document, given.get("expand", [])))


def update_customer(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.CUSTOMER_UPDATE)
    document = find_customer(world, request.ids["customer"], in_path=True)
    before = document["email"]
    _apply(document, given)
    if document["email"] != before:
        shelf = store_of(world).customers
        if before is not None:
            shelf.unindex("email", before, document["id"])
        shelf.index("email", document["email"], document["id"], document["created"])
    emit(world, "customer.updated", document)
    return Reply(200, expand(world, document, given.get("expand", [])))


def delete_customer(world: World, request: Request) -> Reply:
    """A deleted customer stays readable as `deleted`, and its payment methods are detached."""
    check(request.parameters, schemas.EXPAND)
    document = find_customer(world, request.ids["customer"], in_path=True)
    emit(world, "customer.deleted", document)
    store = store_of(world)
    while (method := store.methods.newest(("customer", document["id"]))) is not None:
        detach_from(world, method)
    gone = {"id": document["id"], "object": "customer", "deleted": True}
    store.customers.remove(document["id"])
    store.deleted_customers[document["id"]] = gone
    return Reply(200, gone)


def list_customers(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.CUSTOMER_LIST)
    where = ("email", asked["email"]) if "email" in asked else None
    return list_reply(
        world,
        request,
        asked,
        Listing(shelf=store_of(world).customers, render=lambda c: c, where=where, kind="customer"),
    )
