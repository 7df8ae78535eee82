"""A connector as the pages show it: its latest run, and those before."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from reports.pages.certificates import Certificate, beside
from reports.pages.exchanges import Failure, failures
from reports.pages.heat import Line, heat
from reports.pages.reading import Run
from reports.pages.tallies import Area, Change, Next, Reason, Tally, areas, changes, next_state, reasons, tally
from reports.results import Results, StateRule

__all__ = ["Past", "Shown", "shown"]

_STATES = 6  # in the files that do not tell


@dataclass(frozen=True, slots=True)
class Past:
    """One run of a connector, and how it differs from the one before it."""

    number: int
    run: Run
    tally: Tally
    changes: list[Change]


@dataclass(frozen=True)
class Shown:
    """A connector as the pages show it: its latest run, and those before."""

    slug: str
    runs: tuple[Run, ...]  # oldest first
    certificate: Certificate | None = None

    @property
    def run(self) -> Run:
        return self.runs[-1]

    @property
    def results(self) -> Results:
        return self.run.results

    @property
    def gateway(self) -> str:
        """Whose API it speaks, and which version of it."""
        subject = self.results.connector
        return (
            f"API {subject.version}" if subject.gateway == subject.name else f"{subject.gateway} API {subject.version}"
        )

    @cached_property
    def tally(self) -> Tally:
        return tally(self.results.requirements)

    @cached_property
    def areas(self) -> dict[str, Area]:
        return {area.name: area for area in areas(self.results)}

    @cached_property
    def reasons(self) -> list[Reason]:
        return reasons(self.results)

    @cached_property
    def failures(self) -> list[Failure]:
        return failures(self.results, self.run.file.parent / "evidence")

    @cached_property
    def heat(self) -> list[Line]:
        return heat(self.results)

    @property
    def absent(self) -> dict[str, list[str]]:
        """The payment methods that are not in the map, by why."""
        found: dict[str, list[str]] = {}
        for line in self.heat:
            if line.absent:
                found.setdefault(line.absent, []).append(line.method)
        return found

    @cached_property
    def trend(self) -> list[Past]:
        """Newest first."""
        pasts = []
        for number, run in enumerate(self.runs):
            moved = changes(self.runs[number - 1].results, run.results) if number else []
            pasts.append(Past(number + 1, run, tally(run.results.requirements), moved))
        return pasts[::-1]

    @property
    def headline(self) -> str:
        verdict = self.results.verdict
        if not verdict.certified:
            return ", ".join(verdict.reasons)
        if not verdict.state:
            return "No state reached"
        title = self.states[verdict.state - 1].title
        return f"State {verdict.state} of {len(self.states)}: {title}" if title else f"State {verdict.state}"

    @property
    def states(self) -> tuple[StateRule, ...]:
        """What each state asks for; older files do not tell, and then only numbers are known."""
        return self.results.states or tuple(StateRule(state=state, title="") for state in range(1, _STATES + 1))

    @cached_property
    def next_state(self) -> Next | None:
        """What is missing to the state above the one reached; None above the last, and where the rules are not told."""
        return next_state(self.results)


def shown(runs: Sequence[Run]) -> list[Shown]:
    """The connectors by name. Runs of one go by date where all have one, else in the order given.

    Raises:
        reports.pages.reading.Unreadable: what lies beside a results file as its certificate is none of it.
    """
    by_name: dict[str, list[Run]] = {}
    certificates = {run.file: beside(run.file) for run in runs}
    for run in runs:
        certificate = certificates[run.file]
        dated = replace(run, date=certificate.date) if certificate else run
        by_name.setdefault(run.name, []).append(dated)
    found, slugs = [], set[str]()
    for name, own in sorted(by_name.items()):
        ordered = sorted(own, key=lambda run: run.date) if all(run.date for run in own) else own
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "connector"
        if slug in slugs:
            slug += "-" + hashlib.sha256(name.encode()).hexdigest()[:8]
        slugs.add(slug)
        found.append(Shown(slug, tuple(ordered), certificates[ordered[-1].file]))
    return found
