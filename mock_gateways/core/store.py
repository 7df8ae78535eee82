"""Where tenants live: in this process alone, unless a server is told to keep or to share them."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_gateways.core.tenants import World

Lock = AbstractContextManager[Any]


class StoreFailure(Exception):
    """Tenants cannot be kept or shared; the text says where, why, and what to do."""


class Store(Protocol):
    """Keeps the tenants of one gateway."""

    def attach(self, world: World) -> tuple[Lock, Lock]:
        """The lock of a world and the lock of its posting, with the world made what was kept of it."""
        ...

    def names(self) -> Iterable[str]:
        """The tenants that there are beyond this process."""
        ...

    def waiting(self) -> Iterable[str] | None:
        """The tenants in which something falls due now; None where nobody has counted."""
        ...

    def close(self) -> None:
        """Keep what is not yet kept."""
        ...


class Memory:
    """Tenants of this process, gone with it."""

    def attach(self, _: World) -> tuple[Lock, Lock]:
        return threading.RLock(), threading.Lock()

    def names(self) -> Iterable[str]:
        return ()

    def waiting(self) -> Iterable[str] | None:
        return None

    def close(self) -> None:
        """Keep nothing."""
