"""Stripe signs time and body. Source: docs.stripe.com/webhooks/signature."""

import hmac
from collections.abc import Mapping

from contracts.schemes import Scheme, Signed, same

__all__ = ["SCHEMES"]


def _sign(secret: str, body: bytes, at: int) -> Signed:
    """`t=<time>,v1=<hex>` over `<time>.<body>`."""
    mac = hmac.digest(secret.encode(), f"{at}.".encode() + body, "sha256").hex()
    return {"stripe-signature": f"t={at},v1={mac}"}, body


def _holds(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    parts = [part.split("=", 1) for part in headers["stripe-signature"].split(",")]
    at = int(dict(parts)["t"])
    made = _sign(secret, body, at)[0]["stripe-signature"].partition("v1=")[2]
    return any(name == "v1" and same(value, made) for name, value in parts)


SCHEMES = {"stripe_v1": Scheme(_sign, _holds)}
