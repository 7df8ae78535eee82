"""What a proxy must know of Stripe's wire.

Source: docs.stripe.com/{api, webhooks}; statuses from tests/facts.
"""

from tests.mutants.wire.proxy import Fields
from tests.mutants.wire.words import Wire, everywhere, get, published, without_header


def _paid_intent(intent: Fields) -> Fields:
    return {**intent, "status": "succeeded", "amount_received": intent.get("amount"), "amount_capturable": 0}


def _captured_intent(asked: Fields, intent: Fields) -> Fields:
    return {**_paid_intent(intent), "amount_received": int(asked.get("amount_to_capture") or intent["amount"])}


def _refund_of_intent(asked: Fields, intent: Fields) -> Fields:
    told = {"id": "re_3AssayNeverMade000000000", "object": "refund", "status": "succeeded"}
    about = {"payment_intent": intent["id"], "currency": intent["currency"]}
    return {**told, **about, "amount": int(asked.get("amount") or intent["amount"])}


def _undeclined_intent(told: Fields) -> Fields | None:
    declined = get(told, ("error", "payment_intent"))
    return _paid_intent(declined) if declined else None


_CODES = frozenset({"code", "decline_code"})
WIRE = Wire(
    routes={
        "Authorize": r"POST /v1/payment_intents",
        "Capture": r"POST /v1/payment_intents/[^/]+/capture",
        "Void": r"POST /v1/payment_intents/[^/]+/cancel",
        "Refund": r"POST /v1/refunds",
        "PSync": r"GET /v1/payment_intents/[^/]+",
    },
    payment="/v1/payment_intents/{}",
    amounts={"Authorize": ("amount",), "Capture": ("amount_to_capture",), "Refund": ("amount",)},
    currency=("currency",),
    key="Idempotency-Key",
    status="status",
    statuses=published("stripe", "payment_intent"),
    refusal=(400, {"error": {"type": "invalid_request_error", "message": "refused"}}),
    taken=_paid_intent,
    declined=_undeclined_intent,
    done={
        "Capture": _captured_intent,
        "Void": lambda _, intent: {**intent, "status": "canceled", "amount_capturable": 0},
        "Refund": _refund_of_intent,
    },
    unsigned=without_header("Stripe-Signature"),
    vague=lambda told: everywhere(told, _CODES, "generic_decline"),
    mute=lambda told: everywhere(told, _CODES | {"message"}, None),
)
