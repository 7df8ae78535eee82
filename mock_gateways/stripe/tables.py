"""Stripe's published tables, read once from the CSV files beside this one. Every row names its source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mock_gateways.core.manifest import Currency, Event, Failure, Method, Operation, Setting, rows

HERE = Path(__file__).parent
API_VERSION = "2026-10-28.endive"
DECLINE, OUTCOME = "decline_code", "outcome.reason"


@dataclass(frozen=True, slots=True)
class PublishedCard:
    """A published test card; `causes` is "success", or a family and a behaviour such as "decline:<code>"."""

    number: str
    brand: str
    funding: str
    country: str
    alias: str
    causes: str
    code: str
    decline_code: str
    advice_code: str
    network_decline_code: str
    network_advice_code: str
    param: str
    attachable: bool
    source: str

    @property
    def family(self) -> str:
        return self.causes.partition(":")[0]

    @property
    def behaviour(self) -> str:
        return self.causes.partition(":")[2]


@dataclass(frozen=True, slots=True)
class MethodRow:
    """A row of methods.csv: a payment method, how it goes, and what a confirmation cannot do without (`needs`)."""

    published: Method
    next_action: str
    refund: str
    contestable: bool
    needs: tuple[str, ...]
    later: str

    @property
    def name(self) -> str:
        return self.published.name

    @property
    def course(self) -> str:
        return self.published.course

    def takes(self, currency: str) -> bool:
        """Whether it can be paid in a lower-case currency code."""
        return not self.published.currencies or currency.upper() in self.published.currencies


@dataclass(frozen=True, slots=True)
class Account:
    """A published test bank account: an IBAN, or "routing:account"; `causes` as for cards."""

    type: str
    value: str
    alias: str
    causes: str
    source: str

    @property
    def family(self) -> str:
        return self.causes.partition(":")[0]

    @property
    def behaviour(self) -> str:
        return self.causes.partition(":")[2]


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """What becomes of a voucher by itself, by how the shopper's email ends before the @: "pay" or "lapse"."""

    ending: str
    outcome: str
    after_s: int
    source: str


def _methods() -> tuple[MethodRow, ...]:
    return tuple(
        MethodRow(
            Method(
                row["kind"],
                row["name"],
                row["course"],
                tuple(row["currencies"].split()),
                row["holds"] == "yes",
                row["refunds"] != "no",
                row["mandates"] == "yes",
                row["source"],
                row["doubt"] or None,
            ),
            row["next_action"],
            row["refunds"],
            row["contestable"] == "yes",
            tuple(row["needs"].split()),
            row["mandates"],
        )
        for row in rows(HERE / "methods.csv")
    )


def _cards() -> tuple[PublishedCard, ...]:
    return tuple(
        PublishedCard(**{**row, "attachable": row["attachable"] == "yes"})  # type: ignore[arg-type]  # CSV cells are text
        for row in rows(HERE / "cards.csv")
    )


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


CARD_ROWS = _cards()
# The first row of a number decides what it does; a second row only adds an alias.
CARDS = {card.number: card for card in reversed(CARD_ROWS)}
ALIASES = {card.alias: card for card in CARD_ROWS if card.alias}
# What a payment method has that is not a card: it passes every check that cards are asked for.
NO_CARD = PublishedCard("", "", "", "", "", "success", "", "", "", "", "", "", True, "")
METHOD_ROWS = _methods()
# Wallets are cards to the API: their rows come after the card's and do not replace it.
METHODS = {row.name: row for row in reversed(METHOD_ROWS)}
ACCOUNTS = tuple(Account(**row) for row in rows(HERE / "accounts.csv"))
VOUCHERS = tuple(
    VoucherRow(row["ending"], row["outcome"], int(row["after_s"]), row["source"]) for row in rows(HERE / "vouchers.csv")
)
ACCOUNT_BY_VALUE = {account.value: account for account in ACCOUNTS}
ACCOUNT_ALIASES = {account.alias: account for account in ACCOUNTS if account.alias}
FAILURES = _failures()
ERRORS = {failure.code: failure for failure in FAILURES if failure.field == "code"}
DECLINES = {failure.code: failure for failure in FAILURES if failure.field == DECLINE}
CURRENCIES = {currency.code: currency for currency in _currencies()}
SETTINGS = _settings()
EVENTS = tuple(Event(row["type"], row["source"]) for row in rows(HERE / "events.csv"))
OPERATIONS = tuple(
    Operation(row["method"], row["path"], row["operation"], row["simulated"] == "yes")
    for row in rows(HERE / "operations.csv")
)
METHOD_TYPES = frozenset(row["type"] for row in rows(HERE / "payment_method_types.csv"))
