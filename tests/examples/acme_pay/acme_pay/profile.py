"""How the suite certifies a connector for Acme Pay. Data alone; every code is judged from API.md."""

from importlib.resources import files

from acme_pay.simulator.manifest import MANIFEST
from runtime.core.methods import Shopper
from runtime.core.vocabulary import PaymentMethodType
from suites.profiles import Given, Profile

_WEBHOOKS = "an endpoint has one secret, and there is one way to sign (API.md, Webhooks)"
_NO_BANK = "no bank asks the shopper (API.md, Payments)"
_AT_ONCE = "a refund is done at once or refused (API.md, Refunds)"
_DECLINES = "a decline has code and message, and no more (API.md, Declines)"
_ISO = "amounts are ISO minor units (API.md)"

PROFILE = Profile(
    gateway="acme_pay",
    manifest=MANIFEST,
    credential="acme_test_assay{tenant}",
    config={"api_key": Given.CREDENTIAL, "webhook_secrets": Given.WEBHOOK_SECRETS, "base_url": Given.BASE_URL},
    instruments={"approved": "success", "declined": "decline:do_not_honour"},
    secret_prefixes=("acme_test_assay", "acme_whsec_"),
    codes=files(__package__) / "expected.csv",
    routes={
        "Authorize": "POST /v1/payments",
        "Capture": "POST /v1/payments/{id}/capture",
        "Void": "POST /v1/payments/{id}/void",
        "Refund": "POST /v1/payments/{id}/refunds",
        "PSync": "GET /v1/payments/{id}",
        "RSync": "GET /v1/refunds/{id}",
    },
    unknown_route_id="pay_AssayUnknown00000000",
    tampering={
        "amount": ({"amount": 999}, {"amount": 1001}, {"amount": 100_000}, {"amount": 10}),
        "currency": ({"currency": "USD"},),
        "capture": ({"captured": 399}, {"captured": 1000}),
        "refund": ({"amount": 1000}, {"currency": "USD"}),
    },
    unholdable=(),
    shopper=Shopper(name="J. Smith", email="shopper@merchant.test"),
    # API.md, Payments
    asks={
        PaymentMethodType.CARD: {
            "card.number": "method.number",
            "card.expiry_month": "method.expiry_month",
            "card.expiry_year": "method.expiry_year",
            "card.cvc": "method.cvc",
            "card.holder": "method.holder",
            "reference": "reference",
        }
    },
    hosts=("api.acme-pay.test",),
    evidence={},
    lacks={
        "signed_return": _NO_BANK,
        "unholdable": _ISO,
        "disputes": "there are no calls or events about them (API.md, What there is not)",
        "setup_state": "there are no mandates (API.md, What there is not)",
        "must authenticate": _NO_BANK,
        "must always authenticate": _NO_BANK,
        "authenticates, then is declined": _NO_BANK,
        "authorizes late": "a declined payment stays declined (API.md, Payments)",
        "void before authorization": "a payment is authorised or declined at once (API.md, Payments)",
        "refunds later": _AT_ONCE,
        "refund fails later": _AT_ONCE,
        "reason of a failed refund": _AT_ONCE,
        "stored method": "there are no stored cards (API.md, Payments)",
        "network codes": _DECLINES,
        "advice codes": _DECLINES,
        "bare decline": "a decline is a payment, which has its id (API.md, Declines)",
        "decline beside a payment": "a decline is a payment itself (API.md, Declines)",
        "word not to repeat": "no header says so (API.md, Errors)",
        "several items in a delivery": "a delivery is about one payment or refund (API.md, Webhooks)",
        "two signatures": _WEBHOOKS,
        "signature schemes": _WEBHOOKS,
    },
    samples={
        "error body": '{"error": {"code": "internal_error", "message": "no"}}',
        "unknown refusal": (
            "moon_in_wrong_phase",
            {
                "raw": {
                    "status": 400,
                    "headers": {"Content-Type": "application/json"},
                    "body": '{"error": {"code": "moon_in_wrong_phase", "message": "no"}}',
                }
            },
        ),
        "refused credential": "acme_test_no-such-key",
        "key in use": "key_in_use",
    },
)
