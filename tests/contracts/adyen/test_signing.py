"""An item is signed anew as Adyen published it, and believed of nothing else."""

import json

import pytest

from contracts.signers import holds, scheme_of
from tests.contracts.published import holds_of_nothing_else, vectors

ROWS = [row for row in vectors("adyen") if "item" in row]


def _body(item):
    return json.dumps({"notificationItems": [{"NotificationRequestItem": item}]}).encode()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_it_signs_as_published(row):
    headers, signed = scheme_of("adyen_item").sign(row["key_hex"], _body(row["item"]), 0)
    item = json.loads(signed)["notificationItems"][0]["NotificationRequestItem"]
    assert headers == {}
    assert item["additionalData"]["hmacSignature"] == row["expected"]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_published_signature_holds_and_holds_of_nothing_else(row):
    body = _body(row["item"] | {"additionalData": {"hmacSignature": row["expected"]}})
    assert holds_of_nothing_else("adyen_item", row["key_hex"], "00" * 32, {}, body)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_forger_without_a_signature_sends_none(row):
    _, signed = scheme_of("adyen_item").sign(row["key_hex"], _body(row["item"]), 0)
    bare = scheme_of("adyen_item").bare(signed)
    assert b"hmacSignature" in signed
    assert b"hmacSignature" not in bare
    item = json.loads(bare)["notificationItems"][0]["NotificationRequestItem"]
    assert item == {"additionalData": {}} | row["item"]


@pytest.mark.parametrize("items", [[], [{}], [{"NotificationRequestItem": {}}], None], ids=str)
def test_what_has_no_signature_does_not_hold(items):
    assert not holds("adyen_item", "00" * 32, {}, json.dumps({"notificationItems": items}).encode())
