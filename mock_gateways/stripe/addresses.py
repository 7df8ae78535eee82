"""Addresses as Stripe shows them: every field is there, null where nothing is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document

_ADDRESS = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
_SHIPPING = ("carrier", "name", "phone", "tracking_number")
_BILLING = ("email", "name", "phone", "tax_id")


def address_object(given: Any) -> Document | None:
    """An `address`, or None when it was unset."""
    return {**_ADDRESS, **{name: value or None for name, value in given.items()}} if given else None


def shipping_object(given: Any) -> Document | None:
    """A `shipping` hash, or None when it was unset."""
    if not given:
        return None
    return {"address": address_object(given.get("address")), **{name: given.get(name) or None for name in _SHIPPING}}


def billing_object(given: Any) -> Document:
    """A `billing_details` hash; its address is never null."""
    given = given or {}
    address = address_object(given.get("address")) or dict(_ADDRESS)
    return {"address": address, **{name: given.get(name) or None for name in _BILLING}}
