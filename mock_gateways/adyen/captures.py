"""When what is held is captured, and what may come of that: it fails, or is disputed; or nobody captures at all.

Sources: docs.adyen.com/online-payments/capture (delay, failure, expiry), CAPTURE_FAILED and EXPIRE of Webhooks v1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.adyen.disputes import open_dispute
from mock_gateways.adyen.machine import HELD, Step, allowed, move
from mock_gateways.adyen.money import capture, find, post, release
from mock_gateways.adyen.notifications import notify
from mock_gateways.adyen.references import new_reference
from mock_gateways.core.clock import DAY_S, HOUR_S
from mock_gateways.core.ledger import Movement
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.tenants import World


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


def consequences(world: World, payment: Payment, capture_psp: str, value: int) -> None:
    """What a test value makes of a capture later: it fails, or the shopper disputes the payment."""
    now = world.clock.now()
    if payment.means.behaviour == "capture_fails":
        later = now + setting(world, "capture_fails_hours") * HOUR_S
        world.clock.schedule(later, _fail_capture, world, payment.psp, capture_psp, value)
    elif payment.means.behaviour == "dispute":
        later = now + setting(world, "chargeback_hours") * HOUR_S
        world.clock.schedule(later, _charge_back, world, payment.psp)


def _fail_capture(world: World, psp: str, capture_psp: str, value: int) -> None:
    """A capture that the scheme rejects after it was told as done: nothing was taken, and nothing is held any more."""
    payment = find(world, psp)
    spoken_for = max(payment.refunded, payment.disputed)
    if payment.captured - spoken_for < value or not allowed(payment, Step.CAPTURE_FAILS):
        return
    post(world, payment, Movement.CAPTURE_REVERSAL, value)
    post(world, payment, Movement.RELEASE, value)
    payment.captured -= value
    payment.released += value
    if not payment.captured and not payment.held:
        move(payment, Step.CAPTURE_FAILS)
    notify(world, "CAPTURE_FAILED", payment, psp=capture_psp, value=value, reason="Capture Failed")


def _expire(world: World, psp: str) -> None:
    """An authorisation that nobody captured in time; after a partial capture only the rest of it."""
    payment = find(world, psp)
    rest = payment.held
    if payment.state != HELD or not rest:
        return
    move(payment, Step.EXPIRE)
    release(world, payment)
    notify(world, "EXPIRE", payment, value=rest)


def _charge_back(world: World, psp: str) -> None:
    payment = find(world, psp)
    if payment.captured > payment.disputed and allowed(payment, Step.DISPUTE):
        open_dispute(world, psp, {})
