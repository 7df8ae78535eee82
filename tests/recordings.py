"""python -m tests.recordings: what a connector makes of recorded exchanges, beside what their source says of them.

The recordings are large and not ours, so they are read from the folder in ASSAY_REFERENCE. Only lines of flows that the
connector claims are scored; a line without a stated outcome must still parse, or be refused, without losing its id.
"""

import json
import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qsl

from rich.console import Console
from rich.table import Table

from runtime import registry
from runtime.core.connector import Context, drive
from runtime.core.errors import ConnectorError
from runtime.core.messages import HttpResponse
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, Command, PaymentOutcome, PSync, Refund, StoredMethod, Void
from runtime.core.vocabulary import CaptureMethod, PaymentStatus, RefundStatus

# What a source's label may be called by us. "success" of older libraries can mean "accepted".
AGREES: dict[str, set[str]] = {
    "success": {PaymentStatus.CHARGED, PaymentStatus.PARTIAL_CHARGED, PaymentStatus.AUTHORIZED, RefundStatus.SUCCESS},
    "authorized": {PaymentStatus.AUTHORIZED},
    "decline": {PaymentStatus.FAILURE, PaymentStatus.AUTHENTICATION_FAILED},
    "error": {"error"},
    "action_required": {PaymentStatus.AUTHENTICATION_PENDING},
    "refunded": {RefundStatus.SUCCESS},
    "voided": {PaymentStatus.VOIDED},
    "pending": {PaymentStatus.PENDING, RefundStatus.PENDING},
}


@dataclass(frozen=True, slots=True)
class Line:
    """One recorded exchange that a claimed flow can parse."""

    source: str
    tier: str
    label: str | None
    command: Command
    response: HttpResponse
    identity: str | None  # the id that must not be lost

    @property
    def flow(self) -> str:
        return type(self.command).__name__


def lines(folder: Path, gateway: str) -> Iterator[Line]:
    """The lines of a gateway's recordings that belong to flows we can make a command for."""
    for text in (folder / "traffic" / f"{gateway}.jsonl").read_text().splitlines():
        row = json.loads(text)
        if row["tier"] == "X" or not isinstance(row["response"].get("body"), dict):
            continue
        command = _command(row)
        if command:
            body = row["response"]["body"]
            response = HttpResponse(row["response"]["status"] or 200, (), json.dumps(body).encode())
            label = (row["expect"] or {}).get("outcome")
            yield Line(row["source"], row["tier"], label, command, response, body.get("id"))


def _command(row: dict[str, Any]) -> Command | None:
    """The command that would have caused the exchange; None where we cannot know it or no flow of ours sends it."""
    body, request = row["response"]["body"], row["request"] or {}
    path = request.get("url", "").partition("?")[0].rpartition("/v1/")[2]
    error = body.get("error")
    if body.get("object") == "refund" and row["kind"] == "refund":
        return Refund(request_id="r", payment_id=body.get("payment_intent") or "pi_1", amount=_money(body))
    if body.get("object") == "payment_intent" or (isinstance(error, dict) and path.startswith("payment_intents")):
        return _intent_command(row["kind"], path, body, request)
    if isinstance(error, dict) and row["kind"] in {"payment", "capture", "void", "refund"} and not path:
        return _BARE[row["kind"]](Money(1000, "EUR"))
    return None


_BARE: dict[str, Any] = {
    "payment": lambda amount: Authorize(request_id="a", amount=amount, method=StoredMethod(token="pm_card_visa")),
    "capture": lambda amount: Capture(request_id="c", payment_id="pi_1", amount=amount),
    "void": lambda amount: Void(request_id="v", payment_id="pi_1"),
    "refund": lambda amount: Refund(request_id="r", payment_id="pi_1", amount=amount),
    "sync": lambda amount: PSync(request_id="s", payment_id="pi_1"),
}


def _intent_command(kind: str, path: str, body: dict[str, Any], request: dict[str, Any]) -> Command | None:
    sent = dict(parse_qsl(request.get("body") or "")) if isinstance(request.get("body"), str) else {}
    if kind == "capture" and "amount_received" in body:
        return Capture(request_id="c", payment_id=body["id"], amount=_money(body, "amount_received"))
    if kind in {"capture", "void", "sync"}:
        return _BARE[kind](Money(1000, "EUR"))
    if kind != "payment" or (path and path != "payment_intents" and not path.endswith("/confirm")):
        return None
    amount = _money(body) if "amount" in body else Money(1000, "EUR")
    manual = (body.get("capture_method") or sent.get("capture_method")) == "manual"
    return Authorize(
        request_id="a", amount=amount, method=StoredMethod(token="pm_card_visa"),
        capture_method=CaptureMethod.MANUAL if manual else CaptureMethod.AUTOMATIC,
    )  # fmt: skip


def _money(body: dict[str, Any], field: str = "amount") -> Money:
    return Money(body[field], body["currency"].upper())


@dataclass(frozen=True, slots=True)
class Reading:
    """What the connector made of a line."""

    line: Line
    said: str
    identity: str | None

    @property
    def agrees(self) -> bool | None:
        return None if self.line.label is None else self.said in AGREES[self.line.label]


def read(folder: Path, name: str) -> list[Reading]:
    """Every line, as the connector of that name reads it."""
    connector = registry.find(name)
    config = connector.config(api_key="sk_test_recordings", webhook_secrets=("whsec_recordings",))
    return [_read(connector, Context(config, 0.0, Random(0)), line) for line in lines(folder, connector.gateway)]


def _read(connector: Any, context: Context, line: Line) -> Reading:
    try:
        outcome = drive(connector.exchange(context, line.command), lambda _: line.response, lambda _: None)
    except ConnectorError as error:
        return Reading(line, "error", error.transaction_id)
    identity = outcome.payment_id if isinstance(outcome, PaymentOutcome) else outcome.refund_id
    return Reading(line, outcome.status, identity)


def table(readings: list[Reading]) -> Table:
    """Agreement with the sources' labels, by tier."""
    shown = Table("tier", "lines", "labelled", "agree", "differ", title="Recorded exchanges of claimed flows")
    by_tier: dict[str, Counter[bool | None]] = defaultdict(Counter)
    for reading in readings:
        by_tier[reading.line.tier][reading.agrees] += 1
    for tier, counts in sorted(by_tier.items()):
        total, labelled = sum(counts.values()), counts[True] + counts[False]
        shown.add_row(tier, str(total), str(labelled), str(counts[True]), str(counts[False]))
    return shown


if __name__ == "__main__":
    if "ASSAY_REFERENCE" not in os.environ:
        raise SystemExit("set ASSAY_REFERENCE to the folder that holds traffic/<gateway>.jsonl")
    found = read(Path(os.environ["ASSAY_REFERENCE"]), "stripe")
    Console(width=120).print(table(found))
    for reading in found:
        if reading.agrees is False:
            line = reading.line
            print(f"{line.tier} {line.flow}: label {line.label}, we say {reading.said}: {line.source}")
