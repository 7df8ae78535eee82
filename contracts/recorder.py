"""A session with a gateway, heard as it goes: its flows are sealed together, and written together or not at all.

Exchanges come from the proxy (`proxy.py`), or from an httpx transport in this process (`transport.py`). They stay in
memory; what may not be recorded is told at once, and then nothing of the session is written.

    with Recording(gateway, upstream, out) as recording:
        client = httpx.Client(transport=RecordedTransport(httpx.HTTPTransport(), recording))
        with recording.flow("sale", "A sale"):
            ...
"""

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Literal, Self
from urllib.parse import urlsplit

from contracts.attribution import FLOW_HEADER, STEP_HEADER, Attribution, words_of
from contracts.audit import environment_secrets
from contracts.errors import ContractError, Refused
from contracts.format import Contract, Source, ToldBy, read
from contracts.lock import sweep, write_all
from contracts.messages import body_of, find
from contracts.policy import Policy, load
from contracts.recording import Origin, objections, seal
from contracts.redaction import Known
from contracts.signers import holds
from contracts.sources import SIMULATED, source_of
from contracts.tape import Asked, Exchange, Message, Tape, header

__all__ = ["Recording", "known_of"]

Actor = Literal["merchant", "browser"]


def known_of(policy: Policy, environment: Mapping[str, str], given: Mapping[str, str] | None = None) -> list[Known]:
    """The secrets that take part: as they are given by name, else from the variables that the rules name."""
    given = given or {}
    rows = {row.name: row for row in policy.credentials}
    values = {name: environment.get(row.env, "") for name, row in rows.items()} | dict(given)
    return [
        Known(name, value, rows[name].kind if name in rows else "secret", rows[name].env if name in rows else None)
        for name, value in values.items()
        if value
    ]


@dataclass(frozen=True, slots=True)
class Heard:
    """What a person wants to see while a session goes on."""

    exchanges: int
    deliveries: int
    flows: Mapping[str, int]
    last: str
    objections: tuple[str, ...]


class Recording:
    """One session. `out` is a library: the contract of a flow goes to `<out>/<gateway>/<flow>.json`.

    Leaving the block writes, unless it is left by an exception. Safe to be called from several threads.
    """

    def __init__(
        self,
        gateway: str,
        upstream: str,
        out: Path,
        *,
        given: Mapping[str, str] | None = None,
        environment: Mapping[str, str] = os.environ,
        connector: str | None = None,
        recorder: str = "assay",
        flow: str | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        """`given` are values of secrets by name, `flow` the one of everything that is not announced."""
        self.policy, self.upstream, self.out = load(gateway), upstream.rstrip("/"), out
        self.source = source_of(upstream, self.policy)
        self.known = known_of(self.policy, environment, given)
        self.recorder, self.now, self.step = recorder, now, None
        self._others = environment_secrets(environment)
        self._connector, self._only = connector, flow
        self._attribution = Attribution(self.policy)
        self._tapes: dict[str, Tape] = {}
        self._titles: dict[str, str] = {}
        self._stated: dict[str, tuple[list[Asked], ToldBy]] = {}
        self._objections: list[str] = []
        self._last, self._lock = "", threading.RLock()
        self.written: list[Path] = []

    step: str | None
    """The id of the steps that come next; what the last word of their path says, where it is None."""

    # -- which flow

    @contextmanager
    def flow(self, name: str, title: str | None = None) -> Iterator[None]:
        """What comes within the block is this flow's."""
        self.announce(name, title)
        try:
            yield
        finally:
            self.announce(None)

    def announce(self, name: str | None, title: str | None = None) -> None:
        with self._lock:
            self._attribution.announce(name)
            self.step = None
            if name and title:
                self._titles[name] = title

    def claim(self, name: str, request_ids: Iterable[str]) -> None:
        """Whatever bears one of these request ids is this flow's, whenever it comes."""
        with self._lock:
            self._attribution.claim(name, request_ids)

    def states(self, name: str, asked: Iterable[Asked], told_by: ToldBy) -> None:
        """What the merchant wanted in a flow, and what became of it, by whoever knows: never the connector."""
        with self._lock:
            self._stated[name] = (list(asked), told_by)

    def tape(self, name: str) -> Tape:
        """What was heard of a flow so far."""
        return self._tapes.setdefault(name, Tape())

    # -- what is heard

    def refuses(self, request: Message) -> list[str]:
        """Why a request must not even be sent: it would use a live key, or a card that is nobody's test card."""
        found = objections(request, self.policy, asked=True)
        if found:
            self._object(f"{request.method} {_path(request)}", found)
        return found

    def hears(
        self, request: Message, response: Message, *, at: float | None = None, elapsed_ms: float = 0,
        actor: Actor = "merchant",
    ) -> None:  # fmt: skip
        """One exchange, the merchant's or the browser's, as it ended."""
        with self._lock:
            of = self._attribution.of_request if actor == "merchant" else self._attribution.of_delivery
            flow, step = of(request) or self._only, header(request.headers, STEP_HEADER) or self.step
            kept, answered = self._canonical(request), self._canonical(response)
            exchange = Exchange(
                kept, answered, step or ("browser" if actor == "browser" else None), None, actor,
                at=self.now() if at is None else at, elapsed_ms=elapsed_ms,
            )  # fmt: skip
            self._add(flow, exchange, f"{request.method} {_path(request)} {response.status}")

    def is_told(self, delivery: Message, *, at: float | None = None) -> bool:
        """One delivery, as it arrived; whether its signature holds."""
        secret = next((known.value for known in self.known if known.name == "webhook"), "")
        headers = {name.lower(): value for name, value in delivery.headers}
        verified = bool(self.policy.scheme and secret and holds(self.policy.scheme, secret, headers, delivery.body))
        with self._lock:
            flow, step = self._attribution.of_delivery(delivery) or self._only, self.step
            kept = replace(self._canonical(delivery), url="/webhooks")
            if flow and any(one.is_delivery and one.request.body == kept.body for one in self.tape(flow).exchanges):
                return verified  # sent again, as the merchant did not take it the first time
            at = self.now() if at is None else at
            exchange = Exchange(kept, None, step or self._event(delivery), at=at, verified=verified)
            self._add(
                flow, exchange, f"delivery {_path(delivery)}, {'signed' if verified else 'signature does not hold'}"
            )
        return verified

    def loses(self, request: Message, why: str) -> None:
        """A request that got no answer: what a flow then holds is not what was said."""
        self._object(f"{request.method} {_path(request)}", [f"no answer came: {why}"])

    def _event(self, delivery: Message) -> str:
        tree = {"body": body_of(delivery).content}
        for path in self.policy.events:
            try:
                return f"told_{find(tree, path)}"
            except KeyError:
                continue
        return "told"

    def _add(self, flow: str | None, exchange: Exchange, told: str) -> None:
        self._last = f"{told} ({flow or 'no flow'})"
        found = [reason for message in (exchange.request, exchange.response) if message is not None
                 for reason in objections(message, self.policy)]  # fmt: skip
        if flow is None:
            found.append("belongs to no flow: announce one before it begins")
        if found:
            self._object(told, found)
        if flow is not None:
            self._attribution.learn(flow, exchange.request, exchange.response)
            self._tapes.setdefault(flow, Tape()).exchanges.append(exchange)

    def _object(self, what: str, reasons: Iterable[str]) -> None:
        with self._lock:
            self._objections += [text for reason in reasons if (text := f"{what}: {reason}") not in self._objections]

    def _canonical(self, message: Message) -> Message:
        """A message as it would be anywhere: without the recorder's own headers, a simulator under its one name."""
        headers = tuple(pair for pair in message.headers if pair[0].lower() not in (FLOW_HEADER, STEP_HEADER))
        if self.source is not Source.SIMULATOR:
            return replace(message, headers=headers)
        here, name = self.upstream, SIMULATED
        return replace(
            message,
            headers=tuple((key, value.replace(here, name)) for key, value in headers),
            body=message.body.replace(here.encode(), name.encode()),
            url=message.url.replace(here, name),
        )

    @property
    def heard(self) -> Heard:
        with self._lock:
            exchanges = [exchange for tape in self._tapes.values() for exchange in tape.exchanges]
            deliveries = sum(exchange.is_delivery for exchange in exchanges)
            flows = {name: len(tape.exchanges) for name, tape in self._tapes.items()}
            return Heard(len(exchanges), deliveries, flows, self._last, tuple(self._objections))

    # -- what is written

    def seal(self) -> list[Contract]:
        """The contracts of the session.

        Raises Refused, with every reason, where anything of it may not be written.
        """
        reasons = [*self._objections, *([] if self._tapes else ["nothing was recorded"])]
        made: list[Contract] = []
        for flow, tape in self._tapes.items():
            try:
                made.append(self._sealed(flow, tape))
            except Refused as refused:
                reasons += [f"{flow}: {reason}" for reason in refused.reasons if reason not in reasons]
        if reasons:
            raise Refused(reasons)
        return made

    def _sealed(self, flow: str, tape: Tape) -> Contract:
        before = self._before(flow)
        if before and before.provenance.source is Source.SANDBOX and self.source is Source.SIMULATOR:
            raise Refused(["what a sandbox said is there already: a simulator's answers do not replace it"])
        upstream = SIMULATED if self.source is Source.SIMULATOR else self.upstream
        origin = Origin(
            self.source, upstream, self.recorder, datetime.fromtimestamp(self.now(), UTC),
            api_version=self._version(tape), connector=self._connector,
        )  # fmt: skip
        asked, told_by = self._stated.get(flow, ((), None))
        title = self._titles.get(flow) or (before.title if before else flow.replace("-", " ").capitalize())
        # Where somebody stated which exchanges a command caused, they stay where they are.
        ordered = tape if asked else Tape(_ordered(_grouped(tape.exchanges)))
        return seal(
            ordered, self.policy, origin, identity=f"{self.policy.gateway}/{flow}", title=title, known=self.known,
            basic=self.policy.basic, environment=self._others, tags=before.tags if before else (flow,), before=before,
            asked=asked, told_by=told_by,
        )  # fmt: skip

    def _version(self, tape: Tape) -> str | None:
        """The version of the interface that the gateway says it answered in."""
        name = self.policy.version_header
        told = [header(one.response.headers, name) for one in tape.exchanges if name and one.response is not None]
        return next((version for version in told if version), None)

    def _before(self, flow: str) -> Contract | None:
        try:
            return read(self._file(flow))
        except ContractError:
            return None

    def _file(self, flow: str) -> Path:
        return self.out / self.policy.gateway / f"{flow}.json"

    def write(self) -> list[Path]:
        """Seal and write, everything or nothing.

        Raises Refused; OSError where the disk cannot take it: then every old file is whole.
        """
        with self._lock:
            made = self.seal()
            folder = self.out / self.policy.gateway
            sweep(folder)
            self.written = write_all([(one, self.out / f"{one.id}.json") for one in made])
            return self.written

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.write()


def _path(message: Message) -> str:
    """What may be shown of an address: not its query, and ids are none of a terminal's business either."""
    return urlsplit(message.url).path or "/"


def _grouped(exchanges: list[Exchange]) -> list[Exchange]:
    """Requests that were under way at once are a group, by name: which of them ended first is chance."""
    made, end, places = list(exchanges), float("-inf"), list[list[int]]()
    asked = [place for place, one in enumerate(exchanges) if one.actor == "merchant" and not one.is_delivery]
    for place in sorted(asked, key=lambda place: exchanges[place].began):
        if exchanges[place].began < end:
            places[-1].append(place)
        else:
            places.append([place])
        end = max(end, exchanges[place].at)
    groups = [group for group in places if len(group) > 1]
    for number, group in enumerate(groups, 1):
        named = sorted((exchanges[place] for place in group), key=lambda one: (one.label or "", _path(one.request)))
        for place, one in zip(sorted(group), named, strict=True):
            made[place] = replace(one, concurrent=f"at_once_{number}")
    return made


def _ordered(exchanges: list[Exchange]) -> list[Exchange]:
    """Deliveries come when they come: they stand at the end, by name, so that another recording is no other contract.

    One that tells what a later request needs, and nothing else told, stays where it is.
    """
    kept: list[Exchange] = []
    late: list[Exchange] = []
    for place, exchange in enumerate(exchanges):
        moves = exchange.is_delivery and not _is_needed(exchange, exchanges[:place], exchanges[place + 1 :])
        (late if moves else kept).append(exchange)
    return kept + sorted(late, key=lambda exchange: exchange.label or "")


def _is_needed(delivery: Exchange, before: list[Exchange], after: list[Exchange]) -> bool:
    """Whether a later request holds an id that, until then, only this delivery told."""
    told = {word for word in words_of(delivery.request) if any(char.isdigit() for char in word)}
    told -= {word for one in before for word in _said(one)}
    for one in after:
        if not one.is_delivery and words_of(one.request) & told:
            return True
        told -= words_of(one.response) if one.response is not None else set()
    return False


def _said(exchange: Exchange) -> set[str]:
    return words_of(exchange.request) | (words_of(exchange.response) if exchange.response is not None else set())
