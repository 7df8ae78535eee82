"""Adyen's replies as small literals, and a way to run one command against given replies. No simulator."""

import json
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from runtime.connectors.adyen import CONNECTOR
from runtime.core.connector import Context
from runtime.core.money import Money
from runtime.core.payments import Authorize, Card
from runtime.core.secret import Secret
from tests.runtime.connectors.answers import answered

FACTS = Path(__file__).parents[3] / "facts" / "adyen"
NOW = 1_700_000_000.0
PSP = "993617895204576J"
KEY = "44782DEF547AAA06C910C43932B1EB0C71FC68D9D0C057550C48EC2ACF6BA056"  # of Adyen's own test suites


class Ran(NamedTuple):
    outcome: Any
    sent: list

    @property
    def body(self):
        """What the last request said."""
        return json.loads(self.sent[-1].body)


@pytest.fixture(scope="session")
def facts():
    return {file.stem: json.loads(file.read_text()) for file in FACTS.glob("*.json")}


@pytest.fixture
def eur():
    return Money(1000, "EUR")


@pytest.fixture
def authorize(eur):
    def command(**changes):
        card = Card(number=Secret("4111111111111111"), expiry_month=3, expiry_year=2030, cvc=Secret("737"))
        return Authorize(**{"request_id": "order-1", "amount": eur, "method": card} | changes)

    return command


@pytest.fixture
def context():
    def make(**settings):
        given = {"api_key": "AQE_hush", "merchant_account": "TestMerchant", "hmac_keys": (KEY,)} | settings
        return Context(CONNECTOR.config(**given), NOW, Random(0))

    return make


@pytest.fixture
def run(context):
    """Run a command against replies, as `answered` takes them."""

    def run(command, *replies, **settings):
        return Ran(*answered(CONNECTOR.exchange(context(**settings), command), replies))

    return run


@pytest.fixture
def paid():
    """The answer of /payments as Checkout v72 shows it: 10.00 EUR."""

    def paid(code="Authorised", **changes):
        amount = {"currency": "EUR", "value": 1000}
        told = {"pspReference": PSP, "resultCode": code, "amount": amount, "merchantReference": "order-1"}
        return 200, {name: value for name, value in (told | changes).items() if value is not None}

    return paid


@pytest.fixture
def received():
    """The answer of /captures and /refunds; a cancel's comes without its amount."""

    def received(**changes):
        told = {
            "merchantAccount": "TestMerchant",
            "paymentPspReference": PSP,
            "pspReference": "993617894906488A",
            "status": "received",
            "amount": {"currency": "EUR", "value": 1000},
        }
        return 201, {name: value for name, value in (told | changes).items() if value is not None}

    return received
