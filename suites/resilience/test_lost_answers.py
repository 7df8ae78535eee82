"""An answer that never came: the outcome is unknown, and the declared recovery finds it without moving money twice."""

from decimal import Decimal

import pytest

from runtime.core.errors import OutcomeUnknown, Unavailable
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, CreateOrder, PSync, Refund, Void
from runtime.core.vocabulary import CaptureMethod, PaymentStatus, RefundStatus
from suites.marks import Once, requirement, requires

TAKEN = {PaymentStatus.CHARGED, PaymentStatus.PARTIAL_CHARGED}
TEN, FOUR = Money.of("10.00", "EUR"), Money.of("4.00", "EUR")
LOST = [{"timeout": "after"}, {"reset": "after"}]
NEVER_SENT = [{"timeout": "before"}, {"reset": "before"}]
lost = pytest.mark.parametrize("loss", LOST, ids=["timeout", "reset"])
pytestmark = requires(Authorize)


def _taken(gateway) -> Decimal:
    return sum((balance.captured for balance in gateway.balances()), Decimal(0))


@requirement("RES-001")
@lost
def test_a_lost_authorize_is_found_by_recovery(merchant, gateway, loss):
    order = merchant.order(TEN)
    gateway.plan(loss)
    unknown = merchant.fails(order, OutcomeUnknown)
    assert _taken(gateway) == TEN.major, "the gateway had charged before the answer was lost"
    assert merchant.recovers(order, unknown).status is PaymentStatus.CHARGED
    assert _taken(gateway) == TEN.major, "recovery charged again"


@requirement("RES-001")
@requires(CreateOrder)
@lost
def test_a_lost_second_try_of_an_order_is_found_by_recovery(merchant, gateway, loss):
    opened = merchant.does(merchant.open_order_of(TEN))
    merchant.tries(merchant.order(TEN, using="declined", order_id=opened.order_id))
    order = merchant.order(TEN, order_id=opened.order_id)
    gateway.plan(loss, flow="Authorize of an order")  # whatever its route is: it is the next request
    unknown = merchant.fails(order, OutcomeUnknown)
    assert _taken(gateway) == TEN.major, "the gateway had charged before the answer was lost"
    assert merchant.recovers(order, unknown).status is PaymentStatus.CHARGED, "the try before it failed, and not this"
    assert _taken(gateway) == TEN.major, "recovery charged again"


@requirement("RES-002")
@pytest.mark.parametrize("loss", NEVER_SENT, ids=["timeout", "reset"])
def test_an_authorize_that_never_arrived_charges_once_on_recovery(merchant, gateway, loss):
    order = merchant.order(TEN)
    gateway.plan(loss)
    unknown = merchant.fails(order, OutcomeUnknown)
    assert _taken(gateway) == 0
    assert merchant.recovers(order, unknown).status is PaymentStatus.CHARGED
    assert _taken(gateway) == TEN.major


@requirement("RES-003")
@requires(Capture, CaptureMethod.MANUAL)
@lost
def test_a_lost_capture_is_found_by_recovery(merchant, gateway, part_of_hold, loss):
    held, part = merchant.holds(Money(12_300, "EUR")), Money(part_of_hold, "EUR")
    capture = merchant.capture_of(held, part)
    gateway.plan(loss)
    unknown = merchant.fails(capture, OutcomeUnknown)
    assert merchant.learns(merchant.recovers(capture, unknown)).status in TAKEN
    assert gateway.balance(held.payment_id).captured == part.major


@requirement("RES-004")
@requires(Once(Refund))
@lost
def test_a_lost_refund_is_found_by_recovery(merchant, gateway, loss):
    paid = merchant.pays(TEN)
    refund = merchant.refund_of(paid, FOUR)
    gateway.plan(loss)
    unknown = merchant.fails(refund, OutcomeUnknown)
    assert merchant.learns(merchant.recovers(refund, unknown)).status is RefundStatus.SUCCESS
    assert gateway.balance(paid.payment_id).refunded == FOUR.major


@requirement("RES-005")
@requires(Void, CaptureMethod.MANUAL)
@lost
def test_a_lost_void_is_found_by_recovery(merchant, gateway, loss):
    held = merchant.holds(TEN)
    void = merchant.void_of(held)
    gateway.plan(loss)
    unknown = merchant.fails(void, OutcomeUnknown)
    assert merchant.learns(merchant.recovers(void, unknown)).status is PaymentStatus.VOIDED
    assert gateway.balance(held.payment_id).released == TEN.major


@requirement("RES-006")
@requires(PSync)
@lost
def test_a_read_without_an_answer_is_unavailable(merchant, gateway, loss):
    paid = merchant.pays(TEN)
    gateway.plan(loss)
    merchant.fails(merchant.sync_of(paid), Unavailable)
    assert merchant.syncs(paid).status is PaymentStatus.CHARGED


@requirement("RES-007")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_error_after_the_charge_is_unknown(merchant, gateway, status):
    order = merchant.order(TEN)
    reply = {"status": status, "headers": {"Content-Type": "application/json"}, "body": "{}"}
    gateway.plan({"raw": reply, "commit": True})
    merchant.fails(order, OutcomeUnknown)
    assert _taken(gateway) == TEN.major


@requirement("RES-008")
@requires(Capture, Refund, CaptureMethod.MANUAL)
@lost
def test_an_unknown_outcome_keeps_the_transaction_id(merchant, gateway, offers, loss):
    commands = [merchant.capture_of(merchant.holds(TEN), TEN), merchant.refund_of(merchant.pays(TEN), TEN)]
    for command in [*commands, merchant.void_of(merchant.holds(TEN))] if offers(Void) else commands:
        gateway.plan(loss)
        assert merchant.fails(command, OutcomeUnknown).transaction_id == command.payment_id
