"""Razorpay's disputes: read, accept, contest with a draft first or at once.

Source: razorpay.com/docs/api/disputes.
"""

from dataclasses import replace

from runtime.connectors.razorpay import flows, outcomes, wire
from runtime.core import payments
from runtime.core.bodies import JsonValue, path_segment
from runtime.core.connector import Context
from runtime.core.messages import HttpRequest, HttpResponse
from runtime.core.payments import DisputeOutcome
from runtime.core.vocabulary import DisputeStatus

OnDispute = payments.DSync | payments.AcceptDispute | payments.SubmitEvidence | payments.DefendDispute


def build_dsync(context: Context, command: payments.DSync) -> HttpRequest:
    return flows.request(context, "GET", f"/v1/disputes/{path_segment(command.dispute_id)}")


def build_accept(context: Context, command: payments.AcceptDispute) -> HttpRequest:
    return flows.request(context, "POST", f"/v1/disputes/{path_segment(command.dispute_id)}/accept", {})


def build_contest(context: Context, command: payments.SubmitEvidence | payments.DefendDispute) -> HttpRequest:
    """A draft of evidence, or the word that what was handed in is all: only that has the bank look at it.

    `summary` is text; every other name lists ids of documents, with commas between (docs/api/disputes/contest).
    """
    is_draft = isinstance(command, payments.SubmitEvidence)
    fields: dict[str, JsonValue] = {"action": "draft" if is_draft else "submit"}
    for name, text in (command.evidence if isinstance(command, payments.SubmitEvidence) else {}).items():
        fields[name] = text if name == "summary" else [part.strip() for part in text.split(",")]
    return flows.request(context, "PATCH", f"/v1/disputes/{path_segment(command.dispute_id)}/contest", fields)


def parse_dispute(_: Context, command: OnDispute, response: HttpResponse) -> DisputeOutcome:
    """Razorpay calls lost what the merchant gave up, too; of its answer to that we know better."""
    outcome = outcomes.dispute(flows.read(wire.Dispute, command, response))
    is_accepted = isinstance(command, payments.AcceptDispute) and outcome.status is DisputeStatus.LOST
    return replace(outcome, status=DisputeStatus.ACCEPTED) if is_accepted else outcome
