"""Adyen signs within each item. Source: docs.adyen.com/development-resources/webhooks/verify-hmac-signatures."""

import base64
import hmac
import json
from collections.abc import Mapping
from typing import Any

from contracts.schemes import Scheme, Signed, same

__all__ = ["SCHEMES"]

_FIELDS = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")


def _sign(secret: str, body: bytes, _at: int) -> Signed:
    """Base64 over the item's fields joined by colons; the key is in hex."""
    document = json.loads(body)
    for row in document.get("notificationItems", []):
        item = row["NotificationRequestItem"]
        mac = hmac.digest(bytes.fromhex(secret), _text(item).encode(), "sha256")
        item.setdefault("additionalData", {})["hmacSignature"] = base64.b64encode(mac).decode()
    return {}, json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _text(item: Mapping[str, Any]) -> str:
    amount = item.get("amount") or {}
    told = [item.get(name) for name in _FIELDS]
    told += [amount.get("value"), amount.get("currency"), item.get("eventCode"), item.get("success")]
    return ":".join("" if value is None else str(value) for value in told)


def _holds(secret: str, _headers: Mapping[str, str], body: bytes) -> bool:
    found, made = _told(body), _told(_sign(secret, body, 0)[1])
    return bool(found) and all(same(one, other) for one, other in zip(found, made, strict=True))


def _bare(body: bytes) -> bytes:
    document = json.loads(body)
    for row in document.get("notificationItems", []):
        row["NotificationRequestItem"].get("additionalData", {}).pop("hmacSignature", None)
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()


def _told(raw: bytes) -> list[str]:
    rows = json.loads(raw)["notificationItems"]
    return [row["NotificationRequestItem"]["additionalData"]["hmacSignature"] for row in rows]


SCHEMES = {"adyen_item": Scheme(_sign, _holds, _bare)}
