"""Every simulated operation in JSON Schema: what its parameters are checked by, and the fields of its reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import JSON
from mock_gateways.core.openapi import Described, Description, object_schema, reply_schemas
from mock_gateways.core.specification import specification_schema
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.manifest import MANIFEST
from mock_gateways.razorpay.parameters import LARGEST, LONGEST_STRING, NOTE_LENGTH, NOTES
from mock_gateways.razorpay.tables import BAD_REQUEST, GATEWAY, HERE, SERVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Document
    from mock_gateways.core.specification import Specification

_INTEGER: Document = {"type": "integer", "minimum": -LARGEST, "maximum": LARGEST}
_STRING: Document = {"type": "string", "maxLength": LONGEST_STRING}
_BOOLEAN: Document = {"type": "boolean"}
_NOTE: Document = {"anyOf": [{"type": "string", "maxLength": NOTE_LENGTH}, {"type": "boolean"}]}
_KINDS: Mapping[str, Document] = {
    "integer": _INTEGER,
    "string": _STRING,
    "boolean": _BOOLEAN,
    "preference": {"anyOf": [_BOOLEAN, {"const": "preferred"}]},
    "list": {"type": "array", "items": _STRING},
    "list of hashes": {"type": "array", "items": {"type": "object"}},
    "hash": {"type": "object"},
    "notes": {
        "type": "object",
        "maxProperties": NOTES,
        "propertyNames": {"maxLength": NOTE_LENGTH},
        "additionalProperties": _NOTE,
    },
}
_PAYING = ("amount", "currency", "method", "email", "contact")
_CHARGING = ("email", "contact", "amount", "currency", "order_id", "customer_id", "token", "recurring")
# The specification of each operation, the fields it cannot do without, and the entity it answers with.
_OPERATIONS: Mapping[str, tuple[Specification, tuple[str, ...], str]] = {
    "ListOrders": (schemas.ORDER_LIST, (), "list:order"),
    "CreateOrder": (schemas.ORDER_CREATE, ("amount", "currency"), "order"),
    "GetOrder": (schemas.EXPAND, (), "order"),
    "UpdateOrder": (schemas.NOTES, ("notes",), "order"),
    "ListOrderPayments": (schemas.EXPAND, (), "list:payment"),
    "ListPayments": (schemas.LIST, (), "list:payment"),
    "GetPayment": (schemas.EXPAND, (), "payment"),
    "UpdatePayment": (schemas.NOTES, ("notes",), "payment"),
    "GetPaymentCard": (schemas.NOTHING, (), "card"),
    "CreatePayment": (schemas.PAYMENT_CREATE, _PAYING, "created"),
    "CreateUpiPayment": (schemas.PAYMENT_CREATE, ("amount", "currency", "email", "contact"), "created"),
    "CreatePaymentByRedirect": (schemas.PAYMENT_CREATE, _PAYING, "created"),
    "CreateRecurringPayment": (schemas.RECURRING_CREATE, _CHARGING, "created"),
    "CapturePayment": (schemas.CAPTURE, ("amount", "currency"), "payment"),
    "GenerateOtp": (schemas.PUBLIC, (), "otp"),
    "SubmitOtp": (schemas.OTP, ("otp",), "created"),
    "ResendOtp": (schemas.PUBLIC, (), "otp"),
    "SubmitOtpByUrl": (schemas.OTP, ("otp",), "created"),
    "ResendOtpByUrl": (schemas.PUBLIC, (), "otp"),
    "RefundPayment": (schemas.REFUND_CREATE, (), "refund"),
    "ListPaymentRefunds": (schemas.LIST, (), "list:refund"),
    "GetPaymentRefund": (schemas.EXPAND, (), "refund"),
    "ListRefunds": (schemas.LIST, (), "list:refund"),
    "CreateRefund": (schemas.REFUND_OF, ("payment_id",), "refund"),
    "GetRefund": (schemas.EXPAND, (), "refund"),
    "UpdateRefund": (schemas.NOTES, ("notes",), "refund"),
    "ListCustomers": (schemas.LIST, (), "list:customer"),
    "CreateCustomer": (schemas.CUSTOMER_CREATE, (), "customer"),
    "GetCustomer": (schemas.NOTHING, (), "customer"),
    "UpdateCustomer": (schemas.CUSTOMER_UPDATE, (), "customer"),
    "ListTokens": (schemas.LIST, (), "list:token"),
    "GetToken": (schemas.EXPAND, (), "token"),
    "DeleteToken": (schemas.NOTHING, (), "deleted"),
    "CancelToken": (schemas.NOTHING, (), "cancellation"),
    "ListDisputes": (schemas.LIST, (), "list:dispute"),
    "GetDispute": (schemas.EXPAND, (), "dispute"),
    "AcceptDispute": (schemas.NOTHING, (), "dispute"),
    "ContestDispute": (schemas.CONTEST, (), "dispute"),
    "CreateDocument": (schemas.DOCUMENT_CREATE, ("file", "purpose"), "document"),
    "GetDocument": (schemas.NOTHING, (), "document"),
    "ListPaymentLinks": (schemas.LINK_LIST, (), "links"),
    "CreatePaymentLink": (schemas.LINK_CREATE, ("amount",), "payment_link"),
    "GetPaymentLink": (schemas.NOTHING, (), "payment_link"),
    "UpdatePaymentLink": (schemas.LINK_UPDATE, (), "payment_link"),
    "CancelPaymentLink": (schemas.NOTHING, (), "payment_link"),
}
# Source: razorpay.com/docs/errors.
_REFUSALS = {
    400: "Refused: a parameter, an id or URL that does not exist, the state of things, or a payment that failed.",
    409: "The idempotency key is in use, or was used for something else.",
    502: "A failure behind the gateway.",
}
_STATED = ("payment", "refund", "dispute")


def describe() -> Description:
    """Razorpay's part of its OpenAPI document."""
    return Description(
        {
            name: Described(specification_schema(checked, _KINDS, required), _reply(shown))
            for name, (checked, required, shown) in _OPERATIONS.items()
        },
        _objects(),
        _REFUSALS,
        _error(),
        {"basic": {"type": "http", "scheme": "basic"}},
        JSON,
    )


def _reply(shown: str) -> Document:
    """An entity, or `list:` for a collection of them."""
    listed, _, name = shown.rpartition(":")
    one: Document = {"$ref": f"#/components/schemas/{name}"}
    if not listed:
        return one
    fields: Document = {
        "entity": {"const": "collection"},
        "count": {"type": "integer"},
        "items": {"type": "array", "items": one},
    }
    return object_schema(fields, tuple(fields))


def _objects() -> dict[str, Document]:
    """The entities of replies, with the fields that are always there, from the table beside this file."""
    found = reply_schemas(HERE / "replies.csv")
    for name in _STATED:
        found[name]["properties"]["status"] = {"enum": MANIFEST.raw_states(name)}
    for name, shown in found.items():
        if "entity" in shown["properties"]:
            shown["properties"]["entity"] = {"const": name}
    return found


def _error() -> Document:
    text: Document = {"type": "string"}
    fields: Document = {
        "code": {"enum": [BAD_REQUEST, GATEWAY, SERVER]},
        "description": text,
        "field": text,
        "source": text,
        "step": text,
        "reason": text,
        "metadata": {"type": "object"},
    }
    required = tuple(name for name in fields if name != "field")
    names: Document = {"error": object_schema(fields, required), "next": {"type": "array", "items": text}}
    return object_schema(names, ("error",))
