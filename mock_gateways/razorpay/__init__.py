"""Razorpay's payments API, v1, simulated: orders, payments from server to server, refunds, mandates, disputes, links.

Written from Razorpay's published documents and its official library alone; it shares no table with any connector.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from mock_gateways.core.clock import HOUR_S
from mock_gateways.core.forms import FormError, decode
from mock_gateways.core.gateway import Gateway, described_in
from mock_gateways.core.idempotency import Rules
from mock_gateways.core.messages import FORM, JSON
from mock_gateways.razorpay import (
    captures,
    customers,
    disputes,
    documents,
    orders,
    otp,
    payment_links,
    payments,
    recurring,
    refunds,
    tokens,
)
from mock_gateways.razorpay.authorisation import decide_payment
from mock_gateways.razorpay.credentials import check_secret, credential, refuse_credential
from mock_gateways.razorpay.errors import RazorpayEnvelopes, refuse
from mock_gateways.razorpay.events import listen
from mock_gateways.razorpay.link_pages import decide_link
from mock_gateways.razorpay.lookup import find_payment
from mock_gateways.razorpay.manifest import MANIFEST
from mock_gateways.razorpay.signing import SIGNER
from mock_gateways.razorpay.situations import forced_on_order, situation
from mock_gateways.razorpay.store import Store
from mock_gateways.razorpay.tables import PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.approvals import Approval, Decided
    from mock_gateways.core.messages import Document, Reply, Request
    from mock_gateways.core.routes import Handler
    from mock_gateways.core.tenants import World

__all__ = ["GATEWAY", "MANIFEST"]

MULTIPART = "multipart/form-data"
KEY_HEADER = "x-refund-idempotency"
_KEY = re.compile(r"[A-Za-z0-9_-]*")
_SHORTEST_KEY, _LONGEST_KEY = 10, 255
# Where the header counts. Source: razorpay.com/docs/api/refunds (idempotent requests); payments and orders have none.
_KEYED = frozenset({"RefundPayment", "CreateRefund"})

_HANDLERS: dict[str, Handler] = {
    "ListOrders": orders.list_orders,
    "CreateOrder": orders.create_order,
    "GetOrder": orders.get_order,
    "UpdateOrder": orders.update_order,
    "ListOrderPayments": orders.list_order_payments,
    "ListPayments": payments.list_payments,
    "GetPayment": payments.get_payment,
    "UpdatePayment": payments.update_payment,
    "GetPaymentCard": payments.get_card,
    "CreatePayment": payments.create_payment,
    "CreateUpiPayment": payments.create_upi_payment,
    "CreatePaymentByRedirect": payments.create_payment,
    "CreateRecurringPayment": recurring.create_recurring,
    "CapturePayment": captures.capture_payment,
    "GenerateOtp": otp.generate_otp,
    "SubmitOtp": otp.submit_otp,
    "ResendOtp": otp.resend_otp,
    "SubmitOtpByUrl": otp.submit_otp,
    "ResendOtpByUrl": otp.resend_otp,
    "RefundPayment": refunds.refund_payment,
    "ListPaymentRefunds": refunds.list_refunds_of,
    "GetPaymentRefund": refunds.get_refund_of,
    "ListRefunds": refunds.list_refunds,
    "CreateRefund": refunds.create_refund,
    "GetRefund": refunds.get_refund,
    "UpdateRefund": refunds.update_refund,
    "ListCustomers": customers.list_customers,
    "CreateCustomer": customers.create_customer,
    "GetCustomer": customers.get_customer,
    "UpdateCustomer": customers.update_customer,
    "ListTokens": tokens.list_tokens,
    "GetToken": tokens.get_token,
    "DeleteToken": tokens.delete_token,
    "CancelToken": tokens.cancel_token,
    "ListDisputes": disputes.list_disputes,
    "GetDispute": disputes.get_dispute,
    "AcceptDispute": disputes.accept_dispute,
    "ContestDispute": disputes.contest_dispute,
    "CreateDocument": documents.create_document,
    "GetDocument": documents.get_document,
    "ListPaymentLinks": payment_links.list_links,
    "CreatePaymentLink": payment_links.create_link,
    "GetPaymentLink": payment_links.get_link,
    "UpdatePaymentLink": payment_links.update_link,
    "CancelPaymentLink": payment_links.cancel_link,
}


class _Keyed:
    """A handler behind what a world must be asked before it: the key's secret, and a state forced on an order."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    def __call__(self, world: World, request: Request) -> Reply:
        check_secret(world, request)
        forced = forced_on_order(world, request)
        return self._handler(world, request) if forced is None else situation(world, request, forced)


def _decode(request: Request) -> Document:
    """The parameters of query and body.

    Raises Refusal for a body that is none, and for an idempotency key that is none.
    """
    _check_key(request)
    try:
        query = decode(request.query.encode("utf-8", "replace"))
        if request.method == "GET" or not request.body:
            return query
        return {**query, **_read_body(request)}
    except FormError as problem:
        raise refuse(f"Invalid request: {problem}.", field=problem.name and problem.name[:200]) from problem


def _read_body(request: Request) -> Document:
    kind = request.media_type(JSON)
    if kind == FORM:
        return decode(request.body)
    if kind == MULTIPART:
        return documents.read_multipart(request)
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        body = None
    if kind != JSON or not (isinstance(body, dict) or body == []):
        raise refuse("The request could not be read; send a JSON object.", source="NA", step="NA", reason="NA")
    return body or {}


def _check_key(request: Request) -> None:
    key = request.headers.get(KEY_HEADER)
    if not key or request.route is None or request.route.operation not in _KEYED:
        return
    if len(key) < _SHORTEST_KEY:
        text = f"The idempotency key must be at least {_SHORTEST_KEY} characters long."
    elif not _KEY.fullmatch(key):
        text = "The idempotency key must only contain alphanumeric characters, underscores and hyphens."
    else:
        return
    raise refuse(text, source="NA", step="NA", reason="NA")


def _dress(_: Request, __: Reply, ___: str | None) -> None:
    """No header of Razorpay's replies is documented."""


def _rules(settings: Mapping[str, int | str]) -> Rules:
    hours = int(settings["idempotency_retention_hours"])
    return Rules(KEY_HEADER, frozenset({"POST"}), _LONGEST_KEY, hours * HOUR_S, _KEYED)


def _payment_state(world: World, payment: str) -> str:
    return str(find_payment(world, payment).document["status"])


def _approve(world: World, approval: Approval, outcome: str) -> Decided:
    if approval.id.startswith("disp_"):
        return disputes.decide_dispute(world, approval, outcome)
    if approval.id.startswith("rfnd_"):
        return refunds.decide_refund(world, approval, outcome)
    if approval.id.startswith("plink_"):
        return decide_link(world, approval, outcome)
    return decide_payment(world, approval, outcome)


GATEWAY = Gateway(
    name="razorpay",
    title="Razorpay",
    routes=PUBLISHED.routes({name: _Keyed(handler) for name, handler in _HANDLERS.items()}),
    manifest=MANIFEST,
    idempotency=_rules,
    # With exponential backoff for 24 hours (razorpay.com/docs/webhooks/best-practices); the steps are not published.
    retry_after_s=tuple(300 * 2**step for step in range(8)),
    signer=SIGNER,
    envelopes=RazorpayEnvelopes(),
    new_store=Store,
    credential=credential,
    refuse_credential=refuse_credential,
    test_credential="rzp_test_{name}",
    decode=_decode,
    dress=_dress,
    situation=situation,
    payment_state=_payment_state,
    approve=_approve,
    listen=listen,
    dispute=disputes.open_dispute,
    describe=described_in("mock_gateways.razorpay.descriptions"),
)
