"""Stripe's vocabulary, and ours. Every Stripe-specific constant is a row here or in `codes.csv`.

`codes.csv`: raw, kind, unified, retry, source, product. `product` names the part of Stripe that a code belongs to where
that is not taking payments: such a code gets what an unknown one gets. Kind `refund` is a `failure_reason` of a refund;
`type` (of an error) and `status` (HTTP) count where an error has no code. Kind `advice` is an `advice_code`: its retry
advice alone counts.
The kinds `refund_status`, `dispute_status`, `session_status` (of a checkout session: the last word of the event, then
its payment_status; any other pair contradicts itself or moved no money) and `next_action` have words of their own. A
dispute that was `prevented` by a `resolution` gave the buyer the money back; by a `block`, none was filed.
Source: docs.stripe.com/{api/payment_intents/object, api/refunds/object, declines/codes, error-codes, currencies}, API
version 2026-10-28.endive; the literals of stripe-python 16.1 where the pages are silent.
"""

from collections.abc import Callable, Mapping

from runtime.connectors.stripe.wire import Failure, PaymentIntent, SetupIntent
from runtime.core import vocabulary
from runtime.core.codes import Advice, read_codes, read_words
from runtime.core.money import MinorUnits
from runtime.core.payments import Authorize, Capture, ChargeMandate, Command, CompleteAuthorize, Void
from runtime.core.vocabulary import ErrorCode, MandateStatus, PaymentStatus, RetryAdvice

VERSION = "2026-10-28.endive"

# docs.stripe.com/currencies#presentment-currencies for cards. ANG, BGN and STD still stand there, and ISO 4217 has
# withdrawn them. An account's country may narrow the list (BHD, JOD, KWD, OMR, TND): that refusal is Stripe's to make.
_CURRENCIES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC
    CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY
    KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO
    NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TND
    TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW
"""

# docs.stripe.com/currencies#special-cases. ISK is sent x100, and so always ends in 00; of three decimals the last is 0.
# UGX stands beside ISK, and among the zero-decimal currencies as well: its decimals are a setting, and the key here.
_TENS = dict.fromkeys(("BHD", "JOD", "KWD", "OMR", "TND"), 10)
AMOUNTS: Mapping[int, MinorUnits] = {
    ugx: MinorUnits(_CURRENCIES.split(), exponents={"ISK": 2, "MGA": 0, "UGX": ugx}, multiple_of=_TENS)
    for ugx in (0, 2)
}

CODES = read_codes(__file__, "decline", "request", "state", "key", "type", "status")
REFUND_FAILURE = read_codes(__file__, "refund")
ADVICE_CODE = read_codes(__file__, "advice")
REFUND_STATUS = read_words(__file__, "refund_status", vocabulary.RefundStatus)
DISPUTE_STATUS = read_words(__file__, "dispute_status", vocabulary.DisputeStatus)
SESSION_STATUS = read_words(__file__, "session_status", PaymentStatus)
NEXT_ACTION = read_words(__file__, "next_action", vocabulary.NextActionKind)
# Never LATER: networks charge for repeating a decline that is final, and of an unknown one we cannot tell.
UNKNOWN_CODE: Advice = (ErrorCode.OTHER, RetryAdvice.WITH_CORRECTED_DATA)

# docs.stripe.com/error-low-level. Any other status leaves open what happened: 409 (a first attempt may be under way)
# and 424 (something behind Stripe failed) as much as a 3xx or a 5xx.
REFUSALS = frozenset({400, 401, 402, 403, 404, 429})
REFUSALS_WITHOUT_BODY = REFUSALS - {402}  # a proxy's page will do: whoever wrote it, nothing was executed


def judge(failure: Failure, status: int) -> Advice:
    """Our word and our advice for a failure: by its most specific code, else by HTTP status, else by its type."""
    specific, http = failure.decline_code or failure.code, CODES.get(str(status))
    by_code = CODES.get(specific) if specific else None
    code, retry = by_code or http or (UNKNOWN_CODE if specific else CODES.get(failure.type, UNKNOWN_CODE))
    advised = ADVICE_CODE.get(failure.advice_code or "", (code, retry))[1]
    is_final = retry is RetryAdvice.NEVER and advised is RetryAdvice.LATER  # the code is the stronger word
    return code, retry if is_final else advised


def _always(_: object) -> bool:
    return True


def _in_part(intent: PaymentIntent) -> bool:
    return 0 < intent.amount_received < intent.amount


def _is_unauthenticated(intent: PaymentIntent) -> bool:
    failure = intent.last_payment_error
    return failure is not None and judge(failure, 402)[0] is ErrorCode.AUTHENTICATION_FAILED


def _was_held(intent: PaymentIntent) -> bool:
    if intent.charge:
        return intent.charge.status == "succeeded"
    return intent.latest_charge is not None and intent.last_payment_error is None


# The first row that holds; none: UNRESOLVED. So is a success whose amounts contradict it: nothing received, or more
# than the payment's amount (only an overcapture does that, and we never ask for one).
STATUS: tuple[tuple[str, Callable[[PaymentIntent], object], PaymentStatus], ...] = (
    ("requires_payment_method", _is_unauthenticated, PaymentStatus.AUTHENTICATION_FAILED),
    ("requires_payment_method", lambda it: it.last_payment_error or it.latest_charge, PaymentStatus.FAILURE),
    ("requires_payment_method", _always, PaymentStatus.PAYMENT_METHOD_AWAITED),
    ("requires_confirmation", _always, PaymentStatus.CONFIRMATION_AWAITED),
    ("requires_action", _always, PaymentStatus.AUTHENTICATION_PENDING),
    ("processing", _always, PaymentStatus.PENDING),
    ("requires_capture", _in_part, PaymentStatus.PARTIAL_CHARGED_AND_CHARGEABLE),
    ("requires_capture", lambda it: it.amount_received == 0, PaymentStatus.AUTHORIZED),
    ("succeeded", lambda it: it.amount_received == it.amount, PaymentStatus.CHARGED),
    ("succeeded", _in_part, PaymentStatus.PARTIAL_CHARGED),
    ("canceled", _in_part, PaymentStatus.PARTIAL_CHARGED),  # what several captures took stays taken
    ("canceled", lambda it: it.amount_received != 0, PaymentStatus.UNRESOLVED),
    ("canceled", lambda it: it.cancellation_reason in ("automatic", "expired"), PaymentStatus.EXPIRED),
    ("canceled", lambda it: "latest_charge" not in it.model_fields_set, PaymentStatus.UNRESOLVED),  # an older version's
    ("canceled", _was_held, PaymentStatus.VOIDED),
    ("canceled", _always, PaymentStatus.FAILURE),  # never authorised: there was nothing to give back
)

UNDECIDED = frozenset({PaymentStatus.PENDING, PaymentStatus.UNRESOLVED})  # the amounts beside them prove nothing yet

# A declined write: what it is, and the raw statuses that agree with it. Beside any other one it is UNRESOLVED.
NOTHING_HELD = frozenset({"requires_payment_method", "requires_confirmation", "canceled"})
DECLINED: Mapping[type[Command], tuple[PaymentStatus, frozenset[str]]] = {
    **dict.fromkeys((Authorize, CompleteAuthorize, ChargeMandate), (PaymentStatus.FAILURE, NOTHING_HELD)),
    Capture: (PaymentStatus.CAPTURE_FAILED, NOTHING_HELD | {"requires_capture"}),
    Void: (PaymentStatus.VOID_FAILED, frozenset(raw for raw, _, _ in STATUS) - {"canceled"}),
}

# docs.stripe.com/payments/setup-intents. After a failure another method may be tried, with another confirmation.
_UNFINISHED = ("requires_payment_method", "requires_confirmation", "requires_action", "processing")
SETUP_STATUS: tuple[tuple[str, Callable[[SetupIntent], object], MandateStatus], ...] = (
    ("requires_payment_method", lambda it: it.last_setup_error, MandateStatus.INACTIVE),
    *((raw, _always, MandateStatus.PENDING) for raw in _UNFINISHED),
    ("succeeded", lambda it: it.payment_method, MandateStatus.ACTIVE),  # without one there is nothing to charge
    ("canceled", _always, MandateStatus.INACTIVE),
)
