"""Razorpay's payment flows: pure functions from commands to requests, and from responses to outcomes.

A payment belongs to an order, and the order decides how it is captured; one without an order is refunded by itself.
Payments have no idempotency key, refunds have (X-Refund-Idempotency). So a payment whose answer was lost is found by
its order: PSync and CompleteAuthorize take an order's id (`order_...`) wherever they take a payment's. An unknown
outcome without any id is that of an order: nothing was paid. A refund is found by asking for it again, with its key.
Source: razorpay.com/docs/api/{orders,payments,refunds,disputes}, docs/payments/payments/capture-settings/api,
docs/payments/payment-gateway/s2s-integration/json/v2.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from runtime.connectors.razorpay import outcomes, tables, wire
from runtime.core import errors, payments
from runtime.core.amounts import check_amount, encoded
from runtime.core.bodies import JsonValue, Unreadable, Wire, json_body, path_segment, read_json
from runtime.core.configuration import Checked, http_url, require, secret, secrets
from runtime.core.connector import Context, Exchange
from runtime.core.messages import Headers, HttpRequest, HttpResponse, TransportError
from runtime.core.money import Money
from runtime.core.payments import Command, DisputeOutcome, ErrorInfo, PaymentOutcome, RefundOutcome
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentMethodType, PaymentStatus, RetryAdvice
from runtime.core.webhooks import hmac_sha256_hex, matches_any

_told_id = re.compile(rb'"(?:id|razorpay_payment_id)"\s*:\s*"((?:pay|order)_[A-Za-z0-9]+)"').search
_SECRET: Mapping[str, Checked] = dict.fromkeys(("key_id", "key_secret"), secret)
_CHECKED: Mapping[str, Checked] = {**_SECRET, "webhook_secrets": secrets, "base_url": http_url}
_WRONG = ErrorInfo(code=ErrorCode.INVALID_REQUEST, retry=RetryAdvice.WITH_CORRECTED_DATA)

Model = TypeVar("Model", bound=Wire)
Told = TypeVar("Told", PaymentOutcome, RefundOutcome)
Fields = Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Config:
    """One Razorpay account. Secrets may be given as plain strings and are wrapped.

    After a rotation Razorpay signs the retries of old events with the old secret: keep it in `webhook_secrets` a while.
    `order_capture` is how payments of CreateOrder's orders are captured. `automatic_capture_minutes` is how long after
    its creation a payment is still captured by itself, and `manual_capture_minutes` how long it can be captured at all.
    A shopper's consent is a payment of `mandate_amount`, for charges of at most `mandate_max_amount` (both as on the
    wire), `mandate_frequency` (weekly, monthly, yearly or as_presented) and for `mandate_days`.

    Raises:
        InvalidConfiguration: a value cannot work; says which and what it must be, never what it was.
    """

    key_id: Secret
    key_secret: Secret
    webhook_secrets: tuple[Secret, ...] = ()
    base_url: str = "https://api.razorpay.com"
    order_capture: CaptureMethod = CaptureMethod.AUTOMATIC
    automatic_capture_minutes: int = 7200
    manual_capture_minutes: int = 7200
    mandate_amount: int = 100
    mandate_max_amount: int = 1_500_000
    mandate_frequency: str = "as_presented"
    mandate_days: int = 3650

    def __post_init__(self) -> None:
        for name, checked in _CHECKED.items():
            object.__setattr__(self, name, checked(getattr(self, name), f"razorpay: {name}"))
        require(":" not in self.key_id.reveal(), "razorpay: key_id must be one without a colon")
        require(self.order_capture is not CaptureMethod.MANUAL_MULTIPLE, "razorpay: order_capture is a single capture")
        in_order = 12 <= self.automatic_capture_minutes <= self.manual_capture_minutes <= 7200
        require(in_order, "razorpay: 12 <= automatic_capture_minutes <= manual_capture_minutes <= 7200 must hold")
        in_order = 0 < self.mandate_amount <= self.mandate_max_amount and self.mandate_days > 0
        require(in_order, "razorpay: 0 < mandate_amount <= mandate_max_amount and 0 < mandate_days must hold")


def request(context: Context, method: str, path: str, fields: Fields | None = None) -> HttpRequest:
    """A call as the merchant. The word Basic must be written just so (docs/api/authentication)."""
    config: Config = context.config
    pair = f"{config.key_id.reveal()}:{config.key_secret.reveal()}".encode()
    headers: Headers = (("Authorization", f"Basic {b64encode(pair).decode()}"),)
    if fields is not None:
        headers = (*headers, ("Content-Type", "application/json"))
    return HttpRequest(method, config.base_url + path, headers, b"" if fields is None else json_body(fields))


def ask(command: Command, asked: HttpRequest, known: str | None = None) -> Exchange[HttpResponse]:
    """One step. `known` is the id held so far: it travels with whatever goes wrong."""
    try:
        return (yield asked)
    except TransportError as error:
        raise errors.unanswered(command, str(error), cause=error, transaction_id=known) from error


def fetch(model: type[Model], command: Command, asked: HttpRequest, known: str | None = None) -> Exchange[Model]:
    """A step that nothing can decline."""
    return read(model, command, (yield from ask(command, asked, known)), known)


def read(model: type[Model], command: Command, response: HttpResponse, known: str | None = None) -> Model:
    """The object of a success; every other reply is raised as what it stands for."""
    reason = f"HTTP {response.status}"
    if 200 <= response.status < 300:
        try:
            return read_json(model, response.body)
        except Unreadable as unreadable:
            reason = str(unreadable)
    raise _trouble(command, response, reason, known)


def decline(response: HttpResponse) -> wire.Problem | None:
    """What a 400 says, if it says that the payment was declined.

    By a reason that means so; by one we do not know only where it comes with the payment that has failed.
    """
    problem = _problem(response) if response.status == 400 else None
    if problem is None or problem.reason in tables.DECLINES:
        return problem
    is_unknown = tables.judge(problem, response.status) is tables.UNKNOWN_CODE
    return problem if is_unknown and problem.payment_id else None


def _problem(response: HttpResponse) -> wire.Problem | None:
    try:
        return read_json(wire.ErrorReply, response.body).error
    except Unreadable:
        return None


def _trouble(command: Command, response: HttpResponse, reason: str, known: str | None) -> errors.ConnectorError:
    """A refusal, or no trustworthy answer. A wrong key may get status 400: that is a 401 too, and keeps its number."""
    status, found = response.status, _told_id(response.body)
    problem = None if 200 <= status < 300 else _problem(response)
    seen = problem or wire.Problem()
    told, error = seen.payment_id or (found[1].decode() if found else known), outcomes.error_info(seen, status)
    is_final = status in tables.REFUSALS or error.code is ErrorCode.IDEMPOTENCY_CONFLICT
    if not is_final or seen.reason in tables.PENDING:
        return errors.unanswered(command, reason, status=status, error=error if problem else None, transaction_id=told)
    kind = 401 if error.code is ErrorCode.CREDENTIALS_REJECTED else status
    refusal = errors.refused(command, kind, error, retry_after=response.retry_after, transaction_id=told)
    refusal.status = status
    return refusal


def checked(amount: Money | None, outcome: Told) -> Told:
    check_amount(amount, outcome.amount, outcome)
    return outcome


def authorize(context: Context, command: payments.Authorize) -> Exchange[PaymentOutcome]:
    """Make the order if there is none yet, then the payment.

    Raises:
        InvalidCommand: the method lacks something, or the given order is captured in another way. Nothing was sent.
    """
    config, method, order_id = context.config, method_fields(command.method), command.order_id
    if order_id and command.capture_method is not config.order_capture:
        raise errors.InvalidCommand(
            "its order decides how a payment is captured: leave order_id out, or set order_capture", error=_WRONG
        )
    if order_id is None:
        captured = capture_options(config, command.capture_method)
        order = yield from place_order(context, command, command.amount, {"receipt": command.reference, **captured})
        order_id = order.id
    about: Fields = {"order_id": order_id, "callback_url": command.return_url, "description": command.description}
    fields = {**money(command.amount), **about, **person(command.shopper), **method}
    create = request(context, "POST", "/v1/payments/create/json", fields)
    return (yield from pay(context, command, create, order_id, command.amount))


def place_order(context: Context, command: Command, amount: Money, fields: Fields) -> Exchange[wire.Entity]:
    """An order; without a reference of the merchant's its receipt is the key of this attempt (at most 40 characters).

    Raises:
        IntegrityMismatch: it was made for another amount. Nothing was paid.
    """
    fields = {**money(amount), **fields, "receipt": fields.get("receipt") or command.idempotency_key}
    order = yield from fetch(wire.Entity, command, request(context, "POST", "/v1/orders", fields))
    checked(amount, outcomes.unpaid(order))
    return order


def pay(context: Context, command: Command, asked: HttpRequest, known: str, amount: Money) -> Exchange[PaymentOutcome]:
    """Pay an order: a decline, what the shopper must do, or, where nothing is left to do, the payment as it is read.

    The reply tells neither status nor amount. Until it tells the payment's id, the order's (`known`) stands for it.
    """
    response = yield from ask(command, asked, known)
    if problem := decline(response):
        return outcomes.declined(problem, known)
    reply = read(wire.Started, command, response, known)
    if reply.next or reply.link:
        return outcomes.started(reply)
    try:
        return (yield from _payment(context, command, reply.razorpay_payment_id, amount))
    except errors.GatewayRefused as refusal:  # to be read; the payment was made
        made, reason = reply.razorpay_payment_id, f"made, but not to be read: {refusal}"
        raise errors.unanswered(command, reason, status=refusal.status, transaction_id=made) from refusal


def complete_authorize(context: Context, command: payments.CompleteAuthorize) -> Exchange[PaymentOutcome]:
    """Verify what the shopper came back with, if it is signed, and in any case read the payment.

    Raises:
        InvalidCommand: the signature does not hold, or is another payment's. Nothing was sent.
    """
    if "razorpay_signature" in command.returned:
        verify_returned(context.config, command)
    return (yield from psync(context, command))


def verify_returned(config: Config, command: payments.CompleteAuthorize) -> None:
    returned = command.returned
    names = next((names for names in tables.RETURNED if all(name in returned for name in names)), ())
    signed = [returned[name] for name in names]
    expected = hmac_sha256_hex(config.key_secret.reveal().encode(), "|".join(signed).encode())
    if not matches_any(expected, [returned["razorpay_signature"]]) or command.payment_id not in signed:
        raise errors.InvalidCommand("razorpay_signature does not hold for this payment: believe nothing", error=_WRONG)


def psync(context: Context, command: payments.PSync | payments.CompleteAuthorize) -> Exchange[PaymentOutcome]:
    """Read a payment, by its own id or by its order's: of several payments the one that got furthest."""
    if not command.payment_id.startswith("order_"):
        return (yield from _payment(context, command, command.payment_id, command.amount))
    path = f"/v1/orders/{path_segment(command.payment_id)}"
    found = yield from fetch(wire.Payments, command, request(context, "GET", f"{path}/payments"))
    if found.items:
        best = max(found.items, key=lambda one: (tables.RANK.get(one.status, tables.RANK[None]), one.created_at or 0))
        return checked(command.amount, outcomes.payment(best))
    order = yield from fetch(wire.Entity, command, request(context, "GET", path))
    return checked(command.amount, outcomes.unpaid(order))


def _payment(context: Context, command: Command, payment_id: str, amount: Money | None) -> Exchange[PaymentOutcome]:
    return checked(amount, outcomes.payment((yield from fetch_payment(context, command, payment_id))))


def fetch_payment(context: Context, command: Command, payment_id: str) -> Exchange[wire.Payment]:
    asked = request(context, "GET", f"/v1/payments/{path_segment(payment_id)}")
    seen = yield from fetch(wire.Payment, command, asked, payment_id)
    if seen.id != payment_id:
        raise errors.unanswered(command, "the answer is about another payment", transaction_id=payment_id)
    return seen


def build_capture(context: Context, command: payments.Capture) -> HttpRequest:
    """A capture of all that is held; Razorpay refuses any other amount.

    Raises:
        NotOffered: a capture that is to leave something held. Nothing was sent.
    """
    if not command.final:
        raise errors.NotOffered("razorpay captures the whole amount, once (docs/api/payments/capture)", error=_WRONG)
    return request(context, "POST", f"/v1/payments/{path_segment(command.payment_id)}/capture", money(command.amount))


def parse_capture(_: Context, command: payments.Capture, response: HttpResponse) -> PaymentOutcome:
    if problem := decline(response):
        return replace(outcomes.declined(problem, command.payment_id), status=PaymentStatus.CAPTURE_FAILED)
    return checked(command.amount, outcomes.payment(read(wire.Payment, command, response)))


def build_refund(context: Context, command: payments.Refund) -> HttpRequest:
    fields: Fields = {"amount": encoded(tables.AMOUNTS, command.amount), "speed": "normal"}
    bare = request(context, "POST", f"/v1/payments/{path_segment(command.payment_id)}/refund", fields)
    return replace(bare, headers=(*bare.headers, ("X-Refund-Idempotency", command.idempotency_key)))


def build_rsync(context: Context, command: payments.RSync) -> HttpRequest:
    return request(context, "GET", f"/v1/refunds/{path_segment(command.refund_id)}")


def parse_refund(_: Context, command: payments.Refund | payments.RSync, response: HttpResponse) -> RefundOutcome:
    outcome = checked(command.amount, outcomes.refund(read(wire.Refund, command, response)))
    return outcome if outcome.payment_id else replace(outcome, payment_id=command.payment_id)


def create_order(context: Context, command: payments.CreateOrder) -> Exchange[payments.OrderOutcome]:
    fields = {"receipt": command.reference, **capture_options(context.config, context.config.order_capture)}
    order = yield from place_order(context, command, command.amount, fields)
    return payments.OrderOutcome(order_id=order.id, amount=command.amount)


def build_session(context: Context, command: payments.CreateSessionToken) -> HttpRequest:
    """A payment link: Razorpay's own page, which brings the shopper back with a signed query."""
    back: Fields = {"callback_url": command.return_url, "callback_method": "get"}
    fields: Fields = {**money(command.amount), "reference_id": command.reference or command.idempotency_key, **back}
    return request(context, "POST", "/v1/payment_links", fields)


def parse_session(_: Context, command: payments.CreateSessionToken, response: HttpResponse) -> payments.SessionOutcome:
    link = read(wire.PaymentLink, command, response)
    checked(command.amount, outcomes.unpaid(link))
    return payments.SessionOutcome(session_id=link.id, url=link.short_url, expires_at=link.expire_by or None)


def build_dsync(context: Context, command: payments.DSync) -> HttpRequest:
    return request(context, "GET", f"/v1/disputes/{path_segment(command.dispute_id)}")


def build_accept(context: Context, command: payments.AcceptDispute) -> HttpRequest:
    return request(context, "POST", f"/v1/disputes/{path_segment(command.dispute_id)}/accept", {})


def build_contest(context: Context, command: payments.SubmitEvidence | payments.DefendDispute) -> HttpRequest:
    """A draft of evidence, or the word that what was handed in is all: only that has the bank look at it.

    `summary` is text; every other name lists ids of documents, with commas between (docs/api/disputes/contest).

    Raises:
        InvalidCommand: one of them is no id.
    """
    fields: dict[str, JsonValue] = {"action": "submit"}
    if isinstance(command, payments.SubmitEvidence):
        proofs = {name: text.split(",") for name, text in command.evidence.items() if name != "summary"}
        listed = {name: [path_segment(one.strip()) for one in ids] for name, ids in proofs.items()}
        fields = {**listed, "summary": command.evidence.get("summary"), "action": "draft"}
    return request(context, "PATCH", f"/v1/disputes/{path_segment(command.dispute_id)}/contest", fields)


def parse_dispute(_: Context, command: Command, response: HttpResponse) -> DisputeOutcome:
    return outcomes.dispute(read(wire.Dispute, command, response), given_up=isinstance(command, payments.AcceptDispute))


# -- what a command says, in Razorpay's words


def money(amount: Money) -> dict[str, JsonValue]:
    return {"amount": encoded(tables.AMOUNTS, amount), "currency": amount.currency}


def capture_options(config: Config, capture: CaptureMethod) -> dict[str, JsonValue]:
    options: dict[str, JsonValue] = {"manual_expiry_period": config.manual_capture_minutes, "refund_speed": "normal"}
    if capture is CaptureMethod.AUTOMATIC:
        options["automatic_expiry_period"] = config.automatic_capture_minutes
    return {"payment": {"capture": capture.lower(), "capture_options": options}}


def person(shopper: payments.Shopper) -> dict[str, JsonValue]:
    """Razorpay demands email, contact and ip of every payment; what is missing is its to refuse."""
    fields: dict[str, JsonValue] = {"email": shopper.email, "contact": shopper.phone, "ip": shopper.ip}
    if (browser := shopper.browser) is None:
        return fields
    screen: Fields = {"screen_width": browser.screen_width, "screen_height": browser.screen_height}
    about: Fields = {"java_enabled": browser.java_enabled, "javascript_enabled": True, "language": browser.language}
    zone: Fields = {"timezone_offset": browser.timezone_offset_minutes, "color_depth": browser.color_depth}
    channel: Fields = {"authentication": {"authentication_channel": "browser"}, "user_agent": browser.user_agent}
    return {**fields, **channel, "browser": {**about, **zone, **screen}}


def method_fields(method: payments.PaymentMethod) -> dict[str, JsonValue]:
    """A payment method as the fields of a payment.

    Raises:
        InvalidCommand: it lacks what Razorpay needs: netbanking its bank, a saved card its customer.
    """
    if isinstance(method, payments.Card):
        return {"method": "card", "card": _card(method)}
    if isinstance(method, payments.Upi):
        vpa = method.vpa.reveal() if method.vpa else None
        return {"method": "upi", "upi": {"flow": "collect" if vpa else "intent", "vpa": vpa}}
    if isinstance(method, payments.LocalMethod) and method.kind is PaymentMethodType.PAYPAL:
        return {"method": "wallet", "wallet": "paypal"}
    if isinstance(method, payments.LocalMethod) and method.bank:
        return {"method": "netbanking", "bank": method.bank}
    raise errors.InvalidCommand(
        f"{method.kind} lacks its bank or its customer (what is saved is charged by ChargeMandate)", error=_WRONG
    )


def _card(card: payments.Card) -> dict[str, JsonValue]:
    expiry: Fields = {"expiry_month": f"{card.expiry_month:02d}", "expiry_year": f"{card.expiry_year % 100:02d}"}
    cvv = card.cvc.reveal() if card.cvc else None  # what is tokenised is paid without, and a made-up one is refused
    return {"number": card.number.reveal(), "name": card.holder, **expiry, "cvv": cvv}
