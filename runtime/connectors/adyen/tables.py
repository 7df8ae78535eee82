"""What Adyen says, as tables: currencies, payment methods, result codes, event codes, refusals.

Source: docs.adyen.com/{development-resources/{currency-codes, refusal-reasons, error-codes, api-idempotency},
online-payments/{payment-result-codes, capture, tokenization}, payment-methods/*, risk-management/disputes-api}, the
schemas of CheckoutService-v72 and Webhooks-v1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.core import payments
from runtime.core.bodies import JsonValue
from runtime.core.codes import Advice, read_codes
from runtime.core.money import MinorUnits
from runtime.core.payments import Command
from runtime.core.vocabulary import (
    CaptureMethod,
    DisputeStatus,
    ErrorCode,
    MandateStatus,
    NextActionKind,
    PaymentMethodType,
    PaymentStatus,
    RefundStatus,
    RetryAdvice,
)

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

_SALE = frozenset({CaptureMethod.AUTOMATIC})
_ONCE = _SALE | {CaptureMethod.MANUAL}
_OFTEN = frozenset(CaptureMethod)


@dataclass(frozen=True, slots=True)
class Method:
    """One payment method: its type on the wire, what Adyen offers with it, and where the shopper's datum goes."""

    name: str
    captures: frozenset[CaptureMethod]
    currencies: str | None = None
    given: type = payments.LocalMethod
    datum: str = "issuer"
    mandates: bool = False
    invoiced: bool = False  # lineItems and deliveryAddress are required (PaymentRequest.lineItems)
    stored_as: str | None = None  # the type of a charge on a stored one, where it is another

    @property
    def money(self) -> frozenset[str] | None:
        return frozenset(self.currencies.split()) if self.currencies else None


_EAST = "AUD CAD CNY EUR GBP HKD JPY NZD SGD USD"
_KLARNA = "AUD CAD CHF CZK DKK EUR GBP NOK NZD PLN RON SEK USD"
_PAYPAL = "AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD HUF ILS JPY MXN MYR NOK NZD PHP PLN SEK SGD THB TWD USD"
_ACCOUNT, _LOCAL, _WALLET = payments.BankDebit, payments.LocalMethod, payments.Wallet

# Types and fields: the PaymentMethod schemas of CheckoutService-v72. Captures, currencies, recurring: the table on each
# page under docs.adyen.com/payment-methods, and adyen.help "separate authorisation and capture". Several captures of
# one payment, and what becomes of the rest of a hold, are a setting of the account that no request can name.
# Doubts: ach's separate capture rests on the operations of one AUTHORISATION example; the currencies of alipay and
# wechatpayQR depend on the contract; directEbanking is closed to new merchants; UPI Collect is being withdrawn.
METHODS: Mapping[PaymentMethodType, Method] = {
    PaymentMethodType.CARD: Method("scheme", _OFTEN, None, payments.Card, "number", mandates=True),
    PaymentMethodType.APPLE_PAY: Method("applepay", _OFTEN, None, _WALLET, "applePayToken", True, False, "scheme"),
    PaymentMethodType.GOOGLE_PAY: Method("googlepay", _OFTEN, None, _WALLET, "googlePayToken", True, False, "scheme"),
    PaymentMethodType.PAYPAL: Method("paypal", _ONCE, _PAYPAL, mandates=True),
    PaymentMethodType.ACH_DEBIT: Method("ach", _ONCE, "USD", _ACCOUNT, "bankAccountNumber", mandates=True),
    PaymentMethodType.SEPA_DEBIT: Method("sepadirectdebit", _OFTEN, "EUR", _ACCOUNT, "iban", mandates=True),
    PaymentMethodType.BANK_TRANSFER: Method("bankTransfer_IBAN", _SALE, "EUR"),
    PaymentMethodType.KLARNA: Method("klarna", _OFTEN, _KLARNA, _LOCAL, mandates=True, invoiced=True),
    PaymentMethodType.AFFIRM: Method("affirm", _OFTEN, "CAD GBP USD", invoiced=True),
    PaymentMethodType.AFTERPAY: Method("afterpaytouch", _ONCE, "AUD CAD NZD USD", invoiced=True),
    PaymentMethodType.IDEAL: Method("ideal", _SALE, "EUR"),
    PaymentMethodType.SOFORT: Method("directEbanking", _SALE, "CHF EUR"),
    PaymentMethodType.BOLETO: Method("boletobancario", _SALE, "BRL"),
    PaymentMethodType.OXXO: Method("oxxo", _SALE, "MXN"),
    PaymentMethodType.UPI: Method("upi_collect", _SALE, "INR", payments.Upi, "virtualPaymentAddress"),
    PaymentMethodType.ALIPAY: Method("alipay", _SALE, _EAST + " CHF DKK NOK SEK THB"),
    PaymentMethodType.WECHAT_PAY: Method("wechatpayQR", _SALE, _EAST),
}
SUBTYPES: Mapping[str, str] = {"paypal": "redirect"}  # a page instead of PayPal's own button (PayPalDetails)
UPI_INTENT = "upi_intent"  # without the shopper's address: a link for the shopper's app

# docs.adyen.com/online-payments/capture: the account decides unless a request does.
CAPTURE: Mapping[CaptureMethod, Mapping[str, JsonValue]] = {
    CaptureMethod.AUTOMATIC: {"captureDelayHours": 0},
    CaptureMethod.MANUAL: {"additionalData": {"manualCapture": "true"}},
    CaptureMethod.MANUAL_MULTIPLE: {"additionalData": {"manualCapture": "true"}},
}
_TAKEN_AT_ONCE = {row.name for row in METHODS.values() if row.captures == _SALE} | {UPI_INTENT}


def is_taken(method_type: str | None, noted: Mapping[str, Any]) -> bool:
    """Whether an authorisation is known to be captured with it, where nobody remembers what was asked for.

    Certain for a method that has no separate capture, and where the additional data say so; else False, and the payment
    is reported as held: capturing what is captured already charges nobody twice (POST /payments/{id}/captures).
    """
    sale = noted.get("captureDelayHours") == "0" or noted.get("networkProcessingMode") == "sale"
    return method_type in _TAKEN_AT_ONCE or sale


# PaymentCompletionDetails: what a shopper or Adyen's own component brings back; all else in a query is the shop's.
_RETURNED = """
    MD PaReq PaRes authorization_token billingToken cupsecureplus.smscode facilitatorAccessToken oneTimePasscode orderID
    payerID payload paymentID paymentStatus redirectResult resultCode returnUrlQueryString threeDSResult
    threeds2.challengeResult threeds2.fingerprint vaultToken
"""
RETURNED = frozenset(_RETURNED.split())

# docs.adyen.com/online-payments/payment-result-codes; any other is UNRESOLVED. An Authorised that is captured with it
# is CHARGED. `Cancelled`: nothing was ever held. `Success` belongs to orders and balances.
_TO_DO = (PaymentStatus.AUTHENTICATION_PENDING, MandateStatus.PENDING)
_OPEN, _FAILED = (PaymentStatus.PENDING, MandateStatus.PENDING), (PaymentStatus.FAILURE, MandateStatus.INACTIVE)
RESULTS: Mapping[str, tuple[PaymentStatus, MandateStatus]] = {
    "Authorised": (PaymentStatus.AUTHORIZED, MandateStatus.ACTIVE),
    "PartiallyAuthorised": (PaymentStatus.PARTIALLY_AUTHORIZED, MandateStatus.PENDING),
    "AuthenticationFinished": (PaymentStatus.AUTHENTICATION_SUCCESSFUL, MandateStatus.PENDING),
    **dict.fromkeys(("Refused", "Error", "Cancelled"), _FAILED),
    **dict.fromkeys(("Pending", "Received", "Success", "AuthenticationNotRequired"), _OPEN),
    **dict.fromkeys(("RedirectShopper", "IdentifyShopper", "ChallengeShopper", "PresentToShopper"), _TO_DO),
}
UNKNOWN_RESULT = (PaymentStatus.UNRESOLVED, MandateStatus.UNRESOLVED)

# The `type` of an action; whatever is new is for Adyen's own code, which is given the whole action.
ACTIONS: Mapping[str, NextActionKind] = {
    "redirect": NextActionKind.REDIRECT,
    **dict.fromkeys(("qrCode", "voucher", "await", "bankTransfer"), NextActionKind.DISPLAY),
}

RECEIVED = "received"  # the one status of a modification's answer: what became of it comes by webhook
MODIFICATIONS: Mapping[type[Command], tuple[str, PaymentStatus]] = {
    payments.Capture: ("captures", PaymentStatus.CAPTURE_INITIATED),
    payments.Void: ("cancels", PaymentStatus.VOID_INITIATED),
    payments.Refund: ("refunds", PaymentStatus.UNRESOLVED),  # no status of the payment: a refund has its own
}
DISPUTES: Mapping[type[Command], tuple[str, DisputeStatus]] = {
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
UNKNOWN_CODE: Advice = (ErrorCode.OTHER, RetryAdvice.WITH_CORRECTED_DATA)
NO_ANSWER: Advice = (ErrorCode.GATEWAY_ERROR, RetryAdvice.SYNC_FIRST)
TOKEN = ("tokenization.storedPaymentMethodId", "recurring.recurringDetailReference")  # the second of older accounts
CUSTOMER = ("tokenization.shopperReference", "recurring.shopperReference", "shopperReference")

REFUSALS = frozenset({400, 401, 403, 404, 422, 429})
IN_PROGRESS = "704"  # a first attempt under this key is running or has run: 409 or 422, and it may have moved money

_CHALLENGED, _WON, _LOST = DisputeStatus.CHALLENGED, DisputeStatus.WON, DisputeStatus.LOST
Status = PaymentStatus | RefundStatus | DisputeStatus | MandateStatus
Told = Mapping[str, Any]  # values: Status, or None


def _on(true: Status, false: Status | None = None) -> Told:
    return {"true": true} | ({"false": false} if false else {})


_VOIDED = _on(PaymentStatus.VOIDED, PaymentStatus.VOID_FAILED)
_REFUNDED = _on(RefundStatus.SUCCESS, RefundStatus.FAILURE)

# What `success` makes of an event; None: it changed nothing, any other value: UNRESOLVED. An event not listed here is
# acknowledged and means nothing to us. CAPTURE cannot tell a whole capture from a part of one: `captured` does. EXPIRE
# is of what was not captured. Whom an accepted or declined pre-arbitration favours only disputeStatus can tell.
EVENTS: Mapping[str, Told] = {
    "AUTHORISATION": _on(PaymentStatus.AUTHORIZED, PaymentStatus.FAILURE),
    "AUTHORISATION_ADJUSTMENT": {"true": PaymentStatus.AUTHORIZED, "false": None},
    "CAPTURE": _on(PaymentStatus.CHARGED, PaymentStatus.CAPTURE_FAILED),
    "CAPTURE_FAILED": _on(PaymentStatus.CAPTURE_FAILED),
    "CANCEL_OR_REFUND": _on(PaymentStatus.UNRESOLVED, PaymentStatus.VOID_FAILED),
    "POSTPONED_REFUND": _on(RefundStatus.PENDING, RefundStatus.FAILURE),
    "RECURRING_CONTRACT": _on(MandateStatus.ACTIVE),
    "PREARBITRATION_ISSUER_WITHDRAWN": _on(DisputeStatus.CANCELLED),
    "DISPUTE_DEFENSE_PERIOD_ENDED": _on(DisputeStatus.EXPIRED),
    **dict.fromkeys(("CANCELLATION", "TECHNICAL_CANCEL", "CANCEL_OR_REFUND/cancel"), _VOIDED),
    **dict.fromkeys(("OFFER_CLOSED", "EXPIRE"), _on(PaymentStatus.EXPIRED)),
    **dict.fromkeys(("REFUND", "REFUND_WITH_DATA", "CANCEL_OR_REFUND/refund"), _REFUNDED),
    **dict.fromkeys(("REFUND_FAILED", "REFUNDED_REVERSED"), _on(RefundStatus.FAILURE)),
    **dict.fromkeys(("REQUEST_FOR_INFORMATION", "NOTIFICATION_OF_CHARGEBACK"), _on(DisputeStatus.OPENED)),
    **dict.fromkeys(("CHARGEBACK", "PREARBITRATION_OPEN"), _on(DisputeStatus.OPENED)),
    **dict.fromkeys(("INFORMATION_SUPPLIED", "CHARGEBACK_REVERSED", "SCHEME_ARBITRATION"), _on(_CHALLENGED)),
    **dict.fromkeys(("SECOND_CHARGEBACK", "PREARBITRATION_LOST", "SCHEME_ARBITRATION_LOST"), _on(_LOST)),
    **dict.fromkeys(("PREARBITRATION_WON", "SCHEME_ARBITRATION_WON"), _on(_WON)),
    "ISSUER_RESPONSE_TIMEFRAME_EXPIRED": _on(_WON),
    **dict.fromkeys(("PREARBITRATION_ACCEPTED", "PREARBITRATION_DECLINED"), _on(DisputeStatus.UNRESOLVED)),
}
AMOUNTS_OF: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("AUTHORISATION", "true"): ("amount", "authorized"),
    ("AUTHORISATION", "false"): ("amount",),
    ("AUTHORISATION_ADJUSTMENT", "true"): ("amount", "authorized"),
    ("CAPTURE", "true"): ("captured",),
}

# additionalData.disputeStatus (docs.adyen.com/risk-management/disputes-api/dispute-notifications). None: nothing that
# the event does not say. A CHARGEBACK_REVERSED is never final, whatever stands there.
DISPUTE_STATUS: Mapping[str, DisputeStatus | None] = {
    **dict.fromkeys(("Unresponded", "Undefended"), None),
    **dict.fromkeys(("Responded", "Pending"), _CHALLENGED),
    **{status.name.capitalize(): status for status in (DisputeStatus.EXPIRED, DisputeStatus.ACCEPTED, _LOST, _WON)},
}
NEVER_FINAL = frozenset({"CHARGEBACK_REVERSED"})

# Tokenization webhooks, signed in a header (docs.adyen.com/online-payments/tokenization/create-tokens).
_KEPT = ("recurring.token.created", "recurring.token.updated", "recurring.token.alreadyExisting")
TOKEN_EVENTS: Mapping[str, MandateStatus] = {
    **dict.fromkeys(_KEPT, MandateStatus.ACTIVE),
    "recurring.token.disabled": MandateStatus.REVOKED,
}
