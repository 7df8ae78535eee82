"""Finding entities by id, or refusing as Razorpay does: both what is no id and what does not exist is 400."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from mock_gateways.razorpay.errors import refuse
from mock_gateways.razorpay.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.shelf import Shelf
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Order, Payment, Token

T = TypeVar("T")
_ID = re.compile(r"[A-Za-z0-9]{14}")


def _find(shelf: Shelf[T], object_id: str, prefix: str, field: str | None) -> T:
    """The entity; ids are 14 letters and digits behind a prefix (razorpay.com/docs/api, error tables)."""
    found = shelf.get(object_id)
    if found is None:
        if _ID.fullmatch(object_id.removeprefix(prefix)):
            raise refuse("The id provided does not exist", field=field)
        raise refuse(f"{object_id[:64]} is not a valid id", field=field)
    return found


def find_order(world: World, object_id: str, field: str | None = None) -> Order:
    return _find(store_of(world).orders, object_id, "order_", field)


def find_payment(world: World, object_id: str, field: str | None = None) -> Payment:
    return _find(store_of(world).payments, object_id, "pay_", field)


def find_refund(world: World, object_id: str) -> Document:
    return _find(store_of(world).refunds, object_id, "rfnd_", None)


def find_customer(world: World, object_id: str, field: str | None = None) -> Document:
    return _find(store_of(world).customers, object_id, "cust_", field)


def find_token(world: World, object_id: str, customer: str, field: str | None = None) -> Token:
    token = _find(store_of(world).tokens, object_id, "token_", field)
    if token.customer != customer:
        raise refuse("The id provided does not exist", field=field)
    return token


def find_dispute(world: World, object_id: str) -> Document:
    return _find(store_of(world).disputes, object_id, "disp_", None)


def find_document(world: World, object_id: str) -> Document:
    return _find(store_of(world).documents, object_id, "doc_", None)


def find_link(world: World, object_id: str) -> Document:
    return _find(store_of(world).links, object_id, "plink_", None)
