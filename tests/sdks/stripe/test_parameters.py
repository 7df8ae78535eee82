"""What the connector sends is what Stripe's own library of that version can send, field by field."""

import re
from random import Random
from urllib.parse import parse_qsl

import pytest
import stripe
from stripe import params
from stripe._api_version import _ApiVersion

from runtime.connectors.stripe import CONNECTOR, tables
from runtime.core.connector import Context
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, Card, CompleteAuthorize, Refund, StoredMethod, Void
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod

CONTEXT = Context(CONNECTOR.config(api_key="sk_test_x", webhook_secrets=("whsec_x",)), 0.0, Random(0))
CARD = Card(number=Secret("4242424242424242"), expiry_month=12, expiry_year=2034, cvc=Secret("123"), holder="J. Smith")
TEN = Money.of("10.00", "EUR")
ORDER = {"amount": TEN, "return_url": "https://m.test", "reference": "1", "description": "x"}

SENT = {
    "card": (Authorize(request_id="1", method=CARD, **ORDER), "PaymentIntentCreateParams"),
    "several captures": (
        Authorize(
            request_id="1", method=StoredMethod(token="pm_x"), capture_method=CaptureMethod.MANUAL_MULTIPLE, **ORDER
        ),
        "PaymentIntentCreateParams",
    ),
    "capture": (
        Capture(request_id="1", payment_id="pi_1", amount=TEN, final=False),
        "PaymentIntentCaptureParams",
    ),
    "void": (Void(request_id="1", payment_id="pi_1"), "PaymentIntentCancelParams"),
    "refund": (Refund(request_id="1", payment_id="pi_1", amount=TEN), "RefundCreateParams"),
}


def _request(command):
    return next(CONNECTOR.exchange(CONTEXT, command))


def test_the_library_is_of_the_version_the_connector_speaks():
    assert tables.VERSION == _ApiVersion.CURRENT


@pytest.mark.parametrize("name", SENT)
def test_every_field_sent_is_a_parameter_of_the_library(name):
    command, model = SENT[name]
    known = getattr(params, model).__annotations__.keys()
    sent = {key.partition("[")[0] for key, _ in parse_qsl(_request(command).body.decode())}
    assert sent
    assert sent <= known


def test_the_fields_of_a_card_are_those_of_the_library():
    body = _request(SENT["card"][0]).body.decode()
    card = set(re.findall(r"payment_method_data\[card\]\[(\w+)\]", body))
    # Raw card fields are for accounts that may send them; the library types them on the payment method alone.
    assert (
        card
        == {"number", "exp_month", "exp_year", "cvc"}
        <= params.PaymentMethodCreateParamsCard.__annotations__.keys()
    )


def test_every_status_of_the_library_has_a_row():
    """The library's own literals, read from its types."""
    intent = re.search(r"Literal\[(.*?)\]", str(stripe.PaymentIntent.__annotations__["status"]))
    assert intent is not None
    raw = set(re.findall(r"\"(\w+)\"|'(\w+)'", intent[1]))
    assert {one or other for one, other in raw} == {raw for raw, _, _ in tables.STATUS}


def test_completing_reads_before_it_writes():
    request = _request(CompleteAuthorize(request_id="1", payment_id="pi_1", amount=TEN))
    assert (request.method, request.body) == ("GET", b"")
