"""Lines of recorded exchanges (`traffic/<gateway>.jsonl` of the folder in ASSAY_REFERENCE), in.

They are not ours to commit: what is made of them stays in memory, or in a temporary folder.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.errors import ContractInvalid
from contracts.exchange.hyperswitch import body_bytes
from contracts.exchange.vcr import header_pairs
from contracts.tape import Exchange, Message, Tape

__all__ = ["Line", "lines"]


@dataclass(frozen=True, slots=True)
class Line:
    """One exchange, where it is from, and under which licence; no tape where there was no request."""

    number: int
    source: str
    licence: str
    tape: Tape | None


def lines(text: str) -> Iterator[Line]:
    """Every line; each is a tape of its own, as nothing says which belong together.

    Raises ContractInvalid.
    """
    for number, line in enumerate(text.splitlines(), 1):
        try:
            row = json.loads(line)
            yield Line(number, row["source"], row["licence"], _tape(row))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ContractInvalid("traffic", f"line {number}", f"is no exchange: {type(error).__name__}") from None


def _tape(row: dict[str, Any]) -> Tape | None:
    request, response = row["request"], row["response"]
    if not request or not response or "url" not in request or "method" not in request:
        return None
    asked = Message(_typed(request), body_bytes(request.get("body")), request["method"].upper(), request["url"])
    answered = Message(_typed(response), body_bytes(response.get("body")), status=response.get("status") or 200)
    return Tape([Exchange(asked, answered)])


def _typed(message: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    """The headers; a body that was kept as an object was JSON, whatever is said of it."""
    headers = header_pairs(message.get("headers") or {})
    if isinstance(message.get("body"), dict | list):
        headers = (*(pair for pair in headers if pair[0] != "content-type"), ("content-type", "application/json"))
    return headers
