"""Adyen's flows: pure functions from commands to requests, and from responses to outcomes.

Source: CheckoutService-v72, DisputeService-v30, docs.adyen.com/{online-payments, development-resources}.
"""

import re
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar
from urllib.parse import quote

from pydantic import BaseModel

from runtime.connectors.adyen import methods, outcomes, tables, wire
from runtime.connectors.adyen.methods import Fields
from runtime.core import errors, payments
from runtime.core.amounts import check_amount, check_opened, encoded
from runtime.core.bodies import JsonValue, Unreadable, json_body, path_segment, read_json
from runtime.core.configuration import Checked, http_url, require, secret, secrets
from runtime.core.connector import Context
from runtime.core.messages import HttpRequest, HttpResponse
from runtime.core.money import Money
from runtime.core.payments import Command, ErrorInfo, MandateOutcome, PaymentOutcome, SessionOutcome
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, MandateStatus, PaymentStatus, RetryAdvice

OnPayment = payments.Authorize | payments.CompleteAuthorize | payments.ChargeMandate
Paying = payments.Authorize | payments.SetupMandate | payments.ChargeMandate

OnDispute = payments.AcceptDispute | payments.SubmitEvidence | payments.DefendDispute
Model = TypeVar("Model", bound=BaseModel)

_told_id = re.compile(rb'"pspReference"\s*:\s*"([A-Za-z0-9]+)"').search
_MODELS = ("CardOnFile", "Subscription", "UnscheduledCardOnFile")
_CHECK: Mapping[str, Checked] = {"api_key": secret, "hmac_keys": secrets, "base_url": http_url, "dispute_url": http_url}


@dataclass(frozen=True, slots=True)
class Config:
    """One Adyen merchant account. Secrets may be given as plain strings and are wrapped.

    `base_url` and `dispute_url` name host and version; a live one carries the company's own prefix. Several `hmac_keys`
    (hex) stand side by side while one is rolled. `return_url` stands in where a command names none: Adyen demands one
    of every payment, even while the shopper is away. `recurring_model` is what mandates are for. `native_3ds` asks for
    3D Secure inside Adyen's own component instead of a redirect.

    Raises:
        InvalidConfiguration: a value cannot work; says which and what it must be, never what it was.
    """

    api_key: Secret
    merchant_account: str
    hmac_keys: tuple[Secret, ...] = ()
    base_url: str = "https://checkout-test.adyen.com/v72"
    dispute_url: str = "https://ca-test.adyen.com/ca/services/DisputeService/v30"
    return_url: str = "https://return.invalid/"
    recurring_model: str = "UnscheduledCardOnFile"
    native_3ds: bool = False

    def __post_init__(self) -> None:
        for name, checked in _CHECK.items():
            object.__setattr__(self, name, checked(getattr(self, name), f"adyen: {name}"))
        hexadecimal = all(re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", key.reveal()) for key in self.hmac_keys)
        require(hexadecimal, "adyen: hmac_keys must be in hex, two digits for each byte")
        require(re.fullmatch("[!-~]+", self.merchant_account), "adyen: merchant_account must be printable, no spaces")
        require(self.recurring_model in _MODELS, f"adyen: recurring_model must be one of {', '.join(_MODELS)}")


def build_authorize(context: Context, command: payments.Authorize) -> HttpRequest:
    """POST /payments.

    Raises:
        InvalidCommand: a stored method (Adyen asks whose it is, ChargeMandate says so), or another method's datum.
    """
    amount = _amount(command.amount)
    return _pay(context, command, amount, {**_method(command, amount), **tables.CAPTURE[command.capture_method]})


def build_setup_mandate(context: Context, command: payments.SetupMandate) -> HttpRequest:
    """POST /payments of nothing, with details to be stored (docs.adyen.com/online-payments/tokenization)."""
    amount: Fields = {"currency": command.currency, "value": 0}
    stored: Fields = {"storePaymentMethod": True, "shopperInteraction": "Ecommerce"}
    return _pay(context, command, amount, {**_method(command, amount), **_recurring(context, command), **stored})


def build_charge_mandate(context: Context, command: payments.ChargeMandate) -> HttpRequest:
    """POST /payments with a stored method, the shopper away.

    Raises:
        InvalidCommand: no customer_id: Adyen keeps tokens by shopperReference.
    """
    row, amount = tables.METHODS[command.kind], _amount(command.amount)
    if not command.customer_id:
        raise errors.invalid("adyen keeps mandates by shopper: give the customer_id")
    stored: Fields = {"type": row.stored_as or row.name, "storedPaymentMethodId": command.mandate_id}
    fields = {**methods.invoice(row, amount, command.shopper), **_recurring(context, command)}
    away: Fields = {"shopperInteraction": "ContAuth", **tables.CAPTURE[CaptureMethod.AUTOMATIC]}
    return _pay(context, command, amount, {"paymentMethod": stored, **fields, **away})


def build_complete(context: Context, command: payments.CompleteAuthorize) -> HttpRequest:
    """POST /payments/details with what the shopper brought back: of the query only what Adyen put there.

    Raises:
        InvalidCommand: nothing of it is Adyen's.
    """
    details = {name: value for name, value in command.returned.items() if name in tables.RETURNED}
    if not details:
        raise errors.invalid("`returned` holds nothing of Adyen's: redirectResult, threeDSResult, payload, ...")
    fields: Fields = {"details": details, "paymentData": command.returned.get("paymentData")}
    return _post(context, f"{context.config.base_url}/payments/details", command, fields)


def build_modification(context: Context, command: outcomes.Modifying) -> HttpRequest:
    """POST /payments/{id}/captures, cancels or refunds; a cancel is of the whole hold."""
    config, what = context.config, tables.MODIFICATIONS[type(command)][0]
    amount = None if isinstance(command, payments.Void) else _amount(command.amount)
    url = f"{config.base_url}/payments/{path_segment(command.payment_id)}/{what}"
    return _post(context, url, command, {"merchantAccount": config.merchant_account, "amount": amount})


def build_session(context: Context, command: payments.CreateSessionToken) -> HttpRequest:
    named: Fields = {"merchantAccount": context.config.merchant_account, "returnUrl": command.return_url}
    named |= {"amount": _amount(command.amount), "reference": command.reference or command.idempotency_key}
    return _post(context, f"{context.config.base_url}/sessions", command, named | {"captureDelayHours": 0})


def build_revoke_mandate(context: Context, command: payments.RevokeMandate) -> HttpRequest:
    """DELETE /storedPaymentMethods/{id}; such a request needs no key (development-resources/api-idempotency).

    Raises:
        InvalidCommand: no customer_id.
    """
    if not command.customer_id:
        raise errors.invalid("adyen deletes a stored method of a shopper: give its customer_id")
    whose, account = quote(command.customer_id, safe=""), quote(context.config.merchant_account, safe="")
    path = f"storedPaymentMethods/{path_segment(command.mandate_id)}?shopperReference={whose}&merchantAccount={account}"
    return HttpRequest("DELETE", f"{context.config.base_url}/{path}", _key(context))


def build_dispute(context: Context, command: OnDispute) -> HttpRequest:
    """POST /acceptDispute, /supplyDefenseDocument or /defendDispute.

    Raises:
        InvalidCommand: a defence without a reason; which one applies is the merchant's to say.
    """
    evidence, reason = getattr(command, "evidence", {}), getattr(command, "reason", None)
    if isinstance(command, payments.DefendDispute) and not reason:
        raise errors.invalid("adyen defends a dispute for a reason: give its defenseReasonCode")
    documents = [_document(code, content) for code, content in evidence.items()] or None
    fields: Fields = {"disputePspReference": command.dispute_id, "merchantAccountCode": context.config.merchant_account}
    url = f"{context.config.dispute_url}/{tables.DISPUTES[type(command)][0]}"
    return _post(context, url, command, {**fields, "defenseReasonCode": reason, "defenseDocuments": documents})


def _document(code: str, content: str) -> Fields:
    """A document under its defenseDocumentTypeCode: base64 of a kind Adyen takes, or plain text, encoded here."""
    known = next((kind for start, kind in tables.DOCUMENTS if content.startswith(start)), None)
    held = content if known else b64encode(content.encode()).decode()
    return {"content": held, "contentType": known or "text/plain", "defenseDocumentTypeCode": code}


def _amount(money: Money) -> Fields:
    return {"currency": money.currency, "value": encoded(tables.AMOUNTS, money)}


def _method(command: payments.Authorize | payments.SetupMandate, amount: Fields) -> Fields:
    row = tables.METHODS[command.method.kind]
    if not isinstance(command.method, row.given):
        raise errors.invalid(f"{command.method.kind} is given as {row.given.__name__}, a stored one by ChargeMandate")
    return {"paymentMethod": methods.details(row, command.method), **methods.invoice(row, amount, command.shopper)}


def _recurring(context: Context, command: payments.SetupMandate | payments.ChargeMandate) -> Fields:
    return {"shopperReference": _customer(command), "recurringProcessingModel": context.config.recurring_model}


def _customer(command: payments.SetupMandate | payments.ChargeMandate) -> str:
    return command.customer_id or command.idempotency_key


def _pay(context: Context, command: Paying, amount: Fields, fields: Fields) -> HttpRequest:
    config, shopper = context.config, command.shopper
    back = getattr(command, "return_url", None) or config.return_url
    named: Fields = {"amount": amount, "merchantAccount": config.merchant_account, "returnUrl": back}
    named |= {"reference": command.reference or command.idempotency_key, **methods.person(shopper)}
    named |= methods.browser(shopper.browser, back, native_3ds=config.native_3ds)
    return _post(context, f"{config.base_url}/payments", command, {**named, **fields})


def _post(context: Context, url: str, command: Command, fields: Mapping[str, JsonValue]) -> HttpRequest:
    once = (("Content-Type", "application/json"), ("Idempotency-Key", command.idempotency_key))
    return HttpRequest("POST", url, (*_key(context), *once), json_body(fields))


def _key(context: Context) -> tuple[tuple[str, str], ...]:
    return (("X-API-Key", context.config.api_key.reveal()),)


def parse_payment(_: Context, command: OnPayment, response: HttpResponse) -> PaymentOutcome:
    """Where a payment stands; an amount is checked wherever one is told: PaymentResponse need not name any."""
    reply = _read(wire.Payment, command, response)
    outcome = outcomes.payment(reply, getattr(command, "payment_id", None) or None, taken=_is_taken(command, reply))
    asked, held, in_part = command.amount, outcome.authorized, outcome.status is PaymentStatus.PARTIALLY_AUTHORIZED
    is_less = in_part and held and held.currency == asked.currency and held.minor <= asked.minor
    for told in () if is_less else (outcome.amount, held):
        check_amount(told and asked, told, outcome)
    return outcome


def _is_taken(command: OnPayment, reply: wire.Payment) -> bool:
    """Whether an authorisation is captured with it: as the command asked, else as the reply tells."""
    asked = getattr(command, "capture_method", CaptureMethod.AUTOMATIC)  # a charge on a mandate is a sale
    return asked is CaptureMethod.AUTOMATIC if asked else tables.is_taken(reply.method_type, reply.additional_data)


def parse_setup_mandate(_: Context, command: payments.SetupMandate, response: HttpResponse) -> MandateOutcome:
    return outcomes.mandate(_read(wire.Payment, command, response), _customer(command))


def parse_modification(_: Context, command: outcomes.Modifying, response: HttpResponse) -> outcomes.Modified:
    """An acknowledged capture, cancel or refund: `received` is begun, and a webhook tells what became of it."""
    reply, begun = _read(wire.Modification, command, response), tables.MODIFICATIONS[type(command)][1]
    if reply.payment_psp_reference != command.payment_id:
        raise errors.unanswered(command, "the answer is about another payment", status=response.status)
    status = begun if reply.status == "received" else type(begun).UNRESOLVED
    return outcomes.modification(command, reply, status)


def parse_session(_: Context, command: payments.CreateSessionToken, response: HttpResponse) -> SessionOutcome:
    reply = _read(wire.Session, command, response)
    check_opened(command.amount, tables.AMOUNTS, reply.amount.currency, reply.amount.value, reply.id)
    token, until = Secret(reply.session_data) if reply.session_data else None, outcomes.moment(reply.expires_at)
    return SessionOutcome(session_id=reply.id, token=token, expires_at=until)


def parse_revoke_mandate(_: Context, command: payments.RevokeMandate, response: HttpResponse) -> MandateOutcome:
    """A 204 without a body: the token can no longer be used."""
    if not 200 <= response.status < 300:
        raise _trouble(command, response, f"HTTP {response.status}")
    mandate, whose = command.mandate_id, command.customer_id
    return MandateOutcome(status=MandateStatus.REVOKED, mandate_id=mandate, raw_status=None, customer_id=whose)


def parse_dispute(_: Context, command: OnDispute, response: HttpResponse) -> payments.DisputeOutcome:
    """Where a dispute stands after a request about it; HTTP 200 with success false is a refusal."""
    reply = _read(wire.DisputeReply, command, response)
    if not reply.success:
        code, retry = tables.UNKNOWN_CODE
        raise errors.refused(command, response.status, ErrorInfo(code=code, retry=retry, message=reply.error_message))
    status, about = tables.DISPUTES[type(command)][1], command.dispute_id
    return payments.DisputeOutcome(status=status, dispute_id=about, payment_id=None, raw_status="success")


def _read(model: type[Model], command: Command, response: HttpResponse) -> Model:
    reason = f"HTTP {response.status}"
    try:
        if 200 <= response.status < 300:
            return read_json(model, response.body)
    except Unreadable as unreadable:
        reason = str(unreadable)
    raise _trouble(command, response, reason)


def _trouble(command: Command, response: HttpResponse, why: str) -> errors.ConnectorError:
    """A refusal, or no trustworthy answer.

    `transient-error: true` says that nothing was begun and the same key will be tried anew; `false`, that this answer
    is kept under the key. A 704 says that a first attempt runs or has run (development-resources/api-idempotency).
    """
    status, found, transient = response.status, _told_id(response.body), response.header("transient-error")
    told, error = found[1].decode() if found else None, _error(response)
    error = replace(error, retry=RetryAdvice.LATER) if transient == "true" else error
    if status in tables.REFUSALS and error.raw_code != tables.IN_PROGRESS:
        return errors.refused(command, status, error, retry_after=response.retry_after, transaction_id=told)
    return errors.unanswered(command, why, status=status, error=error, final=transient == "false", transaction_id=told)


def _error(response: HttpResponse) -> ErrorInfo:
    """By its errorCode, else by HTTP status; 401 goes by status: its errorCode 000 says no more."""
    try:
        problem = read_json(wire.Problem, response.body)
    except Unreadable:
        problem = wire.Problem()
    raw, message = problem.error_code, problem.message or problem.detail or problem.title
    named = raw if raw and response.status != 401 else str(response.status)
    code, retry = tables.REQUEST_CODES.get(named, tables.UNKNOWN_CODE if raw else tables.NO_ANSWER)
    return ErrorInfo(code=code, retry=retry, raw_code=raw, message=message)
