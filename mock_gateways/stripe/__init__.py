"""Stripe's payments API, version 2026-10-28.endive, simulated.

Written from Stripe's published documents and recorded exchanges alone; it shares no table with any connector.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mock_gateways.core.clock import HOUR_S
from mock_gateways.core.forms import FormError, decode
from mock_gateways.core.gateway import Gateway, described_in
from mock_gateways.core.idempotency import Rules
from mock_gateways.core.messages import FORM
from mock_gateways.stripe import (
    captures,
    charges,
    checkout,
    contests,
    customers,
    events,
    mandates,
    payment_intents,
    payment_methods,
    refunds,
    setup_intents,
    verification,
    webhook_endpoints,
)
from mock_gateways.stripe.credentials import credential, refuse_credential
from mock_gateways.stripe.decisions import approve
from mock_gateways.stripe.disputes import open_dispute
from mock_gateways.stripe.errors import StripeEnvelopes, refuse
from mock_gateways.stripe.lookup import find_intent
from mock_gateways.stripe.manifest import MANIFEST
from mock_gateways.stripe.signing import SIGNER
from mock_gateways.stripe.situations import situation
from mock_gateways.stripe.store import Store
from mock_gateways.stripe.tables import API_VERSION, PUBLISHED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.messages import Document, Reply, Request
    from mock_gateways.core.routes import Handler
    from mock_gateways.core.tenants import World

__all__ = ["GATEWAY", "MANIFEST"]

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(\.[a-z]+)?(;.{1,200})?")

_HANDLERS: dict[str, Handler] = {
    "GetCharges": charges.list_charges,
    "GetChargesCharge": charges.get_charge,
    "GetChargesChargeDispute": contests.get_dispute,
    "PostChargesChargeDispute": contests.update_dispute,
    "PostChargesChargeDisputeClose": contests.close_dispute,
    "GetCheckoutSessions": checkout.list_sessions,
    "PostCheckoutSessions": checkout.create_session,
    "GetCheckoutSessionsSession": checkout.get_session,
    "PostCheckoutSessionsSessionExpire": checkout.expire_session,
    "GetCheckoutSessionsSessionLineItems": checkout.list_line_items,
    "GetCustomers": customers.list_customers,
    "PostCustomers": customers.create_customer,
    "GetCustomersCustomer": customers.get_customer,
    "PostCustomersCustomer": customers.update_customer,
    "DeleteCustomersCustomer": customers.delete_customer,
    "GetCustomersCustomerPaymentMethods": payment_methods.list_methods,
    "GetCustomersCustomerPaymentMethodsPaymentMethod": payment_methods.get_method,
    "GetDisputes": contests.list_disputes,
    "GetDisputesDispute": contests.get_dispute,
    "PostDisputesDispute": contests.update_dispute,
    "PostDisputesDisputeClose": contests.close_dispute,
    "GetEvents": events.list_events,
    "GetEventsId": events.get_event,
    "GetMandatesMandate": mandates.get_mandate,
    "GetPaymentIntents": payment_intents.list_intents,
    "PostPaymentIntents": payment_intents.create_intent,
    "GetPaymentIntentsIntent": payment_intents.get_intent,
    "PostPaymentIntentsIntent": payment_intents.update_intent,
    "PostPaymentIntentsIntentCancel": captures.cancel_intent,
    "PostPaymentIntentsIntentCapture": captures.capture_intent,
    "PostPaymentIntentsIntentConfirm": payment_intents.confirm_intent,
    "PostPaymentIntentsIntentIncrementAuthorization": captures.increment_authorization,
    "PostPaymentIntentsIntentVerifyMicrodeposits": verification.verify_intent,
    "GetPaymentMethods": payment_methods.list_methods,
    "PostPaymentMethods": payment_methods.create_method,
    "GetPaymentMethodsPaymentMethod": payment_methods.get_method,
    "PostPaymentMethodsPaymentMethod": payment_methods.update_method,
    "PostPaymentMethodsPaymentMethodAttach": payment_methods.attach_method,
    "PostPaymentMethodsPaymentMethodDetach": payment_methods.detach_method,
    "GetRefunds": refunds.list_refunds,
    "PostRefunds": refunds.create_refund,
    "GetRefundsRefund": refunds.get_refund,
    "PostRefundsRefund": refunds.update_refund,
    "PostRefundsRefundCancel": refunds.cancel_refund,
    "GetSetupAttempts": setup_intents.list_attempts,
    "GetSetupIntents": setup_intents.list_setups,
    "PostSetupIntents": setup_intents.create_setup,
    "GetSetupIntentsIntent": setup_intents.get_setup,
    "PostSetupIntentsIntent": setup_intents.update_setup,
    "PostSetupIntentsIntentCancel": setup_intents.cancel_setup,
    "PostSetupIntentsIntentConfirm": setup_intents.confirm_setup,
    "PostSetupIntentsIntentVerifyMicrodeposits": setup_intents.verify_setup,
    "GetWebhookEndpoints": webhook_endpoints.list_endpoints,
    "PostWebhookEndpoints": webhook_endpoints.create_endpoint,
    "GetWebhookEndpointsWebhookEndpoint": webhook_endpoints.get_endpoint,
    "PostWebhookEndpointsWebhookEndpoint": webhook_endpoints.update_endpoint,
    "DeleteWebhookEndpointsWebhookEndpoint": webhook_endpoints.delete_endpoint,
}


def _decode(request: Request) -> Document:
    """The parameters of query and form.

    Raises Refusal for a body that is no form, and for a version that is none.
    """
    if not _VERSION.fullmatch(request.headers.get("stripe-version", API_VERSION)):
        raise refuse("The Stripe-Version header names no version of the API.")
    if request.body and request.media_type(FORM) != FORM:
        raise refuse(f"The body must be of type {FORM}.")
    try:
        query = decode(request.query.encode("utf-8", "replace"))
        return {**query, **decode(request.body)} if request.method != "GET" else query
    except FormError as problem:
        raise refuse(f"Invalid request: {problem}.", param=problem.name and problem.name[:200]) from problem


def _dress(request: Request, reply: Reply, original: str | None) -> None:
    """Stripe's headers, as recorded: writes echo their key and name the request that was first."""
    added = [("Request-Id", request.id)]
    version = request.headers.get("stripe-version", "")
    added.append(("Stripe-Version", version if _VERSION.fullmatch(version) else API_VERSION))
    if request.method == "POST":
        key = request.headers.get("idempotency-key")
        if key is not None and key.isprintable() and key.isascii():
            added.append(("Idempotency-Key", key[:255]))
        added.append(("Original-Request", original or request.id))
        if original is not None:
            added.append(("Idempotent-Replayed", "true"))
        if reply.status < 409:
            # Recorded on successes, refusals and declines. What Stripe says on 409, 429 and 5xx is not recorded.
            added.append(("Stripe-Should-Retry", "false"))
    reply.headers.extend(added)


def _rules(settings: Mapping[str, int | str]) -> Rules:
    """Source: docs.stripe.com/api/idempotent_requests."""
    hours = int(settings["idempotency_retention_hours"])
    return Rules("idempotency-key", frozenset({"POST"}), 255, hours * HOUR_S)


def _payment_state(world: World, payment: str) -> str:
    return str(find_intent(world, payment).document["status"])


GATEWAY = Gateway(
    name="stripe",
    title="Stripe",
    routes=PUBLISHED.routes(_HANDLERS),
    manifest=MANIFEST,
    idempotency=_rules,
    # Test mode: three tries over a few hours. Source: docs.stripe.com/webhooks#retries; the steps are not published.
    retry_after_s=(HOUR_S // 12, 2 * HOUR_S),
    signer=SIGNER,
    envelopes=StripeEnvelopes(),
    new_store=Store,
    credential=credential,
    refuse_credential=refuse_credential,
    test_credential="sk_test_{name}",
    decode=_decode,
    dress=_dress,
    situation=situation,
    payment_state=_payment_state,
    approve=approve,
    dispute=open_dispute,
    listen=webhook_endpoints.listen,
    describe=described_in("mock_gateways.stripe.descriptions"),
)
