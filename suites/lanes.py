"""The lanes of the suite: a connector against the simulator, against recordings alone, or against a sandbox.

Only the simulator's lane reaches a state, for only its ledger knows what became of the money. The others judge what
they can, and their results date a certificate.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import contracts
from contracts.errors import ContractInvalid
from contracts.format import Contract, read
from contracts.lock import files
from reports.results import Recording

if TYPE_CHECKING:
    from suites.sandbox import Sandbox

__all__ = ["LIBRARY", "Lane", "LaneUnusable", "library", "nowhere", "simulator", "without_sockets"]

LIBRARY = Path(contracts.__file__).parent / "library"
# What a connection begins with, whatever library opens it (docs.python.org/3/library/audit_events).
_OPENING = frozenset(
    {"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname"}
)


class LaneUnusable(Exception):
    """A lane that cannot be run here; the message says what is missing, and where it is set."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Where a run takes its answers from."""

    name: Literal["simulator", "replay", "sandbox"] = "simulator"
    contracts: tuple[Contract, ...] = ()
    sandbox: "Sandbox | None" = None

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """What is replayed, as results tell it."""
        return tuple(_recording(contract) for contract in self.contracts)

    @property
    def about(self) -> str:
        """Who answered, in words: a simulator's recording is never called a sandbox's."""
        if self.sandbox:
            return self.sandbox.about
        told = self.recordings
        days = sorted({one.recorded_at[:10] for one in told})
        sources = ", ".join(sorted({one.source for one in told}))
        return f"{len(told)} contracts, recorded {' to '.join(dict.fromkeys((days[0], days[-1])))}, source {sources}"


def _recording(contract: Contract) -> Recording:
    provenance = contract.provenance
    return Recording(
        id=contract.id,
        source=provenance.source.value,
        told_by=contract.told_by.value if contract.told_by else "nobody",
        recorded_at=f"{provenance.recorded_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        sha256=contract.integrity.sha256 if contract.integrity else "",
        expired=contract.age(datetime.now(UTC)) == "expired",
    )


def library(folder: Path, gateway: str) -> tuple[Contract, ...]:
    """The contracts of a gateway that say what was asked for: without that, nobody can be judged by them.

    Raises:
        LaneUnusable: there are none, or one is malformed or was changed by hand.
    """
    try:
        found = [read(file) for file in files(folder)]
    except ContractInvalid as problem:
        raise LaneUnusable(str(problem)) from None
    usable = tuple(contract for contract in found if contract.gateway == gateway and contract.commands)
    if not usable:
        raise LaneUnusable(f"{folder}: holds no contract of {gateway!r} that says what was asked for")
    return usable


def simulator(gateway: str, settings: Mapping[str, str | int] | None = None) -> Any:
    """The simulator of a gateway, with the account's settings that the suite judges a connector under.

    Raises LookupError for a gateway that has none.
    """
    from mock_gateways.app import create_app  # noqa: PLC0415 - the other lanes do without
    from suites import profiles  # noqa: PLC0415 - as above

    return create_app(gateway, settings={**profiles.find(gateway).settings, **(settings or {})})


def nowhere(*_: object) -> Any:
    raise AssertionError("this lane has no simulator to ask")


class _Guard:
    """An audit hook: it can neither be taken away again, nor gone around from Python."""

    def __init__(self) -> None:
        self.is_up, self.is_installed = False, False
        self.seen: list[str] = []

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.is_up and event in _OPENING:
            self.seen.append(f"{event} {arguments[-1] if event == 'socket.connect' else arguments[0]!r}")
            raise OSError(f"a replay opens no connection: {event}")


_GUARD = _Guard()


@contextmanager
def without_sockets() -> Iterator[list[str]]:
    """Refuse every connection meanwhile; what was tried stands in the list, whoever swallowed the refusal."""
    if not _GUARD.is_installed:
        sys.addaudithook(_GUARD)
        _GUARD.is_installed = True
    _GUARD.seen, _GUARD.is_up = [], True
    try:
        yield _GUARD.seen
    finally:
        _GUARD.is_up = False
