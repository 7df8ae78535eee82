"""A connector as the pages show it: its latest run, and those before."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from reports.pages.exchanges import Failure, failures
from reports.pages.heat import Cell, heat
from reports.pages.reading import Run
from reports.pages.tallies import Area, Change, Reason, Tally, areas, changes, reasons, tally
from reports.pages.words import STATES
from reports.results import Results

__all__ = ["Past", "Shown", "shown"]


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

    @property
    def run(self) -> Run:
        return self.runs[-1]

    @property
    def results(self) -> Results:
        return self.run.results

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
        return failures(self.results, self.run.file.parent / "allure")

    @cached_property
    def heat(self) -> dict[tuple[str, str], Cell]:
        return heat(self.results)

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
            return f"Not certified: {', '.join(verdict.reasons)}"
        if not verdict.state:
            return "No state reached"
        return f"State {verdict.state} of {len(STATES)}: {STATES.get(verdict.state, 'a state these pages do not know')}"

    more: tuple[tuple[str, str], ...] = ()
    mutants: str = "These results carry no mutant score."


def shown(runs: Sequence[Run]) -> list[Shown]:
    """The connectors by name. Runs of one go by date where all have one, else in the order given."""
    by_name: dict[str, list[Run]] = {}
    for run in runs:
        by_name.setdefault(run.name, []).append(run)
    found, slugs = [], set[str]()
    for name, own in sorted(by_name.items()):
        ordered = sorted(own, key=lambda run: run.date) if all(run.date for run in own) else own
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-") or "connector"
        if slug in slugs:
            slug += "-" + hashlib.sha256(name.encode()).hexdigest()[:8]
        slugs.add(slug)
        found.append(Shown(slug, tuple(ordered)))
    return found
