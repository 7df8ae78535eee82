"""The example of a package of its own, as pip installs it."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[1] / "examples" / "acme_pay"


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
