"""Amounts: whole subunits, by Razorpay's own exponents. Source: razorpay.com/docs/payments/international-payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.amounts import major_units
from mock_gateways.razorpay.errors import refuse
from mock_gateways.razorpay.tables import CURRENCIES

if TYPE_CHECKING:
    from mock_gateways.core.manifest import Currency

# Of a currency for which no minimum is published.
_LEAST = 1


def find_currency(code: str) -> Currency:
    """The currency of a code; raises Refusal for one that Razorpay does not take."""
    currency = CURRENCIES.get(code)
    if currency is None:
        raise refuse("The currency is not supported.", field="currency")
    return currency


def check_amount(amount: int, currency: Currency, field: str = "amount") -> None:
    """Raise Refusal for less than the minimum, and for three decimals that do not end in 0."""
    least = currency.minimum or _LEAST
    if amount < least:
        raise refuse(
            f"The amount must be at least {currency.code} {major_units(least, currency.exponent)}", field=field
        )
    if amount % currency.multiple_of:
        raise refuse(f"The amount in {currency.code} must end in 0.", field=field)
