"""Razorpay, API v1 as documented in 2026: payments on orders, refunds, mandates, disputes, signed webhooks."""

from runtime.connectors.razorpay import flows, mandates, tables, webhooks
from runtime.core import payments
from runtime.core.connector import Capabilities, Connector, Flow, Offer
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType, Recovery

_ONCE = frozenset({CaptureMethod.AUTOMATIC, CaptureMethod.MANUAL})
_METHODS = "not among the methods of a payment (docs/payments/payment-gateway/s2s-integration/payment-methods)"

CONNECTOR = Connector(
    name="razorpay",
    gateway="razorpay",
    version="v1",
    config=flows.Config,
    capabilities=Capabilities(
        payment_methods={
            PaymentMethodType.CARD: Offer(captures=_ONCE, mandates=True),
            PaymentMethodType.UPI: Offer(captures=_ONCE, mandates=True, currencies=tables.RUPEES),
            PaymentMethodType.BANK_TRANSFER: Offer(captures=_ONCE, currencies=tables.RUPEES),  # netbanking, a redirect
            PaymentMethodType.PAYPAL: Offer(captures=_ONCE, currencies=tables.PAYPAL),  # a wallet here
        },
        currencies=tables.AMOUNTS.currencies,
        recovery=(Recovery.ORDER_LOOKUP, Recovery.SYNC, Recovery.WEBHOOK),
        idempotent=frozenset({payments.Refund}),
        not_offered=dict.fromkeys(tables.NO_METHODS, _METHODS) | tables.NOT_OFFERED,
    ),
    flows={
        payments.Authorize: flows.authorize,
        payments.CompleteAuthorize: flows.complete_authorize,
        payments.Capture: Flow(flows.build_capture, flows.parse_capture),
        payments.Refund: Flow(flows.build_refund, flows.parse_refund),
        payments.PSync: flows.psync,
        payments.RSync: Flow(flows.build_rsync, flows.parse_refund),
        payments.CreateOrder: flows.create_order,
        payments.CreateSessionToken: Flow(flows.build_session, flows.parse_session),
        payments.SetupMandate: mandates.setup,
        payments.ChargeMandate: mandates.charge,
        payments.RevokeMandate: mandates.revoke,
        payments.IncomingWebhook: webhooks.receive,
        payments.DSync: Flow(flows.build_dsync, flows.parse_dispute),
        payments.AcceptDispute: Flow(flows.build_accept, flows.parse_dispute),
        payments.SubmitEvidence: Flow(flows.build_contest, flows.parse_dispute),
        payments.DefendDispute: Flow(flows.build_contest, flows.parse_dispute),
    },
)
