"""A debit under way at the shopper's bank: presented, and then paid or given back, on the clock or by a decision.

Sources: docs.stripe.com/payments/bank-debits; a recorded SEPA debit under way (charge pending, captured, not paid).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.approvals import Approval, Decided, await_decision
from mock_gateways.core.ledger import Movement
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import move
from mock_gateways.stripe.charges import add_balance_transaction, make_charge
from mock_gateways.stripe.disputes import dispute_as_published
from mock_gateways.stripe.errors import error_body
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.machine import DEBITED, PAYMENT_INTENT, Step
from mock_gateways.stripe.mandates import mandate_of_payment
from mock_gateways.stripe.outcomes import decided, fail, keep_for_later, shown_amount
from mock_gateways.stripe.session_states import payment_delayed, payment_succeeded
from mock_gateways.stripe.store import store_of
from mock_gateways.stripe.tables import ERRORS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent, Method

# Some test accounts take three minutes. Source: docs.stripe.com/payments/sepa-debit/accept-a-payment.
SLOW_S = 180


def start_debit(world: World, intent: Intent, method: Method, origin: str) -> None:
    """Present a debit to the bank: nothing is paid yet, whatever the charge's `captured` says."""
    document = intent.document
    move(PAYMENT_INTENT, document, Step.PROCESS)
    mandate = mandate_of_payment(world, intent, method)
    charge = make_charge(world, intent, method, captured=True, secured=False, mandate=mandate)
    charge.update(paid=False, status="pending")
    document.update(next_action=None, last_payment_error=None, payment_method=method.document["id"])
    document["latest_charge"], intent.pending_method = charge["id"], method.document["id"]
    keep_for_later(world, document, method, secured=False)
    await_decision(world, origin, document["id"], "settlement", shown_amount(intent))
    emit(world, "charge.pending", charge)
    emit(world, "payment_intent.processing", document)
    payment_delayed(world, intent)
    account = method.account
    if account is None or account.family != "stays":
        delay = SLOW_S if account and account.family == "slow" else setting(world, "debit_settles_after_s")
        world.clock.schedule(world.clock.now() + delay, _fall_due, world, intent, charge)


def _fall_due(world: World, intent: Intent, charge: Document) -> None:
    """The bank answers, unless somebody decided before."""
    waiting = world.approvals.get(intent.document["id"])
    if waiting is None or waiting.kind != "settlement" or intent.document["latest_charge"] != charge["id"]:
        return
    del world.approvals[waiting.id]
    method = store_of(world).methods.get(charge["payment_method"])
    settle(world, intent, charge, _return_code(method))


def _return_code(method: Method | None) -> str | None:
    """Why the bank gives this account's debits back, or None when it honours them."""
    account = method.account if method else None
    if account is None:
        return None
    if account.causes == "slow:fails":
        return "generic_decline"
    return account.behaviour if account.family == "fails" else None


def settle(world: World, intent: Intent, charge: Document, code: str | None) -> None:
    """The bank has paid, or has given the debit back for a reason."""
    document = intent.document
    intent.pending_method = None
    if code is not None:
        _give_back(world, intent, charge, code)
        return
    move(PAYMENT_INTENT, document, Step.SETTLE)
    for movement in (Movement.AUTHORISE, Movement.CAPTURE):
        world.post(document["id"], movement, document["amount"])
    entry = add_balance_transaction(world, charge["id"], "payment", document["amount"], charge["currency"])
    charge.update(paid=True, status="succeeded", balance_transaction=entry)
    document["amount_received"] = document["amount"]
    emit(world, "charge.succeeded", charge)
    emit(world, "payment_intent.succeeded", document)
    payment_succeeded(world, intent)
    dispute_as_published(world, intent, charge)


def _give_back(world: World, intent: Intent, charge: Document, code: str) -> None:
    document = intent.document
    # The machine allows a failure from here only; `fail` then finds an intent that may be declined.
    move(PAYMENT_INTENT, document, Step.FAIL)
    message = f"The bank gave the debit back: {code.replace('_', ' ')}."
    charge.update(status="failed", captured=False, amount_captured=0, failure_code=code, failure_message=message)
    emit(world, "charge.failed", charge)
    named = code if code in ERRORS else "payment_intent_payment_attempt_failed"
    more = {"charge": charge["id"], "decline_code": None if named == code else code}
    method: Any = store_of(world).methods.get(charge["payment_method"])
    body = error_body(message, kind="card_error", code=named, payment_method=method.document, **more)
    fail(world, intent, body, charge["id"])


def finish_settlement(world: World, approval: Approval, outcome: str) -> Decided:
    """What the bank does with a debit under way: pays, or gives it back."""
    intent = store_of(world).intents.get(approval.id)
    if intent is None or intent.document["status"] != DEBITED:
        raise AssertionError(approval.id)
    charge: Any = store_of(world).charges.get(intent.document["latest_charge"])
    method = store_of(world).methods.get(charge["payment_method"])
    settle(world, intent, charge, None if outcome == "approve" else _return_code(method) or "debit_not_authorized")
    return decided(intent.document, None)
