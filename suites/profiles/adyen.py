"""How to certify a connector for Adyen."""

from mock_gateways.adyen import MANIFEST
from runtime.core.methods import Address, Browser, Shopper
from runtime.core.secret import Secret
from runtime.core.vocabulary import PaymentMethodType
from suites.profiles import Given, Profile

_IN_BODY = "the signature stands in the body, over eight fields (docs.adyen.com/.../webhooks/hmac)"

_SHOPPER = {
    "shopperEmail": "shopper.email",
    "telephoneNumber": "shopper.phone",
    "shopperIP": "shopper.ip",
    "socialSecurityNumber": "shopper.tax_id",
    "countryCode": "shopper.address.country",
    "billingAddress.city": "shopper.address.city",
    "billingAddress.postalCode": "shopper.address.postal_code",
    "billingAddress.country": "shopper.address.country",
    "browserInfo.userAgent": "shopper.browser.user_agent",
    "browserInfo.acceptHeader": "shopper.browser.accept_header",
    "browserInfo.language": "shopper.browser.language",
    "browserInfo.colorDepth": "shopper.browser.color_depth",
    "browserInfo.screenHeight": "shopper.browser.screen_height",
    "browserInfo.screenWidth": "shopper.browser.screen_width",
    "browserInfo.timeZoneOffset": "shopper.browser.timezone_offset_minutes",
}

PROFILE = Profile(
    gateway="adyen",
    manifest=MANIFEST,
    credential="AQEassay{tenant}:AssayECOM",
    config={
        "api_key": Given.KEY,
        "merchant_account": "AssayECOM",
        "hmac_keys": Given.WEBHOOK_SECRETS,
        "base_url": "{base_url}/v72",
        "dispute_url": "{base_url}/ca/services/DisputeService/v30",
    },
    settings={
        "psp_reference_while_waiting": 1,
        "multiple_partial_captures": 1,
        "capture_delay_hours": -1,  # an account that leaves captures to the merchant: a sale has to say that it is one
        "capture_webhook_for_automatic": 1,
    },
    accounts={"captures at once": {"capture_delay_hours": 0}},
    instruments={
        "approved": "success",
        "declined": "decline:2",
        "must authenticate": "three_ds",
        "refund fails later": "refund_fails",
    },
    secret_prefixes=("AQEassay",),
    codes="adyen.csv",
    routes={
        "Authorize": "POST /v72/payments",
        "Capture": "POST /v72/payments/{paymentPspReference}/captures",
        "Void": "POST /v72/payments/{paymentPspReference}/cancels",
        "Refund": "POST /v72/payments/{paymentPspReference}/refunds",
        "SetupMandate": "POST /v72/payments",
        "ChargeMandate": "POST /v72/payments",
    },
    unknown_route_id="ASSAYUNKNOWN0001",
    tampering={
        "session": ({"amount.value": 999}, {"amount.currency": "USD"}),
        "step": ({"action": {"type": "assay_step", "paymentData": "Ab02b4c0", "paymentMethodType": "scheme"}},),
    },
    # the schemas PaymentRequest, CardDetails, AchDetails, SepaDirectDebitDetails, UpiCollectDetails of Checkout v72
    asks={
        PaymentMethodType.CARD: {
            **_SHOPPER,
            "paymentMethod.number": "method.number",
            "paymentMethod.expiryMonth": "method.expiry_month",
            "paymentMethod.expiryYear": "method.expiry_year",
            "paymentMethod.cvc": "method.cvc",
            "paymentMethod.holderName": "method.holder",
            "returnUrl": "return_url",
        },
        PaymentMethodType.ACH_DEBIT: {
            **_SHOPPER,
            "paymentMethod.bankAccountNumber": "method.account",
            "paymentMethod.bankLocationId": "method.routing",
            "paymentMethod.ownerName": "method.holder",
        },
        PaymentMethodType.SEPA_DEBIT: {
            **_SHOPPER,
            "paymentMethod.iban": "method.account",
            "paymentMethod.ownerName": "method.holder",
        },
        PaymentMethodType.UPI: {**_SHOPPER, "paymentMethod.virtualPaymentAddress": "method.vpa"},
    },
    hosts=("checkout-test.adyen.com",),
    unholdable=(),
    shopper=Shopper(
        name="J. Smith",
        email="shopper@merchant.test",
        phone="+31201234567",
        tax_id=Secret("56861752509"),
        ip="192.0.2.7",
        address=Address(line1="1 Test Street", city="Amsterdam", postal_code="1011AA", country="NL"),
        browser=Browser(user_agent="Mozilla/5.0 (certification)"),
    ),
    evidence={"DefenseMaterial": "JVBERi0xLjQKJSVFT0YK"},  # a PDF of nothing, in base64
    defence="SupplyDefenseMaterial",
    placeholder_secret="00" * 32,
    bounds=(({"recurring_model": "CardOnFile", "native_3ds": True}, True), ({"recurring_model": "Sometimes"}, False)),
    lacks={
        "signed_return": "what a browser brings goes on to /payments/details (Checkout v72, PaymentDetailsRequest)",
        **dict.fromkeys(("webhook time", "signature header", "two signatures", "signature schemes"), _IN_BODY),
        **dict.fromkeys(("other_amount", "other_currency"), "no read, and no reply names an amount of its own"),
        **dict.fromkeys(("other_capture", "other_refund"), "a modification is only acknowledged (Checkout v72)"),
        "bare decline": "a refusal is a result with a pspReference, and a modification is only acknowledged",
        "deliveries about a session": "its payment's are (docs.adyen.com/online-payments/build-your-integration)",
        "word not to repeat": "transient-error names what may be repeated (docs.adyen.com/.../api-idempotency)",
        "decline beside a payment": "a refusal is the payment itself",
        "other_part": "a modification is only acknowledged (Checkout v72)",
        "authorizes late": "a refusal is final (docs.adyen.com/online-payments/payment-result-codes)",
        "unholdable": "no reply names an amount that was not asked for",
        "setup_state": "a mandate is set up by a payment of nothing: its states are those of a payment",
        "capturable amount": "no reply names what is held",
        "capture deadline": "no reply names it; it depends on the scheme (docs.adyen.com/.../capture)",
        "share of a capture": "a CAPTURE webhook names what was captured, not of how much",
        "rest released by a capture": "an account for several captures holds it on (docs.adyen.com/.../capture)",
        "revocation heard": "RECURRING_CONTRACT tells of consent alone; token webhooks are subscribed to apart",
        "stored method": "a stored card belongs to a shopper, and is charged as a mandate (.../tokenization)",
        "void before authorization": "only an authorised payment can be cancelled (docs.adyen.com/.../cancel)",
        "refunds later": "every refund is first acknowledged: nothing can be read in between",
        "network codes": "only where the account has them sent along (docs.adyen.com/.../raw-acquirer-responses)",
        "advice codes": "only where the account has them sent along (docs.adyen.com/.../raw-acquirer-responses)",
        "must always authenticate": "no published card does (docs.adyen.com/.../test-card-numbers)",
        "authenticates, then is declined": "no published card does (docs.adyen.com/.../test-card-numbers)",
        "conflict of a changed order": "what a key answers under another body is not published",
    },
    samples={
        "error body": '{"status": 422, "errorCode": "101", "message": "declined", "errorType": "validation"}',
        "unknown refusal": (
            "987",
            {
                "raw": {
                    "status": 422,
                    "headers": {"Content-Type": "application/json"},
                    "body": '{"status": 422, "errorCode": "987", "message": "no", "errorType": "validation"}',
                }
            },
        ),
        "refused credential": "AQElive_no_such_key:AssayECOM",
        "key in use": "704",
    },
)
