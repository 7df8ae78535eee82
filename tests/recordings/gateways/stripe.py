"""Stripe's recordings: cassettes of payment intents of 2019 to 2026, mocks of a PHP library, a database's fixtures.

The older charges API is another one; of it only the errors are read, whose envelope has not changed since.
"""

import hmac
import json
import re
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl

from runtime.core import payments
from runtime.core.money import Money
from runtime.core.payments import LocalMethod, StoredMethod
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType
from tests.recordings.lines import Line, Trial, after, answered, made_up, money

_SECRET = "whsec_recordings"
CONFIG = {"api_key": "sk_test_recordings", "webhook_secrets": (_SECRET,)}

_CARD = StoredMethod(token="pm_card_visa")

SCORED = {"A": 27, "B": 1, "C": 3}
ALIKE = {
    "PSync": 45, "CompleteAuthorize": 45, "SetupMandate": 3, "Refund": 1, "RSync": 1, "DSync": 3, "IncomingWebhook": 52,
}  # fmt: skip

# Every difference has a second source, and its reason.
EXPLAINED = {
    "create_payment_intent_invalid_address": "a fresh intent: the label is of the request after it",
    "update_payment_intent_invalid_address": "an intent with another address: the label is of the request after it",
    "PaymentIntents/Mock/AuthorizeFailure": "resource_missing is a refused request (docs.stripe.com/error-codes)",
    "PaymentIntents/Mock/AuthorizeSuccess": "requires_confirmation holds nothing yet (docs.stripe.com/api)",
    "Mock/CancelPaymentIntentSuccess": "of 2019: `charges`, and no `latest_charge` that would tell of a hold",
    "Mock/FetchEventSuccess": "the label is of fetching it; an event of a subscription says nothing of a payment",
    "event_external_account_bank_account_created": "an event of an account: the label is of its file's last word",
    "event_external_account_card_created": "an event of an account: the label is of its file's last word",
    "files/payment_intent_succeeded": "a charge of 2012 under the type of an intent: refused, so it is sent again",
    "dispute_pi_fakefakefakefake01": "hand-made: `last_payment_error` is empty text, and no object or null",
}


def trial(line: Line) -> Trial | str:
    if line.path:
        return _by(_PATHS, f"{line.method} {line.path}", line) or f"{line.method} {_template(line.path)}"
    if made := _by(_FILES, line.file, line):
        return made
    about = _OBJECTS.get(line.tells("object") or "")
    return about(line) if about else line.file.rpartition("/")[2]


def same(line: Line) -> list[Trial]:
    builds = _SAME.get(line.tells("object") or "", ())
    return [] if line.tells("status") == "requires_confirmation" else [build(line) for build in builds]


def _by(table: tuple[tuple[str, Callable[[Line], Trial]], ...], text: str, line: Line) -> Trial | None:
    return next((build(line) for pattern, build in table if re.search(pattern, text)), None)


def _template(path: str) -> str:
    return re.sub(r"/[a-z]+_\w*[A-Z0-9]\w*", "/{id}", path)


def _created(line: Line) -> Trial:
    """POST /v1/payment_intents: without `confirm` an order of ours, off session a charge on a mandate."""
    sent = _sent(line)
    if sent.get("confirm", "").lower() != "true":
        return _told(line, payments.CreateOrder(request_id="o", amount=_asked(line), reference="1"))
    if sent.get("off_session") == "true":
        return _told(line, payments.ChargeMandate(request_id="m", amount=_asked(line), mandate_id="pm_1"))
    return _paid(line, sent.get("capture_method"))


def _sent(line: Line) -> dict[str, str]:
    return dict(parse_qsl(line.sent))


def _asked(line: Line, sent: str = "amount", told: str = "amount") -> Money:
    """What the request asked for, in the currency it named or, where none has to be named, the reply's."""
    fields, known = _sent(line), money(line.body, told)
    if sent not in fields:
        return known
    return Money(int(fields[sent]), fields.get("currency", known.currency).upper())


def _paid(line: Line, capture: str | None = None, order_id: str | None = None) -> Trial:
    manual = (line.tells("capture_method") or capture) == "manual"
    how = CaptureMethod.MANUAL if manual else CaptureMethod.AUTOMATIC
    command = payments.Authorize(request_id="a", amount=_asked(line), method=_CARD, capture_method=how)
    return _told(line, replace(command, order_id=order_id))


def _confirmed(line: Line) -> Trial:
    return _paid(line, order_id=line.path.split("/")[-2])


def _changed(line: Line) -> Trial:
    """A change to an intent is the step before the payment of an order by a method that needs a customer."""
    method = LocalMethod(kind=PaymentMethodType.BANK_TRANSFER)
    known, amount = line.path.rpartition("/")[2], money({**line.body, "currency": "EUR"})
    command = payments.Authorize(request_id="a", amount=amount, method=method, order_id=known)
    return replace(after(_told(line, command), made_up(object="customer", id="cus_1")), prepares=True)


def _captured(line: Line) -> Trial:
    asked = _asked(line, "amount_to_capture", "amount_received")
    return _told(line, payments.Capture(request_id="c", payment_id=line.tells("id") or "pi_1", amount=asked))


def _customer(line: Line) -> Trial:
    command = payments.SetupMandate(request_id="m", method=_CARD, currency="EUR")
    return replace(_told(line, command), prepares=True)


def _set_up(line: Line) -> Trial:
    """What a setup sets up is the payment method; one that has none yet has nothing to lose."""
    command = payments.SetupMandate(request_id="m", method=_CARD, currency="EUR", customer_id=line.tells("customer"))
    return answered(line, command, line.tells("payment_method"))


def _refunded(line: Line) -> Trial:
    known = line.tells("payment_intent") or "pi_1"
    return _told(line, payments.Refund(request_id="r", payment_id=known, amount=_asked(line)))


def _delivered(line: Line) -> Trial:
    """An event that was recorded without its signature: signed here, so it shows only how the event is read."""
    return _signed(line.body)


def _enveloped(line: Line) -> Trial:
    """The object of a line as an event would bring it."""
    event = {"object": "event", "id": "evt_1", "created": 0, "data": {"object": line.body}}
    kept = line.tells("payment_method" if line.tells("object") == "setup_intent" else "id")
    trial = _signed({**event, "type": f"{_EVENT.get(line.body['object'], line.body['object'])}.updated"})
    return replace(trial, identities=frozenset({kept} - {None}))


def _signed(event: dict[str, Any]) -> Trial:
    body, now = json.dumps(event).encode(), float(event["created"])
    signed = hmac.new(_SECRET.encode(), b"%d." % now + body, sha256).hexdigest()
    headers = (("Stripe-Signature", f"t={now:.0f},v1={signed}"),)
    command = payments.IncomingWebhook(request_id="w", headers=headers, body=body)
    return Trial(command=command, now=now)


def _told(line: Line, command: payments.Command) -> Trial:
    return answered(line, command, line.tells("id"))


def _sends(build: Callable[[Any], payments.Command]) -> Callable[[Line], Trial]:
    return lambda line: _told(line, build(line.tells("id")))


def _rsync(line: Line) -> Trial:
    about = {"refund_id": line.tells("id"), "payment_id": line.tells("payment_intent") or "pi_1"}
    return _told(line, payments.RSync(request_id="s", **about))


_void = _sends(lambda known: payments.Void(request_id="v", payment_id=known or "pi_1"))
_psync = _sends(lambda known: payments.PSync(request_id="s", payment_id=known or "pi_1"))
_dsync = _sends(lambda known: payments.DSync(request_id="d", dispute_id=known))
_detached = _sends(lambda known: payments.RevokeMandate(request_id="m", mandate_id=known or "pm_1"))

_PATHS = (
    (r"^POST v1/payment_intents$", _created),
    (r"^POST v1/payment_intents/\w+/confirm$", _confirmed),
    (r"^POST v1/payment_intents/\w+/capture$", _captured),
    (r"^POST v1/payment_intents/\w+/cancel$", _void),
    (r"^POST v1/payment_intents/\w+$", _changed),
    (r"^GET v1/payment_intents/\w+$", _psync),
    (r"^POST v1/setup_intents$", _set_up),
    (r"^POST v1/customers$", _customer),
    (r"^POST v1/refunds$", _refunded),
)
# Mocks of the PHP library have no request: their names tell which it was.
_FILES = (
    (r"PaymentIntents/Mock/(Authorize|ConfirmIntent|Purchase)", _paid),
    (r"PaymentIntents/Mock/CancelPaymentIntent", _void),
    (r"PaymentIntents/Mock/Capture", _captured),
    (r"PaymentIntents/Mock/FetchIntent", _psync),
    (r"PaymentIntents/Mock/DetachPaymentMethod", _detached),
    (r"tests/Mock/PurchaseFailure", _paid),
    (r"tests/Mock/CaptureFailure", _captured),
    (r"tests/Mock/RefundFailure", _refunded),
    (r"tests/Mock/CreateCustomer", _customer),
)
_OBJECTS = {
    "payment_intent": _psync, "setup_intent": _set_up, "refund": _refunded, "dispute": _dsync, "event": _delivered,
}  # fmt: skip
_EVENT = {"dispute": "charge.dispute"}


def _completed(line: Line) -> Trial:
    known, amount = line.body["id"], money(line.body)
    return _told(line, payments.CompleteAuthorize(request_id="c", payment_id=known, amount=amount))


_SAME: dict[str, tuple[Callable[[Line], Trial], ...]] = {
    "payment_intent": (_psync, _completed, _enveloped),
    "setup_intent": (_set_up, _enveloped),
    "refund": (_refunded, _rsync, _enveloped),
    "dispute": (_dsync, _enveloped),
}
