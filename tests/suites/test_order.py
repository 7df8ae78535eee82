"""In whatever order and in however many processes a run is done, its results are the same."""

import json

import pytest

BACKWARDS = """
import pytest

@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.reverse()
"""


@pytest.fixture(scope="module")
def whole(certified):
    code, output, results = certified
    assert code == 0, output[-3000:]
    return json.dumps(results)


def test_in_two_processes(judged, whole):
    code, output, results = judged("--connector=acme_pay", "--assay-certify", "-p", "xdist", "-n2")
    assert (code, json.dumps(results)) == (0, whole), output[-3000:]
    assert "bringing up nodes" in output


def test_from_the_last_to_the_first(judged, whole, acme_site):
    (acme_site / "backwards.py").write_text(BACKWARDS)
    code, output, results = judged("--connector=acme_pay", "--assay-certify", "-p", "backwards", "-v")
    assert (code, json.dumps(results)) == (0, whole), output[-3000:]
    assert output.index("webhooks/test_signatures.py") < output.index("capabilities/test_declared.py")
