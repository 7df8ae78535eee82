"""The parameters of every simulated operation, as API version 2026-10-28.endive publishes them.

Source: docs.stripe.com/api, and the parameter types of the official SDK for that version.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Specification = Mapping[str, Any]


def _frozen(*parts: Mapping[str, Any], **fields: Any) -> Specification:
    merged: dict[str, Any] = {}
    for part in (*parts, fields):
        merged.update(part)
    return MappingProxyType(merged)


EXPAND = _frozen(expand="list")
_PAGE = _frozen(EXPAND, limit="integer", starting_after="string", ending_before="string")
_LIST = _frozen(_PAGE, created="range")
ADDRESS = _frozen(city="text", country="text", line1="text", line2="text", postal_code="text", state="text")
SHIPPING = _frozen(address=ADDRESS, carrier="text", name="text", phone="text", tracking_number="text")
BILLING = _frozen(address=ADDRESS, email="text", name="text", phone="text", tax_id="text")
_NETWORKS = ("amex", "cartes_bancaires", "diners", "discover", "eftpos_au", "girocard", "interac", "jcb", "link")
CARD = _frozen(
    number="string",
    exp_month="integer",
    exp_year="integer",
    cvc="string",
    token="string",  # noqa: S106 - the kind of a parameter
    networks="hash",
)
SEPA_DEBIT = _frozen(iban="string")
US_BANK_ACCOUNT = _frozen(
    account_holder_type=("company", "individual"),
    account_number="string",
    account_type=("checking", "savings"),
    financial_connections_account="string",
    routing_number="string",
)
# The simulated methods that take nothing of their own, or only what does not change how they go.
_WITHOUT_MORE = (
    "affirm",
    "afterpay_clearpay",
    "alipay",
    "crypto",
    "customer_balance",
    "giropay",
    "link",
    "oxxo",
    "paypal",
    "wechat_pay",
)
_PAYMENT_METHOD = _frozen(
    dict.fromkeys(_WITHOUT_MORE, "hash"),
    type="string",
    boleto={"tax_id": "string"},
    card=CARD,
    ideal={"bank": "string"},
    klarna={"dob": {"day": "integer", "month": "integer", "year": "integer"}},
    sepa_debit=SEPA_DEBIT,
    sofort={"country": "string"},
    upi={"mandate_options": "hash"},
    us_bank_account=US_BANK_ACCOUNT,
    billing_details=BILLING,
    metadata="metadata",
    allow_redisplay=("always", "limited", "unspecified"),
    radar_options="hash",
)
_IF_AVAILABLE = ("if_available", "never")
CARD_OPTIONS = _frozen(
    capture_method=("", "manual"),
    cvc_token="string",  # noqa: S106 - the kind of a parameter
    installments="hash",
    mandate_options="hash",
    moto="boolean",
    network=(*_NETWORKS, "mastercard", "unionpay", "unknown", "visa"),
    request_extended_authorization=_IF_AVAILABLE,
    request_incremental_authorization=_IF_AVAILABLE,
    request_multicapture=_IF_AVAILABLE,
    request_overcapture=_IF_AVAILABLE,
    request_three_d_secure=("any", "automatic", "challenge"),
    require_cvc_recollection="boolean",
    setup_credential_usage=("installment", "recurring", "unscheduled"),
    setup_future_usage=("", "none", "off_session", "on_session"),
    statement_descriptor_suffix_kana="text",
    statement_descriptor_suffix_kanji="text",
    stored_credential_usage=("installment", "recurring", "unscheduled"),
    three_d_secure="hash",
)
_USAGE = ("", "none", "off_session", "on_session")
_VOUCHER = _frozen(expires_after_days="integer", setup_future_usage=_USAGE)
_LATER = _frozen(capture_method=("", "manual"), preferred_locale="string", setup_future_usage=_USAGE)
_BANK_TRANSFER = _frozen(
    eu_bank_transfer={"country": "string"},
    requested_address_types="list",
    type=("eu_bank_transfer", "gb_bank_transfer", "jp_bank_transfer", "mx_bank_transfer", "us_bank_transfer"),
)
# Source: the types of the SDK for this version (PaymentIntentCreateParamsPaymentMethodOptions).
METHOD_OPTIONS = _frozen(
    affirm=_LATER,
    afterpay_clearpay={"capture_method": ("", "manual"), "reference": "string", "setup_future_usage": _USAGE},
    alipay={"setup_future_usage": _USAGE},
    boleto=_VOUCHER,
    card=CARD_OPTIONS,
    crypto={"setup_future_usage": _USAGE},
    customer_balance={
        "bank_transfer": _BANK_TRANSFER,
        "funding_type": ("bank_transfer",),
        "setup_future_usage": _USAGE,
    },
    ideal={"setup_future_usage": _USAGE},
    klarna=_frozen(_LATER, on_demand="hash", subscriptions="hash"),
    link="hash",
    oxxo=_VOUCHER,
    paypal=_frozen(_LATER, reference="string", risk_correlation_id="string"),
    sepa_debit={"mandate_options": "hash", "setup_future_usage": _USAGE, "target_date": "string"},
    upi={"mandate_options": "hash", "setup_future_usage": _USAGE},
    us_bank_account={
        "financial_connections": "hash",
        "mandate_options": "hash",
        "networks": "hash",
        "setup_future_usage": _USAGE,
        "target_date": "string",
        "transaction_purpose": "string",
        "verification_method": ("automatic", "instant", "microdeposits", "skip"),
    },
    wechat_pay={"app_id": "string", "client": ("android", "ios", "web"), "setup_future_usage": _USAGE},
)
# Source: the same types of set-ups (SetupIntentCreateParamsPaymentMethodOptions).
SETUP_OPTIONS = _frozen(
    card={
        name: CARD_OPTIONS[name]
        for name in (
            "mandate_options",
            "moto",
            "network",
            "request_three_d_secure",
            "setup_credential_usage",
            "three_d_secure",
        )
    },
    klarna={"currency": "string", "on_demand": "hash", "preferred_locale": "string", "subscriptions": "hash"},
    link="hash",
    paypal={"billing_agreement_id": "string"},
    sepa_debit={"mandate_options": "hash"},
    upi=METHOD_OPTIONS["upi"],
    us_bank_account={
        name: METHOD_OPTIONS["us_bank_account"][name]
        for name in ("financial_connections", "mandate_options", "networks", "verification_method")
    },
)
_PLACED = _frozen(capture_method=("", "manual"), setup_future_usage=_USAGE)
# Source: the same types of Checkout (SessionCreateParamsPaymentMethodOptions).
SESSION_OPTIONS = _frozen(
    METHOD_OPTIONS,
    affirm=_PLACED,
    afterpay_clearpay=_PLACED,
    card={
        name: CARD_OPTIONS[name]
        for name in (
            "capture_method",
            "installments",
            "request_extended_authorization",
            "request_incremental_authorization",
            "request_multicapture",
            "request_overcapture",
            "request_three_d_secure",
            "setup_future_usage",
            "statement_descriptor_suffix_kana",
            "statement_descriptor_suffix_kanji",
        )
    },
    klarna=_frozen(_PLACED, subscriptions="hash"),
    us_bank_account={
        name: METHOD_OPTIONS["us_bank_account"][name]
        for name in ("financial_connections", "setup_future_usage", "target_date", "verification_method")
    },
)
MANDATE_DATA = _frozen(
    customer_acceptance={
        "accepted_at": "integer",
        "offline": "hash",
        "online": {"ip_address": "string", "user_agent": "string"},
        "type": ("offline", "online"),
    },
)
_CAPTURE_METHODS = ("automatic", "automatic_async", "manual")
_INTENT = _frozen(
    EXPAND,
    allowed_payment_method_types="list",
    amount_details="hash",
    capture_method=_CAPTURE_METHODS,
    excluded_payment_method_types="list",
    hooks="hash",
    payment_details="hash",
    payment_method="string",
    payment_method_data=_PAYMENT_METHOD,
    payment_method_options=METHOD_OPTIONS,
    receipt_email="text",
    setup_future_usage=("", "off_session", "on_session"),
    shipping=SHIPPING,
)
_DESCRIBED = _frozen(
    application_fee_amount="integer",
    metadata="metadata",
    statement_descriptor="text",
    statement_descriptor_suffix="text",
    transfer_data="hash",
)
_CONFIRMING = _frozen(
    confirmation_token="string",  # noqa: S106 - the kind of a parameter
    error_on_requires_action="boolean",
    mandate="string",
    mandate_data=MANDATE_DATA,
    off_session="string",
    radar_options="hash",
    return_url="string",
    use_stripe_sdk="boolean",
)
_OWNED = _frozen(
    amount="integer",
    currency="string",
    customer="string",
    customer_account="string",
    description="text",
    payment_method_configuration="string",
    payment_method_types="list",
    transfer_group="string",
)
INTENT_CREATE = _frozen(
    _INTENT,
    _DESCRIBED,
    _CONFIRMING,
    _OWNED,
    automatic_payment_methods={"enabled": "boolean", "allow_redirects": ("always", "never")},
    confirm="boolean",
    confirmation_method=("automatic", "manual"),
    on_behalf_of="string",
)
INTENT_UPDATE = _frozen(_INTENT, _DESCRIBED, _OWNED)
INTENT_CONFIRM = _frozen(_INTENT, _CONFIRMING, amount_to_confirm="integer", payment_method_types="list")
INTENT_CAPTURE = _frozen(
    EXPAND,
    _DESCRIBED,
    amount_to_capture="integer",
    final_capture="boolean",
    amount_details="hash",
    payment_details="hash",
    hooks="hash",
)
INTENT_CANCEL = _frozen(EXPAND, cancellation_reason=("duplicate", "fraudulent", "requested_by_customer", "abandoned"))
INTENT_INCREMENT = _frozen(
    EXPAND,
    _DESCRIBED,
    amount="integer",
    description="text",
    amount_details="hash",
    payment_details="hash",
    hooks="hash",
)
INTENT_GET = _frozen(EXPAND, client_secret="string")  # noqa: S106 - the kind of a parameter
INTENT_LIST = _frozen(_LIST, customer="string", customer_account="string")
REFUND_CREATE = _frozen(
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
METADATA_UPDATE = _frozen(EXPAND, metadata="metadata")
REFUND_LIST = _frozen(_LIST, charge="string", payment_intent="string")
CHARGE_LIST = _frozen(_LIST, customer="string", payment_intent="string", transfer_group="string")
METHOD_CREATE = _frozen(EXPAND, _PAYMENT_METHOD, customer="string", payment_method="string")
METHOD_UPDATE = _frozen(
    EXPAND,
    metadata="metadata",
    billing_details=BILLING,
    allow_redisplay=("always", "limited", "unspecified"),
    card={"exp_month": "integer", "exp_year": "integer", "networks": "hash"},
)
METHOD_ATTACH = _frozen(EXPAND, customer="string", customer_account="string")
METHOD_LIST = _frozen(_PAGE, customer="string", customer_account="string", type="string", allow_redisplay="string")
_CUSTOMER = _frozen(
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
CUSTOMER_CREATE = _frozen(_CUSTOMER, payment_method="string", tax_id_data="hash", test_clock="string")
CUSTOMER_UPDATE = _frozen(_CUSTOMER, default_source="string")
CUSTOMER_LIST = _frozen(_LIST, email="string", test_clock="string")
EVENT_LIST = _frozen(_LIST, type="string", types="list", delivery_success="boolean")
ENDPOINT_CREATE = _frozen(
    EXPAND,
    api_version="string",
    connect="boolean",
    description="text",
    enabled_events="list",
    metadata="metadata",
    url="string",
)
ENDPOINT_UPDATE = _frozen(
    EXPAND, description="text", disabled="boolean", enabled_events="list", metadata="metadata", url="string"
)
PAGE = _PAGE
VERIFY = _frozen(EXPAND, amounts="list", descriptor_code="string")
_SETUP = _frozen(
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
    payment_method_data=_PAYMENT_METHOD,
    payment_method_options=SETUP_OPTIONS,
    payment_method_types="list",
)
_SETUP_CONFIRMING = _frozen(
    confirmation_token="string",  # noqa: S106 - the kind of a parameter
    mandate_data=MANDATE_DATA,
    return_url="string",
    use_stripe_sdk="boolean",
)
SETUP_CREATE = _frozen(
    _SETUP,
    _SETUP_CONFIRMING,
    automatic_payment_methods={"enabled": "boolean", "allow_redirects": ("always", "never")},
    confirm="boolean",
    on_behalf_of="string",
    single_use={"amount": "integer", "currency": "string"},
    usage=("off_session", "on_session"),
)
SETUP_UPDATE = _SETUP
SETUP_CONFIRM = _frozen(
    EXPAND,
    _SETUP_CONFIRMING,
    allowed_payment_method_types="list",
    payment_method="string",
    payment_method_data=_PAYMENT_METHOD,
    payment_method_options=SETUP_OPTIONS,
    payment_method_types="list",
)
SETUP_CANCEL = _frozen(EXPAND, cancellation_reason=("abandoned", "duplicate", "requested_by_customer"))
SETUP_LIST = _frozen(
    _LIST, attach_to_self="boolean", customer="string", customer_account="string", payment_method="string"
)
ATTEMPT_LIST = _frozen(_LIST, setup_intent="string")
_EVIDENCE_TEXTS = (
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
DISPUTE_UPDATE = _frozen(
    EXPAND,
    evidence=_frozen(dict.fromkeys(_EVIDENCE_TEXTS, "text"), appeal="hash", enhanced_evidence="hash"),
    intended_submission_method=("manual", "prefer_manual", "prefer_smart_disputes", "smart_disputes"),
    metadata="metadata",
    submit="boolean",
)
DISPUTE_LIST = _frozen(_LIST, charge="string", payment_intent="string")
LINE_ITEM = _frozen(
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
SESSION_CREATE = _frozen(
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
    payment_intent_data=_frozen(
        _DESCRIBED,
        capture_method=_CAPTURE_METHODS,
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
SESSION_LIST = _frozen(
    _LIST,
    customer="string",
    customer_account="string",
    customer_details="hash",
    payment_intent="string",
    payment_link="string",
    status=("complete", "expired", "open"),
    subscription="string",
)
