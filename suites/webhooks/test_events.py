"""Webhooks: what a believed delivery says is what the ledger knows."""

from decimal import Decimal

import pytest

from runtime.core.money import Money
from runtime.core.payments import (
    Authorize,
    Capture,
    IncomingWebhook,
    PaymentOutcome,
    Refund,
    RefundOutcome,
    Void,
)
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentStatus, RefundStatus
from suites.marks import requirement, requires
from suites.published import sample

TEN, FOUR = Money.of("10.00", "EUR"), Money.of("4.00", "EUR")
pytestmark = requires(Authorize, IncomingWebhook)


@pytest.fixture
def news(listening_merchant, gateway):
    """What the connector makes of everything the gateway has sent since the last call, oldest first."""
    heard = set()

    def listen():
        fresh = [hook for hook in gateway.webhooks() if hook.id not in heard]
        heard.update(hook.id for hook in fresh)
        events = [event for hook in fresh for event in listening_merchant.hears(hook).events]
        return [event.outcome for event in events if event.outcome is not None]

    return listen


def _last(outcomes, kind):
    found = [outcome for outcome in outcomes if isinstance(outcome, kind)]
    assert found, f"no delivery told of the {kind.__name__}"
    return found[-1]


@requirement("WEB-013")
def test_an_unknown_event_is_acknowledged(listening_merchant, gateway):
    listening_merchant.pays(TEN)
    hooks = gateway.webhooks()
    assert hooks, "the gateway sent nothing: nothing was paid"
    hook = gateway.variant(hooks[0], "unknown_event")
    delivery = listening_merchant.hears(hook)
    assert 200 <= delivery.acknowledgement.status < 300
    assert [event.outcome for event in delivery.events] == [None] * len(delivery.events)


@requirement("WEB-014")
@requires(Capture, CaptureMethod.MANUAL)
def test_each_delivery_says_what_the_ledger_knew(listening_merchant, gateway, news, offers):
    held = listening_merchant.holds(TEN)
    told = _last(news(), PaymentOutcome)
    assert (told.payment_id, told.status) == (held.payment_id, PaymentStatus.AUTHORIZED)
    listening_merchant.captures(held, TEN)
    gateway.advance(0)
    assert _last(news(), PaymentOutcome).status is PaymentStatus.CHARGED
    if not offers(Void):
        return
    other = listening_merchant.holds(TEN)
    news()
    listening_merchant.voids(other)
    gateway.advance(0)
    told = _last(news(), PaymentOutcome)
    assert (told.payment_id, told.status) == (other.payment_id, PaymentStatus.VOIDED)


@requirement("WEB-014")
@requires(Refund)
def test_a_refund_is_heard_of_as_done_once_the_ledger_returned_it(listening_merchant, gateway, news):
    paid = listening_merchant.pays(TEN)
    news()
    refund = listening_merchant.refunds(paid, FOUR)
    gateway.advance(30 * 86_400)
    assert gateway.balance(paid.payment_id).refunded == FOUR.major
    told = _last(news(), RefundOutcome)
    assert (told.refund_id, told.status) == (refund.refund_id, RefundStatus.SUCCESS)


@requirement("WEB-016")
def test_a_delivery_that_comes_twice_has_one_event_id(listening_merchant, gateway, offers):
    paid = listening_merchant.pays(TEN)
    if offers("disputes"):
        gateway.dispute(paid.payment_id)  # a gateway may have several events about one dispute
    hooks = gateway.webhooks()
    assert hooks, "the gateway sent nothing: nothing was paid"
    once = [event.event_id for hook in hooks for event in listening_merchant.hears(hook).events]
    again = [event.event_id for hook in hooks for event in listening_merchant.hears(hook).events]
    assert once == again
    assert len(set(once)) == len(once), "two different events share an id"


@requirement("WEB-017")
@requires(Refund, "refund fails later")
def test_a_refund_that_fails_later_is_heard_of(listening_merchant, gateway, news):
    paid = listening_merchant.pays(TEN, using="refund fails later")
    refund = listening_merchant.refunds(paid, FOUR)
    news()
    gateway.advance(30 * 86_400)
    told = _last(news(), RefundOutcome)
    assert (told.refund_id, told.status) == (refund.refund_id, RefundStatus.FAILURE)
    assert gateway.balance(paid.payment_id).refunded == Decimal(0)


@requirement("WEB-019")
def test_amounts_in_deliveries_are_in_iso_units(listening_merchant, news, departing_currency):
    amount = sample(departing_currency)
    listening_merchant.pays(amount)
    told = _last(news(), PaymentOutcome)
    named = {told.amount, told.captured} - {None}
    assert named == {amount}, "every amount that is told is the one that was paid, and one is told"


@requirement("WEB-020")
def test_a_decline_is_heard_of_as_a_decline(listening_merchant, news):
    listening_merchant.pays(TEN, using="declined")
    told = _last(news(), PaymentOutcome)
    assert told.error is not None, f"nothing says why, and it was {told.status}"
    assert (told.status, told.error.code) == (PaymentStatus.FAILURE, ErrorCode.CARD_DECLINED)
