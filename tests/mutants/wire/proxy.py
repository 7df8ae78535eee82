"""A WSGI application before the simulator that changes what passes: requests, replies, deliveries of webhooks."""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl, urlencode

from werkzeug.test import run_wsgi_app

from mock_gateways.core.faults import Severed

CONTROL = "/_mock/"
FORM = "application/x-www-form-urlencoded"
Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """What a connector sent; header names are in lower case."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    environ: dict[str, Any] = field(repr=False)

    @property
    def is_form(self) -> bool:
        return self.headers.get("content-type", "").startswith(FORM)

    def fields(self) -> Fields:
        """Its body by field; those of a form are flat."""
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True)) if self.is_form else _object(self.body)

    def having(self, fields: Fields) -> "Request":
        body = urlencode(fields) if self.is_form else json.dumps(fields)
        return replace(self, body=body.encode())

    def under(self, header: str, value: str | None) -> "Request":
        """With a header replaced; None leaves it out."""
        others = {name: old for name, old in self.headers.items() if name != header.lower()}
        return replace(self, headers=others if value is None else {**others, header.lower(): value})


@dataclass(frozen=True, slots=True)
class Reply:
    """What the gateway answered."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def fields(self) -> Fields:
        return _object(self.body)

    def having(self, fields: Fields, status: int | None = None) -> "Reply":
        return replace(self, body=json.dumps(fields).encode(), status=status or self.status)


def _object(body: bytes) -> Fields:
    """A JSON object; anything else has no fields."""
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def answer(fields: Fields, status: int = 200) -> Reply:
    return Reply(status, (("Content-Type", "application/json"),), json.dumps(fields).encode())


Passes = Callable[["Proxy", Request], Reply]
Delivers = Callable[["Proxy", Fields], Fields]


class Proxy:
    """Passes requests on as `passes` likes, and hands deliveries over as `delivers` likes.

    `memory` is for what a change has to remember of earlier requests.
    """

    def __init__(self, app: Callable, passes: Passes | None, delivers: Delivers | None) -> None:
        self._app, self._passes, self._delivers = app, passes, delivers
        self.memory: dict[Any, Any] = {}

    def forward(self, request: Request) -> Reply:
        """Have the gateway answer.

        Raises:
            Severed: it does not.
        """
        environ = {**request.environ, "REQUEST_METHOD": request.method, "PATH_INFO": request.path}
        environ |= {"QUERY_STRING": request.query, "CONTENT_LENGTH": str(len(request.body))}
        environ["wsgi.input"] = BytesIO(request.body)
        environ = {name: value for name, value in environ.items() if not name.startswith("HTTP_")}
        environ |= {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers.items()}
        environ["CONTENT_TYPE"] = environ.pop("HTTP_CONTENT_TYPE", "")
        chunks, status, headers = run_wsgi_app(self._app, environ, buffered=True)
        return Reply(int(status.partition(" ")[0]), tuple(headers), b"".join(chunks))

    def __call__(self, environ: dict[str, Any], start_response: Callable) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith(CONTROL):
            request = _read(environ)
            reply = self._passes(self, request) if self._passes else self.forward(request)
        elif self._delivers and "/outbox" in environ["PATH_INFO"]:
            reply = self._delivered(_read(environ))
        else:
            return self._app(environ, start_response)
        headers = [pair for pair in reply.headers if pair[0].lower() != "content-length"]
        start_response(f"{reply.status} Changed", [*headers, ("Content-Length", str(len(reply.body)))])
        return [reply.body]

    def _delivered(self, request: Request) -> Reply:
        """The outbox, or a variant of one delivery, each changed on its way to the merchant."""
        reply = self.forward(request)
        told = reply.fields()
        if "deliveries" in told:
            rows = [self._delivers(self, row) for row in told["deliveries"]]
            return reply.having({**told, "deliveries": rows})
        outbox, _, rest = request.path.rpartition("/outbox")
        genuine = self._genuine(f"{outbox}/outbox", rest.split("/")[1], request)
        return reply.having(self._delivers(self, {**told, "genuine": genuine}))

    def _genuine(self, outbox: str, delivery: str, request: Request) -> Fields:
        asked = replace(request, method="GET", path=outbox, body=b"")
        return next(row for row in self.forward(asked).fields()["deliveries"] if row["id"] == delivery)


def _read(environ: dict[str, Any]) -> Request:
    headers = dict(_headers(environ))
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return Request(
        environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("QUERY_STRING", ""), headers, body, environ
    )


def _headers(environ: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if environ.get("CONTENT_TYPE"):
        yield "content-type", environ["CONTENT_TYPE"]
    for name, value in environ.items():
        if name.startswith("HTTP_"):
            yield name.removeprefix("HTTP_").replace("_", "-").lower(), value


__all__ = ["Delivers", "Fields", "Passes", "Proxy", "Reply", "Request", "Severed", "answer"]


def echo(environ, start_response):
    """Answers with what it was sent."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"sent": body, "key": environ.get("HTTP_IDEMPOTENCY_KEY")}).encode()]
