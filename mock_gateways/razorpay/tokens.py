"""Saved instruments and mandates of customers.

Sources: razorpay.com/docs/payments/payment-gateway/s2s-integration/recurring-payments (cards and UPI: tokens), and
razorpay.com/docs/api/payments/recurring-payments/webhooks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.clock import DAY_S
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.core.shelf import Window
from mock_gateways.core.transitions import IllegalTransition, move
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.errors import refuse
from mock_gateways.razorpay.events import emit
from mock_gateways.razorpay.lists import collection
from mock_gateways.razorpay.lookup import find_customer, find_token
from mock_gateways.razorpay.machine import TOKEN, Step
from mock_gateways.razorpay.parameters import check
from mock_gateways.razorpay.store import Token, store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Order, Payment

MOST_TOKENS = 1_000
# Source: the page says that expired, rejected and unused tokens are not listed.
_LISTED = ("confirmed", "paused", "cancelled")


def open_token(world: World, payment: Payment, order: Order | None, *, recurring: bool) -> None:
    """Prepare a token for a payment that saves its instrument; it is of use once the payment is authorised."""
    document, asked, now = payment.document, (order.mandate if order else None) or {}, world.clock.now()
    expires = asked.get("expire_at", now + setting(world, "token_expires_after_days") * DAY_S)
    token: Document = {
        "id": world.ids.new("token_", 14),
        "entity": "token",
        "token": world.ids.new("", 14),
        "bank": document["bank"],
        "wallet": document["wallet"],
        "method": document["method"],
        "recurring": recurring,
        "recurring_details": {"status": "initiated", "failure_reason": None},
        "auth_type": None,
        "mrn": None,
        "used_at": now,
        "created_at": now,
        "expired_at": expires,
        "dcc_enabled": False,
        **_of_method(payment),
    }
    if "max_amount" in asked:
        token["max_amount"] = asked["max_amount"]
    document["token_id"] = token["id"]
    stored = Token(token, document["customer_id"], payment.causes, payment.code, asked.get("max_amount"))
    store_of(world).tokens.add(token["id"], now, stored, {"customer": stored.customer})


def _of_method(payment: Payment) -> Document:
    if payment.card is not None:
        month, year = payment.expiry or (12, 2099)
        card = {name: value for name, value in payment.card.items() if name not in ("id", "token_iin")}
        return {"card": {**card, "expiry_month": month, "expiry_year": year, "flows": {"otp": True, "recurring": True}}}
    username, _, handle = (payment.document["vpa"] or "").partition("@")
    return {"vpa": {"username": username, "handle": handle, "name": None} if username else None}


def settle_token(world: World, payment: Payment, *, approved: bool) -> None:
    """The payment that opened a token was authorised, or it failed."""
    token = store_of(world).tokens.get(payment.document.get("token_id") or "")
    if token is not None and status_of(token) == "initiated":
        step_token(world, token, Step.CONFIRM if approved else Step.REJECT)


def status_of(token: Token) -> str:
    return str(token.document["recurring_details"]["status"])


def step_token(world: World, token: Token, step: Step) -> None:
    """Take a step and tell of it; raises IllegalTransition when it is not allowed."""
    details = token.document["recurring_details"]
    move(TOKEN, details, step)
    if step is Step.REJECT:
        details["failure_reason"] = "payment_failed"
    if token.document["recurring"]:
        emit(world, f"token.{details['status']}", token=token.document)


def list_tokens(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.LIST)
    customer = find_customer(world, request.ids["customer_id"])
    found, _ = store_of(world).tokens.page(Window(MOST_TOKENS), ("customer", customer["id"]))
    now = world.clock.now()
    listed = [one.document for one in found if status_of(one) in _LISTED and one.document["expired_at"] > now]
    return Reply(200, collection(listed))


def get_token(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.EXPAND)
    return Reply(200, _addressed(world, request).document)


def delete_token(world: World, request: Request) -> Reply:
    """Delete a token: it can be charged no more, and is found no more."""
    check(request.parameters, schemas.NOTHING)
    token = _addressed(world, request)
    if (status_of(token), Step.CANCEL) in TOKEN:
        step_token(world, token, Step.CANCEL)
    store = store_of(world)
    store.tokens.unindex("customer", token.customer, token.document["id"])
    store.tokens.remove(token.document["id"])
    return Reply(200, {"deleted": True})


def cancel_token(world: World, request: Request) -> Reply:
    """Cancel a mandate; it stays to be seen. Source: razorpay.com/docs/api/payments/recurring-payments/upi/tokens."""
    check(request.parameters, schemas.NOTHING)
    token = _addressed(world, request)
    try:
        step_token(world, token, Step.CANCEL)
    except IllegalTransition as problem:
        raise refuse(f"The token is {problem.state} and cannot be cancelled.") from problem
    return Reply(200, {"status": "cancellation_initiated"})


def _addressed(world: World, request: Request) -> Token:
    customer = find_customer(world, request.ids["customer_id"])
    return find_token(world, request.ids["token_id"], customer["id"])
