"""An attempt to pay otherwise than by card: one machine for redirects, one for debits, one for vouchers and transfers.

What a method needs and where it leads stands in methods.csv. Sources: docs.stripe.com/payments/bank-redirects,
/bank-debits, /vouchers, /bank-transfers; a recorded SEPA debit under way (charge pending, captured, not paid).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.approvals import Approval, Decided, await_decision
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import move
from mock_gateways.stripe.debits import start_debit
from mock_gateways.stripe.declines import Decline
from mock_gateways.stripe.errors import error_body, refuse
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.machine import PAYMENT_INTENT, Step
from mock_gateways.stripe.mandates import is_active, require_consent
from mock_gateways.stripe.next_actions import NEED_RETURN_URL, VOUCHER_DAYS, Asked, next_action
from mock_gateways.stripe.outcomes import (
    Conditions,
    decided,
    fail,
    finish,
    forced_decline,
    refusal,
    shown_amount,
)
from mock_gateways.stripe.session_states import payment_delayed
from mock_gateways.stripe.store import store_of
from mock_gateways.stripe.tables import ERRORS, METHODS, VOUCHERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent, Method
    from mock_gateways.stripe.tables import MethodRow


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
    now, identity = world.clock.now(), method.document["id"]
    world.clock.schedule(now + int(days) * DAY_S, _lapse, world, intent, identity)
    name = str(method.document["billing_details"]["email"]).partition("@")[0]
    told = next((row for row in VOUCHERS if name.endswith(row.ending)), None)
    pays = setting(world, "voucher_pays_after_s")
    if told is not None:
        world.clock.schedule(now + told.after_s, _pay if told.outcome == "pay" else _lapse, world, intent, identity)
    elif pays and not name.endswith("fill_never"):
        world.clock.schedule(now + pays, _pay, world, intent, identity)
    payment_delayed(world, intent)


def _waits(world: World, intent: Intent, method: str) -> bool:
    """Whether a voucher still waits, and for the same attempt; if so it waits no longer."""
    waiting = world.approvals.get(intent.document["id"])
    if intent.pending_method != method or waiting is None or waiting.kind != "voucher":
        return False
    del world.approvals[waiting.id]
    return True


def _pay(world: World, intent: Intent, identity: str) -> None:
    method = store_of(world).methods.get(identity)
    if method is not None and _waits(world, intent, identity):
        finish(world, intent, method, None, secured=False)


def _lapse(world: World, intent: Intent, method: str) -> None:
    if _waits(world, intent, method):
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


_COURSES: Mapping[str, Callable[[World, Intent, Method, Conditions], None]] = {
    "redirect": _redirect,
    "debit": _debit,
    "voucher": _voucher,
    "transfer": _transfer,
}
