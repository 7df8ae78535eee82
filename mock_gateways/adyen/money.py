"""What moves the money of a payment: every posting in the ledger is made here, and every later step is set in motion.

Sources: docs.adyen.com/online-payments/capture, /refund, /cancel; docs.adyen.com/account/payments-lifecycle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.adyen.machine import HELD, Step, allowed, move
from mock_gateways.adyen.notifications import notify
from mock_gateways.adyen.references import new_reference
from mock_gateways.adyen.store import DAY_S, HOUR_S, setting, store_of
from mock_gateways.core.ledger import Movement

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.tenants import World


def _post(world: World, payment: Payment, movement: Movement, value: int) -> None:
    if value:
        world.ledger.post(world.clock.now(), payment.psp, movement, value)


def find(world: World, psp: str) -> Payment:
    """A payment that is known to be there."""
    return store_of(world).payments[psp]


def hold(world: World, payment: Payment, value: int) -> None:
    """Authorise; what is to be captured by itself is from then on under way."""
    move(payment, Step.HOLD)
    _post(world, payment, Movement.AUTHORISE, value)
    payment.authorised = value


def after_hold(world: World, payment: Payment) -> None:
    """Capture now or later, or let the authorisation lapse one day."""
    now = world.clock.now()
    if payment.delay == 0:
        _capture_automatically(world, payment.psp)
        return
    if payment.delay is not None:
        world.clock.schedule(now + payment.delay, _capture_automatically, world, payment.psp)
    world.clock.schedule(now + setting(world, "authorisation_days") * DAY_S, _expire, world, payment.psp)


def _capture_automatically(world: World, psp: str) -> None:
    payment = find(world, psp)
    value = payment.held
    if payment.state != HELD or not value:
        return
    capture(world, payment, value)
    modification = new_reference(world)
    if setting(world, "capture_webhook_for_automatic"):
        notify(world, "CAPTURE", payment, psp=modification, value=value)
    consequences(world, payment, modification, value)


def capture(world: World, payment: Payment, value: int) -> None:
    """Take a part of what is held; the rest is given back unless the account may capture several times."""
    last = value == payment.held or not setting(world, "multiple_partial_captures")
    move(payment, Step.CAPTURE_LAST if last else Step.CAPTURE)
    _post(world, payment, Movement.CAPTURE, value)
    payment.captured += value
    if last:
        release(world, payment)


def consequences(world: World, payment: Payment, capture_psp: str, value: int) -> None:
    """What a test value makes of a capture later: it fails, or the shopper disputes the payment."""
    payment.last_capture = capture_psp
    now = world.clock.now()
    if payment.means.behaviour == "capture_fails":
        later = now + setting(world, "capture_fails_hours") * HOUR_S
        world.clock.schedule(later, _fail_capture, world, payment.psp, capture_psp, value)


def _fail_capture(world: World, psp: str, capture_psp: str, value: int) -> None:
    """A capture that the scheme rejects after it was told as done: nothing was taken, and nothing is held any more."""
    payment = find(world, psp)
    if payment.captured - payment.refunded < value or not allowed(payment, Step.CAPTURE_FAILS):
        return
    move(payment, Step.CAPTURE_FAILS)
    _post(world, payment, Movement.CAPTURE_REVERSAL, value)
    payment.captured -= value
    release(world, payment)
    notify(world, "CAPTURE_FAILED", payment, psp=capture_psp, value=value, reason="Capture Failed")


def release(world: World, payment: Payment) -> None:
    """Give back what is held."""
    rest = payment.held
    _post(world, payment, Movement.RELEASE, rest)
    payment.released += rest


def cancel(world: World, payment: Payment) -> None:
    move(payment, Step.CANCEL)
    release(world, payment)


def refund(world: World, payment: Payment, value: int, refund_psp: str) -> None:
    """Return captured money; a test value makes that fail later."""
    move(payment, Step.REFUND)
    _post(world, payment, Movement.REFUND, value)
    payment.refunded += value
    if payment.means.behaviour == "refund_fails":
        later = world.clock.now() + setting(world, "refund_fails_hours") * HOUR_S
        world.clock.schedule(later, _fail_refund, world, payment.psp, refund_psp, value)


def _fail_refund(world: World, psp: str, refund_psp: str, value: int) -> None:
    payment = find(world, psp)
    _post(world, payment, Movement.REFUND_REVERSAL, value)
    payment.refunded -= value
    notify(world, "REFUND_FAILED", payment, psp=refund_psp, value=value, reason="Refund Failed")


def adjust(world: World, payment: Payment, value: int) -> None:
    """Change what is held to a new total."""
    move(payment, Step.ADJUST)
    change = value - (payment.authorised - payment.released)
    _post(world, payment, Movement.AUTHORISE if change > 0 else Movement.RELEASE, abs(change))
    if change > 0:
        payment.authorised += change
    else:
        payment.released -= change
    payment.value = value


def _expire(world: World, psp: str) -> None:
    """An authorisation that nobody captured in time; after a partial capture only the rest of it."""
    payment = find(world, psp)
    rest = payment.held
    if payment.state != HELD:
        return
    move(payment, Step.EXPIRE)
    release(world, payment)
    notify(world, "EXPIRE", payment, value=rest)
