"""Amounts on the wire against Stripe's published currency rules (tests/facts/stripe/currencies.json)."""

from decimal import Decimal

import pytest
from iso4217 import Currency

from runtime.connectors.stripe import CONNECTOR
from runtime.core.errors import IntegrityMismatch, InvalidCommand, NotOffered
from runtime.core.money import Money
from runtime.core.payments import Capture, PSync, Refund
from runtime.core.vocabulary import ErrorCode

CURRENCIES = sorted(CONNECTOR.capabilities.currencies)
ISO = {currency.code: currency.exponent for currency in Currency}


@pytest.fixture
def published(facts):
    """The number Stripe's page wants for a number of major units."""
    page = facts["currencies"]
    decimals = dict.fromkeys(page["zero_decimal"], 0) | dict.fromkeys(page["three_decimal"]["codes"], 3)
    return lambda major, code: int(Decimal(major) * 10 ** decimals.get(code, 2))


def wire_amount(run, authorize, money, **settings):
    declined = (402, {"error": {"type": "card_error"}})
    (request,) = run(authorize(amount=money), declined, **settings).sent
    return int(dict(pair.split("=") for pair in request.body.decode().split("&"))["amount"])


@pytest.mark.parametrize("code", CURRENCIES)
def test_seven_units_of_every_currency_are_sent_as_published(run, authorize, published, code):
    assert wire_amount(run, authorize, Money.of(7, code)) == published(7, code)


@pytest.mark.parametrize("code", CURRENCIES)
def test_every_currency_is_read_back_as_published(run, intent, published, code):
    reply = intent(amount=published(7, code), amount_received=published(7, code), currency=code.lower())
    outcome = run(PSync(request_id="r", payment_id="pi_1"), (200, reply)).outcome
    assert outcome.amount == outcome.captured == Money.of(7, code)
    assert outcome.amount.major == 7


def test_the_list_holds_what_the_page_names_and_only_currencies_of_today(facts):
    page = facts["currencies"]
    named = {*page["zero_decimal"], *page["three_decimal"]["codes"], *page["min_amount_minor"], "ISK", "UGX"}
    assert named <= set(CURRENCIES)
    assert all(ISO[code] is not None for code in CURRENCIES)
    assert not {"IQD", "LYD", "ANG", "BGN", "STD", "XAU"} & set(CURRENCIES)
    assert len(CURRENCIES) > 135


@pytest.mark.parametrize("code", ["IQD", "LYD"])
def test_a_currency_that_stripe_does_not_take_is_refused_before_anything_is_sent(run, authorize, code):
    with pytest.raises(NotOffered) as refused:
        run(authorize(amount=Money(1000, code)))
    assert refused.value.error.code is ErrorCode.CURRENCY_NOT_SUPPORTED


@pytest.mark.parametrize(("minor", "code"), [(1001, "KWD"), (1005, "BHD"), (1050, "MGA"), (1, "MGA")])
def test_an_amount_stripe_has_no_number_for_is_refused_before_anything_is_sent(run, authorize, minor, code):
    with pytest.raises(InvalidCommand) as refused:
        run(authorize(amount=Money(minor, code)))
    assert refused.value.error.code is ErrorCode.INVALID_AMOUNT


@pytest.mark.parametrize("flow", ["authorize", "capture", "refund"])
def test_an_amount_of_zero_is_refused_before_anything_is_sent(run, authorize, flow):
    zero = Money(0, "USD")
    commands = {
        "authorize": authorize(amount=zero),
        "capture": Capture(request_id="r", payment_id="pi_1", amount=zero),
        "refund": Refund(request_id="r", payment_id="pi_1", amount=zero),
    }
    with pytest.raises(InvalidCommand) as refused:
        run(commands[flow])
    assert refused.value.error.code is ErrorCode.INVALID_AMOUNT


def test_the_ugandan_shilling_follows_the_setting(run, authorize):
    assert wire_amount(run, authorize, Money(7, "UGX")) == 700
    assert wire_amount(run, authorize, Money(7, "UGX"), ugx_decimals=0) == 7


@pytest.mark.parametrize(("wire", "code"), [(550, "isk"), (-1, "usd"), (1000, "iqd"), (1000, "btc")])
def test_an_amount_that_cannot_be_held_keeps_the_outcome_and_the_id(run, intent, refund, wire, code):
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(PSync(request_id="r", payment_id="pi_1"), (200, intent(amount=wire, currency=code)))
    assert mismatch.value.transaction_id == mismatch.value.outcome.payment_id == "pi_1"
    assert mismatch.value.outcome.amount is None
    command = Refund(request_id="r", payment_id="pi_1", amount=Money(1000, "USD"))
    with pytest.raises(IntegrityMismatch) as mismatch:
        run(command, (200, refund(amount=wire, currency=code)))
    assert mismatch.value.transaction_id == mismatch.value.outcome.refund_id == "re_1"
