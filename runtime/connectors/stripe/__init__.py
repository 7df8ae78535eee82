"""Stripe, API version 2026-10-28.endive: payments, mandates, Checkout, refunds, disputes, webhooks."""

from runtime.connectors.stripe import flows, tables, webhooks
from runtime.connectors.stripe.flows import INTENTS, reads, writes
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
        payments.Capture: Flow(writes(INTENTS + "/{payment_id}/capture", flows.capture), flows.parse_payment),
        payments.Void: Flow(writes(INTENTS + "/{payment_id}/cancel", lambda *_: flows.CHARGE), flows.parse_payment),
        payments.Refund: Flow(writes("/v1/refunds", flows.refund), flows.parse_refund),
        payments.PSync: Flow(flows.psync, flows.parse_payment),
        payments.RSync: Flow(reads("/v1/refunds/{refund_id}"), flows.parse_refund),
        payments.CreateOrder: Flow(writes(INTENTS, flows.order), flows.parse_order),
        payments.CreateSessionToken: Flow(writes("/v1/checkout/sessions", flows.session), flows.parse_session),
        payments.SetupMandate: flows.setup_mandate,
        payments.ChargeMandate: Flow(writes(INTENTS, flows.charge), flows.parse_payment),
        payments.RevokeMandate: Flow(writes("/v1/payment_methods/{mandate_id}/detach"), flows.parse_revoke),
        payments.IncomingWebhook: webhooks.receive,
        payments.DSync: Flow(reads("/v1/disputes/{dispute_id}"), flows.parse_dispute),
        payments.AcceptDispute: Flow(writes("/v1/disputes/{dispute_id}/close"), flows.parse_dispute),
        payments.SubmitEvidence: Flow(writes("/v1/disputes/{dispute_id}", flows.evidence), flows.parse_dispute),
        payments.DefendDispute: Flow(writes("/v1/disputes/{dispute_id}", flows.evidence), flows.parse_dispute),
    },
)
