"""The heat map: which flow was seen to work with which payment method, and in how many cases."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from reports.results import Case, CaseOutcome, Results

__all__ = ["FLOWS", "METHODS", "PROVES", "Cell", "Line", "heat"]

# The payment methods in the order a reader looks for them, and the flows that can carry one.
METHODS = (
    "CARD", "APPLE_PAY", "GOOGLE_PAY", "PAYPAL", "ACH_DEBIT", "SEPA_DEBIT", "BANK_TRANSFER", "KLARNA", "AFFIRM",
    "AFTERPAY", "IDEAL", "GIROPAY", "SOFORT", "BOLETO", "OXXO", "CRYPTO", "UPI", "ALIPAY", "WECHAT_PAY",
)  # fmt: skip
FLOWS = ("Authorize", "CompleteAuthorize", "Capture", "Void", "Refund", "SetupMandate", "ChargeMandate")

# The requirements that are asked of one payment method at a time, and the flows which a pass of them has seen at work.
# A case names its method as its parameter. Compared with the inventory, and with what a run asks, by a test.
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
_STEPS = (1, 2, 3, 4)  # from how many cases on a cell is warmer
_BROKEN = (CaseOutcome.FAIL, CaseOutcome.ERROR, CaseOutcome.WAIVED)


@dataclass(frozen=True, slots=True)
class Cell:
    """What was seen of one flow with one method: a sign, what it means, and its class in the style sheet."""

    sign: str
    meaning: str
    style: str


@dataclass(frozen=True, slots=True)
class Line:
    """One payment method: what was seen of it, or why there is nothing to see."""

    method: str
    absent: str  # empty where the connector claims it
    cells: tuple[Cell, ...]  # one per flow


def heat(results: Results) -> list[Line]:
    """Every payment method, with a cell per flow; the claims say what was not to be expected."""
    spoken_of = _spoken_of(results)
    return [_line(results, method, spoken_of) for method in METHODS]


def _line(results: Results, method: str, spoken_of: Mapping[tuple[str, str], Sequence[tuple[str, Case]]]) -> Line:
    claims = results.capabilities
    absent = ""
    if claims.payment_methods and method not in claims.payment_methods:
        source = claims.not_offered.get(method)
        absent = f"not offered by the gateway: {source}" if source else "not claimed"
    return Line(
        method, absent, tuple(_cell(results, flow, method, spoken_of.get((flow, method), ())) for flow in FLOWS)
    )


def _spoken_of(results: Results) -> dict[tuple[str, str], list[tuple[str, Case]]]:
    found: dict[tuple[str, str], list[tuple[str, Case]]] = {}
    for row in results.requirements:
        for case in row.cases if row.id in PROVES else ():
            if named := _PARAMETER.search(case.name):
                for flow in PROVES[row.id]:
                    found.setdefault((flow, named[1]), []).append((row.id, case))
    return found


def _cell(results: Results, flow: str, method: str, cases: Sequence[tuple[str, Case]]) -> Cell:
    outcomes = [case.outcome for _, case in cases]
    failed, passed = sum(outcome in _BROKEN for outcome in outcomes), outcomes.count(CaseOutcome.PASS)
    asked = ", ".join(dict.fromkeys(identity for identity, _ in cases))
    if failed:
        return Cell(f"✗ {failed}", f"{failed} failed ({asked})", "heat-bad")
    offer = results.capabilities.payment_methods.get(method)
    if flow == "Refund" and offer and not offer.refunds:
        return Cell("\N{EN DASH}", f"no refunds, as declared ({asked})", "heat-unclaimed")
    if passed:
        return Cell(str(passed), f"{passed} held ({asked})", f"heat-{sum(passed >= step for step in _STEPS)}")
    if source := results.capabilities.not_offered.get(flow):
        return Cell("\N{EN DASH}", f"not offered: {source}", "heat-unclaimed")
    return (
        Cell("\N{EN DASH}", f"not claimed ({asked})", "heat-unclaimed") if cases else Cell("", "not asked", "heat-none")
    )
