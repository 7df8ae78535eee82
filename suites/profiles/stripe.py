"""How to certify a connector for Stripe."""

from mock_gateways.stripe import MANIFEST
from runtime.core.methods import Address, Browser, Shopper
from runtime.core.money import Money
from runtime.core.secret import Secret
from suites.profiles import Given, Profile

PROFILE = Profile(
    gateway="stripe",
    manifest=MANIFEST,
    credential="sk_test_assay{tenant}",
    config={
        "api_key": Given.CREDENTIAL,
        "webhook_secrets": Given.WEBHOOK_SECRETS,
        "base_url": Given.BASE_URL,
    },
    instruments={
        "approved": "success",
        "declined": "decline:generic_decline",
        "must authenticate": "three_ds:required",
        "must always authenticate": "three_ds:always",
        "authenticates, then is declined": "three_ds:required_then_generic_decline",
        "refunds later": "refund:pending",
        "refund fails later": "refund:fails",
    },
    secret_prefixes=("sk_test_assay", "whsec_"),
    codes="stripe.csv",
    routes={
        "Authorize": "POST /v1/payment_intents",
        "Capture": "POST /v1/payment_intents/{id}/capture",
        "Void": "POST /v1/payment_intents/{id}/cancel",
        "Refund": "POST /v1/refunds",
        "PSync": "GET /v1/payment_intents/{id}",
        "RSync": "GET /v1/refunds/{id}",
        "SetupMandate": "POST /v1/setup_intents",
        "ChargeMandate": "POST /v1/payment_intents",
    },
    unknown_route_id="pi_3AssayUnknown00000000000",
    tampering={
        "amount": ({"amount": 999}, {"amount": 1001}, {"amount": 100_000}, {"amount": 10}),
        "currency": ({"currency": "usd"},),
        "capture": ({"amount_received": 399}, {"amount_received": 1000}),
        "refund": ({"amount": 1000}, {"currency": "usd"}),
    },
    # 1234.50 kronur: two decimals on Stripe's wire, none in ISO
    unholdable=((Money(1234, "ISK"), {"amount": 123_450}),),
    shopper=Shopper(
        name="J. Smith",
        email="shopper@merchant.test",
        phone="+15555550123",
        tax_id=Secret("000.000.000-00"),
        ip="192.0.2.7",
        address=Address(line1="1 Test Street", city="Springfield", postal_code="10001", country="US", region="NY"),
        browser=Browser(user_agent="Mozilla/5.0 (certification)"),
    ),
    setup_states=(
        "setup_requires_payment_method",
        "setup_failed",
        "setup_requires_confirmation",
        "setup_requires_action",
        "setup_processing",
        "setup_succeeded",
        "setup_canceled",
    ),
    evidence={"product_description": "one certification", "uncategorized_text": "the shopper got it"},
    lacks={
        "several items in a delivery": "a delivery holds one event (docs.stripe.com/webhooks)",
        "authorizes late": "a failed attempt stays failed (docs.stripe.com/payments/paymentintents/lifecycle)",
    },
    samples={
        "decline with network codes": {
            "decline": "insufficient_funds",
            "advice_code": "try_again_later",
            "network_decline_code": "Z9",
            "network_advice_code": "24",
        },
        "decline never to be tried again": {"decline": "generic_decline", "advice_code": "do_not_try_again"},
        "error body": '{"error": {"type": "card_error", "code": "card_declined", "message": "declined"}}',
        "unknown refusal": (
            "moon_in_wrong_phase",
            {
                "raw": {
                    "status": 400,
                    "headers": {"Content-Type": "application/json"},
                    "body": '{"error": {"type": "invalid_request_error", "code": "moon_in_wrong_phase"}}',
                }
            },
        ),
        "refused credential": "sk_test_no-such-key",
        "key in use": "idempotency_key_in_use",
    },
)
