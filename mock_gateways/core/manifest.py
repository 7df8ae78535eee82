"""What a gateway publishes, with sources, in words that belong to no connector."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Meaning(Enum):
    """What a raw state says about the money: the neutral set that the suite knows."""

    HELD = "held"
    TAKEN = "taken"
    PARTLY_TAKEN = "partly_taken"
    RELEASED = "released"
    RETURNED = "returned"
    IN_FLIGHT = "in_flight"
    NEEDS_SHOPPER = "needs_shopper"
    NOTHING_MOVED = "nothing_moved"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class State:
    """A raw status in one situation that gives it its meaning; `resource` is "payment" or "refund"."""

    name: str
    resource: str
    raw: str
    meaning: Meaning
    source: str


@dataclass(frozen=True, slots=True)
class Failure:
    """An error or decline code; `kind` is "decline", "request" or "state", `field` where in the error it stands."""

    code: str
    kind: str
    http: int
    type: str
    operations: tuple[str, ...]
    source: str
    field: str = "code"
    param: str | None = None


@dataclass(frozen=True, slots=True)
class Instrument:
    """A published test value and what it causes, such as "success", "decline:<code>" or "three_ds:<behaviour>"."""

    kind: str
    value: str
    brand: str
    causes: str
    alias: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Currency:
    """How the gateway writes a currency: wire amounts are major units x 10^exponent, in multiples of `multiple_of`.

    `minimum` is a wire amount, or None where the gateway publishes none; `doubt` says what is not certain.
    """

    code: str
    exponent: int
    multiple_of: int
    minimum: int | None
    source: str
    doubt: str | None


@dataclass(frozen=True, slots=True)
class Event:
    """A webhook event type."""

    type: str
    source: str


@dataclass(frozen=True, slots=True)
class Setting:
    """Something the published facts leave open: what the simulator does by default, and why that may be wrong."""

    name: str
    default: int | str
    doubt: str


@dataclass(frozen=True, slots=True)
class Operation:
    """A published operation, simulated or not."""

    method: str
    path: str
    name: str
    simulated: bool


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything a gateway publishes that a conformance suite needs to know."""

    gateway: str
    version: str
    states: tuple[State, ...]
    failures: tuple[Failure, ...]
    instruments: tuple[Instrument, ...]
    currencies: tuple[Currency, ...]
    events: tuple[Event, ...]
    settings: tuple[Setting, ...]
    operations: tuple[Operation, ...]


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV table with a header line."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
