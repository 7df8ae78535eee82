"""What happens to money that is held: given back by a void, or by time.

Sources: recorded voids (the charge stays `succeeded`, `refunded` true, `amount_refunded` all of it); the validity of
an authorisation is `payment_method_details.card.capture_before`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.ledger import Movement
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.machine import PAYMENT_INTENT, Step, move
from mock_gateways.stripe.store import setting, store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World


def schedule_expiry(world: World, document: Document, charge: Document) -> None:
    """Let the hold lapse when `capture_before` comes, if it is still a hold by then."""
    lapses = charge["payment_method_details"]["card"]["capture_before"]
    world.clock.schedule(lapses, _expire, world, document, charge)


def _expire(world: World, document: Document, charge: Document) -> None:
    if document["status"] != "requires_capture":
        return
    cancel(world, document, "automatic")
    emit(world, "charge.expired", charge)
    emit(world, "payment_intent.canceled", document)


def cancel(world: World, document: Document, reason: str | None) -> None:
    """End an intent and give back what is held; raises IllegalTransition when it is too late."""
    move(PAYMENT_INTENT, document, Step.CANCEL)
    document.update(canceled_at=world.clock.now(), cancellation_reason=reason, next_action=None)
    world.approvals.pop(document["id"], None)
    if document["amount_capturable"]:
        release(world, document)


def release(world: World, document: Document) -> None:
    """Give back what is held and was not captured."""
    rest = document["amount_capturable"]
    world.ledger.post(world.clock.now(), document["id"], Movement.RELEASE, rest)
    document["amount_capturable"] = 0
    charge = store_of(world).charges.get(document["latest_charge"])
    if charge is None:
        raise AssertionError(document["latest_charge"])
    void = charge["amount_captured"] == 0
    if void or setting(world, "released_counts_as_refunded"):
        charge["amount_refunded"] += rest
    charge["refunded"] = void
    charge["payment_method_details"]["card"].pop("capture_before", None)
