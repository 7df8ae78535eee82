"""Adyen's identifiers: 16 characters for every call and payment, and sealed texts that a shopper's browser carries.

Source: examples in the Checkout v72 description (JLCMPCQ8HXSKGK82, Ab02b4c0!BQAB…). A sealed text of ours names the
merchant account that it belongs to, since /payments/details and GET /sessions name none.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_gateways.core.tenants import World

_MARK = "Ab02b4c0!"
_SUFFIX = "82"


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a sealed text says: what it is for, whose it is, and what it belongs to."""

    purpose: str
    account: str
    reference: str


def new_reference(world: World) -> str:
    """A new pspReference: 14 upper-case letters and digits, and 82."""
    return world.ids.new("", 14).upper() + _SUFFIX


def reference_of_call(request_id: str) -> str:
    """The pspReference of an API call itself, which is none of a payment's."""
    return request_id.removeprefix("req_").upper()[:14].ljust(14, "0") + _SUFFIX


def seal(world: World, purpose: str, account: str, reference: str) -> str:
    """A text that nobody can guess, from which the account can be told without knowing the tenant."""
    text = "|".join((purpose, account, reference, world.ids.new("", 16)))
    return _MARK + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unseal(text: object) -> Sealed | None:
    """What a sealed text says, or None for any other value."""
    if not isinstance(text, str) or not text.startswith(_MARK) or not text.isascii():
        return None
    encoded = text.removeprefix(_MARK)
    try:
        plain = base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    parts = plain.split("|")
    return Sealed(*parts[:3]) if len(parts) == 4 else None
