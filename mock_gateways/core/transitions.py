"""States and the only ways between them, as a table of where each step leads from each state."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document

S = TypeVar("S", bound=Enum)
# A gateway's own steps are an enum, whose values say in words what happens.
Table = Mapping[tuple[str, S], str]


class IllegalTransition(Exception):
    """The step is not allowed from here, and nothing has changed; `allowed` lists the states from which it is."""

    def __init__(self, step: Enum, state: str, allowed: list[str]) -> None:
        super().__init__(f"{state} cannot {step.value}")
        self.step, self.state, self.allowed = step, state, allowed


def leading(states: tuple[str, ...], step: S, to: str | None = None) -> dict[tuple[str, S], str]:
    """The part of a table in which a step leads from each of these states to one, or changes none of them."""
    return {(state, step): to or state for state in states}


def require(table: Table[S], state: str, step: S) -> str:
    """The state that the step leads to.

    Raises IllegalTransition when it is not allowed.
    """
    target = table.get((state, step))
    if target is None:
        raise IllegalTransition(step, state, [known for known, possible in table if possible is step])
    return target


def move(table: Table[S], document: Document, step: S) -> None:
    """Take the step; raises IllegalTransition, and changes nothing, when it is not allowed."""
    document["status"] = require(table, document["status"], step)
