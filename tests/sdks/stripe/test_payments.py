"""Stripe's own Python library, over a socket: where it and the simulator disagree, the simulator is wrong."""

import itertools
import urllib.request

import pytest
import stripe

from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.sdks.control import controlled, totals

KEYS = itertools.count()
SALE = {"amount": 1000, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}


@pytest.fixture(scope="module")
def base():
    with serving(create_app("stripe", clock="wall")) as url:
        yield url


@pytest.fixture
def key():
    return f"sk_test_sdk_{next(KEYS)}"


@pytest.fixture
def client(base, key):
    addresses = dict.fromkeys(("api", "files", "connect", "meter_events"), base)
    http = stripe.UrllibClient()
    yield stripe.StripeClient(key, base_addresses=addresses, http_client=http, max_network_retries=0).v1
    http.close()


@pytest.fixture
def mock(base, key):
    return controlled(base, key)


def test_the_library_and_the_simulator_speak_the_same_version(client):
    assert client.payment_intents.create(SALE).last_response.headers["stripe-version"] == stripe.api_version


def test_a_sale(client, mock):
    intent = client.payment_intents.create({**SALE, "metadata": {"order": "7"}})
    assert (intent.status, intent.amount_received, intent.metadata["order"]) == ("succeeded", 1000, "7")
    assert intent.last_response.request_id.startswith("req_")
    assert totals(mock, intent.id) == ("10.00", "10.00", "0.00", "0.00")


def test_a_hold_captured_in_part(client, mock):
    held = client.payment_intents.create({**SALE, "capture_method": "manual"})
    assert (held.status, held.amount_capturable) == ("requires_capture", 1000)
    taken = client.payment_intents.capture(held.id, {"amount_to_capture": 400})
    assert (taken.status, taken.amount_received) == ("succeeded", 400)
    assert totals(mock, held.id) == ("10.00", "4.00", "6.00", "0.00")


def test_a_hold_captured_in_several_parts(client, mock):
    options = {"card": {"request_multicapture": "if_available"}}
    held = client.payment_intents.create({**SALE, "capture_method": "manual", "payment_method_options": options})
    client.payment_intents.capture(held.id, {"amount_to_capture": 300, "final_capture": False})
    assert client.payment_intents.capture(held.id, {"amount_to_capture": 300}).amount_received == 600
    assert totals(mock, held.id) == ("10.00", "6.00", "4.00", "0.00")


def test_a_hold_given_back(client, mock):
    held = client.payment_intents.create({**SALE, "capture_method": "manual"})
    assert client.payment_intents.cancel(held.id).status == "canceled"
    assert totals(mock, held.id) == ("10.00", "0.00", "10.00", "0.00")


def test_a_decline_is_a_card_error(client, mock):
    card = {"type": "card", "card": {"number": "4000000000009995", "exp_month": 12, "exp_year": 2040, "cvc": "123"}}
    given = {"amount": 1000, "currency": "eur", "confirm": True, "payment_method_data": card}
    with pytest.raises(stripe.CardError) as caught:
        client.payment_intents.create(given)
    error = caught.value
    assert (error.http_status, error.code, error.error.decline_code) == (402, "card_declined", "insufficient_funds")
    assert error.error.payment_intent.status == "requires_payment_method"
    assert error.error.payment_method.card.last4 == "9995"
    assert (error.error.advice_code, error.error.network_decline_code) == ("try_again_later", "51")
    assert client.charges.retrieve(error.error.charge).outcome.type == "issuer_declined"
    assert totals(mock, error.error.payment_intent.id)[0] == "0.00"


def test_three_d_secure(client, mock):
    given = {**SALE, "payment_method": "pm_card_threeDSecure2Required", "return_url": "https://shop.example/back"}
    intent = client.payment_intents.create(given)
    assert (intent.status, intent.next_action.type) == ("requires_action", "redirect_to_url")
    with urllib.request.urlopen(intent.next_action.redirect_to_url.url) as page:  # noqa: S310
        assert b"Approve" in page.read()
    mock(f"approvals/{intent.id}", {"outcome": "approve"})
    assert client.payment_intents.retrieve(intent.id).status == "succeeded"


def test_refunds_in_part_and_too_much(client, mock):
    intent = client.payment_intents.create(SALE)
    refund = client.refunds.create({"payment_intent": intent.id, "amount": 300, "reason": "requested_by_customer"})
    assert (refund.status, client.refunds.retrieve(refund.id).amount) == ("succeeded", 300)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.refunds.create({"payment_intent": intent.id, "amount": 800})
    assert (caught.value.http_status, caught.value.param) == (400, "amount")
    assert [found.id for found in client.refunds.list({"payment_intent": intent.id}).data] == [refund.id]
    assert totals(mock, intent.id)[3] == "3.00"


def test_a_replay_is_marked(client):
    options = {"idempotency_key": "order-7"}
    first = client.payment_intents.create(SALE, options)
    again = client.payment_intents.create(SALE, options)
    assert (again.id, again.last_response.headers["idempotent-replayed"]) == (first.id, "true")
    with pytest.raises(stripe.IdempotencyError):
        client.payment_intents.create({**SALE, "amount": 2000}, options)


def test_expansion_and_lists(client):
    made = [client.payment_intents.create(SALE).id for _ in range(3)]
    intent = client.payment_intents.retrieve(
        made[0], {"expand": ["latest_charge.balance_transaction", "payment_method"]}
    )
    assert intent.latest_charge.balance_transaction.net == 1000
    assert intent.payment_method.card.brand == "visa"
    pages = client.payment_intents.list({"limit": 2, "expand": ["data.latest_charge"]})
    assert [found.id for found in pages.auto_paging_iter()] == made[::-1]
    assert pages.data[0].latest_charge.captured is True
    assert client.events.list({"type": "payment_intent.succeeded"}).data[0].data.object["id"] == made[-1]


def test_customers_and_saved_cards(client):
    customer = client.customers.create({"email": "a@example.com"})
    method = client.payment_methods.attach("pm_card_visa", {"customer": customer.id})
    paid = client.payment_intents.create(
        {**SALE, "customer": customer.id, "payment_method": method.id, "off_session": True}
    )
    assert paid.customer == customer.id
    assert [found.id for found in client.customers.payment_methods.list(customer.id).data] == [method.id]
    with pytest.raises(stripe.CardError) as caught:
        client.payment_methods.attach("pm_card_visa_chargeDeclined", {"customer": customer.id})
    assert caught.value.param == ""
    assert client.payment_methods.detach(method.id).customer is None
    assert client.customers.delete(customer.id).deleted is True


def test_a_delivery_is_verified_by_the_library(client, mock):
    given = {"url": "http://127.0.0.1:9/hooks", "enabled_events": ["payment_intent.succeeded"]}
    endpoint = client.webhook_endpoints.create(given)
    assert "secret" not in client.webhook_endpoints.retrieve(endpoint.id)
    intent = client.payment_intents.create(SALE)
    (delivery,) = mock("outbox")["deliveries"]
    header = delivery["headers"]["Stripe-Signature"]
    event = stripe.Webhook.construct_event(delivery["body"], header, endpoint.secret)
    assert (event.type, event.data.object["id"]) == ("payment_intent.succeeded", intent.id)
    for name in ("wrong_secret", "altered_body", "reserialised_body", "unsigned_scheme", "truncated_signature"):
        odd = mock(f"outbox/{delivery['id']}/variants", {"variant": name})
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(odd["body"], odd["headers"]["Stripe-Signature"], endpoint.secret)


@pytest.mark.parametrize(
    ("api_key", "error"), [("sk_live_x", stripe.AuthenticationError), ("pk_test_x", stripe.PermissionError)]
)
def test_keys_that_are_refused(base, api_key, error):
    http = stripe.UrllibClient()
    client = stripe.StripeClient(api_key, base_addresses={"api": base}, http_client=http)
    with pytest.raises(error):
        client.v1.payment_intents.list()
    http.close()


def test_a_parameter_the_library_would_never_send(client):
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.payment_intents.create({**SALE, "amont": 1})
    assert (caught.value.code, caught.value.param) == ("parameter_unknown", "amont")


def test_a_cut_connection_is_an_error_and_the_money_has_moved(client, mock):
    mock("faults", {"route": "POST /v1/payment_intents", "effect": {"timeout": "after"}})
    # The library's urllib client lets a closed connection through as it is.
    with pytest.raises((stripe.APIConnectionError, ConnectionError)):
        client.payment_intents.create(SALE)
    (payment,) = mock("ledger")["payments"].values()
    assert payment["captured"] == "10.00"
