"""Which cases of the suite run which line of a connector, measured once on the sound one."""

import json
import tempfile
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import coverage
import pytest

from runtime import registry
from tests.mutants.forked import run
from tests.mutants.operators.loading import reloaded
from tests.mutants.operators.mutations import Mutation

AT_IMPORT = ""
Lines = dict[str, dict[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Reach:
    """By file and line, the cases that run it; what runs at import is no case's, and reaches all of them."""

    lines: Lines

    def first(self, mutation: Mutation) -> Collection[str]:
        """The cases to ask first."""
        return {case for found in self._of(mutation) for case in found} - {AT_IMPORT}

    def is_all(self, mutation: Mutation) -> bool:
        """Whether cases can fail by it that do not run its lines: it changes what is made at import."""
        return any(AT_IMPORT in found for found in self._of(mutation))

    def _of(self, mutation: Mutation) -> list[list[str]]:
        of_file = self.lines.get(mutation.path.name, {})
        return [of_file.get(line, []) for line in mutation.lines]


class _Watch:
    """Tells the measurement which case is running."""

    def __init__(self, folder: Path, written: Path) -> None:
        self._measured = coverage.Coverage(data_file=None, config_file=False, source=[str(folder)])
        self._written = written

    def start(self) -> None:
        self._measured.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._measured.switch_context(item.nodeid)
        try:
            return (yield)
        finally:
            self._measured.switch_context("after")

    def pytest_sessionfinish(self) -> None:
        self._measured.stop()
        data, found = self._measured.get_data(), defaultdict(dict)
        for file in data.measured_files():
            for line, cases in data.contexts_by_lineno(file).items():
                found[Path(file).name][line] = sorted(set(cases) - {"after"})
        self._written.write_text(json.dumps(found))


def measure(connector: str) -> Reach:
    """Run the whole suite once and see what runs what."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "lines.json"
        watch = _Watch(registry.origin(connector), written)

        def watched(_, patch):
            watch.start()
            return reloaded(connector)

        run(connector, watched, plugins=[watch])
        read = json.loads(written.read_text())
    return Reach({file: {int(line): cases for line, cases in lines.items()} for file, lines in read.items()})


# A connector that cannot be configured breaks every case alike: a few say as much as all.
ENOUGH = 20


class Hunt:
    """Runs the cases that a mutation can reach, those that run its line first, and stops at the first that fails."""

    def __init__(self, first: Collection[str], *, others: bool) -> None:
        self._first, self._others, self._is_over, self._errors = first, others, False, 0

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        near = [item for item in items if item.nodeid in self._first]
        far = [item for item in items if item.nodeid not in self._first] if self._others else []
        items[:] = [*_spread(near), *_spread(far)]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        _, case = getattr(report, "assay", ("", {}))
        self._errors += case.get("outcome") == "error"
        self._is_over = self._is_over or case.get("outcome") == "fail" or self._errors >= ENOUGH

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self) -> bool | None:
        """Once it is killed, whatever is left is passed over; the run ends in order and writes its results."""
        return True if self._is_over else None


def _spread(items: list[pytest.Item]) -> list[pytest.Item]:
    """One case of every requirement first, then the second of each: many cases of one ask much the same."""
    seen: dict[str, int] = defaultdict(int)
    rank = {}
    for item in items:
        function = item.nodeid.partition("[")[0]
        rank[item] = seen[function]
        seen[function] += 1
    return sorted(items, key=rank.__getitem__)
