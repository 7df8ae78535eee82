"""A world for every credential: nothing that happens in one can be seen in another."""

from __future__ import annotations

import base64
import threading
from collections import deque
from hashlib import blake2b, shake_128
from typing import TYPE_CHECKING, Any

from mock_gateways.core.clock import Clock
from mock_gateways.core.faults import Faults
from mock_gateways.core.idempotency import Keys
from mock_gateways.core.journal import CAPACITY, Journal
from mock_gateways.core.ledger import Ledger
from mock_gateways.core.outbox import Outbox
from mock_gateways.core.remains import Remains
from mock_gateways.core.snapshots import Snapshots
from mock_gateways.core.store import Memory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.approvals import Approval
    from mock_gateways.core.gateway import Gateway
    from mock_gateways.core.ledger import Movement
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.store import Store

# Identifiers are letters and digits; the two other signs of base 64 become letters.
_LETTERS = bytes.maketrans(b"+/", b"aZ")


# What every gateway can be told, beside the settings of its own manifest: how many exchanges a tenant's journal keeps.
SETTINGS: dict[str, int | str] = {"journal_size": CAPACITY}


def tenant_id(credential: str) -> str:
    """The public name of a credential: a digest, since a credential belongs in no URL and no reply."""
    return "t_" + blake2b(credential.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


class IdSource:
    """Identifiers that look random and are the same for the same seed and the same calls.

    Its state is a count: a random generator's 625 numbers took a third of the time in which a tenant is restored.
    """

    def __init__(self, seed: str) -> None:
        self._seed, self._made = seed, 0

    def new(self, prefix: str, length: int = 24) -> str:
        self._made += 1
        drawn = shake_128(f"{self._seed}:{self._made}".encode()).digest(length)
        return prefix + base64.b64encode(drawn).translate(_LETTERS)[:length].decode()


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
        store: Store | None = None,
    ) -> None:
        self.gateway, self.id, self._usual, self._prepare = gateway, name, settings, prepare
        self._seed, self._wall = seed, wall
        self.snapshots, self.era, self.remains = Snapshots(), 0, Remains()
        self.reset()
        self.lock, self.posting = (store or Memory()).attach(self)

    def reset(self) -> None:
        """Begin again as on the first call, in the same time however much there was."""
        self.remains.bury([getattr(self, part, None) for part in ("journal", "ledger", "outbox", "store")])
        # What was under way before belongs to another era, and changes nothing in this one.
        self.era += 1
        self.settings = dict(self._usual)
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

    def next_due(self) -> int | None:
        """When something happens by itself, a webhook or what was scheduled, in this world's own time."""
        times = [time for time in (self.clock.next_due(), self.outbox.next_due()) if time is not None]
        return min(times, default=None)

    def post(self, payment: str, movement: Movement, amount: int) -> None:
        """Post a movement of money, in minor units of the gateway's own, as of now."""
        self.ledger.post(self.clock.now(), payment, movement, amount)

    def next_forced_decline(self) -> Document | None:
        """The decline that was forced on the next attempt to charge, which takes it."""
        return self.forced_declines.pop(0) if self.forced_declines else None

    def scratch(self) -> World:
        """An empty world of the same gateway at the same time, to act out a situation in."""
        other = World(self.gateway, self.ids.new("scratch_"), self._seed, self.settings, wall=False)
        other.clock.advance(max(0, self.clock.now() - other.clock.now()))
        return other


class Tenants:
    """The worlds of one application, opened by credential and found again by id."""

    def __init__(
        self, gateway: Gateway, seed: int, settings: Mapping[str, int | str], *, wall: bool, store: Store | None = None
    ) -> None:
        self._gateway, self._seed, self.settings, self.wall = gateway, seed, settings, wall
        self.store = store or Memory()
        self.prepare: Callable[[World], None] = _as_it_is
        # The worlds that have webhooks to send at once, and the bell that says so; in process nobody would hear it.
        self.served = False
        self.stirred: deque[World] = deque()
        self.bell = threading.Event()
        self._by_credential: dict[str, World] = {}
        self._by_id: dict[str, World] = {}
        self._lock = threading.Lock()

    def open(self, credential: str) -> World:
        world = self._by_credential.get(credential)
        if world is None:
            world = self._by_credential[credential] = self._named(tenant_id(credential))
        return world

    def _named(self, name: str) -> World:
        with self._lock:
            world = self._by_id.get(name)
            if world is None:
                world = World(
                    self._gateway,
                    name,
                    self._seed,
                    self.settings,
                    wall=self.wall,
                    prepare=self.prepare,
                    store=self.store,
                )
                self._by_id[name] = world
        return world

    def find(self, name: str) -> World | None:
        known = self._by_id.get(name)
        return self._named(name) if known is None and name in self.store.names() else known

    def all(self) -> list[World]:
        return [self._named(name) for name in dict.fromkeys((*self._by_id, *self.store.names()))]

    def stir(self, world: World) -> None:
        """Have what is pending in a world sent now, by whoever sends."""
        if self.served:
            self.stirred.append(world)
            self.bell.set()

    def waiting(self) -> list[World]:
        """The worlds in which something falls due now: all of them, where the store has not counted."""
        names = self.store.waiting()
        return self.all() if names is None else [self._named(name) for name in names]
