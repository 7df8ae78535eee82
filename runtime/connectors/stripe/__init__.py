"""Stripe, API version 2026-10-28.endive: cards through Payment Intents, refunds, signed webhooks."""

from runtime.connectors.stripe import flows, tables, webhooks
from runtime.core import payments
from runtime.core.connector import Capabilities, Connector, Flow, Offer
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType, Recovery

CONNECTOR = Connector(
    name="stripe",
    gateway="stripe",
    version=tables.VERSION,
    config=flows.Config,
    capabilities=Capabilities(
        payment_methods={PaymentMethodType.CARD: Offer(captures=frozenset(CaptureMethod))},
        currencies=tables.AMOUNTS[2].currencies,
        recovery=(Recovery.SAME_KEY_RETRY, Recovery.SYNC, Recovery.WEBHOOK),
        not_offered={
            "CreateOrder": "a payment needs no order before it (docs.stripe.com/api/payment_intents)",
            PaymentMethodType.GIROPAY: "no payments after 30 June 2024 (docs.stripe.com/payments/giropay)",
            PaymentMethodType.SOFORT: "no payments after 31 March 2025 (docs.stripe.com/payments/sofort)",
        },
    ),
    flows={
        payments.Authorize: Flow(flows.build_authorize, flows.parse_payment),
        payments.CompleteAuthorize: flows.complete_authorize,
        payments.Capture: Flow(flows.build_capture, flows.parse_payment),
        payments.Void: Flow(flows.build_void, flows.parse_payment),
        payments.Refund: Flow(flows.build_refund, flows.parse_refund),
        payments.PSync: Flow(flows.build_psync, flows.parse_payment),
        payments.RSync: Flow(flows.build_rsync, flows.parse_refund),
        payments.IncomingWebhook: webhooks.receive,
    },
)
