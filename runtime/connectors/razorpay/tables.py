"""Razorpay's vocabulary, and ours. Every Razorpay-specific constant is a row here or in `codes.csv`.

`codes.csv`: raw, kind, unified, retry, source. Kinds of a `reason`: `decline` (the payment was declined), `request` and
`state` (refused, nothing was done), `pending` (nobody knows yet), `generic` (says nothing, so anything else counts
first). Then `field` (of the request, to which a generic reason points), `phrase` (part of a description in lower case:
nothing else tells an unknown id or a repeated capture from any other bad request), `status` (HTTP) and `code`.
Source: razorpay.com/docs/{errors, payments/payments, api/orders, api/refunds, api/disputes, webhooks}.
"""

from collections.abc import Mapping

from runtime.connectors.razorpay.wire import Problem
from runtime.core.bodies import JsonValue
from runtime.core.codes import Advice, read_codes
from runtime.core.money import MinorUnits
from runtime.core.vocabulary import DisputeStatus, ErrorCode, MandateStatus, NextActionKind, RefundStatus, RetryAdvice
from runtime.core.vocabulary import PaymentMethodType as Method
from runtime.core.vocabulary import PaymentStatus as Paid

# razorpay.com/docs/payments/international-payments#supported-currencies; every exponent is that of ISO 4217, which has
# withdrawn BGN, HRK and SLL.
_CURRENCIES = """
    AED ALL AMD AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BZD CAD CHF CLP CNY COP CRC CUP CVE CZK DJF
    DKK DOP DZD EGP ETB EUR FJD GBP GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD ISK JMD JOD JPY KES KGS KHR
    KMF KRW KWD KYD KZT LAK LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR
    PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SCR SEK SGD SOS SVC SZL THB TND TRY TTD TWD TZS UAH UGX USD UYU UZS
    VND VUV XAF XCD XOF XPF YER ZAR ZMW
"""

# razorpay.com/docs/api/orders/create: of three decimals the last is 0 (99.991 KWD is sent as 99990).
AMOUNTS = MinorUnits(_CURRENCIES.split(), multiple_of=dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "OMR", "TND"), 10))

RUPEES = frozenset({"INR"})
# razorpay.com/docs/payments/payment-gateway/s2s-integration/payment-methods/paypal/supported-currencies
_PAYPAL = "AUD CAD CHF CZK DKK EUR GBP HKD HUF ILS MXN NZD NOK PHP RUB SGD SEK THB USD"
PAYPAL = frozenset(_PAYPAL.split())

_REASONS = read_codes(__file__, "decline", "request", "state", "pending")
DECLINES = read_codes(__file__, "decline").keys()
PENDING = read_codes(__file__, "pending").keys()
_FIELDS = read_codes(__file__, "field")
_PHRASES = read_codes(__file__, "phrase")
_REST = read_codes(__file__, "generic", "status", "code")
NOTHING = (None, "", "NA")  # what stands for a reason where there is none
UNKNOWN_CODE: Advice = (ErrorCode.OTHER, RetryAdvice.WITH_CORRECTED_DATA)

REFUSALS = frozenset({400, 401, 403, 404, 429})  # any other status leaves open what happened, 409 (key in use) too
FIRST = frozenset({401, 403, 429})  # whatever the body says beside one of these


def judge(problem: Problem, status: int) -> Advice:
    """Our word and our advice: by HTTP status where that is final, else by reason, field, phrase, status and code."""
    by_status, reason = _REST.get(str(status)), problem.reason or ""
    text = (problem.description or "").lower().rstrip(".") + "."  # the dot is there on some pages only
    if by_status and status in FIRST:
        return by_status
    if reason in _REASONS:
        return _REASONS[reason]
    by_phrase = next((row for raw, row in _PHRASES.items() if raw in text), by_status)
    last = _REST.get(problem.code or "") if reason in NOTHING else None
    return _FIELDS.get(problem.field or "") or by_phrase or _REST.get(reason) or last or UNKNOWN_CODE


# razorpay.com/docs/payments/payments#payment-life-cycle. Partly refunded, a payment stays `captured`; `refunded`
# without a capture is a hold that nobody captured in time. By status and `captured`; None: whatever that says.
STATUS: Mapping[tuple[str | None, bool | None], Paid] = {
    ("created", None): Paid.PENDING,
    ("authorized", None): Paid.AUTHORIZED,
    ("captured", None): Paid.CHARGED,
    ("refunded", True): Paid.CHARGED,
    ("refunded", False): Paid.AUTO_REFUNDED,
    ("failed", None): Paid.FAILURE,
}
# Beside these the amounts say nothing: of a hold that was let go Razorpay says that it was refunded.
UNSURE = frozenset({Paid.AUTO_REFUNDED, Paid.UNRESOLVED})

# Which of an order's payments speaks for it. An unknown status (None) is louder than all but taken money.
RANK: Mapping[str | None, int] = {"failed": 0, "created": 1, "authorized": 2, None: 3, "refunded": 4, "captured": 5}

# An order that shows no payment (razorpay.com/docs/payments/orders#order-states); a paid one must have one: UNRESOLVED.
ORDER_STATUS: Mapping[str | None, Paid] = {"created": Paid.PAYMENT_METHOD_AWAITED, "attempted": Paid.PENDING}

# razorpay.com/docs/api/refunds/entity; `created` was seen in deliveries.
REFUND_STATUS: Mapping[str | None, RefundStatus] = {
    "created": RefundStatus.PENDING,
    "pending": RefundStatus.PENDING,
    "processed": RefundStatus.SUCCESS,
    "failed": RefundStatus.FAILURE,
}

# razorpay.com/docs/api/disputes/entity
DISPUTE_STATUS: Mapping[str | None, DisputeStatus] = {
    "open": DisputeStatus.OPENED,
    "under_review": DisputeStatus.CHALLENGED,
    "won": DisputeStatus.WON,
    "lost": DisputeStatus.LOST,
    "closed": DisputeStatus.CANCELLED,
}

# .../s2s-integration/recurring-payments/cards/tokens: recurring_details.status
TOKEN_STATUS: Mapping[str | None, MandateStatus] = {
    "initiated": MandateStatus.PENDING,
    "confirmed": MandateStatus.ACTIVE,
    "rejected": MandateStatus.INACTIVE,
    "paused": MandateStatus.INACTIVE,
    "cancelled": MandateStatus.REVOKED,
}

# What the shopper does next, best first (.../s2s-integration/json/v2/build-integration). `poll` alone: the request
# waits in the shopper's UPI app. `otp_generate` is for a page of the merchant's own.
NEXT: Mapping[str, NextActionKind] = {
    "redirect": NextActionKind.REDIRECT,
    "intent": NextActionKind.REDIRECT,
    "otp_generate": NextActionKind.CLIENT_SDK,
    "poll": NextActionKind.DISPLAY,
}

# What a return to the shop is signed over, in this order and with | between; the key is the key secret. Sources:
# razorpay.com/docs/payments/server-integration for orders and subscriptions, docs/payments/payment-links/apis for links
RETURNED = (
    ("razorpay_order_id", "razorpay_payment_id"),
    ("razorpay_payment_id", "razorpay_subscription_id"),
    (*(f"razorpay_payment_link_{part}" for part in ("id", "reference_id", "status")), "razorpay_payment_id"),
)

# Which entity of a delivery an event is about: the first prefix of its name; any other event means nothing here.
EVENTS = (
    ("payment.downtime.", None),
    ("payment.dispute.", "dispute"),
    ("payment.", "payment"),
    ("order.paid", "payment"),
    ("payment_link.paid", "payment"),
    ("refund.", "refund"),
    ("token.", "token"),
)

# How each method asks for a mandate: its route, and what the payment says besides. The pages: under docs/payments/
# payment-gateway/s2s-integration/recurring-payments, {cards,upi}/authorization-transaction.
MANDATES: Mapping[JsonValue, tuple[str, Mapping[str, JsonValue]]] = {
    "card": ("/v1/payments/create/json", {"recurring": True, "save": 1}),
    "upi": ("/v1/payments/create/upi", {"recurring": "1", "save": True}),
}

# Where a first payment must stand for its mandate to come, or to have come.
WAITS = frozenset({Paid.AUTHENTICATION_PENDING, Paid.PENDING, Paid.AUTHORIZED, Paid.CHARGED})

_SEVERAL = "one capture, of the whole amount (razorpay.com/docs/api/payments/capture)"
NOT_OFFERED = {
    "partial capture": "only the whole amount can be captured (razorpay.com/docs/api/payments/capture)",
    "Void": "no such call: what nobody captures is let go (razorpay.com/docs/payments/payments/capture-settings)",
    Method.ACH_DEBIT: "for accounts in the United States alone (.../s2s-integration/json/v2/build-integration/ach)",
    Method.GOOGLE_PAY: "in India an app for UPI, by intent (razorpay.com/docs/payments/payment-methods/upi/google-pay)",
    **{f"{kind} with MANUAL_MULTIPLE capture": _SEVERAL for kind in ("CARD", "UPI", "BANK_TRANSFER", "PAYPAL")},
}
NO_METHODS = frozenset(Method) - {Method.CARD, Method.UPI, Method.BANK_TRANSFER, Method.PAYPAL, *NOT_OFFERED}
