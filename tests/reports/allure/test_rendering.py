"""The Allure report: what it is told, what stops it, and what a browser sees of it."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from allure_commons import model2 as model
from allure_commons.logger import AllureFileLogger
from click.testing import CliRunner
from playwright import sync_api as playwright_api

import reports.allure
from reports.allure.__main__ import main
from reports.allure.categories import CATEGORIES, for_allure_2
from tests.programs import program

HERE = Path(reports.allure.__file__).parent
ROOT = HERE.parents[1]
RUN = Path(__file__).parents[1] / "pages" / "acme.json"
CASES = {
    "passed": ("MON-001", "pass", ""),
    "failed": ("MON-002", "fail", "AssertionError: 100 were asked, the ledger took 101"),
    "broken": ("RES-001", "error", "SimulatorError: it raised"),
    "skipped": ("WEB-001", "not claimed", "IncomingWebhook is not declared"),
}


@pytest.fixture
def results(tmp_path):
    """A results file with Allure results beside it."""
    folder = tmp_path / "acme"
    folder.mkdir()
    shutil.copy(RUN, folder / "results.json")
    written = AllureFileLogger(str(folder / "allure"))
    for status, (identity, outcome, message) in CASES.items():
        labels = {
            "epic": "acme",
            "feature": "money",
            "requirement": identity,
            "outcome": outcome,
            "severity": "critical",
        }
        written.report_result(
            model.TestResult(
                uuid=f"uuid-{status}", name=f"{identity} a case", fullName=f"{identity}.case", historyId=identity,
                testCaseId=identity, status=getattr(model.Status, status.upper()), stage="finished", start=1, stop=2,
                statusDetails=model.StatusDetails(message=message) if message else None,
                labels=[model.Label(name=name, value=value) for name, value in labels.items()],
            )
        )  # fmt: skip
    return folder / "results.json"


@pytest.fixture
def render(tmp_path):
    def rendered(*arguments, work=ROOT / "build" / "node"):
        out = tmp_path / "allure.html"
        done = CliRunner().invoke(main, [*map(str, arguments), "--out", str(out), "--work", str(work)])
        return done.exit_code, done.output, out

    return rendered


@pytest.fixture
def no_node(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))


def test_without_node_one_line_says_so_and_nothing_fails(results, render, no_node):
    code, output, out = render(results)
    assert (code, output) == (0, "No Allure report: Node is not installed. The static site needs none.\n")
    assert not out.exists()


@pytest.mark.parametrize(("version", "fits"), [("v18.20.0", False), ("v20.0.0", True), ("v22.3.1", True), ("?", False)])
def test_a_node_that_is_too_old_is_named(results, render, monkeypatch, tmp_path, version, fits):
    for name in ("node", "npm"):
        (tmp_path / name).write_text(
            f"#!/bin/sh\necho {version}\nexit $#\n" if name == "npm" else f"#!/bin/sh\necho {version}\n"
        )
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    code, output, _ = render(results, work=tmp_path / "work")
    assert (code == 0 and f"Node {version} is older than 20" in output) is not fits


def test_stock_allure_is_told_what_was_run(results, render, no_node, monkeypatch):
    for name, value in {"SERVER_URL": "https://ci.test", "REPOSITORY": "acme/pay", "RUN_ID": "7"}.items():
        monkeypatch.setenv(f"GITHUB_{name}", value)
    render(results)
    folder = results.parent / "allure"
    environment = (folder / "environment.properties").read_text()
    assert environment.startswith("acme = v7: acme state 2\nlane = simulator\n")
    assert "seed = 4\n" in environment
    executor = json.loads((folder / "executor.json").read_text())
    assert (executor["type"], executor["buildUrl"]) == ("github", "https://ci.test/acme/pay/actions/runs/7")
    assert {rule["name"] for rule in json.loads((folder / "categories.json").read_text())} >= {"Suite error", "Waived"}


def test_a_name_cannot_add_a_line_to_what_allure_is_told(results, render, no_node):
    data = json.loads(results.read_text())
    data["connector"] |= {"name": "a = b\nverdict", "version": "1\nstate = 6"}
    results.write_text(json.dumps(data))
    render(results)
    environment = (results.parent / "allure" / "environment.properties").read_text()
    assert environment.splitlines()[0] == "a-b-verdict = 1 state = 6: a = b verdict state 2"


def test_a_secret_in_the_results_stops_the_report(results, render):
    attachment = results.parent / "allure" / "1-attachment.json"
    attachment.write_text('{"number": "4111111111111111"}')
    code, output, out = render(results)
    assert code == 7
    assert "1-attachment.json: card number" in output
    assert not out.exists()


def test_a_canary_in_the_results_stops_the_report(results, render):
    assert render(results, "--canary", "the ledger took 101")[0] == 7


def test_truncated_results_are_refused(results, render):
    results.write_text(results.read_text()[:200])
    code, output, _ = render(results)
    assert code == 2
    assert "truncated" in output


def test_every_unhappy_outcome_has_a_category():
    told = {status for category in CATEGORIES for status in category.statuses}
    assert told == {"failed", "broken", "skipped"}


@pytest.mark.parametrize(
    ("message", "name"),
    [
        ("IncomingWebhook is not declared", "Not claimed"),
        ("there is no doubt", "Not claimed"),
        ("AssertionError: 100 were asked\nand 101 taken", "Waived"),
        ("suites.driver.ConnectorFault: Refund: no answer", "Waived"),
        ("Failed: DID NOT RAISE", "Waived"),
    ],
)
def test_allure_2_tells_waived_and_not_claimed_apart_by_the_message(message, name):
    rules = [rule for rule in for_allure_2() if "skipped" in rule["matchedStatuses"]]
    assert [rule["name"] for rule in rules if re.fullmatch(rule["messageRegex"], message)] == [name]


def test_the_package_is_pinned_and_names_no_registry():
    wanted = json.loads((HERE / "package.json").read_text())["dependencies"]
    lock = json.loads((HERE / "package-lock.json").read_text())["packages"]
    assert {name: lock[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert [name for name, package in lock.items() if "resolved" in package] == []
    assert [name for name, package in lock.items() if name and not package.get("integrity")] == []


# -- by Allure itself, once `make report` has fetched it


@pytest.fixture
def page(results, render):
    program("node", package="nodejs")
    if not (ROOT / "build" / "node" / "node_modules").is_dir():
        pytest.skip("needs the npm package: make report")
    code, output, out = render(results)
    assert code == 0, output
    return out


def test_a_browser_asks_for_nothing_but_the_report(page):
    chromium = program("chromium", "chromium-browser", package="chromium")
    asked, complaints = [], []
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--headless", "--no-sandbox"])
        opened = browser.new_page()
        opened.on("request", lambda request: asked.append(request.url))
        opened.on("console", lambda message: complaints.append(message.text))
        opened.goto(page.as_uri())
        opened.get_by_text("MON-002 a case").first.wait_for()
        shown = opened.inner_text("body")
        browser.close()
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [page.as_uri()]
    assert complaints == []
    assert "Assay: acme state 2" in shown


def test_a_report_that_cannot_be_made_leaves_the_one_before(results, page, render, monkeypatch, tmp_path):
    before = page.read_bytes()

    def broken(*_, **__):
        raise subprocess.CalledProcessError(1, "node", stderr="out of memory")

    monkeypatch.setattr(subprocess, "run", broken)
    code, output, out = render(results)
    assert (code, out.read_bytes()) == (1, before)
    assert "out of memory" in output
