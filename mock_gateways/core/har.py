"""Exchanges as an HTTP Archive 1.2, which browsers and proxies can open.

Source: http://www.softwareishard.com/blog/har-12-spec. The times are the tenant's; how long a call took is not kept.
"""

from __future__ import annotations

from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from mock_gateways.core.masking import mask_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_gateways.core.journal import Exchange
    from mock_gateways.core.messages import Document

_UNKNOWN = -1
_HTTP = "HTTP/1.1"


def archive(exchanges: Iterable[Exchange], creator: str, version: str) -> Document:
    """The archive of exchanges; one whose connection was cut has the status 0, as browsers write it."""
    entries = [_entry(exchange) for exchange in exchanges]
    return {"log": {"version": "1.2", "creator": {"name": creator, "version": version}, "entries": entries}}


def _entry(exchange: Exchange) -> Document:
    return {
        "startedDateTime": datetime.fromtimestamp(exchange.at, UTC).isoformat(),
        "time": 0,
        "request": _request(exchange),
        "response": _response(exchange),
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
    }


def _request(exchange: Exchange) -> Document:
    query = exchange.target.partition("?")[2]
    request = {
        "method": exchange.method,
        "url": f"{exchange.origin}{exchange.target}",
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _named(exchange.request_headers.items()),
        "queryString": _named(parse_qsl(query, keep_blank_values=True)),
        "headersSize": _UNKNOWN,
        "bodySize": len(exchange.request_body.encode()),
    }
    if exchange.request_body:
        kind = exchange.request_headers.get("Content-Type", "")
        request["postData"] = {"mimeType": kind, "text": exchange.request_body}
    return request


def _response(exchange: Exchange) -> Document:
    status, text = exchange.status or 0, mask_text(exchange.reply_body.decode("utf-8", "replace"))
    kinds = [value for name, value in exchange.reply_headers if name.lower() == "content-type"]
    return {
        "status": status,
        "statusText": HTTPStatus(status).phrase if status in _PHRASED else "",
        "httpVersion": _HTTP,
        "cookies": [],
        "headers": _named(exchange.reply_headers),
        "content": {
            "size": len(exchange.reply_body),
            "mimeType": kinds[0] if kinds else "application/json",
            "text": text,
        },
        "redirectURL": next((value for name, value in exchange.reply_headers if name.lower() == "location"), ""),
        "headersSize": _UNKNOWN,
        "bodySize": len(exchange.reply_body) if status else _UNKNOWN,
    }


_PHRASED = frozenset(map(int, HTTPStatus))


def _named(pairs: Iterable[tuple[str, str]]) -> list[Document]:
    return [{"name": name, "value": value} for name, value in pairs]
