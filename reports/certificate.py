"""The certificate: an in-toto Statement v1 whose predicate says what was judged, by what, and what came of it.

Everything in it follows from a results file, the moment it is issued, and what it is about; `compose` is all of the
rules, so that whoever has the same results gets the same bytes. Sources: in-toto attestation, spec/v1/statement.md,
spec/v1/digest_set.md; RFC 8785.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from reports.digests import canonical, canonical_digest
from reports.pages.words import counted
from reports.results import (
    CaseOutcome,
    Claims,
    Offer,
    RequirementOutcome,
    RequirementResult,
    Results,
    StateRule,
    WaiverUse,
)

__all__ = [
    "LONGEST",
    "PREDICATE_TYPE",
    "STATEMENT_TYPE",
    "Lane",
    "Predicate",
    "Recorded",
    "Requirement",
    "Statement",
    "Unclaimed",
    "Waiver",
    "compose",
    "instant",
    "reached",
    "stamp",
    "stamped",
    "valid_until",
]

STATEMENT_TYPE: Final = "https://in-toto.io/Statement/v1"
PREDICATE_TYPE: Final = "urn:assay:certificate:v1"
LONGEST = timedelta(days=180)
_HEX = r"^[0-9a-f]{64}$"
_INSTANT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"


def instant(moment: datetime) -> str:
    """A moment in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def stamp(text: str) -> datetime:
    """Raises ValueError: not an instant such as 2026-11-21T17:00:00Z."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _real_instant(text: str) -> str:
    return instant(stamp(text))


def _real_day(text: str) -> str:
    return date.fromisoformat(text).isoformat()


Digest = Annotated[str, Field(pattern=_HEX)]
Instant = Annotated[str, Field(pattern=_INSTANT), AfterValidator(_real_instant)]
Day = Annotated[str, Field(pattern=_DAY), AfterValidator(_real_day)]
Number = Annotated[int, Field(ge=0, le=2**53 - 1)]  # what RFC 8785 can spell
Whole = Annotated[int, Field(ge=1 - 2**53, le=2**53 - 1)]


class _Record(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True
    )


class SubjectDigest(_Record):
    """What the certificate is about: a file by `sha256`, or a tree by in-toto's `dirHash`."""

    name: str
    digest: dict[str, str] = Field(min_length=1)


class Connector(_Record):
    name: str
    version: str
    gateway: str
    digest: Digest = Field(description="dirHash of the connector's own files, as they were tested")
    flows: tuple[str, ...]


class PaymentMethod(_Record):
    captures: tuple[str, ...]
    currencies: tuple[str, ...] | None = Field(description="null: every currency of the connector")
    refunds: bool
    mandates: bool


class Capabilities(_Record):
    payment_methods: dict[str, PaymentMethod]
    currencies: tuple[str, ...]
    recovery: tuple[str, ...]
    idempotent: tuple[str, ...]
    not_offered: dict[str, str] = Field(description="what the gateway itself has not: where that is written")


class Mutants(_Record):
    total: Number
    killed: Number


class Rule(_Record):
    state: Number
    title: str
    needs: tuple[str, ...] = Field(description="flows and payment methods that must be claimed or not offered")
    areas: tuple[str, ...]


class Suite(_Record):
    name: Literal["assay"]
    version: str
    digest: Digest = Field(description="dirHash of the suite, without mutant-score.json")
    inventory: Digest = Field(description="sha256 of requirements.toml")
    simulator: Digest = Field(description="dirHash of the simulators")
    gateway: Digest | None = Field(
        description="dirHash of the gateway's own simulator, where it came from elsewhere; null: it is the suite's"
    )
    states: tuple[Rule, ...] = Field(max_length=100)
    mutants: Mutants | None = Field(description="null: this inventory has no score for the connector")


class Run(_Record):
    lane: Literal["simulator"] = Field(description="only this lane reaches a state")
    seed: Whole
    python: str
    platform: str
    results: Digest = Field(description="sha256 of the results file")


class Counts(_Record):
    requirements: dict[RequirementOutcome, Number]
    excused: Number = Field(description="of the requirements not claimed, those that the gateway cannot be asked")
    cases: dict[CaseOutcome, Number]


class Requirement(_Record):
    id: str
    title: str
    area: str
    state: Number
    waivable: bool
    outcome: RequirementOutcome
    excused: bool
    cases: dict[CaseOutcome, Number]
    evidence: Digest = Field(description="sha256 of the canonical [[case, outcome, evidence], ...]")

    @property
    def holds_back(self) -> bool:
        """Whether it keeps a connector from the states above."""
        fine = (RequirementOutcome.PASS, RequirementOutcome.WAIVED)
        return self.outcome not in fine and not (self.outcome is RequirementOutcome.NOT_CLAIMED and self.excused)


class Unclaimed(_Record):
    """Cases that were not run, and why. `source` where the gateway has no such thing: where that is written."""

    requirement: str
    cases: Number
    reason: str
    source: str | None


class Waiver(_Record):
    requirement: str
    reason: str
    owner: str
    issue: str
    expires: Day


class Recorded(_Record):
    """The contracts of one source that a run was judged by; a simulator's recording is never called a sandbox's."""

    source: Literal["sandbox", "simulator", "imported"]
    contracts: Number
    first: Day = Field(description="when the oldest of them was recorded")
    last: Day = Field(description="when the newest was")


class Lane(_Record):
    """A run against something. The simulator's reaches the state; the others are dated stamps."""

    lane: Literal["simulator", "replay", "sandbox"]
    date: Day
    results: Digest
    requirements: Number | None = Field(default=None, description="how many passed; null: those that are certified")
    recorded: tuple[Recorded, ...] = Field(default=(), max_length=3)


def stamped(lane: Lane) -> str:
    """A lane in one line: when, and by whose recordings."""
    passed = [] if lane.requirements is None else [counted(lane.requirements, "requirement")]
    sources = [f"{counted(one.contracts, 'contract')} ({one.source}, {_days(one)})" for one in lane.recorded]
    return ", ".join([f"{lane.lane}: {lane.date}", *passed, *sources])


def _days(one: Recorded) -> str:
    return f"recorded {one.first}" + ("" if one.first == one.last else f" to {one.last}")


class Predicate(_Record):
    state: Number
    state_title: str
    issued_at: Instant
    valid_until: Instant
    connector: Connector
    capabilities: Capabilities
    suite: Suite
    run: Run
    counts: Counts
    # Bounds, because a certificate may come from anybody: what is checked of each, is checked of all.
    requirements: tuple[Requirement, ...] = Field(max_length=10_000)
    not_claimed: tuple[Unclaimed, ...] = Field(max_length=100_000)
    waivers: tuple[Waiver, ...] = Field(max_length=10_000)
    lanes: tuple[Lane, ...] = Field(max_length=100)


class Statement(_Record):
    """The whole, as it is signed."""

    type_: Literal["https://in-toto.io/Statement/v1"] = Field(alias="_type")
    subject: tuple[SubjectDigest, ...] = Field(min_length=1, max_length=1)
    predicate_type: Literal["urn:assay:certificate:v1"]
    predicate: Predicate

    def payload(self) -> bytes:
        """The bytes that are signed: canonical JSON."""
        return canonical(self.model_dump(mode="json", by_alias=True))


def valid_until(issued: datetime, waived_until: Iterable[str]) -> datetime:
    """The earliest of 180 days and the end of the first waiver's last day."""
    ends = (datetime.combine(date.fromisoformat(day), time(23, 59, 59), UTC) for day in waived_until)
    return min([issued + LONGEST, *ends])


def reached(
    rules: Sequence[Rule], rows: Sequence[Requirement], flows: Iterable[str], capabilities: Capabilities
) -> Rule | None:
    """The highest state that holds with all below it; None where not even the first does."""
    answered = {*flows, *capabilities.payment_methods, *capabilities.not_offered}
    areas = {row.area for row in rows}
    best = None
    for rule in sorted(rules, key=lambda rule: rule.state):
        held_back = any(row.holds_back for row in rows if row.state == rule.state)
        if held_back or not set(rule.areas) <= areas or not set(rule.needs) <= answered:
            break
        best = rule
    return best


def compose(
    results: Results, *, digest: str, issued: datetime, subject: Mapping[str, str], name: str, lanes: Sequence[Lane]
) -> Statement:
    """The certificate of a run.

    Args:
        digest: sha256 of the results file.
        subject: the digests, by algorithm, of what was tested.
        name: what the subject is called.
        lanes: dated stamps of other runs, besides the run itself.
    """
    rows = tuple(_requirement(row) for row in results.requirements)
    rules = tuple(_rule(rule) for rule in results.states)
    capabilities = _capabilities(results.capabilities)
    state = reached(rules, rows, results.connector.flows, capabilities)
    waivers = tuple(_waiver(use) for use in results.waivers)
    predicate = Predicate(
        state=state.state if state else 0,
        state_title=state.title if state else "",
        issued_at=instant(issued),
        valid_until=instant(valid_until(issued, (waiver.expires for waiver in waivers))),
        connector=Connector(**results.connector.model_dump()),
        capabilities=capabilities,
        suite=_suite(results, rules),
        run=_run(results, digest),
        counts=counts(rows),
        requirements=rows,
        not_claimed=tuple(_unclaimed(results.requirements)),
        waivers=waivers,
        lanes=tuple(lanes),
    )
    named = SubjectDigest(name=name, digest=dict(subject))
    return Statement(_type=STATEMENT_TYPE, subject=(named,), predicate_type=PREDICATE_TYPE, predicate=predicate)


def counts(rows: Sequence[Requirement]) -> Counts:
    """How the requirements, and their cases, came out; a zero is told too."""
    cases: Counter[CaseOutcome] = Counter()
    for row in rows:
        cases.update(row.cases)
    return Counts(
        requirements={outcome: sum(row.outcome is outcome for row in rows) for outcome in RequirementOutcome},
        excused=sum(row.excused for row in rows),
        cases={outcome: cases[outcome] for outcome in CaseOutcome},
    )


def _requirement(row: RequirementResult) -> Requirement:
    tally = Counter(case.outcome for case in row.cases)
    return Requirement(
        id=row.id,
        title=row.title,
        area=row.area,
        state=row.state,
        waivable=row.waivable,
        outcome=row.outcome,
        excused=row.outcome is RequirementOutcome.NOT_CLAIMED and all(case.excused for case in row.cases),
        cases={outcome: tally[outcome] for outcome in CaseOutcome if tally[outcome]},
        evidence=canonical_digest([[case.name, case.outcome.value, case.evidence] for case in row.cases]),
    )


def _unclaimed(rows: Iterable[RequirementResult]) -> Iterator[Unclaimed]:
    for row in rows:
        reasons = Counter((case.message, case.source) for case in row.cases if case.outcome is CaseOutcome.NOT_CLAIMED)
        for (reason, source), number in reasons.items():
            yield Unclaimed(requirement=row.id, cases=number, reason=reason, source=source or None)


def _capabilities(claims: Claims) -> Capabilities:
    return Capabilities(
        payment_methods={kind: _payment_method(offer) for kind, offer in claims.payment_methods.items()},
        currencies=claims.currencies,
        recovery=claims.recovery,
        idempotent=claims.idempotent,
        not_offered=claims.not_offered,
    )


def _payment_method(offer: Offer) -> PaymentMethod:
    return PaymentMethod(
        captures=offer.captures, currencies=offer.currencies, refunds=offer.refunds, mandates=offer.mandates
    )


def _rule(rule: StateRule) -> Rule:
    return Rule(state=rule.state, title=rule.title, needs=rule.needs, areas=rule.areas)


def _waiver(use: WaiverUse) -> Waiver:
    return Waiver(requirement=use.requirement, reason=use.reason, owner=use.owner, issue=use.issue, expires=use.expires)


def _suite(results: Results, rules: tuple[Rule, ...]) -> Suite:
    score = results.mutants
    return Suite(
        name="assay",
        version=results.suite,
        digest=results.suite_digest,
        inventory=results.inventory_digest,
        simulator=results.simulator_digest,
        gateway=results.gateway_digest or None,
        states=rules,
        mutants=Mutants(total=score.mutants, killed=score.killed) if score else None,
    )


def _run(results: Results, digest: str) -> Run:
    return Run(lane="simulator", seed=results.seed, python=results.python, platform=results.platform, results=digest)
