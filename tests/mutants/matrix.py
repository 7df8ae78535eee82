"""python -m tests.mutants.matrix: every hand-written mutant against the whole inventory, into build/kill-matrix.csv.

A requirement that nothing kills, or that falls with exactly the mutants of another, asks nothing of its own: both are
printed, and either makes it exit 1 unless `twins.csv` gives the reason.
"""

import csv
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import click
import pytest
from rich.console import Console
from rich.progress import track
from rich.table import Table

from reports.results import RequirementOutcome, Results
from runtime import registry
from suites import inventory
from suites.certification import requirement_of
from tests.gateways import CERTIFIABLE
from tests.mutants.bank import Mutant, bank, equivalents
from tests.mutants.forked import Crashed, run, run_all

MATRIX = Path("build/kill-matrix.csv")
TWINS = Path(__file__).with_name("twins.csv")
# A mutant that nearly everything notices tells requirements apart no better than one that nothing notices.
BLUNT = 0.25
Kills = Mapping[str, frozenset[tuple[str, str]]]


class OnceEach:
    """Passes over what is left of a requirement once it has failed: it will not fail more."""

    def __init__(self) -> None:
        self._failed: set[str] = set()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        return True if requirement_of(item) in self._failed else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        requirement, case = getattr(report, "assay", ("", {}))
        if case.get("outcome") == "fail":
            self._failed.add(requirement)


@dataclass(frozen=True, slots=True)
class Row:
    """What one mutant of one connector killed; `ended` says why there is no answer."""

    connector: str
    mutant: Mutant
    killed: frozenset[str]
    ended: str = ""


def chosen_of(gateway: str, *, only: str = "", one_each: bool = False) -> list[Mutant]:
    """The mutants of a gateway that change something: all, or the first of each requirement."""
    found = [m for m in bank(gateway) if m.name not in equivalents(gateway) and only in m.name]
    first = {m.requirement: m for m in reversed(found)}
    return [m for m in found if first[m.requirement] is m] if one_each else found


def rows(connector: str, *, only: str = "", one_each: bool = False, at_once: int = 1) -> Iterable[Row]:
    """Run the mutants of a connector; yields what each of them killed."""
    chosen = chosen_of(registry.find(connector).gateway, only=only, one_each=one_each)
    jobs = [(m.name, lambda m=m: run(connector, m.breaks, "--assay-deadline=5", plugins=[OnceEach()])) for m in chosen]
    shown = track(
        run_all(jobs, at_once=at_once), total=len(jobs), description=connector, disable=not sys.stdout.isatty()
    )
    for mutant, (_, results) in zip(chosen, shown, strict=True):
        yield _row(connector, mutant, results)


def _row(connector: str, mutant: Mutant, results: Results | Crashed) -> Row:
    if isinstance(results, Crashed):
        return Row(connector, mutant, frozenset(), str(results).strip().rpartition("\n")[2])
    failed = (row.id for row in results.requirements if row.outcome is RequirementOutcome.FAIL)
    return Row(connector, mutant, frozenset(failed))


def write(found: Iterable[Row], requirements: Iterable[str], file: Path = MATRIX) -> None:
    """A line for each mutant of each connector, a column for each requirement, an x where it was killed."""
    columns = list(requirements)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(("connector", "mutant", "aimed at", "ended", *columns))
        for row in found:
            marks = ("x" if name in row.killed else "" for name in columns)
            writer.writerow((row.connector, row.mutant.name, row.mutant.requirement, row.ended, *marks))


def kills(found: Iterable[Row]) -> Kills:
    """By requirement, the mutants that killed it, each with its connector."""
    by_requirement: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in found:
        for requirement in row.killed:
            by_requirement[requirement].add((row.connector, row.mutant.name))
    return {name: frozenset(mutants) for name, mutants in by_requirement.items()}


def twins(killers: Kills) -> list[tuple[str, ...]]:
    """Requirements that fall with exactly the same mutants."""
    alike: dict[frozenset[tuple[str, str]], list[str]] = defaultdict(list)
    for requirement, mutants in sorted(killers.items()):
        alike[mutants].append(requirement)
    return [tuple(names) for names in alike.values() if len(names) > 1]


def excused() -> dict[tuple[str, ...], str]:
    """Twins that a person has looked at, with the reason why they are two."""
    lines = csv.DictReader(TWINS.read_text(encoding="utf-8").splitlines()) if TWINS.is_file() else ()
    return {tuple(row["requirements"].split()): row["reason"] for row in lines}


def _report(found: list[Row], console: Console) -> bool:
    """Whether every requirement falls to a mutant that spares its twin."""
    killers, known = kills(found), excused()
    alone = [name for name in inventory.load().requirements if name not in killers]
    alike = [(names, known.get(names, "")) for names in twins(killers)]
    table = Table("requirements", "killed by", "why they are two", title="Killed by exactly the same mutants")
    for names, reason in alike:
        by = ", ".join(sorted({name for _, name in killers[names[0]]}))
        table.add_row(" ".join(names), by, reason or "[bold red]nobody has said[/]")
    console.print(table)
    console.print(f"killed by no mutant: {', '.join(alone) or 'none'}")
    _blunt(found, console)
    return not alone and all(reason for _, reason in alike)


def _blunt(found: list[Row], console: Console) -> None:
    size = len(inventory.load().requirements)
    for row in found:
        if row.ended:
            console.print(f"[bold red]{row.connector}: {row.mutant.name}: {row.ended}[/]")
        if len(row.killed) > BLUNT * size:
            console.print(f"blunt: {row.connector}: {row.mutant.name} kills {len(row.killed)} of {size}")


@click.command()
@click.option("--connector", "connectors", multiple=True, default=CERTIFIABLE, show_default=True)
@click.option("--only", default="", help="Only mutants whose name contains this.")
@click.option("--one-each", is_flag=True, help="Only the first mutant of each requirement: a sketch in half the time.")
@click.option("--at-once", default=os.cpu_count() or 1, show_default=True, help="How many children run side by side.")
def main(connectors: tuple[str, ...], only: str, one_each: bool, at_once: int) -> None:
    """Run every hand-written mutant against the whole inventory.

    Two requirements that one of each tells apart are no twins; those that it does not may still be none.
    """
    console = Console(width=max(Console().width, 140))
    found = [row for connector in connectors for row in rows(connector, only=only, one_each=one_each, at_once=at_once)]
    write(found, inventory.load().requirements)
    console.print(f"{len(found)} mutants, written to {MATRIX}")
    raise SystemExit(0 if _report(found, console) else 1)


if __name__ == "__main__":
    main()
