"""What a proxy must know of each gateway's wire: where amounts, keys, statuses and signatures stand.

Source: docs.stripe.com/{api, webhooks}; CheckoutService-v72, docs.adyen.com/development-resources/webhooks;
razorpay.com/docs/{api, webhooks}; statuses from tests/facts. It shares no table with any connector.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.mutants.wire.proxy import Fields, Reply, Request, answer

Names = tuple[str, ...]
FACTS = Path(__file__).parents[2] / "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One gateway's. Routes are matched whole against method and path, in their order.

    `taken` makes an answer about a payment that of one that is paid, `declined` a decline, and None of any other;
    `done` an answer to a write that was never passed on, from what was asked and the payment it is about; `unsigned` a
    delivery without its signature; `vague` an answer whose reasons are generic, `mute` one without any.
    """

    routes: Mapping[str, str]
    payment: str  # where a payment can be read; empty where it cannot
    amounts: Mapping[str, Names]
    currency: Names
    key: str
    status: str
    statuses: frozenset[str]
    refusal: tuple[int, Fields]
    taken: Callable[[Fields], Fields]
    declined: Callable[[Fields], Fields | None]
    done: Mapping[str, Callable[[Fields, Fields], Fields]]
    unsigned: Callable[[Fields], Fields]
    vague: Callable[[Fields], Fields]
    mute: Callable[[Fields], Fields]

    def flow(self, request: Request) -> str:
        """What a request is for; empty if it is for nothing of the routes."""
        line = f"{request.method} {request.path}"
        return next((flow for flow, route in self.routes.items() if re.fullmatch(route, line)), "")


def get(fields: Any, path: Names) -> Any:
    for name in path:
        fields = fields.get(name) if isinstance(fields, dict) else None
    return fields


def put(fields: Fields, path: Names, value: Any) -> Fields:
    """The fields with one of them replaced; None leaves it out."""
    name, *deeper = path
    if deeper:
        below = fields.get(name)
        return {**fields, name: put(below if isinstance(below, dict) else {}, tuple(deeper), value)}
    kept = {key: old for key, old in fields.items() if key != name}
    return kept if value is None else {**fields, name: value}


def everywhere(fields: Any, names: frozenset[str], value: object) -> Any:
    """The same document with every text of these names replaced, however deep; None leaves it out."""
    if isinstance(fields, list):
        return [everywhere(one, names, value) for one in fields]
    if not isinstance(fields, dict):
        return fields
    kept = {key: old for key, old in fields.items() if not (key in names and value is None)}
    return {
        key: value if key in names and isinstance(old, str) else everywhere(old, names, value)
        for key, old in kept.items()
    }


def without_header(name: str) -> Callable[[Fields], Fields]:
    def change(row: Fields) -> Fields:
        headers = row["headers"]
        pairs = list(headers.items()) if isinstance(headers, dict) else headers
        return {**row, "headers": [pair for pair in pairs if pair[0].lower() != name.lower()]}

    return change


def _published(gateway: str, kind: str) -> frozenset[str]:
    """Every status that the gateway publishes of a payment."""
    read = json.loads((FACTS / gateway / "statuses.json").read_text(encoding="utf-8"))
    return frozenset(read[kind]["values"])


# -- Stripe


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


_STRIPE_CODES = frozenset({"code", "decline_code"})
STRIPE = Wire(
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
    statuses=_published("stripe", "payment_intent"),
    refusal=(400, {"error": {"type": "invalid_request_error", "message": "refused"}}),
    taken=_paid_intent,
    declined=_undeclined_intent,
    done={
        "Capture": _captured_intent,
        "Void": lambda _, intent: {**intent, "status": "canceled", "amount_capturable": 0},
        "Refund": _refund_of_intent,
    },
    unsigned=without_header("Stripe-Signature"),
    vague=lambda told: everywhere(told, _STRIPE_CODES, "generic_decline"),
    mute=lambda told: everywhere(told, _STRIPE_CODES | {"message"}, None),
)

# -- Adyen


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


ADYEN = Wire(
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
    statuses=_published("adyen", "resultCode"),
    refusal=(422, {"status": 422, "errorCode": "137", "message": "refused", "errorType": "validation"}),
    taken=lambda told: {**told, "resultCode": "Authorised"},
    declined=_unrefused,
    done=dict.fromkeys(("Capture", "Void", "Refund"), _received),
    unsigned=_unsigned_items,
    vague=lambda told: everywhere(told, frozenset({"refusalReasonCode", "refusalReason"}), "2"),
    mute=lambda told: everywhere(told, frozenset({"refusalReasonCode", "refusalReason", "errorCode", "message"}), None),
)

# -- Razorpay


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


_RAZORPAY_CODES = frozenset({"reason", "error_reason", "code", "error_code", "description", "error_description"})
RAZORPAY = Wire(
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
    statuses=_published("razorpay", "payment"),
    refusal=(400, {"error": {"code": "BAD_REQUEST_ERROR", "description": "refused"}}),
    taken=_captured,
    declined=_unfailed,
    done={"Capture": lambda _, payment: _captured(payment), "Refund": _refund_of_payment},
    unsigned=without_header("X-Razorpay-Signature"),
    vague=lambda told: everywhere(told, _RAZORPAY_CODES, "payment_failed"),
    mute=lambda told: everywhere(told, _RAZORPAY_CODES, None),
)

WIRES: Mapping[str, Wire] = {"stripe": STRIPE, "adyen": ADYEN, "razorpay": RAZORPAY}


def refusal(wire: Wire) -> Reply:
    """The gateway says no, and means that nothing has happened."""
    status, fields = wire.refusal
    return answer(fields, status)
