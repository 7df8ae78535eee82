"""A tenant as it was, set aside in memory under a name: the same calls after a restore get the same bytes."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_gateways.core.tenants import World

# Each is a whole copy: a test run that takes one before every test must not fill the memory.
MOST = 16

# Everything that `World.reset` begins anew.
STATE = (
    "clock",
    "ids",
    "journal",
    "ledger",
    "faults",
    "keys",
    "outbox",
    "approvals",
    "forced_declines",
    "store",
)


class Snapshots:
    """The last snapshots of one tenant, oldest first; they outlast a reset."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Any]] = {}
        self._taken = 0

    def take(self, world: World) -> str:
        """Set the state of a world aside; the name under which it is found."""
        self._taken += 1
        name = f"s_{self._taken}"
        self._kept[name] = _copied(world, {part: getattr(world, part) for part in STATE})
        if len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
        return name

    def restore(self, world: World, name: str) -> bool:
        """Make a world what it was; False when there is no such snapshot, which can be restored again otherwise."""
        kept = self._kept.get(name)
        if kept is None:
            return False
        for part, value in _copied(world, kept).items():
            setattr(world, part, value)
        # What was under way then will never finish in this world.
        world.keys.forget_unfinished()
        return True


def _copied(world: World, state: dict[str, Any]) -> dict[str, Any]:
    """All of it in one copy, so that parts that share an object go on sharing it; the world itself is not copied."""
    shared = (world, world.gateway, world.settings)
    return copy.deepcopy(state, {id(part): part for part in shared})
