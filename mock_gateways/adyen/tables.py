"""Adyen's published tables, read once from the CSV files beside this one. Every row names its source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mock_gateways.core.manifest import Currency, Event, Failure, Method, Operation, Setting, rows

HERE = Path(__file__).parent
API_VERSION = "v72"
REFUSAL = "refusalReasonCode"


@dataclass(frozen=True, slots=True)
class PublishedCard:
    """A published test card; `causes` is "success" or "three_ds"."""

    number: str
    brand: str
    country: str
    expiry_month: str
    expiry_year: str
    cvc: str
    causes: str
    source: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal reason: what an issuer or Adyen answers, by the code that a test asks for it with."""

    code: str
    reason: str
    result: str
    holder_name: str
    source: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A payment method: its row in the manifest, what /payments answers first, and what the shopper has to do."""

    method: Method
    title: str
    result: str
    action: str


@dataclass(frozen=True, slots=True)
class Trigger:
    """A test value and what it causes; `alias` is the field, and the value in it, that a request sends along."""

    kind: str
    value: str
    alias: str
    brand: str
    causes: str
    source: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request: a kind of JSON, "amount", or the allowed values separated by bars."""

    operation: str
    field: str
    kind: str
    required: bool
    shortest: int
    longest: int | None


def _failures() -> tuple[Failure, ...]:
    return tuple(
        Failure(
            row["code"],
            row["kind"],
            int(row["http"]),
            row["type"],
            tuple(row["operations"].split()),
            row["source"],
            row["field"],
            row["param"] or None,
        )
        for row in rows(HERE / "failures.csv")
    )


def _currencies() -> tuple[Currency, ...]:
    return tuple(
        Currency(row["code"], int(row["exponent"]), int(row["multiple_of"]), None, row["source"], row["doubt"] or None)
        for row in rows(HERE / "currencies.csv")
    )


def _offered(row: dict[str, str]) -> Offered:
    method = Method(
        row["kind"],
        row["name"],
        row["course"],
        tuple(row["currencies"].split()),
        holds=row["holds"] == "yes",
        refunds=row["refunds"] == "yes",
        mandates=row["mandates"] == "yes",
        source=row["source"],
        doubt=row["doubt"] or None,
    )
    return Offered(method, row["title"], row["result"], row["action"])


def _fields() -> dict[str, dict[str, Field]]:
    found: dict[str, dict[str, Field]] = {}
    for row in rows(HERE / "requests.csv"):
        longest = int(row["longest"]) if row["longest"] else None
        field = Field(
            row["operation"], row["field"], row["kind"], row["required"] == "yes", int(row["shortest"] or 0), longest
        )
        found.setdefault(field.operation, {})[field.field] = field
    return found


def _setting(name: str, default: str, doubt: str) -> Setting:
    return Setting(name, int(default) if default.removeprefix("-").isdigit() else default, doubt)


CARDS = {row["number"]: PublishedCard(**row) for row in rows(HERE / "cards.csv")}
REFUSALS = {row["code"]: Refused(**row) for row in rows(HERE / "refusals.csv")}
HOLDER_NAMES = {refused.holder_name: refused.code for refused in REFUSALS.values() if refused.holder_name}
TRIGGERS = tuple(Trigger(**row) for row in rows(HERE / "instruments.csv"))
FAILURES = _failures()
ERRORS = {failure.code: failure for failure in FAILURES if failure.field == "code"}
MESSAGES = {row["code"]: row["message"] for row in rows(HERE / "failures.csv") if row["field"] == "code"}
CURRENCIES = {currency.code: currency for currency in _currencies()}
METHODS = {offered.method.name: offered for offered in map(_offered, rows(HERE / "methods.csv"))}
PUBLISHED_TYPES = frozenset(row["type"] for row in rows(HERE / "published_types.csv"))
FIELDS = _fields()
SETTINGS = tuple(_setting(**row) for row in rows(HERE / "settings.csv"))
EVENTS = tuple(Event(row["type"], row["source"]) for row in rows(HERE / "events.csv"))
OPERATIONS = tuple(
    Operation(row["method"], row["path"], row["operation"], row["simulated"] == "yes")
    for row in rows(HERE / "operations.csv")
)
