"""What a connector makes of a recorded line, and whether that agrees with what the line's source says."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from runtime.core.connector import Connector, Context, drive
from runtime.core.errors import ConnectorError
from runtime.core.messages import HttpRequest, HttpResponse, TransportError
from runtime.core.payments import OrderOutcome, SessionOutcome
from runtime.core.vocabulary import DisputeStatus, MandateStatus, PaymentStatus, RefundStatus
from runtime.core.webhooks import Delivery
from tests.recordings import gateways
from tests.recordings.lines import Line, Trial, lines

ERROR, MADE, NOTHING = "error", "made", "nothing"
UNRESOLVED = PaymentStatus.UNRESOLVED  # the same word of refunds, disputes and mandates

# What a source's label may be called by us. An order, a session, a customer is MADE, and has no status of its own.
AGREES: dict[str, set[str]] = {
    "success": {
        PaymentStatus.CHARGED, PaymentStatus.PARTIAL_CHARGED, PaymentStatus.AUTHORIZED, RefundStatus.SUCCESS,
        DisputeStatus.ACCEPTED, MandateStatus.ACTIVE, MandateStatus.REVOKED, MADE,
    },
    "authorized": {PaymentStatus.AUTHORIZED},
    "decline": {PaymentStatus.FAILURE, PaymentStatus.AUTHENTICATION_FAILED},
    "error": {ERROR},
    "action_required": {PaymentStatus.AUTHENTICATION_PENDING},
    "refunded": {RefundStatus.SUCCESS},
    "voided": {PaymentStatus.VOIDED},
    "pending": {PaymentStatus.PENDING, RefundStatus.PENDING, MADE},  # a session that was made waits to be paid
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What the connector made of a line: `flow` None where no claimed flow sends what the line answers."""

    line: Line
    flow: str | None
    said: str  # a status, or one of ERROR, MADE, NOTHING; why there is no flow
    kept: bool = True  # whether an id that the line tells was kept

    @property
    def agrees(self) -> bool | None:
        """None: not scored, for want of a flow or of a label, or because the line contradicts itself."""
        if self.flow is None or self.line.label is None or self.line.tier == "X":
            return None
        return self.said in AGREES[self.line.label]

    @property
    def differs(self) -> bool:
        """Whether this needs a reason: another word than the label's; without a label, no word at all."""
        is_unread = self.flow is not None and self.line.label is None and self.said in {ERROR, UNRESOLVED}
        return self.agrees is False or is_unread

    def __str__(self) -> str:
        line = self.line
        return f"{line.tier} {self.flow}: label {line.label}, we say {self.said}: {line.source}"


def recorded() -> list[str]:
    """The gateways whose recordings can be read here."""
    return sorted(module.name for module in pkgutil.iter_modules(gateways.__path__))


def reader(gateway: str) -> Any:
    return importlib.import_module(f"{gateways.__name__}.{gateway}")


def explanation(gateway: str, reading: Reading) -> str | None:
    explained = reader(gateway).EXPLAINED
    return next((why for part, why in explained.items() if part in reading.line.source), None)


def read(folder: Path, connector: Connector) -> list[Reading]:
    """Every line, as a connector reads it."""
    how = reader(connector.gateway)
    return [reading_of(connector, how, line) for line in lines(folder, connector.gateway)]


def reading_of(connector: Connector, how: Any, line: Line) -> Reading:
    trial = "contradicts itself" if line.tier == "X" else how.trial(line)
    if isinstance(trial, str):
        return Reading(line, None, trial)
    return _of(connector, how, line, trial)


def _of(connector: Connector, how: Any, line: Line, trial: Trial) -> Reading:
    flow = type(trial.command).__name__
    if type(trial.command) not in connector.flows:
        return Reading(line, None, f"{flow} is not claimed")
    config = connector.config(**{**how.CONFIG, **trial.configured})
    said, told = _tried(connector, Context(config, trial.now, Random(0)), trial)
    return Reading(line, flow, said, not trial.identities or any(told(one) for one in trial.identities))


def otherwise(connector: Connector, line: Line) -> list[Reading]:
    """What the connector makes of a line's object where it arrives in other ways."""
    how = reader(connector.gateway)
    found = [] if line.tier == "X" else how.same(line)
    return [_of(connector, how, line, trial) for trial in found]


def _tried(connector: Connector, context: Context, trial: Trial) -> tuple[str, Callable[[str], bool]]:
    """What the connector says, and whether it tells an id, in the outcome or by asking about it."""
    network = _Network(trial)
    try:
        result = drive(connector.exchange(context, trial.command), network, lambda _: None)
    except ConnectorError as error:
        went_on = trial.prepares and bool(network.after)
        said, ids = MADE if went_on else ERROR, [error.transaction_id]
    else:
        said, ids = said_of(result)
    return said, lambda one: one in ids or any(one in asked for asked in network.after)


class _Network:
    """Answers with a trial's replies, and is gone after the last; `after`: what was asked when all had been heard."""

    def __init__(self, trial: Trial) -> None:
        self._replies = list(trial.replies)
        self.after: list[str] = []

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._replies:
            return self._replies.pop(0)
        self.after.append(f"{request.url} {request.body!r}")
        raise TransportError("nothing more was recorded", sent=False)


_IDS = ("payment_id", "refund_id", "dispute_id", "mandate_id", "order_id", "session_id")


def said_of(result: Any) -> tuple[str, list[str | None]]:
    """The word for a result, and every id it tells."""
    if isinstance(result, Delivery):
        found = [said_of(event.outcome) for event in result.events if event.outcome]
        return " ".join(said for said, _ in found) or NOTHING, [one for _, ids in found for one in ids]
    ids = [getattr(result, name, None) for name in _IDS]
    return MADE if isinstance(result, OrderOutcome | SessionOutcome) else result.status, ids
