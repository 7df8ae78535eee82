"""A payment or refund rendered in any state of the manifest, without anything being posted.

Each state is acted out with the real handlers in a scratch world, so that all its fields agree by construction; the
result then takes the identity of the resource that was asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_gateways.core.approvals import decide
from mock_gateways.core.messages import Refusal, Reply, Request
from mock_gateways.stripe import captures, payment_intents, refunds
from mock_gateways.stripe.charges import DAY_S
from mock_gateways.stripe.errors import refuse
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lookup import find_charge, find_intent, find_refund
from mock_gateways.stripe.manifest import STATES
from mock_gateways.stripe.store import Intent, setting, store_of
from mock_gateways.stripe.tables import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

    Handler = Callable[[World, Request], Reply]

_BY_NAME = {state.name: state for state in STATES}
_KEPT_OF_INTENT = ("id", "client_secret", "created", "customer", "description", "metadata", "statement_descriptor")
_KEPT_OF_REFUND = ("id", "created", "charge", "payment_intent", "payment_method", "customer", "metadata", "reason")
_SALE = {"confirm": "true", "payment_method": "pm_card_visa"}
_HOLD = {**_SALE, "capture_method": "manual"}
_MULTI = {**_HOLD, "payment_method_options": {"card": {"request_multicapture": "if_available"}}}
_CHALLENGE = {**_SALE, "payment_method": "pm_card_threeDSecure2Required", "return_url": "https://shop.example/return"}


class _Stage:
    """A scratch world and the handlers to play in it."""

    def __init__(self, world: World, amount: int, currency: str, origin: str) -> None:
        self.world, self.amount, self.currency, self.origin = world.scratch(), amount, currency, origin
        self.intent = ""

    def act(self, handler: Handler, parameters: Document, **ids: str) -> Document:
        request = Request("POST", "/", "", {}, b"", self.origin, ids=ids, parameters=parameters)
        try:
            reply = handler(self.world, request)
        except Refusal as refusal:
            reply = refusal.reply
        document: Document = reply.document
        if "error" in document and "payment_intent" not in document["error"]:
            raise refuse(f"This state cannot be acted out for the payment: {document['error']['message']}")
        return document.get("error", {}).get("payment_intent") or document

    def create(self, parameters: Document) -> Intent:
        given = {"amount": str(self.amount), "currency": self.currency, **parameters}
        self.intent = self.act(payment_intents.create_intent, given)["id"]
        return find_intent(self.world, self.intent)

    def part(self) -> str:
        step = CURRENCIES[self.currency.upper()].multiple_of
        return str(max(self.amount // 2 // step, 1) * step)

    def capture(self, **parameters: str) -> None:
        self.act(captures.capture_intent, {"amount_to_capture": self.part(), **parameters}, intent=self.intent)


def _create(parameters: Document) -> Callable[[_Stage], object]:
    return lambda stage: stage.create(parameters)


def _fail_authentication(stage: _Stage) -> None:
    stage.create(_CHALLENGE)
    decide(stage.world, stage.intent, "fail")


def _process(stage: _Stage) -> None:
    intent = stage.create({"payment_method": "pm_card_visa"})
    intent.document["status"] = "processing"


def _capture_part(stage: _Stage) -> None:
    stage.create(_MULTI)
    stage.capture(final_capture="false")


def _succeed_in_part(stage: _Stage) -> None:
    stage.create(_HOLD)
    stage.capture()


def _cancel(parameters: Document) -> Callable[[_Stage], object]:
    def play(stage: _Stage) -> None:
        stage.create(parameters)
        stage.act(captures.cancel_intent, {}, intent=stage.intent)

    return play


def _lapse(stage: _Stage) -> None:
    stage.create(_HOLD)
    stage.world.clock.advance(setting(stage.world, "authorisation_days") * DAY_S)


def _cancel_rest(stage: _Stage) -> None:
    _capture_part(stage)
    stage.act(captures.cancel_intent, {}, intent=stage.intent)


_PLAYS: dict[str, Callable[[_Stage], object]] = {
    "requires_payment_method": _create({}),
    "declined": _create({**_SALE, "payment_method": "pm_card_visa_chargeDeclined"}),
    "authentication_failed": _fail_authentication,
    "requires_confirmation": _create({"payment_method": "pm_card_visa"}),
    "requires_action": _create(_CHALLENGE),
    "processing": _process,
    "requires_capture": _create(_HOLD),
    "requires_capture_partly_captured": _capture_part,
    "succeeded": _create(_SALE),
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
    if _BY_NAME[name].resource == "refund":
        return _refund_reply(world, request, name)
    return _intent_reply(world, request, name)


def _intent_reply(world: World, request: Request, name: str) -> Reply:
    document = _addressed_intent(world, request)
    stage = _Stage(world, document["amount"], document["currency"], request.origin)
    _PLAYS[name](stage)
    played = find_intent(stage.world, stage.intent).document
    if played["status"] != _BY_NAME[name].raw:
        raise refuse(f"The amount of the payment is too small to act out {name}.")
    played.update({kept: document[kept] for kept in _KEPT_OF_INTENT})
    if played["latest_charge"]:
        find_charge(stage.world, played["latest_charge"])["payment_intent"] = document["id"]
    _bring_customer(world, stage.world, document["customer"])
    return Reply(200, expand(stage.world, played, _paths(request)))


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
    raw, origin = _BY_NAME[name].raw, request.origin
    asked, charge = _addressed_refund(world, request)
    stage = _Stage(world, asked["amount"], asked["currency"], origin)
    stage.create({**_SALE, "payment_method": _REFUND_CARDS.get(raw, "pm_card_visa")})
    played = stage.act(refunds.create_refund, {"payment_intent": stage.intent})
    refund = find_refund(stage.world, played["id"])
    if raw == "failed":
        stage.world.clock.advance(setting(world, "refund_settles_after_s"))
    refund["status"] = raw
    refund.update({kept: asked[kept] for kept in _KEPT_OF_REFUND})
    store_of(stage.world).charges.add(charge["id"], charge["created"], charge, {})
    _bring_customer(world, stage.world, charge["customer"])
    if store_of(world).refunds.get(refund["id"]) is None:
        # Read again later, it is still what the client was told, though no money stands behind it.
        keys = {"payment_intent": charge["payment_intent"], "charge": charge["id"]}
        store_of(world).refunds.add(refund["id"], refund["created"], refund, keys)
    return Reply(200, expand(stage.world, refund, _paths(request)))


def _addressed_refund(world: World, request: Request) -> tuple[Document, Document]:
    if "refund" in request.ids:
        refund = find_refund(world, request.ids["refund"])
        return refund, find_charge(world, refund["charge"])
    if request.route is None or request.route.operation != "PostRefunds":
        raise refuse("A state fault of a refund needs a request for one refund.")
    return refunds.prepare_refund(world, request.parameters)


def _bring_customer(world: World, scratch: World, customer: str | None) -> None:
    document = store_of(world).customers.get(customer) if customer else None
    if document is not None:
        store_of(scratch).customers.add(document["id"], document["created"], document, {})


def _paths(request: Request) -> list[str]:
    given: Any = request.parameters.get("expand", [])
    return list(given.values()) if isinstance(given, dict) else list(given)
