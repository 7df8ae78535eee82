"""What was said: the last exchanges of a tenant, masked before they are kept."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import islice
from typing import TYPE_CHECKING, Any

from mock_gateways.core.masking import mask_headers, mask_text

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Reply, Request

CAPACITY = 2_000


@dataclass(frozen=True, slots=True)
class Exchange:
    """A masked request, and the reply that was sent; `status` is None when the connection was cut instead."""

    sequence: int
    at: int
    method: str
    target: str
    request_headers: dict[str, str]
    request_body: str
    status: int | None
    reply_headers: tuple[tuple[str, str], ...]
    reply_body: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class Search:
    """Which exchanges are asked for, of those after a sequence number; `path` may hold `*` for any text.

    `status` is a number, a class such as "4xx", or "none" for a cut connection.
    """

    since: int = 0
    limit: int | None = None
    method: str | None = None
    path: str | None = None
    status: str | None = None

    def finds(self, entry: Exchange) -> bool:
        code = "none" if entry.status is None else str(entry.status)
        return (
            self.method in (None, entry.method)
            and self.status in (None, code, f"{code[0]}xx")
            and (self.path is None or fnmatchcase(entry.target.partition("?")[0], self.path))
        )


class Journal:
    """A ring of exchanges; sequence numbers go on when old ones fall out."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._ring: deque[Exchange] = deque(maxlen=capacity)
        self._sequence = 0

    def record(self, at: int, request: Request, reply: Reply | None, body: bytes) -> None:
        self._sequence += 1
        exchange = Exchange(
            self._sequence,
            at,
            request.method,
            mask_text(request.target),
            mask_headers(request.headers),
            mask_text(request.body.decode("utf-8", "replace")),
            None if reply is None else reply.status,
            () if reply is None else tuple(reply.headers),
            body,
            request.origin,
        )
        self._ring.append(exchange)

    def find(self, search: Search) -> list[Exchange]:
        """The exchanges that a search finds, oldest first, and no more than its limit."""
        oldest = self._ring[0].sequence if self._ring else 0
        later = islice(self._ring, max(0, search.since - oldest + 1), None)
        return list(islice(filter(search.finds, later), search.limit))

    def clear(self) -> None:
        self._ring.clear()


def document(entry: Exchange) -> Document:
    """An exchange as the control plane shows it."""
    response: dict[str, Any] | None = None
    if entry.status is not None:
        text = mask_text(entry.reply_body.decode("utf-8", "replace"))
        response = {"status": entry.status, "headers": dict(entry.reply_headers), "body": text}
    request = {
        "method": entry.method,
        "path": entry.target,
        "headers": entry.request_headers,
        "body": entry.request_body,
    }
    return {"sequence": entry.sequence, "at": entry.at, "request": request, "response": response}
