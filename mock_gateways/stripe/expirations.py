"""What happens to money that is held: given back by a void, or by time.

Sources: recorded voids (the charge stays `succeeded`, `refunded` true, `amount_refunded` all of it); the validity of
an authorisation is `payment_method_details.card.capture_before`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.clock import DAY_S
from mock_gateways.core.ledger import Movement
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import move
from mock_gateways.stripe.charges import details_of
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.machine import PAYMENT_INTENT, Step
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World


def schedule_expiry(world: World, document: Document, charge: Document) -> None:
    """Let the hold lapse when `capture_before` comes, if it is still a hold by then."""
    lapses = (
        details_of(charge).get("capture_before") or world.clock.now() + setting(world, "authorisation_days") * DAY_S
    )
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
    _stop_debit(world, document)
    if document["amount_capturable"]:
        release(world, document)


def _stop_debit(world: World, document: Document) -> None:
    """A debit that had not settled will not: its charge fails."""
    charge = store_of(world).charges.get(document["latest_charge"]) if document["latest_charge"] else None
    if charge is not None and charge["status"] == "pending":
        charge.update(status="failed", captured=False, amount_captured=0)
        emit(world, "charge.failed", charge)


def release(world: World, document: Document) -> None:
    """Give back what is held and was not captured."""
    rest = document["amount_capturable"]
    world.post(document["id"], Movement.RELEASE, rest)
    document["amount_capturable"] = 0
    charge = store_of(world).charges.get(document["latest_charge"])
    if charge is None:
        raise AssertionError(document["latest_charge"])
    void = charge["amount_captured"] == 0
    if void or setting(world, "released_counts_as_refunded"):
        charge["amount_refunded"] += rest
    charge["refunded"] = void
    details_of(charge).pop("capture_before", None)
