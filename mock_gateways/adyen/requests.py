"""The fields of every request, checked as the Checkout and Dispute descriptions have them.

Sources: Checkout v72 and DisputeService v30 (fields, types, lengths), docs.adyen.com/development-resources/error-codes.
Whether a field that nobody knows is refused is a setting. Nested objects are checked only where they are read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.tables import CURRENCIES, FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.adyen.tables import Field
    from mock_gateways.core.manifest import Currency
    from mock_gateways.core.messages import Document, Refusal, Request
    from mock_gateways.core.tenants import World

UNREADABLE = "702"
LARGEST = (1 << 63) - 1
DEEPEST = 40
# The code for a field that is missing, for one that is too long, and for a value that is not among the allowed.
_MISSING = {
    "amount": "100",
    "merchantAccount": "901",
    "merchantAccountCode": "901",
    "paymentMethod": "14_006",
    "reference": "130",
    "returnUrl": "14_030",
    "shopperReference": "121",
}
_LENGTH = {"reference": "198", "shopperReference": "180"}
_CHOICE = {"shopperInteraction": "217", "recurringProcessingModel": "125"}
# Recorded clients write these as they like.
_CASELESS = frozenset({"channel"})
_KINDS: Mapping[str, Callable[[Any], bool]] = {
    "string": lambda value: isinstance(value, str),
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "boolean": lambda value: isinstance(value, bool),
    "integer": lambda value: type(value) is int and abs(value) <= LARGEST,
    "amount": lambda value: isinstance(value, dict),
}


def check(world: World, request: Request) -> Document:
    """The body of a request, all of whose fields are known and of the right type.

    Raises Refusal: 400 for the wrong shape, 422 for what is missing, too long or not allowed.
    """
    given, known = request.parameters, FIELDS[request.route.operation if request.route else ""]
    _check_texts(given, 0)
    _check_known(world, given, known)
    for name, value in given.items():
        if name in known and value is not None:
            _check_field(known[name], value)
    for name, field in known.items():
        if field.required and given.get(name) in (None, "", {}):
            raise _missing(name)
    return {name: value for name, value in given.items() if value is not None}


def _check_known(world: World, given: Document, known: Mapping[str, Field]) -> None:
    unknown = sorted(set(given) - set(known))
    if unknown and world.settings["refuse_unknown_fields"]:
        shown = ", ".join(name[:40] for name in unknown[:5])
        raise refuse(UNREADABLE, f"The request has fields that are not known: {shown}")


def _missing(name: str) -> Refusal:
    code = _MISSING.get(name, "158")
    return refuse(code, f"Required field '{name}' is not specified." if code == "158" else None)


def _check_field(field: Field, value: Any) -> None:
    check_kind = _KINDS.get(field.kind)
    if check_kind is None:
        _check_choice(field, value)
        return
    if not check_kind(value):
        raise refuse(UNREADABLE, f"Unexpected input for field '{field.field}'.")
    if field.longest is not None and len(value) > field.longest:
        code = _LENGTH.get(field.field, "29_001")
        raise refuse(code, f"Field '{field.field}' may not exceed {field.longest} characters.")
    # An empty text is none: so it was recorded.
    if field.shortest and 0 < len(value) < field.shortest:
        raise refuse(_LENGTH.get(field.field, "158"))


def _check_choice(field: Field, value: Any) -> None:
    allowed = field.kind.split("|")
    if not isinstance(value, str):
        raise refuse(UNREADABLE, f"Unexpected input for field '{field.field}'.")
    caseless = field.field in _CASELESS and value.lower() in {choice.lower() for choice in allowed}
    if value not in allowed and not caseless:
        code = _CHOICE.get(field.field, UNREADABLE)
        raise refuse(
            code, None if code != UNREADABLE else f"Field '{field.field}' must be one of {', '.join(allowed)}."
        )


def _check_texts(value: Any, depth: int) -> None:
    """Refuse what cannot be written down again: nesting without end, halves of characters."""
    if depth > DEEPEST:
        raise refuse(UNREADABLE, "The body is nested too deeply.")
    if isinstance(value, dict):
        for name, inner in value.items():
            _check_texts(name, depth)
            _check_texts(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_texts(inner, depth + 1)
    elif isinstance(value, str) and ("\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value)):
        raise refuse(UNREADABLE, "A text holds a character that is none.")


def read_amount(world: World, given: Document, *, least: int = 0) -> tuple[int, Currency]:
    """The `amount` of a request in minor units of Adyen's own, and its currency.

    A value that is written as a text of digits is taken, as it was recorded. Raises Refusal: 138 for a currency that is
    not on Adyen's list, 137 for a value below `least` or beyond 64 bits.
    """
    amount = given["amount"]
    value, code = amount.get("value"), amount.get("currency")
    if isinstance(value, str) and value.isascii() and value.removeprefix("-").isdigit() and len(value) < 20:
        value = int(value)
    if not isinstance(code, str) or code not in CURRENCIES:
        raise refuse("138")
    if type(value) is not int:
        raise refuse("137" if value is None else UNREADABLE, None if value is None else "Unexpected input for 'value'.")
    if value < 0:
        # 137 was recorded; 920 is published for a negative total.
        raise refuse(str(world.settings["negative_amount_code"]), http=int(world.settings["negative_amount_http"]))
    if not least <= value <= LARGEST:
        raise refuse("137")
    return value, CURRENCIES[code]
