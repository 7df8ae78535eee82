"""One attempt to set a payment method up for later: authentication, consent, proof of an account.

Sources: docs.stripe.com/payments/setupintents/lifecycle, docs.stripe.com/testing (what each card does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mock_gateways.core.approvals import Approval, Decided, await_decision
from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.core.transitions import move
from mock_gateways.stripe.attempts import authentication_action, wants_shopper
from mock_gateways.stripe.declines import Decline
from mock_gateways.stripe.errors import error_body, refuse
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.machine import SETUP_INTENT, Step
from mock_gateways.stripe.mandates import ACTIVE, PENDING, change_status, make_mandate, require_consent
from mock_gateways.stripe.microdeposits import EXCEEDED, FAILED, FAILURES, VERIFIED
from mock_gateways.stripe.next_actions import Asked, next_action
from mock_gateways.stripe.outcomes import forced_decline
from mock_gateways.stripe.payment_methods import attach_to
from mock_gateways.stripe.session_states import complete
from mock_gateways.stripe.setup_fields import note_attempt
from mock_gateways.stripe.store import store_of
from mock_gateways.stripe.tables import METHODS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Method, Setup


def attempt_setup(world: World, setup: Setup, method: Method, origin: str) -> None:
    """Confirm: the intent ends succeeded, or waiting for the shopper.

    Raises Refusal for what is missing, and (402) after a decline has been recorded.
    """
    row = METHODS[method.document["type"]]
    require_consent(world, method, setup.acceptance)
    decline = forced_decline(world)
    if decline is None and not method.card.attachable and not world.faults.approves:
        decline = Decline.of_card(method.card)
    if decline is not None:
        fail_setup(world, setup, method, decline.error(payment_method=method.document))
        raise _refusal(setup, method)
    if row.course == "redirect":
        _ask(world, setup, method, origin, "redirect")
    elif method.document["type"] == "us_bank_account" and not method.verified:
        setup.document["mandate"] = make_mandate(world, method, setup.acceptance, status=PENDING)
        _ask(world, setup, method, origin, "microdeposits")
    elif wants_shopper(method, setup.document["payment_method_options"]["card"], off_session=False) and (
        method.card.behaviour != "on_session_only"
    ):
        _ask(world, setup, method, origin, "three_d_secure")
    else:
        succeed(world, setup, method)


def _ask(world: World, setup: Setup, method: Method, origin: str, kind: str) -> None:
    document, row = setup.document, METHODS[method.document["type"]]
    if kind == "redirect" and not setup.return_url:
        raise refuse(f"{row.name} redirects: a return_url is needed.", param="return_url", code="parameter_missing")
    move(SETUP_INTENT, document, Step.CHALLENGE)
    url = await_decision(world, origin, document["id"], kind).url
    document["next_action"] = (
        authentication_action(world, url, setup.return_url)
        if kind == "three_d_secure"
        else next_action(row.next_action, Asked(world, url, setup.return_url, document, {}))
    )
    setup.pending_method = document["payment_method"] = method.document["id"]
    note_attempt(world, setup, method, "requires_action")
    emit(world, "setup_intent.requires_action", document)


def succeed(world: World, setup: Setup, method: Method) -> None:
    """The method can be charged later: it is the customer's, under a mandate where there is one."""
    document, row = setup.document, METHODS[method.document["type"]]
    move(SETUP_INTENT, document, Step.SETTLE)
    document.update(next_action=None, last_setup_error=None, payment_method=method.document["id"])
    setup.pending_method = None
    method.set_up = method.set_up or document["usage"] == "off_session"
    if document["mandate"] is None and row.published.mandates and (row.course != "card" or setup.acceptance):
        document["mandate"] = make_mandate(world, method, setup.acceptance)
    change_status(world, document["mandate"], ACTIVE)
    note_attempt(world, setup, method, "succeeded")
    if document["customer"] and method.document["customer"] is None:
        attach_to(world, method, document["customer"])
    emit(world, "setup_intent.succeeded", document)
    session = store_of(world).sessions.newest(("intent", document["id"]))
    if session is not None:
        complete(world, session.document)


def fail_setup(world: World, setup: Setup, method: Method, error: Document) -> None:
    document = setup.document
    move(SETUP_INTENT, document, Step.DECLINE)
    shown = {**error, "payment_method": dict(error["payment_method"])}
    document.update(last_setup_error=shown, next_action=None, payment_method=None)
    setup.pending_method = None
    # An account that was not proved leaves a mandate that nobody can use.
    change_status(world, document["mandate"], "inactive")
    note_attempt(world, setup, method, "failed", shown)
    emit(world, "setup_intent.setup_failed", document)


def _refusal(setup: Setup, method: Method) -> Refusal:
    body = {
        **setup.document["last_setup_error"],
        "payment_method": method.document,
        "setup_intent": setup.document,
    }
    return Refusal(Reply(402, {"error": {name: body[name] for name in sorted(body)}}), began=True)


def finish_setup(world: World, approval: Approval, outcome: str) -> Decided:
    """What the shopper decided about a set-up: authenticated, approved elsewhere, or proved an account."""
    setup = store_of(world).setups.get(approval.id)
    method = store_of(world).methods.get(setup.pending_method or "") if setup else None
    if setup is None or method is None:
        raise AssertionError(approval.id)
    if approval.kind == "microdeposits":
        conclude_proof(world, setup, method, VERIFIED if outcome == "approve" else EXCEEDED)
    elif outcome == "fail":
        message = "The shopper could not be authenticated; another payment method is needed."
        body = error_body(message, code="setup_intent_authentication_failure", payment_method=method.document)
        fail_setup(world, setup, method, body)
    elif (decline := forced_decline(world)) is not None:
        fail_setup(world, setup, method, decline.error(payment_method=method.document))
    else:
        succeed(world, setup, method)
    return Decided(setup.document, _return_address(setup))


def conclude_proof(world: World, setup: Setup, method: Method, proof: str) -> None:
    """What micro-deposits came to."""
    if method.account is not None and method.account.family == "microdeposits":
        proof = FAILED
    if proof == VERIFIED:
        method.verified = True
        succeed(world, setup, method)
    else:
        body = error_body("The account was not verified.", code=FAILURES[proof], payment_method=method.document)
        fail_setup(world, setup, method, body)


def _return_address(setup: Setup) -> str | None:
    if not setup.return_url:
        return None
    document = setup.document
    added = {
        "setup_intent": document["id"],
        "setup_intent_client_secret": document["client_secret"],
        "redirect_status": "succeeded" if document["status"] == "succeeded" else "failed",
    }
    return f"{setup.return_url}{'&' if '?' in setup.return_url else '?'}{urlencode(added)}"
