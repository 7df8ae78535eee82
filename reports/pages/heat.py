"""The heat map: which flow was seen to work with which payment method, and in how many cases."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from reports.results import Case, CaseOutcome, Results

__all__ = ["FLOWS", "METHODS", "PROVES", "Cell", "heat"]

# The payment methods in the order a reader looks for them. Compared with runtime's vocabulary by a test.
METHODS = (
    "CARD", "APPLE_PAY", "GOOGLE_PAY", "PAYPAL", "ACH_DEBIT", "SEPA_DEBIT", "BANK_TRANSFER", "KLARNA", "AFFIRM",
    "AFTERPAY", "IDEAL", "GIROPAY", "SOFORT", "BOLETO", "OXXO", "CRYPTO", "UPI", "ALIPAY", "WECHAT_PAY",
)  # fmt: skip
FLOWS = ("Authorize", "CompleteAuthorize", "Capture", "Void", "Refund", "SetupMandate", "ChargeMandate")

# The requirements that are asked of one payment method at a time, and the flows which a pass of them has seen at work.
# A case names its method as its parameter. Compared with the inventory and with a run by a test.
PROVES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "CAP-004": ("Authorize",),
        "CAP-007": ("Authorize", "Capture"),
        "CAP-008": ("Refund",),
        "CAP-009": ("Void",),
        "LIF-014": ("Authorize",),
        "LIF-015": ("CompleteAuthorize",),
        "LIF-016": ("Authorize",),
        "LIF-017": ("Authorize",),
        "LIF-018": ("Authorize",),
        "LIF-019": ("Authorize",),
        "LIF-020": ("Void",),
        "LIF-022": ("SetupMandate", "ChargeMandate"),
    }
)

_PARAMETER = re.compile(rf"\[({'|'.join(sorted(METHODS, key=len, reverse=True))})(?![A-Z_])")
_STEPS = (1, 2, 4, 8)  # from how many cases on a cell is warmer


@dataclass(frozen=True, slots=True)
class Cell:
    """What was seen of one flow with one method; `refused` where the gateway itself does not publish it."""

    passed: int = 0
    failed: int = 0
    unclaimed: int = 0
    requirements: tuple[str, ...] = ()

    @property
    def style(self) -> str:
        """The class of the cell: cold, bad, excused, or one of four warmths."""
        if self.failed:
            return "heat-bad"
        if not self.passed:
            return "heat-none" if not self.unclaimed else "heat-unclaimed"
        return f"heat-{sum(self.passed >= step for step in _STEPS)}"


def heat(results: Results) -> dict[tuple[str, str], Cell]:
    """Every (flow, method) of which a case speaks."""
    found: dict[tuple[str, str], list[tuple[str, Case]]] = {}
    for identity, flow, method, case in _spoken_of(results):
        found.setdefault((flow, method), []).append((identity, case))
    return {place: _cell(cases) for place, cases in found.items()}


def _spoken_of(results: Results) -> Iterator[tuple[str, str, str, Case]]:
    for row in results.requirements:
        for case in row.cases:
            if (named := _PARAMETER.search(case.name)) and row.id in PROVES:
                yield from ((row.id, flow, named[1], case) for flow in PROVES[row.id])


def _cell(cases: list[tuple[str, Case]]) -> Cell:
    outcomes = [case.outcome for _, case in cases]
    bad = (CaseOutcome.FAIL, CaseOutcome.ERROR, CaseOutcome.WAIVED)
    return Cell(
        passed=outcomes.count(CaseOutcome.PASS),
        failed=sum(outcome in bad for outcome in outcomes),
        unclaimed=outcomes.count(CaseOutcome.NOT_CLAIMED),
        requirements=tuple(dict.fromkeys(identity for identity, _ in cases)),
    )
