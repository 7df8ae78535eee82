"""Refunds: money given back after a capture, never more than was captured.

Sources: docs.stripe.com/api/refunds, docs.stripe.com/refunds, docs.stripe.com/testing#refunds (pending and failing).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.ledger import Movement
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import IllegalTransition, move
from mock_gateways.stripe import schemas
from mock_gateways.stripe.charges import add_balance_transaction
from mock_gateways.stripe.disputes import forbids_refund
from mock_gateways.stripe.errors import refuse, refuse_begun, refuse_unsimulated
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.lookup import find_charge, find_intent, find_refund
from mock_gateways.stripe.machine import REFUND, Step
from mock_gateways.stripe.money import check_positive, check_step
from mock_gateways.stripe.parameters import check, merge_metadata
from mock_gateways.stripe.store import code_setting, store_of
from mock_gateways.stripe.tables import CURRENCIES, METHODS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_NOT_SIMULATED = ("customer", "currency", "origin", "refund_application_fee", "reverse_transfer")


def create_refund(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.REFUND_CREATE)
    refund, charge = prepare_refund(world, request.parameters)
    _post(world, charge, refund)
    emit(world, "refund.created", refund)
    emit(world, "charge.refunded", charge)
    return Reply(200, expand(world, refund, given.get("expand", [])))


def prepare_refund(world: World, parameters: Document) -> tuple[Document, Document]:
    """A refund that nothing was posted for yet, and its charge; raises Refusal when Stripe would refuse it."""
    given = check(parameters, schemas.REFUND_CREATE)
    refuse_unsimulated(given, _NOT_SIMULATED)
    charge = _refunded_charge(world, given)
    return _document(world, charge, given, _amount(world, charge, given)), charge


def _refunded_charge(world: World, given: Document) -> Document:
    """The captured charge that is to be refunded; raises Refusal when there is none."""
    if "charge" not in given and "payment_intent" not in given:
        raise refuse("Missing required param: payment_intent or charge.", param="charge", code="parameter_missing")
    if "charge" in given:
        charge = find_charge(world, given["charge"], in_path=False)
        if given.get("payment_intent", charge["payment_intent"]) != charge["payment_intent"]:
            raise refuse("The charge is not of this payment_intent.", param="payment_intent")
    else:
        intent = find_intent(world, given["payment_intent"], param="payment_intent", in_path=False).document
        found = store_of(world).charges.get(intent["latest_charge"]) if intent["latest_charge"] else None
        charge = found or {"amount_captured": 0}
    if not charge["amount_captured"]:
        code = code_setting(world, "refund_of_nothing_code")
        raise refuse_begun("There is no captured charge to refund.", code=code)
    _check_refundable(world, charge)
    return charge


def _check_refundable(world: World, charge: Document) -> None:
    """Raises Refusal for a debit still under way, a method without refunds, and money that a dispute is about."""
    if charge["status"] != "succeeded":
        raise refuse_begun("The charge has not settled yet.", code=code_setting(world, "refund_of_nothing_code"))
    if not METHODS[charge["payment_method_details"]["type"]].published.refunds:
        message = f"Payments with {charge['payment_method_details']['type']} cannot be refunded."
        raise refuse_begun(message, code=code_setting(world, "unrefundable_code"))
    if forbids_refund(world, charge):
        raise refuse_begun("The charge is disputed and cannot be refunded.", code="charge_disputed")


def _amount(world: World, charge: Document, given: Document) -> int:
    left = charge["amount_captured"] - store_of(world).returned.get(charge["id"], 0)
    amount: int = given.get("amount", left)
    if left == 0:
        raise refuse_begun("The charge has already been refunded in full.", code="charge_already_refunded")
    check_positive(amount, "amount")
    check_step(amount, CURRENCIES[charge["currency"].upper()], world.settings, "amount")
    if amount > left:
        code = code_setting(world, "overrefund_code")
        message = f"amount is greater than what is left to refund on the charge, {left}."
        raise refuse_begun(message, code=code, param="amount", charge=charge["id"])
    return amount


def _document(world: World, charge: Document, given: Document, amount: int) -> Document:
    refund: Document = {
        "id": world.ids.new("re_" if charge["id"].startswith("ch_") else "pyr_"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": world.clock.now(),
        "currency": charge["currency"],
        "customer": charge["customer"],
        "customer_account": None,
        "destination_details": _destination(charge),
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": given.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded",
        "transfer_reversal": None,
    }
    merge_metadata(refund, given)
    return refund


def _destination(charge: Document) -> Document:
    kind = charge["payment_method_details"]["type"]
    if kind != "card":
        return {kind: {}, "type": kind}
    card = {"reference_status": "pending", "reference_type": "acquirer_reference_number", "type": "refund"}
    return {"card": card, "type": "card"}


def _post(world: World, charge: Document, refund: Document) -> None:
    """Move the money as the card is published to make it move: at once, later, or only for a while."""
    store, now, amount = store_of(world), world.clock.now(), refund["amount"]
    method = store.methods.get(charge["payment_method"])
    behaviour = method.card.causes if method else ""
    later = METHODS[charge["payment_method_details"]["type"]].refund == "later"
    pending = later or behaviour == "refund:pending"
    movement = Movement.REFUND_START if pending else Movement.REFUND
    world.post(charge["payment_intent"], movement, amount)
    kind = "refund" if charge["id"].startswith("ch_") else "payment_refund"
    refund["balance_transaction"] = add_balance_transaction(world, refund["id"], kind, -amount, charge["currency"])
    _count(world, charge, amount)
    keys = {"payment_intent": charge["payment_intent"], "charge": charge["id"]}
    store.refunds.add(refund["id"], now, refund, keys)
    due = now + setting(world, "refund_settles_after_s")
    if pending:
        refund["status"], refund["pending_reason"] = "pending", "processing"
        world.clock.schedule(due, _settle, world, charge, refund)
    elif behaviour == "refund:fails":
        world.clock.schedule(due, _fail, world, charge, refund)


def _count(world: World, charge: Document, amount: int) -> None:
    returned = store_of(world).returned
    returned[charge["id"]] = returned.get(charge["id"], 0) + amount
    charge["amount_refunded"] += amount
    charge["refunded"] = returned[charge["id"]] == charge["amount_captured"]


def _settle(world: World, charge: Document, refund: Document) -> None:
    move(REFUND, refund, Step.SETTLE)
    refund.pop("pending_reason", None)
    world.post(charge["payment_intent"], Movement.REFUND_FINISH, refund["amount"])
    emit(world, "refund.updated", refund)
    emit(world, "charge.refund.updated", refund)


def _fail(world: World, charge: Document, refund: Document) -> None:
    """The issuer sends the money back: it is the merchant's again, and the charge may be refunded once more."""
    move(REFUND, refund, Step.FAIL)
    amount = refund["amount"]
    world.post(charge["payment_intent"], Movement.REFUND_REVERSAL, amount)
    _count(world, charge, -amount)
    entry = add_balance_transaction(world, refund["id"], "refund_failure", amount, charge["currency"])
    refund.update(failure_balance_transaction=entry, failure_reason=world.settings["failed_refund_reason"])
    emit(world, "refund.failed", refund)
    emit(world, "charge.refund.updated", refund)


def get_refund(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    return Reply(200, expand(world, find_refund(world, request.ids["refund"]), given.get("expand", [])))


def update_refund(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.METADATA_UPDATE)
    refund = find_refund(world, request.ids["refund"])
    merge_metadata(refund, given)
    emit(world, "refund.updated", refund)
    return Reply(200, expand(world, refund, given.get("expand", [])))


def cancel_refund(world: World, request: Request) -> Reply:
    """Only a refund that waits for the shopper's bank details can be canceled; no card refund does."""
    given = check(request.parameters, schemas.EXPAND)
    refund = find_refund(world, request.ids["refund"])
    try:
        move(REFUND, refund, Step.CANCEL)
    except IllegalTransition as problem:
        code = code_setting(world, "refund_cancel_code")
        raise refuse_begun(f"This refund is {problem.state} and cannot be canceled.", code=code) from problem
    return Reply(200, expand(world, refund, given.get("expand", [])))


def list_refunds(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.REFUND_LIST)
    listing = Listing(
        shelf=store_of(world).refunds, render=lambda r: r, filters=("charge", "payment_intent"), kind="refund"
    )
    return list_reply(world, request, asked, listing)
