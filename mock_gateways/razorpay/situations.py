"""A payment, refund, dispute or mandate in any state of the manifest, without anything being posted.

Each state is acted out with the real handlers in a scratch world (plays.py); what shows the state is then laid over
the entity that was asked for, which keeps its identity and instrument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.authorisation import success
from mock_gateways.razorpay.credentials import check_secret
from mock_gateways.razorpay.declines import Decline
from mock_gateways.razorpay.entities import render_payment
from mock_gateways.razorpay.errors import refuse
from mock_gateways.razorpay.lists import collection
from mock_gateways.razorpay.lookup import find_customer, find_dispute, find_order, find_payment, find_refund, find_token
from mock_gateways.razorpay.manifest import MANIFEST
from mock_gateways.razorpay.orders import create_order, payments_of
from mock_gateways.razorpay.parameters import check
from mock_gateways.razorpay.payments import checked, expanded, next_steps, start_payment
from mock_gateways.razorpay.plays import PLAYS, Stage
from mock_gateways.razorpay.recurring import start_recurring
from mock_gateways.razorpay.refunds import prepare_refund
from mock_gateways.razorpay.store import store_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment

_SHOWN: Mapping[str, tuple[str, ...]] = {
    "payment": (
        "status", "captured", "amount_refunded", "refund_status", "fee", "tax",
        "error_code", "error_description", "error_source", "error_step", "error_reason",
    ),
    "refund": ("status", "acquirer_data", "speed_processed"),
    "dispute": ("status", "amount_deducted"),
    "mandate": ("recurring_details",),
}  # fmt: skip


def situation(world: World, request: Request, name: str) -> Reply:
    """The entity of a request, as it would be in a state of the manifest.

    Raises Refusal when the request does not concern such an entity, or is refused itself.
    """
    check_secret(world, request)
    resource = MANIFEST.state(name).resource
    operation = request.route.operation if request.route else ""
    render = _RENDERERS.get((resource, operation))
    if render is None:
        raise refuse(f"A state fault of a {resource} needs a request for one {resource}.")
    return render(world, request, name)


def _played(world: World, request: Request, name: str, amount: int, currency: str) -> Document:
    """The fields that show a state, as real handlers make them."""
    stage = Stage(world, amount, currency, request.origin)
    found = PLAYS[name](stage)
    if _raw(found) != MANIFEST.state(name).raw:
        raise refuse(f"The amount of the payment is too small to act out {name}.")
    return {field: found[field] for field in _SHOWN[MANIFEST.state(name).resource]}


def _raw(document: Document) -> str:
    return str(document.get("recurring_details", document)["status"])


def _shown_payment(world: World, request: Request, name: str, payment: Payment) -> Document:
    asked = {"expand": request.parameters.get("expand", [])} if request.method == "GET" else {}
    document = expanded(world, payment, check(asked, schemas.EXPAND))
    return {**document, **_played(world, request, name, document["amount"], document["currency"])}


def _of_new_order(world: World, request: Request, name: str) -> Reply:
    """An order is made as ever, and its next payment is created in the state: a payment begins with its order."""
    reply = create_order(world, request)
    find_order(world, reply.document["id"]).forced = name
    return reply


def forced_on_order(world: World, request: Request) -> str | None:
    """The state that a payment has to be created in, since its order was made under such a fault; it holds once."""
    operation = request.route.operation if request.route else ""
    order = store_of(world).orders.get(str(request.parameters.get("order_id")))
    if order is None or ("payment", operation) not in _RENDERERS:
        return None
    name, order.forced = order.forced, None
    return name


def _of_payment(world: World, request: Request, name: str) -> Reply:
    return Reply(200, _shown_payment(world, request, name, find_payment(world, request.ids["payment_id"])))


def _of_order(world: World, request: Request, name: str) -> Reply:
    """The payments of an order, the newest of them in the state."""
    order = find_order(world, request.ids["order_id"]).document
    found = payments_of(world, order["id"])
    if not found:
        raise refuse("This order has no payment yet.")
    shown = [_shown_payment(world, request, name, found[0]), *(render_payment(one) for one in found[1:])]
    return Reply(200, collection(shown))


def _new_payment(world: World, request: Request, name: str) -> Reply:
    """A payment that is created in the state: read again later, it is still what the client was told."""
    recurring = request.route is not None and request.route.operation == "CreateRecurringPayment"
    payment = start_recurring(world, request) if recurring else start_payment(world, request, checked(request))
    played = _played(world, request, name, payment.document["amount"], payment.document["currency"])
    payment.document.update(played)
    payment.forced = played["status"] != "created"
    if played["status"] == "failed":
        raise Decline.of(world, played["error_reason"], played["error_code"]).refusal(payment)
    if played["status"] == "created" and not recurring:
        steps = next_steps(world, payment, request)
        return Reply(200, {"razorpay_payment_id": payment.document["id"], "next": steps})
    return Reply(200, success(world, payment))


def _of_refund(world: World, request: Request, name: str) -> Reply:
    refund = find_refund(world, request.ids["refund_id"])
    return Reply(200, {**refund, **_played(world, request, name, refund["amount"], refund["currency"])})


def _new_refund(world: World, request: Request, name: str) -> Reply:
    """As of a payment: it is kept, though no money stands behind it."""
    given = check(request.parameters, schemas.REFUND_OF)
    payment = find_payment(world, request.ids.get("payment_id") or given.get("payment_id", ""))
    refund = prepare_refund(world, payment, given)
    refund.update(_played(world, request, name, refund["amount"], refund["currency"]))
    store_of(world).refunds.add(refund["id"], refund["created_at"], refund, {"payment": refund["payment_id"]})
    return Reply(200, refund)


def _of_dispute(world: World, request: Request, name: str) -> Reply:
    dispute = find_dispute(world, request.ids["dispute_id"])
    return Reply(200, {**dispute, **_played(world, request, name, dispute["amount"], dispute["currency"])})


def _of_mandate(world: World, request: Request, name: str) -> Reply:
    customer = find_customer(world, request.ids["customer_id"])
    token = find_token(world, request.ids["token_id"], customer["id"]).document
    return Reply(200, {**token, **_played(world, request, name, 100, "INR")})


_RENDERERS: Mapping[tuple[str, str], Callable[[World, Request, str], Reply]] = {
    **dict.fromkeys((("payment", name) for name in ("GetPayment", "CapturePayment", "UpdatePayment")), _of_payment),
    ("payment", "ListOrderPayments"): _of_order,
    ("payment", "CreateOrder"): _of_new_order,
    **dict.fromkeys(
        (
            ("payment", name)
            for name in ("CreatePayment", "CreateUpiPayment", "CreatePaymentByRedirect", "CreateRecurringPayment")
        ),
        _new_payment,
    ),
    **dict.fromkeys((("refund", name) for name in ("GetRefund", "GetPaymentRefund", "UpdateRefund")), _of_refund),
    **dict.fromkeys((("refund", name) for name in ("RefundPayment", "CreateRefund")), _new_refund),
    **dict.fromkeys((("dispute", name) for name in ("GetDispute", "AcceptDispute", "ContestDispute")), _of_dispute),
    ("mandate", "GetToken"): _of_mandate,
}
