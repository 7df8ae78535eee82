"""Stripe-Signature: `t=<unix>,v1=<hex>`, HMAC-SHA256 over `<t>.<body>` with the whole `whsec_…` string as the key.

Source: docs.stripe.com/webhooks/signature. Several v1 values stand beside each other while a secret is rolled; v0 is
a fake scheme that test events carry and that nobody may trust.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING

from mock_gateways.core.outbox import Signer

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.outbox import Headers, Letter

HEADER = "Stripe-Signature"


def signature(secret: str, body: str, at: int, algorithm: str = "sha256") -> str:
    """The lower-case hex of the signature of a body at a time."""
    return hmac.new(secret.encode(), f"{at}.{body}".encode(), getattr(hashlib, algorithm)).hexdigest()


def sign(secret: str, body: str, at: int) -> Headers:
    return {HEADER: f"t={at},v1={signature(secret, body, at)}"}


def _with(value: Callable[[Letter], str]) -> Callable[[Letter], tuple[Headers, str]]:
    return lambda letter: ({HEADER: value(letter)}, letter.body)


def _right(letter: Letter) -> str:
    return signature(letter.secret, letter.body, letter.at)


def _other(letter: Letter) -> str:
    return signature(letter.other_secret, letter.body, letter.at)


def _altered(letter: Letter) -> tuple[Headers, str]:
    document = json.loads(letter.body)
    document["data"]["object"]["amount"] = document["data"]["object"].get("amount", 0) + 1
    return sign(letter.secret, letter.body, letter.at), json.dumps(document, indent=2)


def _reserialised(letter: Letter) -> tuple[Headers, str]:
    text = json.dumps(json.loads(letter.body), separators=(",", ":"))
    return sign(letter.secret, letter.body, letter.at), text


def _unknown(letter: Letter) -> tuple[Headers, str]:
    text = json.dumps({**json.loads(letter.body), "type": "assay.never_heard_of"}, indent=2)
    return sign(letter.secret, text, letter.at), text


VARIANTS: dict[str, Callable[[Letter], tuple[Headers, str]]] = {
    "genuine": _with(lambda letter: f"t={letter.at},v1={_right(letter)}"),
    "wrong_secret": _with(lambda letter: f"t={letter.at},v1={_other(letter)}"),
    "missing_signature": lambda letter: ({}, letter.body),
    "truncated_signature": _with(lambda letter: f"t={letter.at},v1={_right(letter)[:32]}"),
    "empty_signature": _with(lambda letter: f"t={letter.at},v1="),
    "other_algorithm": _with(
        lambda letter: f"t={letter.at},v1={signature(letter.secret, letter.body, letter.at, 'sha1')}"
    ),
    "unsigned_scheme": _with(lambda letter: f"t={letter.at},v0={_right(letter)}"),
    "two_secrets": _with(lambda letter: f"t={letter.at},v1={_other(letter)},v1={_right(letter)}"),
    "altered_body": _altered,
    "reserialised_body": _reserialised,
    "unknown_event": _unknown,
    "header_case": lambda letter: ({HEADER.lower(): f"t={letter.at},v1={_right(letter)}"}, letter.body),
}

SIGNER = Signer(sign, VARIANTS)
