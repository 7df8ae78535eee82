"""What Acme Pay publishes, and what each status means for the money. Source: API.md."""

from mock_gateways.core.manifest import (
    Currency,
    Event,
    Failure,
    Instrument,
    Manifest,
    Meaning,
    Method,
    Operation,
    State,
)

__all__ = ["CARDS", "CURRENCIES", "ERRORS", "MANIFEST"]

_PAYMENTS, _REFUNDS, _ERRORS = "API.md, Payments", "API.md, Refunds", "API.md, Errors"

# Code and HTTP status.
ERRORS = {
    "invalid_request": 400, "unauthorised": 401, "not_found": 404, "key_in_use": 409, "amount_too_large": 422,
    "invalid_state": 422, "key_reused": 422, "rate_limited": 429, "internal_error": 500,
}  # fmt: skip
DECLINES = ("do_not_honour", "insufficient_funds", "expired_card", "incorrect_cvc", "lost_card")
# API.md, "Test cards": the number, and the decline that it causes.
CARDS = {
    "4111111111111111": "", "4000000000000002": "do_not_honour", "4000000000009995": "insufficient_funds",
    "4000000000000069": "expired_card", "4000000000000127": "incorrect_cvc", "4000000000009987": "lost_card",
}  # fmt: skip
CURRENCIES = {"EUR": 2, "GBP": 2, "JPY": 0, "KWD": 3, "USD": 2}

MANIFEST = Manifest(
    gateway="acme_pay",
    version="1",
    states=(
        State("authorised", "payment", "authorised", Meaning.HELD, _PAYMENTS),
        State("captured", "payment", "captured", Meaning.TAKEN, _PAYMENTS),
        State("captured_in_part", "payment", "captured", Meaning.PARTLY_TAKEN, _PAYMENTS),
        State("voided", "payment", "voided", Meaning.RELEASED, _PAYMENTS),
        State("expired", "payment", "expired", Meaning.RELEASED, _PAYMENTS),
        State("declined", "payment", "declined", Meaning.NOTHING_MOVED, _PAYMENTS),
        State("refund_succeeded", "refund", "succeeded", Meaning.RETURNED, _REFUNDS),
    ),
    failures=(
        *(Failure(code, "request", http, "error", (), _ERRORS) for code, http in ERRORS.items()),
        *(
            Failure(code, "decline", 200, "decline", ("CreatePayment",), "API.md, Declines", "decline")
            for code in DECLINES
        ),
    ),
    instruments=tuple(
        Instrument("card", number, "visa", f"decline:{code}" if code else "success", None, "API.md, Test cards")
        for number, code in CARDS.items()
    ),
    currencies=tuple(Currency(code, exponent, 1, 1, "API.md", None) for code, exponent in CURRENCIES.items()),
    events=tuple(
        Event(kind, "API.md, Webhooks")
        for kind in (
            *(f"payment.{status}" for status in ("authorised", "captured", "voided", "expired", "declined")),
            "refund.succeeded",
        )
    ),
    settings=(),
    operations=tuple(
        Operation(method, path, name, simulated=True)
        for method, path, name in (
            ("POST", "/v1/payments", "CreatePayment"),
            ("GET", "/v1/payments/{payment}", "GetPayment"),
            ("POST", "/v1/payments/{payment}/capture", "CapturePayment"),
            ("POST", "/v1/payments/{payment}/void", "VoidPayment"),
            ("POST", "/v1/payments/{payment}/refunds", "CreateRefund"),
            ("GET", "/v1/refunds/{refund}", "GetRefund"),
        )
    ),
    methods=(Method("card", "card", "card", (), True, True, False, _PAYMENTS),),
)
