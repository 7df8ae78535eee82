"""Amounts as a person reads them: exact, with all decimals of the currency."""

import pytest

from mock_gateways.core.amounts import major_units, readable


@pytest.mark.parametrize(
    ("minor", "exponent", "text"),
    [(1000, 2, "10.00"), (5, 2, "0.05"), (0, 2, "0.00"), (500, 0, "500"), (1250, 3, "1.250")],
)
def test_minor_units_are_written_in_major_ones_without_a_loss(minor, exponent, text):
    assert major_units(minor, exponent) == text


def test_no_digit_is_lost_of_the_largest_integers():
    assert major_units(2**63, 2) == "92233720368547758.08"


def test_the_currency_stands_behind_in_capitals():
    assert readable(1999, 2, "eur") == "19.99 EUR"
