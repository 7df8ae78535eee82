"""What a gateway publishes, with sources, in words that belong to no connector."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


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
    AUTHENTICATED = "authenticated"
    UNKNOWN = "unknown"
    # Of a dispute: what the merchant, the bank or the network has decided, and what is still to be.
    CONTESTABLE = "contestable"
    IN_REVIEW = "in_review"
    WON = "won"
    LOST = "lost"
    CONCEDED = "conceded"
    LAPSED = "lapsed"
    WITHDRAWN = "withdrawn"
    # Of a mandate: whether it can be charged.
    CHARGEABLE = "chargeable"
    UNCHARGEABLE = "unchargeable"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class State:
    """A raw status in one situation that gives it its meaning.

    `resource` is "payment", "refund", "dispute" or "mandate". `also` is a second meaning, of which nothing in the
    gateway's reply tells the first apart.
    """

    name: str
    resource: str
    raw: str
    meaning: Meaning
    source: str
    also: Meaning | None = None

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        return (self.meaning,) if self.also is None else (self.meaning, self.also)


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
    """A published test value and what it causes, such as "success", "decline:<code>" or "three_ds:<behaviour>".

    `kind` is that of a Method. `value` is a card number, an IBAN, "routing:account", a UPI address, a wallet's token.
    """

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
class Method:
    """A payment method: `kind` in the field's neutral word, such as "sepa_debit", `name` in the gateway's own.

    `course` is how it goes: "card", "redirect" (the shopper approves elsewhere), "debit" (the bank settles or returns
    it later), "voucher" (the shopper pays it later), "transfer" (money arrives later), or "retired": refused.
    `currencies` empty: all of the gateway's. `holds`: it can be authorised without being taken.
    """

    kind: str
    name: str
    course: str
    currencies: tuple[str, ...]
    holds: bool
    refunds: bool
    mandates: bool
    source: str
    doubt: str | None = None


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
    methods: tuple[Method, ...] = ()

    def state(self, name: str) -> State:
        return next(state for state in self.states if state.name == name)

    @property
    def state_names(self) -> set[str]:
        return {state.name for state in self.states}

    def raw_states(self, resource: str) -> list[str]:
        """Every raw status that a payment, refund, dispute or mandate can have, in alphabetical order."""
        return sorted({state.raw for state in self.states if state.resource == resource})

    @property
    def error_codes(self) -> set[str]:
        return {failure.code for failure in self.failures if failure.field == "code"}
