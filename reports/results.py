"""The neutral results file, and the verdict that follows from it.

pytest writes this file and no more. Whoever reads it needs neither the suite nor the connector, and the verdict is
computed here from the inventory: what did not run cannot count.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

__all__ = [
    "STAMP",
    "Case",
    "CaseOutcome",
    "Claims",
    "ExitCode",
    "MutantScore",
    "Offer",
    "Recording",
    "RequirementOutcome",
    "RequirementResult",
    "Results",
    "StateRule",
    "Subject",
    "Verdict",
    "WaiverUse",
    "combine",
    "judge",
]


class CaseOutcome(StrEnum):
    PASS = "pass"  # noqa: S105 - an outcome, not a password
    FAIL = "fail"
    ERROR = "error"  # the suite or the simulator raised: it voids the run
    NOT_CLAIMED = "not claimed"
    WAIVED = "waived"


class RequirementOutcome(StrEnum):
    PASS = "pass"  # noqa: S105
    FAIL = "fail"
    ERROR = "error"
    NOT_CLAIMED = "not claimed"
    WAIVED = "waived"
    NOT_RUN = "not run"


class ExitCode:
    """pytest's own codes keep their meaning; these are the ones a verdict uses."""

    CERTIFIED = 0
    FAILED = 1
    USAGE = 4
    NOT_CERTIFIABLE = 6
    SECRET_IN_EVIDENCE = 7


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Case(_Record):
    """One test case: its name, what came of it, and the digest of the exchanges it caused."""

    name: str
    outcome: CaseOutcome
    message: str = ""
    exchanges: int = 0
    evidence: str | None = None  # sha256 of the redacted exchanges
    excused: bool = False  # not claimed because the gateway has no such thing
    source: str = ""  # where that is written: of one that is excused, or where the gateway publishes what failed


class RequirementResult(_Record):
    id: str
    title: str
    area: str
    state: int
    waivable: bool
    outcome: RequirementOutcome
    cases: tuple[Case, ...]

    @property
    def holds_back(self) -> bool:
        """Whether it keeps a connector from the states above: it failed, did not run, or could have been claimed."""
        if self.outcome is RequirementOutcome.NOT_CLAIMED:
            return not all(case.excused for case in self.cases)
        return self.outcome not in (RequirementOutcome.PASS, RequirementOutcome.WAIVED)


class WaiverUse(_Record):
    requirement: str
    reason: str
    owner: str
    issue: str
    expires: str
    status: Literal["used", "unused", "expired", "unexpectedly passing"]


class Subject(_Record):
    name: str
    version: str
    gateway: str
    digest: str  # reports.digests.tree_digest of the connector's own files
    flows: tuple[str, ...]


class Offer(_Record):
    """What is claimed of one payment method. `currencies` None: every currency of the connector."""

    captures: tuple[str, ...]
    currencies: tuple[str, ...] | None
    refunds: bool
    mandates: bool


class Claims(_Record):
    """What a connector claims besides its flows. `not_offered`: what its gateway has not, and where that is written."""

    payment_methods: dict[str, Offer] = Field(default_factory=dict)
    currencies: tuple[str, ...] = ()
    recovery: tuple[str, ...] = ()
    idempotent: tuple[str, ...] = ()
    not_offered: dict[str, str] = Field(default_factory=dict)


class StateRule(_Record):
    """What a state asks for besides its requirements: what is to be claimed or not offered, which areas are tested."""

    state: int
    title: str
    needs: tuple[str, ...] = ()  # flows and payment methods
    areas: tuple[str, ...] = ()


class MutantScore(_Record):
    """How many connectors broken on purpose this inventory has caught."""

    mutants: int
    killed: int


class Recording(_Record):
    """A contract that a run was judged by: who had answered when it was recorded, and who told what became of it."""

    id: str
    source: Literal["sandbox", "simulator", "imported"]
    told_by: str
    recorded_at: str  # RFC 3339, UTC
    sha256: str
    expired: bool = False  # on the day of the run


class Verdict(_Record):
    certified: bool
    exit_code: int
    state: int
    reasons: tuple[str, ...]


class Results(_Record):
    """One run, whole. No clock time and no duration: the same run gives the same bytes."""

    format: Literal[1] = 1
    suite: str
    suite_digest: str
    inventory_digest: str
    simulator_digest: str = ""
    gateway_digest: str = ""  # of the gateway's own simulator, where it came with the connector and not with the suite
    connector: Subject
    capabilities: Claims = Claims()
    states: tuple[StateRule, ...] = ()
    mutants: MutantScore | None = None  # None: this inventory has no score for the connector
    lane: Literal["simulator", "replay", "sandbox"]
    mode: Literal["certify", "plain"]
    complete: bool  # False where a filter left tests out
    seed: int
    python: str
    platform: str = ""
    requirements: tuple[RequirementResult, ...]  # of this lane
    elsewhere: tuple[str, ...] = ()  # those that are not in this lane: neither passed nor failed
    contracts: tuple[Recording, ...] = ()  # what was replayed
    waivers: tuple[WaiverUse, ...] = ()
    candidates: tuple[RequirementResult, ...] = ()  # not required yet: told, and no part of counts, verdict or state
    counts: dict[str, int] = Field(default_factory=dict)
    verdict: Verdict


# The first of these that a case has decides for the whole requirement.
_WORST_FIRST = (CaseOutcome.ERROR, CaseOutcome.FAIL, CaseOutcome.WAIVED, CaseOutcome.PASS, CaseOutcome.NOT_CLAIMED)


def combine(cases: Sequence[Case]) -> RequirementOutcome:
    """A requirement is as good as its worst case; without a case it did not run."""
    present = {case.outcome for case in cases}
    return next(
        (RequirementOutcome(outcome.value) for outcome in _WORST_FIRST if outcome in present),
        RequirementOutcome.NOT_RUN,
    )


# All that keeps a whole run of another lane from certifying: it dates a certificate, and reaches no state.
STAMP = "only the simulator's lane certifies: a run of another is a dated stamp"


def judge(
    requirements: Iterable[RequirementResult],
    waivers: Iterable[WaiverUse],
    *,
    complete: bool,
    mode: str,
    state: int,
    lane: str = "simulator",
    contracts: Iterable[Recording] = (),
) -> Verdict:
    """The verdict of a run, from the inventory's point of view.

    A failure or an error is exit 1. A run that left something out, or leans on a bad waiver or an expired contract, is
    exit 6: it ran, and certifies nothing. A plain run keeps pytest's 0 or 1 and certifies nothing either; nor does a
    run of another lane than the simulator's, whatever its exit code.
    """
    counts = Counter(result.outcome for result in requirements)
    broken = [
        f"{counts[outcome]} {outcome.value}"
        for outcome in (RequirementOutcome.FAIL, RequirementOutcome.ERROR)
        if counts[outcome]
    ]
    incomplete = [f"{counts[RequirementOutcome.NOT_RUN]} not run"] if counts[RequirementOutcome.NOT_RUN] else []
    incomplete += [] if complete else ["tests were left out"]
    incomplete += [] if counts[RequirementOutcome.PASS] else ["nothing passed"]
    incomplete += [f"waiver for {use.requirement} is {use.status}" for use in waivers if use.status != "used"]
    incomplete += [f"the contract {one.id} has expired" for one in contracts if one.expired]
    incomplete += [] if mode == "certify" else ["not run with --assay-certify"]
    incomplete += [] if broken or incomplete or state or lane != "simulator" else ["no state is reached"]
    reasons = tuple(broken + incomplete + ([] if lane == "simulator" else [STAMP]))
    plain = ExitCode.FAILED if broken else ExitCode.CERTIFIED
    exit_code = plain if broken or mode != "certify" or not incomplete else ExitCode.NOT_CERTIFIABLE
    return Verdict(certified=not reasons, exit_code=exit_code, state=state if not reasons else 0, reasons=reasons)
