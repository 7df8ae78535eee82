"""The recorder in a process of its own, as a person starts it: with mitmproxy, where there is one."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contracts.attribution import CONTROL
from contracts.policy import known_policies, load
from tests.contracts.served import posted
from tests.programs import DEMANDED

ROOT = Path(__file__).parent.parent.parent
LEFT_OUT = "needs mitmproxy, in an environment of its own: make .venv-record"


def python() -> str:
    """The interpreter that has mitmproxy.

    The test is skipped where there is none, and fails where ASSAY_DEMAND names mitmproxy.
    """
    found = ROOT / ".venv-record" / "bin" / "python"
    if found.exists():
        return str(found)
    if "mitmproxy" in os.environ.get(DEMANDED, "").split(","):
        pytest.fail(LEFT_OUT)
    pytest.skip(LEFT_OUT)


@dataclass
class Recorder:
    """`python -m contracts record`, running. `places` are where it says that gateway, merchant and browser are."""

    process: subprocess.Popen
    places: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.places["ASSAY_UPSTREAM"]

    def announce(self, **told: str) -> None:
        """What a merchant in another process says of the flow that it begins."""
        posted(self.url + CONTROL, told)

    def ends(self, how: int = signal.SIGINT) -> tuple[int, str]:
        """Its exit code, and what it told the person."""
        self.process.send_signal(how)
        return self._ended()

    def _ended(self) -> tuple[int, str]:
        _, told = self.process.communicate(timeout=60)
        return self.process.returncode, told

    def waits(self) -> tuple[int, str]:
        return self._ended()


class Recorders:
    """Those that a test has started."""

    def __init__(self) -> None:
        self.started: list[Recorder] = []

    def __call__(self, *arguments: object, listeners: int = 1, **environment: str) -> Recorder:
        """Start one on free ports, and wait until it says where its listeners are."""
        ports = ("--port", "0", "--hook-port", "0")
        command = [python(), "-m", "contracts", "record", *ports, *map(str, arguments)]
        ours = tuple(row.env for gateway in known_policies() for row in load(gateway).credentials)
        clean = {name: value for name, value in os.environ.items() if name not in ours}
        process = subprocess.Popen(
            command, cwd=ROOT, env=clean | environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        recorder = Recorder(process)
        self.started.append(recorder)
        for _ in range(listeners):
            if line := process.stdout.readline():
                name, _, place = line.strip().partition("=")
                recorder.places[name] = place
        return recorder


@contextmanager
def recorders() -> Iterator[Recorders]:
    """Whatever a test left running, because it failed, is ended after it."""
    made = Recorders()
    try:
        yield made
    finally:
        for one in made.started:
            one.process.kill()
            one.process.communicate()
