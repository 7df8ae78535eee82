"""Where a payment's money is, in a word and a colour: told from the ledger, so it is the same for every gateway."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from mock_gateways.core.ledger import Totals

# From the top, the first that holds: what went wrong before what went back, and that before what was taken.
_STANDS: tuple[tuple[str, str, Callable[[Totals], bool]], ...] = (
    ("disputed", "danger", lambda money: money.disputed > 0),
    ("refund under way", "warning", lambda money: money.in_flight > 0),
    ("refunded", "info", lambda money: 0 < money.captured <= money.refunded),
    ("partly refunded", "info", lambda money: money.refunded > 0),
    ("partly captured, rest held", "success", lambda money: money.captured > 0 and _held(money) > 0),
    ("partly captured", "success", lambda money: 0 < money.captured < money.authorised),
    ("captured", "success", lambda money: money.captured > 0),
    ("held", "primary", lambda money: _held(money) > 0),
    ("released", "secondary", lambda money: money.released > 0),
    ("nothing moved", "secondary", lambda _: True),
)
COLUMNS = ("authorised", "captured", "released", "refunded", "disputed")


@dataclass(frozen=True, slots=True)
class Row:
    """Amounts in major units, exact, by name of the total; "" where there is none."""

    currency: str
    stands: str
    colour: str
    amounts: dict[str, str]


def _held(money: Totals) -> Decimal:
    return money.authorised - money.captured - money.released


def money_of(totals: Totals) -> Row:
    stands, colour = next((stands, colour) for stands, colour, holds in _STANDS if holds(totals))
    amounts = {name: getattr(totals, name) for name in COLUMNS}
    shown = {name: f"{amount:,.{totals.exponent}f}" if amount else "" for name, amount in amounts.items()}
    return Row(totals.currency, stands, colour, shown)
