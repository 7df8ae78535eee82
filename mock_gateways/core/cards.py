"""What is true of every card's number, expiry and security code, whatever a gateway says of a wrong one."""

from __future__ import annotations

from datetime import UTC, datetime

from mock_gateways.core.masking import passes_luhn


def bare_number(text: str) -> str:
    """A number without the blanks and hyphens that people write between its digits."""
    return text.replace(" ", "").replace("-", "")


def is_card_number(text: str) -> bool:
    """Whether these are 12 to 19 digits of which the last is the right check digit (ISO/IEC 7812-1)."""
    return text.isascii() and text.isdigit() and 12 <= len(text) <= 19 and passes_luhn(text)


def is_security_code(text: str) -> bool:
    """Whether these are three or four digits, as the networks print them."""
    return text.isascii() and text.isdigit() and len(text) in (3, 4)


def full_year(year: int) -> int:
    """A year that may have been written with its last two digits."""
    return year + 2000 if 0 <= year < 100 else year


def today(now: int) -> datetime:
    """The moment of a world's clock in UTC."""
    return datetime.fromtimestamp(now, UTC)


def has_expired(now: int, year: int, month: int) -> bool:
    """Whether the month through which a card is valid is over; `year` in full."""
    date = today(now)
    return (year, month) < (date.year, date.month)
