"""Stripe's flows: pure functions from commands to requests, and from responses to outcomes.

Source: docs.stripe.com/api/{payment_intents, refunds, setup_intents, customers, payment_methods/detach,
checkout/sessions, disputes, errors, idempotent_requests}.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from runtime.connectors.stripe import outcomes, tables, wire
from runtime.connectors.stripe.methods import METHODS, Fields, captured, paid_with
from runtime.core import errors, payments
from runtime.core.amounts import check_amount, encoded
from runtime.core.bodies import Unreadable, Wire, form, path_segment, read_json
from runtime.core.configuration import Checked, http_url, require, secret, secrets
from runtime.core.connector import Context, Exchange, ask
from runtime.core.errors import ConnectorError
from runtime.core.messages import HttpRequest, HttpResponse
from runtime.core.money import MinorUnits
from runtime.core.payments import Command, DisputeOutcome, MandateOutcome, PaymentOutcome, RefundOutcome, SessionOutcome
from runtime.core.secret import Secret
from runtime.core.vocabulary import DisputeStatus, ErrorCode, MandateStatus, PaymentStatus, RefundStatus

_told_id = re.compile(rb'"id"\s*:\s*"((?:pi|re|pyr|seti|cs)_[A-Za-z0-9_]+)"').search
_field = re.compile(r"\{(\w+)\}").sub
INTENTS = "/v1/payment_intents"
CHARGE: Fields = {"expand": ["latest_charge"]}  # it tells amounts, and until when a hold lasts

_OnIntent = payments.CompleteAuthorize | payments.Capture | payments.Void | payments.PSync
OnPayment = payments.Authorize | payments.ChargeMandate | _OnIntent
Model = TypeVar("Model", bound=Wire)

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


def authorize(context: Context, command: payments.Authorize) -> Exchange[PaymentOutcome]:
    """Create and confirm an intent, or confirm the one that an order made; some methods need a customer first."""
    customer = (yield from _customer(context, command)) if METHODS[command.method.kind].customer else None
    if customer and command.order_id:
        path = f"{INTENTS}/{path_segment(command.order_id)}"
        known = _post(context, path, command, {"customer": customer}, step="order")
        _reply(wire.PaymentIntent, command, (yield from ask(command, known)))
    response = yield from ask(command, _confirmed(context, command, customer))
    return parse_payment(context, command, response)


def _confirmed(context: Context, command: payments.Authorize, customer: str | None) -> HttpRequest:
    how = {**paid_with(command), **captured(command), "return_url": command.return_url, **CHARGE}
    if command.order_id:
        return _post(context, f"{INTENTS}/{path_segment(command.order_id)}/confirm", command, how)
    who: Fields = {"confirm": True, "customer": customer, "description": command.description}
    return _post(context, INTENTS, command, _priced(context, command) | how | who)


def charge(context: Context, command: payments.ChargeMandate) -> Fields:
    who: Fields = {"customer": command.customer_id, "payment_method": command.mandate_id, "off_session": True}
    how: Fields = {"allowed_payment_method_types": [METHODS[command.kind].name], "confirm": True, **CHARGE}
    return _priced(context, command) | who | how


def order(context: Context, command: payments.CreateOrder) -> Fields:
    """An intent that nobody has confirmed yet, open to every method of its currency.

    The list is a filter: what the account or the intent cannot take, Stripe leaves out by itself (stripe-python 16.1,
    `allowed_payment_method_types`).
    """
    offers = {row.name: row.offer.currencies for row in METHODS.values()}
    types = [name for name, only in offers.items() if only is None or command.amount.currency in only]
    how: Fields = {"automatic_payment_methods": {"enabled": False}, "allowed_payment_method_types": types}
    return _priced(context, command) | how


def session(context: Context, command: payments.CreateSessionToken) -> Fields:
    """Stripe's own page, selling one thing: the order, under the merchant's own number."""
    priced, name = _priced(context, command), command.reference or "Order"
    price = {"unit_amount": priced["amount"], "currency": priced["currency"], "product_data": {"name": name}}
    back: Fields = {"success_url": command.return_url, "client_reference_id": command.reference}
    what: Fields = {"mode": "payment", "line_items": [{"quantity": 1, "price_data": price}]}
    return {**what, **back, "payment_intent_data": _noted(command)}


def _priced(context: Context, command: Any) -> Fields:
    amount = encoded(context.config.amounts, command.amount)
    return {"amount": amount, "currency": command.amount.currency.lower(), **_noted(command)}


def _noted(command: Any) -> Fields:
    return {"metadata": {"reference": command.reference}}


def capture(context: Context, command: payments.Capture) -> Fields:
    amount, final = encoded(context.config.amounts, command.amount), None if command.final else False
    return {"amount_to_capture": amount, "final_capture": final, **CHARGE}


def refund(context: Context, command: payments.Refund) -> Fields:
    return {"payment_intent": command.payment_id, "amount": encoded(context.config.amounts, command.amount)}


def evidence(_: Context, command: payments.SubmitEvidence | payments.DefendDispute) -> Fields:
    """Staged as it comes in; Stripe sends it to the bank once, when the dispute is defended."""
    return {"evidence": getattr(command, "evidence", None), "submit": isinstance(command, payments.DefendDispute)}


def reads(path: str) -> Callable[[Context, Any], HttpRequest]:
    """A request for what a command names in the path."""
    return lambda context, command: _get(context, _filled(path, command))


def writes(path: str, body: Callable[[Context, Any], Fields] = lambda *_: {}) -> Callable[[Context, Any], HttpRequest]:
    return lambda context, command: _post(context, _filled(path, command), command, body(context, command))


_confirm = writes(INTENTS + "/{payment_id}/confirm", lambda *_: CHARGE)
psync = reads(INTENTS + "/{payment_id}?expand%5B%5D=latest_charge")


def _filled(path: str, command: Command) -> str:
    return _field(lambda name: path_segment(getattr(command, name[1])), path)


def _get(context: Context, path: str) -> HttpRequest:
    key = ("Authorization", f"Bearer {context.config.api_key.reveal()}")
    return HttpRequest("GET", context.config.base_url + path, (key, ("Stripe-Version", tables.VERSION)))


def _post(context: Context, path: str, command: Command, fields: Fields, step: str = "") -> HttpRequest:
    """A write. A step that prepares the command's own write has a key of its own, made from the command's."""
    bare, key = _get(context, path), command.key_of(step) if step else command.idempotency_key
    headers = ("Content-Type", "application/x-www-form-urlencoded"), ("Idempotency-Key", key)
    return HttpRequest("POST", bare.url, (*bare.headers, *headers), form(fields))


def _customer(context: Context, command: payments.Authorize | payments.SetupMandate) -> Exchange[str]:
    who: Fields = {"name": command.shopper.name, "email": command.shopper.email, "phone": command.shopper.phone}
    response = yield from ask(command, _post(context, "/v1/customers", command, who, step="customer"))
    return _reply(wire.Resource, command, response).id


def setup_mandate(context: Context, command: payments.SetupMandate) -> Exchange[MandateOutcome]:
    """Keep a payment method for later, under a customer: what can be charged is the method, within its customer."""
    customer = command.customer_id or (yield from _customer(context, command))
    fields: Fields = {"customer": customer, "confirm": True, "usage": "off_session", "return_url": command.return_url}
    request = _post(context, "/v1/setup_intents", command, fields | paid_with(command) | _noted(command))
    reply = _read(wire.SetupIntent, command, (yield from ask(command, request)))
    if isinstance(reply, wire.SetupIntent):
        return replace(outcomes.mandate(context.config.amounts, reply), customer_id=customer)
    raw, error = reply.setup_intent.status if reply.setup_intent else None, outcomes.failure(reply, 402)
    status = MandateStatus.INACTIVE if raw in (None, *tables.NOTHING_HELD) else MandateStatus.UNRESOLVED
    return MandateOutcome(status=status, mandate_id=None, raw_status=raw, customer_id=customer, error=error)


def parse_revoke(context: Context, command: payments.RevokeMandate, response: HttpResponse) -> MandateOutcome:
    return outcomes.detached(context.config.amounts, _reply(wire.Resource, command, response))


def complete_authorize(context: Context, command: payments.CompleteAuthorize) -> Exchange[PaymentOutcome]:
    """Read the intent back, and confirm it where Stripe waits for that (confirmation_method manual, after 3DS)."""
    response = yield from ask(command, psync(context, command))
    reply = _read(wire.PaymentIntent, command, response)
    if isinstance(reply, wire.PaymentIntent) and reply.status == "requires_confirmation":
        response = yield from ask(command, _confirm(context, command))
    return parse_payment(context, command, response)


def parse_payment(context: Context, command: OnPayment, response: HttpResponse) -> PaymentOutcome:
    if isinstance(reply := _read(wire.PaymentIntent, command, response), wire.Problem):
        return _declined(context.config, command, reply)
    outcome = outcomes.payment(context.config.amounts, reply)
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
        failed, error = RefundStatus.FAILURE, outcomes.failure(reply, 402)
        return RefundOutcome(status=failed, refund_id=None, payment_id=known, raw_status=None, error=error)
    outcome = outcomes.refund(context.config.amounts, reply)
    check_amount(command.amount, outcome.amount, outcome)
    return outcome if outcome.payment_id else replace(outcome, payment_id=known)


def parse_order(context: Context, command: payments.CreateOrder, response: HttpResponse) -> payments.OrderOutcome:
    reply = _reply(wire.PaymentIntent, command, response)
    outcome = outcomes.payment(context.config.amounts, reply)
    check_amount(command.amount, outcome.amount, outcome)
    token = Secret(reply.client_secret) if reply.client_secret else None
    return payments.OrderOutcome(order_id=reply.id, amount=outcome.amount, token=token)


def parse_session(context: Context, command: payments.CreateSessionToken, response: HttpResponse) -> SessionOutcome:
    reply = _reply(wire.Session, command, response)
    outcome = outcomes.checkout(context.config.amounts, reply)
    check_amount(command.amount, outcome.amount, outcome)
    token = Secret(reply.client_secret) if reply.client_secret else None
    return SessionOutcome(session_id=reply.id, token=token, url=reply.url, expires_at=reply.expires_at)


def parse_dispute(context: Context, command: Command, response: HttpResponse) -> DisputeOutcome:
    outcome = outcomes.dispute(context.config.amounts, _reply(wire.Dispute, command, response))
    is_accepted = isinstance(command, payments.AcceptDispute) and outcome.status is DisputeStatus.LOST
    return replace(outcome, status=DisputeStatus.ACCEPTED) if is_accepted else outcome


def _reply(model: type[Model], command: Command, response: HttpResponse) -> Model:
    """The object of a success, where no decline is possible."""
    if isinstance(reply := _read(model, command, response), wire.Problem):
        raise _trouble(command, response, "declined", reply)
    return reply


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
    if may_be_declined and problem and (problem.type == "card_error" or problem.payment_intent or problem.setup_intent):
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
        error = outcomes.failure(seen, status)
        return errors.refused(command, status, error, retry_after=response.retry_after, transaction_id=told)
    final, error = status >= 409 and response.header("Stripe-Should-Retry") == "false", outcomes.failure(seen, 500)
    return errors.unanswered(command, reason, status=status, error=error, final=final, transaction_id=told)


def _declined(config: Config, command: OnPayment, problem: wire.Problem) -> PaymentOutcome:
    error = outcomes.failure(problem, 402)
    status, agreeing = tables.DECLINED[type(command)]
    if status is PaymentStatus.FAILURE and error.code is ErrorCode.AUTHENTICATION_FAILED:
        status = PaymentStatus.AUTHENTICATION_FAILED
    if problem.payment_intent is None:
        return PaymentOutcome(status=status, payment_id=errors.subject_of(command), raw_status=None, error=error)
    outcome = outcomes.payment(config.amounts, problem.payment_intent)
    return replace(outcome, status=status if outcome.raw_status in agreeing else PaymentStatus.UNRESOLVED, error=error)
