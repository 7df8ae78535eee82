"""What a run writes: enough to check it by, and nothing that must not be seen."""

import json
import xml.etree.ElementTree as ET
from hashlib import sha256

import pytest

from contracts.redact import Redactor
from runtime.core.payments import Authorize
from suites import inventory
from suites.instruments import CVC
from tests.mutants.bank import bank
from tests.mutants.forked import Crashed, run
from tests.mutants.tamper import tamper

# What the suite sends in every run of these: a published test card, its code, a key and a webhook secret.
CANARIES = ("4242424242424242", "4242 4242 4242 4242", f"cvc]={CVC}", f"cvc%5D={CVC}", "sk_test_assay", "whsec_")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Everything that a run writes, of tests that pass and tests that fail."""
    folder = tmp_path_factory.mktemp("evidence")

    def loses_ids(connector, patch):
        from dataclasses import replace  # noqa: PLC0415 - beside its only use

        return tamper(connector, Authorize, outcome=lambda c, o: replace(o, payment_id=None))

    run(
        "stripe", loses_ids, "--assay-require=STA-006,STA-008,ERR-004,WEB-001,SEC-001,IDM-001,RES-001",
        f"--assay-allure={folder}/allure", f"--junitxml={folder}/junit.xml", "--tb=long", "-l",
    )  # fmt: skip
    return folder


def _allure(folder):
    return [json.loads(file.read_text()) for file in sorted((folder / "allure").glob("*-result.json"))]


def test_no_canary_is_in_anything_written(written):
    files = [file for file in written.rglob("*") if file.is_file()]
    assert len(files) > 20
    for file in files:
        text = file.read_text()
        assert not [canary for canary in CANARIES if canary in text], file


def test_allure_results_say_requirement_area_and_severity(written):
    results = _allure(written)
    listed = inventory.load().requirements
    assert {result["status"] for result in results} >= {"passed", "failed"}
    for result in results:
        labels = {label["name"]: label["value"] for label in result["labels"]}
        requirement = listed[labels["requirement"]]
        assert labels["epic"] == "stripe"
        assert labels["feature"] == requirement.area
        assert labels["story"] == f"{requirement.id} {requirement.title}"
        assert labels["severity"] == requirement.severity
        assert result["start"] <= result["stop"]
        assert result["name"].startswith(f"{requirement.id} ")
    assert "RES-001 a lost authorize is found by recovery [timeout]" in {result["name"] for result in results}


def test_no_id_can_be_taken_for_a_card_number(written):
    """A uuid with dashes once in some thousand reads like one: 4242-4242-4242-..."""
    for result in _allure(written):
        assert result["uuid"].isalnum()
        assert all(attachment["source"].partition("-")[0].isalnum() for attachment in result.get("attachments", []))
        assert all(len(attachment["source"].partition("-")[0]) == 32 for attachment in result.get("attachments", []))


def test_a_failure_shows_its_exchanges_in_full(written):
    failed = next(result for result in _allure(written) if result["status"] == "failed")
    assert failed["statusDetails"]["message"]
    assert failed["attachments"]
    for attachment in failed["attachments"]:
        assert attachment["type"] == "application/vnd.allure.http+json"
        exchange = json.loads((written / "allure" / attachment["source"]).read_text())
        assert exchange["request"]["method"] in {"GET", "POST"}
        assert exchange["request"]["url"].startswith("/v1/")
        assert "response" in exchange or "error" in exchange


def test_junit_carries_the_requirement(written):
    cases = ET.parse(written / "junit.xml").getroot().iter("testcase")  # noqa: S314 - our own file
    ids = {prop.get("value") for case in cases for prop in case.iter("property") if prop.get("name") == "requirement"}
    assert ids == {"STA-006", "STA-008", "ERR-004", "WEB-001", "SEC-001", "IDM-001", "RES-001"}


def test_a_secret_in_the_evidence_ends_the_run_with_7_and_is_removed(tmp_path):
    """Should redaction ever fail, the last look catches it."""

    leaks = next(mutant for mutant in bank("stripe") if mutant.name == "the card number is in the error")

    def redaction_is_broken(connector, patch):
        patch.setattr(Redactor, "text", lambda self, text: text)
        return leaks.breaks(connector, patch)

    with pytest.raises(Crashed, match=r"SECRET IN THE EVIDENCE \(removed\)"):
        run("stripe", redaction_is_broken, "--assay-require=SEC-001", f"--assay-allure={tmp_path}", "--tb=short")
    for file in tmp_path.iterdir():
        assert "4242424242424242" not in file.read_text()


def test_the_digest_is_of_the_redacted_exchanges(written, tmp_path):
    results = run("stripe", lambda connector, patch: None, "--assay-require=LIF-001", f"--assay-allure={tmp_path}")
    (case,) = next(row for row in results.requirements if row.id == "LIF-001").cases
    (attached,) = tmp_path.glob("*-attachment.json")
    exchanges = json.loads(attached.read_text())
    assert len(exchanges) == case.exchanges == 2
    text = json.dumps(exchanges, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert case.evidence == sha256(text.encode()).hexdigest()
