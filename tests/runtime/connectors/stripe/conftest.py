"""Stripe's replies as small literals, and a way to run one command against given replies. No simulator."""

import json
import re
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

import pytest
from stripe import params

from runtime.connectors.stripe import CONNECTOR
from runtime.core.connector import Context
from runtime.core.money import Money
from runtime.core.payments import Authorize, Card
from runtime.core.secret import Secret
from tests.runtime.connectors.answers import answered

FACTS = Path(__file__).parents[3] / "facts" / "stripe"
NOW = 1_700_000_000.0


class Ran(NamedTuple):
    outcome: Any
    sent: list


@pytest.fixture(scope="session")
def facts():
    return {file.stem: json.loads(file.read_text()) for file in FACTS.glob("*.json")}


@pytest.fixture
def usd():
    return Money(1000, "USD")


@pytest.fixture
def authorize(usd):
    def command(**changes):
        card = Card(number=Secret("4242424242424242"), expiry_month=12, expiry_year=2034, cvc=Secret("913"))
        return Authorize(**{"request_id": "order-1", "amount": usd, "method": card} | changes)

    return command


@pytest.fixture
def context():
    def make(**settings):
        config = CONNECTOR.config(**{"api_key": "sk_test_hush", "webhook_secrets": ("whsec_hush",)} | settings)
        return Context(config, NOW, Random(0))

    return make


@pytest.fixture
def run(context):
    """Run a command against replies, as `answered` takes them."""

    def run(command, *replies, **settings):
        return Ran(*answered(CONNECTOR.exchange(context(**settings), command), replies))

    return run


@pytest.fixture
def fields():
    """The form of a request, by bracketed names."""

    def fields(request):
        return dict(parse_qsl(request.body.decode(), keep_blank_values=True, strict_parsing=bool(request.body)))

    return fields


@pytest.fixture
def typed():
    """Whether stripe-python's types have a parameter of this bracketed name, at every depth."""

    def typed(name, model):
        for part in re.findall(r"[a-z_]\w*", name):
            known = getattr(params, model, None) or getattr(params.checkout, model)
            if part not in known.__annotations__:
                return False
            nested = re.search(r"\b(\w+Params[A-Z]\w+)", str(known.__annotations__[part]))
            model = nested[1] if nested else "the end"
        return True

    return typed


@pytest.fixture
def intent():
    """A payment intent as version 2026-10-28.endive shows it: 10.00 USD, taken."""

    def intent(status="succeeded", **changes):
        taken = 1000 if status == "succeeded" else 0
        held = 1000 if status == "requires_capture" else 0
        return {
            "id": "pi_1",
            "object": "payment_intent",
            "amount": 1000,
            "amount_capturable": held,
            "amount_details": {"tip": {}},
            "amount_received": taken,
            "cancellation_reason": None,
            "capture_method": "automatic",
            "client_secret": "pi_1_secret_x",
            "currency": "usd",
            "last_payment_error": None,
            "latest_charge": "ch_1" if taken or held else None,
            "livemode": False,
            "metadata": {},
            "next_action": None,
            "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
            "status": status,
        } | changes

    return intent


@pytest.fixture
def charge():
    def charge(card=None, **changes):
        return {
            "id": "ch_1",
            "object": "charge",
            "amount": 1000,
            "amount_captured": 1000,
            "amount_refunded": 0,
            "captured": True,
            "refunded": False,
            "status": "succeeded",
            "payment_method_details": {
                "type": "card",
                "card": {"brand": "visa", "amount_authorized": 1000} | (card or {}),
            },
        } | changes

    return charge


@pytest.fixture
def refund():
    def refund(status="succeeded", **changes):
        return {
            "id": "re_1",
            "object": "refund",
            "amount": 1000,
            "charge": "ch_1",
            "currency": "usd",
            "payment_intent": "pi_1",
            "status": status,
        } | changes

    return refund


@pytest.fixture
def setup():
    """A setup intent as stripe-python 16.1 types it: a card that may be charged later."""

    def setup(status="succeeded", **changes):
        return {
            "id": "seti_1",
            "object": "setup_intent",
            "client_secret": "seti_1_secret_x",
            "customer": "cus_1",
            "last_setup_error": None,
            "livemode": False,
            "mandate": None,
            "next_action": None,
            "payment_method": None if status == "requires_payment_method" else "pm_1",
            "payment_method_types": ["card"],
            "status": status,
            "usage": "off_session",
        } | changes

    return setup


@pytest.fixture
def dispute():
    def dispute(status="needs_response", **changes):
        return {
            "id": "du_1",
            "object": "dispute",
            "amount": 1000,
            "charge": "ch_1",
            "currency": "usd",
            "evidence": {"uncategorized_text": None},
            "evidence_details": {"due_by": 1_700_600_000, "has_evidence": False, "past_due": False},
            "payment_intent": "pi_1",
            "payment_method_details": {"type": "card", "card": {"brand": "visa", "case_type": "chargeback"}},
            "reason": "fraudulent",
            "status": status,
        } | changes

    return dispute


@pytest.fixture
def session():
    def session(payment_status="unpaid", **changes):
        return {
            "id": "cs_test_1",
            "object": "checkout.session",
            "amount_total": 1000,
            "client_secret": None,
            "currency": "usd",
            "expires_at": 1_700_086_400,
            "mode": "payment",
            "payment_intent": None,
            "payment_status": payment_status,
            "status": "open",
            "url": "https://checkout.stripe.com/c/pay/cs_test_1",
        } | changes

    return session


@pytest.fixture
def problem():
    """An error envelope, as docs.stripe.com/api/errors shows it."""

    def problem(kind="card_error", **fields):
        return {"error": {"type": kind, "message": "no", "doc_url": "https://stripe.com/docs"} | fields}

    return problem
