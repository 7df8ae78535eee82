"""Somebody's own tests, run in a pytest of their own as their author would run them."""

import subprocess
import sys
from pathlib import Path

__all__ = ["PLUGIN", "printed"]

ROOT = Path(__file__).parents[2]
PLUGIN = ("-p", "mock_gateways.pytest_plugin")


def printed(folder, source, *options):
    """What pytest prints of a file of tests."""
    (folder / "test_it.py").write_text(source)
    command = [sys.executable, "-m", "pytest", "-v", "-W", "error", "--disable-plugin-autoload", *options]
    env = {"PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=60, check=False).stdout
