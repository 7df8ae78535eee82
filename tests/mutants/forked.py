"""Runs the suite against a broken connector in a forked child, so that what it breaks ends with it."""

import os
import resource
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

from reports.results import Results
from runtime import registry
from runtime.core.connector import Connector
from suites import profiles

SUITES = Path(__file__).parents[2] / "suites"
# What every child needs and no mutant changes before it is forked: imported once, it costs no child its time.
NEEDED = ("mock_gateways.app", "runtime.client", "suites.driver", "suites.gateway", "suites.merchant")
Break = Callable[[Connector | None, pytest.MonkeyPatch], Connector | None]


class Crashed(RuntimeError):
    """The run ended without results; carries what it printed."""


def run(name: str, breaks: Break, *arguments: str, plugins: Sequence[object] = (), cpu_s: int = 0) -> Results:
    """Certify a connector that `breaks` has changed, with more pytest arguments and plugins; the results it wrote.

    `name` may be the address of a remote connector; `breaks` then gets None. `cpu_s`: seconds of processor time after
    which the child is ended, 0 for no limit.

    Raises:
        Crashed: the suite did not get as far as writing results.
    """
    with tempfile.TemporaryDirectory() as folder:
        _import_what_is_needed(name)
        results, output = Path(folder) / "results.json", Path(folder) / "output.txt"
        child = os.fork()
        if child == 0:
            _become(name, breaks, [*arguments, f"--assay-results={results}"], output, plugins, cpu_s)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            raise Crashed(f"ended by {signal.Signals(os.WTERMSIG(status)).name}")
        if not results.is_file():
            raise Crashed(output.read_text(errors="replace")[-20_000:])
        return Results.model_validate_json(results.read_bytes())


def _import_what_is_needed(name: str) -> None:
    for module in NEEDED:
        import_module(module)
    with suppress(profiles.UnknownProfile, registry.UnknownConnector):  # the child says so
        profiles.find(registry.find(name).gateway)


def _become(
    name: str, breaks: Break, arguments: list[str], output: Path, plugins: Sequence[object], cpu_s: int
) -> None:
    """Turn this process into the run. It never returns: a forked child must not unwind its parent's stack."""
    try:
        with output.open("w") as file:
            os.dup2(file.fileno(), 1)
            os.dup2(file.fileno(), 2)
            sys.stdout = sys.stderr = file  # a pytest around us has put its own there
            patch = pytest.MonkeyPatch()
            if cpu_s:
                resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
            _break(name, breaks, patch)
            for loaded in [module for module in sys.modules if module.startswith("suites.") and ".test_" in module]:
                del sys.modules[loaded]
            options = ["-q", "-p", "no:cacheprovider", "--tb=no", f"--connector={name}"]
            pytest.main([str(SUITES), *options, *arguments], plugins=plugins)
    except BaseException:  # noqa: BLE001 - whatever it is, it must reach the parent as text and end here
        output.write_text(traceback.format_exc())
    os._exit(0)


def _break(name: str, breaks: Break, patch: pytest.MonkeyPatch) -> None:
    """A connector elsewhere cannot be broken here, only what lies between."""
    if "://" in name:
        breaks(None, patch)
        return
    connector = registry.find(name)
    broken = breaks(connector, patch) or connector
    patch.setattr(registry, "find", lambda _: broken)


def run_all(
    jobs: Iterable[tuple[str, Callable[[], Results]]], *, at_once: int
) -> Iterator[tuple[str, Results | Crashed]]:
    """Run jobs a few at a time, each in its own child; yields them in their order."""
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - forked children must not inherit its threads

    def guarded(job: Callable[[], Results]) -> Results | Crashed:
        try:
            return job()
        except Crashed as error:
            return error

    listed = list(jobs)
    with ThreadPoolExecutor(at_once) as pool:
        yield from zip((name for name, _ in listed), pool.map(guarded, (job for _, job in listed)), strict=True)
