"""An attempt to pay otherwise than by card: one machine for redirects, one for debits, one for vouchers and transfers.

What a method needs and where it leads stands in methods.csv. Sources: docs.stripe.com/payments/bank-redirects,
/bank-debits, /vouchers, /bank-transfers; a recorded SEPA debit under way (charge pending, captured, not paid).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.approvals import Approval, Decided, await_decision
from mock_gateways.core.ledger import Movement
from mock_gateways.stripe.charges import add_balance_transaction, make_charge
from mock_gateways.stripe.declines import Decline
from mock_gateways.stripe.disputes import dispute_as_published
from mock_gateways.stripe.errors import error_body, refuse
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.machine import DEBITED, PAYMENT_INTENT, Step, move
from mock_gateways.stripe.mandates import is_active, mandate_of_payment, require_consent
from mock_gateways.stripe.next_actions import NEED_RETURN_URL, VOUCHER_DAYS, Asked, next_action
from mock_gateways.stripe.outcomes import (
    Conditions,
    decided,
    fail,
    finish,
    forced_decline,
    keep_for_later,
    refusal,
    shown_amount,
)
from mock_gateways.stripe.session_states import payment_delayed, payment_succeeded
from mock_gateways.stripe.store import setting, store_of
from mock_gateways.stripe.tables import ERRORS, METHODS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent, Method
    from mock_gateways.stripe.tables import MethodRow

DAY_S = 86_400
# Some test accounts take three minutes. Source: docs.stripe.com/payments/sepa-debit/accept-a-payment.
SLOW_S = 180


def attempt_locally(world: World, intent: Intent, method: Method, conditions: Conditions) -> None:
    """Confirm: the intent ends waiting for somebody, processing, or declined.

    Raises Refusal for what the method cannot do without, and (402) after a decline has been recorded.
    """
    row = METHODS[method.document["type"]]
    _check_needs(intent, method, row)
    _check_return_url(row, conditions)
    _check_later(intent, row)
    require_consent(world, method, intent.acceptance)
    decline = forced_decline(world)
    if decline is None and method.account and method.account.family == "decline" and not world.faults.approves:
        decline = Decline("payment_method_provider_decline", method.account.behaviour, blocked=True)
    if decline is not None:
        finish(world, intent, method, decline, secured=False)
        raise refusal(world, intent, method)
    _COURSES[row.course](world, intent, method, conditions)


def _check_needs(intent: Intent, method: Method, row: MethodRow) -> None:
    """Raises Refusal for the first of methods.csv's `needs` that nobody gave."""
    own = options_of(intent, row)
    for need in row.needs:
        holder, _, name = need.partition(".")
        found: Any = {
            "billing_details": _at(method.document["billing_details"], name),
            "shipping": (intent.document["shipping"] or {}).get(name),
            "customer": intent.document["customer"],
            "options": own.get(name),
            row.name: True,
        }[holder]
        if not found:
            param = f"payment_method_options[{row.name}][{name}]" if holder == "options" else _bracketed(need)
            raise refuse(f"Missing required param: {param}.", param=param, code="parameter_missing")


def _at(details: Document, path: str) -> Any:
    value: Any = details
    for step in path.split("."):
        value = (value or {}).get(step)
    return any(value.values()) if isinstance(value, dict) else value


def _bracketed(path: str) -> str:
    first, *rest = path.split(".")
    return first + "".join(f"[{step}]" for step in rest)


def _check_return_url(row: MethodRow, conditions: Conditions) -> None:
    if row.next_action in NEED_RETURN_URL and not conditions.return_url and not conditions.off_session:
        raise refuse(f"{row.name} redirects: a return_url is needed.", param="return_url", code="parameter_missing")


def _check_later(intent: Intent, row: MethodRow) -> None:
    """Raises Refusal when a method is to be kept that cannot be charged again, or (501) not here."""
    if intent.document["setup_future_usage"] != "off_session" or row.published.mandates:
        return
    if row.later == "unsimulated":
        message = f"Later charges with {row.name} are published but not simulated."
        raise refuse(message, param="setup_future_usage", status=501)
    message = f"{row.name} cannot be charged again: setup_future_usage does not fit."
    raise refuse(message, param="setup_future_usage", code="payment_intent_invalid_parameter")


def options_of(intent: Intent, row: MethodRow) -> Document:
    """The method's own part of `payment_method_options`."""
    given = (intent.document["payment_method_options"] or {}).get(row.name)
    return given if isinstance(given, dict) else {}


def _ask(world: World, intent: Intent, method: Method, conditions: Conditions, kind: str) -> Document:
    """Have the shopper do something: the intent waits, under a type of approval; the next action is returned."""
    document, row = intent.document, METHODS[method.document["type"]]
    if conditions.error_on_requires_action:
        decline = Decline.of_code(str(world.settings["unhandled_action_decline_code"]), code="authentication_required")
        fail(world, intent, decline.error(payment_method=method.document), None)
        raise refusal(world, intent, method)
    url = f"{conditions.origin}/_mock/tenants/{world.id}/approvals/{document['id']}/page"
    action = next_action(row.next_action, Asked(world, url, conditions.return_url, document, options_of(intent, row)))
    move(PAYMENT_INTENT, document, Step.CHALLENGE)
    await_decision(world, conditions.origin, document["id"], kind, shown_amount(intent))
    intent.pending_method = document["payment_method"] = method.document["id"]
    document["next_action"] = action
    emit(world, "payment_intent.requires_action", document)
    return action


def _redirect(world: World, intent: Intent, method: Method, conditions: Conditions) -> None:
    if not conditions.off_session:
        _ask(world, intent, method, conditions, "redirect")
        return
    # Nobody is there to be redirected: a mandate must stand for the shopper.
    decline = None if is_active(world, method.mandate) else Decline.of_code("authentication_required")
    finish(world, intent, method, decline, secured=False)
    if decline is not None:
        raise refusal(world, intent, method)


def _voucher(world: World, intent: Intent, method: Method, conditions: Conditions) -> None:
    _ask(world, intent, method, conditions, "voucher")
    days = options_of(intent, METHODS[method.document["type"]]).get("expires_after_days") or VOUCHER_DAYS
    lapses = world.clock.now() + int(days) * DAY_S
    world.clock.schedule(lapses, _lapse, world, intent, method.document["id"])
    payment_delayed(world, intent)


def _lapse(world: World, intent: Intent, method: str) -> None:
    waiting = world.approvals.get(intent.document["id"])
    if intent.pending_method == method and waiting is not None and waiting.kind == "voucher":
        del world.approvals[waiting.id]
        _give_up(world, intent, "payment_intent_payment_attempt_expired")


def _transfer(world: World, intent: Intent, method: Method, conditions: Conditions) -> None:
    _ask(world, intent, method, conditions, "transfer")
    payment_delayed(world, intent)


def _give_up(world: World, intent: Intent, code: str) -> None:
    method = store_of(world).methods.get(intent.pending_method or "")
    if method is None:
        raise AssertionError(intent.pending_method)
    kind = ERRORS[code].type
    body = error_body("The payment was not made.", kind=kind, code=code, payment_method=method.document)
    fail(world, intent, body, None)


def finish_action(world: World, approval: Approval, outcome: str) -> Decided:
    """What the shopper did elsewhere: a redirect approved or refused, a voucher or a transfer paid or let go."""
    intent = store_of(world).intents.get(approval.id)
    method = store_of(world).methods.get(intent.pending_method or "") if intent else None
    if intent is None or method is None:
        raise AssertionError(approval.id)
    action = intent.document["next_action"] or {}
    return_url = action.get(action.get("type", ""), {}).get("return_url")
    if outcome == "fail":
        redirected = approval.kind == "redirect"
        expired = "payment_intent_payment_attempt_expired"
        _give_up(world, intent, str(world.settings["redirect_failure_code"]) if redirected else expired)
    else:
        finish(world, intent, method, forced_decline(world), secured=False)
    return decided(intent.document, return_url)


def _debit(world: World, intent: Intent, method: Method, conditions: Conditions) -> None:
    proof = options_of(intent, METHODS[method.document["type"]]).get("verification_method")
    if method.document["type"] == "us_bank_account" and not method.verified and proof != "skip":
        _ask(world, intent, method, conditions, "microdeposits")
        return
    start_debit(world, intent, method, conditions.origin)


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
    document, now = intent.document, world.clock.now()
    intent.pending_method = None
    if code is not None:
        _give_back(world, intent, charge, code)
        return
    move(PAYMENT_INTENT, document, Step.SETTLE)
    for movement in (Movement.AUTHORISE, Movement.CAPTURE):
        world.ledger.post(now, document["id"], movement, document["amount"])
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


_COURSES: Mapping[str, Callable[[World, Intent, Method, Conditions], None]] = {
    "redirect": _redirect,
    "debit": _debit,
    "voucher": _voucher,
    "transfer": _transfer,
}
