"""What was asked and answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mock_gateways.core.control.calls import BadControl, query, world_of
from mock_gateways.core.har import archive
from mock_gateways.core.journal import Search, document

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service

# As many as a sequence number can ever have.
_DIGITS = 15


def find(service: Service, request: Request) -> Document:
    world, shape = world_of(service, request), query(request, "format") or "json"
    if shape not in ("json", "har"):
        raise BadControl("'format' must be json or har")
    search = Search(
        _count(request, "since", "a sequence number") or 0,
        _count(request, "limit", "a number of exchanges"),
        query(request, "method"),
        query(request, "path"),
        _status(request),
    )
    with world.lock:
        found = world.journal.find(search)
    if shape == "har":
        return archive(found, f"mock_gateways {service.gateway.name}", service.gateway.manifest.version)
    return {"exchanges": [document(exchange) for exchange in found]}


def _count(request: Request, name: str, meaning: str) -> int | None:
    text = query(request, name)
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise BadControl(f"{name!r} must be {meaning}")
    return None if text is None else int(text)


def _status(request: Request) -> str | None:
    text = query(request, "status")
    if text is not None and not re.fullmatch(r"[1-5](\d\d|xx)|none", text):
        raise BadControl("'status' must be a number such as 402, a class such as 4xx, or none for a cut connection")
    return text


def clear(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        world.journal.clear()
    return {}
