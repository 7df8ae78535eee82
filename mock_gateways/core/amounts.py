"""Amounts as a person reads them: in major units, never the number on the wire."""

from __future__ import annotations

from decimal import Decimal


def major_units(value: int, exponent: int) -> str:
    """Minor units as exact text with all decimals, such as "10.00"."""
    return f"{Decimal(value).scaleb(-exponent):f}"


def readable(value: int, exponent: int, currency: str) -> str:
    """The same with its currency, such as "10.00 EUR"."""
    return f"{major_units(value, exponent)} {currency.upper()}"
