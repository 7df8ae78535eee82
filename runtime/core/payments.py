"""Commands in, outcomes out. One command class per flow: the class is the flow's name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import ClassVar

from runtime.core.messages import Headers, lookup
from runtime.core.methods import (
    NOBODY,
    Address,
    BankDebit,
    Browser,
    Card,
    LocalMethod,
    PaymentMethod,
    Shopper,
    StoredMethod,
    Upi,
    Wallet,
)
from runtime.core.money import Money
from runtime.core.secret import Secret
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

__all__ = [
    "FLOWS",
    "AcceptDispute",
    "Address",
    "Authorize",
    "BankDebit",
    "Browser",
    "Capture",
    "Card",
    "ChargeMandate",
    "Command",
    "CompleteAuthorize",
    "CreateOrder",
    "CreateSessionToken",
    "DSync",
    "DefendDispute",
    "DisputeOutcome",
    "ErrorInfo",
    "IncomingWebhook",
    "LocalMethod",
    "MandateOutcome",
    "NextAction",
    "OrderOutcome",
    "Outcome",
    "PSync",
    "PaymentMethod",
    "PaymentOutcome",
    "RSync",
    "Refund",
    "RefundOutcome",
    "RevokeMandate",
    "SessionOutcome",
    "SetupMandate",
    "Shopper",
    "StoredMethod",
    "SubmitEvidence",
    "Upi",
    "Void",
    "Wallet",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What a caller wants done. `request_id` is the caller's, one per intended effect, the same on every attempt."""

    request_id: str
    writes: ClassVar[bool] = True  # False: a read, which can be repeated without any effect

    def __post_init__(self) -> None:
        if not self.request_id:
            raise ValueError(f"{type(self).__name__} needs a request_id: one per intended effect, kept over retries")

    @property
    def idempotency_key(self) -> str:
        """32 hex digits of SHA-256 over flow and request id: equal for every attempt, different for every flow."""
        return sha256(f"{type(self).__name__}:{self.request_id}".encode()).hexdigest()[:32]

    def key_of(self, step: str) -> str:
        """The idempotency key of a write that only prepares the command's own, such as making a customer."""
        return sha256(f"{self.idempotency_key}:{step}".encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorize(Command):
    """Hold or take money. Automatic capture is a sale."""

    amount: Money
    method: PaymentMethod
    capture_method: CaptureMethod = CaptureMethod.AUTOMATIC
    return_url: str | None = None  # where a redirect brings the shopper back to
    reference: str | None = None  # the merchant's own order number
    description: str | None = None
    order_id: str | None = None  # of CreateOrder, where one was made
    shopper: Shopper = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteAuthorize(Command):
    """Go on after 3DS or a redirect. `returned`, the query the shopper came back with, proves nothing by itself.

    `capture_method` is that of the Authorize: not every gateway's reply says whether a sale was captured.
    """

    payment_id: str
    amount: Money
    capture_method: CaptureMethod | None = None
    returned: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture(Command):
    """Take what is held: all of it or a part. `final=False` keeps the rest held where multiple captures are offered."""

    payment_id: str
    amount: Money
    final: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Void(Command):
    """Give a hold back."""

    payment_id: str
    amount: Money | None = None  # what was authorized, where the caller knows it: checked against the reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund(Command):
    """Give taken money back: all of it or a part, as often as something is left."""

    payment_id: str
    amount: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PSync(Command):
    payment_id: str
    amount: Money | None = None  # as for Void
    writes: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RSync(Command):
    refund_id: str
    payment_id: str
    amount: Money | None = None
    writes: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder(Command):
    amount: Money
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSessionToken(Command):
    """Open a session that the gateway's own page or component finishes."""

    amount: Money
    return_url: str
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupMandate(Command):
    """Get the shopper's consent to later charges, without charging."""

    method: PaymentMethod
    currency: str
    customer_id: str | None = None
    return_url: str | None = None
    reference: str | None = None
    shopper: Shopper = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeMandate(Command):
    """Charge while the shopper is away, on a consent given earlier.

    `kind` is the payment method that the mandate is for; `shopper` what the gateway asks for with every charge.
    """

    amount: Money
    mandate_id: str
    customer_id: str | None = None
    kind: PaymentMethodType = PaymentMethodType.CARD
    reference: str | None = None
    shopper: Shopper = NOBODY


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeMandate(Command):
    mandate_id: str
    customer_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IncomingWebhook(Command):
    """A delivery as it arrived: the headers, and the raw bytes of the body, never parsed and written again."""

    headers: Headers
    body: bytes = field(repr=False)
    writes: ClassVar[bool] = False

    def header(self, name: str) -> str | None:
        return lookup(self.headers, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class DSync(Command):
    dispute_id: str
    writes: ClassVar[bool] = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptDispute(Command):
    dispute_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitEvidence(Command):
    """Hand in what speaks for the merchant, under the gateway's own names; nothing is decided by it yet."""

    dispute_id: str
    evidence: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DefendDispute(Command):
    """Contest a dispute with the evidence handed in; `reason` is the gateway's own code of the defence, if it asks."""

    dispute_id: str
    reason: str | None = None


FLOWS: tuple[type[Command], ...] = (
    Authorize, CompleteAuthorize, Capture, Void, Refund, PSync, RSync, CreateOrder, CreateSessionToken,
    SetupMandate, ChargeMandate, RevokeMandate, IncomingWebhook, DSync, AcceptDispute, SubmitEvidence, DefendDispute,
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorInfo:
    """Why something was declined or refused: our word, our advice, and the gateway's own words untouched."""

    code: ErrorCode
    retry: RetryAdvice
    raw_code: str | None = None
    message: str | None = field(default=None, repr=False)  # gateways have been seen to echo what they were sent
    network_decline_code: str | None = None
    network_advice_code: str | None = None
    advice_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextAction:
    """What the shopper must do before the payment goes on."""

    kind: NextActionKind
    url: str | None = None
    data: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentOutcome:
    """Where a payment stands. Amounts are what the gateway says, None where it does not say."""

    status: PaymentStatus
    payment_id: str | None
    raw_status: str | None
    amount: Money | None = None
    authorized: Money | None = None
    capturable: Money | None = None
    captured: Money | None = None
    refunded: Money | None = None
    next_action: NextAction | None = None
    error: ErrorInfo | None = None
    expires_at: int | None = None  # unix seconds: until when a hold can be captured


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundOutcome:
    status: RefundStatus
    refund_id: str | None
    payment_id: str | None
    raw_status: str | None
    amount: Money | None = None
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOutcome:
    status: DisputeStatus
    dispute_id: str
    payment_id: str | None
    raw_status: str | None
    amount: Money | None = None
    reason: str | None = None  # the gateway's own code
    respond_by: int | None = None  # unix seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class MandateOutcome:
    status: MandateStatus
    mandate_id: str | None
    raw_status: str | None
    customer_id: str | None = None  # to be given with every charge, where the gateway has customers
    next_action: NextAction | None = None
    error: ErrorInfo | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderOutcome:
    order_id: str
    amount: Money | None = None
    token: Secret | None = None  # with which the gateway's own code in the browser pays it


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOutcome:
    session_id: str
    token: Secret | None = None
    url: str | None = None
    expires_at: int | None = None


Outcome = PaymentOutcome | RefundOutcome | DisputeOutcome | MandateOutcome | OrderOutcome | SessionOutcome
