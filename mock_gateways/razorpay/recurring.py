"""Charging a mandate without the shopper. Source: razorpay.com/docs/api/payments/recurring-payments (cards, UPI)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.authorisation import conclude, success
from mock_gateways.razorpay.errors import refuse
from mock_gateways.razorpay.instruments import Instrument
from mock_gateways.razorpay.lookup import find_customer, find_order, find_token
from mock_gateways.razorpay.machine import FAILED
from mock_gateways.razorpay.money import check_amount, find_currency
from mock_gateways.razorpay.orders import attempt
from mock_gateways.razorpay.parameters import check
from mock_gateways.razorpay.payments import check_order, failure, store_payment
from mock_gateways.razorpay.tokens import status_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment, Token

_REQUIRED = ("email", "contact", "amount", "currency", "order_id", "customer_id", "token", "recurring")


def create_recurring(world: World, request: Request) -> Reply:
    payment = start_recurring(world, request)
    conclude(world, payment)
    if payment.document["status"] == FAILED:
        raise failure(world, payment)
    return Reply(200, success(world, payment))


def start_recurring(world: World, request: Request) -> Payment:
    """Store a payment by a mandate; raises Refusal for what Razorpay would not begin with."""
    given = check(request.parameters, schemas.RECURRING_CREATE, _REQUIRED)
    check_amount(given["amount"], find_currency(given["currency"]))
    find_customer(world, given["customer_id"], "customer_id")
    token = find_token(world, given["token"], given["customer_id"], "token")
    _check_token(world, token, given)
    order = find_order(world, given["order_id"], "order_id")
    check_order(world, order, {**given, "method": order.document.get("method")})
    given["method"] = token.document["method"]
    payment = store_payment(world, given, _instrument(world, token), request.origin)
    attempt(order)
    token.document["used_at"] = world.clock.now()
    return payment


def _check_token(world: World, token: Token, given: Document) -> None:
    """Raise Refusal for a token that cannot be charged, or not with this amount."""
    if not given["recurring"]:
        raise refuse("The recurring field must be true.", field="recurring")
    if not token.document["recurring"] or status_of(token) != "confirmed":
        raise refuse("The token is not confirmed for recurring payments.", field="token")
    if token.document["expired_at"] <= world.clock.now():
        raise refuse("The token has expired.", field="token")
    if token.max_amount is not None and given["amount"] > token.max_amount:
        raise refuse("Amount exceeds maximum amount allowed", field="amount")


def _instrument(world: World, token: Token) -> Instrument:
    fields: Document = {"token_id": token.document["id"]}
    if "card" not in token.document:
        vpa = token.document.get("vpa") or {}
        address = f"{vpa['username']}@{vpa['handle']}" if vpa else None
        return Instrument({**fields, "vpa": address, "acquirer_data": {"rrn": None}}, token.causes, token.code)
    card = {"id": world.ids.new("card_", 14), **token.document["card"]}
    fields.update(card_id=card["id"], acquirer_data={"auth_code": None}, international=card["international"])
    return Instrument(fields, token.causes, token.code, card)
