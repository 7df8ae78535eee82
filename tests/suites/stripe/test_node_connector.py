"""A connector in another language: the one in Node is certified as the README says, and can fail."""

import json
import re
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path

import httpx
import jsonschema_rs
import pytest

from suites.forms import schema
from tests.programs import program
from tests.suites.test_plugin import pytest_suites

README = Path(__file__).parents[3] / "README.md"
EXAMPLE = README.parent / "tests" / "examples" / "node_connector"
# Nobody listens there: what is sent is not answered, and what is refused before is.
NOWHERE = "http://127.0.0.1:1"
CARD = {"form": "Card", "number": "4242424242424242", "expiry_month": 12, "expiry_year": 2034, "cvc": "913"}
ORDER = {
    "form": "Authorize", "request_id": "order-1", "amount": {"form": "Money", "minor": 1000, "currency": "EUR"},
    "method": CARD, "capture_method": "AUTOMATIC", "reference": "order 1",
}  # fmt: skip


# The port in the README, and two commands: one for each terminal.
PORT = "8400"
SERVE, JUDGE = re.findall(
    r"```\n(.*?)\n```", README.read_text().partition("## A connector in another language\n")[2].partition("\n## ")[0]
)


@contextmanager
def _running(command):
    """A connector in a process of its own, on a free port; yields its address."""
    node = program("node", package="nodejs")
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(re.match(r"v(\d+)", version)[1]) < 20:
        pytest.skip(f"left out: the connector in Node, which needs Node 20 or later; this is {version.strip()}")
    name, *arguments = command.replace(PORT, "0").split()
    assert name == "node"
    with subprocess.Popen([node, *arguments], cwd=README.parent, stdout=subprocess.PIPE, text=True) as process:
        yield process.stdout.readline().strip()
        process.terminate()


@pytest.fixture(scope="module")
def connector():
    with _running(SERVE) as address:
        yield address


def _asked(**changes):
    config = {"api_key": "sk_test_node", "base_url": NOWHERE, "webhook_secrets": []}
    return {"config": config, "now": 1_700_000_000, "command": ORDER | changes}


def _error(address, **changes):
    """What it raises where nobody answers."""
    return httpx.post(f"{address}/run", content=json.dumps(_asked(**changes)), timeout=10).json()["error"]["form"]


def _fits(name, document):
    """Whether something is what the schema says, that anybody can print who writes such a connector."""
    jsonschema_rs.validate(schema() | {"$ref": f"#/$defs/{name}"}, document)


def test_it_is_certified_as_far_as_it_claims(connector, tmp_path):
    name, target, *options = JUDGE.replace(f"http://127.0.0.1:{PORT}", connector).split()
    assert (name, target) == (".venv/bin/pytest", "suites")
    code, output = pytest_suites(*options, f"--assay-results={tmp_path}/r.json", "-q")
    assert code == 0, output[-5000:]
    assert "CERTIFIED: stripe-node 2026-10-28.endive reaches state 3 (refunds and sync)" in output
    results = json.loads((tmp_path / "r.json").read_text())
    assert results["counts"]["fail"] == results["counts"]["waived"] == 0
    assert set(results["connector"]["flows"]) == {
        "Authorize", "Capture", "Void", "Refund", "PSync", "RSync", "IncomingWebhook",
    }  # fmt: skip


def test_it_says_and_answers_what_the_schema_allows(connector):
    _fits("Description", httpx.get(f"{connector}/connector").json())
    _fits("Run", _asked())
    _fits("Ran", httpx.post(f"{connector}/run", json=_asked(), timeout=10).json())
    delivery = {"form": "IncomingWebhook", "request_id": "d", "headers": [["Stripe-Signature", "t=1"]], "body": "e30="}
    heard = _asked() | {"command": delivery}
    _fits("Receive", heard)
    _fits("Received", httpx.post(f"{connector}/receive", json=heard, timeout=10).json())
    with pytest.raises(jsonschema_rs.ValidationError):
        _fits("Ran", {"outcome": {"form": "PaymentOutcome", "status": "PAID"}})


@pytest.mark.parametrize("changes", [{"reference": "cut \ud83d"}, {"method": CARD | {"holder": "\udc00 cut"}}])
def test_text_that_was_cut_in_a_character_is_refused_before_it_is_sent(connector, changes):
    assert _error(connector) == "OutcomeUnknown", "a whole order is sent"
    assert _error(connector, **changes) == "InvalidCommand"


def test_one_that_calls_a_decline_by_another_name_is_not_certified(tmp_path):
    broken = Path(shutil.copytree(EXAMPLE, tmp_path / "broken"))
    codes = json.loads((broken / "codes.json").read_text())
    codes["declines"]["lost_card"][0] = "EXPIRED_CARD"
    (broken / "codes.json").write_text(json.dumps(codes))
    with _running(f"node {broken / 'connector.mjs'} {PORT}") as address:
        code, output = pytest_suites(f"--connector={address}", "--assay-require=ERR-001", "--assay-deadline=10")
    assert code == 1
    assert "lost_card" in output
