"""Razorpay's published tables, read once from the CSV files beside this one. Every row names its source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mock_gateways.core.manifest import Currency, Event, Failure, Instrument, Operation, Setting, rows

HERE = Path(__file__).parent
API_VERSION = "v1"
BAD_REQUEST, GATEWAY, SERVER = "BAD_REQUEST_ERROR", "GATEWAY_ERROR", "SERVER_ERROR"


@dataclass(frozen=True, slots=True)
class PublishedCard:
    """A published test card; `causes` is "success" or "decline:<reason>", `code` the error code beside that reason."""

    number: str
    brand: str
    network: str
    type: str
    international: bool
    causes: str
    code: str
    source: str

    @property
    def reason(self) -> str:
        """Why it fails, or nothing."""
        return self.causes.partition(":")[2]


@dataclass(frozen=True, slots=True)
class Reason:
    """A published error reason under one error code, and where and by whom a payment with it fails."""

    name: str
    code: str
    source: str
    step: str


def _cards() -> tuple[PublishedCard, ...]:
    return tuple(
        PublishedCard(**{**row, "international": row["international"] == "yes"})  # type: ignore[arg-type]  # CSV cells are text
        for row in rows(HERE / "cards.csv")
    )


def _failure(row: dict[str, str]) -> Failure:
    return Failure(row["code"], row["kind"], int(row["http"]), row["type"], (), row["source"], row["field"])


def _currencies() -> tuple[Currency, ...]:
    return tuple(
        Currency(
            row["code"],
            int(row["exponent"]),
            int(row["multiple_of"]),
            int(row["minimum"]) if row["minimum"] else None,
            row["source"],
            row["doubt"] or None,
        )
        for row in rows(HERE / "currencies.csv")
    )


def _settings() -> tuple[Setting, ...]:
    return tuple(
        Setting(row["name"], int(text) if (text := row["default"]).isdigit() else text, row["doubt"])
        for row in rows(HERE / "settings.csv")
    )


def _reasons() -> dict[str, Reason]:
    """By name; of a reason that exists under two codes, the first row."""
    found: dict[str, Reason] = {}
    for row in rows(HERE / "failures.csv"):
        if row["field"] == "reason":
            found.setdefault(row["code"], Reason(row["code"], row["type"], row["error_source"], row["step"]))
    return found


CARD_ROWS = _cards()
CARDS = {card.number: card for card in CARD_ROWS}
OTHER_INSTRUMENTS = tuple(
    Instrument(row["kind"], row["value"], row["brand"], row["causes"], row["alias"] or None, row["source"])
    for row in rows(HERE / "instruments.csv")
)
CAUSES = {row.value: row.causes for row in OTHER_INSTRUMENTS if row.kind != "card"}
# What the name of a card's holder causes.
HOLDERS = {row.alias.partition("=")[2]: row.causes for row in OTHER_INSTRUMENTS if row.alias}
FAILURES = tuple(_failure(row) for row in rows(HERE / "failures.csv"))
REASONS = _reasons()
CURRENCIES = {currency.code: currency for currency in _currencies()}
SETTINGS = _settings()
EVENTS = tuple(Event(row["type"], row["source"]) for row in rows(HERE / "events.csv"))
OPERATIONS = tuple(
    Operation(row["method"], row["path"], row["operation"], row["simulated"] == "yes")
    for row in rows(HERE / "operations.csv")
)
