"""Payments: made from server to server, read and noted. Sources: razorpay.com/docs/api/payments and
razorpay.com/docs/payments/payment-gateway/s2s-integration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.authorisation import await_answer, conclude, success, wait_for
from mock_gateways.razorpay.captures import PAID
from mock_gateways.razorpay.credentials import presented
from mock_gateways.razorpay.declines import Decline
from mock_gateways.razorpay.entities import payment_document, render_payment
from mock_gateways.razorpay.errors import refuse, refuse_reason
from mock_gateways.razorpay.instruments import read_instrument
from mock_gateways.razorpay.lists import collection, list_reply
from mock_gateways.razorpay.lookup import find_customer, find_order, find_payment
from mock_gateways.razorpay.machine import FAILED
from mock_gateways.razorpay.money import check_amount, find_currency
from mock_gateways.razorpay.orders import attempt
from mock_gateways.razorpay.parameters import check, shown_notes
from mock_gateways.razorpay.payment_links import check_link
from mock_gateways.razorpay.refunds import refunds_of
from mock_gateways.razorpay.store import Payment, store_of
from mock_gateways.razorpay.tables import CURRENCIES
from mock_gateways.razorpay.tokens import open_token

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.instruments import Instrument
    from mock_gateways.razorpay.store import Order

# A value of the setting cards_ask_the_shopper.
DOMESTIC_ALONE = 2
_REQUIRED = ("amount", "currency", "method", "email", "contact")
_EXPANDABLE = frozenset({"card", "emi", "transaction", "refunds", "offers", "token", "transaction.settlement"})


def create_payment(world: World, request: Request) -> Reply:
    """Create a payment; the reply says what is to be done next, or that nothing is."""
    given = checked(request)
    payment = start_payment(world, request, given)
    if _answers_at_once(world, payment, given):
        conclude(world, payment)
        if payment.document["status"] == FAILED:
            raise failure(world, payment)
        return Reply(200, success(world, payment))
    await_answer(world, payment)
    return Reply(200, {"razorpay_payment_id": payment.document["id"], "next": next_steps(world, payment, request)})


def create_upi_payment(world: World, request: Request) -> Reply:
    """The same for UPI alone."""
    given = request.parameters
    if given.get("method", "upi") != "upi":
        raise refuse("The selected method is invalid.", field="method")
    request.parameters = {"method": "upi", **given}
    return create_payment(world, request)


def checked(request: Request) -> Document:
    parameters = request.parameters
    # A saved card needs no method of its own. Source: razorpay.com/docs/payments/.../payment-methods/moto.
    if "token" in parameters and "method" not in parameters:
        parameters = {**parameters, "method": "card"}
    return check(parameters, schemas.PAYMENT_CREATE, _REQUIRED)


def _answers_at_once(world: World, payment: Payment, given: Document) -> bool:
    method = payment.document["method"]
    unasked = method == "card" and (given.get("auth_type") == "skip" or not _asks_the_shopper(world, payment))
    return bool(world.forced_declines) or world.faults.approves or method == "ach" or unasked


def _asks_the_shopper(world: World, payment: Payment) -> bool:
    """Whether a card is challenged: all, none, or the domestic ones that will not be declined anyway."""
    asked = setting(world, "cards_ask_the_shopper")
    domestic = not (payment.card or {}).get("international")
    return bool(asked) if asked != DOMESTIC_ALONE else domestic and payment.causes == "success"


def start_payment(world: World, request: Request, given: Document) -> Payment:
    """Store a payment of checked parameters; raises Refusal for what Razorpay would not begin with."""
    currency = find_currency(given["currency"])
    check_amount(given["amount"], currency)
    order = find_order(world, given["order_id"], "order_id") if "order_id" in given else None
    if order is not None:
        check_order(world, order, given)
    saves = given.get("recurring", False) or given.get("save", False)
    if "customer_id" in given:
        find_customer(world, given["customer_id"], "customer_id")
    elif given.get("recurring"):
        raise refuse("The customer_id field is required.", field="customer_id")
    payment = store_payment(world, given, read_instrument(world, given), request.origin)
    payment.callback_url = given.get("callback_url")
    if order is not None:
        attempt(order)
    if saves and "customer_id" in given and "token_id" not in payment.document:
        open_token(world, payment, order, recurring=given.get("recurring", False))
    return payment


def store_payment(world: World, given: Document, instrument: Instrument, origin: str) -> Payment:
    document = payment_document(world, given, **instrument.fields)
    document["international"] = document["international"] or given["currency"] != "INR"
    payment = Payment(document, instrument.causes, instrument.code, origin, instrument.card, expiry=instrument.expiry)
    store_of(world).payments.add(document["id"], document["created_at"], payment, {"order": document["order_id"]})
    world.ledger.open(world.clock.now(), document["id"], given["currency"], CURRENCIES[given["currency"]].exponent)
    return payment


def check_order(world: World, order: Order, given: Document) -> None:
    """Raise Refusal unless the order can be paid with this amount, currency and method."""
    document = order.document
    if document["status"] == "paid":
        raise refuse_reason("order_already_paid", PAID, metadata={"order_id": document["id"]})
    check_link(world, order)
    due = document["amount_due"]
    fits = given["amount"] <= due if order.partial else given["amount"] == due
    if not fits or given["currency"] != document["currency"]:
        text = "The payment is not of the amount and currency that the order has due."
        raise refuse_reason("order_amount_mismatch", text, field="amount")
    if document.get("method", given.get("method")) != given.get("method"):
        raise refuse_reason("order_payment_method_mismatch", "The order is for another payment method.", field="method")


def next_steps(world: World, payment: Payment, request: Request) -> list[Document]:
    """The actions that a payment is continued with. Source: the page on S2S JSON V2 of each method."""
    document = payment.document
    poll = {"action": "poll", "url": f"{request.origin}/v1/payments/{document['id']}"}
    page = wait_for(world, payment, "three_d_secure" if document["method"] == "card" else "redirect")
    if document["method"] == "upi":
        if document["vpa"]:
            return [poll]
        amount = f"am={document['amount'] // 100}.{document['amount'] % 100:02}&cu=INR"
        return [{"action": "intent", "url": f"upi://pay?pa=shop@razorpay&{amount}&tr={document['id']}"}, poll]
    steps = [{"action": "redirect", "url": page}]
    if document["method"] == "card":
        steps.append({"action": "otp_generate", "url": otp_url(payment, request, "otp_generate")})
    return steps


def otp_url(payment: Payment, request: Request, action: str) -> str:
    """An address that a browser can call, which has the key id alone."""
    identity = payment.document["id"]
    return f"{request.origin}/v1/payments/{identity}/{action}?key_id={presented(request)[0]}"


def failure(world: World, payment: Payment) -> Exception:
    """The refusal that tells of a payment which failed while it was created."""
    document = payment.document
    decline = Decline.of(world, document["error_reason"], document["error_code"], document["error_description"])
    return decline.refusal(payment)


def get_payment(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.EXPAND)
    return Reply(200, expanded(world, find_payment(world, request.ids["payment_id"]), asked))


def get_card(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.NOTHING)
    payment = find_payment(world, request.ids["payment_id"])
    if payment.card is None:
        raise refuse("Payment was not done using card.")
    return Reply(200, payment.card)


def update_payment(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.NOTES, ("notes",))
    payment = find_payment(world, request.ids["payment_id"])
    payment.document["notes"] = shown_notes(given)
    return Reply(200, render_payment(payment))


def list_payments(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.LIST)
    return list_reply(asked, store_of(world).payments, lambda payment: expanded(world, payment, asked))


def expanded(world: World, payment: Payment, asked: Document) -> Document:
    """The payment with what was asked to be shown in full; raises Refusal for what cannot be."""
    paths = set(asked.get("expand", ()))
    if paths - _EXPANDABLE:
        names = "card, emi, transaction, refunds, offers, token, transaction.settlement"
        raise refuse(f"Value of each expand must be one of following types: {names}.", field="expand")
    shown = render_payment(payment, card="card" in paths)
    if "refunds" in paths:
        shown["refunds"] = collection(refunds_of(world, payment.document["id"]))
    token = store_of(world).tokens.get(payment.document.get("token_id") or "")
    if "token" in paths and token is not None:
        shown["token"] = token.document
    return shown
