"""What moves the money of a payment: every posting in the ledger but a dispute's is made here.

Sources: docs.adyen.com/online-payments/capture, /refund, /cancel; docs.adyen.com/account/payments-lifecycle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.adyen.machine import Step, move
from mock_gateways.adyen.notifications import notify
from mock_gateways.adyen.store import store_of
from mock_gateways.core.clock import HOUR_S
from mock_gateways.core.ledger import Movement
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.tenants import World


def post(world: World, payment: Payment, movement: Movement, value: int) -> None:
    if value:
        world.post(payment.psp, movement, value)


def find(world: World, psp: str) -> Payment:
    """A payment that is known to be there."""
    return store_of(world).payments[psp]


def hold(world: World, payment: Payment, value: int) -> None:
    """Authorise."""
    move(payment, Step.HOLD)
    post(world, payment, Movement.AUTHORISE, value)
    payment.authorised = value


def capture(world: World, payment: Payment, value: int) -> None:
    """Take a part of what is held; the rest is given back unless the account may capture several times."""
    last = value == payment.held or not setting(world, "multiple_partial_captures")
    move(payment, Step.CAPTURE_LAST if last else Step.CAPTURE)
    post(world, payment, Movement.CAPTURE, value)
    payment.captured += value
    if last:
        release(world, payment)


def release(world: World, payment: Payment) -> None:
    """Give back what is held."""
    rest = payment.held
    post(world, payment, Movement.RELEASE, rest)
    payment.released += rest


def cancel(world: World, payment: Payment) -> None:
    move(payment, Step.CANCEL)
    release(world, payment)


def refund(world: World, payment: Payment, value: int, refund_psp: str) -> None:
    """Return captured money; a test value makes that fail later."""
    move(payment, Step.REFUND)
    post(world, payment, Movement.REFUND, value)
    payment.refunded += value
    if payment.means.behaviour == "refund_fails":
        later = world.clock.now() + setting(world, "refund_fails_hours") * HOUR_S
        world.clock.schedule(later, _fail_refund, world, payment.psp, refund_psp, value)


def _fail_refund(world: World, psp: str, refund_psp: str, value: int) -> None:
    payment = find(world, psp)
    post(world, payment, Movement.REFUND_REVERSAL, value)
    payment.refunded -= value
    notify(world, "REFUND_FAILED", payment, psp=refund_psp, value=value, reason="Refund Failed")


def adjust(world: World, payment: Payment, value: int) -> None:
    """Change what is held to a new total."""
    move(payment, Step.ADJUST)
    change = value - (payment.authorised - payment.released)
    post(world, payment, Movement.AUTHORISE if change > 0 else Movement.RELEASE, abs(change))
    if change > 0:
        payment.authorised += change
    else:
        payment.released -= change
    payment.value = value
