"""Commands, outcomes and errors as JSON, for a connector in another process or another language.

Every object says its type; an amount is in minor units, bytes are base64, a secret stands in clear: whoever connects
does so on loopback. The JSON Schema of all of it is drawn from the same types.
"""

import types
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, ClassVar, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.json_schema import models_json_schema

from runtime.core import errors, payments
from runtime.core.connector import Capabilities, Offer
from runtime.core.money import Money
from runtime.core.secret import Secret
from runtime.core.webhooks import Event

__all__ = ["FORM", "BadForm", "built", "error_form", "form", "read_error", "schema"]

# Where an object says what it is; no field of any has this name.
FORM = "form"
_OUTCOMES = tuple(get_args(payments.Outcome))
TYPES: Mapping[str, type[Any]] = {
    kind.__name__: kind for kind in (*payments.FLOWS, *_OUTCOMES, payments.ErrorInfo, Event, Offer, Capabilities)
}
ERRORS: Mapping[str, type[errors.ConnectorError]] = {
    name: kind
    for name in errors.__all__
    if isinstance(kind := getattr(errors, name), type) and issubclass(kind, errors.ConnectorError)
}


class BadForm(ValueError):
    """What came is not of the form; the text says where."""


def form(value: Any) -> Any:  # noqa: PLR0911 - a table of kinds
    """A value as plain JSON."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        return {FORM: type(value).__name__} | {one.name: form(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, Mapping):
        return {str(form(key)): form(inner) for key, inner in value.items()}
    if isinstance(value, frozenset):
        return sorted(form(inner) for inner in value)
    return [form(inner) for inner in value] if isinstance(value, list | tuple) else value


def built(kind: type[Any], data: Any) -> Any:
    """The value of a type that a form stands for.

    Raises:
        BadForm: a field is missing, unknown or of another type.
    """
    try:
        model(kind).model_validate(data)  # type: ignore[arg-type]  # a class is hashable
    except ValidationError as problem:
        first = problem.errors(include_input=False, include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the whole"
        raise BadForm(f"{kind.__name__}: {where}: {first['msg']}") from None
    return _object(kind, data)


def _object(kind: type[Any], data: Mapping[str, Any]) -> Any:
    hints = _hints(kind)  # type: ignore[arg-type]  # as above
    return kind(**{name: _value(hints[name], inner) for name, inner in data.items() if name != FORM})


def _value(hint: Any, data: Any) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if data is None or hint is Any:
        return data
    if origin in (Union, types.UnionType):
        named = data.get(FORM) if isinstance(data, dict) else None
        wanted = next((one for one in arguments if named and getattr(one, "__name__", "") == named), None)
        return _value(wanted or next(one for one in arguments if one is not type(None)), data)
    if origin is tuple:
        inner = arguments[0] if arguments[-1] is Ellipsis else None
        return tuple(_value(inner or arguments[index], one) for index, one in enumerate(data))
    if origin is frozenset:
        return frozenset(_value(arguments[0], one) for one in data)
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return {_value(arguments[0], key): _value(arguments[1], one) for key, one in data.items()}
    return _leaf(hint, data)


def _leaf(hint: Any, data: Any) -> Any:
    if hint is Secret:
        return Secret(data)
    if hint is bytes:
        return b64decode(data)
    if is_dataclass(hint):
        return _object(hint, data)  # type: ignore[arg-type]  # a dataclass here is always a class
    return hint(data) if isinstance(hint, type) and issubclass(hint, Enum) else data


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind)}


@cache
def model(kind: Any) -> type[BaseModel]:
    """The form of a dataclass as a strict model."""
    given: dict[str, Any] = {FORM: (Literal[kind.__name__], kind.__name__)}
    for one in fields(kind):
        needed = one.default is MISSING and one.default_factory is MISSING
        given[one.name] = (_plain(_hints(kind)[one.name]), ... if needed else None)
    found: type[BaseModel] = create_model(kind.__name__, __config__=ConfigDict(extra="forbid"), **given)
    return found


def _plain(hint: Any) -> Any:  # noqa: PLR0911 - as above
    origin, arguments = get_origin(hint), get_args(hint)
    if hint in (Secret, bytes):
        return str
    if origin is type or origin is ClassVar:
        return str
    if is_dataclass(hint):
        return model(hint)  # type: ignore[arg-type]  # as above
    if origin in (Union, types.UnionType):
        return Union[tuple(_plain(one) for one in arguments)]  # noqa: UP007 - made from a tuple
    if origin in (tuple, frozenset):
        return list[Any] if origin is tuple and arguments[-1] is not Ellipsis else list[_plain(arguments[0])]  # type: ignore[misc]
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return dict[_plain(arguments[0]), _plain(arguments[1])]  # type: ignore[misc]
    return hint


def error_form(error: errors.ConnectorError) -> dict[str, Any]:
    """An error as JSON: its kind, and all that travels with it."""
    told = {
        name: form(getattr(error, name)) for name in ("status", "error", "transaction_id", "outcome", "retry_after")
    }
    return {FORM: type(error).__name__, "message": str(error), **told}


def read_error(data: Mapping[str, Any]) -> errors.ConnectorError:
    """The error of a form.

    Raises:
        BadForm: no kind of error, or a part that is none.
    """
    kind, info, outcome = ERRORS.get(data.get(FORM, "")), data.get("error"), data.get("outcome")
    if kind is None:
        raise BadForm(f"an error is one of {', '.join(ERRORS)}, not {data.get(FORM)!r}")
    return kind(
        str(data.get("message", "")),
        status=data.get("status"),
        error=None if info is None else built(payments.ErrorInfo, info),
        transaction_id=data.get("transaction_id"),
        outcome=None if outcome is None else read_outcome(outcome),
        retry_after=data.get("retry_after"),
    )


def read_outcome(data: Mapping[str, Any]) -> payments.Outcome:
    kind = {one.__name__: one for one in _OUTCOMES}.get(data.get(FORM, ""))
    if kind is None:
        raise BadForm(f"an outcome is one of {', '.join(one.__name__ for one in _OUTCOMES)}, not {data.get(FORM)!r}")
    outcome: payments.Outcome = built(kind, data)
    return outcome


def schema() -> dict[str, Any]:
    """The JSON Schema of every command, outcome and part, and of what is asked and answered, by its name."""
    inputs: Any = [(model(kind), "validation") for kind in (*TYPES.values(), Money)]
    document = dict(models_json_schema(inputs, title="Assay: a connector over HTTP")[1])
    document["$defs"] = {**document["$defs"], **_calls()}
    return document


def _calls() -> dict[str, Any]:
    """The bodies of the calls: Description of /connector, Run and Ran of /run, Receive and Received of /receive."""
    outcomes = {"anyOf": [_ref(kind.__name__) for kind in _OUTCOMES]}
    told = {
        "status": _or_null({"type": "integer"}),
        "error": _or_null(_ref("ErrorInfo")),
        "outcome": _or_null(outcomes),
    }
    told |= {"transaction_id": _or_null({"type": "string"}), "retry_after": _or_null({"type": "number"})}
    error = {FORM: {"enum": sorted(ERRORS)}, "message": {"type": "string"}, **told}
    flows = {"type": "array", "items": {"enum": [flow.__name__ for flow in payments.FLOWS]}}
    names = {name: {"type": "string"} for name in ("name", "gateway", "version")}
    asked = {"config": {"type": "object"}, "now": {"type": "number"}}
    commands = {"anyOf": [_ref(flow.__name__) for flow in payments.FLOWS if flow is not payments.IncomingWebhook]}
    failed = _object_of({"error": _ref("Error")})
    heard = _object_of({"events": {"type": "array", "items": _ref("Event")}, "status": {"type": "integer"}})
    return {
        "Error": _object_of(error, FORM, "message", "error"),
        "Description": _object_of({**names, "flows": flows, "capabilities": _ref("Capabilities")}),
        "Run": _object_of({**asked, "command": commands}),
        "Ran": {"anyOf": [_object_of({"outcome": outcomes}), failed]},
        "Receive": _object_of({**asked, "command": _ref("IncomingWebhook")}),
        "Received": {"anyOf": [heard, failed]},
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _or_null(part: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [part, {"type": "null"}]}


def _object_of(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    """An object that has these, or all of its properties where none are named."""
    return {"type": "object", "properties": properties, "required": list(required or properties)}
