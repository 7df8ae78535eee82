"""The README is true: what it shows runs, word for word."""

import contextlib
import io
import re
import socket
import subprocess
import sys
from collections import Counter

import pytest

from mock_gateways.app import create_app
from mock_gateways.server import serving
from suites import inventory
from tests import capabilities, certified, generated

ROOT, README = generated.README.parent, generated.README.read_text()
SERVED = "http://127.0.0.1:12111"
# What is served where nothing else is asked for.
_DEFAULT = re.search(r"^GATEWAYS \?= (\w+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)[1]


def _after(heading, number=0):
    """A Python block below a heading, and what it says that it prints."""
    section = README.partition(f"## {heading}\n")[2]
    code = re.findall(r"```python\n(.*?)```", section, re.DOTALL)[number]
    return code, re.search(r"print\(.*\)  # (.*)", code)[1]


def _printed(code):
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - the README's own code
    return printed.getvalue().strip()


def test_the_connector_that_is_shown_prints_what_the_readme_says():
    code, expected = _after("A connector by itself")
    with serving(create_app(_DEFAULT)) as url:
        assert _printed(code.replace(SERVED, url)) == expected


def test_the_shop_that_is_shown_gets_a_signed_webhook(tmp_path):
    (shop, heard), (sale, expected) = _after("Run the gateways"), _after("Run the gateways", 1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with serving(create_app(_DEFAULT, clock="wall")) as url:
        (tmp_path / "shop.py").write_text(shop.replace(SERVED, url).replace("8000", port))
        command = [sys.executable, "-m", "flask", "--app", "shop", "run", "--port", port]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        with subprocess.Popen(command, cwd=tmp_path, **pipes) as process:
            try:
                for line in process.stderr:
                    if "CTRL+C" in line:
                        break
                assert _printed(sale.replace(SERVED, url)) == expected
                said = (line.strip() for line in process.stdout)
                assert heard == next(line for line in said if line.startswith("payment_intent"))
            finally:
                process.terminate()


@pytest.mark.parametrize("number", [2, 3])
def test_the_sale_that_is_shown_with_another_library_prints_what_the_readme_says(number):
    code, expected = _after("Run the gateways", number)
    with _all_served() as url:
        command = [sys.executable, "-c", code.replace(SERVED, url)]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert shown.stdout.strip() == expected


@contextlib.contextmanager
def _all_served():
    """The address of all gateways as the README says that make serves them, each under a path of its name."""
    names = re.search(r'GATEWAYS="(.*?)"', README)[1].split()
    command = [sys.executable, "-m", "mock_gateways", "serve", *names, "--port", "0", "--log", "none"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield re.search(r" on (http://\S+?),", process.stdout.readline())[1]
        finally:
            process.terminate()
            process.communicate()


def test_the_test_that_is_shown_passes(tmp_path):
    code = re.search(r"```python\n(import \w+\n\n\ndef test_.*?)```", README, re.DOTALL)[1]
    (tmp_path / "test_shown.py").write_text(code)
    command = [sys.executable, "-m", "pytest", "--disable-plugin-autoload", "-p", "mock_gateways.pytest_plugin"]
    env = {"PYTHONPATH": str(ROOT)}
    shown = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60, check=False)
    assert "1 passed" in shown.stdout, shown.stdout


@pytest.mark.parametrize("target", re.findall(r"`make (\w+)", README))
def test_every_make_target_it_names_exists(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_the_claims_of_the_connectors_are_those_that_are_generated():
    shown = generated.shown(capabilities.NAME)
    assert capabilities.tables() == shown, "run .venv/bin/python -m tests.capabilities"


def test_every_connector_has_a_verdict_that_is_shown():
    told = certified.VERDICT.findall(generated.shown(certified.NAME))
    assert sorted(told) == capabilities.built_in(), "run .venv/bin/python -m tests.certified"


def test_the_run_that_is_shown_has_every_requirement_of_the_inventory():
    rows = [row for row in inventory.load().requirements.values() if "simulator" in row.lanes]
    areas = Counter(row.area for row in rows)
    for area, count in [*areas.items(), ("all", areas.total())]:
        cells = re.search(rf"^│ {area} +│(.*)│ +\d+ │$", generated.shown(certified.NAME), re.MULTILINE)[1]
        assert sum(map(int, re.findall(r"\d+", cells))) == count, f"{area}: run .venv/bin/python -m tests.certified"
