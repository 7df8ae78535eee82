"""Tenants in Redis, so that several workers or hosts are one simulator.

Whoever handles a request holds the tenant's lock in Redis, reads the state where another worker has changed it since,
and writes it back before letting go. That costs as much as the tenant is large; tests have small ones.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

try:
    import redis
except ImportError:  # the extra is not installed
    redis = None  # type: ignore[assignment]  # said when a store is opened

from mock_gateways.core.frozen import KEPT, freeze, thaw
from mock_gateways.core.store import StoreFailure

if TYPE_CHECKING:
    from collections.abc import Iterable

    from redis.lock import Lock as RedisLock

    from mock_gateways.core.store import Lock
    from mock_gateways.core.tenants import World

# A worker that dies holding a tenant keeps others waiting this long.
HELD_S = 30
POSTING_S = 120
_GLANCE_S = 0.001


class Shared:
    """The tenants of one gateway in a Redis database.

    Raises StoreFailure where it cannot be reached, or holds tenants of another mark.
    """

    def __init__(self, address: str, gateway: str, mark: str) -> None:
        if redis is None:
            raise StoreFailure("a store in Redis needs the package redis: pip install 'assay[redis]'")
        self._prefix = f"assay:{gateway}"
        try:
            self.redis: redis.Redis = redis.Redis.from_url(address)
            self.redis.set(f"{self._prefix}:mark", mark, nx=True)
            kept = self.redis.get(f"{self._prefix}:mark")
        except (redis.RedisError, ValueError) as problem:
            raise StoreFailure(f"{address}: {problem}") from problem
        if kept != mark.encode():
            told = kept.decode("utf-8", "replace") if isinstance(kept, bytes) else "nobody"
            raise StoreFailure(f"{address} holds tenants of {told}, not of {mark}; use the same, or another database")

    def attach(self, world: World) -> tuple[Lock, Lock]:
        held = self.redis.lock(f"{self._prefix}:{world.id}:lock", timeout=HELD_S, sleep=_GLANCE_S, thread_local=False)
        posting = self.redis.lock(f"{self._prefix}:{world.id}:posting", timeout=POSTING_S, sleep=0.05)
        return _SharedLock(self, world, held), posting

    def names(self) -> Iterable[str]:
        return _names(self.redis.smembers(self._tenants))

    def waiting(self) -> Iterable[str] | None:
        return _names(self.redis.zrangebyscore(self._due, "-inf", time.time()))

    def close(self) -> None:
        self.redis.close()

    def read(self, world: World, version: int) -> int:
        """Make a world what is kept of it, unless that is the version it has; the version it then has."""
        kept = int(self.redis.hget(self._state(world), "version") or 0)
        if kept not in (0, version):
            state: Any = self.redis.hget(self._state(world), "state")
            thaw(world, state)
        return kept

    def write(self, world: World, version: int) -> None:
        due = world.next_due()
        with self.redis.pipeline() as batch:
            batch.hset(self._state(world), mapping={"version": version, "state": freeze(world, KEPT)})
            batch.sadd(self._tenants, world.id)
            if due is None:
                batch.zrem(self._due, world.id)
            else:
                batch.zadd(self._due, {world.id: time.time() + due - world.clock.now()})
            batch.execute()

    @property
    def _tenants(self) -> str:
        return f"{self._prefix}:tenants"

    @property
    def _due(self) -> str:
        return f"{self._prefix}:due"

    def _state(self, world: World) -> str:
        return f"{self._prefix}:{world.id}"


def _names(found: Any) -> list[str]:
    return [name.decode() for name in found]


class _SharedLock:
    """Held by one thread of one worker: the world is what the last holder left, and what this one leaves is written."""

    def __init__(self, store: Shared, world: World, held: RedisLock) -> None:
        self._store, self._world, self._held = store, world, held
        self._threads, self._depth, self._version = threading.RLock(), 0, 0

    def __enter__(self) -> None:
        self._threads.acquire()
        self._depth += 1
        if self._depth > 1:
            return
        try:
            self._held.acquire()
            self._version = self._store.read(self._world, self._version)
        except BaseException:
            self._leave()
            raise

    def __exit__(self, *_: object) -> None:
        try:
            if self._depth == 1:
                self._let_go()
        finally:
            self._leave()

    def _let_go(self) -> None:
        if not self._held.owned():
            # Another worker has gone on without us: what was done here did not happen.
            self._version = -1
            raise StoreFailure(f"{self._world.id} was held longer than {HELD_S} s, and another worker took it over")
        self._version += 1
        self._store.write(self._world, self._version)
        self._held.release()

    def _leave(self) -> None:
        self._depth -= 1
        self._threads.release()
