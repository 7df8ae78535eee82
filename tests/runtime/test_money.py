"""Money is a whole number of ISO 4217 minor units, and a gateway's number stands for exactly one amount."""

from decimal import Decimal

import pycountry
import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso4217 import Currency

from runtime.core.money import EXPONENT, MinorUnits, Money, UnrepresentableAmount

EXACT = MinorUnits(
    {"EUR", "JPY", "KWD", "ISK", "MGA"}, exponents={"ISK": 2, "MGA": 0}, multiple_of={"KWD": 10, "ISK": 100}
)


@pytest.mark.parametrize(
    ("major", "currency", "minor"),
    [
        ("10.00", "EUR", 1000),
        ("1000", "JPY", 1000),
        ("1.250", "KWD", 1250),
        ("19.99", "USD", 1999),
        ("8.20", "USD", 820),
    ],
)
def test_an_amount_is_minor_units(major, currency, minor):
    money = Money.of(major, currency)
    assert money.minor == minor
    assert money.major == Decimal(major)


@pytest.mark.parametrize("bad", [(-1, "EUR"), (1.0, "EUR"), (True, "EUR"), (1, "eur"), (1, "XAU"), (1, "EURO")])
def test_what_is_no_amount_cannot_be_made(bad):
    with pytest.raises(ValueError, match=r"minor units"):
        Money(*bad)


def test_an_amount_smaller_than_the_currency_is_refused():
    with pytest.raises(UnrepresentableAmount):
        Money.of("10.5", "JPY")


@pytest.mark.parametrize(
    ("money", "wire"),
    [
        (Money(1000, "EUR"), 1000),
        (Money(500, "JPY"), 500),
        (Money(5120, "KWD"), 5120),
        (Money(5, "ISK"), 500),
        (Money(500, "MGA"), 5),
    ],
)
def test_encoding_follows_the_gateways_exponent(money, wire):
    assert EXACT.encode(money) == wire
    assert EXACT.decode(wire, money.currency.lower()) == money


@pytest.mark.parametrize("money", [Money(5124, "KWD"), Money(150, "MGA"), Money(100, "USD")])
def test_what_the_gateway_has_no_number_for_is_refused_never_rounded(money):
    with pytest.raises(UnrepresentableAmount):
        EXACT.encode(money)


@pytest.mark.parametrize(("wire", "currency"), [(150, "ISK"), (-5, "EUR"), (100, "USD")])
def test_what_iso_units_cannot_hold_is_refused_never_rounded(wire, currency):
    with pytest.raises(UnrepresentableAmount):
        EXACT.decode(wire, currency)


@given(st.sampled_from(sorted(EXACT.currencies)), st.integers(0, 10**12))
def test_what_can_be_encoded_comes_back_the_same(currency, minor):
    money = Money(minor, currency)
    try:
        wire = EXACT.encode(money)
    except UnrepresentableAmount:
        return
    assert EXACT.decode(wire, currency) == money


def test_exponents_are_those_of_iso():
    assert {code: EXPONENT[code] for code in ("EUR", "JPY", "KWD", "ISK", "CLF", "UYW")} == {
        "EUR": 2, "JPY": 0, "KWD": 3, "ISK": 0, "CLF": 4, "UYW": 4,
    }  # fmt: skip
    assert not {"XAU", "XTS", "XXX"} & EXPONENT.keys()


def test_currency_codes_agree_with_a_second_library():
    """Codes that only one of the two has are new or withdrawn; there may be a few, and none we trade in."""
    second = {currency.alpha_3 for currency in pycountry.currencies}
    only_ours = EXPONENT.keys() - second
    assert len(only_ours) <= 6, only_ours
    numbers = {c.alpha_3: c.numeric for c in pycountry.currencies}
    assert not [c.code for c in Currency if c.code in numbers and int(numbers[c.code]) != c.number]
