"""What a reset leaves behind, let go of in handfuls: freeing all of it at once would make one caller wait."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HANDFUL = 100
# How deep the containers lie in what a tenant has: store, shelf, sequence, its list.
_DEEP = 3

_Container = dict[Any, Any] | list[Any] | deque[Any]


class Remains:
    """Containers that nobody needs any more."""

    def __init__(self) -> None:
        self._left: list[_Container] = []

    def __bool__(self) -> bool:
        return bool(self._left)

    def bury(self, things: list[object]) -> None:
        self._left += [found for thing in things for found in _large(thing, _DEEP)]

    def crumble(self) -> None:
        """Let go of a handful."""
        container = self._left[-1]
        drop = container.popitem if isinstance(container, dict) else container.pop
        for _ in range(min(HANDFUL, len(container))):
            drop()
        if not container:
            self._left.pop()


def _large(thing: object, depth: int) -> Iterator[_Container]:
    """The containers in an object of ours that hold more than a handful."""
    if isinstance(thing, dict | list | deque):
        if len(thing) > HANDFUL:
            yield thing
        return
    if depth and type(thing).__module__.partition(".")[0] != "builtins":
        names = (*getattr(thing, "__dict__", ()), *getattr(type(thing), "__slots__", ()))
        for name in names:
            yield from _large(getattr(thing, name, None), depth - 1)
