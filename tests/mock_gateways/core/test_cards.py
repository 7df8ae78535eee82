"""Cards: what is true of a number, an expiry and a security code, whatever a gateway says of a wrong one."""

import pytest

from mock_gateways.core.cards import bare_number, full_year, has_expired, is_card_number, is_security_code

JANUARY_31_2026, FEBRUARY_1_2026 = 1769903999, 1769904000  # UTC


@pytest.mark.parametrize("written", ["4111 1111 1111 1111", "4111-1111-1111-1111", "4111111111111111"])
def test_blanks_and_hyphens_are_no_part_of_a_number(written):
    assert bare_number(written) == "4111111111111111"


@pytest.mark.parametrize("number", ["4111111111111111", "378282246310005", "5555555555554444", "30569309025904"])
def test_published_test_numbers_are_card_numbers(number):
    assert is_card_number(number)


@pytest.mark.parametrize(
    "text", ["4111111111111112", "", "0", "41111111111", "4111 1111 1111 1111", "٤١١١١١١١١١١١١١١١"]
)
def test_a_wrong_check_digit_a_length_or_another_sign_makes_no_card_number(text):
    assert not is_card_number(text)


def test_a_security_code_is_three_or_four_digits():
    assert [is_security_code(code) for code in ("737", "7373", "73", "73737", "73a", "")] == [True, True, *[False] * 4]


def test_a_year_of_two_digits_is_one_of_this_century():
    assert [full_year(year) for year in (0, 30, 99, 2030, 1999)] == [2000, 2030, 2099, 2030, 1999]


def test_a_card_is_good_through_the_last_second_of_its_month():
    assert not has_expired(JANUARY_31_2026, 2026, 1)
    assert has_expired(FEBRUARY_1_2026, 2026, 1)
    assert not has_expired(FEBRUARY_1_2026, 2026, 2)
