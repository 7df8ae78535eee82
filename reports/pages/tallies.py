"""What can be counted and grouped in a run; nothing here is an opinion."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reports.pages.words import EXCUSED, OUTCOMES, Look, look
from reports.results import Case, CaseOutcome, RequirementOutcome, RequirementResult, Results, StateRule

__all__ = [
    "Area",
    "Change",
    "Reason",
    "Tally",
    "areas",
    "broken",
    "changes",
    "is_excused",
    "next_state",
    "reasons",
    "row_look",
    "tally",
]

_BROKEN = (CaseOutcome.FAIL, CaseOutcome.ERROR)


_NOT_ASKED = frozenset({"unclaimed", "excused"})
_ALARMING = frozenset({"fail", "error", "waived", "notrun"})


@dataclass(frozen=True, slots=True)
class Tally:
    """How many requirements came to each outcome, in the order they are shown; the shares add up to the whole."""

    parts: tuple[tuple[Look, int], ...]
    cases: int
    exchanges: int

    @property
    def total(self) -> int:
        return sum(count for _, count in self.parts)

    @property
    def worst(self) -> Look:
        """What decides how all of it looks: the worst outcome there is, passes where nothing is worse."""
        there = {look.style for look, count in self.parts if count}
        return next((look for look, _ in self.parts if look.style in there & _ALARMING), self.parts[0][0])

    @property
    def held(self) -> int:
        return self.parts[0][1]

    @property
    def asked(self) -> int:
        """All but what was not claimed."""
        return sum(count for look, count in self.parts if look.style not in _NOT_ASKED)

    def spans(self, width: int) -> Iterator[tuple[Look, float, float]]:
        """Where each part of a bar of this width begins, and how wide it is; what is zero is left out."""
        begin = 0.0
        for part, count in self.parts:
            if count:
                share = round(width * count / self.total, 2)
                yield part, round(begin, 2), share
                begin += share


@dataclass(frozen=True, slots=True)
class Area:
    name: str
    rows: tuple[RequirementResult, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something was not claimed, and what it kept from being asked. `excused`: the gateway has no such thing."""

    text: str
    source: str
    excused: bool
    requirements: tuple[RequirementResult, ...]
    cases: int


@dataclass(frozen=True, slots=True)
class Change:
    """One requirement that came out otherwise than in the run before; None where it was not in the inventory."""

    id: str
    title: str
    before: Look | None
    after: Look | None


@dataclass(frozen=True, slots=True)
class Next:
    """The lowest state that is not reached, and what holds it back."""

    rule: StateRule
    needs: tuple[str, ...]  # flows and payment methods, neither claimed nor named as not offered
    areas: tuple[str, ...]  # which no requirement of the inventory has tested yet
    held_back: tuple[RequirementResult, ...]


def is_excused(row: RequirementResult) -> bool:
    return row.outcome is RequirementOutcome.NOT_CLAIMED and not row.holds_back


def row_look(row: RequirementResult) -> Look:
    return look(row.outcome, excused=is_excused(row))


def tally(rows: Sequence[RequirementResult]) -> Tally:
    looks = [row_look(row) for row in rows]
    parts = tuple((part, looks.count(part)) for part in (*OUTCOMES.values(), EXCUSED))
    cases = [case for row in rows for case in row.cases]
    return Tally(parts, len(cases), sum(case.exchanges for case in cases))


def areas(results: Results) -> list[Area]:
    """The requirements by area, in the inventory's order."""
    found = []
    for name in dict.fromkeys(row.area for row in results.requirements):
        rows = tuple(row for row in results.requirements if row.area == name)
        found.append(Area(name, rows, tally(rows)))
    return found


def broken(results: Results) -> list[tuple[RequirementResult, Case]]:
    """Every case that failed or raised, with its requirement."""
    return [(row, case) for row in results.requirements for case in row.cases if case.outcome in _BROKEN]


def reasons(results: Results) -> list[Reason]:
    """Why cases were not claimed, the connector's own choice first, then what its gateway lacks."""
    grouped: dict[tuple[bool, str, str], list[RequirementResult]] = {}
    for row in results.requirements:
        for case in row.cases:
            if case.outcome is CaseOutcome.NOT_CLAIMED:
                text = case.message or "no reason is given"
                grouped.setdefault((case.excused, text, case.source), []).append(row)
    ordered = sorted(grouped.items(), key=lambda item: (item[0][0], -len(item[1]), item[0][1:]))
    return [
        Reason(text, source, excused, tuple({row.id: row for row in rows}.values()), len(rows))
        for (excused, text, source), rows in ordered
    ]


def changes(older: Results, newer: Results) -> list[Change]:
    """What came out otherwise than before, in the newer inventory's order; what is gone stands last."""
    before = {row.id: row for row in older.requirements}
    after = {row.id: row for row in newer.requirements}
    found = []
    for identity in dict.fromkeys([*after, *before]):
        old, new = before.get(identity), after.get(identity)
        looks = (row_look(old) if old else None, row_look(new) if new else None)
        if looks[0] != looks[1]:
            found.append(Change(identity, (new or before[identity]).title, *looks))
    return found


def next_state(results: Results) -> Next | None:
    """The first state of the rules in the file that is not met; None where all are, or where it has no rules."""
    claims = results.capabilities
    met = {*results.connector.flows, *claims.payment_methods, *claims.not_offered}
    tested = {row.area for row in results.requirements}
    for rule in results.states:
        needs = tuple(name for name in rule.needs if name not in met)
        untested = tuple(area for area in rule.areas if area not in tested)
        held_back = tuple(row for row in results.requirements if row.state == rule.state and row.holds_back)
        if needs or untested or held_back:
            return Next(rule, needs, untested, held_back)
    return None
