"""Bodies: how commands become bytes, and bytes become a gateway's own types."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar
from urllib.parse import quote_plus

from pydantic import BaseModel, ConfigDict, ValidationError

from runtime.core.errors import InvalidCommand
from runtime.core.payments import ErrorInfo
from runtime.core.vocabulary import ErrorCode, RetryAdvice

__all__ = [
    "FormValue",
    "JsonValue",
    "Unreadable",
    "Wire",
    "form",
    "json_body",
    "path_segment",
    "read_json",
    "read_object",
]

FormValue = str | int | bool | None | Mapping[str, "FormValue"] | Sequence["FormValue"]
JsonValue = str | int | bool | None | Mapping[str, "JsonValue"] | Sequence["JsonValue"]

# `quote_plus` costs more than all the rest of a request; nearly every value needs none of it.
_is_safe = re.compile(r"[A-Za-z0-9_.\-~]*\Z").match


_is_id = re.compile(r"[A-Za-z0-9_.\-]*[A-Za-z0-9_][A-Za-z0-9_.\-]*\Z").match


def path_segment(identity: str) -> str:
    """An id as one segment of a path. What could change the route is refused, not quoted: servers undo %2F first.

    Raises:
        InvalidCommand: the id holds more than letters, digits, dots, dashes and underscores. Nothing was sent.
    """
    if not _is_id(identity) or ".." in identity:
        wrong = ErrorInfo(code=ErrorCode.INVALID_REQUEST, retry=RetryAdvice.WITH_CORRECTED_DATA)
        raise InvalidCommand("an id holds letters, digits, dots, dashes and underscores only", error=wrong)
    return identity


def form(fields: Mapping[str, FormValue]) -> bytes:
    """Encode as bracketed form: `{"a": {"b": [1]}}` becomes `a[b][0]=1`. None leaves a field out."""
    return "&".join(f"{name}={_quote(value)}" for name, value in _flat(fields)).encode()


def json_body(fields: Mapping[str, JsonValue]) -> bytes:
    """Encode as compact JSON. None leaves a field out, at any depth, and so does an object that comes out empty."""
    return json.dumps(_present(fields), separators=(",", ":"), ensure_ascii=False).encode()


def _present(fields: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    shown = {name: _present(value) if isinstance(value, Mapping) else value for name, value in fields.items()}
    return {name: value for name, value in shown.items() if value is not None and value != {}}


def _flat(fields: Mapping[str, FormValue]) -> Iterator[tuple[str, str]]:
    for key, value in fields.items():
        if value is not None:
            yield from _leaves(_quote(key), value)


def _leaves(name: str, value: FormValue) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, bool):
        yield name, "true" if value else "false"
    elif isinstance(value, int):
        yield name, str(value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if inner is not None:
                yield from _leaves(f"{name}[{_quote(key)}]", inner)
    elif value is not None:
        for index, inner in enumerate(value):
            yield from _leaves(f"{name}[{index}]", inner)


def _quote(text: str) -> str:
    return text if _is_safe(text) else quote_plus(text)


class Wire(BaseModel):
    """A gateway's JSON in its own names: only what we use, strictly typed, never printed with its values."""

    model_config = ConfigDict(strict=True, extra="ignore", hide_input_in_errors=True)


class Unreadable(Exception):
    """A body that is not what the gateway documents. Says where, never what stood there."""


Model = TypeVar("Model", bound=BaseModel)


def read_json(model: type[Model], body: bytes) -> Model:
    """Read a JSON body as `model`.

    Raises:
        Unreadable: not JSON, truncated, or not of that shape. Raised from None: pydantic's errors can hold the body.
    """
    return _read(model, lambda: model.model_validate_json(body))


def read_object(model: type[Model], value: object) -> Model:
    """Read what stood deeper in a body that was read already; raises as `read_json` does."""
    return _read(model, lambda: model.model_validate(value))


def _read(model: type[Model], validate: Callable[[], Model]) -> Model:
    try:
        return validate()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the body"
        raise Unreadable(f"{model.__name__}: {where}: {first['type']}") from None
