"""How a state of the manifest comes about: what the handlers are asked for on a stage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core import stage
from mock_gateways.stripe import captures, payment_intents
from mock_gateways.stripe.errors import refuse
from mock_gateways.stripe.lookup import find_intent
from mock_gateways.stripe.store import Intent, store_of
from mock_gateways.stripe.tables import CURRENCIES

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.routes import Handler
    from mock_gateways.core.tenants import World

SALE = {"confirm": "true", "payment_method": "pm_card_visa"}


class Stage(stage.Stage):
    """A stage for payments, and the one that is played with."""

    intent = ""

    def act(self, handler: Handler, parameters: Document, **ids: str) -> Document:
        document: Document = self.reply(handler, parameters, ids)[0].document
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
