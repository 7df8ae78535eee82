"""What a leaking connector gives away fails it, and stays out of all that the run writes."""

import pytest

from runtime import registry
from suites import profiles
from suites.instruments import CVC
from tests.gateways import CERTIFIABLE
from tests.mutants import security
from tests.mutants.forked import run

LEAKS = (
    security.headers_are_logged,
    security.the_request_is_in_the_exception,
    security.what_the_gateway_says_is_in_the_exception,
    security.half_a_character_crashes,
)


def _leaks(connector, patch):
    for leak in LEAKS:
        connector = leak(connector, patch) or connector
    return connector


def _canaries(connector):
    """What the profile's keys begin with, and every published number that it pays with."""
    profile = profiles.find(registry.find(connector).gateway)
    cards = [row.value for row in profile.manifest.instruments if row.kind == "card" and row.value.isdecimal()]
    return [*profile.secret_prefixes, *cards, f"cvc]={CVC}", f"cvc%5D={CVC}", f'"cvc":"{CVC}"']


@pytest.mark.parametrize("connector", CERTIFIABLE)
def test_no_canary_is_in_anything_written_of_a_connector_that_leaks(connector, tmp_path):
    asked = "--assay-require=SEC-001,SEC-004,SEC-007,SEC-011"
    written = (
        f"--assay-allure={tmp_path}/allure",
        f"--junitxml={tmp_path}/junit.xml",
        f"--assay-results={tmp_path}/r.json",
    )
    results = run(connector, _leaks, asked, *written, "--tb=long", "--showlocals", "-o", "junit_logging=all")
    failed = {row.id for row in results.requirements if row.outcome == "fail"}
    assert failed >= {"SEC-007", "SEC-011"}, "a leak that nobody found"
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert len(files) > 20
    for file in files:
        text = file.read_text()
        assert not [canary for canary in _canaries(connector) if canary in text], file
