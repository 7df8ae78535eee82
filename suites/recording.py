"""A gateway as one contract recorded it: no network, no ledger, nothing but what was said."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.test import EnvironBuilder, run_wsgi_app

from contracts.bodies import encode
from contracts.format import Command, Contract, HttpStep
from contracts.placeholders import fill, mint
from contracts.replay import Delivery, Fault, Replay
from contracts.tape import Message, Tape, Taped
from mock_gateways.core.faults import ConnectionReset, TimedOut
from suites.driver import BASE_URL
from suites.gateway import Webhook
from suites.scenarios import Player

__all__ = ["Loss", "Recording", "shown"]

# Statuses that no gateway sends, each for an answer that never came.
_TIMED_OUT, _RESET = 598, 597
_BROKEN: Mapping[int, type[Exception]] = MappingProxyType({_TIMED_OUT: TimedOut, _RESET: ConnectionReset})


@dataclass(frozen=True, slots=True)
class Loss:
    """What becomes of the answer to the request by which a flow moves money; `after` whether it arrived at all."""

    flow: str
    status: int = _TIMED_OUT
    after: bool = True

    @classmethod
    def reset(cls, flow: str) -> "Loss":
        return cls(flow, _RESET)


@dataclass(slots=True)
class Recording:
    """Plays the gateway of a contract to one merchant, and stands in for the simulator's control plane."""

    contract: Contract
    routes: Mapping[str, str]
    losses: tuple[Loss, ...] = ()
    rows: list[Command] = field(init=False)
    replay: Replay = field(init=False)
    webhook_secret: str = field(init=False, repr=False)
    _tape: Tape = field(default_factory=Tape)

    def __post_init__(self) -> None:
        secret = self.contract.secrets.get("secret.webhook")
        self.rows = self.contract.commands
        # Of its shape, and in hex besides: some gateways' secrets are bytes.
        pattern = (secret.pattern or "").replace("[0-9A-Za-z]", "[0-9A-F]") if secret else ""
        self.webhook_secret = mint(pattern, self.contract.id) if pattern else ""
        faults = [Fault(self._step(loss.flow).id, loss.status, after=loss.after) for loss in self.losses]
        self.replay = Replay([self.contract], now=self.now, faults=faults)

    def _step(self, flow: str) -> HttpStep:
        """The exchange by which the first command of a flow moves money: its own route, where it has several."""
        row = next(row for row in self.rows if row.flow == flow)
        steps = [step for step in self.contract.http_steps if step.id in row.steps]
        method, _, path = self.routes.get(flow, "").partition(" ")
        own = [step for step in steps if step.request.method == method and _fits(path, step.request.path)]
        return (own or steps)[0]

    # -- what it answers

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        told: list[Any] = []
        taped = Taped(self.replay, self._tape, unheard="\0", now=self.now)
        chunks = taped(environ, lambda *status: told.extend(status))
        if broken := _BROKEN.get(int(told[0].split()[0])):
            raise broken
        start_response(told[0], told[1])
        return chunks

    # -- what a driver asks of a gateway

    def now(self) -> float:
        """The moment at which it was recorded: a run a month later says the same."""
        return self.contract.provenance.recorded_at.timestamp()

    def expect(self, flow: str) -> None:
        """Nothing is planned by flow: a loss hangs on its step."""

    def advance(self, _seconds: float) -> None:
        """Nothing is under way: what was heard later is in the recording."""

    # -- the stage of a story

    def prepare(self, player: Player, row: Command) -> None:
        """Walk the browser through what it was recorded to do before this command."""
        ids = [step.id for step in self.contract.steps]
        begin = 0 if row is self.rows[0] else ids.index(self.rows[self.rows.index(row) - 1].steps[-1])
        between = self.contract.steps[begin : ids.index(row.steps[0])]
        steps = [step for step in between if isinstance(step, HttpStep) and step.actor == "browser"]
        if steps:
            action = player.paid.next_action
            assert action is not None, "the shopper was sent away, and the connector does not say where to"
            player.returned = self._browse(action.url or "", steps)

    def _browse(self, url: str, steps: Iterable[HttpStep]) -> dict[str, str]:
        """Go where the connector sent the shopper; the query with which the browser came back."""
        for step in steps:
            values = self.replay.sessions[-1].ready.defaults | self.replay.sessions[-1].values
            request, parts = step.request, urlsplit(url)
            body = encode(request.body.kind, fill(request.body.content, values))
            environ = EnvironBuilder(
                path=parts.path, query_string=parts.query, base_url=BASE_URL, method=request.method, data=body,
                headers=list(request.headers.items()),
            ).get_environ()  # fmt: skip
            chunks, _, headers = run_wsgi_app(self, environ)
            del chunks
            url = headers.get("location", "")
        self._blame()
        return dict(parse_qsl(urlsplit(url).query))

    def carried_out(self, row: Command) -> None:
        self._blame()
        left = [step for step in row.steps if any(one.endswith(f": {step}") for one in self.replay.unfinished)]
        if left:
            raise AssertionError(f"{row.flow} did not send what was recorded: {', '.join(left)}")

    def _blame(self) -> None:
        if self.replay.unmatched:
            raise AssertionError("\n".join(self.replay.unmatched))

    def finish(self) -> None:
        self.replay.check()

    def deliveries(self) -> Iterator[Delivery]:
        """Every delivery that is due: genuine, and as forgers would send it."""
        for session in self.replay.sessions[-1:]:
            yield from self.replay.deliveries(session, self.webhook_secret, forged=True)

    def webhooks(self) -> list[Webhook]:
        due = [one for one in self.deliveries() if one.variant in ("genuine", "unsigned") and self._is_signed(one)]
        return [Webhook(one.step, one.step, one.headers, one.body) for one in due]

    def _is_signed(self, delivery: Delivery) -> bool:
        step = next(step for step in self.contract.webhook_steps if step.id == delivery.step)
        return (step.signature is None) == (delivery.variant == "unsigned")

    # -- what is kept of it

    def exchanges(self) -> list[dict[str, Any]]:
        return shown(self._tape)

    def strange_keys(self, configured: Iterable[str]) -> list[str]:
        """Names of credentials that were sent with a value that nobody had configured."""
        known = set(configured)
        found = {name: value for session in self.replay.sessions for name, value in session.values.items()}
        keys = [name for name, secret in self.contract.secrets.items() if secret.env]
        return [name for name in keys if name in found and found[name] not in known]


def _fits(route: str, path: str) -> bool:
    wanted, found = route.split("/"), path.split("/")
    return len(wanted) == len(found) and all(
        one.startswith("{") or one == other for one, other in zip(wanted, found, strict=True)
    )


def shown(tape: Tape) -> list[dict[str, Any]]:
    """What was said, as evidence has it; nothing is redacted yet."""
    return [
        {"request": _shown(one.request), "response": _shown(one.response) if one.response else None}
        for one in tape.exchanges
    ]


def _shown(message: Message) -> dict[str, Any]:
    parts = urlsplit(message.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    body = message.body.decode(errors="replace")
    shown = {"headers": dict(message.headers), "body": body}
    return shown | ({"status": message.status} if message.status else {"method": message.method, "path": path})
