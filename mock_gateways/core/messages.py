"""Requests and replies as plain values: handlers see these, never Flask or WSGI."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.routes import Route

Document = dict[str, Any]

# Media types of bodies.
FORM, JSON = "application/x-www-form-urlencoded", "application/json"

# A gateway's biggest documented request is far smaller; the bound keeps a runaway client from filling memory.
LARGEST_BODY = 1_048_576

_encode = json.JSONEncoder(separators=(",", ":")).encode


def encoded(document: object) -> bytes:
    """JSON without white space; key order is kept."""
    try:
        return orjson.dumps(document)
    except TypeError:
        # What was sent to us may hold half a surrogate pair, or an integer of any size: no UTF-8, but still JSON.
        return _encode(document).encode()


def compact(document: object) -> str:
    """The same as text."""
    return encoded(document).decode()


class MalformedRequest(Exception):
    """The bytes of a request cannot be read; `status` is the HTTP status that says so."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


@dataclass(slots=True)
class Request:
    """One HTTP request; header names are lower-case, the path is decoded.

    `route`, `ids`, `parameters` and `id` are filled in by the service before a handler sees the request.
    """

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes
    origin: str
    route: Route | None = None
    ids: Mapping[str, str] = field(default_factory=dict)
    parameters: Document = field(default_factory=dict)
    id: str = ""

    def media_type(self, default: str) -> str:
        """What the body is said to be, in lower case and without parameters such as a charset."""
        return self.headers.get("content-type", default).partition(";")[0].strip().lower()

    @property
    def target(self) -> str:
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(slots=True)
class Reply:
    """One HTTP reply: a JSON document, or exact bytes when `raw` is set."""

    status: int
    document: Any = None
    headers: list[tuple[str, str]] = field(default_factory=list)
    raw: bytes | None = None

    def body(self) -> bytes:
        return self.raw if self.raw is not None else encoded(self.document)

    def marked_unsimulated(self, what: str) -> Reply:
        """The same reply, with the header by which a client can count what it misses."""
        self.headers.append(("X-Mock-Unimplemented", what))
        return self

    def status_line(self) -> str:
        try:
            return f"{self.status} {HTTPStatus(self.status).phrase}"
        except ValueError:
            return f"{self.status} Unassigned"


class Refusal(Exception):
    """A reply that ends a handler early.

    `began` tells whether the operation had begun to execute, which decides if an idempotency key remembers the reply.
    """

    def __init__(self, reply: Reply, *, began: bool) -> None:
        super().__init__(reply.status)
        self.reply = reply
        self.began = began


def read_environ(environ: Mapping[str, Any]) -> Request:
    """The request a WSGI server received.

    Raises MalformedRequest when path, length or body cannot be read.
    """
    headers = {key[5:].replace("_", "-").lower(): value for key, value in environ.items() if key.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        headers["content-type"] = environ["CONTENT_TYPE"]
    host = headers.get("host") or f"{environ.get('SERVER_NAME', 'localhost')}:{environ.get('SERVER_PORT', '80')}"
    return Request(
        environ["REQUEST_METHOD"],
        _text(environ.get("PATH_INFO", "/")),
        environ.get("QUERY_STRING", ""),
        headers,
        _body(environ),
        f"{environ.get('wsgi.url_scheme', 'http')}://{host}{environ.get('SCRIPT_NAME', '')}",
    )


def _text(latin: str) -> str:
    # WSGI hands bytes over as latin-1; undecodable bytes become U+FFFD and so match no route.
    return latin if latin.isascii() else latin.encode("latin-1", "replace").decode("utf-8", "replace")


def _body(environ: Mapping[str, Any]) -> bytes:
    declared = environ.get("CONTENT_LENGTH") or "0"
    if not (declared.isascii() and declared.isdigit()):
        raise MalformedRequest(400, "Content-Length is not a number.")
    if int(declared) > LARGEST_BODY:
        raise MalformedRequest(413, f"The request body is larger than {LARGEST_BODY} bytes.")
    read: Callable[[int], bytes] = environ["wsgi.input"].read
    return read(int(declared)) if declared != "0" else b""
