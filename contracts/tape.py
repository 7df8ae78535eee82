"""What was said, in memory only: nothing of a tape reaches a disk before it is redacted.

A recorder fills a tape, whatever it is: `Taped` wraps a WSGI application, an importer reads a file of others.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any, Literal
from urllib.parse import parse_qsl, urlsplit
from wsgiref.types import WSGIApplication, WSGIEnvironment

__all__ = ["Asked", "Exchange", "Headers", "Message", "Tape", "Taped", "header", "request_of"]

Headers = tuple[tuple[str, str], ...]


def header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    return next((value for key, value in headers if key.lower() == name), None)


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a reply as bytes. Its repr shows nothing of either: both may hold keys and card numbers."""

    headers: Headers = field(default=(), repr=False)
    body: bytes = field(default=b"", repr=False)
    method: str = ""
    url: str = field(default="", repr=False)
    status: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its reply, or a delivery of the gateway, which has none that matters.

    `label` becomes the id of the step; `at` is when it ended, in unix seconds. `verified` is whether a delivery's
    signature held, `concurrent` the name of those that were under way with it.
    """

    request: Message
    response: Message | None = None
    label: str | None = None
    scenario: str | None = None
    actor: Literal["merchant", "browser"] = "merchant"
    at: float = 0
    elapsed_ms: float = 0
    verified: bool | None = None
    concurrent: str | None = None

    @property
    def began(self) -> float:
        return self.at - self.elapsed_ms / 1000

    @property
    def is_delivery(self) -> bool:
        return self.response is None

    @property
    def host(self) -> str:
        return urlsplit(self.request.url).hostname or ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A command of the merchant's: which exchanges of the tape it caused, and the rest of a `format.Command`."""

    exchanges: range
    about: Mapping[str, Any]


@dataclass(slots=True)
class Tape:
    """Exchanges in the order in which they ended. `label` and `scenario` are given to what is added next."""

    exchanges: list[Exchange] = field(default_factory=list, repr=False)
    label: str | None = None
    scenario: str | None = None
    actor: Literal["merchant", "browser"] = "merchant"

    def add(self, request: Message, response: Message | None, *, at: float, elapsed_ms: float = 0) -> None:
        self.exchanges.append(
            Exchange(request, response, self.label, self.scenario, self.actor, at=at, elapsed_ms=elapsed_ms)
        )

    def deliver(self, headers: Headers, body: bytes, *, at: float, verified: bool, url: str = "/webhooks") -> None:
        """Add a webhook. It must have been verified with the real key already: redaction ends every signature."""
        request = Message(headers, body, "POST", url)
        self.exchanges.append(Exchange(request, None, self.label, self.scenario, at=at, verified=verified))


class Taped:
    """A WSGI application whose exchanges are taped; paths that begin with `unheard` are nobody's traffic."""

    def __init__(
        self, app: WSGIApplication, tape: Tape, *, unheard: str = "/_", now: Callable[[], float] = time.time
    ) -> None:
        self._app, self.tape, self._unheard, self._now = app, tape, unheard, now

    def __call__(self, environ: WSGIEnvironment, start_response: Any) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").startswith(self._unheard):
            return self._app(environ, start_response)
        request = request_of(environ)
        began = time.perf_counter()
        chunks, status, headers = _run(self._app, environ, start_response)
        elapsed_ms = (time.perf_counter() - began) * 1000
        response = Message(headers, b"".join(chunks), status=int(status.split()[0]))
        self.tape.add(request, response, at=self._now(), elapsed_ms=elapsed_ms)
        return chunks


def request_of(environ: WSGIEnvironment) -> Message:
    """The request of a WSGI environment, which can be read again afterwards."""
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    environ["wsgi.input"] = BytesIO(body)
    named = [
        (key.removeprefix("HTTP_").replace("_", "-").lower(), str(value))
        for key, value in environ.items()
        if key.startswith("HTTP_") or (key in ("CONTENT_TYPE", "CONTENT_LENGTH") and value)
    ]
    query = environ.get("QUERY_STRING", "")
    path = environ.get("PATH_INFO", "/").encode("latin-1").decode(errors="replace")
    host = environ.get("HTTP_HOST") or environ.get("SERVER_NAME", "")
    url = f"{environ.get('wsgi.url_scheme', 'http')}://{host}{path}" + (f"?{query}" if query else "")
    return Message(tuple(named), body, environ["REQUEST_METHOD"], url)


def _run(app: WSGIApplication, environ: WSGIEnvironment, start_response: Any) -> tuple[list[bytes], str, Headers]:
    told: list[Any] = []

    def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
        told[:] = [status, tuple(headers)]
        return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

    result = app(environ, start)
    try:
        chunks = list(result)
    finally:
        getattr(result, "close", lambda: None)()
    return chunks, told[0], told[1]


def query_of(url: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(url).query, keep_blank_values=True)
