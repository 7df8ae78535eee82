"""python -m tests.certified: writes into the README what a run of `make certify` prints at its end."""

import re
import subprocess
import sys

from tests import generated

NAME = "run"
_SUMMARY = re.compile(r"^Requirements by area.*?^(?:NOT )?CERTIFI[^\n]*\n(?:State [^\n]*\n)?", re.MULTILINE | re.DOTALL)


def summary() -> str:
    """The summary of a run against Stripe's simulator; raises ValueError where there is none."""
    command = [sys.executable, "-m", "pytest", "suites", "--connector=stripe", "--assay-certify"]
    printed = subprocess.run(command, cwd=generated.README.parent, capture_output=True, text=True, check=False).stdout
    found = _SUMMARY.search(printed)
    if found is None:
        raise ValueError(f"the run has no summary:\n{printed[-2000:]}")
    return "".join(f"{line.rstrip()}\n" for line in found[0].splitlines())


if __name__ == "__main__":
    generated.write(NAME, f"```\n{summary()}```\n")
