"""Twenty-five behaviours that a Stripe client relies on, in process and over a socket.

No public mock has more than 15 of them. Each is one fact from Stripe's documents.
"""

import itertools

import httpx
import pytest

from mock_gateways.app import create_app
from mock_gateways.server import serving

KEYS = itertools.count()
MADE = {"amount": "1000", "currency": "usd"}
SALE = {**MADE, "confirm": "true", "payment_method": "pm_card_visa"}
CARD = {"exp_month": "12", "exp_year": "2034", "cvc": "123"}
INTENTS = "/v1/payment_intents"


@pytest.fixture(scope="module", params=["in process", "over a socket"])
def http(request):
    app = create_app("stripe")
    if request.param == "in process":
        with httpx.Client(transport=httpx.WSGITransport(app.wsgi_app), base_url="http://stripe.test") as client:
            yield client
    else:
        with serving(app) as url, httpx.Client(base_url=url) as client:
            yield client


class Shop:
    """A secret key, in use."""

    def __init__(self, http):
        self.http, self.key = http, {"Authorization": f"Bearer sk_test_probe{next(KEYS)}"}

    def get(self, path, **query):
        return self.http.get(path, headers=self.key, params=query)

    def post(self, path, form=(), **headers):
        return self.http.post(path, headers={**self.key, **headers}, data=dict(form))

    def make(self, **form):
        return self.post(INTENTS, {**MADE, **form}).json()

    def pay(self, number):
        given = {f"payment_method_data[card][{name}]": value for name, value in {**CARD, "number": number}.items()}
        form = {**MADE, **given, "payment_method_data[type]": "card", "confirm": "true"}
        return self.post(INTENTS, {**form, "return_url": "https://shop.example"})


@pytest.fixture
def shop(http):
    return Shop(http)


def _refusal(reply):
    error = reply.json()["error"]
    return reply.status_code, error["type"], error.get("code"), error.get("param")


def test_01_amount_and_currency_are_echoed(shop):
    made = shop.make()
    assert (made["object"], made["amount"], made["currency"]) == ("payment_intent", 1000, "usd")


def test_02_every_payment_has_an_id_of_its_own(shop):
    ids = {shop.make()["id"] for _ in range(20)}
    assert len(ids) == 20
    assert all(name.startswith("pi_") for name in ids)


def test_03_what_was_made_can_be_read_back(shop):
    made = shop.make()
    assert shop.get(f"{INTENTS}/{made['id']}").json() == made


def test_04_an_unknown_id_is_a_404_that_says_resource_missing(shop):
    assert _refusal(shop.get(f"{INTENTS}/pi_none"))[:3] == (404, "invalid_request_error", "resource_missing")


def test_05_no_key_is_a_401(http):
    assert http.get(INTENTS).status_code == 401


def test_06_a_missing_currency_is_named(shop):
    refusal = _refusal(shop.post(INTENTS, {"amount": "1000"}))
    assert refusal == (400, "invalid_request_error", "parameter_missing", "currency")


def test_07_an_unknown_parameter_is_refused(shop):
    refusal = _refusal(shop.post(INTENTS, {**MADE, "surprise": "1"}))
    assert refusal == (400, "invalid_request_error", "parameter_unknown", "surprise")


def test_08_an_amount_that_is_no_number_is_refused(shop):
    refusal = _refusal(shop.post(INTENTS, {**MADE, "amount": "abc"}))
    assert refusal == (400, "invalid_request_error", "parameter_invalid_integer", "amount")


def test_09_a_payment_has_a_client_secret(shop):
    made = shop.make()
    assert made["client_secret"].startswith(f"{made['id']}_secret_")


def test_10_the_same_idempotency_key_is_the_same_payment(shop):
    first, again = (shop.post(INTENTS, MADE, **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.content == again.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(shop.get(INTENTS).json()["data"]) == 1


def test_11_an_idempotency_key_with_other_parameters_is_refused(shop):
    shop.post(INTENTS, MADE, **{"Idempotency-Key": "k"})
    refused = shop.post(INTENTS, {**MADE, "amount": "2000"}, **{"Idempotency-Key": "k"})
    assert _refusal(refused)[:2] == (400, "idempotency_error")


def test_12_the_good_card_number_pays(shop):
    paid = shop.pay("4242424242424242").json()
    assert (paid["status"], paid["amount_received"]) == ("succeeded", 1000)


def test_13_the_good_payment_method_pays(shop):
    assert shop.post(INTENTS, SALE).json()["status"] == "succeeded"


def test_14_the_declined_card_is_a_402(shop):
    declined = shop.pay("4000000000000002")
    assert _refusal(declined)[:3] == (402, "card_error", "card_declined")
    assert declined.json()["error"]["payment_intent"]["status"] == "requires_payment_method"


def test_15_the_empty_card_is_declined_for_insufficient_funds(shop):
    assert shop.pay("4000000000009995").json()["error"]["decline_code"] == "insufficient_funds"


def test_16_the_3d_secure_card_needs_an_action_and_says_which(shop):
    waiting = shop.pay("4000000000003220").json()
    assert (waiting["status"], waiting["next_action"]["type"]) == ("requires_action", "redirect_to_url")


def test_17_a_hold_waits_for_its_capture(shop):
    held = shop.post(INTENTS, {**SALE, "capture_method": "manual"}).json()
    assert (held["status"], held["amount_capturable"]) == ("requires_capture", 1000)
    taken = shop.post(f"{INTENTS}/{held['id']}/capture").json()
    assert (taken["status"], taken["amount_received"]) == ("succeeded", 1000)


def test_18_what_is_paid_cannot_be_canceled(shop):
    paid = shop.post(INTENTS, SALE).json()
    refusal = _refusal(shop.post(f"{INTENTS}/{paid['id']}/cancel"))
    assert refusal[:3] == (400, "invalid_request_error", "payment_intent_unexpected_state")


def test_19_no_more_is_refunded_than_was_paid(shop):
    paid = shop.post(INTENTS, SALE).json()["id"]
    first, second = (shop.post("/v1/refunds", {"payment_intent": paid, "amount": part}) for part in ("400", "700"))
    assert (first.status_code, second.status_code) == (200, 400)
    assert [refund["amount"] for refund in shop.get("/v1/refunds").json()["data"]] == [400]


def test_20_a_list_is_paged(shop):
    ids = [shop.make()["id"] for _ in range(3)]
    page = shop.get(INTENTS, limit=2).json()
    assert ([made["id"] for made in page["data"]], page["has_more"]) == (ids[:0:-1], True)


def test_21_an_id_is_expanded_when_that_is_asked_for(shop):
    customer = shop.post("/v1/customers", {"email": "a@shop.example"}).json()
    made = shop.make(customer=customer["id"])
    assert made["customer"] == customer["id"]
    assert shop.get(f"{INTENTS}/{made['id']}", **{"expand[]": "customer"}).json()["customer"] == customer


def test_22_metadata_comes_back(shop):
    made = shop.make(**{"metadata[order]": "7"})
    assert shop.get(f"{INTENTS}/{made['id']}").json()["metadata"] == {"order": "7"}


def test_23_what_happened_is_in_the_events(shop):
    paid = shop.post(INTENTS, SALE).json()
    events = {event["type"]: event["data"]["object"]["id"] for event in shop.get("/v1/events").json()["data"]}
    assert events["payment_intent.created"] == events["payment_intent.succeeded"] == paid["id"]


def test_24_every_reply_has_a_request_id_of_its_own(shop):
    ids = {shop.get(INTENTS).headers["Request-Id"] for _ in range(5)}
    assert len(ids) == 5
    assert all(name.startswith("req_") for name in ids)


def test_25_another_key_sees_nothing_of_it(http, shop):
    made, other = shop.make(), Shop(http)
    assert other.get(f"{INTENTS}/{made['id']}").status_code == 404
    assert other.get(INTENTS).json()["data"] == []
