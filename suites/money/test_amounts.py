"""The gateway takes the amount the shopper saw: in every currency it has, and in no other."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.core.errors import CallerError
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, Refund
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentStatus
from suites.marks import requirement, requires
from suites.published import sample


@requirement("MON-001")
@requires(Authorize)
def test_a_sale_takes_what_the_shopper_saw(merchant, gateway, currency):
    amount = sample(currency)
    paid = merchant.pays(amount)
    assert paid.status is PaymentStatus.CHARGED
    balance = gateway.balance(paid.payment_id)
    assert (balance.captured, balance.currency) == (amount.major, amount.currency)


@requirement("MON-002")
@requires(Authorize, Capture, CaptureMethod.MANUAL)
def test_a_capture_takes_what_was_asked(merchant, gateway, currency, part_of_hold):
    held, part = merchant.holds(sample(currency)), sample(currency, steps=part_of_hold)
    merchant.learns(merchant.captures(held, part))
    assert gateway.balance(held.payment_id).captured == part.major


@requirement("MON-003")
@requires(Authorize, Refund)
def test_a_refund_returns_what_was_asked(merchant, gateway, currency):
    paid, part = merchant.pays(sample(currency)), sample(currency, steps=11_100)
    merchant.learns(merchant.refunds(paid, part))
    assert gateway.balance(paid.payment_id).refunded == part.major


@requirement("MON-004")
@requires(Authorize)
def test_amounts_that_floats_cannot_hold_arrive_unchanged(merchant, gateway, awkward_amount):
    paid = merchant.pays(Money.of(awkward_amount, "USD"))
    assert gateway.balance(paid.payment_id).captured == Decimal(awkward_amount)


def _refused_before_sending(merchant, gateway, amount) -> CallerError:
    error = merchant.fails(merchant.order(amount), CallerError)
    assert gateway.exchanges() == [], "something was sent"
    return error


@requirement("MON-005")
@requires(Authorize)
def test_a_currency_the_gateway_does_not_take_is_refused(merchant, gateway, untaken_currency):
    error = _refused_before_sending(merchant, gateway, Money(100_000, untaken_currency))
    assert error.error.code is ErrorCode.CURRENCY_NOT_SUPPORTED


@requirement("MON-006")
@requires(Authorize)
def test_an_amount_between_the_gateways_steps_is_refused(merchant, gateway, unrepresentable):
    error = _refused_before_sending(merchant, gateway, unrepresentable)
    assert error.error.code is ErrorCode.INVALID_AMOUNT


@requirement("MON-007")
@requires(Authorize)
def test_a_zero_amount_is_refused(merchant, gateway):
    _refused_before_sending(merchant, gateway, Money(0, "EUR"))


@requirement("MON-008")
@requires(Authorize, Capture, Refund, CaptureMethod.MANUAL)
def test_any_amount_in_any_currency_is_in_the_ledger_as_asked(merchant, gateway, certification, offers):
    in_parts = offers("partial capture")
    claimed = certification.connector.capabilities.currencies
    taken = [row for row in certification.profile.manifest.currencies if row.code in claimed]

    @settings(max_examples=60, deadline=None, derandomize=True, database=None, report_multiple_bugs=False)
    @given(which=st.integers(0, len(taken) - 1), extra=st.integers(0, 9_999_999), share=st.integers(0, 9_999_999))
    def is_exact(which, extra, share):
        currency = taken[which]
        steps = -(-(currency.minimum or 1) // currency.multiple_of) + extra
        whole = sample(currency, steps=steps)
        piece = sample(currency, steps=1 + share % steps) if in_parts else whole
        held = merchant.holds(whole)
        captured = merchant.learns(merchant.captures(held, piece))
        merchant.learns(merchant.refunds(captured, piece))
        balance = gateway.balance(held.payment_id)
        assert (balance.authorised, balance.captured, balance.refunded) == (whole.major, piece.major, piece.major)

    is_exact()


@requirement("MON-014")
@requires(Authorize, Capture, CaptureMethod.MANUAL)
def test_amounts_on_outcomes_are_in_iso_units(merchant, departing_currency, part_of_hold):
    amount, part = sample(departing_currency), sample(departing_currency, steps=part_of_hold)
    held = merchant.holds(amount)
    captured = merchant.learns(merchant.captures(held, part))
    assert held.amount == amount
    assert held.capturable in {amount, None}
    assert captured.captured == part
