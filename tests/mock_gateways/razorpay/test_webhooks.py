"""Webhooks: the published envelope, the published signature, and every change of state told once."""

import hashlib
import hmac
import itertools
import json

import pytest

from mock_gateways.razorpay import GATEWAY
from mock_gateways.razorpay.signing import link_signature, payment_signature, signature, subscription_signature
from tests.mock_gateways.razorpay.conftest import facts

VECTORS = facts("webhook_vectors")["vectors"]
SIGNED = {
    "webhook": signature,
    "payment order_id|payment_id": lambda secret, message: payment_signature(secret, *message.split("|")),
    "subscription payment_id|subscription_id": lambda secret, message: subscription_signature(
        secret, *message.split("|")
    ),
    "payment link plink|ref|status|payment": lambda secret, message: link_signature(secret, *message.split("|")),
}


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["source"])
def test_signatures_are_those_of_the_published_vectors(vector):
    name = "webhook" if vector["name"].startswith("webhook") else vector["name"]
    assert SIGNED[name](vector["secret"], vector["message"]) == vector["expected"]


def test_a_sale_tells_of_every_step_in_the_published_envelope(merchant):
    secret = merchant.listen()
    payment = merchant.paid()
    assert merchant.events() == ["payment.authorized", "payment.captured", "order.paid"]
    authorised, captured, paid = (json.loads(delivery["body"]) for delivery in merchant.deliveries())
    assert list(captured) == ["entity", "account_id", "event", "contains", "payload", "created_at"]
    assert (captured["entity"], captured["contains"]) == ("event", ["payment"])
    assert captured["account_id"] == paid["account_id"]
    assert authorised["payload"]["payment"]["entity"]["status"] == "authorized"
    entity = captured["payload"]["payment"]["entity"]
    assert (entity["id"], entity["status"], entity["card"]["last4"]) == (payment, "captured", "1007")
    assert paid["contains"] == ["payment", "order"]
    assert paid["payload"]["order"]["entity"]["status"] == "paid"
    for delivery in merchant.deliveries():
        expected = hmac.new(secret.encode(), delivery["body"].encode(), hashlib.sha256).hexdigest()
        assert delivery["headers"]["X-Razorpay-Signature"] == expected


def test_an_event_has_one_id_at_every_endpoint_and_every_event_its_own(merchant):
    merchant.listen()
    merchant.listen()
    merchant.paid()
    ids = [delivery["headers"]["X-Razorpay-Event-Id"] for delivery in merchant.deliveries()]
    assert ids[::2] == ids[1::2]
    assert len(set(ids)) == 3


def test_an_endpoint_hears_what_it_asked_for(merchant):
    merchant.listen("refund.processed")
    merchant.on(merchant.paid(), "refund")
    assert merchant.events() == ["refund.processed"]


def test_a_refund_tells_of_itself_and_its_payment(merchant):
    payment = merchant.paid()
    merchant.listen()
    merchant.on(payment, "refund", amount=400)
    assert merchant.events() == ["refund.created", "refund.processed"]
    told = json.loads(merchant.deliveries()[-1]["body"])
    assert told["contains"] == ["refund", "payment"]
    assert told["payload"]["payment"]["entity"]["amount_refunded"] == 400


def test_a_failure_carries_the_error_in_the_payment(merchant):
    merchant.listen()
    payment = merchant.pay(merchant.order(), method="netbanking", bank="HDFC").payment
    merchant.approve(payment, "fail")
    (delivery,) = merchant.deliveries()
    entity = json.loads(delivery["body"])["payload"]["payment"]["entity"]
    assert (delivery["type"], entity["error_reason"], entity["captured"]) == ("payment.failed", "payment_failed", False)


def test_what_nobody_captured_is_told_as_a_refund(merchant):
    merchant.held()
    merchant.listen()
    merchant.wait(5 * 86400)
    assert merchant.events() == ["refund.created", "refund.processed"]


def test_no_card_number_or_security_code_is_ever_told(merchant):
    merchant.listen()
    merchant.paid()
    everything = json.dumps([merchant.deliveries(), merchant.mock("GET", "journal")])
    assert "4100280000001007" not in everything
    assert '"cvv":"100"' not in everything.replace(" ", "").replace("\\", "")


BELIEVED = {"genuine", "header_case", "unknown_event"}


def test_a_hostile_senders_variants_are_wrong_and_the_odd_ones_right(merchant):
    secret = merchant.listen()
    merchant.paid()
    delivery = merchant.deliveries()[-1]["id"]
    for name in ("genuine", "wrong_secret", "missing_signature", "truncated_signature", "empty_signature",
                 "other_algorithm", "altered_body", "reserialised_body", "unknown_event", "header_case"):  # fmt: skip
        made = merchant.mock("POST", f"outbox/{delivery}/variants", {"variant": name})
        headers = {key.lower(): value for key, value in made["headers"].items()}
        expected = hmac.new(secret.encode(), made["body"].encode(), hashlib.sha256).hexdigest()
        assert (headers.get("x-razorpay-signature") == expected) == (name in BELIEVED), name


def test_a_delivery_is_tried_again_for_almost_a_day():
    waits = GATEWAY.retry_after_s
    assert all(later == 2 * earlier for earlier, later in itertools.pairwise(waits))
    assert 20 * 3600 < sum(waits) <= 24 * 3600
