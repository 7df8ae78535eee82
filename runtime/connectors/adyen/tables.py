"""What Adyen says, as tables: currencies and payment methods here, codes, statuses and events in `codes.csv`.

`codes.csv`: raw, kind, unified, retry, source. Kind `decline` is a refusalReasonCode, `reason` the same in words,
`result` a decline that has neither; `request` an errorCode, `status` (HTTP) what counts where there is none. The kinds
`result_status`, `payment_event`, `refund_event`, `dispute_event`, `mandate_event`, `dispute_status` and `next_action`
have words of their own; an event is eventCode/success, or with modification.action behind it. CAPTURE cannot tell a
whole capture from a part of one: `captured` does. EXPIRE is of what was not captured. Whom an accepted or declined
pre-arbitration favours only disputeStatus can tell. `Cancelled`: nothing was ever held.
Source: docs.adyen.com/{development-resources/{currency-codes, refusal-reasons, error-codes, api-idempotency},
online-payments/{payment-result-codes, capture, tokenization}, payment-methods/*, risk-management/disputes-api}, the
schemas of CheckoutService-v72 and Webhooks-v1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.core import payments, vocabulary
from runtime.core.codes import Advice, read_codes, read_words
from runtime.core.money import MinorUnits
from runtime.core.vocabulary import CaptureMethod, DisputeStatus, MandateStatus, PaymentMethodType, PaymentStatus

VERSION = "v72"

# docs.adyen.com/development-resources/currency-codes, without what ISO 4217 has withdrawn and copies of that table
# still name: ANG, BGN, CSD, EEK, HRK, LTL, LVL, SKK, SLL and VEF.
_CURRENCIES = """
    AED ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BMD BND BOB BRL BSD BWP BYN BZD CAD CHF CLP CNY COP CRC CUP CVE CZK
    DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD ISK JMD JOD JPY
    KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LYD MAD MDL MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
    NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SOS SRD STN SVC SZL THB TND TOP
    TRY TTD TWD TZS UAH UGX USD UYU UZS VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
# The same page: exactly these four depart from ISO 4217. A krona in hundredths that ISO cannot hold is refused.
AMOUNTS = MinorUnits(_CURRENCIES.split(), exponents={"CLP": 2, "CVE": 0, "IDR": 0, "ISK": 2})

_SALE, _OFTEN = frozenset({CaptureMethod.AUTOMATIC}), frozenset(CaptureMethod)
_ONCE = _SALE | {CaptureMethod.MANUAL}


@dataclass(frozen=True, slots=True)
class Method:
    """One payment method: its type on the wire, what Adyen offers with it, and where the shopper's datum goes."""

    name: str
    captures: frozenset[CaptureMethod]
    currencies: frozenset[str] | None = None
    given: type = payments.LocalMethod
    datum: str = "issuer"
    mandates: bool = False
    invoiced: bool = False  # lineItems and deliveryAddress are required (PaymentRequest.lineItems)
    stored_as: str | None = None  # the type of a charge on a stored one, where it is another
    refunds: bool = True


def _in(codes: str) -> frozenset[str]:
    return frozenset(codes.split())


_EAST = _in("AUD CAD CNY EUR GBP HKD JPY NZD SGD USD")
_KLARNA = _in("AUD CAD CHF CZK DKK EUR GBP NOK NZD PLN RON SEK USD")
_PAYPAL = _in("AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD")
_ACCOUNT, _LOCAL, _WALLET = payments.BankDebit, payments.LocalMethod, payments.Wallet

# Types and fields: the PaymentMethod schemas of CheckoutService-v72. Captures, currencies, recurring: the table on each
# page under docs.adyen.com/payment-methods, and adyen.help "separate authorisation and capture". Several captures of
# one payment, and what becomes of the rest of a hold, are a setting of the account that no request can name.
# Doubts: whether a voucher can be refunded is not published for certain, so it is not claimed; ach's separate capture
# rests on the operations of one AUTHORISATION example; the currencies of alipay and wechatpayQR depend on the contract;
# directEbanking is closed to new merchants; UPI Collect is being withdrawn.
METHODS: Mapping[PaymentMethodType, Method] = {
    PaymentMethodType.CARD: Method("scheme", _OFTEN, None, payments.Card, "number", mandates=True),
    PaymentMethodType.APPLE_PAY: Method("applepay", _OFTEN, None, _WALLET, "applePayToken", True, False, "scheme"),
    PaymentMethodType.GOOGLE_PAY: Method("googlepay", _OFTEN, None, _WALLET, "googlePayToken", True, False, "scheme"),
    PaymentMethodType.PAYPAL: Method("paypal", _ONCE, _PAYPAL, mandates=True),
    PaymentMethodType.ACH_DEBIT: Method("ach", _ONCE, _in("USD"), _ACCOUNT, "bankAccountNumber", mandates=True),
    PaymentMethodType.SEPA_DEBIT: Method("sepadirectdebit", _OFTEN, _in("EUR"), _ACCOUNT, "iban", mandates=True),
    PaymentMethodType.BANK_TRANSFER: Method("bankTransfer_IBAN", _SALE, _in("EUR")),
    PaymentMethodType.KLARNA: Method("klarna", _OFTEN, _KLARNA, _LOCAL, mandates=True, invoiced=True),
    PaymentMethodType.AFFIRM: Method("affirm", _OFTEN, _in("CAD GBP USD"), invoiced=True),
    PaymentMethodType.AFTERPAY: Method("afterpaytouch", _ONCE, _in("AUD CAD NZD USD"), invoiced=True),
    PaymentMethodType.IDEAL: Method("ideal", _SALE, _in("EUR")),
    PaymentMethodType.SOFORT: Method("directEbanking", _SALE, _in("CHF EUR")),
    PaymentMethodType.BOLETO: Method("boletobancario", _SALE, _in("BRL"), refunds=False),
    PaymentMethodType.OXXO: Method("oxxo", _SALE, _in("MXN"), refunds=False),
    PaymentMethodType.UPI: Method("upi_collect", _SALE, _in("INR"), payments.Upi, "virtualPaymentAddress"),
    PaymentMethodType.ALIPAY: Method("alipay", _SALE, _EAST | _in("CHF DKK NOK SEK THB")),
    PaymentMethodType.WECHAT_PAY: Method("wechatpayQR", _SALE, _EAST),
}
# A page instead of PayPal's own button (PayPalDetails); without the address of a UPI shopper, a link for the app.
SUBTYPES, UPI_INTENT = {"paypal": "redirect"}, "upi_intent"

# docs.adyen.com/online-payments/capture: the account decides unless a request does.
_HOLD: Mapping[str, Any] = {"additionalData": {"manualCapture": "true"}}
CAPTURE = dict.fromkeys(CaptureMethod, _HOLD) | {CaptureMethod.AUTOMATIC: {"captureDelayHours": 0}}
_TAKEN_AT_ONCE = {row.name for row in METHODS.values() if row.captures == _SALE} | {UPI_INTENT}


def is_taken(name: str | None, noted: Mapping[str, Any]) -> bool:
    """Whether an authorisation is known to be captured with it, where nobody remembers what was asked for.

    Certain for a method that has no separate capture, and where the additional data say so; else False, and the payment
    is reported as held: capturing what is captured already charges nobody twice (POST /payments/{id}/captures).
    """
    sale = noted.get("captureDelayHours") == "0" or noted.get("networkProcessingMode") == "sale"
    return name in _TAKEN_AT_ONCE or sale


# PaymentCompletionDetails: what a shopper or Adyen's own component brings back; all else in a query is the shop's.
_RETURNED = """
    MD PaReq PaRes authorization_token billingToken cupsecureplus.smscode facilitatorAccessToken oneTimePasscode orderID
    payerID payload paymentID paymentStatus redirectResult resultCode returnUrlQueryString threeDSResult
    threeds2.challengeResult threeds2.fingerprint vaultToken
"""
RETURNED = frozenset(_RETURNED.split())

# An Authorised that is captured with it is CHARGED. An action that is new is for Adyen's own code.
RESULTS = read_words(__file__, "result_status", PaymentStatus)
HELD = frozenset({"Authorised", "PartiallyAuthorised"})
ACTIONS = read_words(__file__, "next_action", vocabulary.NextActionKind)
# Of a payment of nothing; PENDING beside any other.
CONSENTS = {PaymentStatus.AUTHORIZED: MandateStatus.ACTIVE, PaymentStatus.FAILURE: MandateStatus.INACTIVE}
CONSENTS[PaymentStatus.UNRESOLVED] = MandateStatus.UNRESOLVED

MODIFICATIONS: Mapping[type[payments.Command], tuple[str, Any]] = {
    payments.Capture: ("captures", PaymentStatus.CAPTURE_INITIATED),
    payments.Void: ("cancels", PaymentStatus.VOID_INITIATED),
    payments.Refund: ("refunds", vocabulary.RefundStatus.PENDING),
}
DISPUTES: Mapping[type[payments.Command], tuple[str, DisputeStatus]] = {
    payments.AcceptDispute: ("acceptDispute", DisputeStatus.ACCEPTED),
    payments.SubmitEvidence: ("supplyDefenseDocument", DisputeStatus.OPENED),
    payments.DefendDispute: ("defendDispute", DisputeStatus.CHALLENGED),
}
# How the base64 of a document begins; Adyen takes PDF, JPEG and TIFF (docs.adyen.com/risk-management/disputes-api).
DOCUMENTS = (("JVBERi0", "application/pdf"), ("/9j/", "image/jpeg"), ("SUkq", "image/tiff"), ("TU0AK", "image/tiff"))

DECLINES = read_codes(__file__, "decline")  # refusalReasonCode
REASONS = read_codes(__file__, "reason")  # the same in words, all that a webhook has
RESULT_CODES = read_codes(__file__, "result")  # a decline without a reason
REQUEST_CODES = read_codes(__file__, "request", "status")
UNKNOWN_CODE: Advice = (vocabulary.ErrorCode.OTHER, vocabulary.RetryAdvice.WITH_CORRECTED_DATA)
NO_ANSWER: Advice = (vocabulary.ErrorCode.GATEWAY_ERROR, vocabulary.RetryAdvice.SYNC_FIRST)
TOKEN = ("tokenization.storedPaymentMethodId", "recurring.recurringDetailReference")  # the second of older accounts
CUSTOMER = ("tokenization.shopperReference", "recurring.shopperReference", "shopperReference")

REFUSALS = frozenset({400, 401, 403, 404, 422, 429})
IN_PROGRESS = "704"  # a first attempt under this key is running or has run: 409 or 422, and it may have moved money

# Any other value of `success` is UNRESOLVED; an event not listed is acknowledged and means nothing to us.
EVENTS: Mapping[str, Any] = {
    **read_words(__file__, "payment_event", PaymentStatus),
    **read_words(__file__, "refund_event", vocabulary.RefundStatus),
    **read_words(__file__, "dispute_event", DisputeStatus),
    **read_words(__file__, "mandate_event", MandateStatus),
}
FAMILIES = {event.partition("/")[0]: type(status) for event, status in reversed(list(EVENTS.items()))}
CHANGED_NOTHING = frozenset({"AUTHORISATION_ADJUSTMENT/false"})
AMOUNTS_OF: dict[str, tuple[str, ...]] = {"CAPTURE/true": ("captured",)}
AMOUNTS_OF |= dict.fromkeys(("AUTHORISATION/true", "AUTHORISATION_ADJUSTMENT/true"), ("amount", "authorized"))

# additionalData.disputeStatus. OPENED adds nothing to what the event says. A CHARGEBACK_REVERSED is never final.
DISPUTE_STATUS = read_words(__file__, "dispute_status", DisputeStatus)
NEVER_FINAL = frozenset({"CHARGEBACK_REVERSED"})
