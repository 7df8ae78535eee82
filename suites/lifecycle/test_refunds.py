"""Refunds: taken money goes back, part by part, and never more than was taken."""

from decimal import Decimal

from runtime.core.errors import ConnectorError
from runtime.core.money import Money
from runtime.core.payments import Authorize, PSync, Refund
from runtime.core.vocabulary import CaptureMethod, PaymentStatus, RefundStatus
from suites.marks import PAYMENT_SEEN, requirement, requires

TEN, SEVEN, FOUR = (Money.of(amount, "EUR") for amount in ("10.00", "7.00", "4.00"))
pytestmark = requires(Authorize, Refund)


@requirement("LIF-007")
def test_a_refund_returns_the_whole_payment(merchant, gateway):
    paid = merchant.pays(TEN)
    assert merchant.learns(merchant.refunds(paid, TEN)).status is RefundStatus.SUCCESS
    assert gateway.balance(paid.payment_id).refunded == TEN.major


@requirement("LIF-008")
def test_several_refunds_return_part_after_part(merchant, gateway):
    paid = merchant.pays(TEN)
    first, second = (merchant.learns(merchant.refunds(paid, FOUR)) for _ in range(2))
    assert first.refund_id != second.refund_id
    assert {first.amount, second.amount} <= {FOUR, None}, "a refund that tells an amount tells its own"
    assert gateway.balance(paid.payment_id).refunded == Decimal("8.00")


@requirement("LIF-010")
def test_a_refund_beyond_what_was_taken_returns_nothing_more(merchant, gateway):
    paid = merchant.pays(TEN)
    merchant.learns(merchant.refunds(paid, FOUR))
    merchant.fails_in_the_end(merchant.refund_of(paid, SEVEN))
    assert gateway.balance(paid.payment_id).refunded == FOUR.major


@requirement("LIF-012")
@requires(CaptureMethod.MANUAL)
def test_a_refund_of_a_hold_is_never_called_done(merchant, gateway):
    held = merchant.holds(TEN)
    answer = merchant.tries(merchant.refund_of(held, FOUR))
    if not isinstance(answer, ConnectorError):
        assert merchant.learns(answer).status is not RefundStatus.SUCCESS
    assert gateway.balance(held.payment_id).refunded == 0


@requirement("LIF-013")
@requires(PAYMENT_SEEN)
def test_a_refunded_payment_stays_charged(merchant):
    paid = merchant.pays(TEN)
    merchant.refunds(paid, FOUR)
    seen = merchant.knows(paid)
    assert seen.status is PaymentStatus.CHARGED
    # An event of a payment may name no refunds: those have events of their own.
    assert seen.refunded == FOUR or not (merchant.can(PSync) or seen.refunded)
