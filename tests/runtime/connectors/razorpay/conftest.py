"""Razorpay's replies as small literals, and a way to run one command against given replies. No simulator."""

import json
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

import pytest

from runtime.connectors.razorpay import CONNECTOR
from runtime.core.connector import Context
from runtime.core.money import Money
from runtime.core.payments import Authorize, Card
from runtime.core.secret import Secret
from tests.runtime.connectors.answers import answered

FACTS = Path(__file__).parents[3] / "facts" / "razorpay"
NOW = 1_700_000_000.0
KEYS = {"key_id": "rzp_test_hush", "key_secret": "hush", "webhook_secrets": ("hush_hook",)}


class Ran(NamedTuple):
    outcome: Any
    sent: list

    def body(self, index):
        return json.loads(self.sent[index].body)

    @property
    def routes(self):
        return [(request.method, request.url.removeprefix("https://api.razorpay.com")) for request in self.sent]


@pytest.fixture(scope="session")
def facts():
    return {file.stem: json.loads(file.read_text()) for file in FACTS.glob("*.json")}


@pytest.fixture
def inr():
    return Money(50000, "INR")


@pytest.fixture
def authorize(inr):
    def command(**changes):
        card = Card(
            number=Secret("4100280000001007"), expiry_month=3, expiry_year=2034, cvc=Secret("913"), holder="J S"
        )
        return Authorize(**{"request_id": "order-1", "amount": inr, "method": card} | changes)

    return command


@pytest.fixture
def context():
    def make(**settings):
        return Context(CONNECTOR.config(**KEYS | settings), NOW, Random(0))

    return make


@pytest.fixture
def run(context):
    """Run a command against replies, as `answered` takes them."""

    def run(command, *replies, **settings):
        return Ran(*answered(CONNECTOR.exchange(context(**settings), command), replies))

    return run


@pytest.fixture
def order():
    """An order as docs/api/orders/entity shows it: 500.00 INR, not paid yet."""

    def order(**changes):
        fields = {"id": "order_1", "entity": "order", "amount": 50000, "amount_paid": 0, "amount_due": 50000}
        rest = {"currency": "INR", "receipt": None, "status": "created", "attempts": 0, "notes": []}
        return fields | rest | {"created_at": 1642662092} | changes

    return order


@pytest.fixture
def started():
    """What creating a payment says: the shopper goes to the bank's page."""

    def started(*actions, **changes):
        steps = [{"action": action, "url": f"https://api.razorpay.com/{action}"} for action in actions]
        return {"razorpay_payment_id": "pay_1", "next": steps} | changes

    return started


@pytest.fixture
def payment():
    """A payment as docs/api/payments/entity shows it: 500.00 INR by card."""

    def payment(status="captured", **changes):
        fields = {"id": "pay_1", "entity": "payment", "amount": 50000, "currency": "INR", "status": status}
        money = {"amount_refunded": 0, "refund_status": None, "captured": status == "captured", "fee": None}
        whose = {"order_id": "order_1", "method": "card", "notes": [], "email": "a@b.test", "contact": "+919999999999"}
        errors = {"error_code": None, "error_description": None, "error_source": None, "error_reason": None}
        return fields | money | whose | errors | {"created_at": 1642662100} | changes

    return payment


@pytest.fixture
def refund():
    def refund(status="processed", **changes):
        fields = {"id": "rfnd_1", "entity": "refund", "amount": 50000, "currency": "INR", "payment_id": "pay_1"}
        return fields | {"notes": [], "status": status, "speed_processed": "normal"} | changes

    return refund


@pytest.fixture
def problem():
    """An error envelope, as docs/errors shows it; metadata is [] where it is empty."""

    def problem(reason="input_validation_failed", **fields):
        told = {"code": "BAD_REQUEST_ERROR", "description": "no", "source": "business", "step": "payment_initiation"}
        return {"error": told | {"reason": reason, "metadata": [], "field": None} | fields}

    return problem
