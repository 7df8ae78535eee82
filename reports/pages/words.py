"""The words, signs and colours of what is shown; a colour never stands alone."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reports.results import CaseOutcome, RequirementOutcome

__all__ = ["EXCUSED", "FILTERS", "OUTCOMES", "Look", "counted", "look"]


@dataclass(frozen=True, slots=True)
class Look:
    """How an outcome is shown: its word, its sign, and its class in the style sheet."""

    word: str
    sign: str
    style: str
    meaning: str


EXCUSED = Look("not offered", "\N{EN DASH}", "excused", "the gateway publishes no such thing; the source is named")

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


def look(outcome: RequirementOutcome | CaseOutcome, *, excused: bool = False) -> Look:
    """An outcome as it is shown; what is not claimed reads as not offered where the gateway is why."""
    return EXCUSED if excused and outcome == RequirementOutcome.NOT_CLAIMED else OUTCOMES[outcome.value]


_NAMES: Mapping[str, str] = MappingProxyType(
    {
        "ACH_DEBIT": "ACH debit", "SEPA_DEBIT": "SEPA debit", "PAYPAL": "PayPal", "IDEAL": "iDEAL", "OXXO": "OXXO",
        "UPI": "UPI", "APPLE_PAY": "Apple Pay", "GOOGLE_PAY": "Google Pay", "WECHAT_PAY": "WeChat Pay",
    }
)  # fmt: skip


def method(name: str) -> str:
    """A payment method as people write it."""
    return _NAMES.get(name, name.replace("_", " ").capitalize())


def sentence(case: str) -> str:
    """The name of a test read as the sentence it is, with its parameter."""
    test, bracket, parameter = case.partition("[")
    return test.removeprefix("test_").replace("_", " ") + (f" [{parameter}" if bracket else "")


def parameter(case: str) -> str:
    """What tells a case from its neighbours: its parameter, or the whole sentence where it has none."""
    _, bracket, found = case.partition("[")
    return found.removesuffix("]") if bracket else sentence(case)


def first_line(text: str) -> str:
    return text.partition("\n")[0]


def counted(number: int, noun: str) -> str:
    """A number with its noun: 1 case, 1,024 cases."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def broken(flow: str) -> str:
    """The name of a flow with soft hyphens between its words, for narrow columns."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "\N{SOFT HYPHEN}", flow)


FILTERS: Mapping[str, Callable[..., str]] = MappingProxyType(
    {
        "broken": broken,
        "counted": counted,
        "first_line": first_line,
        "method": method,
        "parameter": parameter,
        "sentence": sentence,
    }
)
