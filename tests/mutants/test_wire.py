"""A broken wire is caught behind any connector, in this process or another; a transparent one changes nothing."""

import json
import os
import subprocess
import sys

import pytest
from werkzeug.test import Client

from mock_gateways.core.faults import TimedOut
from suites import inventory
from tests.mutants.forked import run
from tests.mutants.wire.__main__ import DEADLINE, TRANSPARENT, attack, behind, gateway_of, judge
from tests.mutants.wire.proxy import Proxy, answer
from tests.mutants.wire.table import WIRE_MUTANTS, passing, scaled, unanswered_is_refused, unsigned
from tests.mutants.wire.words import ADYEN, STRIPE, WIRES

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="left out: mutants run in forked children, as on POSIX")
QUICK = ("everything has one key", "a capture is answered", "a forgery is believed", "an error is swallowed")


def _echo(environ, start_response):
    """Answers with what it was sent."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])).decode()
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({"sent": body, "key": environ.get("HTTP_IDEMPOTENCY_KEY")}).encode()]


def test_the_amount_of_a_form_is_changed_and_nothing_else():
    client = Client(Proxy(_echo, passing("Authorize", sent=scaled(up=100))(STRIPE), None))
    sent = {"amount": "1000", "currency": "eur", "metadata[reference]": "ä&="}
    seen = client.post("/v1/payment_intents", data=sent, headers={"Idempotency-Key": "k"}).json
    assert seen == {"sent": "amount=100000&currency=eur&metadata%5Breference%5D=%C3%A4%26%3D", "key": "k"}


def test_the_amount_of_an_object_is_changed_and_nothing_else():
    client = Client(Proxy(_echo, passing("Capture", sent=scaled(down=100))(ADYEN), None))
    sent = {"amount": {"currency": "EUR", "value": 1000}, "merchantAccount": "A"}
    seen = client.post("/v72/payments/X/captures", json=sent).json
    assert json.loads(seen["sent"]) == {"amount": {"currency": "EUR", "value": 10}, "merchantAccount": "A"}


def test_a_route_that_is_not_named_passes_as_it_is():
    client = Client(Proxy(_echo, passing("Capture", sent=scaled(up=100))(STRIPE), None))
    assert client.post("/v1/refunds", data={"amount": "7"}).json["sent"] == "amount=7"


def test_a_lost_answer_becomes_a_refusal():
    def lost(environ, start_response):
        raise TimedOut

    client = Client(Proxy(lost, passing("Refund", sent=unanswered_is_refused)(STRIPE), None))
    assert client.post("/v1/refunds", data={"amount": "7"}).status_code == 400


def test_deliveries_are_changed_and_the_rest_of_the_control_plane_is_not():
    row = {"id": "d", "headers": [["Stripe-Signature", "t=1,v1=a"], ["X", "y"]], "body": "{}"}

    def outbox(environ, start_response):
        reply = answer({"deliveries": [row]})
        start_response("200 OK", list(reply.headers))
        return [reply.body]

    client = Client(Proxy(outbox, None, unsigned(STRIPE)))
    assert client.get("/_mock/tenants/t/outbox").json["deliveries"] == [{**row, "headers": [["X", "y"]]}]
    assert client.get("/_mock/tenants/t/ledger").json["deliveries"] == [row]


@pytest.mark.parametrize("gateway", WIRES)
def test_every_gateway_has_a_dozen_and_each_names_requirements_that_there_are(gateway):
    rows = [mutant for mutant in WIRE_MUTANTS if gateway not in mutant.not_at]
    assert len(rows) >= 12
    assert {name for row in rows for name in row.requirements(gateway)} <= inventory.load().requirements.keys()


def test_no_two_wire_mutants_share_a_name():
    assert len({mutant.name for mutant in WIRE_MUTANTS}) == len(WIRE_MUTANTS)


@forks
@pytest.mark.parametrize("connector", ["stripe", "adyen", "razorpay"])
def test_behind_a_proxy_that_changes_nothing_a_connector_passes(connector):
    results = run(connector, behind(TRANSPARENT, connector), "--assay-area=idempotency", DEADLINE)
    assert not [row.id for row in results.requirements if row.outcome in ("fail", "error")]


@forks
@pytest.mark.parametrize("only", QUICK)
def test_a_broken_wire_is_caught(only):
    ((mutant, results),) = attack("stripe", "stripe", only)
    assert judge(mutant, "stripe", results) == "killed"


@forks
def test_a_wire_that_is_not_broken_is_no_kill():
    (mutant,) = [mutant for mutant in WIRE_MUTANTS if "one key" in mutant.name]
    results = run("stripe", behind(TRANSPARENT, "stripe"), "--assay-require=IDM-004,IDM-005")
    assert judge(mutant, "stripe", results) == "SURVIVED: IDM-004 pass, IDM-005 pass"


@pytest.fixture
def elsewhere():
    """Our Adyen connector in a process of its own."""
    command = [sys.executable, "-m", "tests.suites.bridge", "adyen", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()


@forks
def test_a_connector_elsewhere_is_caught_by_the_same_wire(elsewhere):
    assert gateway_of(elsewhere) == "adyen"
    ((mutant, results),) = attack(elsewhere, "adyen", "a capture names no amount")
    assert judge(mutant, "adyen", results) == "killed"
