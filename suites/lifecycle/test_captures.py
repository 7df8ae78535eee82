"""Manual capture: a hold is a promise; only a capture takes money, and never more than was held."""

from decimal import Decimal

import pytest

from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, Void
from runtime.core.vocabulary import CaptureMethod, PaymentStatus
from suites.marks import requirement, requires

TEN, SIX, FOUR = (Money.of(amount, "EUR") for amount in ("10.00", "6.00", "4.00"))
NOTHING = Decimal(0)
pytestmark = requires(Authorize, Capture, CaptureMethod.MANUAL)


@pytest.fixture
def held(merchant):
    return merchant.holds(TEN)


@requirement("LIF-001")
def test_a_capture_takes_the_whole_hold(merchant, gateway, held):
    assert merchant.learns(merchant.captures(held, TEN)).status is PaymentStatus.CHARGED
    assert gateway.balance(held.payment_id).captured == TEN.major


@requirement("LIF-002")
@requires("partial capture")
def test_a_partial_capture_takes_just_that_part(merchant, gateway, held, offers):
    captured = merchant.learns(merchant.captures(held, FOUR))
    assert captured.captured == FOUR
    if offers("share of a capture"):
        assert captured.status is PaymentStatus.PARTIAL_CHARGED
    balance = gateway.balance(held.payment_id)
    rest = (SIX.major, NOTHING) if offers("rest released by a capture") else (NOTHING, SIX.major)
    assert (balance.captured, balance.released, balance.held) == (FOUR.major, *rest)


@requirement("LIF-003")
@requires(CaptureMethod.MANUAL_MULTIPLE)
def test_several_captures_take_part_after_part(merchant, gateway, offers):
    held = merchant.holds(TEN, capture=CaptureMethod.MANUAL_MULTIPLE)
    first = merchant.learns(merchant.captures(held, FOUR, final=False))
    assert first.captured == FOUR
    if offers("share of a capture"):
        assert first.status is PaymentStatus.PARTIAL_CHARGED_AND_CHARGEABLE
    balance = gateway.balance(held.payment_id)
    assert (balance.captured, balance.held) == (FOUR.major, SIX.major)
    assert merchant.learns(merchant.captures(held, SIX)).status is PaymentStatus.CHARGED
    assert gateway.balance(held.payment_id).captured == TEN.major


@requirement("LIF-009")
def test_a_capture_beyond_the_hold_takes_nothing(merchant, gateway, held):
    merchant.fails_in_the_end(merchant.capture_of(held, Money.of("10.01", "EUR")))
    assert gateway.balance(held.payment_id).captured == NOTHING


@requirement("LIF-011")
def test_a_second_capture_takes_nothing(merchant, gateway, held):
    merchant.learns(merchant.captures(held, TEN))
    merchant.fails_in_the_end(merchant.capture_of(held, TEN))
    assert gateway.balance(held.payment_id).captured == TEN.major


@requirement("LIF-004")
@requires(Void)
def test_a_void_gives_the_hold_back(merchant, gateway, held):
    assert merchant.learns(merchant.voids(held)).status is PaymentStatus.VOIDED
    balance = gateway.balance(held.payment_id)
    assert (balance.released, balance.captured) == (TEN.major, NOTHING)


@requirement("LIF-005")
@requires(Void)
def test_a_capture_after_a_void_takes_nothing(merchant, gateway, held):
    merchant.learns(merchant.voids(held))
    merchant.fails_in_the_end(merchant.capture_of(held, TEN))
    assert gateway.balance(held.payment_id).captured == NOTHING


@requirement("LIF-006")
@requires(Void)
def test_a_void_after_a_capture_is_no_void(merchant, gateway, held):
    merchant.learns(merchant.captures(held, TEN))
    merchant.fails_in_the_end(merchant.void_of(held))
    assert gateway.balance(held.payment_id).captured == TEN.major
