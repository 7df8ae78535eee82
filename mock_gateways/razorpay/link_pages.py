"""The page behind a payment link: the shopper pays what is due, by a wallet that takes every currency, or leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.approvals import APPROVE, Decided
from mock_gateways.core.messages import Request
from mock_gateways.razorpay.authorisation import authorise
from mock_gateways.razorpay.lookup import find_link
from mock_gateways.razorpay.payments import start_payment

if TYPE_CHECKING:
    from mock_gateways.core.approvals import Approval
    from mock_gateways.core.tenants import World

_SHOPPER = {"email": "shopper@example.com", "contact": "+919000090000"}
_WALLET = {"method": "wallet", "wallet": "paypal"}


def decide_link(world: World, approval: Approval, outcome: str) -> Decided:
    """What the shopper did on the page of a link; one who leaves can come back until it expires."""
    link = find_link(world, approval.id)
    if outcome != APPROVE:
        world.approvals[approval.id] = approval
        return Decided(link)
    due = {"amount": link["amount"] - link["amount_paid"], "currency": link["currency"]}
    request = Request("POST", "/", "", {}, b"", "")
    authorise(world, start_payment(world, request, {**due, **_SHOPPER, **_WALLET, "order_id": link["order_id"]}))
    return Decided(link, link["callback_url"] or None)
