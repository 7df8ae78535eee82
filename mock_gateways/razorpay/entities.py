"""Payments and refunds as Razorpay shows them. Sources: razorpay.com/docs/api/payments/entity, /api/refunds/entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.razorpay.parameters import shown_notes

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment

NO_ERROR: Document = dict.fromkeys(("error_code", "error_description", "error_source", "error_step", "error_reason"))


def payment_document(world: World, given: Document, **of_method: object) -> Document:
    """A payment that was just created; `of_method` are the fields its method fills in."""
    document: Document = {
        "id": world.ids.new("pay_", 14),
        "entity": "payment",
        "amount": given["amount"],
        "currency": given["currency"],
        "status": "created",
        "order_id": given.get("order_id"),
        "invoice_id": None,
        "international": False,
        "method": given["method"],
        "amount_refunded": 0,
        "refund_status": None,
        "captured": False,
        "description": given.get("description"),
        "card_id": None,
        "bank": None,
        "wallet": None,
        "vpa": None,
        "email": given.get("email"),
        "contact": given.get("contact"),
        "notes": shown_notes(given),
        "fee": None,
        "tax": None,
        **NO_ERROR,
        "acquirer_data": {},
        "created_at": world.clock.now(),
    }
    document.update(of_method)
    if "customer_id" in given:
        document["customer_id"] = given["customer_id"]
    return document


def render_payment(payment: Payment, *, card: bool = False) -> Document:
    """The payment as it is now; webhooks carry the card, replies on demand only."""
    shown = dict(payment.document)
    if card and payment.card is not None:
        shown["card"] = payment.card
    return shown


def refund_document(world: World, payment: Document, amount: int, given: Document) -> Document:
    return {
        "id": world.ids.new("rfnd_", 14),
        "entity": "refund",
        "amount": amount,
        "currency": payment["currency"],
        "payment_id": payment["id"],
        "notes": shown_notes(given),
        "receipt": given.get("receipt"),
        "acquirer_data": {"arn": None},
        "created_at": world.clock.now(),
        "batch_id": None,
        "status": "pending",
        "speed_processed": "normal",
        "speed_requested": given.get("speed", "normal"),
    }
