"""What a person reads in the terminal: the header, the table by area, the failures, the verdict."""

from collections.abc import Iterable
from io import StringIO

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from reports.results import STAMP, RequirementOutcome, RequirementResult, Results
from suites import failures
from suites.certification import Certification
from suites.inventory import Inventory, Requirement, tests_of

__all__ = ["Summary", "show"]

_SHOWN_LOST = 10


class Summary:
    def __init__(self, certification: Certification) -> None:
        self._certification = certification

    def header(self) -> list[str]:
        run = self._certification
        connector, manifest = run.connector, run.profile.manifest
        claims = f"{len(connector.flows)} flows, {len(connector.capabilities.currencies)} currencies"
        against = (
            f"the {manifest.gateway} simulator {manifest.version}" if run.lane.name == "simulator" else run.lane.about
        )
        wanted = sum(run.lane.name in row.lanes for row in run.inventory.requirements.values())
        return [
            f"assay: {connector.name} {connector.version} against {against}",
            f"assay: {claims}; {wanted} requirements; seed {run.seed}",
        ]

    def text(self, *, width: int) -> str:
        results = self._certification.results()
        console = Console(file=StringIO(), width=max(width, 60), force_terminal=False, highlight=False)
        console.print()
        console.print(_by_area(results))
        run = self._certification
        for line in failures.lines(results, run.inventory, evidence=run.evidence, width=console.width):
            console.print(escape(line), soft_wrap=True)
        for name, failed in list(run.lost.items())[:_SHOWN_LOST]:
            console.print(
                escape(f"LOST {name}: {'crashed' if failed else 'skipped by no rule of the suite'}"), soft_wrap=True
            )
        for line in self._verdict(results):
            console.print(line, soft_wrap=True)
        file = console.file
        assert isinstance(file, StringIO)
        return file.getvalue()

    def _verdict(self, results: Results) -> Iterable[str]:
        run, verdict = self._certification, results.verdict
        subject = f"{results.connector.name} {results.connector.version}"
        if results.lane != "simulator":
            yield f"{_of_a_lane(results)}: {subject}: {run.lane.about}."
        elif verdict.certified:
            titles = {rule.state: rule.title for rule in run.inventory.states}
            title = titles.get(verdict.state)
            reached = f"reaches state {verdict.state} ({title})" if title else "reaches no state"
            yield f"CERTIFIED: {subject} {reached} against the simulator."
        else:
            yield f"NOT CERTIFIABLE: {subject}: {escape('; '.join(verdict.reasons))}."
        missing = run.inventory.missing(run.connector).get(verdict.state + 1)
        if verdict.certified and missing:
            yield f"State {verdict.state + 1} would also need: {', '.join(missing)}."
        if verdict.certified and (lacking := self._not_offered(verdict.state)):
            yield f"Its gateway does not offer: {', '.join(lacking)}."

    def _not_offered(self, state: int) -> list[str]:
        """What a state asks for and the connector has not, because its gateway, as it names the source, has not."""
        run = self._certification
        needs = [name for rule in run.inventory.rules() if rule.state <= state for name in rule.needs]
        flows = {flow.__name__ for flow in run.connector.flows}
        claimed = flows | {kind.value for kind in run.connector.capabilities.payment_methods}
        return [name for name in needs if name not in claimed]


def _of_a_lane(results: Results) -> str:
    """What a run of another lane came to: it reaches no state."""
    passed = sum(row.outcome is RequirementOutcome.PASS for row in results.requirements)
    told = f"{results.lane} lane: {passed} of {len(results.requirements)} requirements passed"
    left = [reason for reason in results.verdict.reasons if reason != STAMP]
    return f"{told}, {len(results.elsewhere)} are not in this lane{': ' * bool(left)}{escape('; '.join(left))}"


def _by_area(results: Results) -> Table:
    table = Table(title="Requirements by area", title_justify="left")
    table.add_column("area")
    for outcome in RequirementOutcome:
        table.add_column(outcome.value, justify="right")
    table.add_column("cases", justify="right")
    areas = dict.fromkeys(row.area for row in results.requirements)
    for area in areas:
        table.add_row(area, *_counts([row for row in results.requirements if row.area == area]))
    table.add_section()
    table.add_row("all", *_counts(results.requirements))
    return table


def _counts(rows: Iterable[RequirementResult]) -> list[str]:
    rows = list(rows)
    numbers = [sum(row.outcome is outcome for row in rows) for outcome in RequirementOutcome]
    return [str(number) if number else "·" for number in numbers] + [str(sum(len(row.cases) for row in rows))]


def show(inventory: Inventory, identity: str | None) -> int:
    """Print the whole inventory, or one requirement; returns an exit code."""
    if identity is None:
        console = Console()
        console.print(_listed(inventory, wide=console.width >= _WIDE))
        return 0
    found = inventory.requirements.get(identity)
    if found is None:
        click.echo(f"there is no requirement {identity!r}; --assay-list shows all", err=True)
        return 4
    click.echo("\n".join(_explained(found)))
    return 0


_WIDE = 110  # columns of a terminal that hold everything side by side


def _listed(inventory: Inventory, *, wide: bool) -> Table:
    columns = ("id", "state", *(("lanes",) if wide else ()), "waivable", "requirement")
    table = Table(*columns, title=f"{len(inventory.requirements)} requirements, version {inventory.version}")
    for row in inventory.requirements.values():
        title = f"{row.title} (candidate)" if row.candidate else row.title
        lanes = (", ".join(row.lanes),) if wide else ()
        table.add_row(row.id, str(row.state), *lanes, "yes" if row.waivable else "never", title)
    return table


def _explained(row: Requirement) -> Iterable[str]:
    yield f"{row.id} {row.title}"
    waivable = "waivable" if row.waivable else "never waivable"
    yield f"area {row.area}, state {row.state}, {waivable}, lanes {', '.join(row.lanes)}, since {row.since}"
    if row.candidate:
        yield "a candidate: it is run and told, and holds nothing back before the next minor version"
    if row.why:
        yield f"why: {row.why}"
    yield from (f"guards against {bug}" for bug in row.guards)
    yield from (f"proven by {test}" for test in tests_of(row.id))
