"""A tenant as it was, set aside in memory under a name: the same calls after a restore get the same bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.frozen import freeze, thaw

if TYPE_CHECKING:
    from mock_gateways.core.tenants import World

# Each is a whole copy: a test run that takes one before every test must not fill the memory.
MOST = 16


class Snapshots:
    """The last snapshots of one tenant, oldest first; they outlast a reset."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}
        self._taken = 0

    def take(self, world: World) -> str:
        """Set the state of a world aside; the name under which it is found."""
        self._taken += 1
        name = f"s_{self._taken}"
        self._kept[name] = freeze(world)
        if len(self._kept) > MOST:
            del self._kept[next(iter(self._kept))]
        return name

    def restore(self, world: World, name: str) -> bool:
        """Make a world what it was; False when there is no such snapshot, which can be restored again otherwise."""
        kept = self._kept.get(name)
        if kept is None:
            return False
        thaw(world, kept)
        # What was under way then will never finish in this world.
        world.keys.forget_unfinished()
        return True
