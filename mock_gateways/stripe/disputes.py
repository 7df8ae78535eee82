"""How a dispute comes about and ends: its objects, the money that goes and comes back, its deadline.

Sources: docs.stripe.com/disputes/how-disputes-work, /disputes/responding, docs.stripe.com/testing#disputes,
docs.stripe.com/api/disputes/object and its recorded fixture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.approvals import Approval, Decided
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.ledger import Movement
from mock_gateways.core.settings import setting
from mock_gateways.core.shelf import Window
from mock_gateways.core.transitions import move, require
from mock_gateways.stripe.charges import add_balance_transaction
from mock_gateways.stripe.dispute_fields import Ground, dispute_document, ground_of
from mock_gateways.stripe.errors import refuse, refuse_begun
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.machine import DISPUTE, Step
from mock_gateways.stripe.store import Dispute, store_of
from mock_gateways.stripe.tables import METHODS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent

# Source: docs.stripe.com/disputes/how-disputes-work: an inquiry closes when no chargeback follows within 120 days.
INQUIRY_DAYS = 120
PREVENTED, LOST = "prevented", "lost"
_OPEN = ("needs_response", "under_review", "warning_needs_response", "warning_under_review")


def dispute_as_published(world: World, intent: Intent, charge: Document) -> None:
    """Let the shopper's bank dispute what was just taken, when the card or account is published to cause it."""
    method = store_of(world).methods.get(charge["payment_method"])
    if method is None:
        return
    family, behaviour = method.card.family, method.card.behaviour
    if method.account is not None:
        family, behaviour = method.account.family, method.account.behaviour
    if family != "dispute":
        return
    now, payment = world.clock.now(), intent.document["id"]
    if behaviour == "early_fraud_warning":
        world.clock.schedule(now, _warn, world, charge)
        return
    for ground in ground_of(behaviour, charge["amount_captured"]):
        world.clock.schedule(now, _open_later, world, payment, charge, ground)


def _open_later(world: World, payment: str, charge: Document, ground: Ground) -> None:
    _open(world, payment, charge, ground)


def _warn(world: World, charge: Document) -> None:
    """Source: docs.stripe.com/api/radar/early_fraud_warnings; the object has no operation here, only its event."""
    warning = {
        "id": world.ids.new("issfr_"),
        "object": "radar.early_fraud_warning",
        "actionable": True,
        "charge": charge["id"],
        "created": world.clock.now(),
        "fraud_type": "misc",
        "livemode": False,
        "payment_intent": charge["payment_intent"],
    }
    emit(world, "radar.early_fraud_warning.created", warning)


def _open(world: World, payment: str, charge: Document, ground: Ground) -> Dispute:
    method = METHODS[charge["payment_method_details"]["type"]]
    document = dispute_document(world, charge, ground, contestable=method.contestable)
    dispute = Dispute(document, payment)
    keys = {"charge": charge["id"], "payment_intent": payment}
    store_of(world).disputes.add(document["id"], document["created"], dispute, keys)
    charge["disputed"] = True
    emit(world, "charge.dispute.created", document)
    if ground.withdraws:
        _withdraw(world, dispute)
    if document["status"] in (LOST, PREVENTED):
        emit(world, "charge.dispute.closed", document)
    else:
        inquiry = document["status"].startswith("warning")
        due = world.clock.now() + INQUIRY_DAYS * DAY_S if inquiry else document["evidence_details"]["due_by"]
        world.clock.schedule(due, _fall_due, world, dispute)
    return dispute


def _withdraw(world: World, dispute: Dispute) -> None:
    document = dispute.document
    world.post(dispute.payment, Movement.DISPUTE, document["amount"])
    dispute.withdrawn = True
    _book(world, document, -document["amount"])
    emit(world, "charge.dispute.funds_withdrawn", document)


def _book(world: World, document: Document, amount: int) -> None:
    entry = add_balance_transaction(world, document["id"], "adjustment", amount, document["currency"])
    found: Any = store_of(world).balance_transactions.get(entry)
    found["reporting_category"] = "dispute" if amount < 0 else "dispute_reversal"
    document["balance_transactions"] = [*document["balance_transactions"], found]


def _fall_due(world: World, dispute: Dispute) -> None:
    """The time to answer has run out, or an inquiry never became a chargeback."""
    document = dispute.document
    if (document["status"], Step.LAPSE) not in DISPUTE:
        return
    document["evidence_details"] = {**document["evidence_details"], "past_due": True}
    close(world, dispute, Step.LAPSE)


def close(world: World, dispute: Dispute, step: Step) -> None:
    """End a dispute; the money comes back when the merchant has won.

    Raises IllegalTransition, and changes nothing, when the step is not allowed.
    """
    document = dispute.document
    move(DISPUTE, document, step)
    world.approvals.pop(document["id"], None)
    if document["status"] == "won" and dispute.withdrawn:
        world.post(dispute.payment, Movement.DISPUTE_REVERSAL, document["amount"])
        dispute.withdrawn = False
        _book(world, document, document["amount"])
        emit(world, "charge.dispute.funds_reinstated", document)
    emit(world, "charge.dispute.closed", document)


def escalate(world: World, dispute: Dispute) -> None:
    """An inquiry becomes a chargeback: the money goes, and there is evidence to give again."""
    document = dispute.document
    move(DISPUTE, document, Step.ESCALATE)
    world.approvals.pop(document["id"], None)
    document["is_charge_refundable"] = False
    card = document["payment_method_details"].get("card")
    if card is not None:
        document["payment_method_details"] = {"card": {**card, "case_type": "chargeback"}, "type": "card"}
    due = world.clock.now() + setting(world, "dispute_response_days") * DAY_S
    document["evidence_details"] = {**document["evidence_details"], "due_by": due}
    world.clock.schedule(due, _fall_due, world, dispute)
    _withdraw(world, dispute)
    emit(world, "charge.dispute.updated", document)


def judge(world: World, approval: Approval, outcome: str) -> Decided:
    """What the shopper's bank decides about a contested dispute."""
    dispute = store_of(world).disputes.get(approval.id)
    if dispute is None:
        raise AssertionError(approval.id)
    if outcome == "fail" and dispute.document["status"].startswith("warning"):
        escalate(world, dispute)
    else:
        close(world, dispute, Step.WIN if outcome == "approve" else Step.LOSE)
    return Decided(dispute.document)


def open_dispute(world: World, payment: str, body: Document) -> Document:
    """The control plane's way to a dispute; `reason` is one of Stripe's, or "inquiry".

    Raises Refusal where nothing was taken, or less than the amount.
    """
    store = store_of(world)
    intent = store.intents.get(payment)
    charge = store.charges.get(intent.document["latest_charge"] or "") if intent else None
    if charge is None or charge["status"] != "succeeded" or not charge["amount_captured"]:
        raise refuse_begun("There is no captured charge to dispute.")
    left = charge["amount_captured"] - _at_stake(world, charge)
    amount = body.get("amount", left)
    if not 1 <= amount <= left:
        raise refuse(f"amount must be from 1 to what is not disputed yet, {left}.", param="amount")
    (ground, *_) = ground_of(body.get("reason", "fraudulent"), amount)
    return _open(world, payment, charge, ground).document


def _at_stake(world: World, charge: Document) -> int:
    """What banks hold of a charge, or may yet take: an open inquiry can become a chargeback."""
    return sum(
        dispute.document["amount"]
        for dispute in of_charge(world, charge["id"])
        if dispute.withdrawn or dispute.document["status"] in _OPEN
    )


def of_charge(world: World, charge: str) -> list[Dispute]:
    """The disputes of a charge, newest first."""
    found, _ = store_of(world).disputes.page(Window(100), ("charge", charge))
    return found


def forbids_refund(world: World, charge: Document) -> bool:
    """A charge whose money went to the bank, or may still go there, cannot be given back a second time."""
    if not charge["disputed"]:
        return False
    return any(
        dispute.document["status"] == LOST
        or (dispute.document["status"] in _OPEN and not dispute.document["is_charge_refundable"])
        or (dispute.document["status"] == PREVENTED and dispute.withdrawn)
        for dispute in of_charge(world, charge["id"])
    )


def check_step(dispute: Dispute, step: Step) -> None:
    """Raises IllegalTransition unless the step is allowed."""
    require(DISPUTE, dispute.document["status"], step)
