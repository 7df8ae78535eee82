"""What an attempt to pay came to: held, taken or declined, in the PaymentIntent, its charge, the ledger and the events.

Sources: docs.stripe.com/payments/paymentintents/lifecycle, recorded declines.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mock_gateways.core.amounts import readable
from mock_gateways.core.approvals import Decided
from mock_gateways.core.ledger import Movement
from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import move
from mock_gateways.stripe.charges import add_balance_transaction, make_charge
from mock_gateways.stripe.declines import Decline
from mock_gateways.stripe.disputes import dispute_as_published
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expirations import schedule_expiry
from mock_gateways.stripe.machine import PAYMENT_INTENT, Step
from mock_gateways.stripe.mandates import mandate_of_payment
from mock_gateways.stripe.payment_methods import attach_to
from mock_gateways.stripe.session_states import payment_failed, payment_succeeded
from mock_gateways.stripe.tables import METHODS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent, Method


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a confirmation was asked for; `origin` is the scheme and host by which the client reached us."""

    off_session: bool = False
    error_on_requires_action: bool = False
    return_url: str | None = None
    origin: str = ""


def forced_decline(world: World) -> Decline | None:
    forced = world.next_forced_decline()
    if forced is None:
        return None
    effect = dict(forced)
    return Decline.of_code(effect.pop("decline"), **effect)


def shown_amount(intent: Intent) -> str:
    """What a shopper sees: major units, never the number on the wire."""
    document = intent.document
    return readable(document["amount"], intent.exponent, document["currency"])


def decided(document: Document, return_url: str | None) -> Decided:
    return Decided(document, _return_address(document, return_url) if return_url else None)


def _return_address(document: Document, return_url: str) -> str:
    """Where the shopper's browser goes back to, with what Stripe adds to it."""
    outcome = "failed" if document["status"] == "requires_payment_method" else "succeeded"
    added = {
        "payment_intent": document["id"],
        "payment_intent_client_secret": document["client_secret"],
        "redirect_status": outcome,
    }
    return f"{return_url}{'&' if '?' in return_url else '?'}{urlencode(added)}"


def finish(world: World, intent: Intent, method: Method, decline: Decline | None, *, secured: bool) -> None:
    document = intent.document
    now_taken = document["capture_method"] != "manual"
    mandate = None if decline else mandate_of_payment(world, intent, method)
    charge = make_charge(world, intent, method, decline=decline, captured=now_taken, secured=secured, mandate=mandate)
    document["latest_charge"] = charge["id"]
    if decline is not None:
        emit(world, "charge.failed", charge)
        fail(world, intent, decline.error(charge=charge["id"], payment_method=method.document), charge["id"])
        return
    move(PAYMENT_INTENT, document, Step.TAKE if now_taken else Step.HOLD)
    document.update(next_action=None, last_payment_error=None, payment_method=method.document["id"])
    intent.pending_method = None
    keep_for_later(world, document, method, secured=secured)
    world.post(document["id"], Movement.AUTHORISE, document["amount"])
    if now_taken:
        take(world, intent, charge)
    else:
        _hold(world, document, charge)
        payment_succeeded(world, intent)


def take(world: World, intent: Intent, charge: Document) -> None:
    """Capture the whole amount of what was just authorised."""
    document = intent.document
    amount = document["amount"]
    world.post(document["id"], Movement.CAPTURE, amount)
    if not (document["capture_method"] == "automatic_async" and setting(world, "automatic_async_settles")):
        kind = "charge" if charge["id"].startswith("ch_") else "payment"
        charge["balance_transaction"] = add_balance_transaction(world, charge["id"], kind, amount, charge["currency"])
    document["amount_received"] = amount
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.succeeded", document)
    payment_succeeded(world, intent)
    dispute_as_published(world, intent, charge)


def _hold(world: World, document: Document, charge: Document) -> None:
    document["amount_capturable"] = document["amount"]
    schedule_expiry(world, document, charge)
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.amount_capturable_updated", document)


def keep_for_later(world: World, document: Document, method: Method, *, secured: bool) -> None:
    usage = document["setup_future_usage"]
    if usage is None:
        return
    method.set_up = method.set_up or (secured and usage == "off_session")
    keepable = method.card.attachable and METHODS[method.document["type"]].published.mandates
    if document["customer"] and method.document["customer"] is None and keepable:
        attach_to(world, method, document["customer"])


def fail(world: World, intent: Intent, error: Document, charge: str | None) -> None:
    document = intent.document
    move(PAYMENT_INTENT, document, Step.DECLINE)
    document.update(
        last_payment_error={**error, "payment_method": dict(error["payment_method"])},
        latest_charge=charge or document["latest_charge"],
        next_action=None,
        payment_method=None,
    )
    intent.pending_method = None
    emit(world, "payment_intent.payment_failed", document)
    payment_failed(world, intent)


def refusal(world: World, intent: Intent, method: Method) -> Refusal:
    request_id = world.request.id if world.request else ""
    log = f"https://dashboard.stripe.com/test/logs/{request_id}?t={world.clock.now()}"
    body = {
        **intent.document["last_payment_error"],
        "payment_intent": intent.document,
        "payment_method": method.document,
        "request_log_url": log,
    }
    return Refusal(Reply(402, {"error": {name: body[name] for name in sorted(body)}}), began=True)
