"""A served simulator: real sockets, wall time, and webhooks that arrive."""

import http.client
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlencode, urlsplit

import pytest

from mock_gateways.app import create_app
from mock_gateways.server import serving

KEY = {"Authorization": "Bearer sk_test_served", "Content-Type": "application/x-www-form-urlencoded"}
SALE = {"amount": 1000, "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa"}


@pytest.fixture(scope="module")
def base():
    with serving(create_app("stripe", clock="wall")) as url:
        yield url


def _call(base, method, path, body="", headers=KEY):
    connection = http.client.HTTPConnection(urlsplit(base).netloc, timeout=10)
    try:
        connection.request(method, path, body, headers)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def _mock(base, method, path, body=None):
    tenant = _call(base, "POST", "/_mock/tenants", json.dumps({"credential": "sk_test_served"}), {})[1]["id"]
    return _call(base, method, f"/_mock/tenants/{tenant}/{path}", json.dumps(body) if body is not None else "", {})[1]


@pytest.fixture
def receiver():
    """A shop that refuses the first delivery and accepts the next."""
    received, arrived = [], threading.Event()

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(self.headers["Stripe-Signature"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(500 if len(received) == 1 else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            arrived.set()

        def log_message(self, *_):
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received, arrived
        server.shutdown()
        thread.join()


def test_time_is_wall_time_and_can_be_moved(base):
    assert abs(_mock(base, "GET", "clock")["now"] - time.time()) < 5
    moved = _mock(base, "POST", "clock", {"advance": 3600})["now"]
    assert abs(moved - time.time() - 3600) < 5


def test_webhooks_are_delivered_and_retried_on_the_clock(base, receiver):
    url, received, arrived = receiver
    given = urlencode({"url": url, "enabled_events[]": "payment_intent.succeeded"})
    _, endpoint = _call(base, "POST", "/v1/webhook_endpoints", given)
    _call(base, "POST", "/v1/payment_intents", urlencode(SALE))
    assert arrived.wait(10)
    arrived.clear()
    _mock(base, "POST", "clock", {"advance": 3600})
    assert arrived.wait(10)
    assert len(received) == 2
    assert all(header.startswith("t=") for header in received)
    _call(base, "DELETE", f"/v1/webhook_endpoints/{endpoint['id']}")


@pytest.fixture
def refuser():
    """A shop that refuses every delivery, and tells when the third has come."""
    received, third = [], threading.Event()

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(self.headers["Stripe-Signature"])
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_error(503)
            if len(received) == 3:
                third.set()

        def log_message(self, *_):
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", received, third
        server.shutdown()
        thread.join()


def test_time_that_is_moved_far_passes_every_retry(base, refuser):
    url, received, third = refuser
    _, endpoint = _call(base, "POST", "/v1/webhook_endpoints", urlencode({"url": url, "enabled_events[]": "*"}))
    _call(base, "POST", "/v1/customers")
    _mock(base, "POST", "outbox/flush", {})
    moved = _mock(base, "POST", "clock", {"advance": 86_400})["now"]
    assert third.wait(10)
    _call(base, "DELETE", f"/v1/webhook_endpoints/{endpoint['id']}")
    while (delivery := _mock(base, "GET", "outbox?type=customer.created")["deliveries"][-1])["state"] == "pending":
        pass
    assert (delivery["state"], [entry["status"] for entry in delivery["history"]]) == ("failed", [503] * 3)
    assert delivery["history"][0]["at"] < moved <= delivery["history"][2]["at"]
    signed = [int(header.removeprefix("t=").partition(",")[0]) for header in received]
    assert signed == [entry["at"] for entry in delivery["history"]], "every attempt is signed anew"


def test_an_attempt_that_nobody_answered_says_why(base):
    url = "http://127.0.0.1:1"
    _, endpoint = _call(base, "POST", "/v1/webhook_endpoints", urlencode({"url": url, "enabled_events[]": "*"}))
    _call(base, "POST", "/v1/customers")
    _mock(base, "POST", "outbox/flush", {})
    attempt = _mock(base, "GET", "outbox?state=pending")["deliveries"][-1]["history"][-1]
    assert attempt["status"] is None
    assert "refused" in attempt["error"]
    _call(base, "DELETE", f"/v1/webhook_endpoints/{endpoint['id']}")


def test_flushing_delivers_at_once(base, receiver):
    url, received, _ = receiver
    given = urlencode({"url": url, "enabled_events[]": "customer.created"})
    _, endpoint = _call(base, "POST", "/v1/webhook_endpoints", given)
    _call(base, "POST", "/v1/customers")
    _mock(base, "POST", "outbox/flush", {})
    assert received
    _call(base, "DELETE", f"/v1/webhook_endpoints/{endpoint['id']}")


@pytest.mark.parametrize("effect", [{"reset": "before"}, {"timeout": "after"}], ids=str)
def test_a_cut_connection_is_closed_without_an_answer(base, effect):
    _mock(base, "POST", "faults", {"route": "GET /v1/customers", "effect": effect})
    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        _call(base, "GET", "/v1/customers")
    assert _call(base, "GET", "/v1/customers")[0] == 200


def test_a_slow_operation_keeps_its_key_and_nobody_waiting(base):
    """While one request is slow, another tenant's call, and even the same tenant's, is answered."""
    _mock(base, "POST", "faults", {"route": "POST /v1/payment_intents", "effect": {"latency": 0.5}})
    answers = []
    keyed = {**KEY, "Idempotency-Key": "slow"}
    slow = threading.Thread(
        target=lambda: answers.append(_call(base, "POST", "/v1/payment_intents", urlencode(SALE), keyed))
    )
    slow.start()
    while not _mock(base, "GET", "faults")["faults"][-1]["seen"]:
        pass
    assert _call(base, "GET", "/v1/customers")[0] == 200
    status, conflict = _call(base, "POST", "/v1/payment_intents", urlencode(SALE), keyed)
    assert (status, conflict["error"]["code"]) == (409, "idempotency_key_in_use")
    slow.join()
    assert answers[0][0] == 200


def test_many_threads_take_no_more_than_there_is(base):
    held = urlencode(
        {**SALE, "capture_method": "manual", "payment_method_options[card][request_multicapture]": "if_available"}
    )
    payment = _call(base, "POST", "/v1/payment_intents", held)[1]["id"]
    part = urlencode({"amount_to_capture": 100, "final_capture": "false"})
    path = f"/v1/payment_intents/{payment}/capture"
    statuses = []
    threads = [threading.Thread(target=lambda: statuses.append(_call(base, "POST", path, part)[0])) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] * 10 + [400] * 5
    totals = _mock(base, "GET", f"ledger?payment={payment}")["payments"][payment]
    assert (totals["captured"], totals["state"]) == ("10.00", "succeeded")
