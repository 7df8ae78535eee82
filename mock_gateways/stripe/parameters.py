"""Stripe's strict reading of parameters: what is not known is refused, and the parameter at fault is named.

Its kinds of parameters: "integer", "string" (cannot be empty), "text" (empty unsets it), "boolean", "list", "hash" (any
mapping), "metadata", "range".
Source: docs.stripe.com/error-codes (parameter_*), docs.stripe.com/api/metadata.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mock_gateways.core.forms import as_list
from mock_gateways.core.specification import Reader
from mock_gateways.stripe.errors import refuse

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Refusal
    from mock_gateways.core.specification import Specification

_INTEGER = re.compile(r"-?[0-9]{1,19}")
LONGEST_STRING = 5_000
RANGE = ("gt", "gte", "lt", "lte")
_BOUNDS: Specification = dict.fromkeys(RANGE, "integer")
METADATA_KEYS, METADATA_KEY_LENGTH, METADATA_VALUE_LENGTH = 50, 40, 500


def check(parameters: Document, specification: Specification, required: tuple[str, ...] = ()) -> Document:
    """The parameters with their types.

    Raises Refusal for the first that is unknown, missing or malformed, in this order.
    """
    return _READER.read(parameters, specification, required)


def _at(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _unknown(params: list[str]) -> Refusal:
    param = params[0][:200]
    return refuse(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")


def _missing(param: str) -> Refusal:
    return refuse(f"Missing required param: {param}.", param=param, code="parameter_missing")


def _nested(value: Any, param: str) -> Document | None:
    if value == "":
        return None
    if not isinstance(value, dict):
        raise refuse(f"Invalid object: {param} takes named fields.", param=param)
    return value


def _text(value: Any, param: str) -> str:
    if not isinstance(value, str):
        raise refuse(f"Invalid string: {param} takes one value.", param=param)
    if len(value) > LONGEST_STRING or "\x00" in value:
        raise refuse(f"Invalid string: {param} is too long or holds a NUL.", param=param)
    return value


def _string(value: Any, param: str) -> str:
    text = _text(value, param)
    if text == "":
        raise refuse(
            f"{param} is empty; leave it out, since it cannot be unset.", param=param, code="parameter_invalid_empty"
        )
    return text


def _integer(value: Any, param: str) -> int:
    text = _string(value, param)
    if not _INTEGER.fullmatch(text):
        raise refuse(f"Invalid integer: {param}.", param=param, code="parameter_invalid_integer")
    return int(text)


def _boolean(value: Any, param: str) -> bool:
    text = _string(value, param)
    if text not in ("true", "false"):
        raise refuse(f"Invalid boolean: {param} must be true or false.", param=param)
    return text == "true"


def _choice(value: Any, choices: tuple[str, ...], param: str) -> str:
    # A choice of "" says that the parameter can be unset.
    text = _text(value, param) if "" in choices else _string(value, param)
    if text not in choices:
        raise refuse(f"Invalid {param}: must be one of {', '.join(c for c in choices if c)}.", param=param)
    return text


def _list(value: Any, param: str) -> list[str]:
    items = [] if value == "" else as_list(value)
    if items is None:
        raise refuse(f"Invalid array: {param} takes a list.", param=param)
    return [_string(item, f"{param}[{index}]") for index, item in enumerate(items)]


def _hash(value: Any, param: str) -> Any:
    if value != "" and not isinstance(value, dict | list):
        raise refuse(f"Invalid object: {param} takes named fields.", param=param)
    return value


def _range(value: Any, param: str) -> Document:
    """A moment, or a mapping of gt, gte, lt, lte, as inclusive bounds."""
    if not isinstance(value, dict):
        moment = _integer(value, param)
        return {"gte": moment, "lte": moment}
    bounds = _READER.read(value, _BOUNDS, path=param)
    if "gt" in bounds:
        bounds["gte"] = max(bounds.get("gte", 0), bounds["gt"] + 1)
    if "lt" in bounds:
        bounds["lte"] = min(bounds.get("lte", bounds["lt"]), bounds["lt"] - 1)
    return bounds


def _metadata(value: Any, param: str) -> Document | None:
    """Keys and values to set; an empty value unsets its key, and None unsets them all."""
    fields = _nested(value, param)
    if fields is None:
        return None
    if len(fields) > METADATA_KEYS:
        raise refuse(f"{param} holds more than {METADATA_KEYS} keys.", param=param)
    for key, text in fields.items():
        if len(key) > METADATA_KEY_LENGTH:
            raise refuse(f"A key in {param} is longer than {METADATA_KEY_LENGTH} characters.", param=param)
        if len(_text(text, f"{param}[{key}]")) > METADATA_VALUE_LENGTH:
            raise refuse(f"{param}[{key}] is longer than {METADATA_VALUE_LENGTH} characters.", param=f"{param}[{key}]")
    return fields


def merge_metadata(document: Document, parameters: Document) -> None:
    """Apply a `metadata` parameter to an object: set, unset one, or unset all."""
    if "metadata" not in parameters:
        return
    given = parameters["metadata"]
    merged = {} if given is None else {**document["metadata"], **given}
    merged = {key: value for key, value in merged.items() if value != ""}
    if len(merged) > METADATA_KEYS:
        raise refuse(f"metadata would hold more than {METADATA_KEYS} keys.", param="metadata")
    document["metadata"] = merged


_READER = Reader(
    at=_at,
    kinds={
        "integer": _integer,
        "string": _string,
        "text": _text,
        "boolean": _boolean,
        "list": _list,
        "hash": _hash,
        "range": _range,
        "metadata": _metadata,
    },
    choose=_choice,
    nested=_nested,
    unknown=_unknown,
    missing=_missing,
)
