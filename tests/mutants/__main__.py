"""python -m tests.mutants: prove that the suite can fail. Prints the kill table; exits 1 if a mutant survives."""

import json
import os
import sys
from importlib.resources import files
from pathlib import Path

import click
from rich.console import Console
from rich.progress import track
from rich.table import Table

from reports.results import RequirementOutcome, Results
from runtime import registry
from suites import inventory, profiles
from tests.mutants.bank import Mutant, bank, equivalents
from tests.mutants.forked import run, run_all

SCORE = Path(str(files("suites").joinpath("mutant-score.json")))


class Unsound(Exception):
    """A connector that fails the suite unbroken proves nothing by failing it broken."""


Rows = list[tuple[Mutant, str]]


def verdict(mutant: Mutant, results: object, *, is_equivalent: bool = False) -> str:
    """What became of a mutant: "killed" only if its requirement failed, by an assertion and not by an error.

    One that is listed as changing nothing must pass, or it is no equivalent.
    """
    if not isinstance(results, Results):
        return "crashed"
    outcome = _outcome(mutant, results)
    if is_equivalent:
        return "equivalent" if outcome is RequirementOutcome.PASS else "NO EQUIVALENT"
    words = {RequirementOutcome.FAIL: "killed", RequirementOutcome.PASS: "SURVIVED", RequirementOutcome.ERROR: "error"}
    return words.get(outcome, outcome.value)


def _outcome(mutant: Mutant, results: Results) -> RequirementOutcome:
    return next(row.outcome for row in results.requirements if row.id == mutant.requirement)


def _table(rows: Rows) -> Table:
    table = Table("requirement", "mutant", "public bug", "verdict", title="Kill table")
    for mutant, word in sorted(rows, key=lambda row: row[0].requirement):
        style = {"killed": "green", "equivalent": "yellow"}.get(word, "bold red")
        table.add_row(mutant.requirement, mutant.name, mutant.bug, f"[{style}]{word}[/]")
    return table


def _keep_score(name: str, rows: Rows) -> None:
    digest = inventory.load().digest
    score = json.loads(SCORE.read_text()) if SCORE.is_file() else {}
    if score.get("inventory") != digest:
        score = {"inventory": digest, "connectors": {}}
    score["connectors"][name] = {"mutants": len(_counted(rows)), "killed": _killed(rows)}
    SCORE.write_text(json.dumps(score, indent=2, sort_keys=True) + "\n")


def _counted(rows: Rows) -> Rows:
    return [row for row in rows if row[1] != "equivalent"]


def _killed(rows: Rows) -> int:
    return sum(word == "killed" for _, word in rows)


def _judgeable(console: Console) -> list[str]:
    """The connectors whose gateway has a profile; the others are named, for they are not proven."""
    found = []
    for name in registry.names():
        try:
            profiles.find(registry.find(name).gateway)
        except profiles.UnknownProfile as error:
            console.print(f"[bold yellow]{name}: not run: {error}[/]", soft_wrap=True)
        else:
            found.append(name)
    return found


def _break_all(name: str, only: str, console: Console) -> Rows:
    """Certify the connector once as it is, then once for each way of breaking it."""
    sound = run(name, lambda connector, patch: None)
    if sound.verdict.exit_code:
        raise Unsound(f"{name} fails the suite as it is ({'; '.join(sound.verdict.reasons)}): see make certify")
    wanted = [m for m in bank(registry.find(name).gateway) if only in m.name or m.requirement.startswith(only)]
    # What a connector does not claim it cannot be held to, broken or not.
    chosen = [m for m in wanted if _outcome(m, sound) is not RequirementOutcome.NOT_CLAIMED]
    jobs = [(m.name, lambda m=m: run(name, m.breaks, f"--assay-require={m.requirement}")) for m in chosen]
    ran = run_all(jobs, at_once=os.cpu_count() or 1)
    steps = track(ran, total=len(jobs), description=name, console=console, disable=not sys.stdout.isatty())
    same = equivalents(registry.find(name).gateway)
    rows = [
        (m, verdict(m, results, is_equivalent=m.name in same)) for m, (_, results) in zip(chosen, steps, strict=True)
    ]
    console.print(_table(rows))
    counted = _counted(rows)
    proven = len({m.requirement for m, _ in counted})
    console.print(f"{name}: {_killed(rows)} of {len(counted)} mutants killed; {proven} requirements have one")
    left = f"{len(wanted) - len(chosen)} are of what it does not claim, {len(rows) - len(counted)} change nothing"
    console.print(f"{name}: {left}")
    return rows


@click.command()
@click.option("--connector", default=None, help="Only this connector's mutants (default: all that have a profile).")
@click.option("--only", default="", help="Only mutants whose name contains this, or whose requirement begins with it.")
def main(connector: str | None, only: str) -> None:
    """Break each connector in every known way and see the suite catch it."""
    console = Console(width=max(Console().width, 120))
    survivors = 0
    for name in [connector] if connector else _judgeable(console):
        try:
            rows = _break_all(name, only, console)
        except Unsound as error:
            console.print(f"[bold red]{error}[/]", soft_wrap=True)
            survivors += 1
            continue
        survivors += len(_counted(rows)) - _killed(rows)
        if not only:
            _keep_score(name, rows)
    raise SystemExit(1 if survivors else 0)


if __name__ == "__main__":
    main()
