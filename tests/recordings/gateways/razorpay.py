"""Razorpay's recordings: the mocks of its Python library. Not one was recorded with its request.

An entity reads alike whichever request brought it, so every payment is read as PSync would.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256

from runtime.core import payments
from runtime.core.secret import Secret
from tests.recordings.lines import Line, Trial, after, answered, made_up, money

_SECRET = "recordings"
CONFIG = {"key_id": "rzp_test_recordings", "key_secret": "recordings", "webhook_secrets": (_SECRET,)}

SCORED = {"B": 1, "C": 3}
ALIKE = {"PSync": 3, "Capture": 3, "CompleteAuthorize": 3, "Refund": 1, "RSync": 1, "DSync": 3, "IncomingWebhook": 7}

# Every difference has a second source, and its reason.
EXPLAINED = {
    "fake_payment_authorized_webhook.json@b56ac018bf02#signed": (
        "the label is the event's name, and its payment is `captured`: the entity as it stands is the later word"
    ),
    "fake_create_recurring": "made, and no reply to the read that follows was recorded: unknown, with its id",
    "fake_customer": "no JSON: a comma stands before its last brace",
}


def trial(line: Line) -> Trial | str:
    name = line.file.rpartition("/")[2].partition(".")[0]
    build = _FILES.get(name) or _ENTITIES.get(line.tells("entity") or "")
    return build(line) if build else f"{line.tells('entity') or name}"


def same(line: Line) -> list[Trial]:
    return [build(line) for build in _SAME.get(line.tells("entity") or "", ())]


def _psync(line: Line) -> Trial:
    known = line.body["id"]
    return answered(line, payments.PSync(request_id="s", payment_id=known, amount=money(line.body)), known)


def _captured(line: Line) -> Trial:
    known = line.body["id"]
    return answered(line, payments.Capture(request_id="c", payment_id=known, amount=money(line.body)), known)


def _completed(line: Line) -> Trial:
    known = line.body["id"]
    return answered(line, payments.CompleteAuthorize(request_id="c", payment_id=known, amount=money(line.body)), known)


def _looked_up(line: Line) -> Trial:
    """The payments of an order, of which one speaks for it."""
    command = payments.PSync(request_id="s", payment_id="order_1")
    return answered(line, command, *[payment["id"] for payment in line.body["items"]])


def _ordered(line: Line) -> Trial:
    command = payments.CreateOrder(request_id="o", amount=money(line.body), reference="1")
    return answered(line, command, line.body.get("id"), status=400 if "error" in line.body else None)


def _charged(line: Line) -> Trial:
    """A charge on a mandate: its order is made up, and the payment cannot be read back, so its id is all there is."""
    amount = money(None)
    command = payments.ChargeMandate(request_id="m", amount=amount, mandate_id="token_1", customer_id="cust_1")
    made = made_up(entity="order", id="order_1", amount=amount.minor, currency=amount.currency, status="created")
    return after(answered(line, command, line.body["razorpay_payment_id"]), made)


def _refunded(line: Line) -> Trial:
    about = line.body["payment_id"]
    return answered(line, payments.Refund(request_id="r", payment_id=about, amount=money(line.body)), line.body["id"])


def _linked(line: Line) -> Trial:
    asked = payments.CreateSessionToken(request_id="l", amount=money(line.body), return_url="https://shop.example/")
    return answered(line, asked, line.body["id"])


def _customer(line: Line) -> Trial:
    """A step towards a mandate; the mock is no JSON, and says so by a comma too many."""
    card = payments.Card(number=Secret("4111111111111111"), expiry_month=3, expiry_year=2030)
    return replace(answered(line, payments.SetupMandate(request_id="m", method=card, currency="INR")), prepares=True)


def _rsync(line: Line) -> Trial:
    known, about = line.body["id"], line.body["payment_id"]
    return answered(line, payments.RSync(request_id="s", refund_id=known, payment_id=about), known)


def _disputed(build: Callable[[str], payments.Command]) -> Callable[[Line], Trial]:
    return lambda line: answered(line, build(line.body["id"]), line.body["id"])


def _delivered(line: Line) -> Trial:
    """A delivery as it was signed; where the key is not known, signed here, so it shows only how the event is read."""
    body = line.sent.encode() or json.dumps(line.body).encode()
    kept = frozenset(held["entity"]["id"] for held in line.body["payload"].values())
    return _signed(line, body, kept)


def _enveloped(line: Line) -> Trial:
    """The entity of a line as an event would bring it."""
    kind = line.body["entity"]
    event = {"entity": "event", "event": _EVENTS[kind], "payload": {kind: {"entity": line.body}}, "created_at": 0}
    return _signed(line, json.dumps(event).encode(), frozenset({line.body["id"]}))


def _signed(line: Line, body: bytes, kept: frozenset[str]) -> Trial:
    key = line.key or _SECRET
    own = (("X-Razorpay-Signature", hmac.new(key.encode(), body, sha256).hexdigest()),)
    command = payments.IncomingWebhook(request_id="w", headers=line.headers or own, body=body)
    return Trial(command=command, identities=kept, configured={"webhook_secrets": (key,)})


_dsync = _disputed(lambda known: payments.DSync(request_id="d", dispute_id=known))
_EVENTS = {"payment": "payment.captured", "refund": "refund.processed", "dispute": "payment.dispute.created"}
_SAME: dict[str, tuple[Callable[[Line], Trial], ...]] = {
    "payment": (_psync, _captured, _completed, _enveloped),
    "refund": (_refunded, _rsync, _enveloped),
    "dispute": (_dsync, _enveloped),
}
_ENTITIES = {"payment": _psync, "order": _ordered, "refund": _refunded, "event": _delivered}
_FILES = {
    "bad_request_error": _ordered,
    "dispute": _dsync,
    "dispute_accept": _disputed(lambda known: payments.AcceptDispute(request_id="d", dispute_id=known)),
    "dispute_contest": _disputed(
        lambda known: payments.SubmitEvidence(request_id="d", dispute_id=known, evidence={"summary": "goods delivered"})
    ),
    "fake_captured_payment": _captured,
    "fake_create_recurring": _charged,
    "fake_customer": _customer,
    "fake_payment_link": _linked,
    "payment_collection": _looked_up,
    "payment_collection_with_one_payment": _looked_up,
}
