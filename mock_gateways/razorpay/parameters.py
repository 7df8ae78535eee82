"""Razorpay's reading of parameters: what is not known is refused, numbers may be text, and the field at fault is named.

A specification maps each field to a kind: "integer", "string", "boolean", "preference" (a boolean or "preferred"),
"list" (of ids), "list of hashes", "hash" (any object), "notes"; a tuple lists the allowed values; a mapping nests.
Sources: the error tables of razorpay.com/docs/api, razorpay.com/docs/api/understand (notes).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mock_gateways.core.forms import as_list
from mock_gateways.razorpay.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document

    Kind = str | tuple[str, ...] | Mapping[str, Any]

_INTEGER = re.compile(r"-?[0-9]{1,15}")
LARGEST = 10**15 - 1
LONGEST_STRING = 2_048
NOTES, NOTE_LENGTH = 15, 256
# True and False are 1 and 0 too.
_BOOLEANS = {1: True, 0: False, "1": True, "0": False, "true": True, "false": False}


def check(parameters: Document, specification: Mapping[str, Kind], required: tuple[str, ...] = ()) -> Document:
    """The parameters with their types; a field that is null counts as left out.

    Raises Refusal for the first that is unknown, missing or malformed, in this order.
    """
    return _mapping(parameters, specification, "", required)


def _mapping(values: Document, specification: Mapping[str, Kind], path: str, required: tuple[str, ...]) -> Document:
    unknown = [_at(path, name)[:100] for name in values if name not in specification]
    if unknown:
        raise refuse(f"{', '.join(unknown[:5])} is/are not required and should not be sent.", field=unknown[0])
    given = {name: value for name, value in values.items() if value is not None}
    for name in required:
        if name not in given:
            raise refuse(f"The {_at(path, name)} field is required.", field=_at(path, name))
    return {name: _value(value, specification[name], _at(path, name)) for name, value in given.items()}


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _value(value: Any, kind: Kind, field: str) -> Any:
    if isinstance(kind, str):
        return _KINDS[kind](value, field)
    if isinstance(kind, tuple):
        if value not in kind or not isinstance(value, str):
            raise refuse(f"The selected {field} is invalid.", field=field)
        return value
    return _mapping(_hash(value, field), kind, field, ())


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


_KINDS: Mapping[str, Callable[[Any, str], Any]] = {
    "integer": _integer,
    "string": _string,
    "boolean": _boolean,
    "preference": _preference,
    "list": _list,
    "list of hashes": _hashes,
    "hash": _hash,
    "notes": _notes,
}


def shown_notes(given: Document) -> Document | list[Any]:
    """Notes as replies have them: an empty list when there are none. Source: samples of razorpay.com/docs/api."""
    notes: Document = given.get("notes", {})
    return dict(notes) or []
