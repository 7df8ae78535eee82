"""Who may press a button: only pages that this server itself has shown.

A form of any other site could be sent to a server on loopback by the reader's own browser.
Source: fetch.spec.whatwg.org, "Origin header"; w3.org/TR/fetch-metadata, "Sec-Fetch-Site".
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_OWN = ("same-origin", "none")

# No `no-referrer`: a browser would then send `Origin: null` with the page's own forms.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
)


def foreign(headers: Mapping[str, str], host: str) -> str | None:
    """Where a form came from when it was not this server's own page, else None.

    What the browser itself says of the two sites is believed first: a proxy between may have changed the host. A
    request without either header comes from no browser that could have been lured.
    """
    site, origin = headers.get("Sec-Fetch-Site"), headers.get("Origin")
    if site is not None:
        return None if site in _OWN else origin or f"another site ({site})"
    return origin if origin is not None and urlsplit(origin).netloc != host else None
