"""Keeps credentials and card numbers out of everything that is stored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key"})
# A pattern that begins with a set of characters is searched several times as fast as one that begins with a choice or
# with a look behind, and every stored message is searched by all three: so what stands before is asked a step later.
_NUMBER = re.compile(r"\d(?<!\d\d)(?:\d{12,18}(?!\d)|\d{3}(?:(?:[ +-]|%20)\d{3,6}){2,4}(?!\d))")
# A number in a card's or an account's field is masked whatever its check digit: a mistyped card is a card, nearly.
_FIELD = re.compile(
    r"([nNpP](?:(?<=[nN])umber|(?<=[pP])an|(?<=P)AN)(?:\]|%5[dD])?\"?\s*[=:]\s*\"?)(\d(?:[ +-]|%20|\d){7,30})"
)
# The names under which the gateways take a security code, in form and in JSON bodies.
_CODE = re.compile(r"([cCsS](?:(?<=[cC])[vV][cCvV]2?|(?<=[sS])ecurityCode)(?:\]|%5[dD])?\"?\s*[=:]\s*\"?)[^&\",}\s]+")


def passes_luhn(digits: str) -> bool:
    """Whether the check digit is right (ISO/IEC 7812-1, annex B)."""
    doubled = (int(d) * (2 if index % 2 else 1) for index, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def mask_text(text: str) -> str:
    """The text with card numbers cut to their last four digits and security codes removed."""
    return _NUMBER.sub(_mask_number, _FIELD.sub(_mask_field, _CODE.sub(r"\1***", text)))


def mask_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers under their usual capitals, credentials replaced."""
    return {name.title(): "[masked]" if name.lower() in _SECRET_HEADERS else value for name, value in headers.items()}


def _mask_field(found: re.Match[str]) -> str:
    digits = re.sub(r"%20|\D", "", found[2])
    return f"{found[1]}{'*' * (len(digits) - 4)}{digits[-4:]}"


def _mask_number(found: re.Match[str]) -> str:
    text = found.group()
    digits = re.sub(r"%20|\D", "", text)
    return "*" * (len(digits) - 4) + digits[-4:] if passes_luhn(digits) else text
