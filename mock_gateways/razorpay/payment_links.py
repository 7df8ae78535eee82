"""Payment links: an order with an address where it can be paid. Source: razorpay.com/docs/api/payments/payment-links.

`short_url` is a page of ours; what happens on it is in `link_pages`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.amounts import readable
from mock_gateways.core.approvals import await_decision
from mock_gateways.core.messages import Reply
from mock_gateways.core.shelf import Window
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.errors import refuse, refuse_unsimulated
from mock_gateways.razorpay.events import emit
from mock_gateways.razorpay.lookup import find_link, find_order
from mock_gateways.razorpay.money import check_amount, find_currency
from mock_gateways.razorpay.orders import make_order
from mock_gateways.razorpay.parameters import check
from mock_gateways.razorpay.store import store_of
from mock_gateways.razorpay.tables import CURRENCIES

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Order, Payment

LEAST_S = 900
_CHANGEABLE = ("created", "partially_paid")
_NOT_SIMULATED = ("upi_link", "options")


def create_link(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.LINK_CREATE, ("amount",))
    refuse_unsimulated(given, _NOT_SIMULATED)
    given.setdefault("currency", "INR")
    check_amount(given["amount"], find_currency(given["currency"]))
    _check_expiry(world, given)
    reference = given.get("reference_id")
    if reference and store_of(world).links.newest(("reference", reference)):
        raise refuse("payment link creation with reference ID already attempted", field="reference_id")
    link = _make(world, given)
    store_of(world).links.add(link["id"], link["created_at"], link, {"reference": reference or None})
    currency = CURRENCIES[link["currency"]]
    shown = readable(link["amount"], currency.exponent, currency.code)
    link["short_url"] = await_decision(world, request.origin, link["id"], "redirect", shown).url
    return Reply(200, link)


def _check_expiry(world: World, given: Document) -> None:
    if given.get("expire_by") and given["expire_by"] < world.clock.now() + LEAST_S:
        raise refuse("timestamp must be atleast 15 minutes in future", field="expire_by")


def _make(world: World, given: Document) -> Document:
    now = world.clock.now()
    order = make_order(world, {"amount": given["amount"], "currency": given["currency"], "payment_capture": True})
    order.partial = given.get("accept_partial", False)
    link: Document = {
        "accept_partial": order.partial,
        "amount": given["amount"],
        "amount_paid": 0,
        "callback_method": given.get("callback_method", ""),
        "callback_url": given.get("callback_url", ""),
        "cancelled_at": 0,
        "created_at": now,
        "currency": given["currency"],
        "customer": given.get("customer", {}),
        "description": given.get("description", ""),
        "expire_by": given.get("expire_by", 0),
        "expired_at": 0,
        "first_min_partial_amount": given.get("first_min_partial_amount", 0),
        "id": world.ids.new("plink_", 14),
        "notes": given.get("notes") or None,
        "notify": given.get("notify", {"email": False, "sms": False}),
        "order_id": order.document["id"],
        "payments": [],
        "reference_id": given.get("reference_id", ""),
        "reminder_enable": given.get("reminder_enable", False),
        "reminders": [],
        "short_url": "",
        "status": "created",
        "updated_at": now,
        "upi_link": False,
        "user_id": "",
    }
    order.link = link["id"]
    if link["expire_by"]:
        world.clock.schedule(link["expire_by"], _expire, world, link["id"])
    return link


def _expire(world: World, link_id: str) -> None:
    link = find_link(world, link_id)
    if link["status"] in _CHANGEABLE and 0 < link["expire_by"] <= world.clock.now():
        world.approvals.pop(link_id, None)
        link.update(status="expired", expired_at=world.clock.now(), updated_at=world.clock.now())
        emit(world, "payment_link.expired", payment_link=link)


def note_paid(world: World, order: Order, payment: Payment) -> None:
    """A payment of an order was captured: its link, if it has one, is paid, wholly or in part."""
    if order.link is None:
        return
    link, document = find_link(world, order.link), payment.document
    names = ("amount", "created_at", "method", "status")
    link["payments"].append({**{name: document[name] for name in names}, "payment_id": document["id"]})
    status = "paid" if order.document["status"] == "paid" else "partially_paid"
    if status == "paid":
        world.approvals.pop(link["id"], None)
    link.update(amount_paid=order.document["amount_paid"], status=status, updated_at=world.clock.now())
    emit(world, f"payment_link.{status}", payment_link=link, order=order.document, payment=dict(document))


def check_link(world: World, order: Order) -> None:
    """Raise Refusal for an order whose link is cancelled or has expired."""
    if order.link is not None and find_link(world, order.link)["status"] in ("cancelled", "expired"):
        raise refuse("The payment link is no longer active.")


def get_link(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.NOTHING)
    return Reply(200, find_link(world, request.ids["plink_id"]))


def list_links(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.LINK_LIST)
    where = ("reference", asked["reference_id"]) if "reference_id" in asked else None
    found, _ = store_of(world).links.page(Window(100), where)
    wanted = asked.get("payment_id")
    kept = [link for link in found if wanted in (None, *(payment["payment_id"] for payment in link["payments"]))]
    return Reply(200, {"payment_links": kept})


def update_link(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.LINK_UPDATE)
    link = find_link(world, request.ids["plink_id"])
    if link["status"] not in _CHANGEABLE:
        raise refuse("update can only be made in created or partially paid state")
    _check_expiry(world, given)
    link.update(given, updated_at=world.clock.now())
    find_order(world, link["order_id"]).partial = link["accept_partial"]
    if "expire_by" in given:
        world.clock.schedule(given["expire_by"], _expire, world, link["id"])
    return Reply(200, link)


def cancel_link(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.NOTHING)
    link = find_link(world, request.ids["plink_id"])
    if link["status"] in ("paid", "partially_paid"):
        raise refuse("cannot cancel or expire an already paid/partially paid link")
    if link["status"] == "expired":
        raise refuse("cannot cancel or expire an expired link")
    if link["status"] == "created":
        world.approvals.pop(link["id"], None)
        link.update(status="cancelled", cancelled_at=world.clock.now(), updated_at=world.clock.now())
        emit(world, "payment_link.cancelled", payment_link=link)
    return Reply(200, link)
