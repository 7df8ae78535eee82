"""A PaymentIntent whose bank account is proved by micro-deposits. Source: docs.stripe.com/api/payment_intents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.approvals import Approval, Decided
from mock_gateways.core.messages import Reply
from mock_gateways.core.transitions import IllegalTransition
from mock_gateways.stripe import later_schemas
from mock_gateways.stripe.debits import start_debit
from mock_gateways.stripe.errors import error_body
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lookup import find_intent
from mock_gateways.stripe.machine import Step
from mock_gateways.stripe.microdeposits import (
    EXCEEDED,
    FAILED,
    FAILURES,
    MISMATCH,
    MOST_TRIES,
    VERIFIED,
    mismatch,
    read_proof,
)
from mock_gateways.stripe.outcomes import decided, fail
from mock_gateways.stripe.parameters import check
from mock_gateways.stripe.payment_intents import unexpected_state
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Request
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent, Method

KIND = "microdeposits"


def verify_intent(world: World, request: Request) -> Reply:
    given = check(request.parameters, later_schemas.VERIFY)
    intent = find_intent(world, request.ids["intent"])
    method = _waiting(world, intent)
    proof = read_proof(given)
    if proof == MISMATCH:
        intent.tries += 1
        if intent.tries < MOST_TRIES:
            raise mismatch(given)
        proof = EXCEEDED
    del world.approvals[intent.document["id"]]
    _conclude(world, intent, method, proof, request.origin)
    return Reply(200, expand(world, intent.document, given.get("expand", [])))


def _waiting(world: World, intent: Intent) -> Method:
    waiting = world.approvals.get(intent.document["id"])
    method = store_of(world).methods.get(intent.pending_method or "")
    if waiting is None or waiting.kind != KIND or method is None:
        problem = IllegalTransition(Step.SETTLE, intent.document["status"], ["requires_action"])
        raise unexpected_state(intent, problem)
    return method


def _conclude(world: World, intent: Intent, method: Method, proof: str, origin: str) -> None:
    if method.account is not None and method.account.family == KIND:
        proof = FAILED
    if proof == VERIFIED:
        method.verified = True
        start_debit(world, intent, method, origin)
    else:
        fail_proof(world, intent, method, FAILURES[proof])


def fail_proof(world: World, intent: Intent, method: Method, code: str) -> None:
    world.approvals.pop(intent.document["id"], None)
    fail(world, intent, error_body("The account was not verified.", code=code, payment_method=method.document), None)


def finish_proof(world: World, approval: Approval, outcome: str) -> Decided:
    """What the shopper does on the page of the deposits: proves the account, or does not."""
    intent = find_intent(world, approval.id)
    method = store_of(world).methods.get(intent.pending_method or "")
    if method is None:
        raise AssertionError(approval.id)
    origin = approval.url.partition("/_mock/")[0]
    _conclude(world, intent, method, VERIFIED if outcome == "approve" else EXCEEDED, origin)
    return decided(intent.document, None)
