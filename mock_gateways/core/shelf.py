"""Objects by id, in pages from the newest on; no request ever scans them all."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

T = TypeVar("T")
FOREVER = 1 << 62


@dataclass(slots=True)
class _Sequence:
    """Ids in order of creation, with the time of each; a removed id leaves a gap."""

    ids: list[str | None] = field(default_factory=list)
    times: list[int] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)

    def append(self, object_id: str, created: int) -> None:
        self.at[object_id] = len(self.ids)
        self.ids.append(object_id)
        self.times.append(created)

    def remove(self, object_id: str) -> None:
        self.ids[self.at.pop(object_id)] = None


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list is asked for; times are unix seconds, both ends included."""

    limit: int
    after: str | None = None
    before: str | None = None
    earliest: int = 0
    latest: int = FOREVER


class Shelf(Generic[T]):
    """The objects of one type in one tenant, with an index for every field named at construction."""

    def __init__(self, *indexes: str) -> None:
        self._objects: dict[str, T] = {}
        self._all = _Sequence()
        self._indexes: dict[str, dict[str, _Sequence]] = {name: {} for name in indexes}

    def __len__(self) -> int:
        return len(self._objects)

    def get(self, object_id: str) -> T | None:
        return self._objects.get(object_id)

    def add(self, object_id: str, created: int, value: T, keys: Mapping[str, str | None]) -> None:
        self._objects[object_id] = value
        self._all.append(object_id, created)
        for name, key in keys.items():
            self.index(name, key, object_id, created)

    def index(self, name: str, key: str | None, object_id: str, created: int) -> None:
        if key is not None:
            self._indexes[name].setdefault(key, _Sequence()).append(object_id, created)

    def has_index(self, name: str) -> bool:
        return name in self._indexes

    def unindex(self, name: str, key: str, object_id: str) -> None:
        self._indexes[name][key].remove(object_id)

    def remove(self, object_id: str) -> None:
        del self._objects[object_id]
        self._all.remove(object_id)

    def page(
        self, window: Window, where: tuple[str, str] | None = None, *, keep: Callable[[T], bool] = lambda _: True
    ) -> tuple[list[T], bool]:
        """The objects of a window, newest first, and whether there are more beyond it."""
        sequence = self._all if where is None else self._indexes[where[0]].get(where[1], _Sequence())
        found: list[T] = []
        for value in filter(keep, self._walk(sequence, window)):
            if len(found) == window.limit:
                return self._ordered(found, window), True
            found.append(value)
        return self._ordered(found, window), False

    def newest(self, where: tuple[str, str]) -> T | None:
        found, _ = self.page(Window(1), where)
        return found[0] if found else None

    def _walk(self, sequence: _Sequence, window: Window) -> Iterator[T]:
        low = bisect_left(sequence.times, window.earliest)
        high = bisect_right(sequence.times, window.latest)
        if window.after is not None:
            high = min(high, sequence.at.get(window.after, 0))
        if window.before is not None:
            low = max(low, sequence.at.get(window.before, len(sequence.ids)) + 1)
        # `before` asks for the objects next to its cursor, so that walk goes from old to new.
        positions = range(low, high) if window.before is not None else range(high - 1, low - 1, -1)
        for position in positions:
            object_id = sequence.ids[position]
            if object_id is not None and object_id in self._objects:
                yield self._objects[object_id]

    def _ordered(self, found: list[T], window: Window) -> list[T]:
        return found[::-1] if window.before is not None else found
