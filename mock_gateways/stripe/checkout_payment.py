"""The shopper on the page of a Checkout session: pays, or sets a payment method up, by the ordinary operations.

What the shopper types in is the published test value of the session's first payment method.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mock_gateways.core.approvals import decide
from mock_gateways.core.messages import Refusal, Request
from mock_gateways.stripe.payment_intents import create_intent
from mock_gateways.stripe.setup_intents import create_setup

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Session

_SHOPPER: Document = {
    "name": "Jane Doe",
    "email": "jane@example.com",
    "address": {"city": "Berlin", "country": "DE", "line1": "Example Street 1", "postal_code": "10115", "state": "BE"},
}
# What a shopper types in, by type of payment method. Source: the test values of accounts.csv and cards.csv.
_TYPED: Mapping[str, Document] = {
    "card": {"token": "tok_visa"},
    "sepa_debit": {"iban": "AT611904300234573201"},
    "us_bank_account": {
        "account_holder_type": "individual",
        "account_number": "000123456789",
        "routing_number": "110000000",
    },
    "boleto": {"tax_id": "00000000000"},
}
_OPTIONS: Mapping[str, Document] = {
    "wechat_pay": {"client": "web"},
    "us_bank_account": {"verification_method": "skip"},
}
_CONSENT: Document = {
    "customer_acceptance": {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "checkout"}}
}


def _typed(session: Session, origin: str) -> Document:
    kind = session.document["payment_method_types"][0]
    options = {kind: _OPTIONS[kind]} if kind in _OPTIONS else {}
    return {
        "confirm": "true",
        "mandate_data": _CONSENT,
        "payment_method_data": {"type": kind, kind: _TYPED.get(kind, {}), "billing_details": _SHOPPER},
        "payment_method_options": {**options, **session.inner.get("payment_method_options", {})},
        "return_url": session.document["success_url"] or origin,
        **({"customer": session.document["customer"]} if session.document["customer"] else {}),
    }


def _request(parameters: Document, origin: str) -> Request:
    return Request("POST", "/", "", {}, b"", origin, parameters=parameters)


def pay(world: World, session: Session, origin: str) -> None:
    """Pay the session's total; a decline leaves it open."""
    document = session.document
    inner = {name: _text(value) for name, value in session.inner.items() if name != "payment_method_options"}
    parameters = {
        "amount": str(document["amount_total"]),
        "currency": document["currency"],
        "shipping": {"name": _SHOPPER["name"], "address": _SHOPPER["address"]},
        "allowed_payment_method_types": list(document["payment_method_types"]),
        **_typed(session, origin),
        **inner,
    }
    try:
        create_intent(world, _request(parameters, origin), session=document["id"])
    except Refusal:
        return
    _go_on(world, str(document["payment_intent"]))


def set_up(world: World, session: Session, origin: str) -> None:
    """Set the session's payment method up; a decline leaves it open."""
    parameters = {
        "allowed_payment_method_types": list(session.document["payment_method_types"]),
        **_typed(session, origin),
        **{name: _text(value) for name, value in session.inner.items() if name != "payment_method_options"},
    }
    try:
        create_setup(world, _request(parameters, origin), session=session.document["id"])
    except Refusal:
        return
    _go_on(world, str(session.document["setup_intent"]))


def _go_on(world: World, identity: str) -> None:
    """Whoever approves the page has approved the redirect that follows it, too."""
    waiting = world.approvals.get(identity)
    if waiting is not None and waiting.kind in ("redirect", "three_d_secure"):
        decide(world, identity, "approve")


def _text(value: object) -> object:
    """Checked parameters, as they would arrive again: numbers as text."""
    if isinstance(value, dict):
        return {name: _text(inner) for name, inner in value.items()}
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
