"""What can go wrong, split by who must act. A decline is no error: it is a value on the outcome.

ConnectorError
├── CallerError            nothing was sent; the caller must change the command or the configuration
│   ├── InvalidCommand
│   ├── NotOffered         the connector does not claim this flow, method, capture mode or currency
│   └── InvalidConfiguration
├── GatewayRefused         the gateway answered, and did not execute the request
│   ├── RequestRejected    400, 404, ...
│   ├── CredentialsRejected 401, 403
│   └── RateLimited        429
├── Unavailable            no trustworthy answer, and nothing can have moved: a read, or nothing was sent
├── OutcomeUnknown         a write was sent and has no trustworthy answer: money may have moved
│   └── IntegrityMismatch  the answer names another amount or currency than was asked for
└── WebhookRejected        nothing in the delivery may be believed
"""

from dataclasses import replace

from runtime.core.messages import TransportError
from runtime.core.payments import ChargeMandate, Command, CompleteAuthorize, ErrorInfo, Outcome
from runtime.core.vocabulary import ErrorCode, RetryAdvice

__all__ = [
    "CallerError",
    "ConnectorError",
    "CredentialsRejected",
    "GatewayRefused",
    "IntegrityMismatch",
    "InvalidCommand",
    "InvalidConfiguration",
    "NotOffered",
    "OutcomeUnknown",
    "RateLimited",
    "RequestRejected",
    "Unavailable",
    "WebhookRejected",
    "check_subject",
    "invalid",
    "refused",
    "subject_of",
    "unanswered",
]


class ConnectorError(Exception):
    """Base of every error a connector raises on purpose."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        error: ErrorInfo | None = None,
        transaction_id: str | None = None,
        outcome: Outcome | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status  # HTTP
        self.error = error
        self.transaction_id = transaction_id  # the gateway's id, wherever one is known: never lost
        self.outcome = outcome
        self.retry_after = retry_after  # seconds the gateway asked us to wait


class CallerError(ConnectorError): ...


class InvalidCommand(CallerError): ...


class NotOffered(CallerError): ...


class InvalidConfiguration(CallerError): ...


class GatewayRefused(ConnectorError): ...


class RequestRejected(GatewayRefused): ...


class CredentialsRejected(GatewayRefused): ...


class RateLimited(GatewayRefused): ...


class Unavailable(ConnectorError): ...


class OutcomeUnknown(ConnectorError): ...


class IntegrityMismatch(OutcomeUnknown): ...


class WebhookRejected(ConnectorError): ...


def invalid(reason: str) -> InvalidCommand:
    """The error for a command that a gateway cannot be sent as it stands."""
    wrong = ErrorInfo(code=ErrorCode.INVALID_REQUEST, retry=RetryAdvice.WITH_CORRECTED_DATA)
    return InvalidCommand(reason, error=wrong)


def unanswered(
    command: Command,
    reason: str,
    *,
    cause: TransportError | None = None,
    status: int | None = None,
    error: ErrorInfo | None = None,
    final: bool = False,
    transaction_id: str | None = None,
) -> Unavailable | OutcomeUnknown:
    """The error for a request without a trustworthy answer: a timeout, a reset, a 5xx, a body that cannot be read.

    OutcomeUnknown where the command writes and may have left; Unavailable for a read or where nothing was sent. The
    advice is to sync before anything else, or to try later; `final` says that the gateway asks not to be asked again.
    """
    may_have_moved = command.writes and (cause is None or cause.sent)
    kind = OutcomeUnknown if may_have_moved else Unavailable
    advice = RetryAdvice.SYNC_FIRST if may_have_moved else RetryAdvice.LATER
    known = error or ErrorInfo(code=ErrorCode.TIMEOUT if cause else ErrorCode.GATEWAY_ERROR, retry=advice)
    return kind(
        f"{type(command).__name__}: {reason}",
        status=status,
        error=replace(known, retry=RetryAdvice.NEVER if final else advice),
        transaction_id=transaction_id or subject_of(command),
    )


_REFUSAL: dict[int, type[GatewayRefused]] = {401: CredentialsRejected, 403: CredentialsRejected, 429: RateLimited}


def refused(
    command: Command,
    status: int,
    error: ErrorInfo,
    *,
    retry_after: float | None = None,
    transaction_id: str | None = None,
) -> GatewayRefused:
    """The error for a 4xx: the gateway understood, and did not execute. An id given helps a command that has none.

    Of a 429 the advice is to try later whatever code comes with it: the same request is right, and came too soon.
    """
    kind = _REFUSAL.get(status, RequestRejected)
    return kind(
        f"{type(command).__name__}: HTTP {status} {error.raw_code or error.code}",
        status=status,
        error=replace(error, retry=RetryAdvice.LATER) if kind is RateLimited else error,
        transaction_id=subject_of(command) or transaction_id,
        retry_after=retry_after,
    )


_NAMES = ("refund_id", "payment_id", "dispute_id")


def check_subject(command: Command, outcome: Outcome) -> None:
    """See that an answer is about what was asked for; once a shopper came back, a payment may have another id.

    Raises:
        OutcomeUnknown, Unavailable: it names another payment, refund or dispute.
    """
    for name in () if isinstance(command, CompleteAuthorize) else _NAMES:
        asked, told = getattr(command, name, None), getattr(outcome, name, None)
        if asked and told and asked != told:
            raise unanswered(command, f"the answer names another {name}")


def subject_of(command: Command) -> str | None:
    """The id that a command is about; of a payment on an order, the order's.

    A charge on a mandate has none of its own yet: the mandate's is another's.
    """
    if isinstance(command, ChargeMandate):
        return None
    for name in (*_NAMES, "mandate_id", "order_id"):
        if found := getattr(command, name, None):
            return str(found)
    return None
