"""A dispute, a mandate or a set-up in any state of the manifest, acted out as payments are; nothing is posted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_gateways.core.approvals import decide
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.stripe import contests, setup_intents
from mock_gateways.stripe.errors import refuse
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lookup import find_charge, find_intent
from mock_gateways.stripe.mandates import find_mandate
from mock_gateways.stripe.stage import SALE, Stage, bring_customer, paths
from mock_gateways.stripe.store import Dispute, store_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_KEPT_OF_DISPUTE = ("id", "created", "charge", "payment_intent", "payment_method_details", "metadata", "reason")
_KEPT_OF_SETUP = ("id", "client_secret", "created", "customer", "description", "metadata", "usage")
_CHALLENGED = {"payment_method": "pm_card_threeDSecure2Required", "return_url": "https://shop.example/return"}
_CONFIRMED = {"confirm": "true", "payment_method": "pm_card_visa"}


def _answer(text: str) -> Callable[[Stage, str], object]:
    def play(stage: Stage, dispute: str) -> None:
        stage.act(contests.update_dispute, {"evidence": {"uncategorized_text": text}}, dispute=dispute)
        stage.world.clock.advance(setting(stage.world, "dispute_decided_after_s"))

    return play


def _concede(stage: Stage, dispute: str) -> None:
    stage.act(contests.close_dispute, {}, dispute=dispute)


def _lapse(stage: Stage, _: str) -> None:
    stage.world.clock.advance(setting(stage.world, "dispute_response_days") * DAY_S)


def _nothing(_: Stage, __: str) -> None:
    """It is in this state from the start."""


_FRAUD, _INQUIRY = "pm_card_createDispute", "pm_card_createDisputeInquiry"
# By state: the card, what is done after the dispute has come, and a status that no published way leads to here.
_DISPUTE_PLAYS: Mapping[str, tuple[str, Callable[[Stage, str], object], str | None]] = {
    "dispute_needs_response": (_FRAUD, _nothing, None),
    "dispute_under_review": (_FRAUD, _answer("evidence"), None),
    "dispute_won": (_FRAUD, _answer("winning_evidence"), None),
    "dispute_lost": (_FRAUD, _answer("losing_evidence"), None),
    "dispute_accepted": (_FRAUD, _concede, None),
    "dispute_lapsed": (_FRAUD, _lapse, None),
    "inquiry_needs_response": (_INQUIRY, _nothing, None),
    "inquiry_under_review": (_INQUIRY, _answer("evidence"), None),
    "inquiry_closed": (_INQUIRY, _concede, None),
    "dispute_blocked": (_INQUIRY, _nothing, "prevented"),
    "dispute_resolved": (_FRAUD, _nothing, "prevented"),
    "appeal_needs_response": (_FRAUD, _nothing, "appeal_needs_response"),
    "appeal_under_review": (_FRAUD, _answer("evidence"), "appeal_under_review"),
}
_CASES = {"dispute_blocked": "block", "dispute_resolved": "resolution"}


def dispute_reply(world: World, request: Request, name: str) -> Reply:
    """The dispute of a request, in a state; raises Refusal when the request concerns none."""
    if not {"dispute", "charge"} & request.ids.keys():
        raise refuse("A state fault of a dispute needs a request for one dispute.")
    asked = contests.find_dispute(world, request).document
    stage = Stage(world, asked["amount"], asked["currency"], request.origin)
    card, play, forced = _DISPUTE_PLAYS[name]
    payment = stage.create({**SALE, "payment_method": card}).document["id"]
    stage.world.clock.settle()
    played: Dispute | None = store_of(stage.world).disputes.newest(("payment_intent", payment))
    if played is None:
        raise AssertionError(payment)
    play(stage, played.document["id"])
    document = {**played.document, **{kept: asked[kept] for kept in _KEPT_OF_DISPUTE}}
    document["status"] = forced or document["status"]
    if name in _CASES and "card" in document["payment_method_details"]:
        card_details = {**document["payment_method_details"]["card"], "case_type": _CASES[name]}
        document["payment_method_details"] = {"card": card_details, "type": "card"}
    for entry in document["balance_transactions"]:
        entry["source"] = document["id"]
    _bring_payment(world, stage.world, document)
    return Reply(200, expand(stage.world, document, paths(request)))


def _bring_payment(world: World, scratch: World, dispute: Document) -> None:
    charge, intent = find_charge(world, dispute["charge"]), find_intent(world, dispute["payment_intent"])
    store_of(scratch).charges.add(charge["id"], charge["created"], charge, {})
    store_of(scratch).intents.add(intent.document["id"], intent.document["created"], intent, {})
    bring_customer(world, scratch, charge["customer"])


def _set_up(parameters: Document) -> Callable[[Stage], Document]:
    return lambda stage: stage.act(setup_intents.create_setup, parameters)


def _fail_set_up(stage: Stage) -> Document:
    made = stage.act(setup_intents.create_setup, {**_CONFIRMED, **_CHALLENGED})
    return decide(stage.world, made["id"], "fail").document


def _cancel_set_up(stage: Stage) -> Document:
    made = stage.act(setup_intents.create_setup, {})
    return stage.act(setup_intents.cancel_setup, {}, intent=made["id"])


_SETUP_PLAYS: Mapping[str, Callable[[Stage], Document]] = {
    "setup_requires_payment_method": _set_up({}),
    "setup_failed": _fail_set_up,
    "setup_requires_confirmation": _set_up({"payment_method": "pm_card_visa"}),
    "setup_requires_action": _set_up({**_CONFIRMED, **_CHALLENGED}),
    # No simulated method leaves a set-up under way: it is one that was confirmed, and says so.
    "setup_processing": _set_up({"payment_method": "pm_card_visa"}),
    "setup_succeeded": _set_up(_CONFIRMED),
    "setup_canceled": _cancel_set_up,
}
_STATUSES = {"mandate_active": "active", "mandate_inactive": "inactive", "mandate_pending": "pending"}


def mandate_reply(world: World, request: Request, name: str) -> Reply:
    """The mandate or the set-up of a request, in a state.

    Raises Refusal when the request concerns the other, or none.
    """
    if name in _STATUSES:
        if "mandate" not in request.ids:
            raise refuse("A state fault of a mandate needs a request for one mandate.")
        document = find_mandate(world, request.ids["mandate"], in_path=True)
        return Reply(200, expand(world, {**document, "status": _STATUSES[name]}, paths(request)))
    asked = _addressed_setup(world, request)
    # The amount is never used: a set-up moves no money.
    stage = Stage(world, 100, "usd", request.origin)
    played = _SETUP_PLAYS[name](stage)
    played.update({kept: asked[kept] for kept in _KEPT_OF_SETUP})
    if name == "setup_processing":
        played["status"] = "processing"
    bring_customer(world, stage.world, asked["customer"])
    return Reply(200, expand(stage.world, played, paths(request)))


def _addressed_setup(world: World, request: Request) -> Document:
    """The set-up of the path, or a fresh one that nobody confirmed when the request creates one."""
    operation = request.route.operation if request.route else ""
    if "SetupIntents" not in operation or operation == "GetSetupIntents":
        raise refuse("A state fault of a set-up needs a request for one SetupIntent.")
    if "intent" in request.ids:
        return setup_intents.find_setup(world, request.ids["intent"]).document
    dropped = {"confirm", "expand", *setup_intents.WITH_CONFIRM}
    kept = {name: value for name, value in request.parameters.items() if name not in dropped}
    document: Document = setup_intents.create_setup(world, replace(request, parameters=kept)).document
    return document
