"""Webhooks: what a believed delivery holds, and the signature schemes, each one function."""

import hmac
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from runtime.core.messages import HttpResponse
from runtime.core.payments import Outcome

__all__ = ["Delivery", "Event", "hmac_sha256_base64", "hmac_sha256_hex", "matches_any"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. `outcome` is None where the connector has no word for it: acknowledge, change nothing.

    `event_id` is the gateway's, and the same on every redelivery: deduplicate by it.
    Events come late, twice and out of order; `created` (unix seconds) tells which of two is older.
    """

    event_id: str
    type: str
    created: int | None
    outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery whose signature holds: its events, and what to answer the gateway."""

    events: tuple[Event, ...]
    acknowledgement: HttpResponse = field(default_factory=lambda: HttpResponse(200))


def hmac_sha256_hex(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, sha256).hexdigest()


def hmac_sha256_base64(key: bytes, message: bytes) -> str:
    return b64encode(hmac.new(key, message, sha256).digest()).decode()


def matches_any(expected: str, candidates: Iterable[str]) -> bool:
    """Whether a candidate equals `expected`: in constant time, and every candidate is looked at."""
    # One side is a stranger's: what no encoding can carry is no signature, and no reason to crash.
    wanted = expected.encode(errors="replace")
    found = [hmac.compare_digest(wanted, candidate.encode(errors="replace")) for candidate in candidates]
    return any(found)
