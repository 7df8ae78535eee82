"""Adyen's authentication: an API key, or the user and password of a web service user, and a merchant account with it.

A tenant is both together, written "<key>:<merchant account>". Adyen's keys do not tell test from live, so a key is
refused only where it says that it is live; a live endpoint prefix in the host is refused too.
Source: docs.adyen.com/development-resources/api-credentials, securitySchemes of Checkout v72.
"""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from mock_gateways.adyen.errors import error_reply, refuse
from mock_gateways.adyen.references import unseal
from mock_gateways.core.credentials import LIVE, decode_basic
from mock_gateways.core.messages import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mock_gateways.core.messages import Document, Request

_KEY = re.compile(r"[!-~]{3,400}")
_LIVE = re.compile(r"live", re.IGNORECASE)
_LIVE_HOST = re.compile(r"-(checkout|pal)-live\.", re.IGNORECASE)
_ACCOUNT = re.compile(r"[A-Za-z0-9_.-]{1,80}")
# Calls that name no merchant account, and carry nothing that tells it, share a world of their own.
NO_ACCOUNT = "none"
_WITHOUT_ACCOUNT = frozenset(
    {
        "post-payments-details",
        "get-sessions-sessionId",
        "get-paymentLinks-linkId",
        "patch-paymentLinks-linkId",
        "post-applePay-sessions",
        "post-originKeys",
        "post-paypal-updateOrder",
    }
)


def refuse_credential(credential: str) -> str | None:
    """Why a key and merchant account open no tenant, or None when they do."""
    key, _, account = credential.rpartition(":")
    if not key or not _ACCOUNT.fullmatch(account):
        return "an Adyen tenant is named <API key>:<merchant account>"
    return _refuse_key(key)


def _refuse_key(key: str) -> str | None:
    if not _KEY.fullmatch(key):
        return "it is no API key, nor the user and password of a web service user"
    if _LIVE.search(key):
        return LIVE
    return None


def credential(request: Request, _: Mapping[str, int | str]) -> str:
    """The tenant of a request; what it sends is from then on in `parameters`.

    Raises Refusal: 401 without a test key, 400 for a body that is no JSON object, 403 without a merchant account.
    """
    key = _presented(request.headers)
    if not key or _refuse_key(key) is not None or _LIVE_HOST.search(request.headers.get("host", "")):
        raise Refusal(error_reply("000", "HTTP Status Response - Unauthorized"), began=False)
    request.parameters = _read(request)
    account = next(_accounts(request), None)
    if account is None and request.route is not None and request.route.operation in _WITHOUT_ACCOUNT:
        account = NO_ACCOUNT
    if not isinstance(account, str) or not _ACCOUNT.fullmatch(account):
        raise refuse("901")
    return f"{key}:{account}"


def _presented(headers: Mapping[str, str]) -> str:
    if headers.get("x-api-key"):
        return headers["x-api-key"].strip()
    scheme, _, value = headers.get("authorization", "").strip().partition(" ")
    return decode_basic(value) if scheme.lower() == "basic" else ""


def _read(request: Request) -> Document:
    if request.method in ("GET", "DELETE"):
        return {name: values[-1] for name, values in parse_qs(request.query, keep_blank_values=True).items()}
    try:
        body = json.loads(request.body or b"{}", parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise refuse("702", "The body is not JSON.") from None
    if not isinstance(body, dict):
        raise refuse("702", "The body is not a JSON object.")
    return body


def _no_constant(text: str) -> None:
    raise ValueError(f"{text} is no JSON")


def _accounts(request: Request) -> Iterator[Any]:
    """Every merchant account that a request names, or that something it carries belongs to."""
    given = request.parameters
    yield from (given[name] for name in ("merchantAccount", "merchantAccountCode") if name in given)
    details = given.get("details")
    carried = [*given.values(), *(details.values() if isinstance(details, dict) else ()), *request.ids.values()]
    for value in carried:
        sealed = unseal(value) or unseal(token_in(value)) or account_in_link(value)
        if sealed is not None:
            yield sealed if isinstance(sealed, str) else sealed.account


def token_in(result: object) -> object:
    """The authorisationToken inside a threeDSResult, which is Base64 of JSON; None when there is none."""
    if not isinstance(result, str) or not result.isascii():
        return None
    try:
        inner = json.loads(base64.b64decode(result + "=" * (-len(result) % 4)))
    except (ValueError, RecursionError):
        return None
    return inner.get("authorisationToken") if isinstance(inner, dict) else None


def account_in_link(value: object) -> str | None:
    """The merchant account inside the id of a payment link of ours: PL, 16 digits, and the account in hexadecimal."""
    if not isinstance(value, str) or not re.fullmatch(r"PL[0-9A-F]{18,}", value):
        return None
    try:
        return bytes.fromhex(value[18:]).decode("ascii")
    except ValueError:
        return None
