"""What a certificate says of itself, checked against its own rows: nothing is needed but the certificate."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from reports.certificate import Predicate, Requirement, Statement, Unclaimed, counts, reached, stamp, valid_until
from reports.results import CaseOutcome, RequirementOutcome

__all__ = ["CONSISTENT", "Finding"]

_LONGEST_WAIVER = timedelta(days=90)
# The first of these that a requirement's cases have is its outcome.
_WORST_FIRST = (CaseOutcome.ERROR, CaseOutcome.FAIL, CaseOutcome.WAIVED, CaseOutcome.PASS, CaseOutcome.NOT_CLAIMED)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold: which check, and what it saw."""

    check: str
    message: str


def _subject(statement: Statement) -> Iterator[str]:
    digest = statement.subject[0].digest
    if known := digest.keys() - {"sha256", "dirHash"}:
        yield f"digest algorithms nobody here can compute: {', '.join(sorted(known))}"
    if digest.get("dirHash", statement.predicate.connector.digest) != statement.predicate.connector.digest:
        yield "its dirHash is not the digest of the connector that was tested"


def _outcomes(statement: Statement) -> Iterator[str]:
    """A requirement is as good as its worst case; without a case it did not run."""
    ids = Counter(row.id for row in statement.predicate.requirements)
    yield from (f"{identity} stands {times} times" for identity, times in ids.items() if times > 1)
    for row in statement.predicate.requirements:
        worst = next((word for word in _WORST_FIRST if row.cases.get(word)), None)
        if row.outcome != (worst.value if worst else RequirementOutcome.NOT_RUN):
            yield f"{row.id} is said to {row.outcome.value}, its cases say {worst.value if worst else 'not run'}"


def _counts(statement: Statement) -> Iterator[str]:
    said, counted = statement.predicate.counts, counts(statement.predicate.requirements)
    for name in ("requirements", "excused", "cases"):
        if getattr(said, name) != getattr(counted, name):
            yield f"{name}: not what its requirements add up to"


def _verdict(statement: Statement) -> Iterator[str]:
    rows = statement.predicate.requirements
    bad = (RequirementOutcome.FAIL, RequirementOutcome.ERROR, RequirementOutcome.NOT_RUN)
    yield from (f"{row.id}: {row.outcome.value} is nothing to be certified" for row in rows if row.outcome in bad)
    if not any(row.outcome is RequirementOutcome.PASS for row in rows):
        yield "nothing passed"


def _state(statement: Statement) -> Iterator[str]:
    said = statement.predicate
    best = reached(said.suite.states, said.requirements, said.connector.flows, said.capabilities)
    state, title = (best.state, best.title) if best else (0, "")
    if (said.state, said.state_title) != (state, title):
        yield f"says {said.state} {said.state_title!r}, its rows reach {state} {title!r}"


def _excuses(statement: Statement) -> Iterator[str]:
    """A requirement is excused only where every case of it was not claimed, and each reason names a source."""
    said = statement.predicate
    reasons: dict[str, list[Unclaimed]] = {row.id: [] for row in said.requirements}
    for one in said.not_claimed:
        if one.requirement not in reasons:
            yield f"{one.requirement}: reasons for a requirement that is not there"
        reasons.setdefault(one.requirement, []).append(one)
    for row in said.requirements:
        told = reasons[row.id]
        if sum(one.cases for one in told) != row.cases.get(CaseOutcome.NOT_CLAIMED, 0):
            yield f"{row.id}: reasons are told for other cases than were not claimed"
        whole = row.outcome is RequirementOutcome.NOT_CLAIMED
        if row.excused != (whole and bool(told) and all(one.source for one in told)):
            yield f"{row.id}: excused without a source" if row.excused else f"{row.id}: is excused, and does not say so"


def _waivers(statement: Statement) -> Iterator[str]:
    said = statement.predicate
    waived = {row.id: row for row in said.requirements if row.outcome is RequirementOutcome.WAIVED}
    yield from (f"{identity} is waived by nobody" for identity in waived.keys() - {w.requirement for w in said.waivers})
    for waiver in said.waivers:
        yield from _waiver(waiver.requirement, waiver.expires, said, waived)


def _waiver(identity: str, expires: str, said: Predicate, waived: Mapping[str, Requirement]) -> Iterator[str]:
    issued = stamp(said.issued_at).date()
    if identity not in waived:
        yield f"{identity}: a waiver for what is not waived"
    elif not waived[identity].waivable:
        yield f"{identity} is never waivable"
    if date.fromisoformat(expires) < issued:
        yield f"{identity}: the waiver had ended ({expires})"
    if date.fromisoformat(expires) - issued > _LONGEST_WAIVER:
        yield f"{identity}: the waiver lasts longer than {_LONGEST_WAIVER.days} days ({expires})"


def _validity(statement: Statement) -> Iterator[str]:
    said = statement.predicate
    latest = valid_until(stamp(said.issued_at), (waiver.expires for waiver in said.waivers))
    if stamp(said.valid_until) != latest:
        yield f"says until {said.valid_until}; 180 days and its waivers allow {latest:%Y-%m-%dT%H:%M:%SZ}"


def _lanes(statement: Statement) -> Iterator[str]:
    said = statement.predicate
    if not any(lane.lane == said.run.lane and lane.results == said.run.results for lane in said.lanes):
        yield f"no lane {said.run.lane} with the results that were certified"
    yield from (f"{lane.lane}: dated after it was issued" for lane in said.lanes if lane.date > said.issued_at[:10])


def _mutants(statement: Statement) -> Iterator[str]:
    score = statement.predicate.suite.mutants
    if score and score.killed > score.total:
        yield f"{score.killed} mutants killed of {score.total}"


CONSISTENT: Mapping[str, Callable[[Statement], Iterator[str]]] = MappingProxyType({
    "subject": _subject,
    "outcomes": _outcomes,
    "counts": _counts,
    "verdict": _verdict,
    "state": _state,
    "excuses": _excuses,
    "waivers": _waivers,
    "validity": _validity,
    "lanes": _lanes,
    "mutants": _mutants,
})  # fmt: skip
