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
    "Case",
    "CaseOutcome",
    "Claims",
    "ExitCode",
    "MutantScore",
    "Offer",
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
    source: str = ""  # where that is written, of a case that is excused


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
    requirements: tuple[RequirementResult, ...]
    waivers: tuple[WaiverUse, ...] = ()
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


def judge(
    requirements: Iterable[RequirementResult], waivers: Iterable[WaiverUse], *, complete: bool, mode: str, state: int
) -> Verdict:
    """The verdict of a run, from the inventory's point of view.

    A failure or an error is exit 1. A run that left something out, or leans on a bad waiver, is exit 6: it ran, and
    certifies nothing. A plain run keeps pytest's 0 or 1 and certifies nothing either.
    """
    counts = Counter(result.outcome for result in requirements)
    broken = [
        f"{counts[outcome]} {outcome.value}"
        for outcome in (RequirementOutcome.FAIL, RequirementOutcome.ERROR)
        if counts[outcome]
    ]
    incomplete = [f"{counts[RequirementOutcome.NOT_RUN]} not run"] if counts[RequirementOutcome.NOT_RUN] else []
    incomplete += [] if complete else ["tests were filtered out"]
    incomplete += [] if counts[RequirementOutcome.PASS] else ["nothing passed"]
    incomplete += [f"waiver for {use.requirement} is {use.status}" for use in waivers if use.status != "used"]
    incomplete += [] if mode == "certify" else ["not run with --assay-certify"]
    reasons = tuple(broken + incomplete)
    plain = ExitCode.FAILED if broken else ExitCode.CERTIFIED
    exit_code = plain if broken or mode != "certify" or not incomplete else ExitCode.NOT_CERTIFIABLE
    return Verdict(certified=not reasons, exit_code=exit_code, state=state if not reasons else 0, reasons=reasons)
