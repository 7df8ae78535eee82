"""The hooks of pre-commit look through a folder of contracts, and fail where something is wrong or nothing is there."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from contracts.lock import lock
from tests.contracts.library import LIBRARY
from tests.gateways import CERTIFIABLE

ROOT = Path(__file__).parent.parent.parent
(OURS,) = [hook for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
           for hook in repo["hooks"]]  # fmt: skip
(THEIRS,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


def _runs(hook, folder):
    """What pre-commit would run there, with the interpreter of this test."""
    _, *rest = shlex.split(hook["entry"])
    command = [sys.executable, *rest, *hook.get("args", [])]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def repository(tmp_path):
    """Somebody's, with contracts of one gateway in the folder that the hook looks into."""
    folder = tmp_path / "contracts"
    shutil.copytree(LIBRARY / CERTIFIABLE[0], folder / CERTIFIABLE[0])
    lock(folder)
    return tmp_path


def test_ours_looks_through_the_library():
    assert _runs(OURS, ROOT).returncode == 0
    assert OURS["pass_filenames"] is False


def test_somebody_elses_is_looked_through_and_not_ours(repository):
    told = _runs(THEIRS, repository)
    assert told.returncode == 0, told.stderr
    assert told.stdout.startswith(f"{len(list((LIBRARY / CERTIFIABLE[0]).glob('*.json')))} contracts, 0 errors")


def test_a_secret_that_is_committed_by_hand_is_found(repository):
    (repository / "contracts" / "dump.json").write_text('{"authorization": "Bearer sk_test_abcdefgh"}')
    told = _runs(THEIRS, repository)
    assert told.returncode == 1
    assert "dump.json: text: key" in told.stderr
    assert "sk_test_abcdefgh" not in told.stderr


def test_a_folder_without_contracts_is_no_clean_one(tmp_path):
    assert _runs(THEIRS, tmp_path).returncode == 1
