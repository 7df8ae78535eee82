"""Disputes: the shopper's bank asks for money back; the merchant accepts, or contests with documents.

Sources: razorpay.com/docs/api/disputes, /docs/payments/disputes (states, phases), /chargeback-fees-and-penalties
(deduct at onset; an unanswered dispute is lost), /docs/webhooks/disputes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.amounts import readable
from mock_gateways.core.approvals import APPROVE, Decided, await_decision
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.ledger import Movement
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import move
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.entities import render_payment
from mock_gateways.razorpay.errors import check_money, refuse
from mock_gateways.razorpay.events import emit
from mock_gateways.razorpay.lists import list_reply
from mock_gateways.razorpay.lookup import find_dispute, find_payment
from mock_gateways.razorpay.machine import DISPUTE, Step
from mock_gateways.razorpay.money import check_amount
from mock_gateways.razorpay.parameters import check
from mock_gateways.razorpay.store import store_of
from mock_gateways.razorpay.tables import CURRENCIES

if TYPE_CHECKING:
    from mock_gateways.core.approvals import Approval
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment

LONGEST_SUMMARY = 1_000
PHASES = ("fraud", "retrieval", "chargeback", "pre_arbitration", "arbitration")
# Phases that ask for information: no money is taken, and what is answered well is closed.
_INQUIRIES = ("fraud", "retrieval")
_EXPANDABLE = frozenset({"payment", "transaction.settlement"})


def open_dispute(world: World, payment_id: str, body: Document) -> Document:
    """The shopper's bank disputes a payment; a `reason` that names a phase opens it in that phase.

    Raises Refusal for a payment in which nothing was taken, and for more than was taken and is not yet disputed.
    """
    payment = find_payment(world, payment_id)
    check_money(forced=payment.forced)
    document = payment.document
    left = (document["amount"] if document["captured"] else 0) - payment.disputed
    amount = body.get("amount", left)
    if not 1 <= amount <= left:
        raise refuse(f"Only what was captured and is not disputed yet can be: {left}.", field="amount")
    check_amount(amount, CURRENCIES[document["currency"]])
    dispute = _document(world, document, amount, str(body.get("reason") or "chargeback"))
    store_of(world).disputes.add(dispute["id"], dispute["created_at"], dispute, {"payment": payment_id})
    payment.disputed += amount
    if dispute["phase"] not in _INQUIRIES and setting(world, "deduct_at_onset"):
        _deduct(world, dispute)
    world.clock.schedule(dispute["respond_by"], lapse, world, dispute["id"])
    _tell(world, "created", dispute)
    return dispute


def _document(world: World, payment: Document, amount: int, reason: str) -> Document:
    now = world.clock.now()
    return {
        "id": world.ids.new("disp_", 14),
        "entity": "dispute",
        "payment_id": payment["id"],
        "amount": amount,
        "currency": payment["currency"],
        "amount_deducted": 0,
        "reason_code": reason,
        "reason_description": None,
        "respond_by": now + setting(world, "dispute_respond_days") * DAY_S,
        "status": "open",
        "phase": reason if reason in PHASES else "chargeback",
        "created_at": now,
        "evidence": {
            "amount": amount,
            "summary": None,
            **dict.fromkeys(schemas.PROOFS),
            "others": None,
            "submitted_at": None,
        },
    }


def _deduct(world: World, dispute: Document) -> None:
    deducted = store_of(world).deducted
    if dispute["id"] not in deducted:
        deducted.add(dispute["id"])
        world.post(dispute["payment_id"], Movement.DISPUTE, dispute["amount"])


def _give_back(world: World, dispute: Document) -> None:
    deducted = store_of(world).deducted
    if dispute["id"] in deducted:
        deducted.discard(dispute["id"])
        world.post(dispute["payment_id"], Movement.DISPUTE_REVERSAL, dispute["amount"])


def _tell(world: World, what: str, dispute: Document) -> None:
    payment = render_payment(find_payment(world, dispute["payment_id"]), card=True)
    emit(world, f"payment.dispute.{what}", payment=payment, dispute=dispute)


def _end(world: World, dispute: Document, step: Step) -> None:
    """Win, lose or close; raises IllegalTransition when that is not possible any more."""
    move(DISPUTE, dispute, step)
    world.approvals.pop(dispute["id"], None)
    if step is Step.LOSE:
        _deduct(world, dispute)
        dispute["amount_deducted"] = dispute["amount"]
    else:
        _give_back(world, dispute)
        payment: Payment = find_payment(world, dispute["payment_id"])
        payment.disputed -= dispute["amount"]
    _tell(world, dispute["status"], dispute)


def lapse(world: World, dispute_id: str) -> None:
    """A dispute that nobody answered in time is lost."""
    dispute = find_dispute(world, dispute_id)
    if dispute["status"] == "open":
        _end(world, dispute, Step.LOSE)


def decide_dispute(world: World, approval: Approval, outcome: str) -> Decided:
    """The bank decides what was contested: for the merchant, or for the shopper."""
    dispute = find_dispute(world, approval.id)
    for_merchant = Step.CLOSE if dispute["phase"] in _INQUIRIES else Step.WIN
    _end(world, dispute, for_merchant if outcome == APPROVE else Step.LOSE)
    return Decided(dispute)


def accept_dispute(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.NOTHING)
    dispute = find_dispute(world, request.ids["dispute_id"])
    _require_open(dispute)
    _end(world, dispute, Step.LOSE)
    return Reply(200, dispute)


def _require_open(dispute: Document) -> None:
    if dispute["status"] != "open":
        raise refuse(f"Action not allowed when dispute is in {dispute['status']} status.")


def contest_dispute(world: World, request: Request) -> Reply:
    """Keep evidence as a draft, or submit it; what was drafted before stays."""
    given = check(request.parameters, schemas.CONTEST)
    dispute = find_dispute(world, request.ids["dispute_id"])
    _require_open(dispute)
    action = given.pop("action", None) or "draft"
    _check_evidence(world, dispute, given, action)
    evidence = {**dispute["evidence"], **given}
    if action == "submit":
        if not any(evidence[name] for name in (*schemas.PROOFS, "others")):
            raise refuse("At least one document is needed to submit evidence.")
        evidence["submitted_at"] = world.clock.now()
    dispute["evidence"] = evidence
    if action == "submit":
        _submit(world, dispute, request.origin)
    return Reply(200, dispute)


def _is_document(world: World, name: str) -> bool:
    return store_of(world).documents.get(name) is not None or name == world.settings["document_at_hand"]


def _check_evidence(world: World, dispute: Document, given: Document, action: str) -> None:
    if action not in ("draft", "submit"):
        raise refuse("The selected action is invalid.", field="action")
    if given.get("amount", 0) > dispute["amount"]:
        raise refuse("contest amount cannot be greater than dispute amount.", field="amount")
    if given.get("amount", 0) < 0:
        raise refuse("The amount must be at least 0.", field="amount")
    if len(given.get("summary", "")) > LONGEST_SUMMARY:
        raise refuse(f"The summary may not be greater than {LONGEST_SUMMARY} characters.", field="summary")
    named = [name for proof in schemas.PROOFS for name in given.get(proof, ())]
    for other in given.get("others", ()):
        ids = other.get("document_ids")
        if not isinstance(ids, list) or not isinstance(other.get("type"), str):
            raise refuse("The others.type and others.document_ids fields are required.", field="others")
        named += ids
    if not all(isinstance(name, str) and _is_document(world, name) for name in named):
        raise refuse("Invalid file id provided or merchant is unauthorized to access the fileId(s) provided")


def _submit(world: World, dispute: Document, origin: str) -> None:
    move(DISPUTE, dispute, Step.SUBMIT)
    currency = CURRENCIES[dispute["currency"]]
    amount = readable(dispute["amount"], currency.exponent, currency.code)
    await_decision(world, origin, dispute["id"], "dispute", amount)
    _tell(world, "under_review", dispute)


def get_dispute(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.EXPAND)
    return Reply(200, _expanded(world, find_dispute(world, request.ids["dispute_id"]), asked))


def list_disputes(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.LIST)
    return list_reply(asked, store_of(world).disputes, lambda dispute: _expanded(world, dispute, asked))


def _expanded(world: World, dispute: Document, asked: Document) -> Document:
    paths = set(asked.get("expand", ()))
    if paths - _EXPANDABLE:
        names = "payment, transaction.settlement"
        raise refuse(f"Value of each expand must be one of following types: {names}", field="expand")
    if "payment" not in paths:
        return dispute
    return {**dispute, "payment": render_payment(find_payment(world, dispute["payment_id"]))}
