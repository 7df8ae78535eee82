"""Customers. Source: razorpay.com/docs/api/customers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.errors import refuse
from mock_gateways.razorpay.lists import list_reply
from mock_gateways.razorpay.lookup import find_customer
from mock_gateways.razorpay.parameters import check, shown_notes
from mock_gateways.razorpay.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_DIGITS = re.compile(r"\+?[0-9 -]*")
LEAST_DIGITS = 8


def _check_contact(given: Document) -> None:
    contact = given.get("contact")
    if contact and (not _DIGITS.fullmatch(contact) or sum(sign.isdigit() for sign in contact) < LEAST_DIGITS):
        text = f"Contact number should be at least {LEAST_DIGITS} digits, including country code."
        raise refuse(text, field="contact")


def create_customer(world: World, request: Request) -> Reply:
    """Create a customer, or hand back the one with the same e-mail and contact when `fail_existing` is 0."""
    given = check(request.parameters, schemas.CUSTOMER_CREATE)
    _check_contact(given)
    known = _known(world, given)
    if known is not None:
        if given.get("fail_existing", True):
            raise refuse("Customer already exists for the merchant")
        return Reply(200, known)
    customer: Document = {
        "id": world.ids.new("cust_", 14),
        "entity": "customer",
        "name": given.get("name"),
        "email": given.get("email"),
        "contact": given.get("contact"),
        "gstin": given.get("gstin"),
        "notes": shown_notes(given),
        "created_at": world.clock.now(),
    }
    store_of(world).customers.add(customer["id"], customer["created_at"], customer, {"contact": customer["contact"]})
    return Reply(200, customer)


def _known(world: World, given: Document) -> Document | None:
    if not (given.get("contact") and given.get("email")):
        return None
    found = store_of(world).customers.newest(("contact", given["contact"]))
    return found if found is not None and found["email"] == given["email"] else None


def get_customer(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.NOTHING)
    return Reply(200, find_customer(world, request.ids["customer_id"]))


def update_customer(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.CUSTOMER_UPDATE)
    customer = find_customer(world, request.ids["customer_id"])
    _check_contact(given)
    if "contact" in given and given["contact"] != customer["contact"]:
        customers = store_of(world).customers
        if customer["contact"] is not None:
            customers.unindex("contact", customer["contact"], customer["id"])
        customers.index("contact", given["contact"], customer["id"], customer["created_at"])
    customer.update(given)
    return Reply(200, customer)


def list_customers(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.LIST)
    return list_reply(asked, store_of(world).customers, lambda customer: customer)
