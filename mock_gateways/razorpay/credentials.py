"""Razorpay's authentication: HTTP Basic with key id and key secret; calls of a browser bear the key id alone.

Source: razorpay.com/docs/api/authentication. The scheme must be written "Basic". A tenant is the key id; its secret is
the one that the first call brings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from mock_gateways.core.credentials import LIVE, decode_basic
from mock_gateways.razorpay.errors import unauthorized
from mock_gateways.razorpay.store import store_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Request
    from mock_gateways.core.tenants import World

_TEST_KEY = re.compile(r"rzp_test_[A-Za-z0-9_]{1,240}")
# What a browser may do with the key id alone: razorpay.com/docs/payments/payment-gateway/s2s-integration/json/v2.
_PUBLIC = frozenset({"GenerateOtp", "SubmitOtp", "ResendOtp", "SubmitOtpByUrl", "ResendOtpByUrl"})


def refuse_credential(key: str) -> str | None:
    """Why a key id opens no tenant, or None for a well-formed test key id."""
    if _TEST_KEY.fullmatch(key):
        return None
    if key.startswith("rzp_live_"):
        return LIVE
    if ":" in key:
        return "a tenant is named by the key id alone (rzp_test_…); the secret comes with the calls"
    return "it is not a Razorpay test key id (rzp_test_…)"


def presented(request: Request) -> tuple[str, str]:
    """Key id and secret of a request, each empty when it is not there."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme != "Basic":
        # The addresses in `next` carry the key id, for a browser that has nothing else.
        return (parse_qs(request.query).get("key_id", [""])[-1], "") if not scheme else ("", "")
    key, _, secret = decode_basic(value).partition(":")
    return key, secret


def credential(request: Request, settings: Mapping[str, int | str]) -> str:
    """The key id of a request.

    Raises Refusal when there is none, when it is no test key, and when the secret is missing.
    """
    key, secret = presented(request)
    public = request.route is not None and request.route.operation in _PUBLIC
    if refuse_credential(key) is not None or not (secret or public):
        raise unauthorized(int(settings["bad_key_http"]), "Authentication failed")
    return key


def check_secret(world: World, request: Request) -> None:
    """Keep the first secret that a key id comes with; raises Refusal for any other."""
    store, (_, secret) = store_of(world), presented(request)
    if not secret:
        return
    if not store.key_secret:
        store.key_secret = secret
    if store.key_secret != secret:
        raise unauthorized(int(world.settings["bad_key_http"]), "Authentication failed")
