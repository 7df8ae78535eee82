"""How values are written on the pages: times, statuses and bodies."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST = 20_000

_OF_CLASS: Mapping[str, str] = MappingProxyType({"2": "success", "3": "info", "4": "warning", "5": "danger"})
_OF_DELIVERY: Mapping[str, str] = MappingProxyType(
    {"pending": "warning", "delivered": "success", "failed": "danger", "dropped": "secondary"}
)


def moment(seconds: int) -> str:
    """A time as a person reads it, in UTC; the number itself where no calendar goes that far."""
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")
    except (OverflowError, ValueError, OSError):
        return str(seconds)


def status_colour(status: int | None) -> str:
    return _OF_CLASS.get(str(status)[0], "danger")


def delivery_colour(state: str) -> str:
    return _OF_DELIVERY.get(state, "danger")


def readable(body: str) -> str:
    """A body with its JSON laid out in lines, and cut where nobody reads on."""
    with suppress(ValueError, RecursionError):
        body = json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    left = len(body) - LONGEST
    return body if left <= 0 else f"{body[:LONGEST]}\n… {left:,} characters more: see the journal of the control plane"


FILTERS = MappingProxyType(
    {"moment": moment, "status_colour": status_colour, "delivery_colour": delivery_colour, "readable": readable}
)
