"""Disputes as the merchant sees them: read, contested with evidence, conceded.

Sources: docs.stripe.com/api/disputes, docs.stripe.com/testing#disputes (the texts that decide a test dispute).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.amounts import readable
from mock_gateways.core.approvals import await_decision
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.core.transitions import IllegalTransition, move
from mock_gateways.stripe import later_schemas, schemas
from mock_gateways.stripe.disputes import check_step, close, escalate, of_charge
from mock_gateways.stripe.errors import missing, refuse, refuse_begun
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.lookup import find_charge, find_intent
from mock_gateways.stripe.machine import DISPUTE, Step
from mock_gateways.stripe.parameters import check, merge_metadata
from mock_gateways.stripe.store import code_setting, store_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Refusal, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Dispute

WINNING, LOSING, ESCALATING = "winning_evidence", "losing_evidence", "escalate_inquiry_evidence"
_DECIDED: Mapping[str, Step] = {WINNING: Step.WIN, LOSING: Step.LOSE}


def find_dispute(world: World, request: Request) -> Dispute:
    """The dispute of the path: by its own id, or the newest of a charge. Raises Refusal when there is none."""
    if "dispute" in request.ids:
        dispute = store_of(world).disputes.get(request.ids["dispute"])
        if dispute is None:
            raise missing("dispute", request.ids["dispute"], "dispute", in_path=True)
        return dispute
    charge = find_charge(world, request.ids["charge"])
    found = of_charge(world, charge["id"])
    if not found:
        raise missing("dispute", charge["id"], "charge", in_path=True)
    return found[0]


def get_dispute(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    return Reply(200, expand(world, find_dispute(world, request).document, given.get("expand", [])))


def list_disputes(world: World, request: Request) -> Reply:
    asked = check(request.parameters, later_schemas.DISPUTE_LIST)
    listing = Listing(
        shelf=store_of(world).disputes,
        render=lambda dispute: dispute.document,
        filters=("charge", "payment_intent"),
        kind="dispute",
    )
    return list_reply(world, request, asked, listing)


def update_dispute(world: World, request: Request) -> Reply:
    """Evidence is staged, and given to the bank unless `submit` is false."""
    given = check(request.parameters, later_schemas.DISPUTE_UPDATE)
    dispute = find_dispute(world, request)
    document, evidence = dispute.document, given.get("evidence") or {}
    if "appeal" in evidence:
        raise refuse("Appeals are published but not simulated.", param="evidence[appeal]", status=501)
    submitted = given.get("submit", bool(evidence))
    if evidence or submitted:
        _allow(world, dispute, Step.SUBMIT)
    merge_metadata(document, given)
    if "intended_submission_method" in given:
        document["intended_submission_method"] = given["intended_submission_method"]
    if evidence:
        document["evidence"] = {**document["evidence"], **{name: value or None for name, value in evidence.items()}}
        document["evidence_details"] = {**document["evidence_details"], "has_evidence": True}
    if submitted:
        _submit(world, dispute, request.origin)
    emit(world, "charge.dispute.updated", document)
    return Reply(200, expand(world, document, given.get("expand", [])))


def _allow(world: World, dispute: Dispute, step: Step) -> None:
    try:
        check_step(dispute, step)
    except IllegalTransition as problem:
        raise _too_late(world, problem) from problem


def _too_late(world: World, problem: IllegalTransition) -> Refusal:
    message = f"This dispute is {problem.state} and cannot {problem.step.value}."
    return refuse_begun(message, code=code_setting(world, "dispute_state_code"))


def _submit(world: World, dispute: Dispute, origin: str) -> None:
    """Hand the evidence to the bank, which decides by a published text, or waits for somebody to decide."""
    document = dispute.document
    move(DISPUTE, document, Step.SUBMIT)
    details = document["evidence_details"]
    count = {"submission_count": details["submission_count"] + 1, "submission_method": "manual"}
    document["evidence_details"] = {**details, **count}
    intent = find_intent(world, dispute.payment)
    shown = readable(document["amount"], intent.exponent, document["currency"])
    await_decision(world, origin, document["id"], "dispute", shown)
    text: Any = document["evidence"]["uncategorized_text"]
    if text in (*_DECIDED, ESCALATING):
        due = world.clock.now() + setting(world, "dispute_decided_after_s")
        world.clock.schedule(due, _decide, world, dispute, text)


def _decide(world: World, dispute: Dispute, text: str) -> None:
    if dispute.document["id"] not in world.approvals:
        return
    inquiry = dispute.document["status"].startswith("warning")
    if inquiry and text != WINNING:
        escalate(world, dispute)
    elif text in _DECIDED:
        close(world, dispute, _DECIDED[text])


def close_dispute(world: World, request: Request) -> Reply:
    """The merchant concedes: a chargeback is lost, an inquiry is closed."""
    given = check(request.parameters, schemas.EXPAND)
    dispute = find_dispute(world, request)
    try:
        close(world, dispute, Step.ACCEPT)
    except IllegalTransition as problem:
        raise _too_late(world, problem) from problem
    return Reply(200, expand(world, dispute.document, given.get("expand", [])))
