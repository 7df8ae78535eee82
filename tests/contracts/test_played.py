"""A gateway that is played on a port: with its webhooks, and with an exit code for what did not fit."""

import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from contracts.format import read
from contracts.lock import lock, write
from contracts.policy import known_policies, load
from contracts.signers import holds
from contracts.verify import WebUpstream, verify
from tests.contracts.library import LIBRARY
from tests.contracts.served import endpoint, free_port
from tests.gateways import CERTIFIABLE, WIDEST

ROOT = Path(__file__).parent.parent.parent


@contextmanager
def _played(gateway, *options, library=LIBRARY, **environment):
    """The address, and what is known of it in the end: exit code and what it told the person."""
    command = [sys.executable, "-m", "contracts", "replay", gateway, "--library", str(library), "--port", "0", *options]
    ended = []
    with subprocess.Popen(
        command, cwd=ROOT, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            found = re.search(r"at (http://\S+)", process.stdout.readline())
            yield found[1], ended
        finally:
            process.send_signal(signal.SIGTERM)
            told = process.communicate(timeout=30)[1]
            ended += [process.returncode, told]


@pytest.fixture
def sale(tmp_path):
    """A library of one flow."""

    def of(gateway):
        one = read(LIBRARY / gateway / "sale.json")
        write(one, tmp_path / f"{one.id}.json")
        lock(tmp_path)
        return one, tmp_path

    return of


@pytest.mark.parametrize("gateway", known_policies())
def test_every_webhook_comes_once_and_signed(gateway, sale):
    contract, library = sale(gateway)
    secret = "0A" * 32
    with (
        endpoint() as (merchant, taken),
        _played(gateway, "--webhook-url", merchant, "--webhook-secret", "SIGNS", library=library, SIGNS=secret) as (
            url, ended,
        ),
        WebUpstream(url) as upstream,
    ):  # fmt: skip
        assert verify(contract, upstream, environment={}).holds
        came = [taken.get(timeout=20) for _ in contract.webhook_steps]
    assert ended == [0, ""]
    assert taken.empty()
    assert len(came) == len(contract.webhook_steps)
    for one in came:
        assert holds(load(gateway).scheme, secret, one.headers, one.body)


def test_a_merchant_that_refuses_a_webhook_is_told_of(sale):
    contract, library = sale(WIDEST)
    nobody = f"http://127.0.0.1:{free_port()}"
    with _played(WIDEST, "--webhook-url", nobody, library=library) as (url, ended), WebUpstream(url) as upstream:
        assert verify(contract, upstream, environment={}).holds
    assert ended[0] == 1
    assert "webhooks are signed with " in ended[1]
    assert f"the merchant did not take {contract.webhook_steps[0].id}: ConnectError" in ended[1]


def test_what_did_not_fit_is_told_at_the_end_and_is_no_success():
    with _played(WIDEST) as (url, ended):
        assert httpx.post(f"{url}/nowhere", content=b"{}").status_code == 599
    assert ended[0] == 1
    assert "does not follow the recording" in ended[1]


def test_what_was_begun_and_not_ended_is_told():
    held = read(LIBRARY / WIDEST / "manual-capture.json")
    first = held.model_copy(update={"steps": held.steps[:1], "commands": [], "told_by": None})
    with _played(WIDEST) as (url, ended), WebUpstream(url) as upstream:
        assert verify(first, upstream, environment={}).outcomes
    assert ended[0] == 1
    assert "was never asked for" in ended[1]


def test_a_port_that_is_taken_is_no_crash(sale):
    _, library = sale(CERTIFIABLE[0])
    with _played(CERTIFIABLE[0], library=library) as (url, _):
        command = [sys.executable, "-m", "contracts", "replay", CERTIFIABLE[0], "--port", url.rpartition(":")[2]]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 3
    assert told.stderr.startswith("cannot listen on port ")
