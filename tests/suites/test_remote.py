"""A connector in another process is judged like one in this one, by what it says over HTTP."""

import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.core import errors
from runtime.core.methods import Card, Upi
from runtime.core.money import Money
from runtime.core.payments import Authorize, ErrorInfo, IncomingWebhook, NextAction, PaymentOutcome, StoredMethod
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, ErrorCode, NextActionKind, PaymentStatus, RetryAdvice
from suites.forms import BadForm, built, error_form, form, read_error, read_outcome, schema
from suites.remote import Remote, Unreachable
from tests.gateways import WIDEST
from tests.suites.test_plugin import pytest_suites

CARD = Card(number=Secret("4242424242424242"), expiry_month=12, expiry_year=2034, cvc=Secret("913"))
METHODS = st.sampled_from([CARD, StoredMethod(token="t"), Upi(vpa=Secret("a@b")), Upi()])
COMMANDS = st.builds(
    Authorize,
    request_id=st.text(min_size=1),
    amount=st.builds(Money, st.integers(0, 10**9), st.sampled_from(["EUR", "JPY"])),
    method=METHODS,
    capture_method=st.sampled_from(CaptureMethod),
    reference=st.none() | st.text(),
)


@pytest.fixture(scope="module")
def bridge():
    """A connector of ours in a process of its own."""
    command = [sys.executable, "-m", "tests.suites.bridge", WIDEST, "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()


@contextmanager
def _answering(*answers):
    """A connector that says these things, one after the other."""
    left = list(answers)

    class Odd(BaseHTTPRequestHandler):
        def do_GET(self):
            body = left.pop(0)
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Odd) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_connector_elsewhere_passes_what_it_passes_here(bridge):
    code, output = pytest_suites(
        f"--connector={bridge}",
        "--assay-require=LIF-001,ERR-005,WEB-001,IDM-001,RES-001,RES-010,SEC-001",
        "--assay-deadline=10",
    )
    assert code == 0, output
    assert f"{WIDEST} " in output


def test_what_is_written_of_it_does_not_hang_on_a_port(bridge, tmp_path):
    """The simulator answers on another port in every run, and names it where the shopper must go."""
    for name in ("a", "b"):
        pytest_suites(
            f"--connector={bridge}",
            "--assay-require=STA-008",
            "--assay-deadline=10",
            f"--assay-results={tmp_path}/{name}",
        )
    assert b'"evidence": "' in (tmp_path / "a").read_bytes()
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_connector_elsewhere_is_what_it_says(bridge):
    remote = Remote.at(bridge)
    remote.client.close()
    connector = remote.connector
    assert (connector.name, connector.gateway) == (WIDEST, WIDEST)
    assert connector.capabilities.has_one_effect(Authorize)
    assert {flow.__name__ for flow in connector.flows} >= {"Authorize", "PSync", "DefendDispute"}


@settings(derandomize=True, database=None)
@given(COMMANDS)
def test_a_command_survives_its_form(command):
    assert built(Authorize, json.loads(json.dumps(form(command)))) == command


def test_a_delivery_keeps_its_bytes():
    command = IncomingWebhook(request_id="d", headers=(("A", "1"), ("A", "2")), body=b"\x00\xff{}")
    assert built(IncomingWebhook, json.loads(json.dumps(form(command)))) == command


def test_an_error_survives_its_form_with_all_that_travels_with_it():
    action = NextAction(kind=NextActionKind.REDIRECT, url="https://bank.test/")
    outcome = PaymentOutcome(
        status=PaymentStatus.UNRESOLVED, payment_id="p", raw_status="odd", amount=Money(1, "EUR"), next_action=action
    )
    info = ErrorInfo(code=ErrorCode.TIMEOUT, retry=RetryAdvice.SYNC_FIRST, raw_code="x")
    error = errors.IntegrityMismatch("differs", status=200, error=info, transaction_id="p", outcome=outcome)
    seen = read_error(json.loads(json.dumps(error_form(error))))
    assert (type(seen), str(seen)) == (errors.IntegrityMismatch, "differs")
    assert (seen.status, seen.error, seen.transaction_id, seen.outcome) == (200, info, "p", outcome)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ({"form": "Success"}, "an outcome is one of"),
        ({"form": "PaymentOutcome", "status": "CHARGED"}, "payment_id"),
        ({"form": "PaymentOutcome", "status": "PAID", "payment_id": "p", "raw_status": None}, "status"),
        ({"form": "PaymentOutcome", "status": "CHARGED", "payment_id": "p", "raw_status": None, "x": 1}, "x"),
    ],
)
def test_what_is_no_outcome_says_where_it_is_none(data, says):
    with pytest.raises(BadForm, match=says):
        read_outcome(data)


@pytest.mark.parametrize("said", [b"not JSON", b"{}", b'{"flows": ["Teleport"], "capabilities": {}}'])
def test_a_connector_that_does_not_say_what_it_is_cannot_be_judged(said):
    with _answering(said) as url, pytest.raises(Unreachable, match="/connector"):
        Remote.at(url)


def test_nobody_there_is_a_usage_error():
    code, output = pytest_suites("--connector=http://127.0.0.1:1")
    assert code == 4
    assert "127.0.0.1:1/connector" in output


def test_the_schema_names_every_command_and_no_secret_is_an_object():
    drawn = schema()["$defs"]
    assert {"Authorize", "RefundOutcome", "ErrorInfo"} <= set(drawn)
    assert drawn["Card"]["properties"]["number"]["type"] == "string"
