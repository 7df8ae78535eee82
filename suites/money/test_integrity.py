"""What the gateway answers for must be what it was asked for; else nobody knows what moved."""

from runtime.core.errors import IntegrityMismatch
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, ChargeMandate, CreateOrder, PSync, Refund, SetupMandate
from runtime.core.vocabulary import CaptureMethod
from suites.marks import requirement, requires
from suites.scenes import Scene

TEN = Money.of("10.00", "EUR")


def _mismatch(merchant, command) -> IntegrityMismatch:
    error = merchant.fails(command, IntegrityMismatch)
    assert error.transaction_id, "the id was lost"
    assert error.outcome is not None, "the outcome was lost"
    return error


@requirement("MON-009")
@requires(Authorize)
def test_a_reply_for_another_amount_is_a_mismatch(merchant, gateway, other_amount):
    gateway.plan({"override": other_amount})
    error = _mismatch(merchant, merchant.order(TEN))
    assert gateway.balance(error.transaction_id).captured == TEN.major, "the id does not find the payment"


@requirement("MON-010")
@requires(Authorize)
def test_a_reply_for_another_currency_is_a_mismatch(merchant, gateway, other_currency):
    gateway.plan({"override": other_currency})
    _mismatch(merchant, merchant.order(TEN))


@requirement("MON-011")
@requires(Authorize, Capture, CaptureMethod.MANUAL)
def test_a_capture_of_another_amount_is_a_mismatch(merchant, gateway, certification, other_capture):
    whole = certification.not_claimed("partial capture") is not None
    held = merchant.holds(TEN)
    gateway.plan({"override": other_capture}, flow="Capture")
    _mismatch(merchant, merchant.capture_of(held, TEN if whole else Money.of("4.00", "EUR")))


@requirement("MON-011")
@requires(Authorize, Capture, CaptureMethod.MANUAL_MULTIPLE)
def test_a_part_that_takes_less_or_another_currency_is_a_mismatch(merchant, gateway, other_part):
    held = merchant.holds(TEN, capture=CaptureMethod.MANUAL_MULTIPLE)
    gateway.plan({"override": other_part}, flow="Capture")
    _mismatch(merchant, merchant.capture_of(held, Money.of("4.00", "EUR"), final=False))


@requirement("MON-012")
@requires(Authorize, Refund)
def test_a_refund_of_another_amount_is_a_mismatch(merchant, gateway, other_refund):
    paid = merchant.pays(TEN)
    gateway.plan({"override": other_refund}, flow="Refund")
    _mismatch(merchant, merchant.refund_of(paid, Money.of("4.00", "EUR")))


@requirement("MON-013")
@requires(Authorize)
def test_an_amount_that_iso_cannot_hold_is_a_mismatch(merchant, gateway, unholdable):
    amount, told = unholdable
    gateway.plan({"override": told})
    error = merchant.fails(merchant.order(amount), IntegrityMismatch)
    assert error.transaction_id


@requirement("MON-015")
@requires(Authorize, PSync)
def test_a_sync_for_another_amount_is_a_mismatch(merchant, gateway, other_amount):
    paid = merchant.pays(TEN)
    gateway.plan({"override": other_amount})
    _mismatch(merchant, merchant.sync_of(paid))


@requirement("MON-015")
@requires(CreateOrder, Authorize, PSync)
def test_a_sync_of_an_order_for_another_amount_is_a_mismatch(merchant):
    order = merchant.does(merchant.open_order_of(TEN))
    for asked in (merchant.order_sync_of(order, Money.of("9.99", "EUR")), merchant.order_sync_of(order, TEN)):
        told = merchant.tries(asked)
        assert isinstance(told, IntegrityMismatch) == (asked.amount != TEN), f"nobody has paid, and it was {told}"
    merchant.does(merchant.order(TEN, order_id=order.order_id))
    _mismatch(merchant, merchant.order_sync_of(order, Money.of("9.99", "EUR")))


@requirement("MON-022")
@requires(SetupMandate, ChargeMandate)
def test_a_charge_on_a_mandate_of_another_amount_is_a_mismatch(merchant, gateway, other_amount):
    scene = Scene(merchant, gateway, ChargeMandate)
    told = scene.plays({"override": other_amount}, step=scene.steps[-1])  # the last reply is what tells of the charge
    assert isinstance(told, IntegrityMismatch), f"another amount was taken, and it was {told!r}"
    assert told.transaction_id, "the id was lost"
