"""The HMAC of a standard webhook: over eight fields joined by colons, with the hexadecimal key decoded.

Source: docs.adyen.com/development-resources/webhooks/verify-hmac-signatures, and four published vectors: nothing is
escaped, a field that is missing is empty, and the signature stands inside the item that it covers. Webhooks about
stored details are signed as those of platforms are: over the whole body, in a header.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from mock_gateways.core.messages import compact
from mock_gateways.core.outbox import Signer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.messages import Document
    from mock_gateways.core.outbox import Headers, Letter

Variant = tuple["Headers", str]
_HEADER = "HmacSignature"
_FIELDS = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")


def signed_text(item: Document) -> str:
    """What the signature of an item covers."""
    amount = item.get("amount") or {}
    parts = [item.get(name, "") for name in _FIELDS]
    parts += [amount.get("value", ""), amount.get("currency", ""), item.get("eventCode", ""), item.get("success", "")]
    return ":".join("" if part is None else str(part) for part in parts)


def signature(secret: str, item: Document, algorithm: str = "sha256") -> str:
    """The Base64 of the signature of an item; `secret` is hexadecimal."""
    return _mac(bytes.fromhex(_hexadecimal(secret)), signed_text(item), algorithm)


def _mac(key: bytes, text: str, algorithm: str = "sha256") -> str:
    return base64.b64encode(hmac.new(key, text.encode(), algorithm).digest()).decode()


def _hexadecimal(secret: str) -> str:
    """A key is hexadecimal; whatever another endpoint's is called is made into one."""
    try:
        bytes.fromhex(secret)
    except ValueError:
        return hashlib.sha256(secret.encode()).hexdigest()
    return secret


def with_signature(item: Document, value: str | None) -> Document:
    """The item with this signature in its additionalData, or without any."""
    more = {name: text for name, text in (item.get("additionalData") or {}).items() if name != "hmacSignature"}
    if value is not None:
        more["hmacSignature"] = value
    return {**item, "additionalData": more}


def envelope(items: list[Document], *, live: str = "false") -> str:
    """The body of a delivery."""
    return compact({"live": live, "notificationItems": [{"NotificationRequestItem": item} for item in items]})


def items_of(body: str) -> list[Document]:
    return [entry["NotificationRequestItem"] for entry in json.loads(body)["notificationItems"]]


def sign(secret: str, body: str, _: int) -> Headers:
    """A standard webhook has no signature in its headers; every other is signed there, over the whole body."""
    return {} if is_standard(body) else {_HEADER: body_signature(secret, body), "Protocol": "HmacSHA256"}


def is_standard(body: str) -> bool:
    return '"notificationItems"' in body


def body_signature(secret: str, body: str, algorithm: str = "sha256") -> str:
    """The Base64 of the signature of a body that stands in the header HmacSignature."""
    return _mac(bytes.fromhex(_hexadecimal(secret)), body, algorithm)


def _each(change: Callable[[Letter, Document], Document]) -> Callable[[Letter], Variant]:
    return lambda letter: ({}, envelope([change(letter, item) for item in items_of(letter.body)]))


def _signed(value: Callable[[Letter, Document], str | None]) -> Callable[[Letter], Variant]:
    return _each(lambda letter, item: with_signature(item, value(letter, item)))


def _right(letter: Letter, item: Document) -> str:
    return signature(letter.secret, item)


def _altered(_: Letter, item: Document) -> Document:
    amount = dict(item.get("amount") or {"currency": "EUR", "value": 0})
    return {**item, "amount": {**amount, "value": amount["value"] + 1}}


def _escaped(letter: Letter, item: Document) -> str:
    """As the retired hosted pages signed: colons and backslashes escaped."""
    names = ("pspReference", "originalReference", "merchantAccountCode", "merchantReference")
    parts = [str(item.get(name) or "").replace("\\", "\\\\").replace(":", "\\:") for name in names]
    rest = signed_text(item).split(":")[-4:]
    return _mac(bytes.fromhex(_hexadecimal(letter.secret)), ":".join([*parts, *rest]))


def _unknown(letter: Letter, item: Document) -> Document:
    other = {**item, "eventCode": "ASSAY_NEVER_HEARD_OF"}
    return with_signature(other, signature(letter.secret, other))


def _second_item(letter: Letter) -> Variant:
    """A second item that was never signed, behind one that was."""
    items = items_of(letter.body)
    forged = with_signature(_altered(letter, items[0]), None)
    return {}, envelope([*items, forged])


def _twice(letter: Letter) -> Variant:
    items = items_of(letter.body)
    return {}, envelope([*items, *items])


def _indented(letter: Letter) -> Variant:
    document: Any = json.loads(letter.body)
    return {}, json.dumps(document, indent=2, sort_keys=True)


_STANDARD: dict[str, Callable[[Letter], Variant]] = {
    "genuine": _signed(_right),
    "wrong_secret": _signed(lambda letter, item: signature(letter.other_secret, item)),
    "missing_signature": _signed(lambda _, __: None),
    "truncated_signature": _signed(lambda letter, item: _right(letter, item)[:22]),
    "empty_signature": _signed(lambda _, __: ""),
    "other_algorithm": _signed(lambda letter, item: signature(letter.secret, item, "sha1")),
    # The key as the text that is shown, not as the bytes that it means.
    "undecoded_key": _signed(lambda letter, item: _mac(letter.secret.encode(), signed_text(item))),
    "altered_body": _each(_altered),
    "unknown_event": _each(_unknown),
    # Only eight fields are signed: these two are believed, since nothing that is signed has changed.
    "rearranged_body": _indented,
    "several_items": _twice,
    "forged_second_item": _second_item,
    "escaped_fields": _signed(_escaped),
    "live_environment": lambda letter: ({}, envelope(items_of(letter.body), live="true")),
}


def _header(value: Callable[[Letter], str]) -> Callable[[Letter], Variant]:
    return lambda letter: ({_HEADER: value(letter), "Protocol": "HmacSHA256"}, letter.body)


def _changed(letter: Letter, **fields: str) -> str:
    return compact({**json.loads(letter.body), **fields})


# The same for webhooks that are signed in a header; those that are not here have no such form and are sent as they are.
_BY_HEADER: dict[str, Callable[[Letter], Variant]] = {
    "wrong_secret": _header(lambda letter: body_signature(letter.other_secret, letter.body)),
    "missing_signature": lambda letter: ({}, letter.body),
    "truncated_signature": _header(lambda letter: body_signature(letter.secret, letter.body)[:22]),
    "empty_signature": _header(lambda _: ""),
    "other_algorithm": _header(lambda letter: body_signature(letter.secret, letter.body, "sha1")),
    "undecoded_key": _header(lambda letter: _mac(letter.secret.encode(), letter.body)),
    "altered_body": lambda letter: (sign(letter.secret, letter.body, 0), _changed(letter, environment="live")),
    "rearranged_body": lambda letter: (sign(letter.secret, letter.body, 0), _indented(letter)[1]),
    "unknown_event": lambda letter: _resigned(letter, _changed(letter, type="assay.neverHeardOf")),
}


def _resigned(letter: Letter, body: str) -> Variant:
    return sign(letter.secret, body, 0), body


def _genuine_by_header(letter: Letter) -> Variant:
    return _resigned(letter, letter.body)


def _either(name: str) -> Callable[[Letter], Variant]:
    by_header = _BY_HEADER.get(name, _genuine_by_header)
    return lambda letter: (_STANDARD[name] if is_standard(letter.body) else by_header)(letter)


SIGNER = Signer(sign, {name: _either(name) for name in _STANDARD})
