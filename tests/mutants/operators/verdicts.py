"""What became of every mutation, and what a person has said of those that survived."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reports.results import RequirementOutcome, Results
from tests.mutants.forked import Crashed, run, run_all
from tests.mutants.operators.loading import changed
from tests.mutants.operators.mutations import Mutation
from tests.mutants.operators.reach import Hunt, Reach

HERE = Path(__file__).parents[1]
COLUMNS = ("file", "function", "operator", "line", "becomes", "verdict", "reason")
# A busy machine must not be taken for a connector that hangs.
DEADLINE, CPU_S = "--assay-deadline=5", 60


class Fate(StrEnum):
    """How a mutation ended. Only the first and the last two count: the others never stood before the suite."""

    KILLED = "killed"  # by a requirement that failed
    STILLBORN = "stillborn"  # it made no connector
    ERROR = "error"  # it broke the suite, which says nothing about the connector
    TIMEOUT = "timeout"
    NOT_REACHED = "not reached"  # no case runs the line
    SURVIVED = "survived"


SURVIVING = frozenset({Fate.NOT_REACHED, Fate.SURVIVED})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a mutation; `told` names the requirement that killed it, or what went wrong instead."""

    mutation: Mutation
    fate: Fate
    told: str = ""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A survivor that a person has looked at: `equivalent` changes nothing, `not judged` is nothing the suite asks."""

    verdict: str
    reason: str


def judge(mutation: Mutation, results: Results | Crashed) -> Verdict:
    """Killed only if a requirement failed, by an assertion or a fault of the connector."""
    if isinstance(results, Crashed):
        return Verdict(mutation, _crash(str(results)), str(results).strip().rpartition("\n")[2])
    by_outcome = {row.outcome: row.id for row in reversed(results.requirements)}
    if killer := by_outcome.get(RequirementOutcome.FAIL):
        return Verdict(mutation, Fate.KILLED, killer)
    if broken := by_outcome.get(RequirementOutcome.ERROR):
        return Verdict(mutation, Fate.ERROR, broken)
    return Verdict(mutation, Fate.SURVIVED)


def _crash(told: str) -> Fate:
    signs = {"Stillborn": Fate.STILLBORN, "SIGXCPU": Fate.TIMEOUT, "SIGKILL": Fate.TIMEOUT}
    return next((fate for sign, fate in signs.items() if sign in told), Fate.ERROR)


def hunt(connector: str, mutations: Iterable[Mutation], reach: Reach, *, at_once: int) -> Iterator[Verdict]:
    """Run every mutation in a child of its own; yields their verdicts in order, as they come."""
    chosen = list(mutations)
    reached = [m for m in chosen if reach.first(m) or reach.is_all(m)]
    jobs = [(m.function, lambda m=m: _run(connector, m, reach)) for m in reached]
    yield from (Verdict(m, Fate.NOT_REACHED) for m in chosen if m not in reached)
    for mutation, (_, results) in zip(reached, run_all(jobs, at_once=at_once), strict=True):
        yield judge(mutation, results)


def _run(connector: str, mutation: Mutation, reach: Reach) -> Results:
    plugin = Hunt(reach.first(mutation), others=reach.is_all(mutation))
    return run(connector, lambda *_: changed(connector, mutation), DEADLINE, plugins=[plugin], cpu_s=CPU_S)


def survivors(connector: str) -> list[dict[str, str]]:
    """The rows of a connector's `survivors.csv`, whose columns are `COLUMNS`."""
    file = HERE / connector / "survivors.csv"
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines())) if file.is_file() else []


def reviewed(connector: str) -> dict[tuple[str, ...], Reviewed]:
    """By the key of the mutation, what was said of a connector's survivors."""
    return {
        (row["file"], row["function"], row["operator"], row["line"], row["becomes"]): Reviewed(
            row["verdict"], row["reason"]
        )
        for row in survivors(connector)
    }
