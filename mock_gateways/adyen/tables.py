"""Adyen's published tables, read once from the CSV files beside this one. Every row names its source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mock_gateways.core.published import read_instrument, read_method, read_published, rows

if TYPE_CHECKING:
    from mock_gateways.core.manifest import Method

HERE = Path(__file__).parent
API_VERSION = "v72"
REFUSAL = "refusalReasonCode"


@dataclass(frozen=True, slots=True)
class PublishedCard:
    """A published test card; `causes` is "success" or "three_ds"."""

    number: str
    brand: str
    country: str
    expiry_month: str
    expiry_year: str
    cvc: str
    causes: str
    source: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal reason: what an issuer or Adyen answers, by the code that a test asks for it with."""

    code: str
    reason: str
    result: str
    holder_name: str
    source: str
    doubt: str


@dataclass(frozen=True, slots=True)
class Offered:
    """A payment method: its row in the manifest, what /payments answers first, and what the shopper has to do."""

    method: Method
    title: str
    result: str
    action: str


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request: a kind of JSON, "amount", or the allowed values separated by bars."""

    operation: str
    field: str
    kind: str
    required: bool
    shortest: int
    longest: int | None


def _offered(row: dict[str, str]) -> Offered:
    return Offered(read_method(row), row["title"], row["result"], row["action"])


def _fields() -> dict[str, dict[str, Field]]:
    found: dict[str, dict[str, Field]] = {}
    for row in rows(HERE / "requests.csv"):
        longest = int(row["longest"]) if row["longest"] else None
        field = Field(
            row["operation"], row["field"], row["kind"], row["required"] == "yes", int(row["shortest"] or 0), longest
        )
        found.setdefault(field.operation, {})[field.field] = field
    return found


CARDS = {row["number"]: PublishedCard(**row) for row in rows(HERE / "cards.csv")}
REFUSALS = {row["code"]: Refused(**row) for row in rows(HERE / "refusals.csv")}
HOLDER_NAMES = {refused.holder_name: refused.code for refused in REFUSALS.values() if refused.holder_name}
# Test values, and what they cause; an alias is the field, and the value in it, that a request sends along.
TRIGGERS = tuple(map(read_instrument, rows(HERE / "instruments.csv")))
PUBLISHED = read_published(HERE)
ERRORS = PUBLISHED.named("code")
MESSAGES = {row["code"]: row["message"] for row in rows(HERE / "failures.csv") if row["field"] == "code"}
CURRENCIES = PUBLISHED.currencies
METHODS = {offered.method.name: offered for offered in map(_offered, rows(HERE / "methods.csv"))}
PUBLISHED_TYPES = frozenset(row["type"] for row in rows(HERE / "published_types.csv"))
FIELDS = _fields()
