"""A gateway from elsewhere: connector, simulator and profile in a package of their own are found, and certified."""

import ast
from pathlib import Path

import pytest

import mock_gateways
from reports.digests import tree_digest
from tests.suites.conftest import EXAMPLE

ROOT = Path(__file__).parents[2]
ROOMS = ("runtime", "mock_gateways", "contracts", "suites", "reports")


def test_it_is_found_by_its_entry_points_and_certified(certified):
    code, output, results = certified
    assert code == 0, output[-5000:]
    assert "CERTIFIED: acme_pay 1 reaches state 5" in output
    assert "Its gateway does not offer: APPLE_PAY, " in output, "a state is no less for what there is not, and says so"
    assert set(results["connector"]["flows"]) == {
        "Authorize", "Capture", "Void", "Refund", "PSync", "RSync", "IncomingWebhook",
    }  # fmt: skip
    assert results["counts"]["waived"] == results["counts"]["fail"] == results["counts"]["error"] == 0
    assert results["counts"]["pass"] > 110


def test_it_is_found_by_its_path_and_is_the_same(judged, certified, acme_site):
    path = acme_site / "acme_pay" / "connector.py"
    code, output, results = judged(f"--connector={path}:CONNECTOR", "--assay-require=LIF-001")
    assert code == 0, output[-5000:]
    assert results["connector"] == certified[2]["connector"]


def test_what_its_results_name_by_digest_are_its_own_files(certified):
    named = certified[2]
    core, own = Path(mock_gateways.__file__).parent, EXAMPLE / "acme_pay" / "simulator"
    assert (named["simulator_digest"], named["gateway_digest"]) == (tree_digest(core), tree_digest(own))
    assert named["connector"]["digest"] == tree_digest(EXAMPLE / "acme_pay" / "connector.py")


def test_one_that_takes_less_than_was_asked_is_not_certified(judged, tmp_path):
    text = (EXAMPLE / "acme_pay" / "connector.py").read_text()
    assert text.count('{"amount": encoded(AMOUNTS, command.amount)}') == 2
    broken = tmp_path / "broken.py"
    broken.write_text(text.replace('{"amount": encoded(AMOUNTS, command.amount)}', '{"amount": 1}'))
    code, output, results = judged(f"--connector={broken}:CONNECTOR", "--assay-require=LIF-001,LIF-007")
    assert code == 1
    assert results["counts"]["fail"] == 2, output[-3000:]


def test_nothing_of_ours_knows_it():
    files = [file for room in ROOMS for file in (ROOT / room).rglob("*") if file.suffix in {".py", ".toml", ".csv"}]
    assert len(files) > 100
    assert not [file for file in files if "acme_pay" in file.read_text(encoding="utf-8")]


@pytest.mark.parametrize(
    ("part", "may"), [("connector.py", ("runtime.core",)), ("simulator", ("mock_gateways.core", "acme_pay.simulator"))]
)
def test_connector_and_simulator_share_no_table(part, may):
    there = EXAMPLE / "acme_pay" / part
    for file in [there] if there.is_file() else there.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            name = node.module if isinstance(node, ast.ImportFrom) else None
            if name and name.partition(".")[0] in {*ROOMS, "acme_pay"}:
                assert name.startswith(may), f"{file.name} imports {name}"
