"""A gateway's own sandbox, reached with keys from the environment: ASSAY_<GATEWAY>_<SETTING of the connector>.

It has no ledger to ask, so a connector is judged by what the gateway publishes of its test values. What is said can be
kept as contracts; whose answers they are follows from the host alone, and what is on this machine is a simulator.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx

from contracts.errors import ContractError
from contracts.format import Command, Source, ToldBy
from contracts.policy import Policy, load
from contracts.recorder import Recording
from contracts.sources import source_of
from contracts.tape import Asked
from contracts.transport import RecordedTransport
from runtime.client import PaymentClient
from runtime.core.connector import Connector
from runtime.core.payments import PSync
from suites.driver import InProcessDriver
from suites.gateway import Webhook
from suites.lanes import LIBRARY, LaneUnusable
from suites.merchant import Merchant
from suites.profiles import Given, Profile
from suites.recording import shown
from suites.scenarios import SCENARIOS, Player
from suites.story import Story

__all__ = ["Sandbox"]

_PATIENCE_S = 30.0  # a sandbox is slower than any simulator


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Where it is, and how one is known there. `secrets` are shown to nobody."""

    settings: Mapping[str, object] = field(repr=False)
    secrets: Mapping[str, str] = field(repr=False)
    upstream: str
    origins: frozenset[str]
    source: Source
    out: Path | None

    @classmethod
    def of(cls, connector: Connector, profile: Profile, environment: Mapping[str, str], out: Path | None) -> "Sandbox":
        """Raises LaneUnusable: a variable is missing, a key is a live one, or the host is none of the gateway's."""
        policy = load(profile.gateway)
        told = {name: environment.get(_variable(profile.gateway, name), "") for name in profile.config}
        addresses = {name: told[name] for name, value in profile.config.items() if _is_address(value) and told[name]}
        bases = [_base(address, profile.config[name]) for name, address in addresses.items()]
        secrets = dict(_secrets(profile, told))
        if not addresses:
            wanted = [_variable(profile.gateway, name) for name, value in profile.config.items() if _is_address(value)]
            raise LaneUnusable(f"{wanted[0]} is not set: the address of the sandbox")
        sources = {_source(address, policy, secrets) for address in addresses.values()}
        settings = {**addresses, **secrets, **_deaf(profile)}
        try:
            connector.config(**settings)
        except (TypeError, ValueError) as problem:
            raise LaneUnusable(f"the settings do not make a configuration: {problem}") from None
        origins = frozenset(_origin(address) for address in addresses.values())
        source = Source.SIMULATOR if Source.SIMULATOR in sources else Source.SANDBOX
        return cls(settings, secrets, bases[0], origins, source, out)

    @property
    def about(self) -> str:
        return f"live traffic with {urlsplit(self.upstream).hostname}, which is a {self.source}"

    @contextmanager
    def story(self, run: Any, name: str) -> Iterator[Story]:
        """A scenario that is about to be played for real."""
        connector: Connector = run.connector
        recording = Recording(
            run.profile.gateway, self.upstream, self.out or LIBRARY, given=self.secrets, flow=name,
            connector=f"{connector.name}@{connector.version}",
        )  # fmt: skip
        recording.announce(name, SCENARIOS[name].title)
        stage: Any = _Live(recording, name, [act.row(run.profile) for act in SCENARIOS[name].acts], self.out)
        driver = _LiveDriver(connector, connector.config(**self.settings), stage, self.origins)
        player = Player(_Visitor(driver, run.profile, connector, stage), run.profile)
        try:
            yield Story(stage, player, driver, listens=False, reads=PSync in connector.flows)
        finally:
            driver.close()


def _variable(gateway: str, setting: str) -> str:
    return f"ASSAY_{gateway}_{setting}".upper()


def _is_address(value: object) -> bool:
    return value is Given.BASE_URL or (isinstance(value, str) and "{base_url}" in value)


def _secrets(profile: Profile, told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Every setting that says who the merchant is; all of them have to be given."""
    for name, value in profile.config.items():
        if value is Given.WEBHOOK_SECRETS or _is_address(value):
            continue
        if not told[name]:
            raise LaneUnusable(f"{_variable(profile.gateway, name)} is not set")
        yield name, told[name]


def _deaf(profile: Profile) -> dict[str, object]:
    """Nobody can send a delivery to a test: there is no secret to believe one by."""
    names = [name for name, value in profile.config.items() if value is Given.WEBHOOK_SECRETS]
    return dict.fromkeys(names, (profile.placeholder_secret,))


def _source(address: str, policy: Policy, secrets: Mapping[str, str]) -> Source:
    if any(value.startswith(prefix) for value in secrets.values() for prefix in policy.live_keys):
        raise LaneUnusable("a live key was given: the suite moves money, and takes test keys only")
    try:
        return source_of(address, policy)
    except ContractError as problem:
        raise LaneUnusable(str(problem)) from None


def _base(address: str, template: object) -> str:
    """Where the gateway's paths begin: of `{base_url}/v72`, at what stands for `{base_url}`."""
    path = template.partition("{base_url}")[2] if isinstance(template, str) and not isinstance(template, Given) else ""
    return address.rstrip("/").removesuffix(path)


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(slots=True)
class _Live:
    """The stage of a scenario that is played for real: what was said, and by which command."""

    recording: Recording
    name: str
    rows: list[Command]
    out: Path | None
    _asked: list[Asked] = field(default_factory=list)
    _heard: int = 0

    def prepare(self, _player: Player, row: Command) -> None:
        self.recording.step = re.sub(r"(?<!^)(?=[A-Z])", "_", row.flow).lower()

    def carried_out(self, row: Command) -> None:
        heard = len(self.recording.tape(self.name).exchanges)
        about = row.model_dump(exclude_defaults=True, exclude={"steps"})
        self._asked.append(Asked(range(self._heard, heard), about))
        self._heard = heard

    def keep(self) -> None:
        """Make a contract of it, and write it where it is to be recorded.

        Raises AssertionError where anything in it may not be kept.
        """
        self.recording.states(self.name, self._asked, ToldBy.SCENARIO)
        try:
            (contract,) = self.recording.seal()
            written = self.recording.write() if self.out else []
        except ContractError as problem:
            raise AssertionError(f"what was said makes no contract: {problem}") from None
        assert contract.commands
        assert not self.out or written

    def webhooks(self) -> list[Webhook]:
        return []

    def finish(self) -> None:
        """Nothing is left over of what nobody expected."""

    def exchanges(self) -> list[dict[str, Any]]:
        return shown(self.recording.tape(self.name))

    # -- what a driver asks of a gateway

    def expect(self, flow: str) -> None:
        """A sandbox cannot be told to fail."""

    def advance(self, _seconds: float) -> None:
        """Nor to hurry."""


class _Allowed(httpx.BaseTransport):
    """Reaches the sandbox and nothing else."""

    def __init__(self, inner: httpx.BaseTransport, origins: frozenset[str]) -> None:
        self._inner, self._origins = inner, origins
        self.broken: Exception | None = None
        self.stranger: str | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        origin = f"{request.url.scheme}://{request.url.netloc.decode()}"
        if origin not in self._origins:
            self.stranger = origin
            raise httpx.ConnectError("the suite opens no connection to a stranger")
        return self._inner.handle_request(request)

    def close(self) -> None:
        self._inner.close()


class _LiveDriver(InProcessDriver):
    def __init__(self, connector: Connector, config: Any, stage: Any, origins: frozenset[str]) -> None:
        self._transport: Any = _Allowed(RecordedTransport(httpx.HTTPTransport(), stage.recording), origins)
        self._client = PaymentClient(connector, config, transport=self._transport, attempts=1)
        self._gateway, self._deadline_s = stage, _PATIENCE_S

    def close(self) -> None:
        self._client.close()


class _Visitor(Merchant):
    """A merchant whose request ids were never used before: a sandbox remembers the keys of yesterday's run."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        name = uuid4().hex
        self._ids = (f"assay-{name}-{number}" for number in count(1))
