"""X-Razorpay-Signature: lower-case hex of HMAC-SHA256 over the raw body, the webhook's own secret as the key.

Source: razorpay.com/docs/webhooks/validate-test. There is no timestamp, so an old delivery cannot be told from a new
one; X-Razorpay-Event-Id is the same on every attempt. The checkout's signatures are made with the API key's secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from mock_gateways.core.outbox import Signer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.outbox import Headers, Letter

HEADER, EVENT_ID = "X-Razorpay-Signature", "X-Razorpay-Event-Id"


def signature(secret: str, text: str, algorithm: str = "sha256") -> str:
    """The lower-case hex of the signature of a text."""
    return hmac.new(secret.encode(), text.encode(), getattr(hashlib, algorithm)).hexdigest()


def payment_signature(secret: str, order: str, payment: str) -> str:
    """What the checkout hands back with a payment of an order: over `order|payment`."""
    return signature(secret, f"{order}|{payment}")


def subscription_signature(secret: str, payment: str, subscription: str) -> str:
    """The same for a subscription, in the other order: over `payment|subscription`."""
    return signature(secret, f"{payment}|{subscription}")


def link_signature(secret: str, link: str, reference: str, status: str, payment: str) -> str:
    """What comes back from a payment link: over `link|reference|status|payment`."""
    return signature(secret, f"{link}|{reference}|{status}|{payment}")


def _event_id(body: str) -> str:
    """The same for every attempt and endpoint, since an event's body is; 14 letters and digits as other ids have."""
    digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
    return digest.replace("+", "p").replace("/", "s")[:14]


def sign(secret: str, body: str, _: int) -> Headers:
    return {HEADER: signature(secret, body), EVENT_ID: _event_id(body)}


def _with(value: Callable[[Letter], str]) -> Callable[[Letter], tuple[Headers, str]]:
    return lambda letter: ({HEADER: value(letter), EVENT_ID: _event_id(letter.body)}, letter.body)


def _right(letter: Letter) -> str:
    return signature(letter.secret, letter.body)


def _missing(letter: Letter) -> tuple[Headers, str]:
    return {EVENT_ID: _event_id(letter.body)}, letter.body


def _altered(letter: Letter) -> tuple[Headers, str]:
    document = json.loads(letter.body)
    for part in document["payload"].values():
        part["entity"]["amount"] = part["entity"].get("amount", 0) + 100
    return sign(letter.secret, letter.body, letter.at), json.dumps(document, separators=(",", ":"))


def _reserialised(letter: Letter) -> tuple[Headers, str]:
    return sign(letter.secret, letter.body, letter.at), json.dumps(json.loads(letter.body), indent=2)


def _unknown(letter: Letter) -> tuple[Headers, str]:
    text = json.dumps({**json.loads(letter.body), "event": "assay.never_heard_of"}, separators=(",", ":"))
    return sign(letter.secret, text, letter.at), text


def _lower_case(letter: Letter) -> tuple[Headers, str]:
    return {name.lower(): value for name, value in sign(letter.secret, letter.body, letter.at).items()}, letter.body


VARIANTS: dict[str, Callable[[Letter], tuple[Headers, str]]] = {
    "genuine": lambda letter: (sign(letter.secret, letter.body, letter.at), letter.body),
    "wrong_secret": _with(lambda letter: signature(letter.other_secret, letter.body)),
    "missing_signature": _missing,
    "truncated_signature": _with(lambda letter: _right(letter)[:32]),
    "empty_signature": _with(lambda _: ""),
    "other_algorithm": _with(lambda letter: signature(letter.secret, letter.body, "sha1")),
    "altered_body": _altered,
    "reserialised_body": _reserialised,
    "unknown_event": _unknown,
    "header_case": _lower_case,
}

SIGNER = Signer(sign, VARIANTS)
