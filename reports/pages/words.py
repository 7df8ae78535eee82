"""The words, signs and colours of what is shown; a colour never stands alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reports.results import CaseOutcome, RequirementOutcome

__all__ = ["OUTCOMES", "STATES", "Look", "look"]


@dataclass(frozen=True, slots=True)
class Look:
    """How an outcome is shown: its word, its sign, and its class in the style sheet."""

    word: str
    sign: str
    style: str
    meaning: str


EXCUSED = Look("not offered", "–", "excused", "the gateway publishes no such thing; the source is named")  # noqa: RUF001

OUTCOMES: Mapping[str, Look] = MappingProxyType(
    {
        RequirementOutcome.PASS: Look("pass", "✓", "pass", "every case that ran held"),
        RequirementOutcome.FAIL: Look("fail", "✗", "fail", "the connector broke it in at least one case"),
        RequirementOutcome.ERROR: Look("error", "!", "error", "the suite or the simulator raised, which voids the run"),
        RequirementOutcome.WAIVED: Look("waived", "W", "waived", "it failed, and is excused until a date"),
        RequirementOutcome.NOT_CLAIMED: Look("not claimed", "○", "unclaimed", "the connector does not promise it"),
        RequirementOutcome.NOT_RUN: Look("not run", "?", "notrun", "no case ran: it counts as missing"),
    }
)

# Titles of the states that a connector can reach. Source: suites/requirements.toml, which a test compares.
STATES: Mapping[int, str] = MappingProxyType(
    {
        1: "structure and auth",
        2: "authorize, capture, void",
        3: "refunds and sync",
        4: "every payment method the gateway offers",
        5: "webhooks, mandates, disputes, 3DS",
        6: "production: resilience, contracts",
    }
)


def look(outcome: RequirementOutcome | CaseOutcome, *, excused: bool = False) -> Look:
    """An outcome as it is shown; what is not claimed reads as not offered where the gateway is why."""
    return EXCUSED if excused and outcome == RequirementOutcome.NOT_CLAIMED else OUTCOMES[outcome.value]
