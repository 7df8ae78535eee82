"""How to certify a connector for Razorpay."""

from mock_gateways.razorpay import MANIFEST
from runtime.core.methods import Address, Browser, Shopper
from runtime.core.vocabulary import PaymentMethodType
from suites.profiles import Given, Profile

_SIGNED = "the signature is over the body alone (razorpay.com/docs/webhooks/validate-test)"

_NO_KEY = "only refunds have an idempotency header (razorpay.com/docs/api/refunds/create-normal)"
_KEYLESS = tuple(f"key of {flow}" for flow in ("Authorize", "Capture", "SetupMandate", "ChargeMandate", "CreateOrder"))

_SHOPPER = {
    "email": "shopper.email",
    "contact": "shopper.phone",
    "ip": "shopper.ip",
    "user_agent": "shopper.browser.user_agent",
    "authentication.authentication_channel": "=browser",
    "browser.java_enabled": "shopper.browser.java_enabled",
    "browser.javascript_enabled": "=True",  # whoever pays on a page runs it
    "browser.language": "shopper.browser.language",
    "browser.timezone_offset": "shopper.browser.timezone_offset_minutes",
    "browser.color_depth": "shopper.browser.color_depth",
    "browser.screen_width": "shopper.browser.screen_width",
    "browser.screen_height": "shopper.browser.screen_height",
}

PROFILE = Profile(
    gateway="razorpay",
    manifest=MANIFEST,
    currency="INR",
    credential="rzp_test_assay{tenant}",
    config={
        "key_id": Given.CREDENTIAL,
        "key_secret": "assay-secret",
        "webhook_secrets": Given.WEBHOOK_SECRETS,
        "base_url": Given.BASE_URL,
    },
    # Domestic cards are challenged, as in India, and international ones are not; evidence is uploaded before.
    settings={"cards_ask_the_shopper": 2, "document_at_hand": "doc_AssayProof0001"},
    instruments={
        "approved": "card:5555555555554444",
        "declined": "decline:card_declined",
        "authorizes late": "upi",
        "must authenticate": "card:4100280000001007",
        "refunds later": "refund:pending",
        "refund fails later": "refund:fails",
    },
    secret_prefixes=("rzp_test_assay", "assay-secret"),
    codes="razorpay.csv",
    routes={
        "Authorize": "POST /v1/payments/create/json",
        "Capture": "POST /v1/payments/{id}/capture",
        "Refund": "POST /v1/payments/{id}/refund",
        "PSync": "GET /v1/payments/{id}",
        "RSync": "GET /v1/refunds/{id}",
        "Authorize, told by": "GET /v1/payments/{id}",
        "SetupMandate, told by": "GET /v1/payments/{id}",
        "SetupMandate": "POST /v1/payments/create/json",
        "ChargeMandate": "POST /v1/payments/create/recurring",
    },
    unknown_route_id="pay_AssayUnknown01",
    tampering={
        "amount": ({"amount": 999}, {"amount": 1001}, {"amount": 100_000}, {"amount": 10}),
        "currency": ({"currency": "USD"},),
        "capture": ({"amount": 399}, {"amount": 1001}),
        "refund": ({"amount": 1000}, {"currency": "USD"}),
        "part": (),
        "order": ({"amount": 999}, {"currency": "USD"}),
        "session": ({"amount": 999}, {"currency": "USD"}),
        "step": ({"next": [{"action": "assay_step", "url": "https://step.test/42"}]},),
    },
    unholdable=(),
    shopper=Shopper(
        name="J. Smith",
        email="shopper@merchant.test",
        phone="+919900000000",
        ip="192.0.2.7",
        address=Address(line1="1 Test Street", city="Bengaluru", postal_code="560001", country="IN", region="KA"),
        browser=Browser(user_agent="Mozilla/5.0 (certification)"),
    ),
    # razorpay.com/docs/payments/payment-gateway/s2s-integration/json/v2 (create a payment)
    asks={
        PaymentMethodType.CARD: {
            **_SHOPPER,
            "card.number": "method.number",
            "card.name": "method.holder",
            "card.cvv": "method.cvc",
            "callback_url": "return_url",
        },
        PaymentMethodType.UPI: {**_SHOPPER, "upi.vpa": "method.vpa"},
        PaymentMethodType.BANK_TRANSFER: {**_SHOPPER, "bank": "method.bank"},
    },
    hosts=("api.razorpay.com",),
    signed_return=("razorpay_signature",),
    # razorpay.com/docs/payments/payments/capture-settings/api: from 12 minutes to five days
    bounds=(
        ({"automatic_capture_minutes": 12, "manual_capture_minutes": 12}, True),
        ({"automatic_capture_minutes": 11}, False),
        ({"automatic_capture_minutes": 7200, "manual_capture_minutes": 7200}, True),
        ({"manual_capture_minutes": 7201}, False),
        ({"automatic_capture_minutes": 13, "manual_capture_minutes": 12}, False),
        ({"mandate_amount": 1, "mandate_max_amount": 1, "mandate_days": 1}, True),
        ({"mandate_amount": 2, "mandate_max_amount": 1}, False),
        ({"mandate_amount": 0}, False),
        ({"mandate_days": 0}, False),
    ),
    session_events=frozenset({"payment_link.paid", "payment_link.expired"}),
    evidence={"summary": "the shopper got it", "billing_proof": "doc_AssayProof0001"},
    lacks={
        "several items in a delivery": "a delivery holds one event (razorpay.com/docs/webhooks/payloads)",
        "webhook time": _SIGNED,
        "two signatures": _SIGNED,
        "signature schemes": _SIGNED,
        **dict.fromkeys(_KEYLESS, _NO_KEY),
        "setup_state": "a mandate's status is told by its token's webhooks, not by the payment that opens it",
        "unholdable": "every currency has ISO's decimals, or fewer in steps of ten (razorpay.com/docs/international)",
        "stored method": "a saved card belongs to a customer, and is charged as a mandate (.../cards/saved)",
        "reason of a failed refund": "a refund names none (razorpay.com/docs/api/refunds/entity)",
        "mandate status in replies": "a payment opens it, and the token's webhooks tell (.../webhooks/payloads/tokens)",
        "mandate that takes nothing": "its first payment takes an amount (.../recurring-payments/cards/create)",
        "lapse told by webhook": "no event of it is listed (razorpay.com/docs/webhooks/payloads/payments)",
        "capture deadline": "the payment's object does not name it (razorpay.com/docs/api/payments/entity)",
        "network codes": "errors name a reason, a source and a step (razorpay.com/docs/errors)",
        "advice codes": "errors name a reason, a source and a step (razorpay.com/docs/errors)",
        "word not to repeat": "no header of a reply says so (razorpay.com/docs/api/understand)",
        "decline beside a payment": "an error holds no payment, only its id (razorpay.com/docs/errors)",
        "secret of an order": "an order is opened by its id and the public key (razorpay.com/docs/payments/orders)",
        "deadline of a session": "a link without expire_by has none (razorpay.com/docs/api/payments/payment-links)",
        "other_part": "a payment is captured once (razorpay.com/docs/api/payments/capture)",
        "must always authenticate": "a recurring charge is never challenged (razorpay.com/docs/.../recurring-payments)",
        "authenticates, then is declined": "error cards do not say whether they are asked first",
    },
    samples={
        "error body": '{"error": {"code": "BAD_REQUEST_ERROR", "description": "declined", "reason": "payment_failed"}}',
        "bare decline": (
            400,
            '{"error": {"code": "BAD_REQUEST_ERROR", "description": "declined", "reason": "payment_failed"}}',
        ),
        "refusal for a reason": (
            400,
            '{"error": {"code": "BAD_REQUEST_ERROR", "description": "refused", "reason": "{raw}"}}',
        ),
        "unknown refusal": (
            "moon_in_wrong_phase",
            {
                "raw": {
                    "status": 400,
                    "headers": {"Content-Type": "application/json"},
                    "body": '{"error": {"code": "BAD_REQUEST_ERROR", "description": "no", '
                    '"reason": "moon_in_wrong_phase"}}',
                }
            },
        ),
        "refused credential": "rzp_live_no_such_key",
        "key in use": "none",
    },
)
