"""Acme Pay's card payments: commands into its requests, its answers into outcomes. Source: API.md."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

from runtime.core import errors, payments
from runtime.core.amounts import check_amount, decoded, encoded
from runtime.core.bodies import JsonValue, Unreadable, Wire, json_body, path_segment, read_json
from runtime.core.configuration import http_url, secret, secrets
from runtime.core.connector import Capabilities, Connector, Context, Exchange, Flow, Offer
from runtime.core.messages import HttpRequest, HttpResponse
from runtime.core.money import MinorUnits
from runtime.core.payments import Command, ErrorInfo, PaymentOutcome, RefundOutcome
from runtime.core.secret import Secret
from runtime.core.vocabulary import (
    CaptureMethod,
    ErrorCode,
    PaymentMethodType,
    PaymentStatus,
    Recovery,
    RefundStatus,
    RetryAdvice,
)
from runtime.core.webhooks import Delivery, Event, hmac_sha256_hex, matches_any

AMOUNTS = MinorUnits({"EUR", "GBP", "JPY", "KWD", "USD"})
TOLERANCE_S = 300
_told_id = re.compile(rb'"id"\s*:\s*"((?:pay|ref)_[A-Za-z0-9]+)"').search
_is_timestamp = re.compile(r"[0-9]{1,12}").fullmatch

Advice = tuple[ErrorCode, RetryAdvice]
# API.md, "Declines"
DECLINES: Mapping[str, Advice] = {
    "do_not_honour": (ErrorCode.CARD_DECLINED, RetryAdvice.WITH_OTHER_METHOD),
    "insufficient_funds": (ErrorCode.INSUFFICIENT_FUNDS, RetryAdvice.WITH_OTHER_METHOD),
    "expired_card": (ErrorCode.EXPIRED_CARD, RetryAdvice.WITH_CORRECTED_DATA),
    "incorrect_cvc": (ErrorCode.INCORRECT_CVC, RetryAdvice.WITH_CORRECTED_DATA),
    "lost_card": (ErrorCode.LOST_OR_STOLEN, RetryAdvice.NEVER),
}
# API.md, "Errors"
ERRORS: Mapping[str, Advice] = {
    "invalid_request": (ErrorCode.INVALID_REQUEST, RetryAdvice.WITH_CORRECTED_DATA),
    "unauthorised": (ErrorCode.CREDENTIALS_REJECTED, RetryAdvice.NEVER),
    "not_found": (ErrorCode.NOT_FOUND, RetryAdvice.WITH_CORRECTED_DATA),
    "amount_too_large": (ErrorCode.INVALID_AMOUNT, RetryAdvice.WITH_CORRECTED_DATA),
    "invalid_state": (ErrorCode.INVALID_STATE, RetryAdvice.SYNC_FIRST),
    "key_in_use": (ErrorCode.IDEMPOTENCY_CONFLICT, RetryAdvice.SYNC_FIRST),
    "key_reused": (ErrorCode.IDEMPOTENCY_CONFLICT, RetryAdvice.WITH_CORRECTED_DATA),
    "rate_limited": (ErrorCode.RATE_LIMITED, RetryAdvice.LATER),
    "internal_error": (ErrorCode.GATEWAY_ERROR, RetryAdvice.SYNC_FIRST),
}
UNKNOWN: Advice = (ErrorCode.OTHER, RetryAdvice.WITH_OTHER_METHOD)
# A refusal that names no code of ours: a proxy's page, say.
BY_STATUS = {401: "unauthorised", 403: "unauthorised", 404: "not_found", 429: "rate_limited"}
# The first request may yet succeed, or has.
IN_DOUBT = 409
STATUSES = {
    "authorised": PaymentStatus.AUTHORIZED,
    "captured": PaymentStatus.CHARGED,
    "voided": PaymentStatus.VOIDED,
    "expired": PaymentStatus.EXPIRED,
    "declined": PaymentStatus.FAILURE,
}
CAPTURES = {CaptureMethod.AUTOMATIC: "now", CaptureMethod.MANUAL: "later"}


class Problem(Wire):
    code: str
    message: str | None = None


class ErrorReply(Wire):
    error: Problem


class Payment(Wire):
    object: Literal["payment"]
    id: str
    status: str
    amount: int
    currency: str
    captured: int
    refunded: int
    capture_before: int | None
    decline: Problem | None


class Refund(Wire):
    object: Literal["refund"]
    id: str
    payment: str
    status: str
    amount: int
    currency: str


class Notice(Wire):
    """A delivery, whatever it is about."""

    id: str
    type: str
    created: int


class PaymentNotice(Notice):
    data: Payment


class RefundNotice(Notice):
    data: Refund


Model = TypeVar("Model", bound=Wire)
OfPayment = payments.Capture | payments.Void | payments.Refund | payments.PSync


@dataclass(frozen=True, slots=True)
class Config:
    """One account. Secrets may be given as plain strings and are wrapped.

    Raises:
        InvalidConfiguration: a value cannot work; says which and what it must be, never what it was.
    """

    api_key: Secret
    webhook_secrets: tuple[Secret, ...] = ()
    base_url: str = "https://api.acme-pay.test"

    def __post_init__(self) -> None:
        for name, checked in (("api_key", secret), ("webhook_secrets", secrets), ("base_url", http_url)):
            object.__setattr__(self, name, checked(getattr(self, name), f"acme_pay: {name}"))


# -- requests


def _asked(context: Context, command: Command, path: str, fields: Mapping[str, JsonValue] | None = None) -> HttpRequest:
    config: Config = context.config
    headers = (("Authorization", f"Bearer {config.api_key.reveal()}"),)
    if not command.writes:
        return HttpRequest("GET", config.base_url + path, headers)
    sent = (("Content-Type", "application/json"), ("Idempotency-Key", command.idempotency_key))
    return HttpRequest("POST", config.base_url + path, (*headers, *sent), json_body(fields or {}))


def build_authorize(context: Context, command: payments.Authorize) -> HttpRequest:
    """A payment.

    Raises:
        InvalidCommand: a stored card, which Acme Pay has none of. Nothing was sent.
    """
    if not isinstance(command.method, payments.Card):
        raise errors.invalid("Acme Pay stores no cards: give the card itself")
    card = command.method
    fields: dict[str, JsonValue] = {
        "amount": encoded(AMOUNTS, command.amount),
        "currency": command.amount.currency,
        "capture": CAPTURES[command.capture_method],
        "card": {
            "number": card.number.reveal(),
            "expiry_month": card.expiry_month,
            "expiry_year": card.expiry_year,
            "cvc": card.cvc.reveal() if card.cvc else None,
            "holder": card.holder,
        },
        "reference": command.reference,
        "description": command.description,
    }
    return _asked(context, command, "/v1/payments", fields)


def build_capture(context: Context, command: payments.Capture) -> HttpRequest:
    """The one capture of a hold.

    Raises:
        NotOffered: a capture that is to leave something held. Nothing was sent.
    """
    if not command.final:
        wrong = ErrorInfo(code=ErrorCode.INVALID_REQUEST, retry=RetryAdvice.WITH_CORRECTED_DATA)
        raise errors.NotOffered("one capture is all there is (API.md, Payments)", error=wrong)
    return _of_payment(context, command, "/capture", {"amount": encoded(AMOUNTS, command.amount)})


def build_void(context: Context, command: payments.Void) -> HttpRequest:
    return _of_payment(context, command, "/void")


def build_refund(context: Context, command: payments.Refund) -> HttpRequest:
    return _of_payment(context, command, "/refunds", {"amount": encoded(AMOUNTS, command.amount)})


def build_psync(context: Context, command: payments.PSync) -> HttpRequest:
    return _of_payment(context, command)


def build_rsync(context: Context, command: payments.RSync) -> HttpRequest:
    return _asked(context, command, f"/v1/refunds/{path_segment(command.refund_id)}")


def _of_payment(
    context: Context, command: OfPayment, then: str = "", fields: Mapping[str, JsonValue] | None = None
) -> HttpRequest:
    return _asked(context, command, f"/v1/payments/{path_segment(command.payment_id)}{then}", fields)


# -- answers


def _read(model: type[Model], command: Command, response: HttpResponse) -> Model:
    """The object of a success; every other answer is raised as what it stands for."""
    reason = f"HTTP {response.status}"
    if 200 <= response.status < 300:
        try:
            return read_json(model, response.body)
        except Unreadable as unreadable:
            reason = str(unreadable)
    raise _trouble(command, response, reason)


def _trouble(command: Command, response: HttpResponse, reason: str) -> errors.ConnectorError:
    """A refusal, or no trustworthy answer: what was sent may have been done."""
    problem, status = _problem(response), response.status
    told = problem or Problem(code="")
    by_status = ERRORS.get(BY_STATUS.get(status, ""), (ErrorCode.OTHER, RetryAdvice.NEVER))
    code, retry = ERRORS.get(told.code, by_status)
    error = ErrorInfo(code=code, retry=retry, raw_code=told.code or None, message=told.message)
    if 400 <= status < 500 and status != IN_DOUBT:
        return errors.refused(command, status, error, retry_after=response.retry_after)
    # The id of what was made; of a command that is about something, `unanswered` knows it.
    found = _told_id(response.body) if isinstance(command, payments.Authorize) else None
    made = found[1].decode() if found else None
    return errors.unanswered(command, reason, status=status, error=error if problem else None, transaction_id=made)


def _problem(response: HttpResponse) -> Problem | None:
    try:
        return read_json(ErrorReply, response.body).error
    except Unreadable:
        return None


def payment(told: Payment) -> PaymentOutcome:
    status = STATUSES.get(told.status, PaymentStatus.UNRESOLVED)
    if status is PaymentStatus.CHARGED and told.captured < told.amount:
        status = PaymentStatus.PARTIAL_CHARGED
    held = told.amount if told.status == "authorised" else 0

    def outcome(**amounts: object) -> PaymentOutcome:
        return PaymentOutcome(
            status=status,
            payment_id=told.id,
            raw_status=told.status,
            error=_declined(told.decline) if told.decline else None,
            expires_at=told.capture_before if held else None,
            **amounts,  # type: ignore[arg-type]  # Money, by name
        )

    amounts = {"amount": told.amount, "captured": told.captured, "refunded": told.refunded}
    if status is not PaymentStatus.UNRESOLVED:
        amounts |= {"capturable": held, "authorized": 0 if told.status == "declined" else told.amount}
    return decoded(outcome, AMOUNTS, told.currency, amounts)


def _declined(told: Problem) -> ErrorInfo:
    code, retry = DECLINES.get(told.code, UNKNOWN)
    return ErrorInfo(code=code, retry=retry, raw_code=told.code, message=told.message)


def refund(told: Refund) -> RefundOutcome:
    def outcome(**amounts: object) -> RefundOutcome:
        return RefundOutcome(
            status=RefundStatus.SUCCESS if told.status == "succeeded" else RefundStatus.UNRESOLVED,
            refund_id=told.id,
            payment_id=told.payment,
            raw_status=told.status,
            **amounts,  # type: ignore[arg-type]  # as above
        )

    return decoded(outcome, AMOUNTS, told.currency, {"amount": told.amount})


def parse_payment(
    _: Context, command: payments.Authorize | payments.Void | payments.PSync, response: HttpResponse
) -> PaymentOutcome:
    outcome = payment(_read(Payment, command, response))
    check_amount(command.amount, outcome.amount, outcome)
    return outcome


def parse_capture(_: Context, command: payments.Capture, response: HttpResponse) -> PaymentOutcome:
    outcome = payment(_read(Payment, command, response))
    check_amount(command.amount, outcome.captured, outcome)
    return outcome


def parse_refund(_: Context, command: payments.Refund | payments.RSync, response: HttpResponse) -> RefundOutcome:
    outcome = refund(_read(Refund, command, response))
    check_amount(command.amount, outcome.amount, outcome)
    return outcome


# -- webhooks


def receive(context: Context, command: payments.IncomingWebhook) -> Exchange[Delivery]:
    """Believe a delivery that was signed lately, and read it; nothing is asked of the network.

    Raises:
        InvalidConfiguration: no secret is configured.
        WebhookRejected: nothing in the delivery may be believed.
    """
    yield from ()
    _verify(context, command)
    try:
        notice = read_json(Notice, command.body)
        outcome: PaymentOutcome | RefundOutcome | None = None
        if notice.type.startswith("payment."):
            outcome = payment(read_json(PaymentNotice, command.body).data)
        elif notice.type.startswith("refund."):
            outcome = refund(read_json(RefundNotice, command.body).data)
    except (Unreadable, errors.IntegrityMismatch) as error:
        raise errors.WebhookRejected(f"signed, but not to be read: {error}") from None
    return Delivery(
        events=(Event(event_id=notice.id, type=notice.type, created=notice.created, outcome=outcome),),
    )


def _verify(context: Context, command: payments.IncomingWebhook) -> None:
    if not context.config.webhook_secrets:
        raise errors.InvalidConfiguration("acme_pay: webhook_secrets is empty; give the secret of the endpoint")
    at, signature = command.header("Acme-Timestamp") or "", command.header("Acme-Signature") or ""
    if not _is_timestamp(at) or abs(context.now - int(at)) > TOLERANCE_S:
        raise errors.WebhookRejected("Acme-Timestamp is missing, or too far from now")
    signed = at.encode() + b"." + command.body
    expected = [hmac_sha256_hex(one.reveal().encode(), signed) for one in context.config.webhook_secrets]
    if not matches_any(signature, expected):
        raise errors.WebhookRejected("Acme-Signature holds under no configured secret; is the body the raw one?")


_ONLY_CARDS = "cards are all that is taken (API.md, Payments)"
_NO_CALL = "there is no such call (API.md, What there is not)"

CONNECTOR = Connector(
    name="acme_pay",
    gateway="acme_pay",
    version="1",
    config=Config,
    capabilities=Capabilities(
        payment_methods={PaymentMethodType.CARD: Offer(captures=frozenset(CAPTURES))},
        currencies=AMOUNTS.currencies,
        recovery=(Recovery.SAME_KEY_RETRY, Recovery.SYNC),
        not_offered={
            **{kind.value: _ONLY_CARDS for kind in PaymentMethodType if kind is not PaymentMethodType.CARD},
            "CARD with MANUAL_MULTIPLE capture": "one capture is all there is (API.md, Payments)",
            "CARD for mandates": _NO_CALL,
            "CompleteAuthorize": "no bank asks the shopper (API.md, Payments)",
        }
        | dict.fromkeys(
            ("CreateOrder", "CreateSessionToken", "SetupMandate", "ChargeMandate", "RevokeMandate"), _NO_CALL
        )
        | dict.fromkeys(("DSync", "AcceptDispute", "SubmitEvidence", "DefendDispute"), _NO_CALL),
    ),
    flows={
        payments.Authorize: Flow(build_authorize, parse_payment),
        payments.Capture: Flow(build_capture, parse_capture),
        payments.Void: Flow(build_void, parse_payment),
        payments.Refund: Flow(build_refund, parse_refund),
        payments.PSync: Flow(build_psync, parse_payment),
        payments.RSync: Flow(build_rsync, parse_refund),
        payments.IncomingWebhook: receive,
    },
)
