"""A page of a long list, newest first; nothing is read beyond it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")
ROWS = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of `total`; `number` counts from 1."""

    rows: Sequence[T]
    number: int
    total: int
    size: int = ROWS

    @property
    def last(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        return (self.number - 1) * self.size + 1

    @property
    def last_row(self) -> int:
        return self.first_row + len(self.rows) - 1


def bounds(number: int, total: int, size: int = ROWS) -> tuple[int, int, int]:
    """The page that there is nearest to the one asked for, and where its rows start and end."""
    last = max(1, -(-total // size))
    number = min(max(number, 1), last)
    return number, (number - 1) * size, min(number * size, total)
