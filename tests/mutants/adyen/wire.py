"""What a proxy must know of Adyen's wire.

Source: CheckoutService-v72, docs.adyen.com/development-resources/webhooks; statuses from tests/facts.
"""

import json

from tests.mutants.wire.proxy import Fields
from tests.mutants.wire.words import Wire, everywhere, published


def _received(asked: Fields, payment: Fields) -> Fields:
    """A capture, cancel or refund that was taken in; `payment` has no more than the id that the path named."""
    told = {"pspReference": "ASSAYNEVERMADE01", "paymentPspReference": payment["id"], "status": "received"}
    return {**asked, **told}


def _unsigned_items(row: Fields) -> Fields:
    """Adyen signs each item inside the body."""
    return {**row, "body": json.dumps(everywhere(json.loads(row["body"]), frozenset({"hmacSignature"}), None))}


def _unrefused(told: Fields) -> Fields | None:
    refused = told.get("resultCode") in ("Refused", "Cancelled", "Error")
    return {**told, "resultCode": "Authorised"} if refused else None


WIRE = Wire(
    routes={
        "Authorize": r"POST /v72/payments",
        "Capture": r"POST /v72/payments/[^/]+/captures",
        "Void": r"POST /v72/payments/[^/]+/cancels",
        "Refund": r"POST /v72/payments/[^/]+/refunds",
    },
    payment="",
    amounts=dict.fromkeys(("Authorize", "Capture", "Refund"), ("amount", "value")),
    currency=("amount", "currency"),
    key="Idempotency-Key",
    status="resultCode",
    statuses=published("adyen", "resultCode"),
    refusal=(422, {"status": 422, "errorCode": "137", "message": "refused", "errorType": "validation"}),
    taken=lambda told: {**told, "resultCode": "Authorised"},
    declined=_unrefused,
    done=dict.fromkeys(("Capture", "Void", "Refund"), _received),
    unsigned=_unsigned_items,
    vague=lambda told: everywhere(told, frozenset({"refusalReasonCode", "refusalReason"}), "2"),
    mute=lambda told: everywhere(told, frozenset({"refusalReasonCode", "refusalReason", "errorCode", "message"}), None),
    not_at={
        "a hold is told as a sale": "Authorised stands for both, and only what was asked tells them apart",
        "a read is answered from the first answer": "no payment can be read there",
    },
)
