"""One attempt to pay: authentication, then the charge, then what that does to the PaymentIntent and the ledger.

Sources: docs.stripe.com/payments/paymentintents/lifecycle, docs.stripe.com/testing (what each card does), recorded
declines and 3D Secure failures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.approvals import Approval, Decided, await_decision
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import move
from mock_gateways.stripe.declines import Decline
from mock_gateways.stripe.errors import error_body
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.local_payments import attempt_locally
from mock_gateways.stripe.machine import PAYMENT_INTENT, Step
from mock_gateways.stripe.money import LARGEST_AMEX
from mock_gateways.stripe.outcomes import Conditions, decided, fail, finish, forced_decline, refusal, shown_amount
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent, Method

__all__ = ["Conditions", "attempt", "finish_authentication", "wants_shopper"]

KIND = "three_d_secure"


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
    if method.document["type"] != "card":
        attempt_locally(world, intent, method, conditions)
        return
    forced = forced_decline(world)
    if forced is None and wants_shopper(method, intent.options, off_session=conditions.off_session):
        _ask_shopper(world, intent, method, conditions)
        return
    decline = forced or (None if world.faults.approves else _card_decline(world, intent, method))
    finish(world, intent, method, decline, secured=method.card.behaviour == "frictionless")
    if decline is not None:
        raise refusal(world, intent, method)


def wants_shopper(method: Method, options: Document, *, off_session: bool) -> bool:
    """Whether the issuer asks for 3D Secure before it answers; `options` are the card's own."""
    if method.card.family != "three_ds":
        return False
    when, _ = THREE_DS[method.card.behaviour]
    requested = options.get("request_three_d_secure") in ("any", "challenge")
    return {
        _ALWAYS: True,
        _NEVER: False,
        _ON_SESSION: not off_session,
        _UNLESS_SET_UP: not (off_session and method.set_up),
        _ON_REQUEST: requested and not off_session,
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
        finish(world, intent, method, decline, secured=False)
        raise refusal(world, intent, method)
    if conditions.error_on_requires_action:
        decline = Decline.of_code(str(world.settings["unhandled_action_decline_code"]), code="authentication_required")
        fail(world, intent, decline.error(payment_method=method.document), None)
        raise refusal(world, intent, method)
    document = intent.document
    move(PAYMENT_INTENT, document, Step.CHALLENGE)
    waiting = await_decision(world, conditions.origin, document["id"], KIND, shown_amount(intent))
    document["next_action"] = authentication_action(world, waiting.url, conditions.return_url)
    intent.pending_method = document["payment_method"] = method.document["id"]
    emit(world, "payment_intent.requires_action", document)


def authentication_action(world: World, url: str, return_url: str | None) -> Document:
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
        fail(world, intent, body, None)
        return decided(intent.document, return_url)
    then = THREE_DS.get(method.card.behaviour, (_NEVER, None))[1]
    decline = forced_decline(world) or (Decline.of_code(then) if then else None)
    finish(world, intent, method, decline, secured=True)
    return decided(intent.document, return_url)
