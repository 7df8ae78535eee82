"""Idempotency keys: a gateway's rules as data, and one store per tenant."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from enum import Enum
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mock_gateways.core.messages import Reply, Request


class Verdict(Enum):
    """What a key says about the request that carries it."""

    FRESH = "fresh"
    REPLAY = "replay"
    IN_FLIGHT = "in_flight"
    MISMATCH = "mismatch"


@dataclass(frozen=True, slots=True)
class Rules:
    """Where a gateway reads its key, on which methods, how long the key may be, and how long it is remembered.

    `operations` names those that take a key, where not all of the methods' do.
    """

    header: str
    methods: frozenset[str]
    longest: int
    retention_s: int
    operations: frozenset[str] | None = None


@dataclass(slots=True)
class Entry:
    """The first request under a key; `reply` is None while that request is in flight."""

    fingerprint: bytes
    at: int
    request_id: str
    reply: Reply | None = None


class Keys:
    """The keys of one tenant, oldest first; expired ones are dropped as new ones arrive."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._entries: dict[str, Entry] = {}
        # A keyed digest: parameters may hold a card number, and no digest of one may be open to guessing.
        self._digest_key = secrets.token_bytes(32)

    def key_of(self, request: Request) -> str | None:
        """The key of a request; an empty header is none."""
        return (request.headers.get(self._rules.header) or None) if self._takes_key(request) else None

    def _takes_key(self, request: Request) -> bool:
        operations = self._rules.operations
        named = operations is None or (request.route is not None and request.route.operation in operations)
        return named and request.method in self._rules.methods

    def begin(self, key: str, request: Request, now: int) -> tuple[Verdict, Entry]:
        """The verdict on a request; a fresh one is from then on in flight under its key."""
        self._forget_expired(now)
        fingerprint = self._fingerprint(request)
        known = self._entries.get(key)
        if known is None:
            entry = self._entries[key] = Entry(fingerprint, now, request.id)
            return Verdict.FRESH, entry
        if known.fingerprint != fingerprint:
            return Verdict.MISMATCH, known
        return (Verdict.IN_FLIGHT if known.reply is None else Verdict.REPLAY), known

    def finish(self, key: str, reply: Reply | None) -> None:
        """Remember the reply, or forget the key when there is none to remember."""
        if reply is None:
            self._entries.pop(key, None)
        elif (entry := self._entries.get(key)) is not None:
            entry.reply = reply

    def forget_unfinished(self) -> None:
        """Forget the keys of requests that are in flight."""
        self._entries = {key: entry for key, entry in self._entries.items() if entry.reply is not None}

    def _forget_expired(self, now: int) -> None:
        while self._entries:
            oldest = next(iter(self._entries))
            if self._entries[oldest].at > now - self._rules.retention_s:
                return
            del self._entries[oldest]

    def _fingerprint(self, request: Request) -> bytes:
        text = f"{request.method} {request.path} {_canonical(request.parameters)}"
        return blake2b(text.encode("utf-8", "surrogatepass"), key=self._digest_key, digest_size=16).digest()


def _canonical(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ",".join(f"{key!r}:{_canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_canonical(item) for item in value) + "]"
    return repr(value)
