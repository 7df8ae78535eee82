"""What a proxy changes of a JSON object; and the same proxy before a connector in another process."""

import json
import os
import subprocess
import sys

import pytest
from werkzeug.test import Client

from tests.mutants.adyen.wire import WIRE
from tests.mutants.wire.__main__ import attack, gateway_of, judge
from tests.mutants.wire.proxy import Proxy, echo
from tests.mutants.wire.table import passing, scaled

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="left out: mutants run in forked children, as on POSIX")


def test_the_amount_of_an_object_is_changed_and_nothing_else():
    client = Client(Proxy(echo, passing("Capture", sent=scaled(down=100))(WIRE), None))
    sent = {"amount": {"currency": "EUR", "value": 1000}, "merchantAccount": "A"}
    seen = client.post("/v72/payments/X/captures", json=sent).json
    assert json.loads(seen["sent"]) == {"amount": {"currency": "EUR", "value": 10}, "merchantAccount": "A"}


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
