"""A payment, refund, dispute or mandate rendered in any state of the manifest, without anything being posted.

Each state is acted out with the real handlers in a scratch world, so that all its fields agree by construction; the
result then takes the identity of the resource that was asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_gateways.core.approvals import decide
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.messages import Reply, Request
from mock_gateways.core.settings import setting
from mock_gateways.stripe import captures, payment_intents, refunds
from mock_gateways.stripe.errors import refuse
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.later_situations import dispute_reply, mandate_reply
from mock_gateways.stripe.lookup import find_charge, find_intent, find_refund
from mock_gateways.stripe.manifest import MANIFEST
from mock_gateways.stripe.stage import SALE, Stage, bring_customer, paths
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

    Handler = Callable[[World, Request], Reply]

_KEPT_OF_INTENT = ("id", "client_secret", "created", "customer", "description", "metadata", "statement_descriptor")
_KEPT_OF_REFUND = ("id", "created", "charge", "payment_intent", "payment_method", "customer", "metadata", "reason")
_HOLD = {**SALE, "capture_method": "manual"}
_MULTI = {**_HOLD, "payment_method_options": {"card": {"request_multicapture": "if_available"}}}
_CHALLENGE = {**SALE, "payment_method": "pm_card_threeDSecure2Required", "return_url": "https://shop.example/return"}


def _create(parameters: Document) -> Callable[[Stage], object]:
    return lambda stage: stage.create(parameters)


def _fail_authentication(stage: Stage) -> None:
    stage.create(_CHALLENGE)
    decide(stage.world, stage.intent, "fail")


def _process(stage: Stage) -> None:
    intent = stage.create({"payment_method": "pm_card_visa"})
    intent.document["status"] = "processing"


def _capture_part(stage: Stage) -> None:
    stage.create(_MULTI)
    stage.capture(final_capture="false")


def _succeed_in_part(stage: Stage) -> None:
    stage.create(_HOLD)
    stage.capture()


def _cancel(parameters: Document) -> Callable[[Stage], object]:
    def play(stage: Stage) -> None:
        stage.create(parameters)
        stage.act(captures.cancel_intent, {}, intent=stage.intent)

    return play


def _lapse(stage: Stage) -> None:
    stage.create(_HOLD)
    stage.world.clock.advance(setting(stage.world, "authorisation_days") * DAY_S)


def _cancel_rest(stage: Stage) -> None:
    _capture_part(stage)
    stage.act(captures.cancel_intent, {}, intent=stage.intent)


_PLAYS: dict[str, Callable[[Stage], object]] = {
    "requires_payment_method": _create({}),
    "declined": _create({**SALE, "payment_method": "pm_card_visa_chargeDeclined"}),
    "authentication_failed": _fail_authentication,
    "requires_confirmation": _create({"payment_method": "pm_card_visa"}),
    "requires_action": _create(_CHALLENGE),
    "processing": _process,
    "requires_capture": _create(_HOLD),
    "requires_capture_partly_captured": _capture_part,
    "succeeded": _create(SALE),
    "succeeded_in_part": _succeed_in_part,
    "canceled_unconfirmed": _cancel({}),
    "canceled_hold": _cancel(_HOLD),
    "canceled_automatic": _lapse,
    "canceled_partly_captured": _cancel_rest,
}
# Which published card brings a refund into a state, and how long that takes.
_REFUND_CARDS = {"pending": "pm_card_pendingRefund", "failed": "pm_card_refundFail"}


def situation(world: World, request: Request, name: str) -> Reply:
    """The resource of a request, as it would be in a state of the manifest.

    Raises Refusal when the request does not concern such a resource, or is refused itself.
    """
    return _REPLIES[MANIFEST.state(name).resource](world, request, name)


def _intent_reply(world: World, request: Request, name: str) -> Reply:
    document = _addressed_intent(world, request)
    stage = Stage(world, document["amount"], document["currency"], request.origin)
    _PLAYS[name](stage)
    played = find_intent(stage.world, stage.intent).document
    if played["status"] != MANIFEST.state(name).raw:
        raise refuse(f"The amount of the payment is too small to act out {name}.")
    played.update({kept: document[kept] for kept in _KEPT_OF_INTENT})
    if played["latest_charge"]:
        find_charge(stage.world, played["latest_charge"])["payment_intent"] = document["id"]
    bring_customer(world, stage.world, document["customer"])
    return Reply(200, expand(stage.world, played, paths(request)))


def _addressed_intent(world: World, request: Request) -> Document:
    """The intent of the path, or a fresh one that nobody confirmed when the request creates one."""
    if "intent" in request.ids:
        return find_intent(world, request.ids["intent"]).document
    if request.route is None or request.route.operation != "PostPaymentIntents":
        raise refuse("A state fault of a payment needs a request for one payment.")
    dropped = {"confirm", "expand", *payment_intents.WITH_CONFIRM}
    kept = {name: value for name, value in request.parameters.items() if name not in dropped}
    document: Document = payment_intents.create_intent(world, replace(request, parameters=kept)).document
    return document


def _refund_reply(world: World, request: Request, name: str) -> Reply:
    raw, origin = MANIFEST.state(name).raw, request.origin
    asked, charge = _addressed_refund(world, request)
    stage = Stage(world, asked["amount"], asked["currency"], origin)
    stage.create({**SALE, "payment_method": _REFUND_CARDS.get(raw, "pm_card_visa")})
    played = stage.act(refunds.create_refund, {"payment_intent": stage.intent})
    refund = find_refund(stage.world, played["id"])
    if raw == "failed":
        stage.world.clock.advance(setting(world, "refund_settles_after_s"))
    refund["status"] = raw
    refund.update({kept: asked[kept] for kept in _KEPT_OF_REFUND})
    store_of(stage.world).charges.add(charge["id"], charge["created"], charge, {})
    bring_customer(world, stage.world, charge["customer"])
    if store_of(world).refunds.get(refund["id"]) is None:
        # Read again later, it is still what the client was told, though no money stands behind it.
        keys = {"payment_intent": charge["payment_intent"], "charge": charge["id"]}
        store_of(world).refunds.add(refund["id"], refund["created"], refund, keys)
    return Reply(200, expand(stage.world, refund, paths(request)))


def _addressed_refund(world: World, request: Request) -> tuple[Document, Document]:
    if "refund" in request.ids:
        refund = find_refund(world, request.ids["refund"])
        return refund, find_charge(world, refund["charge"])
    if request.route is None or request.route.operation != "PostRefunds":
        raise refuse("A state fault of a refund needs a request for one refund.")
    return refunds.prepare_refund(world, request.parameters)


_REPLIES: dict[str, Callable[[World, Request, str], Reply]] = {
    "payment": _intent_reply,
    "refund": _refund_reply,
    "dispute": dispute_reply,
    "mandate": mandate_reply,
}
