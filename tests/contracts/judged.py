"""`pytest suites` in a lane without a simulator, as a person runs it."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from suites.profiles import Given

ROOT = Path(__file__).parent.parent.parent


def profile_of(gateway: str) -> Any:
    return import_module(f"suites.profiles.{gateway}").PROFILE


def judged(
    connector: str, lane: str, results: Path, *options: str, environment: Mapping[str, str] | None = None
) -> tuple[int, str, Any]:
    """Exit code, what the terminal says, and the results of a run that certifies; None where it did not begin."""
    command = [sys.executable, "-m", "pytest", "suites", f"--connector={connector}", f"--assay-lane={lane}"]
    command += ["--assay-certify", f"--assay-results={results}", "-p", "no:cacheprovider", "-q", *options]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSAY_")}
    told = subprocess.run(
        command, cwd=ROOT, env=clean | dict(environment or {}), capture_output=True, text=True, check=False
    )
    found = json.loads(results.read_text()) if results.exists() else None
    return told.returncode, told.stdout + told.stderr, found


def variable(gateway: str, given: Given) -> str:
    """The variable of the setting that is given so."""
    name = next(name for name, value in profile_of(gateway).config.items() if value is given)
    return f"ASSAY_{gateway}_{name}".upper()


def sandbox_at(gateway: str, url: str) -> dict[str, str]:
    """The variables by which a person says where the sandbox is, and who the merchant."""
    profile = profile_of(gateway)
    credential = profile.credential.format(tenant="sandboxlane0000000000000")
    given = {Given.CREDENTIAL: credential, Given.KEY: credential.rpartition(":")[0], Given.BASE_URL: url}
    return {
        f"ASSAY_{gateway}_{name}".upper(): given[value]
        if isinstance(value, Given)
        else value.replace("{base_url}", url)
        for name, value in profile.config.items()
        if value is not Given.WEBHOOK_SECRETS
    }
