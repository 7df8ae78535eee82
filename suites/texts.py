"""The texts of a command, wherever they stand in it, and what of a request each of them reaches."""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from typing import Any, get_args, get_type_hints
from urllib.parse import parse_qsl

from runtime.core.money import Money
from runtime.core.secret import Secret

__all__ = ["HOSTILE", "documented", "is_masked", "lists", "places", "put", "said", "secrets_of", "wire"]

Place = tuple[str, ...]

# What shoppers and shops have typed, pasted or cut short, and what strangers have tried.
HOSTILE: Mapping[str, str] = {
    "a form": "x&amount=1&a[b]=c&y[]=d;z=1",
    "JSON": 'x", "amount": 1, "y": "z',
    "half of JSON": 'x", "y": {"z": "\\',
    "a header": "x\r\nX-Injected: 1\r\n\r\n{}",
    "a path": "../../refunds/%2e%2e%2fx?amount=1#y",
    "XML, GraphQL and templates": "<!ENTITY e 'x'>&e;]]></amount>\") { id } mutation { pay }${7*7}{{7}}{amount}",
    "control characters": "\x00\x01\x1b[2J\x7f\x85\u2028\ufeff",
    "many scripts": "日本語 اختبار \u202exyz é́ 😀\U0001f1ea\U0001f1fa ﷽",
    "half an emoji": "smile \ud83d",
    "a very long one": "long " * 4_000,
}


def places(command: Any) -> Iterator[Place]:
    """Where texts stand, or could: fields of the command and of its parts, and what mappings hold."""
    hints = get_type_hints(type(command))
    for one in fields(command):
        value, kinds = getattr(command, one.name), (hints[one.name], *get_args(hints[one.name]))
        if isinstance(value, Mapping):
            yield from ((one.name, key) for key in value)
        elif is_dataclass(value) and not isinstance(value, type | Money):
            yield from ((one.name, *inner) for inner in places(value))
        elif not isinstance(value, Enum) and (str in kinds or Secret in kinds):
            yield (one.name,)


def lists(command: Any) -> list[str]:
    """The fields whose names a caller chooses."""
    return [one.name for one in fields(command) if isinstance(getattr(command, one.name), Mapping)]


def put(command: Any, place: Place, text: str) -> Any:
    """The command with this text there."""
    name, *inner = place
    value = getattr(command, name)
    if isinstance(value, Mapping):
        return replace(command, **{name: {**value, inner[0]: text}})
    if inner:
        return replace(command, **{name: put(value, tuple(inner), text)})
    hint = get_type_hints(type(command))[name]
    return replace(command, **{name: Secret(text) if Secret in (hint, *get_args(hint)) else text})


def secrets_of(value: Any) -> Iterator[str]:
    """Every secret in a command or an outcome, however deep."""
    if isinstance(value, Secret):
        yield value.reveal()
    elif is_dataclass(value) and not isinstance(value, type):
        for one in fields(value):
            yield from secrets_of(getattr(value, one.name))


def wire(exchange: Mapping[str, Any]) -> dict[Place, Any]:
    """A request taken apart: what stands at which place of its line, its headers and its body.

    Raises:
        ValueError: the body is not what its content type says.
    """
    request = exchange["request"]
    path, _, query = request["path"].partition("?")
    headers = {name.lower(): value for name, value in request["headers"].items()}
    found: dict[Place, Any] = {("method",): request["method"]}
    found |= {("path", str(at)): part for at, part in enumerate(path.split("/"))}
    found |= {("header", name): value for name, value in headers.items() if name not in ("content-length", "host")}
    found |= _pairs("query", parse_qsl(query, keep_blank_values=True))
    if "json" in headers.get("content-type", ""):
        found |= dict(_leaves(("body",), json.loads(request["body"])))
    else:
        found |= _pairs("body", parse_qsl(request["body"], keep_blank_values=True))
    return found


def said(exchanges: Iterable[Mapping[str, Any]]) -> frozenset[str]:
    """Every value that stands in a JSON reply, as text; an object or a list counts as one, too, and null as none."""
    found: set[str] = set()
    for exchange in exchanges:
        with suppress(ValueError):
            found.update(_values(json.loads(exchange["response"]["body"])))
    return frozenset(found)


def _values(value: Any) -> Iterator[str]:
    if value is not None:
        yield value if isinstance(value, str) else json.dumps(value)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _values(inner)


def documented(request: Mapping[Place, Any]) -> dict[str, str]:
    """The body of a request by the names that a gateway's documents use: `a[b]` of a form, `a.b` of JSON."""
    is_form = "json" not in str(request.get(("header", "content-type"), ""))
    body = {place[1:]: value for place, value in request.items() if place[0] == "body"}
    return {".".join(place[:-1] if is_form else place): str(value) for place, value in body.items()}


def is_masked(text: str, seen: str) -> bool:
    """Whether that is what a journal keeps of a text: each sign as it is, or an asterisk for it."""
    return len(text) == len(seen) and all(shown in (sign, "*") for sign, shown in zip(text, seen, strict=True))


def _pairs(part: str, pairs: Iterable[tuple[str, str]]) -> dict[Place, Any]:
    """Every name with how often it has come before: a name that comes twice is another place."""
    found: dict[Place, Any] = {}
    for name, value in pairs:
        count = sum(place[1] == name for place in found)
        found[part, name, str(count)] = value
    return found


def _leaves(place: Place, value: Any) -> Iterator[tuple[Place, Any]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves((*place, key), inner)
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _leaves((*place, str(at)), inner)
    else:
        yield place, value
