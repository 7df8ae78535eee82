"""Where a state of the manifest is acted out: the real handlers, in a scratch world that nobody else sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.messages import Refusal, Request
from mock_gateways.stripe import captures, payment_intents
from mock_gateways.stripe.errors import refuse
from mock_gateways.stripe.lookup import find_intent
from mock_gateways.stripe.store import Intent, store_of
from mock_gateways.stripe.tables import CURRENCIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.messages import Document, Reply
    from mock_gateways.core.tenants import World

    Handler = Callable[[World, Request], Reply]

SALE = {"confirm": "true", "payment_method": "pm_card_visa"}


class Stage:
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


def bring_customer(world: World, scratch: World, customer: str | None) -> None:
    document = store_of(world).customers.get(customer) if customer else None
    if document is not None:
        store_of(scratch).customers.add(document["id"], document["created"], document, {})


def paths(request: Request) -> list[str]:
    given: Any = request.parameters.get("expand", [])
    return list(given.values()) if isinstance(given, dict) else list(given)
