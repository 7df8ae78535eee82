"""The parameters of every simulated operation.

Sources: razorpay.com/docs/api (orders, payments, refunds, customers, disputes, documents, payment links) and
razorpay.com/docs/payments/payment-gateway/s2s-integration.
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


NOTHING = _frozen()
EXPAND = _frozen(expand="list")
LIST = _frozen(count="integer", skip="integer", expand="list", **{"from": "integer", "to": "integer"})
NOTES = _frozen(notes="notes")
SPEED = ("normal", "optimum")
CAPTURE_OPTIONS = _frozen(automatic_expiry_period="integer", manual_expiry_period="integer", refund_speed=SPEED)
MANDATE = _frozen(
    max_amount="integer",
    expire_at="integer",
    frequency=(
        "daily",
        "weekly",
        "fortnightly",
        "bimonthly",
        "monthly",
        "quarterly",
        "half_yearly",
        "yearly",
        "as_presented",
    ),
    recurring_value="integer",
    recurring_type=("on", "before", "after"),
    first_payment_amount="integer",
    auth_type="string",
    notes="notes",
    bank_account="hash",
)
ORDER_CREATE = _frozen(
    amount="integer",
    currency="string",
    receipt="string",
    notes="notes",
    partial_payment="boolean",
    first_payment_min_amount="integer",
    payment={"capture": ("automatic", "manual"), "capture_options": CAPTURE_OPTIONS},
    payment_capture="boolean",
    customer_id="string",
    method=("card", "netbanking", "wallet", "emi", "upi", "emandate", "nach", "ach"),
    token=MANDATE,
    notification={"token_id": "string", "payment_after": "integer"},
    bank_account="hash",
    customer_details="hash",
    line_items="list of hashes",
    line_items_total="integer",
    offer_id="string",
    discount="boolean",
    transfers="list of hashes",
    phonepe_switch_context="string",
)
ORDER_LIST = _frozen(LIST, authorized="boolean", receipt="string")
CARD = _frozen(number="string", name="string", expiry_month="integer", expiry_year="integer", cvv="string")
PAYMENT_CREATE = _frozen(
    amount="integer",
    currency="string",
    order_id="string",
    email="string",
    contact="string",
    method=("card", "netbanking", "wallet", "upi", "ach", "emi", "cardless_emi", "paylater", "emandate", "nach", "fpx"),
    card=CARD,
    bank="string",
    wallet="string",
    vpa="string",
    upi={
        "flow": ("collect", "intent", "in_app"),
        "type": ("default", "recurring", "otm"),
        "vpa": "string",
        "expiry_time": "integer",
        "start_date": "integer",
        "end_date": "integer",
    },
    bank_account={
        "account_number": "string",
        "name": "string",
        "bank_code": "string",
        "bank_code_category": "string",
        "account_type": "string",
    },
    billing_address="hash",
    shipping_address="hash",
    authentication="hash",
    browser="hash",
    auth_type="string",
    ip="string",
    referer="string",
    referrer="string",
    user_agent="string",
    callback_url="string",
    description="string",
    notes="notes",
    save="boolean",
    customer_id="string",
    token="string",  # noqa: S106 - the kind of a parameter
    recurring="preference",
    emi_duration="integer",
    provider="string",
    reward_ids="list",
    fee="integer",
    _="hash",
)
RECURRING_CREATE = _frozen(
    amount="integer",
    currency="string",
    order_id="string",
    email="string",
    contact="string",
    customer_id="string",
    token="string",  # noqa: S106 - the kind of a parameter
    recurring="preference",
    description="string",
    notes="notes",
)
OTP = _frozen(otp="string", key_id="string", track_id="string")
PUBLIC = _frozen(key_id="string", track_id="string")
VPA = _frozen(vpa="string")
CAPTURE = _frozen(amount="integer", currency="string")
REFUND_CREATE = _frozen(amount="integer", speed=SPEED, notes="notes", receipt="string", reverse_all="boolean")
REFUND_OF = _frozen(REFUND_CREATE, payment_id="string")
CUSTOMER_CREATE = _frozen(
    name="string", email="string", contact="string", gstin="string", notes="notes", fail_existing="boolean"
)
CUSTOMER_UPDATE = _frozen(name="string", email="string", contact="string", gstin="string")
PROOFS = (
    "shipping_proof",
    "billing_proof",
    "cancellation_proof",
    "customer_communication",
    "proof_of_service",
    "explanation_letter",
    "refund_confirmation",
    "access_activity_log",
    "refund_cancellation_policy",
    "term_and_conditions",
)
CONTEST = _frozen(
    dict.fromkeys(PROOFS, "list"), amount="integer", summary="string", others="list of hashes", action="string"
)
DOCUMENT_CREATE = _frozen(file="string", purpose=("dispute_evidence",))
LINK_CREATE = _frozen(
    amount="integer",
    currency="string",
    accept_partial="boolean",
    first_min_partial_amount="integer",
    upi_link="boolean",
    description="string",
    reference_id="string",
    customer="hash",
    expire_by="integer",
    notify="hash",
    reminder_enable="boolean",
    notes="notes",
    callback_url="string",
    callback_method=("get",),
    options="hash",
)
LINK_UPDATE = _frozen(
    reference_id="string", expire_by="integer", reminder_enable="boolean", notes="notes", accept_partial="boolean"
)
LINK_LIST = _frozen(payment_id="string", reference_id="string")
