"""What is shipped certifies by itself: from the wheel, outside the tree."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.gateways import WIDEST

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        str(folder),
        str(ROOT),
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(folder.glob("assay-*.whl"))


def test_the_wheel_holds_the_rooms_and_nothing_else(wheel):
    with zipfile.ZipFile(wheel) as archive:
        rooms = {name.split("/")[0] for name in archive.namelist()}
    assert {name for name in rooms if ".dist-info" not in name} == {
        "runtime", "mock_gateways", "contracts", "suites", "reports",
    }  # fmt: skip


def test_the_wheel_certifies_outside_the_tree(wheel, tmp_path):
    site = tmp_path / "site"
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(site),
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    work = tmp_path / "work"
    work.mkdir()
    options = [f"--connector={WIDEST}", "--assay-certify", "-p", "no:cacheprovider"]
    command = [sys.executable, "-P", "-m", "pytest", "--pyargs", "suites", *options,
               "-p", "no:xdist", "-p", "no:pytest_cov"]  # fmt: skip
    environment = os.environ | {"PYTHONPATH": str(site)}
    done = subprocess.run(command, cwd=work, capture_output=True, text=True, env=environment, timeout=300, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert f"CERTIFIED: {WIDEST}" in done.stdout
    where = [sys.executable, "-P", "-c", "import suites; print(suites.__file__)"]
    found = subprocess.run(where, cwd=work, capture_output=True, text=True, env=environment, check=True).stdout
    assert found.startswith(str(site)), "the run must have used the wheel, not the tree"
