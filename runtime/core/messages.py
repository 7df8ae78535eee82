"""HTTP messages as plain values. Nothing here opens a socket."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

__all__ = ["Headers", "HttpRequest", "HttpResponse", "TransportError", "Wait", "lookup"]

Headers = tuple[tuple[str, str], ...]

# Every server takes 8000 octets of a URL (RFC 9110, 4.1); what else a line holds would end it or is for its receiver
# to guess at (9110, 5.5).
_is_target = re.compile(r"[!-~]{1,8000}\Z").match
_is_value = re.compile(r"[\t -~]*\Z").match


def lookup(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The first header of that name, whatever its case."""
    wanted = name.lower()
    return next((value for key, value in headers if key.lower() == wanted), None)


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """What to send. Its repr shows method and path only: all else may hold keys or card numbers."""

    method: str
    url: str
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        return lookup(self.headers, name)

    @property
    def can_be_sent(self) -> bool:
        """Whether URL and headers are what HTTP can carry: a line break in one would begin another."""
        return bool(_is_target(self.url)) and all(_is_value(value) for _, value in self.headers)

    def __repr__(self) -> str:
        return f"HttpRequest({self.method} {self.url.partition('?')[0]})"


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """What came back. Header names are looked up without case; the body is the bytes as they came."""

    status: int
    headers: Headers = ()
    body: bytes = field(default=b"", repr=False)

    def header(self, name: str) -> str | None:
        return lookup(self.headers, name)

    @property
    def retry_after(self) -> float | None:
        """Seconds the gateway asks to wait; None where it names none, or a date."""
        text = self.header("Retry-After") or ""
        return float(text) if text.isdecimal() else None

    def __repr__(self) -> str:
        return f"HttpResponse({self.status}, {len(self.body)} bytes)"


@dataclass(frozen=True, slots=True)
class Wait:
    """A step of an exchange that sends nothing: come back after `seconds`."""

    seconds: float


class TransportError(Exception):
    """No answer came. `sent` is False only where it is certain that no byte of the request left."""

    def __init__(self, reason: str, *, sent: bool) -> None:
        super().__init__(reason)
        self.sent = sent
