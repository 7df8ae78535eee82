"""The parameters of payments, refunds, customers and endpoints, as API version 2026-10-28.endive publishes them.

Source: docs.stripe.com/api, and the parameter types of the official SDK for that version.
"""

from __future__ import annotations

from mock_gateways.stripe.method_schemas import (
    ADDRESS,
    BILLING,
    EXPAND,
    LIST,
    MANDATE_DATA,
    METHOD_OPTIONS,
    PAGE,
    PAYMENT_METHOD,
    SHIPPING,
    frozen,
)

__all__ = ["EXPAND", "PAGE"]

CAPTURE_METHODS = ("automatic", "automatic_async", "manual")
_INTENT = frozen(
    EXPAND,
    allowed_payment_method_types="list",
    amount_details="hash",
    capture_method=CAPTURE_METHODS,
    excluded_payment_method_types="list",
    hooks="hash",
    payment_details="hash",
    payment_method="string",
    payment_method_data=PAYMENT_METHOD,
    payment_method_options=METHOD_OPTIONS,
    receipt_email="text",
    setup_future_usage=("", "off_session", "on_session"),
    shipping=SHIPPING,
)
DESCRIBED = frozen(
    application_fee_amount="integer",
    metadata="metadata",
    statement_descriptor="text",
    statement_descriptor_suffix="text",
    transfer_data="hash",
)
_CONFIRMING = frozen(
    confirmation_token="string",  # noqa: S106 - the kind of a parameter
    error_on_requires_action="boolean",
    mandate="string",
    mandate_data=MANDATE_DATA,
    off_session="string",
    radar_options="hash",
    return_url="string",
    use_stripe_sdk="boolean",
)
_OWNED = frozen(
    amount="integer",
    currency="string",
    customer="string",
    customer_account="string",
    description="text",
    payment_method_configuration="string",
    payment_method_types="list",
    transfer_group="string",
)
INTENT_CREATE = frozen(
    _INTENT,
    DESCRIBED,
    _CONFIRMING,
    _OWNED,
    automatic_payment_methods={"enabled": "boolean", "allow_redirects": ("always", "never")},
    confirm="boolean",
    confirmation_method=("automatic", "manual"),
    on_behalf_of="string",
)
INTENT_UPDATE = frozen(_INTENT, DESCRIBED, _OWNED)
INTENT_CONFIRM = frozen(_INTENT, _CONFIRMING, amount_to_confirm="integer", payment_method_types="list")
INTENT_CAPTURE = frozen(
    EXPAND,
    DESCRIBED,
    amount_to_capture="integer",
    final_capture="boolean",
    amount_details="hash",
    payment_details="hash",
    hooks="hash",
)
INTENT_CANCEL = frozen(EXPAND, cancellation_reason=("duplicate", "fraudulent", "requested_by_customer", "abandoned"))
INTENT_INCREMENT = frozen(
    EXPAND,
    DESCRIBED,
    amount="integer",
    description="text",
    amount_details="hash",
    payment_details="hash",
    hooks="hash",
)
INTENT_GET = frozen(EXPAND, client_secret="string")  # noqa: S106 - the kind of a parameter
INTENT_LIST = frozen(LIST, customer="string", customer_account="string")
REFUND_CREATE = frozen(
    EXPAND,
    amount="integer",
    charge="string",
    payment_intent="string",
    currency="string",
    customer="string",
    instructions_email="string",
    metadata="metadata",
    origin="string",
    reason=("duplicate", "fraudulent", "requested_by_customer"),
    refund_application_fee="boolean",
    reverse_transfer="boolean",
)
METADATA_UPDATE = frozen(EXPAND, metadata="metadata")
REFUND_LIST = frozen(LIST, charge="string", payment_intent="string")
CHARGE_LIST = frozen(LIST, customer="string", payment_intent="string", transfer_group="string")
METHOD_CREATE = frozen(EXPAND, PAYMENT_METHOD, customer="string", payment_method="string")
METHOD_UPDATE = frozen(
    EXPAND,
    metadata="metadata",
    billing_details=BILLING,
    allow_redisplay=("always", "limited", "unspecified"),
    card={"exp_month": "integer", "exp_year": "integer", "networks": "hash"},
)
METHOD_ATTACH = frozen(EXPAND, customer="string", customer_account="string")
METHOD_LIST = frozen(PAGE, customer="string", customer_account="string", type="string", allow_redisplay="string")
_CUSTOMER = frozen(
    EXPAND,
    address=ADDRESS,
    balance="integer",
    business_name="text",
    cash_balance="hash",
    description="text",
    email="text",
    individual_name="text",
    invoice_prefix="string",
    invoice_settings="hash",
    metadata="metadata",
    name="text",
    next_invoice_sequence="integer",
    phone="text",
    preferred_locales="list",
    shipping=SHIPPING,
    tax="hash",
    tax_exempt=("", "exempt", "none", "reverse"),
    validate="boolean",
)
CUSTOMER_CREATE = frozen(_CUSTOMER, payment_method="string", tax_id_data="hash", test_clock="string")
CUSTOMER_UPDATE = frozen(_CUSTOMER, default_source="string")
CUSTOMER_LIST = frozen(LIST, email="string", test_clock="string")
EVENT_LIST = frozen(LIST, type="string", types="list", delivery_success="boolean")
ENDPOINT_CREATE = frozen(
    EXPAND,
    api_version="string",
    connect="boolean",
    description="text",
    enabled_events="list",
    metadata="metadata",
    url="string",
)
ENDPOINT_UPDATE = frozen(
    EXPAND, description="text", disabled="boolean", enabled_events="list", metadata="metadata", url="string"
)
