"""A tenant's time, and what falls due in it.

In process the clock starts at a fixed epoch and moves only when told to; when served it is wall time plus an offset.
Time never runs backwards, so that creation times stay in the order in which things were created.
"""

from __future__ import annotations

import heapq
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

EPOCH = 1767225600  # 2026-01-01T00:00:00Z
MINUTE_S, HOUR_S, DAY_S = 60, 3_600, 86_400


class Clock:
    """Unix seconds, movable forwards; runs what was scheduled in the order in which it falls due."""

    def __init__(self, *, wall: bool = False) -> None:
        self.wall = wall
        self._offset = 0
        self._pinned: int | None = None
        self._sequence = 0
        self._due: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []

    def now(self) -> int:
        if self._pinned is not None:
            return self._pinned
        return (int(time.time()) if self.wall else EPOCH) + self._offset

    def schedule(self, at: int, action: Callable[..., None], *arguments: Any) -> None:
        """Have an action called with these arguments when its time comes.

        Raises TypeError for a closure: what it holds could not be copied with the rest of a tenant.
        """
        if getattr(action, "__closure__", None) is not None:
            raise TypeError(f"{action.__qualname__} is a closure; hand over what it needs as arguments")
        self._sequence += 1
        heapq.heappush(self._due, (at, self._sequence, action, arguments))

    def next_due(self) -> int | None:
        return self._due[0][0] if self._due else None

    def settle(self) -> None:
        """Run everything that has fallen due; each action sees the moment it was due."""
        now = self.now()
        while self._due and self._due[0][0] <= now:
            due, _, action, arguments = heapq.heappop(self._due)
            self._pinned = due
            try:
                action(*arguments)
            finally:
                self._pinned = None

    def advance(self, seconds: int) -> int:
        """Move forwards and settle; the new time.

        Raises ValueError for a negative number of seconds.
        """
        if seconds < 0:
            raise ValueError("time does not run backwards; give a number of seconds that is zero or more")
        self._offset += seconds
        self.settle()
        return self.now()
