"""In whatever order and in however many processes a run is done, its results are the same."""

import json

import pytest

BACKWARDS = """
import pytest

@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    items.reverse()
"""
# What goes wrong with one case, by the module that does it: that of a refund in pounds.
IS_ONE = "'refund' in item.name and 'GBP' in item.name"
MISHAPS = {
    "crashes_one": f"import os\ndef pytest_runtest_call(item):\n    if {IS_ONE}: os._exit(3)",
    "skips_one": f"import pytest\ndef pytest_runtest_setup(item):\n    if {IS_ONE}: pytest.skip('not today')",
    "hides_one": f"def pytest_collection_modifyitems(items):\n"
    f"    items[:] = [item for item in items if not ({IS_ONE})]",
}


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


@pytest.mark.parametrize(
    ("mishap", "processes", "code"), [("crashes_one", "-n2", 1), ("skips_one", "-n0", 6), ("hides_one", "-n2", 6)]
)
def test_what_is_lost_on_the_way_certifies_nothing(judged, acme_site, mishap, processes, code):
    """One case of a requirement that has others: they pass, and do not stand for it."""
    (acme_site / f"{mishap}.py").write_text(MISHAPS[mishap])
    part = ("--assay-certify", "suites.money", "-p", mishap, "-p", "xdist", processes)
    seen, output, results = judged("--connector=acme_pay", *part)
    assert seen == code, output[-3000:]
    assert results["verdict"]["certified"] is False
    assert "tests were left out" in results["verdict"]["reasons"]
    assert ("\nLOST " in output) == (mishap != "hides_one")


def test_a_part_that_loses_nothing_says_so(judged):
    _, _, results = judged("--connector=acme_pay", "--assay-certify", "suites.money")
    assert "tests were left out" not in results["verdict"]["reasons"]
