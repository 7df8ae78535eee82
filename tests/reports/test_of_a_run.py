"""From a real run to a certificate that holds in all that can be checked; and the same run again, byte for byte."""

import json
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from runtime import registry
from tests.gateways import NARROWEST
from tests.reports.acme import cli

ROOT = Path(__file__).parents[2]
CONNECTOR = NARROWEST


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A certifying run with all that it writes."""
    folder = tmp_path_factory.mktemp("run")
    options = ["--assay-certify", f"--assay-results={folder}/results.json", f"--assay-evidence={folder}/evidence"]
    command = [sys.executable, "-m", "pytest", "suites", f"--connector={CONNECTOR}", *options, "-p", "no:cacheprovider"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    return folder


@pytest.fixture(scope="module")
def told(ran):
    return json.loads((ran / "results.json").read_text())


def test_it_is_certified_and_holds_for_whoever_has_everything(ran, tmp_path):
    assert cli("keygen", "--out", tmp_path)[0] == 0
    tree = ROOT / "runtime/connectors" / CONNECTOR
    issued = ("--key", tmp_path / "assay-private.pem", "--connector", tree)
    code, output = cli("certify", ran / "results.json", *issued)
    assert code == 0, output
    held = ("--bundle", ran, "--connector", tree, "--suite", ROOT)
    code, output = cli("verify", ran / "certificate.json", "--key", tmp_path / "assay-public.pem", *held)
    assert (code, "not checked" in output) == (0, False), output
    assert cli("badge", ran / "certificate.json")[0] == 0
    assert cli("summary", ran)[0] == 0


def test_every_exchange_that_was_judged_is_kept_under_its_digest(ran, told):
    cases = [case for row in told["requirements"] for case in row["cases"]]
    digests = {case["evidence"] for case in cases if case["exchanges"]}
    assert len(digests) > 500
    assert {file.stem for file in (ran / "evidence").iterdir()} == digests
    for file in (ran / "evidence").iterdir():
        assert sha256(file.read_bytes()).hexdigest() == file.stem


def test_results_tell_what_the_connector_claims(told):
    connector = registry.find(CONNECTOR)
    claims = told["capabilities"]
    assert set(claims["payment_methods"]) == {str(kind) for kind in connector.capabilities.payment_methods}
    assert claims["currencies"] == sorted(connector.capabilities.currencies)
    assert set(claims["idempotent"]) == {
        one.__name__ for one in connector.flows if connector.capabilities.has_one_effect(one)
    }
    assert claims["not_offered"] == {str(name): why for name, why in connector.capabilities.not_offered.items()}
    assert [rule["state"] for rule in told["states"]] == [1, 2, 3, 4, 5, 6]


def test_what_is_excused_names_where_that_is_written(told):
    excused = [case for row in told["requirements"] for case in row["cases"] if case["excused"]]
    assert excused
    for case in excused:
        assert case["source"]
        assert case["message"]
        assert "Skipped" not in case["message"]


def test_no_clock_stands_in_the_results(ran, tmp_path):
    """The same part of the run again, in another process, on another day for all that it can tell."""
    names = ["one", "two"]
    for name in names:
        options = ["--assay-require=MON-001,STA-001", f"--assay-results={tmp_path}/{name}.json"]
        command = [sys.executable, "-m", "pytest", "suites", f"--connector={CONNECTOR}", *options, "-q"]
        subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=True)
    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes()
