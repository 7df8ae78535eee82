"""What two runs, or two certificates, say differently: what got worse, what better, what is new and what is gone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from reports.certificate import Predicate
from reports.pages.reading import Unreadable as UnreadableResults
from reports.pages.reading import read as read_results
from reports.presented import Unreadable as UnreadableCertificate
from reports.presented import read as read_certificate
from reports.results import Case, CaseOutcome, RequirementResult, Results

__all__ = ["Change", "Told", "Turn", "differences", "told"]

# The better the higher. What is excused was never owed, so it is neither better nor worse than a pass.
_RANK = {"pass": 3, "excused": 3, "waived": 2, "not claimed": 1, "fail": 0, "error": 0, "not run": 0}


class Turn(StrEnum):
    WORSE = "worse"
    BETTER = "better"
    NEW = "new"
    GONE = "gone"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Told:
    """What a document tells of one connector. None: it does not tell, so nothing can be said of it."""

    connector: str
    state: int
    requirements: Mapping[str, str]
    cases: Mapping[str, str] | None
    flows: frozenset[str]
    methods: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Change:
    turn: Turn
    what: str
    before: str
    after: str


def told(file: Path) -> Told:
    """Read a results file or a certificate; the latter is not verified.

    Raises:
        reports.pages.reading.Unreadable: it is neither, or cannot be read.
        reports.presented.Malformed: a certificate that breaks its schema.
    """
    try:
        return _of_certificate(read_certificate(file).statement.predicate)
    except UnreadableCertificate as not_a_certificate:
        try:
            return _of_results(read_results(file).results)
        except UnreadableResults as not_results:
            raise not_results from not_a_certificate


def _of_results(results: Results) -> Told:
    rows, told_methods = results.requirements, results.capabilities.payment_methods
    requirements = {f"{row.id} {row.title}": _word(row) for row in rows}
    cases = {f"{row.id} {case.name}": _word(case) for row in rows for case in row.cases}
    methods = frozenset(told_methods) if results.states else None  # a suite that tells its states tells the claims too
    flows = frozenset(results.connector.flows)
    return Told(results.connector.name, results.verdict.state, requirements, cases, flows, methods)


def _word(found: RequirementResult | Case) -> str:
    unclaimed = found.outcome.value == CaseOutcome.NOT_CLAIMED.value
    excused = found.excused if isinstance(found, Case) else not found.holds_back
    return "excused" if unclaimed and excused else found.outcome.value


def _of_certificate(said: Predicate) -> Told:
    rows = {f"{row.id} {row.title}": "excused" if row.excused else row.outcome.value for row in said.requirements}
    methods = frozenset(said.capabilities.payment_methods)
    return Told(said.connector.name, said.state, rows, None, frozenset(said.connector.flows), methods)


def differences(old: Told, new: Told) -> list[Change]:
    """Every difference, the worst first."""
    found = [*_states(old, new), *_outcomes(old.requirements, new.requirements), *_claims(old.flows, new.flows)]
    if old.cases is not None and new.cases is not None:
        found += _outcomes(old.cases, new.cases)
    if old.methods is not None and new.methods is not None:
        found += _claims(old.methods, new.methods)
    order = list(Turn)
    return sorted(found, key=lambda change: (order.index(change.turn), change.what))


def _states(old: Told, new: Told) -> Iterator[Change]:
    if old.state != new.state:
        turn = Turn.WORSE if new.state < old.state else Turn.BETTER
        yield Change(turn, "state", str(old.state), str(new.state))


def _outcomes(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for what in old.keys() | new.keys():
        before, after = old.get(what, ""), new.get(what, "")
        if before != after:
            yield Change(_turn(before, after), what, before, after)


def _turn(before: str, after: str) -> Turn:
    if not before:
        return Turn.NEW if _RANK[after] else Turn.WORSE  # what is new and fails is a failure all the same
    if not after:
        return Turn.GONE
    step = _RANK[after] - _RANK[before]
    return Turn.WORSE if step < 0 else Turn.BETTER if step > 0 else Turn.OTHER


def _claims(old: Iterable[str], new: Iterable[str]) -> Iterator[Change]:
    yield from (Change(Turn.NEW, f"claims {name}", "", "claimed") for name in set(new) - set(old))
    yield from (Change(Turn.WORSE, f"claims {name}", "claimed", "") for name in set(old) - set(new))
