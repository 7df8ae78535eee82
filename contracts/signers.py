"""How gateways sign a delivery, so that a recorded one can be signed anew: with a test key, at the time of its replay.

A second reading of the published schemes, on purpose: a connector's own could share a connector's mistake. More schemes
are found under the entry point group `assay.signers`.
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from contracts.errors import ContractError

__all__ = ["RETURNS", "SCHEMES", "Signed", "Signer", "holds", "signed_return", "signer"]

Signed = tuple[dict[str, str], bytes]
Signer = Callable[[str, bytes, int], Signed]
"""From secret, body and unix time to the headers to add and the body to send, which some schemes sign within."""


def stripe_v1(secret: str, body: bytes, at: int) -> Signed:
    """`t=<time>,v1=<hex>` over `<time>.<body>`. Source: docs.stripe.com/webhooks/signature."""
    mac = hmac.digest(secret.encode(), f"{at}.".encode() + body, "sha256").hex()
    return {"stripe-signature": f"t={at},v1={mac}"}, body


_ADYEN_FIELDS = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")


def adyen_item(secret: str, body: bytes, _at: int) -> Signed:
    """Within each item, base64 over its fields joined by colons, the key in hex.

    Source: docs.adyen.com/development-resources/webhooks/verify-hmac-signatures.
    """
    document = json.loads(body)
    for row in document.get("notificationItems", []):
        item = row["NotificationRequestItem"]
        mac = hmac.digest(bytes.fromhex(secret), _adyen_text(item).encode(), "sha256")
        item.setdefault("additionalData", {})["hmacSignature"] = base64.b64encode(mac).decode()
    return {}, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _adyen_text(item: Mapping[str, Any]) -> str:
    amount = item.get("amount") or {}
    told = [item.get(name) for name in _ADYEN_FIELDS]
    told += [amount.get("value"), amount.get("currency"), item.get("eventCode"), item.get("success")]
    return ":".join("" if value is None else str(value) for value in told)


def razorpay_body(secret: str, body: bytes, _at: int) -> Signed:
    """Hex over the body alone; it has no time. Source: razorpay.com/docs/webhooks/validate-test."""
    return {"x-razorpay-signature": hmac.digest(secret.encode(), body, "sha256").hex()}, body


SCHEMES: dict[str, Signer] = {
    "stripe_v1": stripe_v1,
    "adyen_item": adyen_item,
    "razorpay_body": razorpay_body,
}


def signer(scheme: str) -> Signer:
    """Raises ContractError for a scheme that nobody knows."""
    if scheme in SCHEMES:
        return SCHEMES[scheme]
    for point in entry_points(group="assay.signers"):
        if point.name == scheme:
            found: Signer = point.load()
            return found
    raise ContractError(f"no signer for {scheme!r}; there are: {', '.join(sorted(SCHEMES))}")


# -- how a shopper's way back is signed


def razorpay_return(secret: str, query: Mapping[str, str]) -> dict[str, str]:
    """Hex over order and payment, joined by a bar, with the merchant's own key secret.

    Source: razorpay.com/docs/payments/payment-gateway/web-integration/standard/integration-steps, "Verify Payment
    Signature".
    """
    text = f"{query['razorpay_order_id']}|{query['razorpay_payment_id']}"
    return {**query, "razorpay_signature": hmac.digest(secret.encode(), text.encode(), "sha256").hex()}


RETURNS: dict[str, Callable[[str, Mapping[str, str]], dict[str, str]]] = {"razorpay_return": razorpay_return}


def signed_return(scheme: str, secret: str, url: str) -> str:
    """The address that a shopper comes back to, signed anew; as it is, where it is none that is signed."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query))
    try:
        return parts._replace(query=urlencode(RETURNS[scheme](secret, query))).geturl()
    except KeyError:
        return url


# -- whether a delivery was signed with a secret, as it came


def holds(scheme: str, secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether a delivery's signature is one that this secret makes; `headers` have small names.

    A scheme that cannot be checked with a secret alone never holds: what nobody verified is not recorded.
    """
    reader = _READERS.get(scheme)
    try:
        return bool(reader and reader(secret, headers, body))
    except (ValueError, KeyError, TypeError, AttributeError):  # no such document, no such key: it does not hold
        return False


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _stripe_holds(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    parts = [part.split("=", 1) for part in headers["stripe-signature"].split(",")]
    at = int(next(value for name, value in parts if name == "t"))
    made = stripe_v1(secret, body, at)[0]["stripe-signature"].partition("v1=")[2]
    return any(name == "v1" and _same(value, made) for name, value in parts)


def _adyen_holds(secret: str, _headers: Mapping[str, str], body: bytes) -> bool:
    def told(raw: bytes) -> list[str]:
        rows = json.loads(raw)["notificationItems"]
        return [row["NotificationRequestItem"]["additionalData"]["hmacSignature"] for row in rows]

    found, made = told(body), told(adyen_item(secret, body, 0)[1])
    return bool(found) and all(_same(one, other) for one, other in zip(found, made, strict=True))


def _razorpay_holds(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    return _same(headers["x-razorpay-signature"], razorpay_body(secret, body, 0)[0]["x-razorpay-signature"])


_READERS: Mapping[str, Callable[[str, Mapping[str, str], bytes], bool]] = {
    "stripe_v1": _stripe_holds,
    "adyen_item": _adyen_holds,
    "razorpay_body": _razorpay_holds,
}
