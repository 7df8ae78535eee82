"""The command line: it tells of what there is, and of nothing else."""

import subprocess
import sys
from pathlib import Path

from reports.__main__ import COMMANDS
from tests.reports.acme import cli

ROOT = Path(__file__).parents[2]


def test_it_lists_every_command_in_its_own_words():
    code, output = cli("--help")
    assert code == 0
    assert all(name in output for name in COMMANDS)


def test_a_command_that_is_not_there_is_a_wrong_command_line():
    code, output = cli("frame")
    assert (code, "No such command 'frame'" in output) == (4, True)


def test_what_is_not_installed_is_not_offered(monkeypatch):
    monkeypatch.setitem(COMMANDS, "engrave", "reports.engravings.command")
    assert "engrave" not in cli("--help")[1]
    assert cli("engrave")[0] == 4


def test_it_runs_as_a_module():
    command = [sys.executable, "-m", "reports", "schema"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == (ROOT / "reports/certificate.schema.json").read_text()
