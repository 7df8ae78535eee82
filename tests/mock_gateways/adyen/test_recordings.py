"""What the real test platform was recorded to answer is what the simulator answers to the same request.

The recordings are of version 64: what later versions no longer send is named here.
"""

import json

import pytest

from tests.mock_gateways.adyen.conftest import Merchant

GONE = {"details", "paymentData", "redirect", "groups"}


def _recorded(folder):
    for line in (folder / "traffic" / "adyen.jsonl").read_text().splitlines():
        exchange = json.loads(line)
        asked = exchange.get("request") or {}
        if exchange["tier"].startswith("A") and "checkout-test" in (asked.get("url") or ""):
            yield asked["url"].rpartition("/")[2], asked["body"], exchange["response"]


@pytest.fixture
def recorded(reference):
    return list(_recorded(reference))


def test_a_recorded_request_is_answered_as_it_was(app, recorded):
    assert len(recorded) >= 6
    for path, body, reply in recorded:
        merchant = Merchant(app, "AQEtest_recorded", body["merchantAccount"])
        answer = merchant.send("POST", f"/v72/{path}", **body)
        told = reply["body"]
        assert (answer.status, answer.json.get("resultCode")) == (reply["status"], told.get("resultCode")), answer.text
        assert set(told) - GONE <= set(answer.json)
        if "action" in told:
            assert answer.json["action"]["type"] == told["action"]["type"]
            assert answer.json["action"]["paymentMethodType"] == told["action"]["paymentMethodType"]
        else:
            for name in ("amount", "merchantReference"):
                assert answer.json.get(name) == told.get(name)


def test_the_reference_in_the_header_is_another_in_both(app, recorded):
    for path, body, reply in recorded:
        answer = Merchant(app, "AQEtest_recorded", body["merchantAccount"]).send("POST", f"/v72/{path}", **body)
        for headers, document in ((reply["headers"], reply["body"]), (answer.headers, answer.json)):
            assert headers["pspReference"] != document.get("pspReference")
