"""Faults: what a network, a proxy or a gateway does wrong, by route and by count.

A fault never bends the ledger. What was executed is posted, whatever the client is told.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mock_gateways.core.messages import Document, Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Request


class Severed(Exception):
    """The client gets no answer; a transport turns this into its own error, a server closes the socket."""


class TimedOut(Severed):
    """No answer came in time."""


class ConnectionReset(Severed):
    """The connection was reset before an answer came."""


class BadFault(ValueError):
    """A fault that cannot be understood: what, where, and what to do."""


@dataclass(slots=True)
class Fault:
    """Fires on the nth to (nth + times - 1)th API call that matches its route."""

    route: str | None
    nth: int
    times: int
    effect: Document
    seen: int = 0

    def fires(self, method: str, path: str) -> bool:
        if self.route is not None and not _matches(self.route, method, path):
            return False
        self.seen += 1
        return self.nth <= self.seen < self.nth + self.times

    def document(self) -> Document:
        return {"route": self.route, "nth": self.nth, "times": self.times, "effect": self.effect, "seen": self.seen}


def _matches(route: str, method: str, path: str) -> bool:
    wanted, _, template = route.partition(" ")
    parts, actual = template.split("/"), path.split("/")
    return (
        wanted == method
        and len(parts) == len(actual)
        and all(part == here or part.startswith("{") for part, here in zip(parts, actual, strict=True))
    )


@dataclass(slots=True)
class Faults:
    """The faults of one tenant; the first that fires decides, the others still count the call."""

    planned: list[Fault] = field(default_factory=list)

    def take(self, request: Request) -> Document | None:
        fired = [fault.effect for fault in self.planned if fault.fires(request.method, request.path)]
        return fired[0] if fired else None


_PHASES = ("before", "after")
_KEYS = {
    "state": {"state"},
    "status": {"status"},
    "error": {"error", "http", "param"},
    "decline": {"decline", "code", "advice_code", "network_decline_code", "network_advice_code", "param", "message"},
    "raw": {"raw", "commit"},
    "truncate": {"truncate"},
    "timeout": {"timeout"},
    "reset": {"reset"},
    "latency": {"latency"},
    "override": {"override"},
}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_raw(value: Any) -> bool:
    if not (isinstance(value, dict) and isinstance(value.get("status"), int) and isinstance(value.get("body"), str)):
        return False
    headers = value.get("headers", {})
    return isinstance(headers, dict) and all(isinstance(text, str) for pair in headers.items() for text in pair)


_SHAPES: Mapping[str, tuple[Callable[[Any], bool], str]] = {
    "state": (_is_text, "the name of a state of the manifest"),
    "status": (_is_text, "a status string"),
    "error": (_is_text, "an error code of the manifest"),
    "decline": (_is_text, "a decline code"),
    "raw": (_is_raw, 'an object {"status": number, "headers": {...}, "body": text}'),
    "truncate": (lambda value: type(value) is int and value >= 0, "a number of bytes, zero or more"),
    "timeout": (lambda value: value in _PHASES, '"before" or "after"'),
    "reset": (lambda value: value in _PHASES, '"before" or "after"'),
    "latency": (lambda value: type(value) in (int, float) and 0 <= value <= 60, "seconds, from 0 to 60"),
    "override": (lambda value: isinstance(value, dict) and bool(value), 'an object {"dotted.path": value}'),
}


def parse(document: Any, states: set[str], errors: set[str]) -> Fault:
    """The fault a control call describes.

    Raises BadFault, naming the field and what would be right.
    """
    if not isinstance(document, dict) or not isinstance(document.get("effect"), dict):
        raise BadFault('a fault needs an "effect" object, such as {"effect": {"timeout": "after"}}')
    if unknown := sorted(set(document) - {"route", "nth", "times", "effect"}):
        raise BadFault(f"unknown field {unknown[0]!r}; a fault has route, nth, times and effect")
    route = document.get("route")
    if route is not None and not (isinstance(route, str) and " /" in route):
        raise BadFault('"route" must look like "POST /v1/things/{id}", or be left out for any API call')
    for name in ("nth", "times"):
        if type(document.get(name, 1)) is not int or document.get(name, 1) < 1:
            raise BadFault(f"{name!r} must be a whole number from 1")
    _check_effect(document["effect"], {"state": states, "error": errors})
    return Fault(route, document.get("nth", 1), document.get("times", 1), document["effect"])


def _check_effect(effect: Document, known: Mapping[str, set[str]]) -> None:
    kinds = [name for name in _KEYS if name in effect]
    if len(kinds) != 1:
        raise BadFault(f"an effect names exactly one of: {', '.join(_KEYS)}")
    kind = kinds[0]
    if unknown := sorted(set(effect) - _KEYS[kind]):
        raise BadFault(f"unknown field {unknown[0]!r} beside {kind!r}; allowed: {', '.join(sorted(_KEYS[kind]))}")
    fits, wanted = _SHAPES[kind]
    if not fits(effect[kind]):
        raise BadFault(f"{kind!r} must be {wanted}")
    if kind in known and effect[kind] not in known[kind]:
        raise BadFault(f"{effect[kind]!r} is not {wanted}; see the manifest for the names")


def cut_off(effect: Document, phase: str) -> None:
    """Raise what the client will see when the connection is cut in this phase."""
    if effect.get("timeout") == phase:
        raise TimedOut(f"no answer came; the operation was {'' if phase == 'after' else 'not '}executed")
    if effect.get("reset") == phase:
        raise ConnectionReset(
            f"the connection was reset; the operation was {'' if phase == 'after' else 'not '}executed"
        )


def raw_reply(raw: Document) -> Reply:
    return Reply(raw["status"], headers=list(raw.get("headers", {}).items()), raw=raw["body"].encode())


def distort(reply: Reply, effect: Document) -> Reply:
    """The reply as the client gets it: the executed one, altered as the effect says; the original is left alone."""
    if "raw" in effect:
        return raw_reply(effect["raw"])
    if "truncate" in effect:
        return Reply(reply.status, headers=list(reply.headers), raw=reply.body()[: effect["truncate"]])
    document = reply.document if reply.raw is None else json.loads(reply.raw)
    changes = effect.get("override", {})
    if "status" in effect and "status" in document:
        changes = {"status": effect["status"]}
    for path, value in changes.items():
        document = _replaced(document, path.split("."), value)
    return Reply(reply.status, document, list(reply.headers))


def _replaced(node: Any, steps: list[str], value: Any) -> Any:
    step, rest = steps[0], steps[1:]
    if isinstance(node, list) and step.isdigit() and int(step) < len(node):
        changed = list(node)
        changed[int(step)] = _replaced(node[int(step)], rest, value) if rest else value
        return changed
    if isinstance(node, dict):
        return {**node, step: _replaced(node.get(step), rest, value) if rest else value}
    return {step: _replaced(None, rest, value) if rest else value}
