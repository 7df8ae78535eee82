"""The number on the wire is what the shopper saw, and what comes back is held against it."""

import pytest

from runtime.connectors.razorpay import CONNECTOR
from runtime.core.errors import IntegrityMismatch, InvalidCommand, NotOffered
from runtime.core.money import Money
from runtime.core.payments import Capture, CompleteAuthorize, CreateOrder, CreateSessionToken, PSync, Refund, RSync

INR = Money(50000, "INR")
WITHDRAWN = {"BGN", "HRK", "SLL"}  # published by Razorpay, withdrawn from ISO 4217


def test_every_published_currency_is_taken_but_withdrawn_ones(facts):
    assert CONNECTOR.capabilities.currencies == set(facts["currencies"]) - WITHDRAWN


def test_five_units_of_every_currency_have_the_published_decimals(run, order, facts):
    for code in sorted(CONNECTOR.capabilities.currencies):
        wire = 5 * 10 ** facts["currencies"][code]
        command = CreateOrder(request_id="o", amount=Money.of(5, code), reference="o")
        ran = run(command, (200, order(amount=wire, currency=code)))
        assert (ran.body(0)["amount"], ran.outcome.amount) == (wire, Money.of(5, code))


@pytest.mark.parametrize("code", ["BHD", "IQD", "JOD", "KWD", "OMR", "TND"])
def test_of_three_decimals_the_last_is_zero(run, order, code):
    command = CreateOrder(request_id="o", amount=Money.of("99.990", code), reference="o")
    assert run(command, (200, order(amount=99990, currency=code))).body(0)["amount"] == 99990
    with pytest.raises(InvalidCommand):
        run(CreateOrder(request_id="o", amount=Money.of("99.991", code), reference="o"))


def test_nothing_is_no_amount_to_move(run, authorize):
    for command in (authorize(amount=Money(0, "INR")), Capture(request_id="c", payment_id="p", amount=Money(0, "INR"))):
        with pytest.raises(InvalidCommand):
            run(command)


def test_a_currency_that_is_not_published_is_refused_before_it_is_sent(run, authorize):
    with pytest.raises(NotOffered, match="ARS"):
        run(authorize(amount=Money(1000, "ARS")))


OTHER = [{"amount": 49999}, {"amount": 5000000}, {"currency": "USD"}]


@pytest.mark.parametrize("changes", OTHER, ids=str)
def test_an_order_for_another_amount_is_never_paid(run, authorize, order, changes):
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(authorize(), (200, order(**changes)))
    assert mismatch.value.transaction_id == "order_1"


@pytest.mark.parametrize("changes", OTHER, ids=str)
def test_a_payment_of_another_amount_is_a_mismatch_that_keeps_the_id(run, authorize, order, started, payment, changes):
    other = payment(**changes)
    for command, replies in [
        (authorize(), [(200, order()), (200, started()), (200, other)]),
        (CompleteAuthorize(request_id="c", payment_id="pay_1", amount=INR), [(200, other)]),
        (Capture(request_id="c", payment_id="pay_1", amount=INR), [(200, other)]),
        (PSync(request_id="s", payment_id="pay_1", amount=INR), [(200, other)]),
        (PSync(request_id="s", payment_id="order_1", amount=INR), [(200, {"items": [other]})]),
    ]:
        with pytest.raises(IntegrityMismatch) as mismatch:
            run(command, *replies)
        assert mismatch.value.transaction_id == "pay_1"
        assert mismatch.value.outcome.raw_status == "captured"


@pytest.mark.parametrize("changes", OTHER, ids=str)
def test_a_refund_of_another_amount_is_a_mismatch(run, refund, changes):
    for command in (
        Refund(request_id="r", payment_id="pay_1", amount=INR),
        RSync(request_id="r", payment_id="pay_1", refund_id="rfnd_1", amount=INR),
    ):
        with pytest.raises(IntegrityMismatch) as mismatch:
            run(command, (200, refund(**changes)))
        assert mismatch.value.transaction_id == "rfnd_1"


def test_a_link_for_another_amount_is_a_mismatch(run):
    link = {"id": "plink_1", "amount": 49999, "currency": "INR", "status": "created", "short_url": "https://rzp.io/i/x"}
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(CreateSessionToken(request_id="s", amount=INR, return_url="https://shop.test"), (200, link))
    assert mismatch.value.transaction_id == "plink_1"


def test_a_currency_that_nobody_knows_is_a_mismatch_that_keeps_the_id(run, payment):
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(PSync(request_id="s", payment_id="pay_1"), (200, payment(currency="XXX")))
    assert mismatch.value.transaction_id == "pay_1"
