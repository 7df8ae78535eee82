"""What a proxy must know of Razorpay's wire.

Source: razorpay.com/docs/{api, webhooks}; statuses from tests/facts.
"""

from tests.mutants.wire.proxy import Fields
from tests.mutants.wire.words import Wire, everywhere, get, published, without_header


def _captured(told: Fields) -> Fields:
    return {**told, "status": "captured", "captured": True, "error_code": None, "error_reason": None}


def _refund_of_payment(asked: Fields, payment: Fields) -> Fields:
    told = {"id": "rfnd_AssayNeverMade", "entity": "refund", "status": "processed", "created_at": 1}
    about = {"payment_id": payment["id"], "currency": payment["currency"]}
    return {**told, **about, "amount": int(asked.get("amount") or payment["amount"])}


def _unfailed(told: Fields) -> Fields | None:
    """Of an attempt, whose answer names the payment alone, or of the payment."""
    attempt = get(told, ("error", "metadata", "payment_id"))
    if attempt:
        return {"razorpay_payment_id": attempt}
    return _captured(told) if told.get("status") == "failed" else None


_CODES = frozenset({"reason", "error_reason", "code", "error_code", "description", "error_description"})
WIRE = Wire(
    routes={
        "Authorize": r"POST /v1/(orders|payments/create/json)",
        "Capture": r"POST /v1/payments/[^/]+/capture",
        "Refund": r"POST /v1/payments/[^/]+/refund",
        "PSync": r"GET /v1/payments/[^/]+",
    },
    payment="/v1/payments/{}",
    amounts=dict.fromkeys(("Authorize", "Capture", "Refund"), ("amount",)),
    currency=("currency",),
    key="X-Refund-Idempotency",
    status="status",
    statuses=published("razorpay", "payment"),
    refusal=(400, {"error": {"code": "BAD_REQUEST_ERROR", "description": "refused"}}),
    taken=_captured,
    declined=_unfailed,
    done={"Capture": lambda _, payment: _captured(payment), "Refund": _refund_of_payment},
    unsigned=without_header("X-Razorpay-Signature"),
    vague=lambda told: everywhere(told, _CODES, "payment_failed"),
    mute=lambda told: everywhere(told, _CODES, None),
    instead={
        "a capture names no amount": ("LIF-001",),
        "the idempotency key is dropped": ("IDM-002",),
        "every attempt has a key of its own": ("IDM-002",),
        "everything has one key": ("LIF-008",),
        "a write is sent twice": ("IDM-002", "RES-012"),
    },
    not_at={"a void is answered and never made": "it has no void"},
)
