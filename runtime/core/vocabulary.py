"""The closed sets of words: statuses, error codes, retry advice, payment methods.

The names are the field's own (Hyperswitch's connector service uses them), so that a reader of either knows both.
"""

from enum import StrEnum, auto

__all__ = [
    "CaptureMethod",
    "DisputeStatus",
    "ErrorCode",
    "MandateStatus",
    "NextActionKind",
    "PaymentMethodType",
    "PaymentStatus",
    "Recovery",
    "RefundStatus",
    "RetryAdvice",
]


class _Word(StrEnum):
    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:  # noqa: ARG004 - the enum protocol's signature
        return name


class PaymentStatus(_Word):
    STARTED = auto()
    PAYMENT_METHOD_AWAITED = auto()
    CONFIRMATION_AWAITED = auto()
    AUTHENTICATION_PENDING = auto()
    AUTHENTICATION_SUCCESSFUL = auto()
    AUTHENTICATION_FAILED = auto()
    AUTHORIZED = auto()
    PARTIALLY_AUTHORIZED = auto()
    AUTHORIZATION_FAILED = auto()
    CAPTURE_INITIATED = auto()
    CHARGED = auto()
    PARTIAL_CHARGED = auto()
    PARTIAL_CHARGED_AND_CHARGEABLE = auto()
    CAPTURE_FAILED = auto()
    VOID_INITIATED = auto()
    VOIDED = auto()
    VOID_FAILED = auto()
    AUTO_REFUNDED = auto()
    EXPIRED = auto()
    PENDING = auto()
    FAILURE = auto()
    UNRESOLVED = auto()  # the gateway said something we do not know: never success, never silence


class RefundStatus(_Word):
    PENDING = auto()
    SUCCESS = auto()
    FAILURE = auto()
    MANUAL_REVIEW = auto()
    UNRESOLVED = auto()


class DisputeStatus(_Word):
    OPENED = auto()
    EXPIRED = auto()
    ACCEPTED = auto()
    CANCELLED = auto()
    CHALLENGED = auto()
    WON = auto()
    LOST = auto()
    UNRESOLVED = auto()


class MandateStatus(_Word):
    PENDING = auto()
    ACTIVE = auto()
    INACTIVE = auto()
    REVOKED = auto()
    UNRESOLVED = auto()


class ErrorCode(_Word):
    INSUFFICIENT_FUNDS = auto()
    CARD_DECLINED = auto()
    EXPIRED_CARD = auto()
    INVALID_CARD_NUMBER = auto()
    INVALID_EXPIRY = auto()
    INCORRECT_CVC = auto()
    INCORRECT_PIN = auto()
    PIN_REQUIRED = auto()
    PIN_TRIES_EXCEEDED = auto()
    AVS_FAILED = auto()
    LOST_OR_STOLEN = auto()
    RESTRICTED_CARD = auto()
    CARD_NOT_SUPPORTED = auto()
    TRANSACTION_NOT_PERMITTED = auto()
    LIMIT_EXCEEDED = auto()
    FRAUD_SUSPECTED = auto()
    RETRY_NOT_PERMITTED = auto()
    ISSUER_UNAVAILABLE = auto()
    INVALID_ACCOUNT = auto()
    ACCOUNT_CLOSED = auto()
    MANDATE_NOT_FOUND = auto()
    MANDATE_REVOKED = auto()
    AUTHENTICATION_REQUIRED = auto()
    AUTHENTICATION_FAILED = auto()
    CUSTOMER_CANCELLED = auto()
    TIMEOUT = auto()
    PROCESSING_ERROR = auto()
    DUPLICATE = auto()
    INVALID_AMOUNT = auto()
    CURRENCY_NOT_SUPPORTED = auto()
    INVALID_STATE = auto()
    AUTHORIZATION_EXPIRED = auto()
    MERCHANT_BALANCE_INSUFFICIENT = auto()
    MERCHANT_CONFIGURATION = auto()
    WRONG_ENVIRONMENT = auto()
    NOT_FOUND = auto()
    INVALID_REQUEST = auto()
    IDEMPOTENCY_CONFLICT = auto()
    CREDENTIALS_REJECTED = auto()
    RATE_LIMITED = auto()
    GATEWAY_ERROR = auto()
    OTHER = auto()


class RetryAdvice(_Word):
    NEVER = auto()
    LATER = auto()
    WITH_CORRECTED_DATA = auto()
    WITH_OTHER_METHOD = auto()
    AFTER_AUTHENTICATION = auto()
    SYNC_FIRST = auto()


class Recovery(_Word):
    """How an unknown outcome is resolved before any new attempt; a connector declares these in order."""

    SAME_KEY_RETRY = auto()
    SYNC = auto()
    ORDER_LOOKUP = auto()
    WEBHOOK = auto()


class CaptureMethod(_Word):
    AUTOMATIC = auto()
    MANUAL = auto()  # one capture; what it leaves of the hold is released
    MANUAL_MULTIPLE = auto()  # several captures, the hold stays open until the final one


class PaymentMethodType(_Word):
    CARD = auto()
    APPLE_PAY = auto()
    GOOGLE_PAY = auto()
    PAYPAL = auto()
    ACH_DEBIT = auto()
    SEPA_DEBIT = auto()
    BANK_TRANSFER = auto()
    KLARNA = auto()
    AFFIRM = auto()
    AFTERPAY = auto()
    IDEAL = auto()
    GIROPAY = auto()
    SOFORT = auto()
    BOLETO = auto()
    OXXO = auto()
    CRYPTO = auto()
    UPI = auto()
    ALIPAY = auto()
    WECHAT_PAY = auto()


class NextActionKind(_Word):
    REDIRECT = auto()  # send the shopper's browser to `url`
    CLIENT_SDK = auto()  # hand `data` to the gateway's own code in the browser or app
    DISPLAY = auto()  # show the shopper `data`: a voucher, a code, bank details
