"""Stripe's published tables, read once from the CSV files beside this one. Every row names its source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mock_gateways.core.published import read_method, read_published, rows

if TYPE_CHECKING:
    from mock_gateways.core.manifest import Method

HERE = Path(__file__).parent
API_VERSION = "2026-10-28.endive"
DECLINE, OUTCOME = "decline_code", "outcome.reason"


class _Caused:
    """Whatever has a cause, which is a family and a behaviour within it."""

    __slots__ = ()
    causes: str

    @property
    def family(self) -> str:
        return self.causes.partition(":")[0]

    @property
    def behaviour(self) -> str:
        return self.causes.partition(":")[2]


@dataclass(frozen=True, slots=True)
class PublishedCard(_Caused):
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
class Account(_Caused):
    """A published test bank account: an IBAN, or "routing:account"; `causes` as for cards."""

    type: str
    value: str
    alias: str
    causes: str
    source: str


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
            read_method(row),
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
PUBLISHED = read_published(HERE)
ERRORS, DECLINES = PUBLISHED.named("code"), PUBLISHED.named(DECLINE)
CURRENCIES = PUBLISHED.currencies
METHOD_TYPES = frozenset(row["type"] for row in rows(HERE / "payment_method_types.csv"))
