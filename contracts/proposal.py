"""The contract that a gateway's answers would make today, out of a run that held it against the old one.

It is proposed, never written: whoever reads the patch decides. Deliveries were not heard, and stay as they are; so
does a step that could not be asked.
"""

from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from contracts.errors import Refused
from contracts.format import Contract, HttpStep, Source, dump, parse
from contracts.policy import Policy, load
from contracts.recording import Origin, seal
from contracts.redaction import Known
from contracts.tape import Exchange, Message, Tape
from contracts.verify import Outcome, Verdict

__all__ = ["proposed"]


def proposed(verdict: Verdict, *, source: Source, upstream: str, now: datetime | None = None) -> Contract:
    """The new contract.

    Raises Refused where an answer may not be written, or the whole no longer fits together.
    """
    old = verdict.contract
    if old.provenance.source is Source.SANDBOX and source is Source.SIMULATOR:
        raise Refused(["what a sandbox said is not replaced by a simulator's answers"])
    policy = load(old.gateway)
    said = old.provenance
    origin = Origin(
        source, upstream, "assay drift", now or datetime.now(UTC), api_version=said.api_version,
        connector=said.connector, licence=said.licence,
    )  # fmt: skip
    outcomes = {outcome.step: outcome for outcome in verdict.outcomes if outcome.request and outcome.reply}
    tape = Tape([_exchange(old, step, outcomes[step.id]) for step in old.http_steps if step.id in outcomes])
    made = seal(
        tape, policy, origin, identity=old.id, title=old.title, tags=old.tags, known=_known(verdict, policy),
        basic=policy.basic, before=old,
    )  # fmt: skip
    return _joined(old, made)


def _exchange(old: Contract, step: HttpStep, outcome: Outcome) -> Exchange:
    asked, host = outcome.request or Message(), f"https://{load(old.gateway).hosts[0]}"
    request = Message(asked.headers, asked.body, asked.method, host + asked.url)
    return Exchange(
        request, outcome.reply, step.id, step.scenario, step.actor, at=outcome.at, elapsed_ms=outcome.elapsed_ms
    )


def _known(verdict: Verdict, policy: Policy) -> list[Known]:
    """The secrets of the old contract that were sent; what is private by its place is found by its place."""
    rows = verdict.contract.secrets.items()
    return [
        Known(name.removeprefix("secret."), str(verdict.values[name]), row.kind, row.env)
        for name, row in rows
        if row.kind not in policy.fields and row.kind != "blob" and verdict.values.get(name)
    ]


def _joined(old: Contract, made: Contract) -> Contract:
    """The new steps in the places of the old ones, and everything that was not asked for as it was."""
    new: dict[str, Any] = {step.id: step for step in made.steps}
    told: dict[str, Any] = {"steps": [new.get(step.id, step) for step in old.steps], "cards": old.cards}
    told |= {"secrets": {**old.secrets, **made.secrets}, "told_by": old.told_by, "commands": old.commands}
    try:
        return parse(dump(made.model_copy(update=told)))
    except (ValidationError, ValueError) as error:
        raise Refused([f"the new steps do not fit together: {type(error).__name__}"]) from None
