"""One-time passwords of card payments, when the shop asks for them itself.

Sources: razorpay.com/docs/payments/payment-gateway/s2s-integration/json/v2/build-integration/cards, and the page on
test cards: in test mode 4 to 10 digits are right and fewer are wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.razorpay import schemas
from mock_gateways.razorpay.authorisation import conclude, fail, success
from mock_gateways.razorpay.declines import Decline
from mock_gateways.razorpay.errors import refuse
from mock_gateways.razorpay.lookup import find_payment
from mock_gateways.razorpay.machine import CREATED, FAILED
from mock_gateways.razorpay.parameters import check
from mock_gateways.razorpay.payments import failure, otp_url

if TYPE_CHECKING:
    from mock_gateways.core.messages import Request
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment

_RIGHT = re.compile(r"[0-9]{4,10}")
_AGAIN = ["otp_submit", "otp_resend"]


def _waiting(world: World, request: Request) -> Payment:
    payment = find_payment(world, request.ids["payment_id"])
    if payment.card is None:
        raise refuse("Payment was not done using card.")
    if payment.document["status"] != CREATED:
        raise refuse(f"The payment is {payment.document['status']} and needs no OTP.", step="payment_authentication")
    return payment


def generate_otp(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.PUBLIC)
    payment = _waiting(world, request)
    if payment.card is None:
        raise AssertionError(payment.document["id"])
    steps = [
        {"action": "otp_submit", "url": otp_url(payment, request, f"otp_submit/{payment.document['id'][4:]}")},
        {"action": "otp_resend", "url": otp_url(payment, request, "otp_resend/json")},
    ]
    metadata = {name: payment.card[name] for name in ("issuer", "network", "last4")}
    return Reply(200, {"razorpay_payment_id": payment.document["id"], "next": steps, "metadata": metadata})


def resend_otp(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.PUBLIC)
    payment = _waiting(world, request)
    return Reply(200, {"next": list(_AGAIN), "razorpay_payment_id": payment.document["id"]})


def submit_otp(world: World, request: Request) -> Reply:
    """A right OTP concludes the payment; a wrong one can be tried again a few times."""
    given = check(request.parameters, schemas.OTP, ("otp",))
    payment = _waiting(world, request)
    if _RIGHT.fullmatch(given["otp"]):
        conclude(world, payment)
        if payment.document["status"] == FAILED:
            raise failure(world, payment)
        return Reply(200, success(world, payment))
    payment.wrong_otps += 1
    if payment.wrong_otps >= setting(world, "wrong_otps"):
        fail(world, payment, Decline.of(world, "otp_attempts_exceeded"))
        raise failure(world, payment)
    text = "payment processing failed because of incorrect otp"
    raise Decline.of(world, "incorrect_otp", description=text).refusal(payment, next=list(_AGAIN))
