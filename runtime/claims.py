"""What a connector claims, as rows and lines that a terminal and the README show alike."""

from collections.abc import Callable, Iterator, Mapping

from runtime.core.connector import Connector, Offer
from runtime.core.payments import (
    FLOWS,
    Authorize,
    Capture,
    ChargeMandate,
    Command,
    Refund,
    RevokeMandate,
    SetupMandate,
    Void,
)
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType

__all__ = ["HEAD", "heading", "lines", "not_offered", "rows"]

YES, NO = "✓", "·"
_FEW = 3  # so many currencies are named; more are counted


def _holds(offer: Offer) -> bool:
    return not offer.captures <= {CaptureMethod.AUTOMATIC}


# Families of flows that depend on the payment method: the flows each needs, and what the offer must say.
_FAMILIES: Mapping[str, tuple[set[type[Command]], Callable[[Offer], bool]]] = {
    "sale": ({Authorize}, lambda offer: CaptureMethod.AUTOMATIC in offer.captures),
    "hold, capture": ({Authorize, Capture}, _holds),
    "several captures": ({Authorize, Capture}, lambda offer: CaptureMethod.MANUAL_MULTIPLE in offer.captures),
    "void": ({Authorize, Void}, _holds),
    "refund": ({Refund}, lambda offer: offer.refunds),
    "mandate": ({SetupMandate, ChargeMandate}, lambda offer: offer.mandates),
}
_OF_A_METHOD = {Authorize, Capture, Void, Refund, SetupMandate, ChargeMandate, RevokeMandate}
_NAMES = (*(flow.__name__ for flow in FLOWS), *PaymentMethodType)
HEAD = ("payment method", *_FAMILIES, "currencies")


def heading(connector: Connector) -> str:
    claims = connector.capabilities
    counts = ((len(connector.flows), "flows"), (len(claims.payment_methods), "payment methods"))
    told = ", ".join(f"{count} {what}" for count, what in (*counts, (len(claims.currencies), "currencies")))
    speaks = "" if connector.name == connector.gateway else f" for {connector.gateway}"
    return f"{connector.name} {connector.version}{speaks}: {told}"


def rows(connector: Connector) -> Iterator[tuple[str, ...]]:
    """One row for each payment method that is offered, in the order of the vocabulary; its cells are those of HEAD."""
    flows = set(connector.flows)
    for kind in PaymentMethodType:
        if offer := connector.capabilities.payment_methods.get(kind):
            marks = (YES if needs <= flows and says(offer) else NO for needs, says in _FAMILIES.values())
            yield (kind, *marks, _currencies(offer.currencies))


def _currencies(some: frozenset[str] | None) -> str:
    if some is None:
        return "all"
    return " ".join(sorted(some)) if len(some) <= _FEW else str(len(some))


def lines(connector: Connector) -> Iterator[tuple[str, str]]:
    """What no row tells, each with its title: the other flows, recovery, and what nobody has built."""
    other = [flow.__name__ for flow in FLOWS if flow in connector.flows and flow not in _OF_A_METHOD]
    yield "Flows of no particular method", ", ".join(other)
    yield "An unknown outcome is resolved by", ", then ".join(connector.capabilities.recovery)
    if missing := [name for name in _NAMES if name not in _named(connector)]:
        yield "Not built", ", ".join(missing)


def not_offered(connector: Connector) -> Iterator[tuple[str, str]]:
    """What the gateway itself does not offer, and why: all names of one reason together, in the vocabulary's order."""
    reasons = connector.capabilities.not_offered
    names_of: dict[str, list[str]] = {}
    for name in [*(name for name in _NAMES if name in reasons), *sorted(set(reasons) - set(_NAMES))]:
        names_of.setdefault(reasons[name], []).append(str(name))
    return ((", ".join(names), reason) for reason, names in names_of.items())


def _named(connector: Connector) -> set[str]:
    """Every flow and payment method that a connector says anything about."""
    claims = connector.capabilities
    return {flow.__name__ for flow in connector.flows} | {*claims.payment_methods, *claims.not_offered}
