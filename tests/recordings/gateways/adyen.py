"""Adyen's recordings: cassettes of Checkout v64, and the mocks of its Python, Ruby, Node and Go libraries.

Checkout's /payments answers as /authorise of the classic Payment API did, so those are read too. A classic
modification is another reply: `response`, and no `paymentPspReference`.
"""

import json
import re
from collections.abc import Callable
from typing import Any

from mock_gateways.adyen import signing
from runtime.core import payments
from runtime.core.money import Money
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod
from tests.recordings.lines import SOME, Line, Trial, answered

_KEY = "00" * 32  # for deliveries whose key is not known
CONFIG = {"api_key": "recordings", "merchant_account": "Recordings", "hmac_keys": (_KEY,)}

SCORED = {"A": 1, "B": 5, "C": 18}
ALIKE: dict[str, int] = {}

# Every difference has a second source, and its reason.
EXPLAINED = {
    "authorise-error-expired": "Refused is a decline, whatever the reason (docs.adyen.com payment-result-codes)",
    "authorise-success-3d": "RedirectShopper: nothing is held before the shopper is back; the label is a file's name",
    "paymentcapture-success": "`received` is accepted, a webhook tells (docs.adyen.com/online-payments/capture)",
    "paymentscancels-success": "`received` is accepted, a webhook tells (docs.adyen.com/online-payments/cancel)",
    "accountHolderCreated": "an event of an account holder: no payment of anybody's is pending by it",
    "responses/Checkout/capture.json": "a sample of the schema: its currency is `str`, so nothing can be compared",
    "responses/Checkout/refund.json": "a sample of the schema: its currency is `str`, so nothing can be compared",
}

_CARD = payments.Card(number=Secret("4111111111111111"), expiry_month=3, expiry_year=2030, cvc=Secret("737"))


def trial(line: Line) -> Trial | str:
    where = line.path or line.file
    if line.kind == "webhook":
        return _delivered(line)
    if build := next((build for pattern, build in _WHERE if re.search(pattern, where)), None):
        return build(line)
    return where if line.path else "/".join(where.split("/")[-2:])


def same(_: Line) -> list[Trial]:
    """None: no object of Adyen's can be read back, and its deliveries say things of their own."""
    return []


def _amount(line: Line) -> Money:
    sent = json.loads(line.sent).get("amount") if line.sent.startswith("{") else None
    named = sent or line.tells("amount") or {}
    is_real = re.fullmatch("[A-Z]{3}", str(named.get("currency")))  # the mocks of schemas say "str"
    return Money(int(named["value"]), named["currency"]) if is_real else SOME


def _authorized(line: Line) -> Trial:
    """Adyen says Authorised of sale and hold alike; so a hold is asked for, which claims less."""
    how = CaptureMethod.MANUAL
    return _told(line, payments.Authorize(request_id="a", amount=_amount(line), method=_CARD, capture_method=how))


def _completed(line: Line) -> Trial:
    back = {"redirectResult": "recordings"}
    asked = payments.CompleteAuthorize(request_id="d", payment_id="", amount=_amount(line), returned=back)
    return _told(line, asked)


def _modified(command: type[Any]) -> Callable[[Line], Trial]:
    def build(line: Line) -> Trial:
        about = line.tells("paymentPspReference") or "1"
        asked = {} if command is payments.Void else {"amount": _amount(line)}
        kept = line.tells("pspReference") if command is payments.Refund else about
        return answered(line, command(request_id="m", payment_id=about, **asked), kept)

    return build


def _session(line: Line) -> Trial:
    command = payments.CreateSessionToken(request_id="s", amount=_amount(line), return_url="https://shop.example/")
    return answered(line, command, line.tells("id"))


def _accepted(line: Line) -> Trial:
    return answered(line, payments.AcceptDispute(request_id="d", dispute_id="D1"), "D1")


def _told(line: Line, command: payments.Command) -> Trial:
    status = line.tells("status")
    return answered(line, command, line.tells("pspReference"), status=status if isinstance(status, int) else None)


def _delivered(line: Line) -> Trial:
    """A delivery as it was signed; where the key is not known, signed here, so it shows only how the event is read."""
    items = [entry["NotificationRequestItem"] for entry in line.tells("notificationItems") or ()]
    items = items or ([line.body] if line.tells("eventCode") else [])
    kept = frozenset(item["pspReference"] for item in items)
    if line.key:
        command = payments.IncomingWebhook(request_id="w", headers=line.headers, body=line.sent.encode())
        return Trial(command=command, identities=kept, configured={"hmac_keys": (line.key,)})
    signed = [signing.with_signature(item, signing.signature(_KEY, item)) for item in items]
    body = signing.envelope(signed) if items else json.dumps(line.body)
    headers = tuple(signing.sign(_KEY, body, 0).items())
    return Trial(command=payments.IncomingWebhook(request_id="w", headers=headers, body=body.encode()), identities=kept)


_WHERE = (
    (r"^v\d+/payments$|/authorise|/payments-(success|error)|/payments\.json|authorised_card", _authorized),
    (r"^v\d+/payments/details$|/paymentsdetails-|/payment-details", _completed),
    (r"/paymentcapture-|Checkout/capture\.json", _modified(payments.Capture)),
    (r"/paymentscancels-|Checkout/psp_cancel", _modified(payments.Void)),
    (r"Checkout/refund\.json", _modified(payments.Refund)),
    (r"/sessions-success|/session_created", _session),
    (r"acceptDispute", _accepted),
)
