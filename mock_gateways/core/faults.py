"""Faults: what a network, a proxy or a gateway does wrong, by route, card, header and count.

A fault never bends the ledger. What was executed is posted, whatever the client is told.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mock_gateways.core.effects import KEYS, SHAPES
from mock_gateways.core.masking import mask_headers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_gateways.core.messages import Document, Request

# With this header a request brings its own fault: the JSON of an effect.
HEADER = "x-mock-fault"


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
    """Fires on the nth to (nth + times - 1)th API call that matches its route, card and header.

    With `times` 0 it fires from the nth on, always. `card` is four digits that a card number ends in, or the token
    of an instrument; `header` a name and its value.
    """

    route: str | None
    nth: int
    times: int
    effect: Document
    seen: int = 0
    card: str | None = None
    header: tuple[str, str] | None = None

    def fires(self, request: Request) -> bool:
        if not self._matches(request):
            return False
        self.seen += 1
        return self.nth <= self.seen and (self.times == 0 or self.seen < self.nth + self.times)

    def _matches(self, request: Request) -> bool:
        if self.route is not None and not _matches(self.route, request.method, request.path):
            return False
        if self.header is not None and request.headers.get(self.header[0].lower()) != self.header[1]:
            return False
        return self.card is None or any(_names(text, self.card) for text in _texts(request.parameters))

    def document(self) -> Document:
        header = None
        if self.header is not None:
            name, value = self.header
            # A header may be a credential, and the control plane shows none.
            header = {"name": name, "value": mask_headers({name: value})[name.title()]}
        conditions = {"route": self.route, "card": self.card, "header": header}
        return {**conditions, "nth": self.nth, "times": self.times, "effect": self.effect, "seen": self.seen}


def _matches(route: str, method: str, path: str) -> bool:
    wanted, _, template = route.partition(" ")
    parts, actual = template.split("/"), path.split("/")
    return (
        wanted == method
        and len(parts) == len(actual)
        and all(part == here or part.startswith("{") for part, here in zip(parts, actual, strict=True))
    )


_CARD_NUMBER = re.compile(r"\d{12,19}")
_LAST_FOUR = re.compile(r"\d{4}")


def _names(text: str, card: str) -> bool:
    if text == card:
        return not _LAST_FOUR.fullmatch(card)  # an amount or a year is no card
    digits = text.replace(" ", "").replace("-", "")
    return len(card) == 4 and digits.endswith(card) and _CARD_NUMBER.fullmatch(digits) is not None


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)


@dataclass(slots=True)
class Faults:
    """The faults of one tenant; the first that fires decides, the others still count the call.

    `approves` while a call is executed whose charge attempts succeed, whatever the instrument.
    """

    planned: list[Fault] = field(default_factory=list)
    approves: bool = False

    def take(self, request: Request) -> Document | None:
        fired = [fault.effect for fault in self.planned if fault.fires(request)]
        return fired[0] if fired else None


_FIELDS = ("route", "card", "header", "nth", "times", "effect")
_LEAST = {"nth": 1, "times": 0}


def parse(document: Any, states: set[str], errors: set[str]) -> Fault:
    """The fault a control call describes.

    Raises BadFault, naming the field and what would be right.
    """
    if not isinstance(document, dict) or not isinstance(document.get("effect"), dict):
        raise BadFault('a fault needs an "effect" object, such as {"effect": {"timeout": "after"}}')
    if unknown := sorted(set(document) - set(_FIELDS)):
        raise BadFault(f"unknown field {unknown[0]!r}; a fault has {', '.join(_FIELDS[:-1])} and effect")
    for name, least in _LEAST.items():
        if type(document.get(name, 1)) is not int or document.get(name, 1) < least:
            raise BadFault(f"{name!r} must be a whole number from {least}")
    check_effect(document["effect"], states, errors)
    return Fault(
        _route(document.get("route")),
        document.get("nth", 1),
        document.get("times", 1),
        document["effect"],
        card=_card(document.get("card")),
        header=_header(document.get("header")),
    )


def _route(route: Any) -> str | None:
    if route is None or (isinstance(route, str) and " /" in route):
        return route
    raise BadFault('"route" must look like "POST /v1/things/{id}", or be left out for any API call')


def _card(card: Any) -> str | None:
    if card is None or (isinstance(card, str) and card and (not card.isdigit() or _LAST_FOUR.fullmatch(card))):
        return card
    raise BadFault('"card" must be the last four digits of a card number, or the token of an instrument')


def _header(header: Any) -> tuple[str, str] | None:
    if header is None:
        return None
    if (
        isinstance(header, dict)
        and set(header) == {"name", "value"}
        and all(isinstance(v, str) for v in header.values())
    ):
        return header["name"], header["value"]
    raise BadFault('"header" must be an object {"name": "X-Trace", "value": "…"}')


def requested(text: str, states: set[str], errors: set[str]) -> Document:
    """The effect that a request brings along in its header.

    Raises BadFault when it is none.
    """
    try:
        effect = json.loads(text)
    except (ValueError, RecursionError):
        effect = None
    if not isinstance(effect, dict):
        raise BadFault('X-Mock-Fault must be the JSON of an effect, such as {"timeout": "after"}')
    check_effect(effect, states, errors)
    return effect


def check_effect(effect: Document, states: set[str], errors: set[str]) -> None:
    """Raise BadFault for an effect that is none, or names what the gateway does not publish."""
    known: Mapping[str, set[str]] = {"state": states, "error": errors}
    kinds = [name for name in KEYS if name in effect]
    if len(kinds) != 1:
        raise BadFault(f"an effect names exactly one of: {', '.join(KEYS)}")
    kind = kinds[0]
    if unknown := sorted(set(effect) - KEYS[kind]):
        raise BadFault(f"unknown field {unknown[0]!r} beside {kind!r}; allowed: {', '.join(sorted(KEYS[kind]))}")
    fits, wanted = SHAPES[kind]
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
