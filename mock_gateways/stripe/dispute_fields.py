"""What a dispute looks like, and the grounds on which published test cards bring one about.

Sources: docs.stripe.com/api/disputes/object, its recorded fixture, docs.stripe.com/testing#disputes,
docs.stripe.com/disputes/reason-codes-defense-requirements (network codes).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mock_gateways.core.clock import DAY_S
from mock_gateways.core.settings import setting
from mock_gateways.stripe.errors import refuse
from mock_gateways.stripe.later_schemas import EVIDENCE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

# Source: the reasons of the API, docs.stripe.com/disputes/categories; network codes are Visa's.
REASONS: Mapping[str, str | None] = {
    "bank_cannot_process": None,
    "check_returned": None,
    "credit_not_processed": "13.6",
    "customer_initiated": None,
    "debit_not_authorized": None,
    "duplicate": "12.6",
    "fraudulent": "10.4",
    "general": None,
    "incorrect_account_details": None,
    "insufficient_funds": None,
    "noncompliant": None,
    "product_not_received": "13.1",
    "product_unacceptable": "13.3",
    "subscription_canceled": "13.2",
    "unrecognized": None,
}


@dataclass(frozen=True, slots=True)
class Ground:
    """Why and for how much a payment is disputed; `withdraws` when the money goes at once."""

    reason: str
    amount: int
    status: str = "needs_response"
    case_type: str = "chargeback"
    withdraws: bool = True
    eligible: tuple[str, ...] = ()


# The behaviours of cards.csv that are no reason of the API. What the dispute programmes do to the money is read from
# the names of `case_type` and the status `prevented`; the pages on them were not at hand.
_BEHAVIOURS: Mapping[str, Ground] = {
    "inquiry": Ground("general", 0, "warning_needs_response", "inquiry", withdraws=False),
    "ce3_eligible": Ground("fraudulent", 0, eligible=("visa_compelling_evidence_3",)),
    "ce3_block": Ground("fraudulent", 0, "prevented", "block", withdraws=False),
    "rdr": Ground("fraudulent", 0, "prevented", "resolution"),
    "ethoca_alert": Ground("fraudulent", 0, "prevented", "resolution"),
}


def ground_of(behaviour: str, amount: int) -> list[Ground]:
    """The grounds of a card's behaviour or of a reason; two halves for the card that causes several disputes.

    Raises Refusal for a reason that is none.
    """
    if behaviour == "multiple":
        half = amount // 2
        return [Ground("fraudulent", part) for part in (half, amount - half) if part]
    if behaviour in _BEHAVIOURS:
        return [replace(_BEHAVIOURS[behaviour], amount=amount)]
    if behaviour not in REASONS:
        known = ", ".join([*REASONS, *_BEHAVIOURS])
        raise refuse(f"{behaviour[:50]} is no reason of a dispute; there are {known}.", param="reason")
    return [Ground(behaviour, amount)]


def dispute_document(world: World, charge: Document, ground: Ground, *, contestable: bool) -> Document:
    """A new dispute as Stripe shows it; a debit that the bank takes back is lost at once."""
    now = world.clock.now()
    status = ground.status if contestable or not ground.withdraws else "lost"
    answerable = status.endswith("needs_response")
    due = now + setting(world, "dispute_response_days") * DAY_S if answerable else None
    return {
        "id": world.ids.new("dp_" if charge["id"].startswith("ch_") else "du_"),
        "object": "dispute",
        "amount": ground.amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": list(ground.eligible),
        "evidence": {**dict.fromkeys(EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": due,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": None,
        "is_charge_refundable": status == "warning_needs_response",
        "livemode": False,
        "metadata": {},
        "network_reason_code": REASONS[ground.reason],
        "payment_intent": charge["payment_intent"],
        "payment_method_details": _details(charge, ground),
        "reason": ground.reason,
        "status": status,
    }


def _details(charge: Document, ground: Ground) -> Document:
    kind = charge["payment_method_details"]["type"]
    if kind != "card":
        return {"type": kind}
    brand = charge["payment_method_details"]["card"]["brand"]
    card = {
        "brand": brand,
        "case_type": ground.case_type,
        "network": brand,
        "network_reason_code": REASONS[ground.reason],
    }
    return {"card": card, "type": "card"}
