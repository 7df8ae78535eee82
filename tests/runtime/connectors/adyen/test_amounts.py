"""Amounts on the wire against Adyen's published currency rules (tests/facts/adyen/currencies.json)."""

from decimal import Decimal

import pytest
from iso4217 import Currency

from runtime.connectors.adyen import CONNECTOR
from runtime.core.errors import IntegrityMismatch, InvalidCommand, NotOffered
from runtime.core.money import Money
from runtime.core.payments import Capture, ChargeMandate, CompleteAuthorize, Refund
from runtime.core.vocabulary import ErrorCode, PaymentStatus

CURRENCIES = sorted(CONNECTOR.capabilities.currencies)
ISO = {currency.code: currency.exponent for currency in Currency}
PSP = "993617895204576J"


@pytest.fixture
def decimals(facts):
    page = facts["currencies"]
    told = dict.fromkeys(page["zero_decimal"], 0) | dict.fromkeys(page["three_decimal"], 3)
    return lambda code: told.get(code, page["default_decimals"])


@pytest.fixture
def complete(eur):
    return CompleteAuthorize(request_id="c", payment_id=PSP, amount=eur, returned={"redirectResult": "x"})


def test_the_list_is_adyens_without_what_iso_has_withdrawn(facts):
    assert set(CURRENCIES) == {code for code in facts["currencies"]["listed"] if ISO.get(code) is not None}


@pytest.mark.parametrize("code", CURRENCIES)
def test_five_major_units_are_the_number_the_page_wants(run, authorize, paid, decimals, code):
    wanted = int(Decimal(5).scaleb(decimals(code)))
    reply = paid(amount={"currency": code, "value": wanted})
    ran = run(authorize(amount=Money.of("5", code)), reply)
    assert ran.body["amount"] == {"currency": code, "value": wanted}
    assert ran.outcome.amount == Money.of("5", code)


def test_exactly_the_published_four_differ_from_iso(facts, decimals):
    differing = {code for code in CURRENCIES if decimals(code) != ISO[code]}
    assert differing == set(facts["currencies"]["differs_from_iso"])


@pytest.mark.parametrize(("money", "code"), [(Money(1050, "CVE"), "CVE"), (Money(1050, "IDR"), "IDR")])
def test_what_adyen_has_no_number_for_is_refused_not_rounded(run, authorize, money, code):
    with pytest.raises(InvalidCommand) as caught:
        run(authorize(amount=money))
    assert caught.value.error.code is ErrorCode.INVALID_AMOUNT
    assert code in str(caught.value)


def test_half_a_krona_cannot_be_held_and_the_payment_is_not_lost(run, authorize, paid):
    with pytest.raises(IntegrityMismatch) as caught:
        run(authorize(amount=Money(10, "ISK")), paid(amount={"currency": "ISK", "value": 1050}))
    assert caught.value.transaction_id == PSP
    assert caught.value.outcome.status is PaymentStatus.CHARGED


def test_a_currency_adyen_does_not_list_is_not_offered(run, authorize):
    with pytest.raises(NotOffered):
        run(authorize(amount=Money(100, "MGA")))


@pytest.mark.parametrize(
    "amount",
    [{"currency": "EUR", "value": 999}, {"currency": "EUR", "value": 1001}, {"currency": "USD", "value": 1000}],
)
def test_an_answer_for_another_amount_is_a_mismatch(run, authorize, paid, received, complete, eur, amount):
    charge = ChargeMandate(request_id="c", amount=eur, mandate_id="M5N7", customer_id="shopper-1")
    cases = [(authorize(), paid), (complete, paid), (charge, paid)]
    cases += [(command(request_id="m", payment_id=PSP, amount=eur), received) for command in (Capture, Refund)]
    for command, reply in cases:
        with pytest.raises(IntegrityMismatch) as caught:
            run(command, reply(amount=amount))
        assert caught.value.transaction_id in {PSP, "993617894906488A"}
        assert caught.value.outcome is not None


def test_an_acknowledged_capture_must_name_its_amount(run, received, eur):
    with pytest.raises(IntegrityMismatch):
        run(Capture(request_id="m", payment_id=PSP, amount=eur), received(amount=None))


def test_an_authorisation_need_not_name_its_amount(run, complete, paid, eur):
    """The example post-payments-details-00.redirect-200 names none."""
    outcome = run(complete, paid(amount=None)).outcome
    assert (outcome.status, outcome.amount) == (PaymentStatus.AUTHORIZED, None)


@pytest.mark.parametrize(
    ("value", "currency", "holds"),
    [("600", "EUR", True), ("1000", "EUR", True), ("1001", "EUR", False), ("600", "USD", False)],
)
def test_a_partial_authorisation_is_never_more_than_was_asked_for(run, authorize, paid, value, currency, holds):
    extra = {"authorisedAmountValue": value, "authorisedAmountCurrency": currency}
    reply = paid("PartiallyAuthorised", amount={"currency": currency, "value": 1000}, additionalData=extra)
    if holds:
        assert run(authorize(), reply).outcome.authorized == Money(int(value), currency)
        return
    with pytest.raises(IntegrityMismatch):
        run(authorize(), reply)


def test_authorised_for_less_than_was_asked_for_is_a_mismatch(run, authorize, paid):
    extra = {"authorisedAmountValue": "600", "authorisedAmountCurrency": "EUR"}
    with pytest.raises(IntegrityMismatch):
        run(authorize(), paid(additionalData=extra))
