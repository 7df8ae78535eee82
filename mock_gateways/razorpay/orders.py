"""Orders: what payments are made for.

Sources: razorpay.com/docs/api/orders, /docs/payments/payments/capture-settings/api.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting, text_setting
from mock_gateways.core.shelf import Window
from mock_gateways.core.transitions import move
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.entities import render_payment
from mock_gateways.razorpay.errors import refuse, refuse_unsimulated
from mock_gateways.razorpay.events import emit
from mock_gateways.razorpay.lists import collection, list_reply
from mock_gateways.razorpay.lookup import find_customer, find_order, find_token
from mock_gateways.razorpay.machine import ORDER, Step
from mock_gateways.razorpay.money import check_amount, find_currency
from mock_gateways.razorpay.parameters import check, shown_notes
from mock_gateways.razorpay.store import Order, store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment

LONGEST_RECEIPT = 40
MOST_PAYMENTS = 1_000
LEAST_AUTOMATIC, MOST_MINUTES = 12, 7200
_NOT_SIMULATED = ("bank_account", "offer_id", "transfers", "discount")
_EXPANDABLE = frozenset({"payments", "payments.card", "transfers", "virtual_account"})


def create_order(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.ORDER_CREATE, ("amount", "currency"))
    refuse_unsimulated(given, _NOT_SIMULATED)
    check_amount(given["amount"], find_currency(given["currency"]))
    if len(given.get("receipt", "")) > LONGEST_RECEIPT:
        raise refuse(f"The receipt may not be greater than {LONGEST_RECEIPT} characters.", field="receipt")
    _check_mandate(world, given)
    order = make_order(world, given)
    return Reply(200, order.document)


def make_order(world: World, given: Document) -> Order:
    """Store an order of checked parameters."""
    automatic, manual = _capture_minutes(world, given)
    document: Document = {
        "amount": given["amount"],
        "amount_due": given["amount"],
        "amount_paid": 0,
        "attempts": 0,
        "created_at": world.clock.now(),
        "currency": given["currency"],
        "entity": "order",
        "id": world.ids.new("order_", 14),
        "notes": shown_notes(given),
        "offer_id": None,
        "receipt": given.get("receipt"),
        "status": "created",
    }
    document.update({name: given[name] for name in ("customer_id", "method") if name in given})
    if "notification" in given:
        document["notification"] = {**given["notification"], "id": world.ids.new("notification_", 14)}
    order = Order(document, automatic, manual, given.get("token"), partial=given.get("partial_payment", False))
    store_of(world).orders.add(document["id"], document["created_at"], order, {"receipt": document["receipt"]})
    return order


def _check_mandate(world: World, given: Document) -> None:
    """A mandate belongs to a customer; a notice before a debit to a token of one."""
    if "token" in given:
        if "customer_id" not in given:
            raise refuse("The customer_id field is required.", field="customer_id")
        if (least := given["token"].get("max_amount", 100)) < 100:
            raise refuse(
                "The max_amount must be at least INR 1.00", field="token.max_amount", metadata={"given": least}
            )
    if "customer_id" in given:
        find_customer(world, given["customer_id"], "customer_id")
    notice = given.get("notification", {})
    if "token_id" in notice and "customer_id" in given:
        find_token(world, notice["token_id"], given["customer_id"], "notification.token_id")


def _capture_minutes(world: World, given: Document) -> tuple[int, int]:
    """Minutes after creation until which payments are captured by themselves (0: not), and can be captured at all.

    Source: razorpay.com/docs/payments/payments/capture-settings/api; the older `payment_capture` says only whether.
    """
    default = text_setting(world, "capture_by_default")
    if "payment_capture" in given:
        default = "automatic" if given["payment_capture"] else "manual"
    asked = given.get("payment", {})
    mode, options = asked.get("capture", default), asked.get("capture_options")
    manual = setting(world, "manual_expiry_minutes")
    automatic = min(setting(world, "automatic_expiry_minutes"), manual) if mode == "automatic" else 0
    if options is None:
        return automatic, manual
    return _options(mode, options, manual)


def _options(mode: str, options: Document, default: int) -> tuple[int, int]:
    field = "payment.capture_options"
    automatic = options.get("automatic_expiry_period", 0)
    if mode == "automatic" and "automatic_expiry_period" not in options:
        raise refuse(
            f"The {field}.automatic_expiry_period field is required.", field=f"{field}.automatic_expiry_period"
        )
    if automatic and automatic < LEAST_AUTOMATIC:
        text = f"The automatic_expiry_period must be at least {LEAST_AUTOMATIC}."
        raise refuse(text, field=f"{field}.automatic_expiry_period")
    manual = options.get("manual_expiry_period", max(default, automatic))
    if not automatic <= manual <= MOST_MINUTES:
        text = f"The manual_expiry_period must be from automatic_expiry_period to {MOST_MINUTES}."
        raise refuse(text, field=f"{field}.manual_expiry_period")
    return (automatic if mode == "automatic" else 0), manual


def attempt(order: Order) -> None:
    """Count a payment that is tried for an order."""
    move(ORDER, order.document, Step.ATTEMPT)
    order.document["attempts"] += 1


def pay(world: World, order: Order, payment: Payment) -> None:
    """Count a captured payment; the order is paid when nothing is due any more, and stays so."""
    document = order.document
    document["amount_paid"] += payment.document["amount"]
    document["amount_due"] -= payment.document["amount"]
    if document["amount_due"] == 0:
        move(ORDER, document, Step.PAY)
        emit(world, "order.paid", payment=render_payment(payment, card=True), order=document)


def get_order(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    return Reply(200, _expanded(world, find_order(world, request.ids["order_id"]), given))


def update_order(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.NOTES, ("notes",))
    order = find_order(world, request.ids["order_id"])
    order.document["notes"] = shown_notes(given)
    return Reply(200, order.document)


def list_orders(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.ORDER_LIST)
    where = ("receipt", asked["receipt"]) if "receipt" in asked else None

    def wanted(order: Order) -> bool:
        return "authorized" not in asked or asked["authorized"] == _has_authorised(world, order)

    return list_reply(asked, store_of(world).orders, lambda order: _expanded(world, order, asked), where, wanted)


def _has_authorised(world: World, order: Order) -> bool:
    return any(payment.document["status"] == "authorized" for payment in payments_of(world, order.document["id"]))


def payments_of(world: World, order: str) -> list[Payment]:
    """The payments of an order, newest first."""
    found, _ = store_of(world).payments.page(Window(MOST_PAYMENTS), ("order", order))
    return found


def list_order_payments(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.EXPAND)
    order = find_order(world, request.ids["order_id"])
    card = "card" in asked.get("expand", ())
    found = payments_of(world, order.document["id"])
    return Reply(200, collection([render_payment(payment, card=card) for payment in found]))


def _expanded(world: World, order: Order, asked: Document) -> Document:
    paths = asked.get("expand", [])
    if set(paths) - _EXPANDABLE:
        raise refuse("Value of each expand must be one of following types: payments, payments.card", field="expand")
    if not {"payments", "payments.card"} & set(paths):
        return order.document
    found = payments_of(world, order.document["id"])
    shown = [render_payment(payment, card="payments.card" in paths) for payment in found]
    return {**order.document, "payments": collection(shown)}
