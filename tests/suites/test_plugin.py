"""The command line: what it refuses, what it says, and which exit code follows."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from runtime.core.connector import Offer
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType
from tests.gateways import WIDEST
from tests.mutants.forked import run

ROOT = Path(__file__).parents[2]


def pytest_suites(*arguments, target="suites", env=None):
    """Run `pytest suites` as a person would; returns exit code and output."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", target, "-o", f"cache_dir={tempfile.gettempdir()}/assay-cache", *arguments],
        cwd=ROOT, env=os.environ | (env or {}), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_an_unknown_connector_names_the_nearest_and_all():
    code, output = pytest_suites(f"--connector={WIDEST}x")
    assert code == 4
    assert f"Did you mean '{WIDEST}'? Known:" in output
    assert "Traceback" not in output


def test_no_connector_is_a_usage_error():
    code, output = pytest_suites()
    assert code == 4
    assert "name a connector" in output


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["-kmoney", "-mslow", "-x", "--lf", "--assay-area=money"],
         "-k, -m, -x/--maxfail, --lf, --assay-area"),
        (["--ff", "--sw", "--co", "--deselect=a", "--ignore=a", "--ignore-glob=a", "--assay-require=MON-001",
          "--assay-state=2"],
         "--ff, --deselect, --ignore, --ignore-glob, --sw, --co, --assay-require, --assay-state"),
    ],
)  # fmt: skip
def test_a_certifying_run_takes_no_filter(flags, named):
    code, output = pytest_suites(f"--connector={WIDEST}", "--assay-certify", *flags)
    assert code == 4
    assert f"leave out {named}\n" in output


def test_a_run_in_which_all_is_skipped_certifies_nothing(acme):
    class Idle:
        def pytest_runtest_setup(self):
            pytest.skip("not today")

    results = run(acme, lambda connector, patch: None, "--assay-certify", plugins=[Idle()])
    assert results.verdict.exit_code == 6
    assert results.counts["not run"] == len(results.requirements) - results.counts["not claimed"] > 0


def test_a_part_that_is_not_claimed_passes_nothing_and_certifies_nothing(acme_site):
    ours = {"PYTHONPATH": str(acme_site)}
    code, output = pytest_suites("--connector=acme_pay", "--assay-require=LIF-027", env=ours)  # it has no disputes
    assert code == 0
    assert "NOT CERTIFIABLE" in output
    assert "nothing passed" in output


def test_a_part_that_fails_ends_with_1_and_one_of_nothing_with_5(acme_site):
    broken = acme_site / "acme_pay" / "free.py"
    text = (acme_site / "acme_pay" / "connector.py").read_text()
    broken.write_text(text.replace('"captured": PaymentStatus.CHARGED', '"captured": PaymentStatus.PENDING'))
    ours = ({"PYTHONPATH": str(acme_site)}, f"--connector={broken}:CONNECTOR", "--assay-require=STA-006")
    assert pytest_suites(*ours[1:], env=ours[0])[0] == 1
    assert pytest_suites(*ours[1:], "-knothing", env=ours[0])[0] == 5


def test_a_filtered_run_passes_and_certifies_nothing(tmp_path):
    code, output = pytest_suites(
        f"--connector={WIDEST}", "--assay-require=LIF-001", f"--assay-results={tmp_path}/r.json"
    )
    assert code == 0
    assert "NOT CERTIFIABLE" in output
    results = json.loads((tmp_path / "r.json").read_text())
    assert not results["verdict"]["certified"]
    assert results["counts"]["pass"] == 1
    assert results["counts"]["not run"] == len(results["requirements"]) - 1


def test_a_certifying_run_of_a_part_certifies_nothing():
    code, output = pytest_suites(f"--connector={WIDEST}", "--assay-certify", target="suites/lifecycle")
    assert code == 6
    assert "CERTIFIED:" not in output


def test_an_empty_certifying_run_is_not_certifiable(tmp_path):
    """A suite whose every test was skipped or lost proves nothing."""
    (tmp_path / "test_nothing.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(tmp_path), "-c", str(ROOT / "pyproject.toml"), "--rootdir", str(tmp_path),
         "-p", "no:cacheprovider", f"--connector={WIDEST}", "--assay-certify"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 6, done.stdout + done.stderr


def test_the_same_run_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        pytest_suites(f"--connector={WIDEST}", "--assay-area=idempotency", f"--assay-results={tmp_path}/{name}.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()


def test_the_inventory_can_be_listed_and_explained():
    code, output = pytest_suites("--assay-list")
    assert code == 0
    assert "MON-001" in output
    code, output = pytest_suites("--assay-explain=MON-001")
    assert code == 0
    assert "never waivable" in output
    assert "Paymenter#1258" in output
    assert "proven by money/test_amounts.py::test_a_sale_takes_what_the_shopper_saw" in output
    code, output = pytest_suites("--assay-explain=MON-999")
    assert code == 4


def test_a_test_without_a_case_is_not_claimed_and_no_pass():
    def declares_every_method(connector, patch):
        every = dict.fromkeys(PaymentMethodType, Offer(captures=frozenset(CaptureMethod)))
        return replace(connector, capabilities=replace(connector.capabilities, payment_methods=every))

    results = run(WIDEST, declares_every_method, "--assay-require=CAP-001")
    cases = {case.name: case.outcome for row in results.requirements for case in row.cases}
    assert cases["test_an_undeclared_payment_method_is_refused[none]"] == "not claimed"


def test_a_broken_waiver_ends_the_run_before_it_begins(tmp_path):
    file = tmp_path / "waivers.toml"
    file.write_text('[[waiver]]\nrequirement = "CAP-002"\n')
    code, output = pytest_suites(f"--connector={WIDEST}", f"--assay-waivers={file}")
    assert code == 4
    assert "waivers.toml: failure: Field required" in output


def test_a_broken_profile_names_itself(tmp_path):
    code, output = pytest_suites(f"--connector={WIDEST}", "--assay-profile=nowhere")
    assert code == 4
    assert "'nowhere'" in output
