"""Stripe's flows: pure functions from commands to requests, and from responses to outcomes.

Source: docs.stripe.com/api/{payment_intents, refunds, errors, idempotent_requests}.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

from runtime.connectors.stripe import tables, wire
from runtime.core import errors, payments
from runtime.core.amounts import check_amount, decoded, encoded
from runtime.core.bodies import FormValue, Unreadable, form, path_segment, read_json
from runtime.core.configuration import Checked, http_url, require, secret, secrets
from runtime.core.connector import Context, Exchange, ask
from runtime.core.errors import ConnectorError
from runtime.core.messages import HttpRequest, HttpResponse
from runtime.core.money import MinorUnits
from runtime.core.payments import Command, ErrorInfo, PaymentOutcome, RefundOutcome
from runtime.core.secret import Secret
from runtime.core.vocabulary import ErrorCode, NextActionKind, PaymentStatus, RefundStatus

_told_id = re.compile(rb'"id"\s*:\s*"((?:pi|re|pyr)_[A-Za-z0-9_]+)"').search
_INTENTS = "/v1/payment_intents"
_CHARGE: dict[str, FormValue] = {"expand": ["latest_charge"]}  # it tells amounts, and until when a hold lasts

OnPayment = payments.Authorize | payments.CompleteAuthorize | payments.Capture | payments.Void | payments.PSync
Model = TypeVar("Model", wire.PaymentIntent, wire.Refund)

_CHECKED: Mapping[str, Checked] = {"api_key": secret, "webhook_secrets": secrets, "base_url": http_url}


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
        for name, checked in _CHECKED.items():
            object.__setattr__(self, name, checked(getattr(self, name), f"stripe: {name}"))
        require(self.webhook_tolerance_s > 0, "stripe: webhook_tolerance_s must be more than 0 seconds")
        require(self.ugx_decimals in tables.AMOUNTS, "stripe: ugx_decimals must be 2 or 0")

    @property
    def amounts(self) -> MinorUnits:
        return tables.AMOUNTS[self.ugx_decimals]


def build_authorize(context: Context, command: payments.Authorize) -> HttpRequest:
    fields: dict[str, FormValue] = {
        "amount": encoded(context.config.amounts, command.amount),
        "currency": command.amount.currency.lower(),
        "confirm": True,
        **_method(command.method),
        "allowed_payment_method_types": ["card"],
        **tables.CAPTURE_METHOD[command.capture_method],
        "return_url": command.return_url,
        "description": command.description,
        "metadata": {"reference": command.reference},
        **_CHARGE,
    }
    return _post(context, _INTENTS, command, fields)


def build_capture(context: Context, command: payments.Capture) -> HttpRequest:
    amount = encoded(context.config.amounts, command.amount)
    final = None if command.final else False
    fields: dict[str, FormValue] = {"amount_to_capture": amount, "final_capture": final, **_CHARGE}
    return _post(context, f"{_INTENTS}/{path_segment(command.payment_id)}/capture", command, fields)


def build_void(context: Context, command: payments.Void) -> HttpRequest:
    return _post(context, f"{_INTENTS}/{path_segment(command.payment_id)}/cancel", command, _CHARGE)


def build_refund(context: Context, command: payments.Refund) -> HttpRequest:
    amount = encoded(context.config.amounts, command.amount)
    return _post(context, "/v1/refunds", command, {"payment_intent": command.payment_id, "amount": amount})


def build_psync(context: Context, command: payments.PSync | payments.CompleteAuthorize) -> HttpRequest:
    return _get(context, f"{_INTENTS}/{path_segment(command.payment_id)}?expand%5B%5D=latest_charge")


def build_rsync(context: Context, command: payments.RSync) -> HttpRequest:
    return _get(context, f"/v1/refunds/{path_segment(command.refund_id)}")


def _get(context: Context, path: str) -> HttpRequest:
    key = ("Authorization", f"Bearer {context.config.api_key.reveal()}")
    return HttpRequest("GET", context.config.base_url + path, (key, ("Stripe-Version", tables.VERSION)))


def _post(context: Context, path: str, command: Command, fields: Mapping[str, FormValue]) -> HttpRequest:
    bare, once = _get(context, path), ("Idempotency-Key", command.idempotency_key)
    headers = (*bare.headers, ("Content-Type", "application/x-www-form-urlencoded"), once)
    return HttpRequest("POST", bare.url, headers, form(fields))


def _method(method: payments.PaymentMethod) -> dict[str, FormValue]:
    if isinstance(method, payments.StoredMethod):
        return {"payment_method": method.token}
    if not isinstance(method, payments.Card):
        raise NotImplementedError(method.kind)
    cvc, month, year = method.cvc and method.cvc.reveal(), method.expiry_month, method.expiry_year
    card: FormValue = {"number": method.number.reveal(), "exp_month": month, "exp_year": year, "cvc": cvc or None}
    return {"payment_method_data": {"type": "card", "card": card, "billing_details": {"name": method.holder}}}


def complete_authorize(context: Context, command: payments.CompleteAuthorize) -> Exchange[PaymentOutcome]:
    """Read the intent back, and confirm it where Stripe waits for that (confirmation_method manual, after 3DS)."""
    response = yield from ask(command, build_psync(context, command))
    reply = _read(wire.PaymentIntent, command, response)
    if isinstance(reply, wire.PaymentIntent) and reply.status == "requires_confirmation":
        confirm = f"{_INTENTS}/{path_segment(command.payment_id)}/confirm"
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
    several = reply.request_multicapture == "if_available" or not command.final
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
        error = _error(seen, status)
        return errors.refused(command, status, error, retry_after=response.retry_after, transaction_id=told)
    final, error = status >= 409 and response.header("Stripe-Should-Retry") == "false", _error(seen, 500)
    return errors.unanswered(command, reason, status=status, error=error, final=final, transaction_id=told)


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
    # Stripe counts as refunded what was only released, too: a whole voided hold, and what a partial capture left of one
    # (woocommerce-gateway-stripe#1073: 20675 held, 20300 captured, amount_refunded 375; solidus_stripe#268).
    released = charge.amount - charge.amount_captured if charge and not is_held else 0
    refunded = max(charge.amount_refunded - released, 0) if charge else None
    amounts = {"amount": intent.amount, "capturable": intent.amount_capturable, "captured": intent.amount_received}
    outcome = partial(PaymentOutcome, payment_id=intent.id, raw_status=intent.status, next_action=_next_action(intent))
    error = _error(failure, 402) if failure else None
    until = charge.capture_before if charge and is_held else None
    outcome = partial(outcome, status=next(told, PaymentStatus.UNRESOLVED), error=error, expires_at=until)
    told_amounts = {**amounts, "authorized": authorized, "refunded": refunded}
    return decoded(outcome, config.amounts, intent.currency, told_amounts)


def refund(config: Config, reply: wire.Refund) -> RefundOutcome:
    """Where a refund stands; one that succeeded can still fail later.

    Raises:
        IntegrityMismatch: an amount that ISO units cannot hold.
    """
    failure, status = reply.failure_reason, tables.REFUND_STATUS.get(reply.status, RefundStatus.UNRESOLVED)
    code, retry = tables.REFUND_FAILURE.get(failure or "", tables.UNKNOWN_CODE)
    error = ErrorInfo(code=code, retry=retry, raw_code=failure) if failure else None
    outcome = partial(RefundOutcome, status=status, refund_id=reply.id, payment_id=reply.payment_intent, error=error)
    return decoded(partial(outcome, raw_status=reply.status), config.amounts, reply.currency, {"amount": reply.amount})


def _next_action(intent: wire.PaymentIntent) -> payments.NextAction | None:
    """A page to go to; or whatever else it is for Stripe's own code, which asks by the client secret what to do."""
    action = intent.next_action
    if action is None:
        return None
    kind = NextActionKind.REDIRECT if action.redirect_url else NextActionKind.CLIENT_SDK
    data = {} if action.redirect_url else {"type": action.type, "client_secret": intent.client_secret or ""}
    return payments.NextAction(kind=kind, url=action.redirect_url, data=data)
