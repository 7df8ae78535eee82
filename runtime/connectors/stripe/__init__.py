"""Stripe, API version 2026-10-28.endive: payments, mandates, Checkout, refunds, disputes, webhooks."""

from runtime.connectors.stripe import flows, tables, webhooks
from runtime.connectors.stripe.methods import METHODS
from runtime.core import payments
from runtime.core.connector import Capabilities, Connector, Flow
from runtime.core.vocabulary import PaymentMethodType, Recovery

CONNECTOR = Connector(
    name="stripe",
    gateway="stripe",
    version=tables.VERSION,
    config=flows.Config,
    capabilities=Capabilities(
        payment_methods={kind: row.offer for kind, row in METHODS.items()},
        currencies=tables.AMOUNTS[2].currencies,
        recovery=(Recovery.SAME_KEY_RETRY, Recovery.SYNC, Recovery.WEBHOOK),
        not_offered={
            PaymentMethodType.GIROPAY: "no payments after 30 June 2024 (docs.stripe.com/payments/giropay)",
            PaymentMethodType.SOFORT: "no payments after 31 March 2025 (docs.stripe.com/payments/sofort)",
        },
    ),
    flows={
        payments.Authorize: flows.authorize,
        payments.CompleteAuthorize: flows.complete_authorize,
        payments.Capture: Flow(flows.build_capture, flows.parse_payment),
        payments.Void: Flow(flows.build_void, flows.parse_payment),
        payments.Refund: Flow(flows.build_refund, flows.parse_refund),
        payments.PSync: Flow(flows.build_psync, flows.parse_payment),
        payments.RSync: Flow(flows.build_rsync, flows.parse_refund),
        payments.CreateOrder: Flow(flows.build_order, flows.parse_order),
        payments.CreateSessionToken: Flow(flows.build_session, flows.parse_session),
        payments.SetupMandate: flows.setup_mandate,
        payments.ChargeMandate: Flow(flows.build_charge_mandate, flows.parse_payment),
        payments.RevokeMandate: Flow(flows.build_revoke, flows.parse_revoke),
        payments.IncomingWebhook: webhooks.receive,
        payments.DSync: Flow(flows.build_dsync, flows.parse_dispute),
        payments.AcceptDispute: Flow(flows.build_accept, flows.parse_dispute),
        payments.SubmitEvidence: Flow(flows.build_evidence, flows.parse_dispute),
        payments.DefendDispute: Flow(flows.build_defend, flows.parse_dispute),
    },
)
