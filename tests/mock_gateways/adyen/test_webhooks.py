"""Webhooks: signed over eight fields with the decoded key, as Adyen's own vectors have it, and spoiled on demand."""

import base64
import hashlib
import hmac
import json

import pytest

from mock_gateways.adyen.notifications import RETRY_AFTER_S
from mock_gateways.adyen.signing import body_signature, signature, signed_text
from tests.mock_gateways.adyen.conftest import facts

VECTORS = [vector for vector in facts("webhook_vectors")["vectors"] if "item" in vector]
# What a receiver may believe: only eight fields are signed, so the form of the rest proves nothing.
BELIEVED = {"genuine", "rearranged_body", "unknown_event", "several_items", "live_environment", "escaped_fields"}
REJECTED = {
    "altered_body",
    "empty_signature",
    "forged_second_item",
    "missing_signature",
    "other_algorithm",
    "truncated_signature",
    "undecoded_key",
    "wrong_secret",
}


def _mac(key, item):
    """The algorithm as it is published, written here once more."""
    amount = item.get("amount", {})
    fields = [item.get(name, "") for name in ("pspReference", "originalReference")]
    fields += [item.get(name, "") for name in ("merchantAccountCode", "merchantReference")]
    fields += [str(amount.get("value", "")), amount.get("currency", ""), item["eventCode"], item["success"]]
    digest = hmac.new(bytes.fromhex(key), ":".join(fields).encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def _items(row):
    return [entry["NotificationRequestItem"] for entry in json.loads(row["body"])["notificationItems"]]


def _genuine(key, row):
    return all(item["additionalData"].get("hmacSignature") == _mac(key, item) for item in _items(row))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_a_published_vector_is_signed_as_published(vector):
    assert signed_text(vector["item"]) == vector["string_to_sign"]
    assert signature(vector["key_hex"], vector["item"]) == vector["expected"]


def test_every_item_is_signed_with_the_key_of_its_endpoint(merchant):
    keys = [merchant.listen(), merchant.listen("CAPTURE")]
    merchant.on(merchant.hold(reference="a:b\\c/d"), "captures", 1000)
    sent = merchant.mock("GET", "outbox")["deliveries"]
    assert [row["type"] for row in sent] == ["AUTHORISATION"] * 2 + ["CAPTURE"] * 3
    assert _genuine(keys[0], sent[1])
    assert _genuine(keys[1], sent[4])
    assert not _genuine(keys[0], sent[4])
    assert all(bytes.fromhex(key) for key in keys)


def test_the_envelope_is_adyens(merchant):
    merchant.pay()
    row = merchant.mock("GET", "outbox")["deliveries"][0]
    body = json.loads(row["body"])
    assert body["live"] == "false"
    assert [set(entry) for entry in body["notificationItems"]] == [{"NotificationRequestItem"}]
    item = _items(row)[0]
    assert (item["success"], item["operations"]) == ("true", ["CANCEL", "CAPTURE", "REFUND"])
    assert set(row["headers"]) == {"Content-Type"}, "a standard webhook is signed in its body"


def test_several_items_leave_in_one_delivery_where_that_is_set(merchant_with):
    merchant = merchant_with(items_per_delivery=3, capture_webhook_for_automatic=1)
    merchant.pay()
    merchant.pay()
    rows = merchant.mock("GET", "outbox")["deliveries"]
    assert [len(_items(row)) for row in rows] == [3, 1]


def test_every_variant_is_believed_or_rejected_as_its_name_says(merchant):
    key = merchant.listen("AUTHORISATION")
    merchant.pay()
    delivery = merchant.mock("GET", "outbox")["deliveries"][-1]
    for name in BELIEVED | REJECTED:
        spoiled = merchant.mock("POST", f"outbox/{delivery['id']}/variants", {"variant": name})
        assert _genuine(key, spoiled) == (name in BELIEVED), name


def test_there_are_no_other_variants(merchant):
    merchant.pay()
    delivery = merchant.mock("GET", "outbox")["deliveries"][-1]
    reply = merchant.client.post(f"/_mock/tenants/{merchant.tenant}/outbox/{delivery['id']}/variants", json={})
    named = reply.get_json()["error"].partition(": ")[2].split(", ")
    assert set(named) == BELIEVED | REJECTED


def test_colons_are_not_escaped_as_the_retired_pages_did(merchant):
    key = merchant.listen("AUTHORISATION")
    merchant.pay(reference="a:b")
    delivery = merchant.mock("GET", "outbox")["deliveries"][-1]
    escaped = merchant.mock("POST", f"outbox/{delivery['id']}/variants", {"variant": "escaped_fields"})
    assert not _genuine(key, escaped)


def test_a_planned_mishap_spoils_the_signature_inside_the_body(merchant):
    key = merchant.listen("AUTHORISATION")
    merchant.mock("POST", "outbox/plan", {"missign": 2})
    merchant.pay()
    assert not _genuine(key, merchant.mock("GET", "outbox")["deliveries"][-1])


def test_retries_follow_the_published_queue_for_thirty_days():
    minutes = [60 * minute for minute in (2, 5, 10, 15, 30)]
    hours = [3600 * hour for hour in (1, 2, 4, 8)]
    assert list(RETRY_AFTER_S[:12]) == [9, 18, 27, *minutes, *hours]
    assert set(RETRY_AFTER_S[12:]) == {8 * 3600}
    assert 29 <= sum(RETRY_AFTER_S) / 86_400 <= 31


def test_an_endpoint_hears_only_what_it_asked_for(merchant):
    merchant.mock("POST", "reset")
    merchant.listen("REFUND")
    merchant.on(merchant.pay().json["pspReference"], "refunds", 100)
    assert merchant.told() == [("REFUND", "true")]


def test_an_event_has_one_id_for_all_who_hear_of_it(merchant):
    merchant.listen()
    merchant.pay()
    first, second = merchant.mock("GET", "outbox")["deliveries"]
    assert first["event"] == second["event"]
    assert first["id"] != second["id"]


HEADER_SIGNED = next(vector for vector in facts("webhook_vectors")["vectors"] if "body" in vector)
STORES = {"shopperReference": "shopper-1", "storePaymentMethod": True}


def _genuine_in_header(key, row):
    given = {name.lower(): value for name, value in row["headers"].items()}.get("hmacsignature")
    digest = hmac.new(bytes.fromhex(key), row["body"].encode(), hashlib.sha256).digest()
    return given == base64.b64encode(digest).decode()


def test_a_body_is_signed_in_a_header_as_published():
    assert body_signature(HEADER_SIGNED["key_hex"], HEADER_SIGNED["body"]) == HEADER_SIGNED["expected"]


def test_a_token_can_be_told_of_by_a_webhook_of_its_own(merchant_with):
    merchant = merchant_with(token_webhooks="recurring.token")
    key = merchant.listen("recurring.token.created", "recurring.token.disabled")
    token = merchant.pay(**STORES).json["additionalData"]["tokenization.storedPaymentMethodId"]
    named = {"merchantAccount": merchant.account, "shopperReference": "shopper-1"}
    merchant.send("DELETE", f"/v72/storedPaymentMethods/{token}", **named)
    rows = [row for row in merchant.mock("GET", "outbox")["deliveries"] if row["type"].startswith("recurring")]
    assert [row["type"] for row in rows[1::2]] == ["recurring.token.created", "recurring.token.disabled"]
    assert all(_genuine_in_header(key, row) for row in rows[1::2])
    assert {json.loads(row["body"])["data"]["storedPaymentMethodId"] for row in rows} == {token}


def test_a_webhook_that_is_signed_in_a_header_is_spoiled_there(merchant_with):
    merchant = merchant_with(token_webhooks="recurring.token")
    key = merchant.listen("recurring.token.created")
    merchant.pay(**STORES)
    delivery = merchant.mock("GET", "outbox")["deliveries"][1]
    for name in (REJECTED | {"rearranged_body"}) - {"forged_second_item"}:
        spoiled = merchant.mock("POST", f"outbox/{delivery['id']}/variants", {"variant": name})
        assert not _genuine_in_header(key, spoiled), name
    for name in ("genuine", "unknown_event"):
        spoiled = merchant.mock("POST", f"outbox/{delivery['id']}/variants", {"variant": name})
        assert _genuine_in_header(key, spoiled), name


def test_a_webhook_can_tell_when_the_payment_will_be_captured(merchant_with):
    merchant = merchant_with(capture_delay_in_webhook=1)
    merchant.pay()
    merchant.pay(captureDelayHours=24)
    merchant.hold()
    assert [item["additionalData"].get("captureDelayHours") for item in merchant.heard()] == ["0", "24", None]
