"""Stripe's authentication: a secret or restricted test key, as Bearer token or as Basic user name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mock_gateways.core.credentials import LIVE, decode_basic
from mock_gateways.core.messages import Refusal
from mock_gateways.stripe.errors import error_reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Request

_TEST_KEY = re.compile(r"(?:sk|rk)_test_[A-Za-z0-9_]{1,240}")
_LIVE_KEY = re.compile(r"(?:sk|rk|pk)_live_")


def refuse_credential(key: str) -> str | None:
    """Why a key opens no tenant, or None for a well-formed test key."""
    if _TEST_KEY.fullmatch(key):
        return None
    if _LIVE_KEY.match(key):
        return LIVE
    if key.startswith("pk_"):
        return "it is a publishable key; this call needs a secret key"
    return "it is not a Stripe test key (sk_test_… or rk_test_…)"


def credential(request: Request, settings: Mapping[str, int | str]) -> str:
    """The key of a request.

    Raises Refusal: 401 when there is none or it is not a test key, the publishable key's own status for that.
    """
    key = _presented(request.headers.get("authorization", ""))
    if not key:
        message = "No API key was given. Put it into the Authorization header, as Bearer token or Basic user name."
        raise Refusal(error_reply(401, message), began=False)
    reason = refuse_credential(key)
    if reason is None:
        return key
    if key.startswith("pk_test_"):
        status = int(settings["publishable_key_http"])
        raise Refusal(error_reply(status, f"This key is refused: {reason}.", code="secret_key_required"), began=False)
    raise Refusal(error_reply(401, f"Invalid API key provided: {reason}."), began=False)


def _presented(header: str) -> str:
    scheme, _, value = header.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    if scheme.lower() != "basic":
        return ""
    return decode_basic(value).partition(":")[0]
