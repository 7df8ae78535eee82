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
_PAYMENT_METHOD = _frozen(
    type="string",
    card=CARD,
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
    payment_method_options={"card": CARD_OPTIONS, "link": "hash"},
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
    mandate_data="hash",
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
