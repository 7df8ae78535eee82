"""Proof of a bank account by micro-deposits, for payments and for set-ups.

Source: docs.stripe.com/payments/ach-direct-debit/accept-a-payment#test-micro-deposits (amounts, descriptor codes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.stripe.errors import refuse, refuse_begun

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Refusal

VERIFIED, EXCEEDED, TIMED_OUT, MISMATCH = "verified", "attempts_exceeded", "timeout", "mismatch"
# The deposits of a published account never arrive.
FAILED = "failed"
# Source: the page above; any other pair or code does not match.
BY_AMOUNTS = {(32, 45): VERIFIED, (10, 11): EXCEEDED, (40, 41): TIMED_OUT}
BY_CODE = {"SM11AA": VERIFIED, "SM33CC": EXCEEDED, "SM44DD": TIMED_OUT}
# Source: the same page: ten wrong tries end the verification.
MOST_TRIES = 10
_PREFIX = "payment_method_microdeposit_verification"
FAILURES = {
    EXCEEDED: f"{_PREFIX}_attempts_exceeded",
    TIMED_OUT: f"{_PREFIX}_timeout",
    FAILED: "payment_method_microdeposit_failed",
}


def read_proof(given: Document) -> str:
    """What the amounts or the descriptor code prove.

    Raises Refusal unless exactly one of the two is given, and for amounts that are no two numbers of cents.
    """
    if ("amounts" in given) == ("descriptor_code" in given):
        raise refuse("Give amounts or descriptor_code.", param="amounts", code="parameter_missing")
    if "descriptor_code" in given:
        return BY_CODE.get(given["descriptor_code"], MISMATCH)
    texts = given["amounts"]
    if len(texts) != 2 or not all(text.isascii() and text.isdigit() and len(text) < 3 for text in texts):
        raise refuse("amounts takes two numbers of cents.", param="amounts", code=f"{_PREFIX}_amounts_invalid")
    return BY_AMOUNTS.get((int(texts[0]), int(texts[1])), MISMATCH)


def mismatch(given: Document) -> Refusal:
    """The refusal of amounts or a code that are not those of the deposits."""
    kind = "descriptor_code" if "descriptor_code" in given else "amounts"
    return refuse_begun("This is not what was deposited.", code=f"{_PREFIX}_{kind}_mismatch")
