"""A world for every credential: nothing that happens in one can be seen in another."""

from __future__ import annotations

import base64
import random
import threading
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from mock_gateways.core.clock import Clock
from mock_gateways.core.faults import Faults
from mock_gateways.core.idempotency import Keys
from mock_gateways.core.journal import CAPACITY, Journal
from mock_gateways.core.ledger import Ledger
from mock_gateways.core.outbox import Outbox
from mock_gateways.core.snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.approvals import Approval
    from mock_gateways.core.gateway import Gateway
    from mock_gateways.core.messages import Document, Request

# Identifiers are letters and digits; the two other signs of base 64 become letters.
_LETTERS = bytes.maketrans(b"+/", b"aZ")


# What every gateway can be told, beside the settings of its own manifest: how many exchanges a tenant's journal keeps.
SETTINGS: dict[str, int | str] = {"journal_size": CAPACITY}


def tenant_id(credential: str) -> str:
    """The public name of a credential: a digest, since a credential belongs in no URL and no reply."""
    return "t_" + blake2b(credential.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


class IdSource:
    """Identifiers that look random and are the same for the same seed and the same calls."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def new(self, prefix: str, length: int = 24) -> str:
        return prefix + base64.b64encode(self._random.randbytes(length)).translate(_LETTERS)[:length].decode()


def _as_it_is(_: World) -> None:
    """Prepare nothing."""


class World:
    """Everything one tenant has. Hold `lock` while touching anything in it, and `posting` while sending webhooks.

    `prepare` puts into a new world, and into one that begins again, what shall be there from the first call on.
    """

    def __init__(
        self,
        gateway: Gateway,
        name: str,
        seed: int,
        settings: Mapping[str, int | str],
        *,
        wall: bool,
        prepare: Callable[[World], None] = _as_it_is,
    ) -> None:
        self.gateway, self.id, self.settings, self._prepare = gateway, name, settings, prepare
        self.lock, self.posting = threading.RLock(), threading.Lock()
        self._seed, self._wall = seed, wall
        self.snapshots = Snapshots()
        self.reset()

    def reset(self) -> None:
        """Begin again as on the first call; only the freeing of what there was takes longer the more it was."""
        self.clock = Clock(wall=self._wall)
        self.ids = IdSource(f"{self._seed}:{self.id}")
        self.journal = Journal(int({**SETTINGS, **self.settings}["journal_size"]))
        self.ledger, self.faults = Ledger(), Faults()
        self.keys = Keys(self.gateway.idempotency(self.settings))
        self.outbox = Outbox(self.gateway.signer, self.gateway.retry_after_s)
        self.approvals: dict[str, Approval] = {}
        # The API call being executed; None while something falls due or a control call acts.
        self.request: Request | None = None
        # Declines that the next charge attempts will meet, whatever the instrument.
        self.forced_declines: list[Document] = []
        self.store: Any = self.gateway.new_store()
        self._prepare(self)

    def scratch(self) -> World:
        """An empty world of the same gateway at the same time, to act out a situation in."""
        other = World(self.gateway, self.ids.new("scratch_"), self._seed, self.settings, wall=False)
        other.clock.advance(max(0, self.clock.now() - other.clock.now()))
        return other


class Tenants:
    """The worlds of one application, opened by credential and found again by id."""

    def __init__(self, gateway: Gateway, seed: int, settings: Mapping[str, int | str], *, wall: bool) -> None:
        self._gateway, self._seed, self.settings, self.wall = gateway, seed, settings, wall
        self.prepare: Callable[[World], None] = _as_it_is
        self._by_credential: dict[str, World] = {}
        self._by_id: dict[str, World] = {}
        self._lock = threading.Lock()

    def open(self, credential: str) -> World:
        world = self._by_credential.get(credential)
        if world is None:
            name = tenant_id(credential)
            with self._lock:
                world = self._by_id.get(name)
                if world is None:
                    world = World(self._gateway, name, self._seed, self.settings, wall=self.wall, prepare=self.prepare)
                    self._by_id[name] = world
                self._by_credential[credential] = world
        return world

    def find(self, name: str) -> World | None:
        return self._by_id.get(name)

    def all(self) -> list[World]:
        return list(self._by_id.values())
