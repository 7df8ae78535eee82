"""How a gateway has moved away from what was recorded, and how bad that is.

breaking: something is missing, of another type, status or shape, or an id is not the one that was given. value: another
value where the recorded one was expected. additive: something new. timing: more than three times as slow as recorded.
spec: against the published schema. stale: the contract itself is old. What is proposed is read before it is merged.
"""

import difflib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from contracts.format import Contract, dump
from contracts.matching import Difference
from contracts.redact import Redactor
from contracts.scanner import KEY_PREFIXES
from contracts.tape import Message
from contracts.verify import Outcome, Verdict

__all__ = ["Drift", "DriftClass", "DriftReport", "Exit", "classify", "patch", "report"]


class DriftClass(StrEnum):
    """From worst to least."""

    BREAKING = "breaking"
    SPEC = "spec"
    VALUE = "value"
    ADDITIVE = "additive"
    TIMING = "timing"
    STALE = "stale"


class Exit:
    """What the command line returns."""

    NONE, ADDITIVE, BREAKING, COULD_NOT_RUN = 0, 1, 2, 3


_EXITS = {DriftClass.BREAKING: Exit.BREAKING, DriftClass.SPEC: Exit.BREAKING, DriftClass.VALUE: Exit.BREAKING}
_TOO_SLOW = 3
_UNHEARD = "needs what only a delivery tells"

SpecCheck = Callable[[str, str, Message], Iterable[str]]
"""From method, path and reply to where the reply breaks the published schema."""


@dataclass(frozen=True, slots=True)
class Drift:
    """One thing that is no longer as recorded. `detail` is redacted already."""

    drift: DriftClass
    contract: str
    step: str
    path: str
    detail: str


@dataclass(slots=True)
class DriftReport:
    """What was asked, what has drifted, and what could not be asked."""

    asked: int = 0
    drifts: list[Drift] = field(default_factory=list)
    unsent: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)  # what needs somebody else to act first: the shopper's bank

    @property
    def exit_code(self) -> int:
        if not self.asked or self.unsent:
            return Exit.COULD_NOT_RUN
        return self._worst

    @property
    def _worst(self) -> int:
        return max((_EXITS.get(one.drift, Exit.ADDITIVE) for one in self.drifts), default=Exit.NONE)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(one.drift for one in self.drifts)
        return {drift.value: found[drift] for drift in DriftClass}

    def as_json(self) -> str:
        rows = [{**_row(one), "class": one.drift.value} for one in self.drifts]
        document = {"asked": self.asked, "counts": self.counts, "drifts": rows}
        document |= {"unsent": self.unsent, "left_out": self.left_out}
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    @property
    def headline(self) -> str:
        return "Drift: " + (", ".join(f"{count} {name}" for name, count in self.counts.items() if count) or "none")

    def as_markdown(self) -> str:
        lines = [f"# {self.headline}", "", f"{self.asked} steps were asked.", ""]
        if self.drifts:
            lines += ["| class | contract | step | where | what |", "| --- | --- | --- | --- | --- |"]
            lines += [f"| {one.drift} | {one.contract} | {one.step} | `{one.path}` | {_cell(one.detail)} |"
                      for one in self.drifts]  # fmt: skip
        lines += [f"- could not be asked: {left}" for left in self.unsent]
        lines += [f"- left out: {left}" for left in self.left_out]
        return "\n".join(lines).rstrip() + "\n"


def _row(one: Drift) -> dict[str, str]:
    return {"contract": one.contract, "step": one.step, "path": one.path, "detail": one.detail}


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def classify(difference: Difference) -> DriftClass:
    """Breaking is the rule: what is only another value, or new, is named."""
    if difference.kind == "added":
        return DriftClass.ADDITIVE
    if difference.kind == "value" and difference.path != "$.status":
        return DriftClass.VALUE
    return DriftClass.BREAKING


def report(
    verdicts: Iterable[Verdict],
    *,
    now: datetime | None = None,
    secrets: Mapping[str, str] | None = None,
    spec: SpecCheck | None = None,
) -> DriftReport:
    """The report on what a gateway answered; its texts are redacted."""
    made = DriftReport()
    redactor = Redactor(secrets or {}, prefixes=KEY_PREFIXES)
    for verdict in verdicts:
        made.asked += len(verdict.outcomes)
        made.drifts += _stale(verdict, now or datetime.now(UTC))
        made.unsent += [f"{verdict.contract.id}, {step}: {why}" for step, why in verdict.unsent.items()]
        made.left_out += [f"{verdict.contract.id}, {step}: {_UNHEARD}" for step in verdict.told_by_webhook]
        for outcome in verdict.outcomes:
            made.drifts += _of(verdict.contract, outcome, redactor, spec)
    return made


def _of(contract: Contract, outcome: Outcome, redactor: Redactor, spec: SpecCheck | None) -> Iterable[Drift]:
    for one in outcome.differences:
        yield Drift(classify(one), contract.id, outcome.step, redactor.text(one.path), redactor.text(str(one)))
    if outcome.within_ms and outcome.elapsed_ms > _TOO_SLOW * outcome.within_ms:
        detail = f"took {outcome.elapsed_ms:.0f} ms, was recorded within {outcome.within_ms} ms"
        yield Drift(DriftClass.TIMING, contract.id, outcome.step, "$", detail)
    step = next(step for step in contract.http_steps if step.id == outcome.step)
    if spec and outcome.reply and step.actor == "merchant":
        for broken in spec(step.request.method, step.request.path, outcome.reply):
            yield Drift(DriftClass.SPEC, contract.id, outcome.step, "$.body", redactor.text(broken))


def _stale(verdict: Verdict, now: datetime) -> Iterable[Drift]:
    age = verdict.contract.age(now)
    if age != "fresh":
        recorded = verdict.contract.provenance.recorded_at
        yield Drift(DriftClass.STALE, verdict.contract.id, "-", "$.provenance", f"{age}: recorded {recorded:%Y-%m-%d}")


def patch(old: Contract, new: Contract, folder: str = "") -> str:
    """The proposed change of a contract's file, as a patch that git applies; `folder` is where the library is."""
    name = f"{folder.rstrip('/')}/{old.id}.json".lstrip("/")
    before, after = (dump(contract).splitlines(keepends=True) for contract in (old, new))
    return "".join(difflib.unified_diff(before, after, fromfile=f"a/{name}", tofile=f"b/{name}"))
