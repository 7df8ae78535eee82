"""One attempt to pay: authentication, then the charge, then what that does to the PaymentIntent and the ledger.

Sources: docs.stripe.com/payments/paymentintents/lifecycle, docs.stripe.com/testing (what each card does), recorded
declines and 3D Secure failures.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mock_gateways.core.approvals import Approval, Decided, await_decision
from mock_gateways.core.ledger import Movement
from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.stripe.charges import add_balance_transaction, make_charge
from mock_gateways.stripe.declines import Decline
from mock_gateways.stripe.errors import error_body
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expirations import schedule_expiry
from mock_gateways.stripe.machine import PAYMENT_INTENT, Step, move
from mock_gateways.stripe.money import LARGEST_AMEX
from mock_gateways.stripe.payment_methods import attach_to
from mock_gateways.stripe.store import setting, store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent, Method

KIND = "three_d_secure"


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a confirmation was asked for; `origin` is the scheme and host by which the client reached us."""

    off_session: bool = False
    error_on_requires_action: bool = False
    return_url: str | None = None
    origin: str = ""


# When a 3D Secure card asks for the shopper, and how the charge ends after that. Source: docs.stripe.com/testing.
_ALWAYS, _NEVER, _ON_SESSION, _UNLESS_SET_UP, _ON_REQUEST = (
    "always",
    "never",
    "on_session",
    "unless_set_up",
    "on_request",
)
THREE_DS: dict[str, tuple[str, str | None]] = {
    "always": (_ALWAYS, None),
    "required": (_ALWAYS, None),
    "unless_set_up": (_UNLESS_SET_UP, None),
    "on_session_only": (_ON_SESSION, None),
    "required_then_insufficient_funds": (_ALWAYS, "insufficient_funds"),
    "required_then_generic_decline": (_ALWAYS, "generic_decline"),
    "lookup_error": (_NEVER, "generic_decline"),
    "optional": (_ON_REQUEST, None),
    "optional_error": (_ON_REQUEST, "processing_error"),
    "not_supported": (_NEVER, None),
    "frictionless": (_NEVER, None),
}


def attempt(world: World, intent: Intent, method: Method, conditions: Conditions) -> None:
    """Confirm: the intent ends held, charged or waiting for the shopper.

    Raises Refusal (402) after a decline has been recorded.
    """
    forced = _forced_decline(world)
    if forced is None and _wants_shopper(intent, method, conditions):
        _ask_shopper(world, intent, method, conditions)
        return
    decline = forced or (None if world.faults.approves else _card_decline(world, intent, method))
    _finish(world, intent, method, decline, secured=method.card.behaviour == "frictionless")
    if decline is not None:
        raise _refusal(world, intent, method)


def _forced_decline(world: World) -> Decline | None:
    if not world.forced_declines:
        return None
    effect = dict(world.forced_declines.pop(0))
    return Decline.of_code(effect.pop("decline"), **effect)


def _wants_shopper(intent: Intent, method: Method, conditions: Conditions) -> bool:
    if method.card.family != "three_ds":
        return False
    when, _ = THREE_DS[method.card.behaviour]
    requested = intent.options.get("request_three_d_secure") in ("any", "challenge")
    return {
        _ALWAYS: True,
        _NEVER: False,
        _ON_SESSION: not conditions.off_session,
        _UNLESS_SET_UP: not (conditions.off_session and method.set_up),
        _ON_REQUEST: requested and not conditions.off_session,
    }[when]


def _card_decline(world: World, intent: Intent, method: Method) -> Decline | None:
    card = method.card
    if card.family == "decline":
        return Decline.of_card(card)
    if card.behaviour == "block" or (card.behaviour == "highest_risk" and setting(world, "radar_blocks_highest_risk")):
        return Decline("card_declined", "fraudulent", blocked=True)
    if card.family == "three_ds" and THREE_DS[card.behaviour][0] == _NEVER and THREE_DS[card.behaviour][1]:
        return Decline.of_code(str(THREE_DS[card.behaviour][1]))
    if card.brand == "amex" and intent.document["amount"] > LARGEST_AMEX:
        return Decline.of_code("invalid_amount")
    return None


def _ask_shopper(world: World, intent: Intent, method: Method, conditions: Conditions) -> None:
    if conditions.off_session:
        decline = Decline.of_code("authentication_required")
        _finish(world, intent, method, decline, secured=False)
        raise _refusal(world, intent, method)
    if conditions.error_on_requires_action:
        decline = Decline.of_code(str(world.settings["unhandled_action_decline_code"]), code="authentication_required")
        _fail(world, intent, decline.error(payment_method=method.document), None)
        raise _refusal(world, intent, method)
    document = intent.document
    move(PAYMENT_INTENT, document, Step.CHALLENGE)
    # What a shopper sees is in major units, never the number on the wire.
    shown = f"{Decimal(document['amount']).scaleb(-intent.exponent):f} {document['currency'].upper()}"
    waiting = await_decision(world, conditions.origin, document["id"], KIND, shown)
    document["next_action"] = _next_action(world, waiting.url, conditions.return_url)
    intent.pending_method = document["payment_method"] = method.document["id"]
    emit(world, "payment_intent.requires_action", document)


def _next_action(world: World, url: str, return_url: str | None) -> Document:
    if return_url:
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}}
    sdk = {"type": "three_d_secure_redirect", "stripe_js": url, "source": world.ids.new("src_")}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": sdk}


def finish_authentication(world: World, approval: Approval, outcome: str) -> Decided:
    """What the shopper decided, carried through, and where the browser goes back to."""
    payment, store = approval.id, store_of(world)
    intent = store.intents.get(payment)
    if intent is None or intent.pending_method is None:
        raise AssertionError(payment)
    method = store.methods.get(intent.pending_method)
    if method is None:
        raise AssertionError(intent.pending_method)
    return_url = (intent.document["next_action"] or {}).get("redirect_to_url", {}).get("return_url")
    if outcome == "fail":
        message = "The shopper could not be authenticated; another payment method is needed."
        body = error_body(message, code="payment_intent_authentication_failure", payment_method=method.document)
        _fail(world, intent, body, None)
        return _decided(intent.document, return_url)
    then = THREE_DS.get(method.card.behaviour, (_NEVER, None))[1]
    decline = _forced_decline(world) or (Decline.of_code(then) if then else None)
    _finish(world, intent, method, decline, secured=True)
    return _decided(intent.document, return_url)


def _decided(document: Document, return_url: str | None) -> Decided:
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


def _finish(world: World, intent: Intent, method: Method, decline: Decline | None, *, secured: bool) -> None:
    document = intent.document
    now_taken = document["capture_method"] != "manual"
    charge = make_charge(world, intent, method, decline=decline, captured=now_taken, secured=secured)
    document["latest_charge"] = charge["id"]
    if decline is not None:
        emit(world, "charge.failed", charge)
        _fail(world, intent, decline.error(charge=charge["id"], payment_method=method.document), charge["id"])
        return
    move(PAYMENT_INTENT, document, Step.TAKE if now_taken else Step.HOLD)
    document.update(next_action=None, last_payment_error=None, payment_method=method.document["id"])
    intent.pending_method = None
    _keep_for_later(world, document, method, secured=secured)
    world.ledger.post(world.clock.now(), document["id"], Movement.AUTHORISE, document["amount"])
    if now_taken:
        _take(world, document, charge)
    else:
        _hold(world, document, charge)


def _take(world: World, document: Document, charge: Document) -> None:
    amount = document["amount"]
    world.ledger.post(world.clock.now(), document["id"], Movement.CAPTURE, amount)
    if not (document["capture_method"] == "automatic_async" and setting(world, "automatic_async_settles")):
        charge["balance_transaction"] = add_balance_transaction(
            world, charge["id"], "charge", amount, charge["currency"]
        )
    document["amount_received"] = amount
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.succeeded", document)


def _hold(world: World, document: Document, charge: Document) -> None:
    document["amount_capturable"] = document["amount"]
    schedule_expiry(world, document, charge)
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.amount_capturable_updated", document)


def _keep_for_later(world: World, document: Document, method: Method, *, secured: bool) -> None:
    usage = document["setup_future_usage"]
    if usage is None:
        return
    method.set_up = method.set_up or (secured and usage == "off_session")
    if document["customer"] and method.document["customer"] is None and method.card.attachable:
        attach_to(world, method, document["customer"])


def _fail(world: World, intent: Intent, error: Document, charge: str | None) -> None:
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


def _refusal(world: World, intent: Intent, method: Method) -> Refusal:
    request_id = world.request.id if world.request else ""
    log = f"https://dashboard.stripe.com/test/logs/{request_id}?t={world.clock.now()}"
    body = {
        **intent.document["last_payment_error"],
        "payment_intent": intent.document,
        "payment_method": method.document,
        "request_log_url": log,
    }
    return Refusal(Reply(402, {"error": {name: body[name] for name in sorted(body)}}), began=True)
