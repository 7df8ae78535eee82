"""Adyen, Checkout API v72 and DisputeService v30: every payment method it has, mandates, disputes, signed webhooks."""

from runtime.connectors.adyen import flows, tables, webhooks
from runtime.core import payments
from runtime.core.connector import Capabilities, Connector, Flow, Offer
from runtime.core.vocabulary import PaymentMethodType, Recovery

CONNECTOR = Connector(
    name="adyen",
    gateway="adyen",
    version=tables.VERSION,
    config=flows.Config,
    capabilities=Capabilities(
        payment_methods={
            kind: Offer(captures=row.captures, currencies=row.currencies, refunds=row.refunds, mandates=row.mandates)
            for kind, row in tables.METHODS.items()
        },
        currencies=tables.AMOUNTS.currencies,
        recovery=(Recovery.SAME_KEY_RETRY, Recovery.WEBHOOK),
        not_offered={
            **dict.fromkeys(("PSync", "RSync"), "webhooks tell; no such GET (CheckoutService-v72)"),
            "DSync": "no dispute can be read back (DisputeService-v30 has no such operation)",
            "CreateOrder": "POST /orders splits one amount over gift cards; a payment needs none (CheckoutService-v72)",
            PaymentMethodType.GIROPAY: "no such type any more (PaymentMethod schemas of CheckoutService-v72)",
            PaymentMethodType.CRYPTO: "no such type (PaymentMethod schemas of CheckoutService-v72)",
            "IDEAL for mandates": "later charges are SEPA direct debits (docs.adyen.com/payment-methods/ideal)",
            "UPI for mandates": "needs amount and frequency of all later charges (Mandate in CheckoutService-v72)",
        },
    ),
    flows={
        payments.Authorize: Flow(flows.build_authorize, flows.parse_payment),
        payments.CompleteAuthorize: Flow(flows.build_complete, flows.parse_payment),
        **dict.fromkeys(tables.MODIFICATIONS, Flow(flows.build_modification, flows.parse_modification)),
        payments.CreateSessionToken: Flow(flows.build_session, flows.parse_session),
        payments.SetupMandate: Flow(flows.build_setup_mandate, flows.parse_setup_mandate),
        payments.ChargeMandate: Flow(flows.build_charge_mandate, flows.parse_payment),
        payments.RevokeMandate: Flow(flows.build_revoke_mandate, flows.parse_revoke_mandate),
        **dict.fromkeys(tables.DISPUTES, Flow(flows.build_dispute, flows.parse_dispute)),
        payments.IncomingWebhook: webhooks.receive,
    },
)
