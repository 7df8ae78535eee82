"""POST /payments/details: what the shopper's browser brought back. Asking again gets the same answer.

Sources: Checkout v72 (PaymentDetailsRequest and examples), docs.adyen.com/online-payments/3d-secure/native-3ds2.
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from mock_gateways.adyen.actions import challenge_action, payment_of, withdraw
from mock_gateways.adyen.credentials import token_in
from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.machine import WAITING
from mock_gateways.adyen.outcomes import NOT_AUTHENTICATED, conclude
from mock_gateways.adyen.references import unseal
from mock_gateways.adyen.requests import check
from mock_gateways.core.approvals import APPROVE, FAIL, await_decision
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_BROUGHT = ("redirectResult", "payload", "MD", "PaRes")
_NATIVE = ("threeDSResult", "threeds2.challengeResult", "threeds2.fingerprint")
_ANSWERS = {"Y": APPROVE, "A": APPROVE, "N": FAIL, "R": FAIL, "U": FAIL}


def submit_details(world: World, request: Request) -> Reply:
    given = check(world, request)
    payment = _payment(world, given)
    if payment.state != WAITING:
        return Reply(200, payment.last)
    if payment.means.course == "card":
        return Reply(200, _go_on(world, payment, given["details"], request.origin))
    # The shopper came back without having decided: the method's own answer is still to come.
    return Reply(200, {"resultCode": "Pending", "pspReference": payment.psp, "merchantReference": payment.reference})


def _payment(world: World, given: Document) -> Payment:
    """The payment that the details belong to.

    Raises Refusal: 14_004 without any, 14_018 for a text that Adyen never gave out, 14_003 for such paymentData.
    """
    details = given["details"]
    if not any(name in details for name in (*_BROUGHT, *_NATIVE)) and "paymentData" not in given:
        raise refuse("14_004")
    for name in (*_BROUGHT, *_NATIVE):
        text = details.get(name)
        sealed = unseal(text) or unseal(token_in(text))
        payment = None if sealed is None else payment_of(world, sealed.reference)
        if payment is not None and _belongs(payment, name, text):
            return payment
    if "paymentData" not in given:
        raise refuse("14_018" if any(name in details for name in _BROUGHT) else "14_002")
    sealed = unseal(given["paymentData"])
    payment = None if sealed is None else payment_of(world, sealed.reference)
    if payment is None or payment.sealed.get("data") != given["paymentData"]:
        raise refuse("14_003")
    return payment


def _belongs(payment: Payment, name: str, text: Any) -> bool:
    if name in _NATIVE:
        return token_in(text) == payment.sealed.get("token")
    # Nobody has this text before the shopper has come back.
    return bool(payment.decided) and text == payment.sealed.get("result")


def _go_on(world: World, payment: Payment, details: Document, origin: str) -> Document:
    """A card: fingerprint, challenge, and then the issuer."""
    if not payment.decided and payment.waits_for == "native":
        payment.waits_for = "challenge"
        waiting = await_decision(world, origin, payment.psp, "three_d_secure", world.approvals[payment.psp].amount)
        payment.last = {"resultCode": "ChallengeShopper", "action": challenge_action(payment, waiting.url)}
        if setting(world, "psp_reference_while_waiting"):
            payment.last["pspReference"] = payment.psp
        return payment.last
    decided = payment.decided or _claimed(world, details)
    if not decided:
        return payment.last or {}
    payment.decided = decided
    withdraw(world, payment)
    payment.authenticated = decided == APPROVE
    return conclude(world, payment, None if decided == APPROVE else NOT_AUTHENTICATED)


def _claimed(world: World, details: Document) -> str:
    """What the browser says of the challenge, believed only where a setting allows it."""
    if not setting(world, "trust_trans_status"):
        return ""
    for name in _NATIVE:
        try:
            told = json.loads(base64.b64decode(str(details.get(name, ""))))
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            return _ANSWERS.get(str(told.get("transStatus")), "")
    return ""
