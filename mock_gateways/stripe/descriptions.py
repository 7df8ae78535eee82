"""Every simulated operation in JSON Schema: what its parameters are checked by, and the fields of its reply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.openapi import Described, Description, object_schema, reply_schemas
from mock_gateways.core.specification import specification_schema
from mock_gateways.stripe import later_schemas, schemas
from mock_gateways.stripe.manifest import MANIFEST
from mock_gateways.stripe.parameters import (
    LONGEST_STRING,
    METADATA_KEY_LENGTH,
    METADATA_KEYS,
    METADATA_VALUE_LENGTH,
    RANGE,
)
from mock_gateways.stripe.tables import DECLINES, ERRORS, HERE, PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Document
    from mock_gateways.core.specification import Specification

_UNSET: Document = {"const": ""}
_INTEGER: Document = {"type": "integer"}
_STRING: Document = {"type": "string", "minLength": 1, "maxLength": LONGEST_STRING}
_BOUNDS = object_schema(dict.fromkeys(RANGE, _INTEGER))
_METADATA: Document = {
    "type": "object",
    "maxProperties": METADATA_KEYS,
    "propertyNames": {"maxLength": METADATA_KEY_LENGTH},
    "additionalProperties": {"type": "string", "maxLength": METADATA_VALUE_LENGTH},
}
_KINDS: Mapping[str, Document] = {
    "integer": _INTEGER,
    "string": _STRING,
    "text": {"type": "string", "maxLength": LONGEST_STRING},
    "boolean": {"type": "boolean"},
    "list": {"anyOf": [{"type": "array", "items": _STRING}, _UNSET]},
    "hash": {"anyOf": [{"type": "object"}, _UNSET]},
    "range": {"anyOf": [_BOUNDS, _INTEGER]},
    "metadata": {"anyOf": [_METADATA, _UNSET]},
}
# The specification of each operation, the parameters it cannot do without, and the object it answers with.
_OPERATIONS: Mapping[str, tuple[Specification, tuple[str, ...], str]] = {
    "GetCharges": (schemas.CHARGE_LIST, (), "list:charge"),
    "GetChargesCharge": (schemas.EXPAND, (), "charge"),
    "GetChargesChargeDispute": (schemas.EXPAND, (), "dispute"),
    "PostChargesChargeDispute": (later_schemas.DISPUTE_UPDATE, (), "dispute"),
    "PostChargesChargeDisputeClose": (schemas.EXPAND, (), "dispute"),
    "GetCheckoutSessions": (later_schemas.SESSION_LIST, (), "list:checkout.session"),
    "PostCheckoutSessions": (later_schemas.SESSION_CREATE, ("mode",), "checkout.session"),
    "GetCheckoutSessionsSession": (schemas.EXPAND, (), "checkout.session"),
    "PostCheckoutSessionsSessionExpire": (schemas.EXPAND, (), "checkout.session"),
    "GetCheckoutSessionsSessionLineItems": (schemas.PAGE, (), "list:item"),
    "GetDisputes": (later_schemas.DISPUTE_LIST, (), "list:dispute"),
    "GetDisputesDispute": (schemas.EXPAND, (), "dispute"),
    "PostDisputesDispute": (later_schemas.DISPUTE_UPDATE, (), "dispute"),
    "PostDisputesDisputeClose": (schemas.EXPAND, (), "dispute"),
    "GetMandatesMandate": (schemas.EXPAND, (), "mandate"),
    "PostPaymentIntentsIntentVerifyMicrodeposits": (later_schemas.VERIFY, (), "payment_intent"),
    "GetSetupAttempts": (later_schemas.ATTEMPT_LIST, ("setup_intent",), "list:setup_attempt"),
    "GetSetupIntents": (later_schemas.SETUP_LIST, (), "list:setup_intent"),
    "PostSetupIntents": (later_schemas.SETUP_CREATE, (), "setup_intent"),
    "GetSetupIntentsIntent": (schemas.INTENT_GET, (), "setup_intent"),
    "PostSetupIntentsIntent": (later_schemas.SETUP_UPDATE, (), "setup_intent"),
    "PostSetupIntentsIntentCancel": (later_schemas.SETUP_CANCEL, (), "setup_intent"),
    "PostSetupIntentsIntentConfirm": (later_schemas.SETUP_CONFIRM, (), "setup_intent"),
    "PostSetupIntentsIntentVerifyMicrodeposits": (later_schemas.VERIFY, (), "setup_intent"),
    "GetCustomers": (schemas.CUSTOMER_LIST, (), "list:customer"),
    "PostCustomers": (schemas.CUSTOMER_CREATE, (), "customer"),
    "GetCustomersCustomer": (schemas.EXPAND, (), "customer|customer.deleted"),
    "PostCustomersCustomer": (schemas.CUSTOMER_UPDATE, (), "customer"),
    "DeleteCustomersCustomer": (schemas.EXPAND, (), "customer.deleted"),
    "GetCustomersCustomerPaymentMethods": (schemas.METHOD_LIST, (), "list:payment_method"),
    "GetCustomersCustomerPaymentMethodsPaymentMethod": (schemas.EXPAND, (), "payment_method"),
    "GetEvents": (schemas.EVENT_LIST, (), "list:event"),
    "GetEventsId": (schemas.EXPAND, (), "event"),
    "GetPaymentIntents": (schemas.INTENT_LIST, (), "list:payment_intent"),
    "PostPaymentIntents": (schemas.INTENT_CREATE, ("amount", "currency"), "payment_intent"),
    "GetPaymentIntentsIntent": (schemas.INTENT_GET, (), "payment_intent"),
    "PostPaymentIntentsIntent": (schemas.INTENT_UPDATE, (), "payment_intent"),
    "PostPaymentIntentsIntentCancel": (schemas.INTENT_CANCEL, (), "payment_intent"),
    "PostPaymentIntentsIntentCapture": (schemas.INTENT_CAPTURE, (), "payment_intent"),
    "PostPaymentIntentsIntentConfirm": (schemas.INTENT_CONFIRM, (), "payment_intent"),
    "PostPaymentIntentsIntentIncrementAuthorization": (schemas.INTENT_INCREMENT, ("amount",), "payment_intent"),
    "GetPaymentMethods": (schemas.METHOD_LIST, (), "list:payment_method"),
    "PostPaymentMethods": (schemas.METHOD_CREATE, (), "payment_method"),
    "GetPaymentMethodsPaymentMethod": (schemas.EXPAND, (), "payment_method"),
    "PostPaymentMethodsPaymentMethod": (schemas.METHOD_UPDATE, (), "payment_method"),
    "PostPaymentMethodsPaymentMethodAttach": (schemas.METHOD_ATTACH, ("customer",), "payment_method"),
    "PostPaymentMethodsPaymentMethodDetach": (schemas.EXPAND, (), "payment_method"),
    "GetRefunds": (schemas.REFUND_LIST, (), "list:refund"),
    "PostRefunds": (schemas.REFUND_CREATE, (), "refund"),
    "GetRefundsRefund": (schemas.EXPAND, (), "refund"),
    "PostRefundsRefund": (schemas.METADATA_UPDATE, (), "refund"),
    "PostRefundsRefundCancel": (schemas.EXPAND, (), "refund"),
    "GetWebhookEndpoints": (schemas.PAGE, (), "list:webhook_endpoint"),
    "PostWebhookEndpoints": (schemas.ENDPOINT_CREATE, ("url", "enabled_events"), "webhook_endpoint"),
    "GetWebhookEndpointsWebhookEndpoint": (schemas.EXPAND, (), "webhook_endpoint"),
    "PostWebhookEndpointsWebhookEndpoint": (schemas.ENDPOINT_UPDATE, (), "webhook_endpoint"),
    "DeleteWebhookEndpointsWebhookEndpoint": (schemas.EXPAND, (), "webhook_endpoint.deleted"),
}
# Source: docs.stripe.com/api/errors.
_REFUSALS = {
    400: "Refused: a parameter, or the state of things.",
    402: "Declined by the issuer or by Radar.",
    403: "The key may not do this.",
    404: "No such object.",
    409: "The idempotency key is in use.",
}
_RESOURCE = {"payment": "payment_intent", "refund": "refund", "dispute": "dispute"}


def describe() -> Description:
    """Stripe's part of its OpenAPI document."""
    return Description(
        {
            name: Described(specification_schema(checked, _KINDS, required, unset=_UNSET), _reply(shown))
            for name, (checked, required, shown) in _OPERATIONS.items()
        },
        _objects(),
        _REFUSALS,
        _error(),
        {"bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"}},
    )


def _reply(shown: str) -> Document:
    """`a`, `a|b` for one of two, or `list:a` for a page of them."""
    listed, _, name = shown.rpartition(":")
    found = [{"$ref": f"#/components/schemas/{one}"} for one in name.split("|")]
    one = found[0] if len(found) == 1 else {"anyOf": found}
    if not listed:
        return one
    return {"allOf": [{"$ref": "#/components/schemas/list"}, {"properties": {"data": {"items": one}}}]}


def _objects() -> dict[str, Document]:
    """The objects of replies, with the fields that are always there, from the table beside this file."""
    found = reply_schemas(HERE / "replies.csv")
    for name, shown in found.items():
        shown["properties"]["object"] = {"const": name.removesuffix(".deleted")}
    for kind, name in _RESOURCE.items():
        found[name]["properties"]["status"] = {"enum": MANIFEST.raw_states(kind)}
    return found


def _error() -> Document:
    fields: Document = {
        "type": {"enum": sorted({failure.type for failure in PUBLISHED.failures} | {"api_error", "idempotency_error"})},
        "message": {"type": "string"},
        "code": {"enum": sorted(ERRORS)},
        "decline_code": {"enum": sorted(DECLINES)},
        "param": {"type": "string"},
        "doc_url": {"type": "string"},
        "charge": {"type": "string"},
        "payment_intent": {"$ref": "#/components/schemas/payment_intent"},
        "setup_intent": {"$ref": "#/components/schemas/setup_intent"},
        "payment_method": {"$ref": "#/components/schemas/payment_method"},
    }
    return object_schema({"error": object_schema(fields, ("type", "message"), closed=False)}, ("error",))
