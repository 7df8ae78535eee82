"""What becomes of a payment between its creation and its capture: the shopper, the bank, and time decide.

Sources: razorpay.com/docs/payments/payments (life cycle), /payments/payments/late-authorisation: a payment without an
answer fails after ten minutes and may still be authorised for days; what the shopper refused stays failed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mock_gateways.core.amounts import readable
from mock_gateways.core.approvals import APPROVE, Decided, await_decision
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.ledger import Movement
from mock_gateways.core.settings import setting, text_setting
from mock_gateways.core.transitions import move
from mock_gateways.razorpay.captures import settle_authorised
from mock_gateways.razorpay.declines import Decline, next_decline
from mock_gateways.razorpay.entities import NO_ERROR, render_payment
from mock_gateways.razorpay.events import emit
from mock_gateways.razorpay.lookup import find_payment
from mock_gateways.razorpay.machine import AUTHORIZED, CREATED, FAILED, PAYMENT, Step
from mock_gateways.razorpay.signing import payment_signature
from mock_gateways.razorpay.store import store_of
from mock_gateways.razorpay.tables import BAD_REQUEST, CURRENCIES
from mock_gateways.razorpay.tokens import settle_token

if TYPE_CHECKING:
    from mock_gateways.core.approvals import Approval
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World
    from mock_gateways.razorpay.store import Payment

LATE = "late"
# Time after which the simulator's own instrument for it is authorised late.
LATE_S = 3_600


def wait_for(world: World, payment: Payment, kind: str) -> str:
    """Let somebody decide a payment; the address of the page where that can be done."""
    document = payment.document
    currency = CURRENCIES[document["currency"]]
    amount = readable(document["amount"], currency.exponent, currency.code)
    return await_decision(world, payment.origin, document["id"], kind, amount).url


def await_answer(world: World, payment: Payment) -> None:
    """Let a payment fail when no answer comes in time, and published UPI addresses answer by themselves."""
    document, now = payment.document, world.clock.now()
    world.clock.schedule(now + setting(world, "created_times_out_after_s"), time_out, world, document["id"])
    if document["method"] == "upi" and payment.causes not in ("redirect", LATE):
        world.clock.schedule(now + setting(world, "upi_answer_s"), answer, world, document["id"])


def answer(world: World, payment_id: str) -> None:
    """The bank answers as the instrument makes it, unless somebody decided before."""
    payment = find_payment(world, payment_id)
    if payment.document["status"] == CREATED:
        conclude(world, payment)


def conclude(world: World, payment: Payment) -> None:
    """Authorise a payment, or let it fail for what was forced or its instrument causes."""
    decline = next_decline(world)
    if decline is None and payment.causes.startswith("decline:"):
        decline = Decline.of(world, payment.causes.partition(":")[2], payment.code)
    if decline is None or world.faults.approves:
        authorise(world, payment)
    else:
        fail(world, payment, decline)


def authorise(world: World, payment: Payment) -> None:
    """The bank says yes, in time or late; raises IllegalTransition when it is too late for it."""
    document = payment.document
    move(PAYMENT, document, Step.AUTHORISE)
    world.approvals.pop(document["id"], None)
    payment.timed_out = False
    reference = f"{len(world.ledger.postings) + 1:06}"
    document.update(NO_ERROR, acquirer_data=dict.fromkeys(document["acquirer_data"], reference))
    world.post(document["id"], Movement.AUTHORISE, document["amount"])
    emit(world, "payment.authorized", payment=render_payment(payment, card=True))
    settle_token(world, payment, approved=True)
    if document["method"] == "ach":
        _await_bank(world, payment)
    else:
        settle_authorised(world, payment)


def fail(world: World, payment: Payment, decline: Decline) -> None:
    """The payment fails; its order can be paid with another."""
    document = payment.document
    move(PAYMENT, document, Step.FAIL)
    document.update(decline.fields())
    world.approvals.pop(document["id"], None)
    emit(world, "payment.failed", payment=render_payment(payment, card=True))
    settle_token(world, payment, approved=False)
    if document["method"] == "upi" and setting(world, "upi_retry_in_app"):
        _await_retry(world, payment)


def _await_retry(world: World, payment: Payment) -> None:
    """The shopper may try again in the app. Source: razorpay.com/docs/webhooks/payments (failed, then captured)."""
    last = int(payment.document["created_at"]) + setting(world, "created_times_out_after_s")
    if world.clock.now() < last:
        payment.timed_out = True
        wait_for(world, payment, "redirect")
        world.clock.schedule(last, give_up, world, payment.document["id"])


def time_out(world: World, payment_id: str) -> None:
    """No answer came: the payment fails, and the bank is asked for some days more."""
    payment = find_payment(world, payment_id)
    if payment.document["status"] != CREATED:
        return
    fail(world, payment, Decline.of(world, "payment_timed_out"))
    payment.timed_out = True
    wait_for(world, payment, "settlement")
    now, after = world.clock.now(), setting(world, "late_authorisation_after_s")
    if after or payment.causes == LATE:
        world.clock.schedule(now + (after or LATE_S), authorise_late, world, payment_id)
    last = payment.document["created_at"] + setting(world, "late_authorisation_days") * DAY_S
    world.clock.schedule(last, give_up, world, payment_id)


def authorise_late(world: World, payment_id: str) -> None:
    payment = find_payment(world, payment_id)
    if payment.timed_out:
        authorise(world, payment)


def give_up(world: World, payment_id: str) -> None:
    """The bank is asked no more: what failed stays failed."""
    payment = find_payment(world, payment_id)
    if payment.timed_out:
        payment.timed_out = False
        world.approvals.pop(payment_id, None)


def _await_bank(world: World, payment: Payment) -> None:
    """An ACH debit was accepted; the bank settles or returns it some days later."""
    wait_for(world, payment, "settlement")
    due = world.clock.now() + setting(world, "ach_settles_after_s")
    world.clock.schedule(due, settle_debit, world, payment.document["id"], not payment.causes.startswith("fails:"))


def settle_debit(world: World, payment_id: str, settled: bool) -> None:
    """The bank settles a debit, or returns it; whoever comes second changes nothing."""
    payment = find_payment(world, payment_id)
    document = payment.document
    if document["status"] != AUTHORIZED or world.approvals.pop(payment_id, None) is None:
        return
    if settled:
        settle_authorised(world, payment, confirmed=True)
        return
    move(PAYMENT, document, Step.RETURN)
    document.update(Decline.of(world, "payment_failed").fields())
    world.post(payment_id, Movement.RELEASE, document["amount"])
    emit(world, "payment.failed", payment=render_payment(payment, card=True))


def decide_payment(world: World, approval: Approval, outcome: str) -> Decided:
    """What a person, or a control call, decided about a payment that waited."""
    payment, yes = find_payment(world, approval.id), outcome == APPROVE
    status = payment.document["status"]
    if status == AUTHORIZED:
        world.approvals[approval.id] = approval
        settle_debit(world, approval.id, yes)
    elif status == FAILED and yes:
        authorise(world, payment)
    elif status == FAILED:
        give_up(world, approval.id)
    else:
        _decide_new(world, payment, approved=yes)
    return Decided({**render_payment(payment), "callback": callback(world, payment)}, _return_url(world, payment))


def _decide_new(world: World, payment: Payment, *, approved: bool) -> None:
    """The buttons of the mock page: an error card fails whichever is pressed, unless the setting says otherwise."""
    declines = payment.causes.startswith("decline:")
    card = payment.document["method"] == "card"
    if world.forced_declines or (declines and (not approved or (card and setting(world, "error_card_fails_always")))):
        conclude(world, payment)
    elif approved:
        authorise(world, payment)
    else:
        reason = text_setting(world, "failure_button_reason_of_cards") if card else "payment_failed"
        fail(world, payment, Decline.of(world, reason, BAD_REQUEST))


def callback(world: World, payment: Payment) -> Document:
    """What the shopper's browser brings back to the shop: signed ids, or the error."""
    document = payment.document
    if document["status"] in (CREATED, FAILED):
        names = {"code": "error_code", "description": "error_description", "reason": "error_reason"}
        return {f"error[{name}]": document[field] for name, field in names.items()}
    return success(world, payment)


def success(world: World, payment: Payment) -> Document:
    """The ids of a payment that needs nothing more, signed when it belongs to an order."""
    document = payment.document
    shown: Document = {"razorpay_payment_id": document["id"]}
    if document["order_id"]:
        secret = store_of(world).key_secret
        shown["razorpay_order_id"] = document["order_id"]
        shown["razorpay_signature"] = payment_signature(secret, document["order_id"], document["id"])
    return shown


def _return_url(world: World, payment: Payment) -> str | None:
    if payment.callback_url is None:
        return None
    joint = "&" if "?" in payment.callback_url else "?"
    return payment.callback_url + joint + urlencode(callback(world, payment))
