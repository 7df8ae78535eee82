"""The parameters of set-ups, disputes and Checkout sessions, as API version 2026-10-28.endive publishes them.

Source: docs.stripe.com/api, and the parameter types of the official SDK for that version.
"""

from __future__ import annotations

from mock_gateways.stripe.method_schemas import (
    EXPAND,
    LIST,
    MANDATE_DATA,
    PAYMENT_METHOD,
    SESSION_OPTIONS,
    SETUP_OPTIONS,
    SHIPPING,
    frozen,
)
from mock_gateways.stripe.schemas import CAPTURE_METHODS, DESCRIBED

VERIFY = frozen(EXPAND, amounts="list", descriptor_code="string")
_SETUP = frozen(
    EXPAND,
    allowed_payment_method_types="list",
    attach_to_self="boolean",
    customer="string",
    customer_account="string",
    description="text",
    excluded_payment_method_types="list",
    flow_directions="list",
    metadata="metadata",
    payment_method="string",
    payment_method_configuration="string",
    payment_method_data=PAYMENT_METHOD,
    payment_method_options=SETUP_OPTIONS,
    payment_method_types="list",
)
_SETUP_CONFIRMING = frozen(
    confirmation_token="string",  # noqa: S106 - the kind of a parameter
    mandate_data=MANDATE_DATA,
    return_url="string",
    use_stripe_sdk="boolean",
)
SETUP_CREATE = frozen(
    _SETUP,
    _SETUP_CONFIRMING,
    automatic_payment_methods={"enabled": "boolean", "allow_redirects": ("always", "never")},
    confirm="boolean",
    on_behalf_of="string",
    single_use={"amount": "integer", "currency": "string"},
    usage=("off_session", "on_session"),
)
SETUP_UPDATE = _SETUP
SETUP_CONFIRM = frozen(
    EXPAND,
    _SETUP_CONFIRMING,
    allowed_payment_method_types="list",
    payment_method="string",
    payment_method_data=PAYMENT_METHOD,
    payment_method_options=SETUP_OPTIONS,
    payment_method_types="list",
)
SETUP_CANCEL = frozen(EXPAND, cancellation_reason=("abandoned", "duplicate", "requested_by_customer"))
SETUP_LIST = frozen(
    LIST, attach_to_self="boolean", customer="string", customer_account="string", payment_method="string"
)
ATTEMPT_LIST = frozen(LIST, setup_intent="string")
EVIDENCE = (
    "access_activity_log",
    "billing_address",
    "cancellation_policy",
    "cancellation_policy_disclosure",
    "cancellation_rebuttal",
    "customer_communication",
    "customer_email_address",
    "customer_name",
    "customer_purchase_ip",
    "customer_signature",
    "duplicate_charge_documentation",
    "duplicate_charge_explanation",
    "duplicate_charge_id",
    "product_description",
    "receipt",
    "refund_policy",
    "refund_policy_disclosure",
    "refund_refusal_explanation",
    "service_date",
    "service_documentation",
    "shipping_address",
    "shipping_carrier",
    "shipping_date",
    "shipping_documentation",
    "shipping_tracking_number",
    "uncategorized_file",
    "uncategorized_text",
)
DISPUTE_UPDATE = frozen(
    EXPAND,
    evidence=frozen(dict.fromkeys(EVIDENCE, "text"), appeal="hash", enhanced_evidence="hash"),
    intended_submission_method=("manual", "prefer_manual", "prefer_smart_disputes", "smart_disputes"),
    metadata="metadata",
    submit="boolean",
)
DISPUTE_LIST = frozen(LIST, charge="string", payment_intent="string")
LINE_ITEM = frozen(
    adjustable_quantity="hash",
    metadata="metadata",
    price="string",
    price_data={
        "currency": "string",
        "product": "string",
        "product_data": {
            "description": "text",
            "images": "list",
            "metadata": "metadata",
            "name": "string",
            "tax_code": "string",
            "tax_details": "hash",
            "unit_label": "string",
        },
        "recurring": "hash",
        "tax_behavior": ("exclusive", "inclusive", "unspecified"),
        "unit_amount": "integer",
        "unit_amount_decimal": "string",
    },
    quantity="integer",
    tax_rates="list",
)
_SESSION_HASHES = (
    "adaptive_pricing",
    "after_expiration",
    "automatic_tax",
    "branding_settings",
    "consent_collection",
    "custom_fields",
    "custom_text",
    "customer_update",
    "discounts",
    "invoice_creation",
    "line_items",
    "managed_payments",
    "name_collection",
    "optional_items",
    "payment_method_data",
    "permissions",
    "phone_number_collection",
    "saved_payment_method_options",
    "shipping_address_collection",
    "shipping_options",
    "subscription_data",
    "tax_id_collection",
    "wallet_options",
)
SESSION_CREATE = frozen(
    EXPAND,
    dict.fromkeys(_SESSION_HASHES, "hash"),
    allow_promotion_codes="boolean",
    allowed_payment_method_types="list",
    billing_address_collection=("auto", "required"),
    cancel_url="string",
    client_reference_id="string",
    currency="string",
    customer="string",
    customer_account="string",
    customer_creation=("always", "if_required"),
    customer_email="string",
    excluded_payment_method_types="list",
    expires_at="integer",
    integration_identifier="string",
    locale="string",
    metadata="metadata",
    mode=("payment", "setup", "subscription"),
    origin_context=("mobile_app", "web"),
    payment_intent_data=frozen(
        DESCRIBED,
        capture_method=CAPTURE_METHODS,
        description="text",
        on_behalf_of="string",
        receipt_email="text",
        setup_future_usage=("off_session", "on_session"),
        shipping=SHIPPING,
        transfer_group="string",
    ),
    payment_method_collection=("always", "if_required"),
    payment_method_configuration="string",
    payment_method_types="list",
    payment_method_options=SESSION_OPTIONS,
    redirect_on_completion=("always", "if_required", "never"),
    return_url="string",
    setup_intent_data={"description": "text", "metadata": "metadata", "on_behalf_of": "string"},
    submit_type=("auto", "book", "donate", "pay", "subscribe"),
    success_url="string",
    ui_mode=("elements", "embedded_page", "form", "hosted_page"),
)
SESSION_LIST = frozen(
    LIST,
    customer="string",
    customer_account="string",
    customer_details="hash",
    payment_intent="string",
    payment_link="string",
    status=("complete", "expired", "open"),
    subscription="string",
)
