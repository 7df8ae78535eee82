"""The redactor and the scanner: nothing secret is written, and what was written is looked through again.

Law: imports nothing of ours, so that it can stand between anything and the disk.
"""

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote, quote_plus

__all__ = ["MASK", "Finding", "Redactor"]

MASK = "[redacted]"
Finding = str
"""What was found, never the thing itself: `card number`, or the name its owner gave the secret."""

# Digits that a reader could join to a card number: 13 to 19 of them, perhaps spaced or dashed. What stands before is
# asked after the first digit: a pattern that begins with a set of characters is searched three times as fast, which is
# also why the names below are told apart after their first letter.
_DIGITS = re.compile(r"[2-6](?<![0-9A-Za-z].)[0-9](?:[ -]?[0-9]){11,17}(?![0-9A-Za-z])")
# A three-digit code means nothing alone, so it is masked by the name of the field that holds it.
_CODE_FIELD = re.compile(
    r"""([cCsS](?:(?<=[cC])[vV][cCvVnN]2?|(?<=[sS])ecurity_?[cC]ode)(?:%5[dD]|\])?["']?\s*[=:]\s*["']?)[0-9]{3,4}\b"""
)
_OPEN_HEADERS = frozenset({"accept", "content-length", "content-type", "date", "idempotency-key", "retry-after"})


class Redactor:
    """Masks known secrets in every usual encoding, card numbers by Luhn, card codes by field, headers by allow-list.

    `prefixes` are how a gateway's keys begin, so that one nobody told us of is masked too.
    """

    def __init__(
        self,
        secrets: Mapping[str, str],
        *,
        prefixes: Iterable[str] = (),
        open_headers: Iterable[str] = (),
    ) -> None:
        spellings = [(form, name) for name, value in secrets.items() if value for form in _encodings(value)]
        # Longest first: a short spelling may stand within a long one. Plain search, as a pattern for every test's own
        # key would take longer to compile than all texts take to read.
        self._known = sorted(spellings, key=lambda pair: -len(pair[0]))
        self._by_prefix = re.compile("|".join(rf"{re.escape(prefix)}[A-Za-z0-9_]*" for prefix in prefixes) or r"(?!)")
        self._open_headers = _OPEN_HEADERS | {name.lower() for name in open_headers}

    def text(self, text: str) -> str:
        masked = text
        for spelling, name in self._known:
            masked = masked.replace(spelling, f"[{name}]")
        masked = self._by_prefix.sub("[key]", masked)
        masked = _CODE_FIELD.sub(rf"\g<1>{MASK}", masked)
        return _DIGITS.sub(lambda match: f"[card {match[0][-4:]}]" if _luhn(match[0]) else match[0], masked)

    def headers(self, headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
        """Keep the headers that are known to be harmless; of all others, only that they were there."""
        return [(name, self.text(value) if name.lower() in self._open_headers else MASK) for name, value in headers]

    def findings(self, text: str) -> Iterator[Finding]:
        """What in a text should not be there."""
        yield from {name for spelling, name in self._known if spelling in text}
        if self._by_prefix.search(text):
            yield "key"
        if _CODE_FIELD.search(text):
            yield "card code"
        if any(_luhn(match[0]) for match in _DIGITS.finditer(text)):
            yield "card number"


def _encodings(value: str) -> set[str]:
    raw = value.encode()
    shifted = (base64.b64encode(b"\0" * lead + raw).decode() for lead in range(3))
    # The ends of a base64 run depend on its neighbours; the middle identifies the value whatever stands around it.
    middles = {text[4:-4] for text in shifted if len(text) >= 16}
    by_url = {quote(value, safe=""), quote_plus(value), quote(quote(value, safe=""), safe="")}
    written = {value, raw.hex(), raw.hex().upper(), json.dumps(value)[1:-1], *by_url, *middles}
    written |= {text.replace("+", "-").replace("/", "_") for text in middles}
    if value.isdecimal() and len(value) >= 12:
        written |= {separator.join(_fours(value)) for separator in (" ", "-")}
    return written


def _fours(digits: str) -> list[str]:
    return [digits[place : place + 4] for place in range(0, len(digits), 4)]


def _luhn(text: str) -> bool:
    digits = [int(char) for char in reversed(text) if char.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0
