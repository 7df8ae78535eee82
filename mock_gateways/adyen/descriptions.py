"""Every simulated operation in JSON Schema: what its parameters are checked by, and the fields of its reply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.adyen.manifest import MANIFEST
from mock_gateways.adyen.tables import ERRORS, FIELDS, HERE
from mock_gateways.core.messages import JSON
from mock_gateways.core.openapi import Described, Description, object_schema, reply_schemas

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.adyen.tables import Field
    from mock_gateways.core.messages import Document

_PAYMENT = "post-payments-paymentPspReference"
# The schema of each reply and its status.
_REPLIES: Mapping[str, tuple[str, int]] = {
    "post-payments": ("PaymentResponse", 200),
    "post-payments-details": ("PaymentDetailsResponse", 200),
    "post-paymentMethods": ("PaymentMethodsResponse", 200),
    f"{_PAYMENT}-captures": ("PaymentCaptureResponse", 201),
    f"{_PAYMENT}-cancels": ("PaymentCancelResponse", 201),
    f"{_PAYMENT}-refunds": ("PaymentRefundResponse", 201),
    f"{_PAYMENT}-reversals": ("PaymentReversalResponse", 201),
    f"{_PAYMENT}-amountUpdates": ("PaymentAmountUpdateResponse", 201),
    "post-cancels": ("StandalonePaymentCancelResponse", 201),
    "get-storedPaymentMethods": ("ListStoredPaymentMethodsResponse", 200),
    "post-storedPaymentMethods": ("StoredPaymentMethodResource", 201),
    "delete-storedPaymentMethods-storedPaymentMethodId": ("", 204),
    "post-sessions": ("CreateCheckoutSessionResponse", 201),
    "get-sessions-sessionId": ("SessionResultResponse", 200),
    "post-paymentLinks": ("PaymentLinkResponse", 201),
    "get-paymentLinks-linkId": ("PaymentLinkResponse", 200),
    "patch-paymentLinks-linkId": ("PaymentLinkResponse", 200),
    "post-orders": ("CreateOrderResponse", 200),
    "post-orders-cancel": ("CancelOrderResponse", 200),
    "post-retrieveApplicableDefenseReasons": ("DefenseReasonsResponse", 200),
    "post-supplyDefenseDocument": ("SupplyDefenseDocumentResponse", 200),
    "post-deleteDisputeDefenseDocument": ("DeleteDefenseDocumentResponse", 200),
    "post-defendDispute": ("DefendDisputeResponse", 200),
    "post-acceptDispute": ("AcceptDisputeResponse", 200),
}
_TEXT: Document = {"type": "string"}
# What the calls take in their query, and which of it they cannot do without.
_QUERIES: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "get-storedPaymentMethods": (("merchantAccount", "shopperReference"), ("merchantAccount",)),
    "delete-storedPaymentMethods-storedPaymentMethodId": (("merchantAccount", "shopperReference"),) * 2,
    "get-sessions-sessionId": (("sessionResult",),) * 2,
    "get-paymentLinks-linkId": ((), ()),
}
_KINDS: Mapping[str, Document] = {
    "string": _TEXT,
    "object": {"type": "object"},
    "array": {"type": "array"},
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "amount": {"$ref": "#/components/schemas/Amount"},
}
_AMOUNT: Document = {
    "type": "object",
    "properties": {
        "currency": {"type": "string", "minLength": 3, "maxLength": 3},
        "value": {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": "^[0-9]{1,18}$"}]},
    },
    "required": ["currency", "value"],
}
_ADDITIONAL: Document = {
    "type": "object",
    "additionalProperties": {"type": ["string", "integer", "boolean"]},
}
# Source: docs.adyen.com/development-resources/error-codes; 404 is the simulator's own.
_REFUSALS = {
    400: "The request has not the published form.",
    403: "No merchant account that the key may use.",
    404: "No such address or object.",
    409: "The idempotency key is in use.",
    422: "Refused: a field, or the state of things.",
}
_STATUSES = {"PaymentResponse": "payment", "PaymentDetailsResponse": "payment", "PaymentRefundResponse": "refund"}


def describe() -> Description:
    """Adyen's part of its OpenAPI document."""
    return Description(
        {name: _described(name, *shown) for name, shown in _REPLIES.items()},
        {"Amount": _AMOUNT, **_objects()},
        _REFUSALS,
        _error(),
        {
            "apiKey": {"type": "apiKey", "name": "X-API-Key", "in": "header"},
            "basic": {"type": "http", "scheme": "basic"},
        },
        JSON,
    )


def _described(name: str, reply: str, status: int) -> Described:
    shown = {"$ref": f"#/components/schemas/{reply}"} if reply else None
    if name in _QUERIES:
        known, required = _QUERIES[name]
        return Described(object_schema(dict.fromkeys(known, _TEXT), required, closed=False), shown, status)
    fields = FIELDS[name]
    required = tuple(field.field for field in fields.values() if field.required)
    return Described(object_schema({key: _schema(field) for key, field in fields.items()}, required), shown, status)


def _schema(field: Field) -> Document:
    """A field of a request; one that may be left out may be null as well."""
    if field.field == "additionalData":
        kind: Any = _ADDITIONAL
    elif field.kind in _KINDS:
        kind = dict(_KINDS[field.kind])
    else:
        kind = {"type": "string", "enum": field.kind.split("|")}
    if field.kind == "string":
        kind |= {"maxLength": field.longest} if field.longest else {}
        kind |= {"minLength": max(field.shortest, 1)} if field.required or field.shortest else {}
    empty = [{"const": ""}] if field.shortest else []
    return kind if field.required else {"anyOf": [kind, {"type": "null"}, *empty]}


def _objects() -> dict[str, Document]:
    """The objects of replies, from the table beside this file."""
    found = reply_schemas(HERE / "replies.csv")
    for name, resource in _STATUSES.items():
        field = "status" if resource == "refund" else "resultCode"
        found[name]["properties"][field] = {"enum": MANIFEST.raw_states(resource)}
    return found


def _error() -> Document:
    fields: Document = {
        "status": {"type": "integer"},
        "errorCode": {"enum": sorted(ERRORS)},
        "message": _TEXT,
        "errorType": {"enum": ["configuration", "internal", "security", "validation"]},
        "pspReference": _TEXT,
        "additionalData": {"type": "object"},
    }
    return object_schema(fields, ("status", "errorCode", "message", "errorType"))
