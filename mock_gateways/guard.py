"""The control plane behind a token, for a simulator that listens on more than loopback.

The API itself needs none: it has the gateway's own credentials. Nor do the health check, and the pages on which a
shopper decides, which a shop sends its shoppers to.
"""

from __future__ import annotations

import hmac
import re
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from mock_gateways.core.messages import compact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_gateways.core.wsgi import Environ, StartResponse, Wsgi

HEADER, COOKIE, QUERY = "X-Mock-Token", "mock_token", "token"
_is_control = re.compile(r"(?:/[^/]+)?/_mock(?:/|\Z)").match
_is_open = re.compile(r"(?:/[^/]+)?/_mock/(?:health|static/.*|tenants/[^/]+/approvals/[^/]+/page)\Z").match
_REFUSAL = f"the control plane wants the token: send it as {HEADER}, or open the page with ?{QUERY}=..."


class Guarded:
    """An application whose control plane answers only to whoever has the token."""

    def __init__(self, app: Wsgi, token: str) -> None:
        self._app, self._token = app, token.encode()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        if not _is_control(path) or _is_open(path) or self._holds(_header(environ), _cookie(environ)):
            return self._app(environ, start_response)
        asked = parse_qs(environ.get("QUERY_STRING", "")).get(QUERY, [""])[-1]
        if not self._holds(asked):
            return _answer(start_response, "401 Unauthorized", [], {"error": _REFUSAL})
        # From here on the browser brings it by itself, and it stands in no address any more.
        kept = f"{COOKIE}={asked}; Path=/; HttpOnly; SameSite=Strict"
        address = f"{environ.get('SCRIPT_NAME', '')}{path}"
        return _answer(start_response, "303 See Other", [("Set-Cookie", kept), ("Location", address)], {})

    def _holds(self, *brought: str) -> bool:
        return any(hmac.compare_digest(token.encode("utf-8", "replace"), self._token) for token in brought)


def _header(environ: Environ) -> str:
    return str(environ.get("HTTP_" + HEADER.upper().replace("-", "_"), ""))


def _cookie(environ: Environ) -> str:
    try:
        found = SimpleCookie(environ.get("HTTP_COOKIE", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def _answer(
    start_response: StartResponse, status: str, headers: list[tuple[str, str]], document: dict[str, str]
) -> Iterable[bytes]:
    body = compact(document).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body))), *headers])
    return (body,)
