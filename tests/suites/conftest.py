"""The example of a package of its own, as pip installs it, and judged where it is installed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests" / "examples" / "acme_pay"


@pytest.fixture(scope="session")
def acme_site(tmp_path_factory):
    """A folder in which the package is installed, from no network."""
    folder = tmp_path_factory.mktemp("site")
    offline = ["--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    command = [sys.executable, "-m", "pip", "install", *offline, "--target", str(folder), str(EXAMPLE)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


@pytest.fixture
def acme(acme_site, monkeypatch):
    """The name of a connector of which a whole run takes seconds."""
    monkeypatch.syspath_prepend(str(acme_site))
    return "acme_pay"


@pytest.fixture(scope="session")
def judged(acme_site, tmp_path_factory):
    """Run the suite where the package is installed, outside the tree; exit code, output and results."""

    def run(*arguments):
        work = tmp_path_factory.mktemp("work")
        named = [
            "--disable-plugin-autoload",
            "-p",
            "suites.plugin",
            "--import-mode=importlib",
            "-p",
            "no:cacheprovider",
        ]
        whole = () if any(argument.startswith("suites.") for argument in arguments[1:]) else ("suites",)
        command = [sys.executable, "-m", "pytest", "--pyargs", *whole, *named, "-q", "--assay-results=r.json"]
        done = subprocess.run(
            [*command, *arguments], cwd=work, env=os.environ | {"PYTHONPATH": f"{acme_site}:{ROOT}"},
            capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        results = work / "r.json"
        return done.returncode, done.stdout + done.stderr, json.loads(results.read_text()) if results.is_file() else {}

    return run


@pytest.fixture(scope="session")
def certified(judged):
    """A whole run of it."""
    return judged("--connector=acme_pay", "--assay-certify")
