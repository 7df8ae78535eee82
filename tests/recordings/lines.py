"""A recorded line, and the conversation with a connector that it belongs to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runtime.core.messages import HttpResponse
from runtime.core.money import Money
from runtime.core.payments import Command

SOME = Money(1000, "EUR")  # where the recording does not tell which amount was asked for


@dataclass(frozen=True, slots=True)
class Line:
    """One line of traffic/<gateway>.jsonl; `tier` X contradicts itself."""

    source: str
    tier: str
    kind: str
    label: str | None  # what its source says came of it
    method: str
    path: str  # of the URL, without host and query; empty where the request was not recorded
    sent: str  # the body of the request as text
    headers: tuple[tuple[str, str], ...]
    status: int | None
    body: Any  # of the reply: JSON, or text that is none
    key: str | None  # that a recorded delivery was signed with

    @property
    def file(self) -> str:
        """Where it was found, without project and version."""
        return self.source.partition(":")[2].rpartition("@")[0]

    def tells(self, name: str) -> Any:
        return self.body.get(name) if isinstance(self.body, dict) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """The command behind a line, and the replies it meets: a recorded one, and made up before it what leads there.

    After the last reply the network is gone. `prepares`: the recorded reply is no result, the flow goes on from it.
    One of `identities` must not be lost: not by an outcome or error, not by the next request.
    """

    command: Command
    replies: tuple[HttpResponse, ...] = ()
    identities: frozenset[str] = frozenset()
    prepares: bool = False
    configured: Mapping[str, Any] = field(default_factory=dict)  # where the line brings its own key
    now: float = 0.0


def lines(folder: Path, gateway: str) -> Iterator[Line]:
    for text in (folder / "traffic" / f"{gateway}.jsonl").read_text().splitlines():
        yield _line(json.loads(text))


def _line(row: dict[str, Any]) -> Line:
    request, reply = row["request"] or {}, row["response"]
    path = request.get("url", "").partition("?")[0].partition("://")[2].partition("/")[2]
    sent = request.get("body") or ""
    return Line(
        source=row["source"], tier=row["tier"], kind=row["kind"], label=(row["expect"] or {}).get("outcome"),
        method=request.get("method", ""), path=path, sent=sent if isinstance(sent, str) else json.dumps(sent),
        headers=tuple((request.get("headers") or {}).items()), status=reply["status"], body=reply.get("body"),
        key=row.get("signature", {}).get("key"),
    )  # fmt: skip


def answered(line: Line, command: Command, *identities: str | None, status: int | None = None) -> Trial:
    """The plain case: one command, and the recorded reply."""
    known = frozenset(identity for identity in identities if identity)
    return Trial(command=command, replies=(recorded(line, status=status),), identities=known)


def recorded(line: Line, *, status: int | None = None) -> HttpResponse:
    """The reply as it came; where its status was not recorded, the one that the caller says goes with it."""
    text = line.body if isinstance(line.body, str) else json.dumps(line.body)
    return HttpResponse(line.status or status or 200, (("Content-Type", "application/json"),), text.encode())


def made_up(**fields: Any) -> HttpResponse:
    return HttpResponse(200, (("Content-Type", "application/json"),), json.dumps(fields).encode())


def after(trial: Trial, *before: HttpResponse) -> Trial:
    """The same, with replies that the flow meets first."""
    return replace(trial, replies=(*before, *trial.replies))


def money(told: Any, amount: str = "amount") -> Money:
    """The amount of an object that says `amount` and `currency` as minor units."""
    is_told = isinstance(told, dict) and isinstance(told.get(amount), int) and isinstance(told.get("currency"), str)
    return Money(told[amount], told["currency"].upper()) if is_told else SOME
