"""The README is true: what it shows runs, word for word."""

import contextlib
import io
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests import capabilities

README = (Path(__file__).parents[1] / "README.md").read_text()
SERVED = "http://127.0.0.1:12111"


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
    with serving(create_app("stripe")) as url:
        assert _printed(code.replace(SERVED, url)) == expected


def test_the_shop_that_is_shown_gets_a_signed_webhook(tmp_path):
    (shop, heard), (sale, expected) = _after("Run the gateways"), _after("Run the gateways", 1)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    with serving(create_app("stripe", clock="wall")) as url:
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


@pytest.mark.parametrize("target", re.findall(r"`make (\w+)", README))
def test_every_make_target_it_names_exists(target):
    assert re.search(rf"^{target}:", (Path(__file__).parents[1] / "Makefile").read_text(), re.MULTILINE)


def test_the_claims_of_the_connectors_are_those_that_are_generated():
    assert capabilities.between(README) == capabilities.shown(), "run .venv/bin/python -m tests.capabilities"
