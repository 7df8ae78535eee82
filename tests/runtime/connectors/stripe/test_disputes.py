"""Disputes: what a status means, and what is answered."""

import json

import pytest

from runtime.core.errors import IntegrityMismatch, InvalidCommand, OutcomeUnknown, RequestRejected, Unavailable
from runtime.core.money import Money
from runtime.core.payments import AcceptDispute, DefendDispute, DSync, SubmitEvidence
from runtime.core.vocabulary import DisputeStatus

API = "https://api.stripe.com/v1/disputes/du_1"
SYNC = DSync(request_id="r", dispute_id="du_1")
ACCEPT = AcceptDispute(request_id="r", dispute_id="du_1")
SUBMIT = SubmitEvidence(request_id="r", dispute_id="du_1", evidence={"uncategorized_text": "winning_evidence"})
DEFEND = DefendDispute(request_id="r", dispute_id="du_1")
ALL = [SYNC, ACCEPT, SUBMIT, DEFEND]


@pytest.mark.parametrize(
    ("command", "method", "url", "body"),
    [
        (SYNC, "GET", API, {}),
        (ACCEPT, "POST", f"{API}/close", {}),
        (SUBMIT, "POST", API, {"evidence[uncategorized_text]": "winning_evidence", "submit": "false"}),
        (DEFEND, "POST", API, {"submit": "true"}),
    ],
    ids=["sync", "accept", "evidence", "defend"],
)
def test_a_dispute_is_named_in_the_path(run, dispute, fields, typed, command, method, url, body):
    (request,) = run(command, (200, dispute())).sent
    assert (request.method, request.url, fields(request)) == (method, url, body)
    assert all(typed(name, "DisputeUpdateParams") for name in body)
    assert request.header("Idempotency-Key") == (None if command is SYNC else command.idempotency_key)


def test_a_dispute_tells_payment_amount_reason_and_until_when_to_answer(run, dispute):
    outcome = run(SYNC, (200, dispute())).outcome
    assert (outcome.status, outcome.raw_status) == (DisputeStatus.OPENED, "needs_response")
    assert (outcome.dispute_id, outcome.payment_id) == ("du_1", "pi_1")
    assert (outcome.amount, outcome.reason) == (Money(1000, "USD"), "fraudulent")
    assert outcome.respond_by == 1_700_600_000


def test_a_dispute_that_takes_no_answer_names_no_time(run, dispute):
    assert run(SYNC, (200, dispute(evidence_details={"due_by": 0}))).outcome.respond_by is None
    assert run(SYNC, (200, dispute(evidence_details=None))).outcome.respond_by is None


def test_every_published_status_means_what_the_table_of_facts_says(run, dispute, facts):
    table = facts["statuses"]["dispute"]["unified"]
    assert len(table) == 11
    for raw, unified in table.items():
        word = unified.partition("(")[0].removeprefix("DISPUTE_")
        outcome = run(SYNC, (200, dispute(raw))).outcome
        assert (outcome.status, outcome.raw_status) == (DisputeStatus[word], raw)


@pytest.mark.parametrize(
    ("case", "meaning"),
    [
        ("resolution", DisputeStatus.ACCEPTED),
        ("block", DisputeStatus.CANCELLED),
        ("chargeback", DisputeStatus.CANCELLED),
    ],
)
def test_a_prevented_dispute_may_have_paid_the_buyer(run, dispute, case, meaning):
    """docs.stripe.com/changelog/basil/2025-08-27/add-preventions-to-dispute."""
    details = {"type": "card", "card": {"case_type": case}}
    assert run(SYNC, (200, dispute("prevented", payment_method_details=details))).outcome.status is meaning


def test_a_dispute_of_another_method_than_a_card_can_be_read(run, dispute):
    details = {"type": "klarna", "klarna": {"reason_code": None}}
    assert run(SYNC, (200, dispute("lost", payment_method_details=details))).outcome.status is DisputeStatus.LOST


def test_an_unknown_status_is_unresolved_and_kept(run, dispute):
    outcome = run(SYNC, (200, dispute("haunted"))).outcome
    assert (outcome.status, outcome.raw_status, outcome.dispute_id) == (DisputeStatus.UNRESOLVED, "haunted", "du_1")


@pytest.mark.parametrize(
    ("raw", "meaning"),
    [
        ("lost", DisputeStatus.ACCEPTED),
        ("warning_closed", DisputeStatus.CANCELLED),
        ("needs_response", DisputeStatus.OPENED),
        ("haunted", DisputeStatus.UNRESOLVED),
    ],
)
def test_a_dispute_lost_by_our_own_word_was_accepted(run, dispute, raw, meaning):
    assert run(ACCEPT, (200, dispute(raw))).outcome.status is meaning


def test_a_defended_dispute_is_challenged(run, dispute):
    assert run(DEFEND, (200, dispute("under_review"))).outcome.status is DisputeStatus.CHALLENGED


def test_evidence_handed_in_decides_nothing(run, dispute):
    assert run(SUBMIT, (200, dispute())).outcome.status is DisputeStatus.OPENED
    assert "winning_evidence" not in repr(SUBMIT)


def test_a_dispute_is_refused_or_unknown_like_anything_else(run, problem):
    for command in ALL:
        with pytest.raises(RequestRejected) as refused:
            run(command, (404, problem("invalid_request_error", code="resource_missing")))
        assert refused.value.transaction_id == "du_1"
        with pytest.raises(Unavailable if command is SYNC else OutcomeUnknown) as unknown:
            run(command, (200, b'{"id": "du_1", "ob'))
        assert unknown.value.transaction_id == "du_1"


def test_an_amount_that_cannot_be_held_keeps_the_dispute(run, dispute):
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(SYNC, (200, dispute(amount=550, currency="isk")))
    assert mismatch.value.transaction_id == "du_1"


@pytest.mark.parametrize("identity", ["../x", "du_1/close", "", "du_1?a=b"])
def test_no_dispute_id_can_change_the_route(run, identity):
    commands = (
        DSync(request_id="r", dispute_id=identity),
        AcceptDispute(request_id="r", dispute_id=identity),
        DefendDispute(request_id="r", dispute_id=identity),
        SubmitEvidence(request_id="r", dispute_id=identity, evidence={}),
    )
    for command in commands:
        with pytest.raises(InvalidCommand):
            run(command)


def test_every_recorded_dispute_can_be_read(run, reference):
    rows = [json.loads(line) for line in (reference / "traffic" / "stripe.jsonl").read_text().splitlines()]
    bodies = [(row.get("response") or {}).get("body") for row in rows]
    seen = [body for body in bodies if isinstance(body, dict) and body.get("object") == "dispute"]
    assert len(seen) >= 3
    for body in seen:
        outcome = run(DSync(request_id="r", dispute_id=body["id"]), (200, body)).outcome
        assert outcome.status is not DisputeStatus.UNRESOLVED
        assert (outcome.payment_id, outcome.respond_by) == (body["payment_intent"], body["evidence_details"]["due_by"])
