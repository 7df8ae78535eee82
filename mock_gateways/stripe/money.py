"""Amounts on Stripe's wire: whole numbers of its own minor units, with each currency's step and bounds.

Sources: docs.stripe.com/currencies (exponents, steps, minimums, twelve digits for cards).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.stripe.errors import refuse
from mock_gateways.stripe.tables import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.manifest import Currency

LARGEST = 999_999_999_999
LARGEST_AMEX = 999_999_999


def check_currency(code: str) -> Currency:
    """The currency of a lower-case code; raises Refusal when Stripe does not charge in it."""
    currency = CURRENCIES.get(code.upper())
    if currency is None or len(code) != 3:
        raise refuse(f"Invalid currency: {code[:16]} is not a currency that cards are charged in.", param="currency")
    return currency


def check_positive(amount: int, param: str) -> None:
    if amount < 1:
        raise refuse(f"{param} must be greater than or equal to 1.", param=param, code="parameter_invalid_integer")


def check_amount(amount: int, currency: Currency, settings: Mapping[str, int | str], param: str = "amount") -> None:
    """Raises Refusal for an amount Stripe would not charge: sign, size, or a fraction of the currency's step."""
    check_positive(amount, param)
    if amount > LARGEST:
        raise refuse(f"{param} has more than twelve digits.", param=param, code="amount_too_large")
    check_step(amount, currency, settings, param)
    if currency.minimum is not None and amount < currency.minimum:
        least = f"{currency.minimum} in the smallest unit of {currency.code}"
        raise refuse(f"{param} must be at least {least}.", param=param, code="amount_too_small")


def check_step(amount: int, currency: Currency, settings: Mapping[str, int | str], param: str) -> None:
    step = int(settings["uganda_shilling_multiple"]) if currency.code == "UGX" else currency.multiple_of
    if amount % step:
        code = str(settings["granularity_code"]) or None
        raise refuse(f"{param} in {currency.code} must be a multiple of {step}.", param=param, code=code)


def exponent(currency: Currency, settings: Mapping[str, int | str]) -> int:
    """The decimal places of a wire amount; the shilling has none when its amounts are not sent x100."""
    if currency.code == "UGX" and int(settings["uganda_shilling_multiple"]) == 1:
        return 0
    return currency.exponent
