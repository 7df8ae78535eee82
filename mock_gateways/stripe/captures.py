"""What is done with a hold: captured in one or more parts, raised, or given back.

Sources: docs.stripe.com/payments/place-a-hold-on-a-payment-method, /payments/multicapture,
/payments/incremental-authorization.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.ledger import Movement
from mock_gateways.core.messages import Reply
from mock_gateways.core.transitions import IllegalTransition, move, require
from mock_gateways.stripe import schemas
from mock_gateways.stripe.charges import add_balance_transaction, details_of
from mock_gateways.stripe.disputes import dispute_as_published
from mock_gateways.stripe.errors import refuse, refuse_begun
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.expirations import cancel, release
from mock_gateways.stripe.lookup import find_charge, find_intent
from mock_gateways.stripe.machine import PAYMENT_INTENT, Step
from mock_gateways.stripe.money import check_amount, check_positive, check_step
from mock_gateways.stripe.parameters import check, merge_metadata
from mock_gateways.stripe.payment_intents import unexpected_state
from mock_gateways.stripe.store import code_setting
from mock_gateways.stripe.tables import CURRENCIES

if TYPE_CHECKING:
    from mock_gateways.core.messages import Request
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent


def capture_intent(world: World, request: Request) -> Reply:
    """A capture takes at most what is held; unless it says otherwise it is final and gives back the rest."""
    given = check(request.parameters, schemas.INTENT_CAPTURE)
    intent = find_intent(world, request.ids["intent"])
    document = intent.document
    _require(intent, Step.CAPTURE)
    amount: int = given["amount_to_capture"] if "amount_to_capture" in given else document["amount_capturable"]
    _check_capture(world, intent, amount)
    final = given.get("final_capture", True)
    if not final and intent.options.get("request_multicapture") != "if_available":
        raise refuse_begun("final_capture=false needs multicapture, which was not requested.", param="final_capture")
    merge_metadata(document, given)
    _capture(world, intent, amount, final=final)
    return Reply(200, expand(world, document, given.get("expand", [])))


def _require(intent: Intent, step: Step) -> None:
    try:
        require(PAYMENT_INTENT, intent.document["status"], step)
    except IllegalTransition as problem:
        raise unexpected_state(intent, problem) from problem


def _check_capture(world: World, intent: Intent, amount: int) -> None:
    check_positive(amount, "amount_to_capture")
    check_step(amount, CURRENCIES[intent.document["currency"].upper()], world.settings, "amount_to_capture")
    capturable = intent.document["amount_capturable"]
    if amount > capturable:
        code = code_setting(world, "overcapture_code")
        message = f"amount_to_capture is greater than the amount that can be captured, {capturable}."
        raise refuse_begun(message, code=code, param="amount_to_capture", payment_intent=intent.document)


def _capture(world: World, intent: Intent, amount: int, *, final: bool) -> None:
    document = intent.document
    charge = find_charge(world, document["latest_charge"])
    world.post(document["id"], Movement.CAPTURE, amount)
    document["amount_received"] += amount
    document["amount_capturable"] -= amount
    charge.update(captured=True, amount_captured=charge["amount_captured"] + amount)
    entry = add_balance_transaction(world, charge["id"], "charge", amount, charge["currency"])
    charge["balance_transaction"] = charge["balance_transaction"] or entry
    ended = final or document["amount_capturable"] == 0
    if document["amount_capturable"] and ended:
        release(world, document)
    move(PAYMENT_INTENT, document, Step.CAPTURE if ended else Step.CAPTURE_PART)
    if ended:
        details_of(charge).pop("capture_before", None)
    emit(world, "charge.captured", charge)
    emit(world, "payment_intent.succeeded" if ended else "payment_intent.amount_capturable_updated", document)
    if ended:
        dispute_as_published(world, intent, charge)


def cancel_intent(world: World, request: Request) -> Reply:
    """A canceled intent gives back what it holds; one that is charged or canceled already cannot be canceled."""
    given = check(request.parameters, schemas.INTENT_CANCEL)
    intent = find_intent(world, request.ids["intent"])
    document = intent.document
    held = document["amount_capturable"]
    try:
        cancel(world, document, given.get("cancellation_reason"))
    except IllegalTransition as problem:
        raise unexpected_state(intent, problem) from problem
    if held:
        emit(world, "charge.refunded", find_charge(world, document["latest_charge"]))
    emit(world, "payment_intent.canceled", document)
    return Reply(200, expand(world, document, given.get("expand", [])))


def increment_authorization(world: World, request: Request) -> Reply:
    """A hold raised to a higher total, when that was asked for before the authorisation."""
    given = check(request.parameters, schemas.INTENT_INCREMENT, ("amount",))
    intent = find_intent(world, request.ids["intent"])
    document = intent.document
    _require(intent, Step.INCREMENT)
    if intent.options.get("request_incremental_authorization") != "if_available":
        raise refuse_begun("Incremental authorization was not requested.", code="payment_intent_invalid_parameter")
    check_amount(given["amount"], CURRENCIES[document["currency"].upper()], world.settings)
    added = given["amount"] - document["amount"]
    if added <= 0:
        raise refuse("amount must be greater than what is authorised.", param="amount")
    world.post(document["id"], Movement.AUTHORISE, added)
    document.update(amount=given["amount"], amount_capturable=document["amount_capturable"] + added)
    charge = find_charge(world, document["latest_charge"])
    charge["amount"] = given["amount"]
    details = charge["payment_method_details"]["card"]
    details["amount_authorized"] = details["overcapture"]["maximum_amount_capturable"] = given["amount"]
    merge_metadata(document, given)
    emit(world, "payment_intent.amount_capturable_updated", document)
    return Reply(200, expand(world, document, given.get("expand", [])))
