"""How to certify a connector for Stripe."""

from mock_gateways.stripe import MANIFEST
from runtime.core.methods import Address, Browser, Shopper
from runtime.core.money import Money
from runtime.core.secret import Secret
from runtime.core.vocabulary import PaymentMethodType
from suites.profiles import Given, Profile

_PAYS = "payment_method_data"
# docs.stripe.com/api/payment_intents/create and the schemas of its OpenAPI document
_BILLING = {
    f"{_PAYS}[billing_details][email]": "shopper.email",
    f"{_PAYS}[billing_details][phone]": "shopper.phone",
    f"{_PAYS}[billing_details][address][line1]": "shopper.address.line1",
    f"{_PAYS}[billing_details][address][city]": "shopper.address.city",
    f"{_PAYS}[billing_details][address][postal_code]": "shopper.address.postal_code",
    f"{_PAYS}[billing_details][address][country]": "shopper.address.country",
    f"{_PAYS}[billing_details][address][state]": "shopper.address.region",
}
_HOLDER = {**_BILLING, f"{_PAYS}[billing_details][name]": "method.holder"}
_PERSON = {**_BILLING, f"{_PAYS}[billing_details][name]": "shopper.name"}
_CONSENT = {
    "mandate_data[customer_acceptance][online][ip_address]": "shopper.ip",
    "mandate_data[customer_acceptance][online][user_agent]": "shopper.browser.user_agent",
}
_COUNTRY = "payment_method_options[customer_balance][bank_transfer][eu_bank_transfer][country]"

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
        "part": ({"amount_received": 399}, {"currency": "usd"}),
        "order": ({"amount": 999}, {"currency": "usd"}),
        "session": ({"amount_total": 999}, {"currency": "usd"}),
        "step": ({"next_action": {"type": "assay_step", "assay_step": {"code": "42"}}},),
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
    asks={
        PaymentMethodType.CARD: {
            **_HOLDER,
            f"{_PAYS}[card][number]": "method.number",
            f"{_PAYS}[card][exp_month]": "method.expiry_month",
            f"{_PAYS}[card][exp_year]": "method.expiry_year",
            f"{_PAYS}[card][cvc]": "method.cvc",
            "return_url": "return_url",
        },
        PaymentMethodType.ACH_DEBIT: {
            **_HOLDER,
            **_CONSENT,
            f"{_PAYS}[us_bank_account][account_number]": "method.account",
            f"{_PAYS}[us_bank_account][routing_number]": "method.routing",
        },
        PaymentMethodType.SEPA_DEBIT: {**_HOLDER, **_CONSENT, f"{_PAYS}[sepa_debit][iban]": "method.account"},
        PaymentMethodType.IDEAL: {**_PERSON, f"{_PAYS}[ideal][bank]": "method.bank"},
        PaymentMethodType.BOLETO: {**_PERSON, f"{_PAYS}[boleto][tax_id]": "shopper.tax_id"},
        PaymentMethodType.BANK_TRANSFER: {_COUNTRY: "shopper.address.country"},
    },
    banks={PaymentMethodType.IDEAL: "ing"},
    hosts=("api.stripe.com",),
    unconfirmed=("requires_confirmation",),
    bounds=(
        ({"webhook_tolerance_s": 1}, True),
        ({"webhook_tolerance_s": 0}, False),
        ({"ugx_decimals": 0}, True),
        ({"ugx_decimals": 1}, False),
    ),
    session_events=frozenset({"checkout.session.completed", "checkout.session.expired"}),
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
        "signed_return": "nothing that signs a return is documented (return_url in Stripe's OpenAPI document)",
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
        "final decline with softer advice": {"decline": "stolen_card", "advice_code": "try_again_later"},
        "bare decline": (402, '{"error": {"type": "card_error", "code": "card_declined", "message": "declined"}}'),
        "decline beside a payment": (
            402,
            '{"error": {"type": "card_error", "code": "card_declined", "payment_intent": {reply}}}',
        ),
        "word not to repeat": ("Stripe-Should-Retry", "false"),  # docs.stripe.com/error-low-level
        "setting of refund failures": "failed_refund_reason",
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
