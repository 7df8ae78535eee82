"""Refunds: money given back after a capture, never more than was captured.

Sources: razorpay.com/docs/api/refunds, /docs/payments/refunds, and the pages on idempotent refunds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.amounts import readable
from mock_gateways.core.approvals import APPROVE, Decided, await_decision
from mock_gateways.core.ledger import Movement
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.core.shelf import Window
from mock_gateways.core.transitions import move
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.entities import refund_document, render_payment
from mock_gateways.razorpay.errors import check_money, refuse, unsimulated
from mock_gateways.razorpay.events import emit
from mock_gateways.razorpay.lists import list_reply
from mock_gateways.razorpay.lookup import find_payment, find_refund
from mock_gateways.razorpay.machine import CAPTURED, PAYMENT, REFUND, REFUNDED, Step
from mock_gateways.razorpay.money import check_amount
from mock_gateways.razorpay.parameters import check, shown_notes
from mock_gateways.razorpay.store import store_of
from mock_gateways.razorpay.tables import CURRENCIES

if TYPE_CHECKING:
    from mock_gateways.core.approvals import Approval
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment

MONTH_S = 30 * 86_400
# What the simulator's own instruments make of a refund: it waits for the bank, or fails there.
WAITS, FAILS = "refund:pending", "refund:fails"
MOST_REFUNDS = 1_000


def refund_payment(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.REFUND_CREATE)
    payment = find_payment(world, request.ids["payment_id"])
    return Reply(200, _refund(world, payment, given, request.origin))


def create_refund(world: World, request: Request) -> Reply:
    """The same, the payment named in the body."""
    given = check(request.parameters, schemas.REFUND_OF, ("payment_id",))
    payment = find_payment(world, given["payment_id"], "payment_id")
    return Reply(200, _refund(world, payment, given, request.origin))


def _refund(world: World, payment: Payment, given: Document, origin: str) -> Document:
    refund = prepare_refund(world, payment, given)
    store_of(world).refunds.add(refund["id"], refund["created_at"], refund, {"payment": refund["payment_id"]})
    world.post(refund["payment_id"], Movement.REFUND_START, refund["amount"])
    _count(payment, refund["amount"])
    _tell(world, "refund.created", refund, payment)
    if given.get("speed") == "optimum" and refund["speed_processed"] == "normal":
        _tell(world, "refund.speed_changed", refund, payment)
    if _too_old(world, payment) and refund["speed_processed"] == "normal":
        fail_refund(world, refund["id"])
    elif payment.causes in (WAITS, FAILS) or (setting(world, "refund_waits") and refund["speed_processed"] == "normal"):
        _wait(world, refund, origin, fails=payment.causes == FAILS)
    else:
        settle_refund(world, refund["id"])
    return refund


def prepare_refund(world: World, payment: Payment, given: Document) -> Document:
    """A refund that nothing was posted for yet; raises Refusal when Razorpay would refuse it."""
    if given.get("reverse_all"):
        raise unsimulated("reverse_all")
    check_money(forced=payment.forced)
    document = payment.document
    if document["status"] == REFUNDED:
        raise refuse("The payment has been fully refunded already.", source="NA", step="NA", reason="NA")
    if document["status"] != CAPTURED:
        raise refuse(f"The payment is {document['status']}; only captured payments can be refunded.")
    left = document["amount"] - document["amount_refunded"]
    amount = given.get("amount", left)
    check_amount(amount, CURRENCIES[document["currency"]])
    if amount > left:
        raise refuse("The refund amount provided is greater than amount captured.", field="amount")
    refund = refund_document(world, document, amount, given)
    if given.get("speed") == "optimum" and setting(world, "instant_refund_possible"):
        refund["speed_processed"] = "instant"
    return refund


def _too_old(world: World, payment: Payment) -> bool:
    age = world.clock.now() - int(payment.document["created_at"])
    return age > setting(world, "refund_months") * MONTH_S


def _count(payment: Payment, amount: int) -> None:
    document = payment.document
    document["amount_refunded"] += amount
    total = document["amount_refunded"]
    if total == document["amount"]:
        move(PAYMENT, document, Step.REFUND_ALL)
    elif document["status"] == REFUNDED:
        document["status"] = CAPTURED  # what was given back came back
    document["refund_status"] = "full" if total == document["amount"] else "partial" if total else None


def _tell(world: World, kind: str, refund: Document, payment: Payment) -> None:
    emit(world, kind, refund=refund, payment=render_payment(payment, card=True))


def _wait(world: World, refund: Document, origin: str, *, fails: bool) -> None:
    """Wait for the bank: somebody may decide, else the refund is processed after some days, or fails."""
    currency = CURRENCIES[refund["currency"]]
    amount = readable(refund["amount"], currency.exponent, currency.code)
    await_decision(world, origin, refund["id"], "settlement", amount)
    due = world.clock.now() + setting(world, "refund_settles_after_s")
    world.clock.schedule(due, fail_refund if fails else settle_refund, world, refund["id"])


def settle_refund(world: World, refund_id: str) -> None:
    """The refund is processed, unless it was decided before."""
    refund = find_refund(world, refund_id)
    world.approvals.pop(refund_id, None)
    if refund["status"] != "pending":
        return
    move(REFUND, refund, Step.SETTLE)
    refund["acquirer_data"] = {"arn": f"{len(world.ledger.postings) + 1:014}"}
    world.post(refund["payment_id"], Movement.REFUND_FINISH, refund["amount"])
    _tell(world, "refund.processed", refund, find_payment(world, refund["payment_id"]))


def fail_refund(world: World, refund_id: str) -> None:
    """The refund fails, unless it was decided before: the money is the merchant's again."""
    refund = find_refund(world, refund_id)
    payment = find_payment(world, refund["payment_id"])
    world.approvals.pop(refund_id, None)
    if refund["status"] != "pending":
        return
    move(REFUND, refund, Step.FAIL)
    world.post(refund["payment_id"], Movement.REFUND_ABANDON, refund["amount"])
    _count(payment, -refund["amount"])
    _tell(world, "refund.failed", refund, payment)


def decide_refund(world: World, approval: Approval, outcome: str) -> Decided:
    decide = settle_refund if outcome == APPROVE else fail_refund
    decide(world, approval.id)
    return Decided(find_refund(world, approval.id))


def get_refund(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.EXPAND)
    return Reply(200, find_refund(world, request.ids["refund_id"]))


def get_refund_of(world: World, request: Request) -> Reply:
    """A refund by the payment it belongs to."""
    check(request.parameters, schemas.EXPAND)
    payment = find_payment(world, request.ids["payment_id"])
    refund = find_refund(world, request.ids["refund_id"])
    if refund["payment_id"] != payment.document["id"]:
        raise refuse("The id provided does not exist")
    return Reply(200, refund)


def update_refund(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.NOTES, ("notes",))
    refund = find_refund(world, request.ids["refund_id"])
    refund["notes"] = shown_notes(given)
    return Reply(200, refund)


def refunds_of(world: World, payment: str) -> list[Document]:
    """The refunds of a payment, newest first."""
    found, _ = store_of(world).refunds.page(Window(MOST_REFUNDS), ("payment", payment))
    return found


def list_refunds(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.LIST)
    return list_reply(asked, store_of(world).refunds, lambda refund: refund)


def list_refunds_of(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.LIST)
    payment = find_payment(world, request.ids["payment_id"]).document["id"]
    return list_reply(asked, store_of(world).refunds, lambda refund: refund, ("payment", payment))
