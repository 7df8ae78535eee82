"""Taking what was authorised: always all of it, by hand or by itself; and giving it back when its time is up.

Sources: razorpay.com/docs/api/payments/capture, /payments/payments/capture-settings. There is no call to void.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.clock import MINUTE_S
from mock_gateways.core.ledger import Movement
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import move
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.declines import next_decline
from mock_gateways.razorpay.entities import refund_document, render_payment
from mock_gateways.razorpay.errors import check_money, refuse, refuse_reason
from mock_gateways.razorpay.events import emit
from mock_gateways.razorpay.lookup import find_order, find_payment
from mock_gateways.razorpay.machine import AUTHORIZED, CAPTURED, PAYMENT, REFUNDED, Step
from mock_gateways.razorpay.orders import pay
from mock_gateways.razorpay.parameters import check
from mock_gateways.razorpay.payment_links import note_paid
from mock_gateways.razorpay.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment

PAID = "Your payment has been declined as the order is already paid. Please initiate the payment with a new order."


def capture_payment(world: World, request: Request) -> Reply:
    required = ("amount", "currency") if setting(world, "capture_needs_currency") else ("amount",)
    given = check(request.parameters, schemas.CAPTURE, required)
    payment = find_payment(world, request.ids["payment_id"])
    check_capture(world, payment, given)
    if (decline := next_decline(world)) is not None:
        raise decline.refusal(payment)
    take(world, payment)
    return Reply(200, render_payment(payment))


def check_capture(world: World, payment: Payment, given: Document) -> None:
    """Raise Refusal unless this payment can be captured, with this amount and currency, now."""
    check_money(forced=payment.forced)
    document = payment.document
    if document["status"] in (CAPTURED, REFUNDED):
        raise refuse_reason("order_already_paid", PAID)
    if document["status"] != AUTHORIZED:
        raise refuse(f"The payment is {document['status']} and cannot be captured.", step="payment_capture")
    if document["order_id"] is None:
        raise refuse("A payment without an order cannot be captured.", step="payment_capture")
    if find_order(world, document["order_id"]).document["status"] == "paid":
        raise refuse_reason("order_already_paid", PAID)
    if given["amount"] != document["amount"]:
        raise refuse("Capture amount must be equal to the amount authorized.", field="amount")
    if given.get("currency", document["currency"]) != document["currency"]:
        raise refuse("The currency must be that of the payment.", field="currency")


def take(world: World, payment: Payment) -> None:
    """Capture all of a payment."""
    document = payment.document
    move(PAYMENT, document, Step.CAPTURE)
    fee = document["amount"] * setting(world, "fee_percent") // 100
    document.update(captured=True, fee=fee, tax=0)
    world.post(document["id"], Movement.CAPTURE, document["amount"])
    emit(world, "payment.captured", payment=render_payment(payment, card=True))
    order = find_order(world, document["order_id"])
    pay(world, order, payment)
    note_paid(world, order, payment)


def settle_authorised(world: World, payment: Payment, *, confirmed: bool = False) -> None:
    """Capture what was just authorised, or have it given back when its time is up.

    A payment without order, or of an order that is paid already, waits for that in any case. A debit that the bank has
    `confirmed` is captured however long that took.
    """
    document = payment.document
    order = find_order(world, document["order_id"]) if document["order_id"] else None
    if order and order.document["status"] != "paid" and order.automatic_minutes:
        last = document["created_at"] + order.automatic_minutes * MINUTE_S
        if confirmed or world.clock.now() <= last:
            take(world, payment)
            return
    minutes = order.manual_minutes if order else setting(world, "manual_expiry_minutes")
    due = document["created_at"] + minutes * MINUTE_S
    world.clock.schedule(max(due, world.clock.now()), give_back, world, document["id"])


def give_back(world: World, payment_id: str) -> None:
    """Refund a payment that nobody captured in time."""
    payment = find_payment(world, payment_id)
    document = payment.document
    if document["status"] != AUTHORIZED:
        return
    move(PAYMENT, document, Step.GIVE_BACK)
    document.update(amount_refunded=document["amount"], refund_status="full")
    world.post(payment_id, Movement.RELEASE, document["amount"])
    refund = refund_document(world, document, document["amount"], {})
    refund["status"] = "processed"
    store_of(world).refunds.add(refund["id"], refund["created_at"], refund, {"payment": payment_id})
    for kind in ("refund.created", "refund.processed"):
        emit(world, kind, refund=refund, payment=render_payment(payment, card=True))
