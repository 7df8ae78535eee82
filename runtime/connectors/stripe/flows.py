"""Stripe's flows: pure functions from commands to requests, and from responses to outcomes.

Source: docs.stripe.com/api/{payment_intents, refunds, errors, idempotent_requests}.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from runtime.connectors.stripe import tables, wire
from runtime.core import errors, payments
from runtime.core.bodies import FormValue, Unreadable, form, read_json
from runtime.core.connector import Context, Exchange, ask, check_amount
from runtime.core.errors import ConnectorError
from runtime.core.messages import HttpRequest, HttpResponse
from runtime.core.money import Money, UnrepresentableAmount
from runtime.core.payments import Command, ErrorInfo, PaymentOutcome, RefundOutcome
from runtime.core.secret import Secret
from runtime.core.vocabulary import ErrorCode, NextActionKind, PaymentStatus, RefundStatus, RetryAdvice

_is_id = re.compile(r"[A-Za-z0-9_-]+\Z").match
_is_url = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?\Z").match
_is_key = re.compile(r"[!-~]+\Z").match  # what a header can carry
_told_id = re.compile(rb'"id"\s*:\s*"((?:pi|re|pyr)_[A-Za-z0-9_]+)"').search
_CHARGE: dict[str, FormValue] = {"expand": ["latest_charge"]}  # it tells amounts, and until when a hold lasts

OnPayment = payments.Authorize | payments.CompleteAuthorize | payments.Capture | payments.Void | payments.PSync
Model = TypeVar("Model", wire.PaymentIntent, wire.Refund)
Reply = wire.PaymentIntent | wire.Refund
Outcome = TypeVar("Outcome", PaymentOutcome, RefundOutcome)


@dataclass(frozen=True, slots=True)
class Config:
    """One Stripe account. Secrets may be given as plain strings and are wrapped.

    Several `webhook_secrets` stand side by side while one is rolled. `ugx_decimals` is 2 or 0: Stripe's currency page
    names the Ugandan shilling under both rules.

    Raises:
        InvalidConfiguration: a value cannot work; says which and what it must be, never what it was.
    """

    api_key: Secret
    webhook_secrets: tuple[Secret, ...] = ()
    base_url: str = "https://api.stripe.com"
    webhook_tolerance_s: int = 300
    ugx_decimals: int = 2

    def __post_init__(self) -> None:
        object.__setattr__(self, "api_key", _secrets(self.api_key)[0])
        object.__setattr__(self, "webhook_secrets", _secrets(self.webhook_secrets))
        for holds, rule in (
            (_is_key(self.api_key.reveal()), "api_key must be a secret or restricted key: printable, without spaces"),
            (all(self.webhook_secrets), "webhook_secrets must not hold an empty one: anyone could sign with it"),
            (_is_url(self.base_url), "base_url must be an http(s) URL with a host, and without credentials or query"),
            (self.webhook_tolerance_s > 0, "webhook_tolerance_s must be more than 0 seconds"),
            (self.ugx_decimals in tables.AMOUNTS, "ugx_decimals must be 2 or 0"),
        ):
            if not holds:
                raise errors.InvalidConfiguration(f"stripe: {rule}")


def _secrets(given: Iterable[Secret | str] | Secret | str) -> tuple[Secret, ...]:
    several = (given,) if isinstance(given, Secret | str) else given
    return tuple(one if isinstance(one, Secret) else Secret(one) for one in several)


def build_authorize(context: Context, command: payments.Authorize) -> HttpRequest:
    fields: dict[str, FormValue] = {
        "amount": _amount(context.config, command.amount),
        "currency": command.amount.currency.lower(),
        "confirm": True,
        **_method(command.method),
        "payment_method_types": ["card"],
        **tables.CAPTURE_METHOD[command.capture_method],
        "return_url": command.return_url,
        "description": command.description,
        "metadata": {"reference": command.reference},
        **_CHARGE,
    }
    return _post(context, "/v1/payment_intents", command, fields)


def build_capture(context: Context, command: payments.Capture) -> HttpRequest:
    amount = _amount(context.config, command.amount)
    final = None if command.final else False
    fields: dict[str, FormValue] = {"amount_to_capture": amount, "final_capture": final, **_CHARGE}
    return _post(context, _path("payment_intents", command.payment_id, "/capture"), command, fields)


def build_void(context: Context, command: payments.Void) -> HttpRequest:
    return _post(context, _path("payment_intents", command.payment_id, "/cancel"), command, _CHARGE)


def build_refund(context: Context, command: payments.Refund) -> HttpRequest:
    amount = _amount(context.config, command.amount)
    return _post(context, "/v1/refunds", command, {"payment_intent": command.payment_id, "amount": amount})


def build_psync(context: Context, command: payments.PSync | payments.CompleteAuthorize) -> HttpRequest:
    return _get(context, _path("payment_intents", command.payment_id, "?expand%5B%5D=latest_charge"))


def build_rsync(context: Context, command: payments.RSync) -> HttpRequest:
    return _get(context, _path("refunds", command.refund_id))


def _get(context: Context, path: str) -> HttpRequest:
    config: Config = context.config
    key = ("Authorization", f"Bearer {config.api_key.reveal()}")
    return HttpRequest("GET", config.base_url.rstrip("/") + path, (key, ("Stripe-Version", tables.VERSION)))


def _post(context: Context, path: str, command: Command, fields: Mapping[str, FormValue]) -> HttpRequest:
    bare, once = _get(context, path), ("Idempotency-Key", command.idempotency_key)
    headers = (*bare.headers, ("Content-Type", "application/x-www-form-urlencoded"), once)
    return HttpRequest("POST", bare.url, headers, form(fields))


def _path(collection: str, identity: str, rest: str = "") -> str:
    """The path of one object. An id that could change the route is refused: servers decode %2F before they route."""
    if not _is_id(identity):
        raise _invalid("an id holds letters, digits, _ and - only", ErrorCode.INVALID_REQUEST)
    return f"/v1/{collection}/{identity}{rest}"


def _amount(config: Config, money: Money) -> int:
    if not money.minor:
        raise _invalid("Stripe moves no amount of zero", ErrorCode.INVALID_AMOUNT)
    try:
        return tables.AMOUNTS[config.ugx_decimals].encode(money)
    except UnrepresentableAmount as error:
        raise _invalid(str(error), ErrorCode.INVALID_AMOUNT) from error


def _invalid(reason: str, code: ErrorCode) -> errors.InvalidCommand:
    return errors.InvalidCommand(reason, error=ErrorInfo(code=code, retry=RetryAdvice.WITH_CORRECTED_DATA))


def _method(method: payments.PaymentMethod) -> dict[str, FormValue]:
    if not isinstance(method, payments.Card):
        return {"payment_method": method.token}
    cvc, month, year = method.cvc and method.cvc.reveal(), method.expiry_month, method.expiry_year
    card: FormValue = {"number": method.number.reveal(), "exp_month": month, "exp_year": year, "cvc": cvc or None}
    return {"payment_method_data": {"type": "card", "card": card, "billing_details": {"name": method.holder}}}


def complete_authorize(context: Context, command: payments.CompleteAuthorize) -> Exchange[PaymentOutcome]:
    """Read the intent back, and confirm it where Stripe waits for that (confirmation_method manual, after 3DS)."""
    response = yield from ask(command, build_psync(context, command))
    reply = _read(wire.PaymentIntent, command, response)
    if isinstance(reply, wire.PaymentIntent) and reply.status == "requires_confirmation":
        confirm = _path("payment_intents", command.payment_id, "/confirm")
        response = yield from ask(command, _post(context, confirm, command, _CHARGE))
    return parse_payment(context, command, response)


def parse_payment(context: Context, command: OnPayment, response: HttpResponse) -> PaymentOutcome:
    reply = _read(wire.PaymentIntent, command, response)
    if isinstance(reply, wire.Problem):
        return _declined(context.config, command, reply)
    outcome = payment(context.config, reply)
    if isinstance(command, payments.Capture):
        _check_captured(command, reply, outcome)
    else:
        check_amount(command.amount, outcome.amount, outcome)
    return outcome


def _check_captured(command: payments.Capture, reply: wire.PaymentIntent, outcome: PaymentOutcome) -> None:
    """Several captures add up in amount_received, so it may be more than this one asked for, never less."""
    asked, told = command.amount, outcome.captured
    enough = told is not None and told.currency == asked.currency and told.minor >= asked.minor
    offered = reply.charge and reply.charge.multicapture == "available"
    several = offered or reply.request_multicapture == "if_available" or not command.final
    if outcome.status not in tables.UNDECIDED and not (enough and several):
        check_amount(asked, told, outcome)


def parse_refund(context: Context, command: payments.Refund | payments.RSync, response: HttpResponse) -> RefundOutcome:
    reply, known = _read(wire.Refund, command, response), command.payment_id
    if isinstance(reply, wire.Problem):
        failed, error = RefundStatus.FAILURE, _error(reply, 402)
        return RefundOutcome(status=failed, refund_id=None, payment_id=known, raw_status=None, error=error)
    outcome = refund(context.config, reply)
    check_amount(command.amount, outcome.amount, outcome)
    return outcome if outcome.payment_id else replace(outcome, payment_id=known)


def _read(model: type[Model], command: Command, response: HttpResponse) -> Model | wire.Problem:
    """The object of a success, or the problem of a decline; every other reply is raised as what it stands for."""
    problem, reason = None, f"HTTP {response.status}"
    try:
        if 200 <= response.status < 300:
            return read_json(model, response.body)
        problem = read_json(wire.ErrorReply, response.body).error
    except Unreadable as unreadable:
        reason = str(unreadable)
    may_be_declined = command.writes and response.status == 402
    if may_be_declined and problem and (problem.type == "card_error" or problem.payment_intent):
        return problem
    raise _trouble(command, response, reason, problem)


def _trouble(command: Command, response: HttpResponse, reason: str, problem: wire.Problem | None) -> ConnectorError:
    """A refusal, or no trustworthy answer. Where Stripe asks not to repeat, the advice is NEVER: reading back is none.

    That header counts only beside a status that says nothing certain: Stripe sends `false` with every success and
    decline too, and one of those that arrived damaged is best asked for again under the same key.
    """
    status, found, seen = response.status, _told_id(response.body), problem or wire.Problem(type="")
    told = found[1].decode() if found else None
    if status in (tables.REFUSALS if problem else tables.REFUSALS_WITHOUT_BODY):
        after = response.header("Retry-After") or ""
        wait_s = float(after) if after.isdecimal() else None
        refusal = errors.refused(command, status, _error(seen, status), retry_after=wait_s)
        refusal.transaction_id = refusal.transaction_id or told
        return refusal
    retry = RetryAdvice.SYNC_FIRST if command.writes else RetryAdvice.LATER
    if status >= 409 and response.header("Stripe-Should-Retry") == "false":
        retry = RetryAdvice.NEVER
    error = replace(_error(seen, 500), retry=retry)
    return errors.unanswered(command, reason, status=status, error=error, transaction_id=told)


def _error(failure: wire.Failure, status: int) -> ErrorInfo:
    code, retry = tables.judge(failure, status)
    raw = failure.decline_code or failure.code or failure.type or None
    message, advice = failure.message, failure.advice_code
    told = partial(ErrorInfo, code=code, retry=retry, raw_code=raw, message=message, advice_code=advice)
    return told(network_decline_code=failure.network_decline_code, network_advice_code=failure.network_advice_code)


def _declined(config: Config, command: OnPayment, problem: wire.Problem) -> PaymentOutcome:
    error = _error(problem, 402)
    status, agreeing = tables.DECLINED[type(command)]
    if status is PaymentStatus.FAILURE and error.code is ErrorCode.AUTHENTICATION_FAILED:
        status = PaymentStatus.AUTHENTICATION_FAILED
    if problem.payment_intent is None:
        known = getattr(command, "payment_id", None)
        return PaymentOutcome(status=status, payment_id=known, raw_status=None, error=error)
    outcome = payment(config, problem.payment_intent)
    return replace(outcome, status=status if outcome.raw_status in agreeing else PaymentStatus.UNRESOLVED, error=error)


def payment(config: Config, intent: wire.PaymentIntent) -> PaymentOutcome:
    """Where a payment stands.

    Raises:
        IntegrityMismatch: an amount that ISO units cannot hold.
    """
    told = (status for raw, holds, status in tables.STATUS if raw == intent.status and holds(intent))
    failure, charge, is_held = intent.last_payment_error, intent.charge, intent.status == "requires_capture"
    authorized = intent.amount_capturable + intent.amount_received if is_held else None
    if charge and charge.status == "succeeded" and charge.amount_authorized:
        authorized = charge.amount_authorized
    refunded = _refunded(charge, is_held=is_held) if charge else None
    amounts = {"amount": intent.amount, "capturable": intent.amount_capturable, "captured": intent.amount_received}
    outcome = partial(PaymentOutcome, payment_id=intent.id, raw_status=intent.status, next_action=_next_action(intent))
    error = _error(failure, 402) if failure else None
    until = charge.capture_before if charge and is_held else None
    outcome = partial(outcome, status=next(told, PaymentStatus.UNRESOLVED), error=error, expires_at=until)
    return _with_amounts(config, outcome, intent, {**amounts, "authorized": authorized, "refunded": refunded})


def _refunded(charge: wire.Charge, *, is_held: bool) -> int:
    """What went back to the shopper after it had been taken.

    Stripe counts as refunded, too, what was only released: a whole voided hold, and what a partial capture left of one
    (woocommerce-gateway-stripe#1073: 20675 held, 20300 captured, amount_refunded 375; solidus_stripe#268).
    """
    released = 0 if is_held else charge.amount - charge.amount_captured
    return max(charge.amount_refunded - released, 0)


def refund(config: Config, reply: wire.Refund) -> RefundOutcome:
    """Where a refund stands; one that succeeded can still fail later.

    Raises:
        IntegrityMismatch: an amount that ISO units cannot hold.
    """
    failure, status = reply.failure_reason, tables.REFUND_STATUS.get(reply.status, RefundStatus.UNRESOLVED)
    code, retry = tables.REFUND_FAILURE.get(failure or "", tables.UNKNOWN_CODE)
    error = ErrorInfo(code=code, retry=retry, raw_code=failure) if failure else None
    outcome = partial(RefundOutcome, status=status, refund_id=reply.id, raw_status=reply.status, error=error)
    return _with_amounts(config, partial(outcome, payment_id=reply.payment_intent), reply, {"amount": reply.amount})


def _with_amounts(
    config: Config, outcome: Callable[..., Outcome], reply: Reply, amounts: Mapping[str, int | None]
) -> Outcome:
    decode = tables.AMOUNTS[config.ugx_decimals].decode
    try:
        return outcome(**{name: decode(told, reply.currency) for name, told in amounts.items() if told is not None})
    except UnrepresentableAmount as cause:
        error = ErrorInfo(code=ErrorCode.GATEWAY_ERROR, retry=RetryAdvice.SYNC_FIRST)
        raise errors.IntegrityMismatch(str(cause), error=error, transaction_id=reply.id, outcome=outcome()) from cause


def _next_action(intent: wire.PaymentIntent) -> payments.NextAction | None:
    action = intent.next_action
    if not action:
        return None
    name = str(action.get("type"))
    details = action.get(name)
    data = {key: text for key, text in details.items() if isinstance(text, str)} if isinstance(details, dict) else {}
    kind, url = tables.NEXT_ACTION.get(name, NextActionKind.CLIENT_SDK), data.pop("url", None)
    if kind is NextActionKind.CLIENT_SDK:
        data |= {"type": name, "client_secret": intent.client_secret or ""}
    return payments.NextAction(kind=kind, url=url, data=data)
