"""python -m tests.certified: writes into the README what runs of `make certify` print at their end."""

import re
import subprocess
import sys

from tests import generated
from tests.capabilities import built_in
from tests.gateways import WIDEST

NAME = "run"
VERDICT = re.compile(r"^(?:NOT )?CERTIFI(?:ED|ABLE): (\w+) [^\n]*\n(?:State [^\n]*\n)?", re.MULTILINE)
_TABLE = re.compile(r"^Requirements by area.*?(?=^(?:NOT )?CERTIFI)", re.MULTILINE | re.DOTALL)


def certify(connector: str) -> str:
    """All that a run prints."""
    command = [sys.executable, "-m", "pytest", "suites", f"--connector={connector}", "--assay-certify"]
    return subprocess.run(command, cwd=generated.README.parent, capture_output=True, text=True, check=False).stdout


def shown() -> str:
    """The table and the verdict of one connector, and the verdicts of the others; raises ValueError without one."""
    first = certify(WIDEST)
    table = "".join(f"{line.rstrip()}\n" for line in _found(_TABLE, first).splitlines())
    others = "".join(_found(VERDICT, certify(name)) for name in built_in() if name != WIDEST)
    return (
        f"```\n{table}{_found(VERDICT, first)}```\n\nThe runs of the other connectors end with:\n\n```\n{others}```\n"
    )


def _found(pattern: re.Pattern[str], printed: str) -> str:
    found = pattern.search(printed)
    if found is None:
        raise ValueError(f"the run has no summary:\n{printed[-2000:]}")
    return found[0]


if __name__ == "__main__":
    generated.write(NAME, shown())
