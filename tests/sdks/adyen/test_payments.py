"""Adyen's own Python library, over a socket: where it and the simulator disagree, the simulator is wrong."""

import itertools
import json
from urllib.parse import parse_qs, urlsplit

import Adyen
import pytest
from Adyen.util import is_valid_hmac_notification

from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.sdks.control import controlled, totals

ACCOUNT, KEYS = "AssayECOM", itertools.count()
CARD = {"type": "scheme", "number": "4111111111111111", "expiryMonth": "03", "expiryYear": "2030", "cvc": "737"}


@pytest.fixture(scope="module")
def base():
    with serving(create_app("adyen", clock="wall")) as url:
        yield url


@pytest.fixture
def key():
    return f"AQEtest_sdk_{next(KEYS)}"


@pytest.fixture
def checkout(base, key):
    client = Adyen.Adyen(xapikey=key, platform="test")
    service = client.checkout
    for api in (service.payments_api, service.modifications_api, service.recurring_api, service.payment_links_api):
        api.baseUrl = f"{base}/v72"
    return service


@pytest.fixture
def disputes(base, key):
    service = Adyen.Adyen(xapikey=key, platform="test").disputes.disputes_api
    service.baseUrl = f"{base}/ca/services/DisputeService/v30"
    return service


@pytest.fixture
def mock(base, key):
    return controlled(base, f"{key}:{ACCOUNT}")


def _request(**more):
    given = {
        "amount": {"value": 1000, "currency": "EUR"},
        "merchantAccount": ACCOUNT,
        "reference": "order:1",
        "returnUrl": "https://shop.example/back",
        "paymentMethod": CARD,
    }
    return {**given, **more}


def _sent(mock):
    return [json.loads(row["body"]) for row in mock("outbox")["deliveries"]]


def test_the_library_calls_the_version_that_is_simulated():
    assert Adyen.Adyen(xapikey="key", platform="test").checkout.payments_api.baseUrl.endswith("/v72")


def test_a_payment(checkout, mock):
    result = checkout.payments_api.payments(_request(), idempotency_key="sdk-1")
    assert (result.status_code, result.message["resultCode"]) == (200, "Authorised")
    assert totals(mock, result.message["pspReference"]) == ("10.00", "10.00", "0.00", "0.00")
    again = checkout.payments_api.payments(_request(), idempotency_key="sdk-1")
    assert again.message == result.message


def test_a_refusal(checkout, mock):
    wish = {"additionalData": {"RequestedTestAcquirerResponseCode": "12"}}
    result = checkout.payments_api.payments(_request(**wish))
    assert (result.message["resultCode"], result.message["refusalReason"]) == ("Refused", "Not enough balance")
    assert totals(mock, result.message["pspReference"]) == ("0.00",) * 4


def test_a_three_d_secure_redirect(checkout, mock):
    asked = checkout.payments_api.payments(_request(paymentMethod={**CARD, "number": "4917610000000000"}))
    assert asked.message["resultCode"] == "RedirectShopper"
    page = asked.message["action"]["url"]
    back = mock(f"approvals/{page.split('/')[-2]}", {"outcome": "approve"})["return_url"]
    details = {"redirectResult": parse_qs(urlsplit(back).query)["redirectResult"][0]}
    paid = checkout.payments_api.payments_details({"details": details})
    assert paid.message["resultCode"] == "Authorised"
    assert totals(mock, paid.message["pspReference"])[1] == "10.00"


def test_a_capture_and_a_refund_are_told_by_webhooks_that_the_library_believes(checkout, mock):
    secret = mock("webhooks", {"url": "https://shop.example/webhooks", "events": ["*"]})["secret"]
    held = checkout.payments_api.payments(_request(additionalData={"manualCapture": "true"})).message["pspReference"]
    for call, value in (("capture_authorised_payment", 700), ("refund_captured_payment", 300)):
        body = {"merchantAccount": ACCOUNT, "amount": {"value": value, "currency": "EUR"}}
        result = getattr(checkout.modifications_api, call)(body, held)
        assert (result.status_code, result.message["status"]) == (201, "received")
    mock("outbox/flush", {})
    bodies = _sent(mock)
    items = [body["notificationItems"][0]["NotificationRequestItem"] for body in bodies]
    assert [(i["eventCode"], i["success"]) for i in items] == [
        ("AUTHORISATION", "true"),
        ("CAPTURE", "true"),
        ("REFUND", "true"),
    ]
    assert totals(mock, held) == ("10.00", "7.00", "3.00", "3.00")
    assert all(is_valid_hmac_notification(body, secret) for body in bodies)
    assert not is_valid_hmac_notification(bodies[0], "00" * 32)


def test_the_library_believes_no_spoiled_webhook(checkout, mock):
    secret = mock("webhooks", {"url": "https://shop.example/webhooks", "events": ["*"]})["secret"]
    checkout.payments_api.payments(_request())
    delivery = mock("outbox")["deliveries"][0]["id"]
    for name in ("altered_body", "wrong_secret", "truncated_signature", "other_algorithm", "undecoded_key"):
        spoiled = json.loads(mock(f"outbox/{delivery}/variants", {"variant": name})["body"])
        assert not is_valid_hmac_notification(spoiled, secret), name


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount": {"value": -1, "currency": "EUR"}}, Adyen.AdyenAPIUnprocessableEntity),
        ({"merchantAccount": ""}, Adyen.AdyenAPIInvalidPermission),
        ({"surprise": 1}, Adyen.AdyenAPIValidationError),
    ],
)
def test_the_library_tells_refusals_apart(checkout, change, error):
    with pytest.raises(error):
        checkout.payments_api.payments(_request(**change))


def test_the_library_is_refused_with_a_live_key(base):
    client = Adyen.Adyen(xapikey="live_key", platform="test")
    client.checkout.payments_api.baseUrl = f"{base}/v72"
    with pytest.raises(Adyen.AdyenAPIAuthenticationError):
        client.checkout.payments_api.payments(_request())


def test_a_token_is_stored_listed_and_deleted(checkout):
    stored = checkout.payments_api.payments(
        _request(
            amount={"value": 0, "currency": "EUR"},
            shopperReference="shopper-1",
            storePaymentMethod=True,
            recurringProcessingModel="CardOnFile",
        )
    )
    token = stored.message["additionalData"]["tokenization.storedPaymentMethodId"]
    named = {"merchantAccount": ACCOUNT, "shopperReference": "shopper-1"}
    listed = checkout.recurring_api.get_tokens_for_stored_payment_details(query_parameters=named)
    assert [row["id"] for row in listed.message["storedPaymentMethods"]] == [token]
    gone = checkout.recurring_api.delete_token_for_stored_payment_details(token, query_parameters=named)
    assert gone.status_code == 204


def test_a_dispute_is_accepted(checkout, disputes, mock):
    paid = checkout.payments_api.payments(_request()).message["pspReference"]
    dispute = mock("disputes", {"payment": paid})["id"]
    body = {"merchantAccountCode": ACCOUNT, "disputePspReference": dispute}
    accepted = disputes.accept_dispute(body)
    assert accepted.message == {"disputeServiceResult": {"success": True}}
