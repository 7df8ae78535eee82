"""Simulators as a process: ports and paths, what tenants begin with, logs, and a stop that loses nothing."""

import http.client
import json
import logging
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest

from mock_gateways import server

ROOT = Path(__file__).parents[3]
KEY = "sk_test_process"
HEADERS = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
SALE = urlencode({"amount": 1000, "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa"})
# A second gateway, as one would be installed: a module and its entry point.
TWIN = {
    "twin.py": "import dataclasses, mock_gateways.stripe as s\nGATEWAY = dataclasses.replace(s.GATEWAY, name='twin')\n",
    "twin-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: twin\nVersion: 1.0\n",
    "twin-1.0.dist-info/entry_points.txt": "[assay.gateways]\ntwin = twin:GATEWAY\n",
}


def _command(*options):
    return [sys.executable, "-m", "mock_gateways", "serve", *options]


class Served:
    """A process that serves, and what it says."""

    def __init__(self, process):
        self.process = process
        self.said = []
        while not self.said or self.said[-1] != "ready":
            line = process.stdout.readline()
            assert line, process.stderr.read()
            self.said.append(line.strip())
        self.urls = re.findall(r" on (http://\S+),", "\n".join(self.said))

    def stop(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        out, self.log = self.process.communicate(timeout=20)
        return out.strip()


@contextmanager
def _serving(*options, path=ROOT):
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    env = {"PYTHONPATH": f"{ROOT}:{path}", "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(_command(*options), env=env, **pipes) as process:
        try:
            yield Served(process)
        finally:
            process.kill()


@pytest.fixture
def twin(tmp_path):
    for name, text in TWIN.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


@pytest.fixture
def shop():
    """A shop that keeps every webhook it gets."""
    received = []

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append((self.headers["Stripe-Signature"], self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            """Keep the test's output clean."""

    with HTTPServer(("127.0.0.1", 0), Shop) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/hooks", received
        server.shutdown()
        thread.join()


def _call(url, method="GET", body="", headers=HEADERS):
    target = urlsplit(url)
    connection = http.client.HTTPConnection(target.netloc, timeout=10)
    try:
        connection.request(method, target.path + (f"?{target.query}" if target.query else ""), body, headers)
        reply = connection.getresponse()
        return reply.status, json.loads(reply.read())
    finally:
        connection.close()


def _tenant(base):
    return _call(f"{base}/_mock/tenants", "POST", json.dumps({"credential": KEY}))[1]["id"]


def test_one_gateway_answers_at_its_own_paths():
    with _serving("stripe", "--port", "0") as served:
        assert _call(f"{served.urls[0]}/v1/payment_intents", "POST", SALE)[1]["status"] == "succeeded"
        assert _call(f"{served.urls[0]}/_mock/health")[1]["gateway"] == "stripe"
        assert served.stop(signal.SIGINT) == "stopped; left: nothing"
    assert served.process.returncode == 0


def test_several_gateways_share_a_port_with_a_path_each(twin):
    with _serving("stripe", "twin", "--port", "0", path=twin) as served:
        (base,) = served.urls
        paid = _call(f"{base}/stripe/v1/payment_intents", "POST", SALE)[1]["id"]
        assert _call(f"{base}/twin/v1/payment_intents/{paid}")[0] == 404
        assert _call(f"{base}/_mock/health")[1] == {"status": "ok", "gateways": ["stripe", "twin"]}
        assert _call(f"{base}/v1/payment_intents")[1]["error"] == "nothing here; there are: /stripe, /twin"


def test_pages_of_a_gateway_under_a_path_have_that_path(twin):
    with _serving("stripe", "twin", "--port", "0", path=twin) as served:
        base = f"{served.urls[0]}/stripe"
        given = f"{SALE.replace('pm_card_visa', 'pm_card_authenticationRequired')}&return_url=http://127.0.0.1/"
        intent = _call(f"{base}/v1/payment_intents", "POST", given)[1]
        assert intent["next_action"]["redirect_to_url"]["url"].startswith(f"{base}/_mock/")


def test_several_gateways_may_have_a_port_each(twin):
    with _serving("stripe", "twin", "--ports", "0,0", path=twin) as served:
        names = [_call(f"{url}/_mock/health")[1]["gateway"] for url in served.urls]
    assert names == ["stripe", "twin"]


def test_the_same_seed_and_a_fixed_clock_give_the_same_bytes():
    replies = []
    for _ in range(2):
        with _serving("stripe", "--port", "0", "--seed", "7", "--clock", "fixed") as served:
            replies.append(_call(f"{served.urls[0]}/v1/payment_intents", "POST", SALE))
    assert replies[0] == replies[1]


def test_a_stop_delivers_what_is_pending_signed_with_the_secret_it_shows(shop):
    stripe = pytest.importorskip("stripe")
    url, received = shop
    with _serving("stripe", "--port", "0", "--webhook-url", url) as served:
        (base,) = served.urls
        tenant = _tenant(base)
        (endpoint,) = _call(f"{base}/_mock/tenants/{tenant}/webhooks")[1]["endpoints"]
        paid = _call(f"{base}/v1/payment_intents", "POST", SALE)[1]["id"]
        assert served.stop() == "stopped; left: nothing"
    events = [stripe.Webhook.construct_event(body, header, endpoint["secret"]) for header, body in received]
    assert endpoint["url"] == url
    assert paid in [event.data.object.id for event in events if event.type == "payment_intent.succeeded"]


def test_a_tenant_that_begins_again_keeps_its_endpoint(shop):
    with _serving("stripe", "--port", "0", "--webhook-url", shop[0]) as served:
        (base,) = served.urls
        tenant = _tenant(base)
        before = _call(f"{base}/_mock/tenants/{tenant}/webhooks")[1]
        _call(f"{base}/_mock/tenants/{tenant}/reset", "POST")
        assert _call(f"{base}/_mock/tenants/{tenant}/webhooks")[1] == before
        assert len(_call(f"{base}/v1/webhook_endpoints")[1]["data"]) == 1


def test_a_stop_says_how_many_webhooks_nobody_took():
    with _serving("stripe", "--port", "0", "--webhook-url", "http://127.0.0.1:1/") as served:
        _call(f"{served.urls[0]}/v1/customers", "POST")
        assert served.stop() == "stopped; left: webhooks undelivered: 1"


def test_a_stop_answers_what_was_asked(tmp_path):
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"route": "POST /v1/customers", "effect": {"latency": 1}}]))
    with _serving("stripe", "--port", "0", "--faults", str(faults)) as served:
        (base,) = served.urls
        tenant, answers = _tenant(base), []
        slow = threading.Thread(target=lambda: answers.append(_call(f"{base}/v1/customers", "POST")[0]))
        slow.start()
        while not _call(f"{base}/_mock/tenants/{tenant}/faults")[1]["faults"][0]["seen"]:
            pass
        assert served.stop() == "stopped; left: nothing"
        slow.join()
    assert answers == [200]


def test_a_fault_file_is_planned_for_every_tenant_by_itself(tmp_path):
    faults = tmp_path / "faults.json"
    faults.write_text(json.dumps([{"effect": {"raw": {"status": 503, "body": "{}"}}}]))
    with _serving("stripe", "--port", "0", "--faults", str(faults)) as served:
        url = f"{served.urls[0]}/v1/customers"
        other = {"Authorization": "Bearer sk_test_other"}
        statuses = [_call(url, headers=headers)[0] for headers in (HEADERS, HEADERS, other, other)]
    assert statuses == [503, 200, 503, 200]


def test_a_log_has_a_line_for_each_request_and_no_secret():
    with _serving("stripe", "--port", "0", "--log", "json") as served:
        (base,) = served.urls
        tenant = _tenant(base)
        _call(f"{base}/v1/customers?email=jane@example.com")
        _call(f"{base}/nothing%0Ahere", headers={})
        urlopen(f"{base}/_mock/pages/{tenant}/payments").close()  # noqa: S310 - our own address
        served.stop()
    lines = [json.loads(line) for line in served.log.splitlines()]
    assert [set(line) for line in lines] == [{"gateway", "tenant", "method", "path", "status", "ms"}] * 4
    assert [(line["tenant"], line["path"], line["status"]) for line in lines] == [
        (tenant, "/_mock/tenants", 200),
        (tenant, "/v1/customers", 200),
        ("-", "/nothing%0Ahere", 404),
        (tenant, f"/_mock/pages/{tenant}/payments", 200),
    ]
    assert KEY not in served.log
    assert "jane" not in served.log


def test_waiting_for_a_thread_is_not_a_line_of_the_log():
    """waitress warns of it on standard error, where the log is; the queue is deeper than it likes for a moment."""
    assert server.THREADS
    assert not logging.getLogger("waitress.queue").isEnabledFor(logging.WARNING)


def test_without_a_log_nothing_is_written():
    with _serving("stripe", "--port", "0", "--log", "none") as served:
        _call(f"{served.urls[0]}/v1/customers")
        served.stop()
    assert served.log == ""


BROKEN = {
    "[1]": "entry 1: a fault needs",
    '[{"effect": {"latency": 1}}, {"effect": {"latency": "long"}}]': "entry 2: 'latency' must be seconds",
    "{}": "must be a JSON list of faults",
    "[": "Expecting value",
}


def _refused(*options):
    done = subprocess.run(_command(*options), cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    return line


@pytest.mark.parametrize("text", BROKEN)
def test_a_broken_fault_file_is_named_with_its_entry(tmp_path, text):
    faults = tmp_path / "faults.json"
    faults.write_text(text)
    line = _refused("stripe", "--port", "0", "--faults", str(faults))
    assert str(faults) in line
    assert BROKEN[text] in line


def test_an_unknown_gateway_is_one_line():
    assert "did you mean 'stripe'" in _refused("strip", "--port", "0")


def test_a_port_in_use_is_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert f"cannot listen on 127.0.0.1:{port}" in _refused("stripe", "--port", port)


def test_too_few_ports_are_one_line(twin):
    assert "1 gateways need one port, or one each; there are 2" in _refused("stripe", "--ports", "0,0")


def test_webhooks_on_a_clock_that_sends_none_are_refused():
    line = _refused("stripe", "--clock", "fixed", "--webhook-url", "http://127.0.0.1:1/")
    assert "--webhook-url needs --clock wall" in line


def test_off_loopback_the_control_plane_wants_a_token():
    with _serving("stripe", "--port", "0", "--host", "0.0.0.0") as served:  # noqa: S104 - what it warns of
        token = re.search(r"wants X-Mock-Token: (\S+)", "\n".join(served.said))[1]
        base = served.urls[0].replace("0.0.0.0", "127.0.0.1")  # noqa: S104 - as above
        assert _call(f"{base}/v1/payment_intents", "POST", SALE)[0] == 200
        assert _call(f"{base}/_mock/health")[0] == 200
        refused = _call(f"{base}/_mock/tenants")
        assert (refused[0], "X-Mock-Token" in refused[1]["error"]) == (401, True)
        assert _call(f"{base}/_mock/tenants", headers={"X-Mock-Token": token[:-1]})[0] == 401
        assert len(_call(f"{base}/_mock/tenants", headers={"X-Mock-Token": token})[1]["tenants"]) == 1
        assert _call(f"{base}/_mock/tenants", headers={"Cookie": f"mock_token={token}"})[0] == 200


def test_a_browser_brings_the_token_once_in_the_address():
    with _serving("stripe", "--port", "0", "--token", "sesame") as served:
        target = urlsplit(served.urls[0]).netloc
        connection = http.client.HTTPConnection(target, timeout=10)
        connection.request("GET", "/_mock/tenants?token=sesame")
        reply = connection.getresponse()
        assert (reply.status, reply.headers["Location"]) == (303, "/_mock/tenants")
        assert reply.headers["Set-Cookie"].startswith("mock_token=sesame; Path=/; HttpOnly; SameSite=Strict")
        connection.close()
