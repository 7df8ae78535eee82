"""The parameters by which a payment method is described, and the options it is used with.

Source: docs.stripe.com/api, and the parameter types of the official SDK for API version 2026-10-28.endive.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    Specification = Mapping[str, Any]


def frozen(*parts: Mapping[str, Any], **fields: Any) -> Specification:
    """Several specifications as one that nobody can change."""
    merged: dict[str, Any] = {}
    for part in (*parts, fields):
        merged.update(part)
    return MappingProxyType(merged)


EXPAND = frozen(expand="list")
PAGE = frozen(EXPAND, limit="integer", starting_after="string", ending_before="string")
LIST = frozen(PAGE, created="range")
ADDRESS = frozen(city="text", country="text", line1="text", line2="text", postal_code="text", state="text")
SHIPPING = frozen(address=ADDRESS, carrier="text", name="text", phone="text", tracking_number="text")
BILLING = frozen(address=ADDRESS, email="text", name="text", phone="text", tax_id="text")
_NETWORKS = ("amex", "cartes_bancaires", "diners", "discover", "eftpos_au", "girocard", "interac", "jcb", "link")
CARD = frozen(
    number="string",
    exp_month="integer",
    exp_year="integer",
    cvc="string",
    token="string",  # noqa: S106 - the kind of a parameter
    networks="hash",
)
SEPA_DEBIT = frozen(iban="string")
US_BANK_ACCOUNT = frozen(
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
PAYMENT_METHOD = frozen(
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
CARD_OPTIONS = frozen(
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
_VOUCHER = frozen(expires_after_days="integer", setup_future_usage=_USAGE)
_LATER = frozen(capture_method=("", "manual"), preferred_locale="string", setup_future_usage=_USAGE)
_BANK_TRANSFER = frozen(
    eu_bank_transfer={"country": "string"},
    requested_address_types="list",
    type=("eu_bank_transfer", "gb_bank_transfer", "jp_bank_transfer", "mx_bank_transfer", "us_bank_transfer"),
)
# Source: the types of the SDK for this version (PaymentIntentCreateParamsPaymentMethodOptions).
METHOD_OPTIONS = frozen(
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
    klarna=frozen(_LATER, on_demand="hash", subscriptions="hash"),
    link="hash",
    oxxo=_VOUCHER,
    paypal=frozen(_LATER, reference="string", risk_correlation_id="string"),
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
SETUP_OPTIONS = frozen(
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
_PLACED = frozen(capture_method=("", "manual"), setup_future_usage=_USAGE)
# Source: the same types of Checkout (SessionCreateParamsPaymentMethodOptions).
SESSION_OPTIONS = frozen(
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
    klarna=frozen(_PLACED, subscriptions="hash"),
    us_bank_account={
        name: METHOD_OPTIONS["us_bank_account"][name]
        for name in ("financial_connections", "setup_future_usage", "target_date", "verification_method")
    },
)
MANDATE_DATA = frozen(
    customer_acceptance={
        "accepted_at": "integer",
        "offline": "hash",
        "online": {"ip_address": "string", "user_agent": "string"},
        "type": ("offline", "online"),
    },
)
