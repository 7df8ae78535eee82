"""python -m tests.mutants.operators: change a connector line by line, and see whether the suite notices.

Prints the survivors and the score; exits 1 if fewer than 85 % are killed, or a survivor was never reviewed.
"""

import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from tests.gateways import CERTIFIABLE
from tests.mutants.operators.mutations import mutations
from tests.mutants.operators.reach import measure
from tests.mutants.operators.verdicts import SURVIVING, Fate, Reviewed, Verdict, hunt, reviewed

WANTED = 0.85
FATES = Path("build/mutants")
OFTEN = 20
Verdicts = list[Verdict]


def _is_equivalent(verdict: Verdict, said: dict[tuple[str, ...], Reviewed]) -> bool:
    found = said.get(verdict.mutation.key)
    return found is not None and found.verdict == "equivalent"


def score(verdicts: Verdicts, said: dict[tuple[str, ...], Reviewed]) -> tuple[int, int]:
    """How many were killed, of how many that change something and stood before the suite."""
    killed = sum(verdict.fate is Fate.KILLED for verdict in verdicts)
    lived = [verdict for verdict in verdicts if verdict.fate in SURVIVING]
    return killed, killed + sum(not _is_equivalent(verdict, said) for verdict in lived)


def _by_operator(verdicts: Verdicts, title: str) -> Table:
    table = Table("operator", *Fate, title=title)
    operators = sorted({verdict.mutation.operator for verdict in verdicts})
    counts = Counter((verdict.mutation.operator, verdict.fate) for verdict in verdicts)
    for name in operators:
        table.add_row(name, *(str(counts[name, fate] or "·") for fate in Fate))
    table.add_section()
    table.add_row("all", *(str(sum(counts[name, fate] for name in operators)) for fate in Fate))
    return table


def _survivors(verdicts: Verdicts, said: dict[tuple[str, ...], Reviewed]) -> Table:
    table = Table("where", "line", "becomes", "verdict", title="Survivors")
    for verdict in verdicts:
        if verdict.fate in SURVIVING:
            mutation, found = verdict.mutation, said.get(verdict.mutation.key)
            where = f"{mutation.path.name}:{mutation.lines.start} {mutation.operator}"
            word = f"{found.verdict}: {found.reason}" if found else f"[bold red]{verdict.fate}, never reviewed[/]"
            table.add_row(where, *map(escape, mutation.change), word)
    return table


def _write(connector: str, verdicts: Verdicts) -> None:
    """Every verdict, for whoever reviews: the columns of survivors.csv, the fate and the killer."""
    FATES.mkdir(parents=True, exist_ok=True)
    with (FATES / f"operators-{connector}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "function", "operator", "line", "becomes", "fate", "told"))
        writer.writerows((*v.mutation.key, v.fate, v.told) for v in verdicts)


def _kept(connector: str, known: Verdicts, steps: Iterable[Verdict]) -> Verdicts:
    """All verdicts, written as they come: an hour's work is not lost with its last minute."""
    verdicts: Verdicts = list(known)
    for verdict in steps:
        verdicts.append(verdict)
        if len(verdicts) % OFTEN == 0:
            _write(connector, verdicts)
    _write(connector, verdicts)
    return verdicts


def _killed_before(connector: str) -> dict[tuple[str, ...], str]:
    """By the key of each mutation that the last run killed, its killer; stale once the suite asks less."""
    file = FATES / f"operators-{connector}.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else ()
    names = ("file", "function", "operator", "line", "becomes")
    return {tuple(row[name] for name in names): row["told"] for row in rows if row["fate"] == Fate.KILLED}


def _judge(connector: str, file: str, at_once: int, resume: bool, console: Console) -> bool:
    """Whether enough is killed, and every survivor reviewed."""
    found, said, before = mutations(connector, file), reviewed(connector), _killed_before(connector) if resume else {}
    known = [Verdict(m, Fate.KILLED, before[m.key]) for m in found if m.key in before]
    left = [m for m in found if m.key not in before]
    console.print(
        f"{connector}: {len(found)} mutations, {len(known)} killed before; measuring which case runs which line"
    )
    steps = hunt(connector, left, measure(connector), at_once=at_once)
    shown = track(steps, total=len(left), description=connector, console=console, disable=not sys.stdout.isatty())
    verdicts = _kept(connector, known, shown)
    console.print(_by_operator(verdicts, connector), _survivors(verdicts, said))
    return _is_enough(connector, verdicts, said, console)


def _is_enough(connector: str, verdicts: Verdicts, said: dict[tuple[str, ...], Reviewed], console: Console) -> bool:
    killed, counted = score(verdicts, said)
    lived = [verdict for verdict in verdicts if verdict.fate in SURVIVING]
    unknown = [verdict for verdict in lived if verdict.mutation.key not in said]
    rate = killed / counted if counted else 0
    console.print(f"{connector}: {killed} of {counted} killed: {rate:.1%}; wanted {WANTED:.0%}")
    console.print(f"{connector}: {len(lived)} survive, {len(unknown)} of them never reviewed")
    return rate >= WANTED and not unknown


@click.command()
@click.option("--connector", "connectors", multiple=True, default=CERTIFIABLE, show_default=True)
@click.option("--file", default="", help="Only this file of it, such as webhooks.py.")
@click.option("--at-once", default=os.cpu_count() or 1, show_default=True, help="How many children run side by side.")
@click.option(
    "--resume", is_flag=True, help="Pass over what the last run killed: true while nothing is taken from the suite."
)
def main(connectors: tuple[str, ...], file: str, at_once: int, resume: bool) -> None:
    """Change a connector line by line, and see whether the suite notices."""
    console = Console(width=max(Console().width, 200))
    enough = [_judge(connector, file, at_once, resume, console) for connector in connectors]
    raise SystemExit(0 if all(enough) else 1)


if __name__ == "__main__":
    main()
