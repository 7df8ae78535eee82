"""A contract plays the gateway: in order, with ids of its own, and with a reason for everything it does not take."""

import json

import httpx
import pytest

from contracts.policy import known_policies
from contracts.replay import Fault, Replay
from runtime import registry
from runtime.client import PaymentClient
from runtime.core.errors import WebhookRejected
from runtime.core.money import Money
from runtime.core.vocabulary import CaptureMethod
from suites.driver import BASE_URL
from tests.contracts.samples import CAPTURE, CREATE, GATEWAY, TOLD, contract
from tests.contracts.taped import open_shop

KEY = {"authorization": "Bearer sk_test_replay"}
FORM = {"amount": "1000", "currency": "eur", "card[number]": "4242424242424242"}
CARDS = {"card.visa.pan": "4242424242424242", "card.visa.last4": "4242"}


@pytest.fixture
def replay():
    return Replay([contract(CREATE, CAPTURE, TOLD, cards=[])], given=CARDS, now=lambda: 1_800_000_000.0)


@pytest.fixture
def client(replay):
    with httpx.Client(transport=httpx.WSGITransport(replay), base_url="https://gateway.test") as client:
        yield client


def _create(client, key="a" * 32, **changes):
    return client.post("/v1/payments", data=FORM | changes, headers=KEY | {"idempotency-key": key})


def _capture(client, payment, amount="700", headers=KEY):
    return client.post(f"/v1/payments/{payment}/capture", data={"amount": amount}, headers=headers)


def test_it_answers_as_recorded_with_an_id_of_its_own(replay, client):
    created = _create(client).json()
    captured = _capture(client, created["id"])
    assert created["status"] == "requires_capture"
    assert created["card"] == {"last4": "4242"}
    assert created["id"].startswith("pi_")
    assert captured.json() == {"id": created["id"], "amount": 700, "status": "succeeded", "tags": ["a"], "note": None}
    replay.check()


def test_every_session_has_its_own_ids_and_they_do_not_mix(replay, client):
    first, second = _create(client, "a" * 32).json()["id"], _create(client, "b" * 32).json()["id"]
    assert first != second
    assert _capture(client, first).json()["id"] == first
    assert _capture(client, second).json()["id"] == second
    replay.check()


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"amount": "999999"}, "$.body.amount: value: expected '1000', saw '999999'"),
        ({"currency": "usd"}, "$.body.currency: value: expected 'eur', saw 'usd'"),
        ({"card[number]": "4000000000000002"}, "$.body['card[number]']: carried: expected '{{card.visa.pan}}'"),
    ],
)
def test_another_request_is_refused_with_a_readable_difference(replay, client, changes, difference):
    answer = _create(client, **changes)
    assert answer.status_code == 599
    assert difference in answer.json()["replay"]
    with pytest.raises(AssertionError) as told:
        replay.check()
    assert difference in str(told.value)


def test_a_missing_field_is_a_difference(client):
    answer = client.post("/v1/payments", data={"amount": "1000"}, headers=KEY | {"idempotency-key": "a"})
    assert "$.body.currency: is missing, expected 'eur'" in answer.json()["replay"]


def test_the_same_form_as_json_is_another_request(client):
    answer = client.post("/v1/payments", json=FORM, headers=KEY | {"idempotency-key": "a"})
    assert "$.body: kind: expected 'form', saw 'json'" in answer.json()["replay"]


def test_what_a_request_adds_is_noted_and_no_fault(replay, client):
    created = _create(client, extra="1").json()
    _capture(client, created["id"])
    assert replay.added == [f"{GATEWAY}/hold-and-capture: $.body.extra"]
    replay.check()


def test_a_step_out_of_order_is_refused(client):
    assert _capture(client, "pi_" + "x" * 24).status_code == 599


def test_an_id_that_was_never_given_is_refused(client):
    _create(client)
    assert _capture(client, "pi_" + "x" * 24).status_code == 599


def test_another_key_in_the_middle_of_a_session_is_refused(client):
    payment = _create(client).json()["id"]
    answer = _capture(client, payment, headers={"authorization": "Bearer sk_test_other"})
    assert "$.headers.authorization" in answer.json()["replay"]


def test_a_step_that_nobody_asked_for_fails_in_the_end(replay, client):
    _create(client)
    with pytest.raises(AssertionError, match=f"{GATEWAY}/hold-and-capture: capture: was never asked for"):
        replay.check()


def test_nothing_follows_the_last_step(client):
    payment = _create(client).json()["id"]
    _capture(client, payment)
    assert _capture(client, payment).status_code == 599


def test_the_same_key_gets_the_same_answer(replay, client):
    first, again = _create(client, "k" * 32), _create(client, "k" * 32)
    assert first.content == again.content
    assert len(replay.sessions) == 1
    assert _create(client, "k" * 32, extra="1").status_code == 599


def test_two_flows_may_begin_alike():
    void = json.loads(json.dumps(CAPTURE).replace("capture", "void").replace("700", "0"))
    library = [contract(CREATE, CAPTURE, cards=[]), contract(CREATE, void, cards=[], id=f"{GATEWAY}/void"),
               contract(CREATE, cards=[], id=f"{GATEWAY}/hold")]  # fmt: skip
    replay = Replay(library, given=CARDS)
    with httpx.Client(transport=httpx.WSGITransport(replay), base_url="https://gateway.test") as client:
        payment = _create(client).json()["id"]
        voided = client.post(f"/v1/payments/{payment}/void", data={"amount": "0"}, headers=KEY)
        assert (voided.status_code, voided.json()["id"]) == (200, payment)
        _create(client, "b" * 32)
    replay.check()
    assert [session.contract.id for session in replay.sessions] == [f"{GATEWAY}/void", f"{GATEWAY}/hold-and-capture"]


def test_a_difference_shows_no_secret(client):
    payment = _create(client).json()["id"]
    answer = _capture(client, payment, headers={"authorization": "Bearer sk_test_shown"})
    assert "sk_test_shown" not in answer.text
    assert "4000000000000002" not in _create(client, "b" * 32, currency="4000000000000002").text


def test_a_group_may_come_in_any_order():
    two = [
        {"id": name, "kind": "http", "concurrent": "both",
         "request": {"method": "GET", "path": f"/{name}", "body": {"empty": True}},
         "response": {"status": 200, "body": {"text": name}}}
        for name in ("one", "two")
    ]  # fmt: skip
    replay = Replay([contract(*two, cards=[])])
    with httpx.Client(transport=httpx.WSGITransport(replay), base_url="https://gateway.test") as client:
        assert [client.get(path).text for path in ("/two", "/one")] == ["two", "one"]
    replay.check()


def test_a_polled_step_may_be_asked_again_but_not_for_ever():
    polled = {
        "id": "poll", "kind": "http", "repeat": {"max": 3, "until": {"$.body.status": "done"}},
        "request": {"method": "GET", "path": "/poll", "body": {"empty": True}},
        "response": {"status": 200, "body": {"json": {"status": "done"}}},
    }  # fmt: skip
    replay = Replay([contract(polled, cards=[])])
    with httpx.Client(transport=httpx.WSGITransport(replay), base_url="https://gateway.test") as client:
        assert [client.get("/poll").status_code for _ in range(3)] == [200, 200, 200]
        assert replay.unfinished == []
    replay.check()


def test_a_fault_lies_over_the_recording():
    lost = Fault("create", status=500, after=True)
    replay = Replay([contract(CREATE, cards=[])], given=CARDS, faults=[lost])
    with httpx.Client(transport=httpx.WSGITransport(replay), base_url="https://gateway.test") as client:
        assert _create(client).status_code == 500
        assert _create(client).json()["status"] == "requires_capture"  # the same key: it was done all the same


@pytest.mark.parametrize("name", known_policies())
def test_a_connector_cannot_tell_the_replay_from_the_gateway(name):
    shop = open_shop(name)
    currency = shop.profile.currency
    shop.tape.label = "authorize"
    said = [held := shop.merchant.holds(Money(12300, currency))]
    said.append(shop.merchant.captures(held, Money(12300, currency)))
    shop.hear()
    replay = Replay([shop.seal("hold", "hold and capture")], given=shop.values, now=shop.gateway.now)
    other = open_shop(name)
    with PaymentClient(
        registry.find(name),
        shop.configured(BASE_URL),
        transport=httpx.WSGITransport(replay),
        attempts=1,
        clock=shop.gateway.now,
    ) as client:
        heard = [held := client.run(other.merchant.order(Money(12300, currency), capture=CaptureMethod.MANUAL))]
        heard.append(client.run(other.merchant.capture_of(held, Money(12300, currency))))
        replay.check()
        assert [outcome.status for outcome in heard] == [outcome.status for outcome in said]
        assert [outcome.amount for outcome in heard] == [outcome.amount for outcome in said]
        assert heard[0].payment_id != said[0].payment_id
        deliveries = replay.deliveries(replay.sessions[0], shop.webhook_secret, forged=True)
        assert deliveries
        for delivery in deliveries:
            if delivery.variant in ("genuine", "duplicate"):
                assert client.receive(delivery.headers, delivery.body).events
            else:
                with pytest.raises(WebhookRejected):
                    client.receive(delivery.headers, delivery.body)
