"""Razorpay's reading of parameters: what is not known is refused, numbers may be text, and the field at fault is named.

Its kinds of fields: "integer", "string", "boolean", "preference" (a boolean or "preferred"), "list" (of ids), "list of
hashes", "hash" (any object), "notes".
Sources: the error tables of razorpay.com/docs/api, razorpay.com/docs/api/understand (notes).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mock_gateways.core.forms import as_list
from mock_gateways.core.specification import Reader
from mock_gateways.razorpay.errors import refuse

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Refusal
    from mock_gateways.core.specification import Specification

_INTEGER = re.compile(r"-?[0-9]{1,15}")
LARGEST = 10**15 - 1
LONGEST_STRING = 2_048
NOTES, NOTE_LENGTH = 15, 256
# True and False are 1 and 0 too.
_BOOLEANS = {1: True, 0: False, "1": True, "0": False, "true": True, "false": False}


def check(parameters: Document, specification: Specification, required: tuple[str, ...] = ()) -> Document:
    """The parameters with their types; a field that is null counts as left out.

    Raises Refusal for the first that is unknown, missing or malformed, in this order.
    """
    return _READER.read(parameters, specification, required)


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _unknown(fields: list[str]) -> Refusal:
    shown = [field[:100] for field in fields[:5]]
    return refuse(f"{', '.join(shown)} is/are not required and should not be sent.", field=shown[0])


def _missing(field: str) -> Refusal:
    return refuse(f"The {field} field is required.", field=field)


def _choice(value: Any, choices: tuple[str, ...], field: str) -> str:
    if not isinstance(value, str) or value not in choices:
        raise refuse(f"The selected {field} is invalid.", field=field)
    return value


def _integer(value: Any, field: str) -> int:
    if isinstance(value, str) and _INTEGER.fullmatch(value):
        value = int(value)
    if type(value) is not int or abs(value) > LARGEST:
        raise refuse(f"The {field} must be an integer.", field=field)
    return value


def _string(value: Any, field: str) -> str:
    if type(value) is int and abs(value) <= LARGEST:
        value = str(value)
    if not isinstance(value, str) or len(value) > LONGEST_STRING or "\x00" in value:
        raise refuse(f"The {field} must be a string.", field=field)
    return value


def _boolean(value: Any, field: str) -> bool:
    if not isinstance(value, bool | int | str) or value not in _BOOLEANS:
        raise refuse(f"The {field} field must be true or false.", field=field)
    return _BOOLEANS[value]


def _preference(value: Any, field: str) -> bool:
    return value == "preferred" or _boolean(value, field)


def _list(value: Any, field: str) -> list[str]:
    items = as_list(value)
    if items is None:
        raise refuse(f"The {field} must be an array.", field=field)
    return [_string(item, field) for item in items]


def _hashes(value: Any, field: str) -> list[Document]:
    items = as_list(value)
    if items is None or not all(isinstance(item, dict) for item in items):
        raise refuse(f"The {field} must be an array.", field=field)
    return items


def _hash(value: Any, field: str) -> Document:
    if value == []:
        return {}
    if not isinstance(value, dict):
        raise refuse(f"The {field} must be an array.", field=field)
    return value


def _notes(value: Any, field: str) -> Document:
    notes = _hash(value, field)
    if len(notes) > NOTES:
        raise refuse(f"Number of fields in notes should be less than or equal to {NOTES}", field=field)
    for name, text in notes.items():
        if not isinstance(text, str | int | float | bool) or len(str(text)) > NOTE_LENGTH or len(name) > NOTE_LENGTH:
            raise refuse("notes values themselves should not be an array or too long.", field=field)
    return notes


_READER = Reader(
    at=_at,
    kinds={
        "integer": _integer,
        "string": _string,
        "boolean": _boolean,
        "preference": _preference,
        "list": _list,
        "list of hashes": _hashes,
        "hash": _hash,
        "notes": _notes,
    },
    choose=_choice,
    nested=_hash,
    unknown=_unknown,
    missing=_missing,
)


def shown_notes(given: Document) -> Document | list[Any]:
    """Notes as replies have them: an empty list when there are none. Source: samples of razorpay.com/docs/api."""
    notes: Document = given.get("notes", {})
    return dict(notes) or []
