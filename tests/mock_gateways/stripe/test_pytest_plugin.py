"""The fixture `mock_gateway`, in a pytest of its own, used as its readers would use it."""

import pytest

from tests.mock_gateways.authors import PLUGIN, printed

SDK = """
import httpx, pytest, stripe
SALE = {"amount": 1000, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}

def client(gateway):
    return stripe.StripeClient(gateway.key, base_addresses={"api": gateway.url}, max_network_retries=0).v1

def call(gateway, method, path, **form):
    transport = httpx.WSGITransport(app=gateway.transport)
    with httpx.Client(transport=transport, base_url="http://gateway") as http:
        return http.request(method, path, data=form, headers={"Authorization": f"Bearer {gateway.key}"}).json()
"""
STORIES = {
    "the library over a port": """
def test(mock_gateway):
    gateway = mock_gateway("stripe")
    paid = client(gateway).payment_intents.create(SALE)
    assert gateway.ledger(paid.id)["captured"] == "10.00"
""",
    "httpx in process": """
def test(mock_gateway):
    gateway = mock_gateway("stripe")
    paid = call(gateway, "POST", "/v1/payment_intents", **{**SALE, "confirm": "true"})
    assert gateway.ledger(paid["id"])["captured"] == "10.00"
""",
    "a tenant for each test, and for each call": """
@pytest.mark.parametrize("number", [1, 2])
def test(mock_gateway, number):
    one, other = mock_gateway("stripe"), mock_gateway("stripe")
    client(one).customers.create()
    assert len(client(one).customers.list().data) == 1
    assert client(other).customers.list().data == []
""",
    "a fault on a route": """
def test(mock_gateway):
    gateway = mock_gateway("stripe")
    gateway.fault({"raw": {"status": 503, "body": "{}"}}, route="POST /v1/payment_intents", nth=2)
    client(gateway).payment_intents.create(SALE)
    with pytest.raises(stripe.APIError):
        client(gateway).payment_intents.create(SALE)
""",
    "a hold that expires as time passes": """
def test(mock_gateway):
    gateway = mock_gateway("stripe")
    held = client(gateway).payment_intents.create({**SALE, "capture_method": "manual"})
    gateway.advance(8 * 24 * 3600)
    assert gateway.ledger(held.id)["released"] == "10.00"
""",
    "a shopper who approves": """
def test(mock_gateway):
    gateway = mock_gateway("stripe")
    asked = {**SALE, "payment_method": "pm_card_authenticationRequired", "return_url": "http://127.0.0.1/"}
    payment = client(gateway).payment_intents.create(asked)
    assert payment.status == "requires_action"
    gateway.approve(payment.id)
    assert gateway.ledger(payment.id)["captured"] == "10.00"
""",
    "webhooks that the library accepts": """
def test(mock_gateway):
    gateway = mock_gateway("stripe")
    endpoint = {"url": "http://127.0.0.1:1/", "events": ["customer.created"]}
    secret = gateway.control("POST", "webhooks", endpoint)["secret"]
    client(gateway).customers.create()
    (sent,) = gateway.webhooks()
    header = sent["headers"]["Stripe-Signature"]
    event = stripe.Webhook.construct_event(sent["body"], header, secret, tolerance=10**9)
    assert event.type == "customer.created"
""",
    "a control call that is wrong": """
def test(mock_gateway):
    with pytest.raises(ValueError, match="waits for nobody"):
        mock_gateway("stripe").approve("pi_unknown")
""",
}
UNUSED = """
import sys

def test():
    assert not {"flask", "waitress", "werkzeug", "mock_gateways.app"} & set(sys.modules)
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """One run of all stories: a run for each would import the library for each."""
    pytest.importorskip("stripe")
    stories = [text.replace("def test(", f"def test_{number}(") for number, text in enumerate(STORIES.values())]
    return printed(tmp_path_factory.mktemp("stories"), SDK + "".join(stories), *PLUGIN)


@pytest.mark.parametrize("story", STORIES)
def test_a_test_author_has(told, story):
    name = f"::test_{list(STORIES).index(story)}"
    lines = [line for line in told.splitlines() if line.startswith(f"test_it.py{name}")]
    assert lines, told
    assert all(" PASSED" in line for line in lines), told


def test_unused_it_imports_no_server(tmp_path):
    assert "1 passed" in printed(tmp_path, UNUSED, *PLUGIN)


def test_it_lives_beside_the_suite(tmp_path):
    source = "def test(mock_gateway):\n    assert mock_gateway('stripe').key.startswith('sk_test_')\n"
    assert "1 passed" in printed(tmp_path, source, "-p", "suites.plugin", *PLUGIN)
