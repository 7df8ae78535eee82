"""Webhooks wait in the outbox, signed as published; the outbox also plays senders that are not the gateway."""

import hashlib
import hmac
import json

import pytest

from mock_gateways.app import create_app
from mock_gateways.core import delivery
from mock_gateways.core.deliveries import Attempt
from mock_gateways.stripe.signing import sign, signature
from tests.mock_gateways.stripe.conftest import Merchant, facts

TYPES = {"enabled_events[0]": "payment_intent.succeeded", "enabled_events[1]": "charge.refunded"}
URL = "https://shop.example/hooks"


@pytest.fixture
def secret(merchant):
    return merchant.send("POST", "/v1/webhook_endpoints", url=URL, **TYPES).json["secret"]


def _verifies(secret, header, body, now, tolerance=300):
    """The published scheme, written out once more: any v1 value that matches, within the tolerance."""
    parts = [part.split("=", 1) for part in header.split(",") if "=" in part]
    times = [value for name, value in parts if name == "t"]
    if not times or abs(now - int(times[0])) > tolerance:
        return False
    wanted = hmac.new(secret.encode(), f"{times[0]}.{body}".encode(), hashlib.sha256).hexdigest()
    return wanted in [value for name, value in parts if name == "v1"]


@pytest.mark.parametrize("vector", facts("webhook_vectors")["vectors"], ids=lambda v: v["name"])
def test_published_vectors_hold(vector):
    made = signature(vector["secret"], vector["body"], vector["timestamp"])
    assert made == vector["expected_v1"]
    assert sign(vector["secret"], vector["body"], vector["timestamp"]) == {
        "Stripe-Signature": f"t={vector['timestamp']},v1={vector['expected_v1']}"
    }


def test_only_the_types_asked_for_are_delivered(merchant, secret):
    payment = merchant.pay().json["id"]
    merchant.refund(payment)
    deliveries = merchant.mock("GET", "outbox")["deliveries"]
    assert [d["type"] for d in deliveries] == ["payment_intent.succeeded", "charge.refunded"]
    assert {d["url"] for d in deliveries} == {URL}
    first = deliveries[0]
    assert json.loads(first["body"])["data"]["object"]["id"] == payment
    now = merchant.mock("GET", "clock")["now"]
    assert all(_verifies(secret, d["headers"]["Stripe-Signature"], d["body"], now) for d in deliveries)
    event = merchant.send("GET", f"/v1/events/{first['event']}").json
    assert event == json.loads(first["body"])
    assert event["pending_webhooks"] == 1


def test_an_event_names_the_request_that_caused_it(merchant):
    paid = merchant.send("POST", "/v1/customers", {"Idempotency-Key": "k"})
    event = merchant.send("GET", "/v1/events").json["data"][0]
    assert event["request"] == {"id": paid.headers["Request-Id"], "idempotency_key": "k"}


def test_what_time_brings_about_was_requested_by_nobody(merchant):
    merchant.hold()
    merchant.wait(8 * 86_400)
    event = merchant.send("GET", "/v1/events", type="charge.expired").json["data"][0]
    assert event["request"] == {"id": None, "idempotency_key": None}


def test_in_process_nothing_is_sent_until_asked(merchant, secret):
    merchant.pay()
    assert [(d["state"], d["attempts"]) for d in merchant.mock("GET", "outbox")["deliveries"]] == [("pending", 0)]
    merchant.mock("POST", "outbox/flush")
    assert [(d["state"], d["attempts"]) for d in merchant.mock("GET", "outbox")["deliveries"]] == [("delivered", 1)]


GENUINE = {"genuine", "two_secrets", "header_case"}
FORGED = {
    "wrong_secret",
    "missing_signature",
    "truncated_signature",
    "empty_signature",
    "other_algorithm",
    "unsigned_scheme",
    "altered_body",
    "reserialised_body",
}


@pytest.mark.parametrize("name", sorted(GENUINE | FORGED))
def test_a_variant_verifies_only_when_it_is_genuine(merchant, secret, name):
    merchant.pay()
    delivery = merchant.mock("GET", "outbox")["deliveries"][0]
    made = merchant.mock("POST", f"outbox/{delivery['id']}/variants", {"variant": name})
    header = {key.lower(): value for key, value in made["headers"].items()}.get("stripe-signature", "")
    now = merchant.mock("GET", "clock")["now"]
    assert _verifies(secret, header, made["body"], now) == (name in GENUINE)
    same = json.loads(made["body"]) == json.loads(delivery["body"])
    assert same == (name != "altered_body")
    assert (made["body"] == delivery["body"]) == (name not in ("altered_body", "reserialised_body"))


@pytest.mark.parametrize(("age", "fresh"), [(0, True), (299, True), (301, False), (-301, False)])
def test_an_old_delivery_is_signed_rightly_for_its_time(merchant, secret, age, fresh):
    merchant.pay()
    delivery = merchant.mock("GET", "outbox")["deliveries"][0]["id"]
    made = merchant.mock("POST", f"outbox/{delivery}/variants", {"variant": "genuine", "age": age})
    now, header = merchant.mock("GET", "clock")["now"], made["headers"]["Stripe-Signature"]
    assert _verifies(secret, header, made["body"], now) == fresh
    assert _verifies(secret, header, made["body"], now - age)


def test_an_unknown_variant_or_delivery_is_refused(merchant, secret):
    merchant.pay()
    delivery = merchant.mock("GET", "outbox")["deliveries"][0]["id"]
    path = f"/_mock/tenants/{merchant.tenant}/outbox"
    assert merchant.client.post(f"{path}/{delivery}/variants", json={"variant": "polite"}).status_code == 400
    assert merchant.client.post(f"{path}/whd_none/variants", json={"variant": "genuine"}).status_code == 404


def test_the_secret_of_an_endpoint_is_told_once(merchant, secret):
    assert secret.startswith("whsec_")
    (endpoint,) = merchant.send("GET", "/v1/webhook_endpoints").json["data"]
    assert "secret" not in endpoint
    path = f"/v1/webhook_endpoints/{endpoint['id']}"
    assert "secret" not in merchant.send("GET", path).json
    assert merchant.send("POST", path, disabled="true").json["status"] == "disabled"
    merchant.pay()
    assert merchant.mock("GET", "outbox")["deliveries"] == []
    assert merchant.send("DELETE", path).json["deleted"] is True
    assert merchant.send("GET", path).status == 404


@pytest.mark.parametrize(
    "given",
    [{"url": "ftp://x", "enabled_events[]": "*"}, {"url": URL, "enabled_events[]": "no.such"}, {"url": URL}],
    ids=["scheme", "type", "none"],
)
def test_an_endpoint_that_makes_no_sense_is_refused(merchant, given):
    assert merchant.send("POST", "/v1/webhook_endpoints", **given).status == 400


def _sell(merchant, *orders):
    """One sale for each order, and what the outbox holds of them afterwards: the orders, as they would arrive."""
    for order in orders:
        merchant.pay(metadata__order=order)
    return [json.loads(d["body"])["data"]["object"]["metadata"]["order"] for d in _outbox(merchant)]


def _outbox(merchant, query=""):
    return merchant.mock("GET", f"outbox{query}")["deliveries"]


def test_a_duplicate_is_the_same_event_twice(merchant, secret):
    assert merchant.mock("POST", "outbox/plan", {"duplicate": 2}) == {"planned": {"duplicate": 2}}
    assert _sell(merchant, "a", "b", "c") == ["a", "a", "b", "b", "c"]
    first, second = _outbox(merchant)[:2]
    assert first["id"] != second["id"]
    assert (first["event"], first["body"]) == (second["event"], second["body"])


def test_a_dropped_delivery_is_never_attempted(merchant, secret):
    merchant.mock("POST", "outbox/plan", {"drop": 1})
    _sell(merchant, "a", "b")
    assert merchant.mock("POST", "outbox/flush") == {"attempted": 1}
    assert [(d["state"], d["attempts"]) for d in _outbox(merchant)] == [("dropped", 0), ("delivered", 1)]
    assert len(merchant.send("GET", "/v1/events", type="payment_intent.succeeded").json["data"]) == 2


def test_a_delayed_delivery_is_due_later(merchant, secret):
    merchant.mock("POST", "outbox/plan", {"delay": 90, "count": 2})
    _sell(merchant, "a", "b", "c")
    now = merchant.mock("GET", "clock")["now"]
    assert [d["due"] - now for d in _outbox(merchant)] == [90, 90, 0]


def test_the_last_of_the_reordered_arrives_first(merchant, secret):
    merchant.mock("POST", "outbox/plan", {"reorder": 3})
    assert _sell(merchant, "a", "b", "c", "d") == ["c", "b", "a", "d"]


def test_what_waits_to_be_overtaken_is_flushed_all_the_same(merchant, secret):
    merchant.mock("POST", "outbox/plan", {"reorder": 3})
    _sell(merchant, "a", "b")
    assert merchant.mock("POST", "outbox/flush") == {"attempted": 2}


def test_a_missigned_delivery_does_not_verify_and_the_next_does(merchant, secret):
    merchant.mock("POST", "outbox/plan", {"missign": 1})
    _sell(merchant, "a", "b")
    now = merchant.mock("GET", "clock")["now"]
    verified = [_verifies(secret, d["headers"]["Stripe-Signature"], d["body"], now) for d in _outbox(merchant)]
    assert verified == [False, True]


def test_a_stale_delivery_is_signed_rightly_for_a_time_long_past(merchant, secret):
    merchant.mock("POST", "outbox/plan", {"stale": 600})
    _sell(merchant, "a")
    (delivery,) = _outbox(merchant)
    now, header = merchant.mock("GET", "clock")["now"], delivery["headers"]["Stripe-Signature"]
    assert not _verifies(secret, header, delivery["body"], now)
    assert _verifies(secret, header, delivery["body"], now - 600, tolerance=0)


@pytest.mark.parametrize(
    "plan", [{}, {"drop": 0}, {"drop": 1, "stale": 1}, {"drop": 1, "count": 2}, {"delay": -1}, {"lose": 1}], ids=str
)
def test_a_plan_that_makes_no_sense_is_refused_in_words(merchant, plan):
    reply = merchant.client.post(f"/_mock/tenants/{merchant.tenant}/outbox/plan", json=plan)
    assert (reply.status_code, len(reply.get_json()["error"]) > 20) == (400, True)


def test_the_outbox_can_be_asked_for_a_type_and_a_state(merchant, secret):
    merchant.pay()
    merchant.mock("POST", "outbox/flush")
    merchant.refund(merchant.pay().json["id"])
    pending = [d["type"] for d in _outbox(merchant, "?state=pending")]
    assert pending == ["payment_intent.succeeded", "charge.refunded"]
    assert len(_outbox(merchant, "?type=payment_intent.succeeded")) == 2
    assert len(_outbox(merchant, "?type=charge.refunded&state=delivered")) == 0


@pytest.mark.parametrize("plan", [{"drop": 1}, {"missign": 1}, {"stale": 600}], ids=str)
def test_a_redelivery_is_as_the_delivery_should_have_been(merchant, secret, plan):
    merchant.mock("POST", "outbox/plan", plan)
    merchant.pay()
    (planned,) = _outbox(merchant)
    merchant.wait(4000)
    again = merchant.mock("POST", f"outbox/{planned['id']}/redeliver")
    now = merchant.mock("GET", "clock")["now"]
    assert (again["state"], again["history"]) == ("delivered", [{"at": now, "status": None, "error": None}])
    assert _verifies(secret, again["headers"]["Stripe-Signature"], again["body"], now)


def test_an_unknown_delivery_is_not_redelivered(merchant):
    path = f"/_mock/tenants/{merchant.tenant}/outbox/whd_none/redeliver"
    assert merchant.client.post(path).status_code == 404


def test_what_was_on_its_way_when_the_tenant_was_reset_settles_nothing_that_came_after(monkeypatch):
    merchant = Merchant(create_app("stripe", clock="wall"), "sk_test_reset")

    def begin():
        merchant.send("POST", "/v1/webhook_endpoints", url=URL, **TYPES)
        merchant.pay()
        return [(d["id"], d["state"], d["attempts"]) for d in _outbox(merchant)]

    def receiver(*_):
        merchant.mock("POST", "reset")
        assert begin() == before
        return Attempt(0)

    before = begin()
    monkeypatch.setattr(delivery, "_post", receiver)
    merchant.mock("POST", "outbox/flush")
    assert [(d["id"], d["state"], d["attempts"]) for d in _outbox(merchant)] == before
