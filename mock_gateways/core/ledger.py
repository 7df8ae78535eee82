"""Where the money really is: double entry, exact decimals in major units, asserted at every posting.

The suite asks this ledger, never a reply, so a handler that renders one thing and does another is found out.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum


class Imbalance(AssertionError):
    """A posting would have made money out of nothing: the simulator itself is wrong."""


class Movement(Enum):
    """A kind of posting: its name, the account debited, the account credited, and the totals it changes."""

    AUTHORISE = ("authorise", "shopper", "held", {"authorised": 1})
    CAPTURE = ("capture", "held", "merchant", {"captured": 1})
    CAPTURE_REVERSAL = ("capture_reversal", "merchant", "held", {"captured": -1})
    RELEASE = ("release", "held", "shopper", {"released": 1})
    REFUND = ("refund", "merchant", "shopper", {"refunded": 1})
    REFUND_REVERSAL = ("refund_reversal", "shopper", "merchant", {"refunded": -1})
    REFUND_START = ("refund_start", "merchant", "refunds_in_flight", {"in_flight": 1})
    REFUND_FINISH = ("refund_finish", "refunds_in_flight", "shopper", {"in_flight": -1, "refunded": 1})
    REFUND_ABANDON = ("refund_abandon", "refunds_in_flight", "merchant", {"in_flight": -1})
    DISPUTE = ("dispute", "merchant", "disputed", {"disputed": 1})
    DISPUTE_REVERSAL = ("dispute_reversal", "disputed", "merchant", {"disputed": -1})

    def __init__(self, kind: str, debit: str, credit: str, totals: dict[str, int]) -> None:
        self.kind, self.debit, self.credit, self.totals = kind, debit, credit, totals


TOTALS = ("authorised", "captured", "released", "refunded", "in_flight", "disputed")


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of money; `amount` is positive, in major units."""

    sequence: int
    at: int
    payment: str
    movement: Movement
    amount: Decimal
    currency: str


@dataclass(slots=True)
class Totals:
    """What one payment came to, in major units of its currency; `opened` in unix seconds."""

    currency: str
    exponent: int
    opened: int
    authorised: Decimal = Decimal(0)
    captured: Decimal = Decimal(0)
    released: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    in_flight: Decimal = Decimal(0)
    disputed: Decimal = Decimal(0)

    def after(self, movement: Movement, amount: Decimal) -> dict[str, Decimal]:
        """The totals as they would be; raises Imbalance when they could not be true."""
        new = {name: getattr(self, name) for name in TOTALS}
        for name, sign in movement.totals.items():
            new[name] += sign * amount
        if min(new.values()) < 0:
            raise Imbalance(f"{movement.kind} of {amount} {self.currency} makes a total negative: {new}")
        if new["captured"] + new["released"] > new["authorised"]:
            raise Imbalance(f"{movement.kind} of {amount} {self.currency} exceeds what was authorised: {new}")
        # A refund and a dispute may give the same money back twice: that is the merchant's loss, and happens.
        if max(new["refunded"] + new["in_flight"], new["disputed"]) > new["captured"]:
            raise Imbalance(f"{movement.kind} of {amount} {self.currency} exceeds what was captured: {new}")
        return new


class Ledger:
    """Postings in order, and the running totals of each payment."""

    def __init__(self) -> None:
        self.postings: list[Posting] = []
        self.payments: dict[str, Totals] = {}
        self._of_payment: dict[str, list[Posting]] = {}

    def open(self, at: int, payment: str, currency: str, exponent: int) -> None:
        """Name a payment before money moves, or change the currency of one in which none has moved."""
        if self._of_payment.get(payment):
            raise Imbalance(f"{payment} already has postings; its currency cannot change")
        before = self.payments.get(payment)
        self.payments[payment] = Totals(currency.upper(), exponent, before.opened if before else at)
        self._of_payment[payment] = []

    def post(self, at: int, payment: str, movement: Movement, minor: int) -> None:
        """Move an integer of minor units (the gateway's own exponent) of a payment.

        Raises Imbalance, and posts nothing, when an invariant would break.
        """
        totals = self.payments[payment]
        if minor <= 0:
            raise Imbalance(f"{movement.kind} of {minor} minor units: a movement is positive")
        amount = Decimal(minor).scaleb(-totals.exponent)
        for name, value in totals.after(movement, amount).items():
            setattr(totals, name, value)
        posting = Posting(len(self.postings) + 1, at, payment, movement, amount, totals.currency)
        self.postings.append(posting)
        self._of_payment[payment].append(posting)

    def of(self, payment: str | None) -> list[Posting]:
        return self.postings if payment is None else self._of_payment.get(payment, [])
