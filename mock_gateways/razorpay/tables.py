"""Razorpay's published tables, read once from the CSV files beside this one. Every row names its source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mock_gateways.core.published import read_instrument, read_published, rows

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


def _reasons() -> dict[str, Reason]:
    """By name; of a reason that exists under two codes, the first row."""
    found: dict[str, Reason] = {}
    for row in rows(HERE / "failures.csv"):
        if row["field"] == "reason":
            found.setdefault(row["code"], Reason(row["code"], row["type"], row["error_source"], row["step"]))
    return found


CARD_ROWS = _cards()
CARDS = {card.number: card for card in CARD_ROWS}
OTHER_INSTRUMENTS = tuple(map(read_instrument, rows(HERE / "instruments.csv")))
CAUSES = {row.value: row.causes for row in OTHER_INSTRUMENTS if row.kind != "card"}
# What the name of a card's holder causes.
HOLDERS = {row.alias.partition("=")[2]: row.causes for row in OTHER_INSTRUMENTS if row.alias}
PUBLISHED = read_published(HERE)
REASONS = _reasons()
CURRENCIES = PUBLISHED.currencies
