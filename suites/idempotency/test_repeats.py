"""One request id is one intended effect, however often it is asked for."""

from decimal import Decimal

from runtime.core.errors import OutcomeUnknown, RequestRejected
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, Refund
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentStatus, RetryAdvice
from suites.marks import Once, requirement, requires

TEN, FOUR = Money.of("10.00", "EUR"), Money.of("4.00", "EUR")
pytestmark = requires(Authorize)


def _taken(gateway) -> Decimal:
    return sum((balance.captured for balance in gateway.balances()), Decimal(0))


@requirement("IDM-001")
@requires(Once(Authorize))
def test_the_same_request_twice_charges_once(merchant, gateway):
    order = merchant.order(TEN)
    first, second = merchant.does(order), merchant.does(order)
    assert _taken(gateway) == TEN.major
    assert first == second


@requirement("IDM-002")
@requires(Once(Refund))
def test_the_same_refund_twice_returns_once(merchant, gateway):
    paid = merchant.pays(TEN)
    refund = merchant.refund_of(paid, FOUR)
    first, second = merchant.does(refund), merchant.does(refund)
    assert first.refund_id == second.refund_id
    merchant.learns(second)
    assert gateway.balance(paid.payment_id).refunded == FOUR.major


@requirement("IDM-003")
@requires(Once(Capture), CaptureMethod.MANUAL_MULTIPLE)
def test_the_same_capture_twice_takes_once(merchant, gateway):
    held = merchant.holds(TEN, capture=CaptureMethod.MANUAL_MULTIPLE)
    capture = merchant.capture_of(held, FOUR, final=False)
    merchant.learns(merchant.does(capture))
    merchant.tries(capture)
    gateway.advance(0)
    assert gateway.balance(held.payment_id).captured == FOUR.major


@requirement("IDM-004")
def test_two_orders_of_the_same_amount_are_two_payments(merchant, gateway):
    first, second = merchant.pays(TEN), merchant.pays(TEN)
    assert first.payment_id != second.payment_id
    assert _taken(gateway) == 2 * TEN.major


@requirement("IDM-005")
@requires(Refund)
def test_one_request_id_for_two_flows_is_two_effects(merchant, gateway):
    order = merchant.order(TEN)
    paid = merchant.does(order)
    merchant.learns(merchant.does(Refund(request_id=order.request_id, payment_id=paid.payment_id, amount=FOUR)))
    assert gateway.balance(paid.payment_id).refunded == FOUR.major


@requirement("IDM-006")
@requires(Once(Authorize), "conflict of a changed order")
def test_a_changed_order_under_an_old_request_id_is_a_conflict(merchant, gateway):
    order = merchant.order(TEN)
    merchant.does(order)
    error = merchant.fails(merchant.repeats(order, amount=FOUR), RequestRejected)
    assert error.error.code is ErrorCode.IDEMPOTENCY_CONFLICT
    assert _taken(gateway) == TEN.major


@requirement("IDM-007")
@requires(Once(Authorize))
def test_a_first_attempt_under_way_is_unknown(merchant, gateway, certification):
    order = merchant.order(TEN)
    gateway.plan({"error": certification.profile.samples["key in use"]})
    error = merchant.fails(order, OutcomeUnknown)
    assert error.error.retry in {RetryAdvice.SYNC_FIRST, RetryAdvice.LATER}
    assert merchant.recovers(order, error).status is PaymentStatus.CHARGED
    assert _taken(gateway) == TEN.major
