"""Razorpay signs the body alone, without a time, and the way back. Sources: razorpay.com/docs/webhooks/validate-test,
razorpay.com/docs/payments/payment-gateway/web-integration/standard/integration-steps ("Verify Payment Signature"),
razorpay.com/docs/payments/payment-links/verify-payment-signature.
"""

import hmac
from collections.abc import Mapping

from contracts.schemes import Scheme, Signed, same

__all__ = ["RETURNS", "SCHEMES"]

_HEADER = "x-razorpay-signature"
_OF_ORDER = ("razorpay_order_id", "razorpay_payment_id")
_LINK = "razorpay_payment_link"
_OF_LINK = (f"{_LINK}_id", f"{_LINK}_reference_id", f"{_LINK}_status", "razorpay_payment_id")


def _sign(secret: str, body: bytes, _at: int) -> Signed:
    return {_HEADER: hmac.digest(secret.encode(), body, "sha256").hex()}, body


def _holds(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    return same(headers[_HEADER], _sign(secret, body, 0)[0][_HEADER])


def _returned(secret: str, query: Mapping[str, str]) -> dict[str, str]:
    """Hex over the ids joined by bars, with the merchant's own key secret; a payment link's are others."""
    names = _OF_LINK if _OF_LINK[0] in query else _OF_ORDER
    text = "|".join(query[name] for name in names)
    return {**query, "razorpay_signature": hmac.digest(secret.encode(), text.encode(), "sha256").hex()}


SCHEMES = {"razorpay_body": Scheme(_sign, _holds)}
RETURNS = {"razorpay_return": _returned}
