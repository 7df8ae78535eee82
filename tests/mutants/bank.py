"""What a mutant is, and where all of them are registered."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from runtime.core.connector import Connector

Breaks = Callable[[Connector, pytest.MonkeyPatch], Connector | None]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A connector broken in one way. It changes modules through the patch, or returns the broken connector."""

    name: str
    requirement: str  # must fail, with a failure and no error
    bug: str  # the public report it comes from, or why the requirement exists
    breaks: Breaks


# What each is about, where a mutant is written that fits every connector.
TOPICS = (
    "money", "statuses", "failures", "captures", "repeats", "webhooks", "claims",
    "payment_methods", "mandates", "disputes", "orders", "stories", "resilience", "security", "arrivals",
)  # fmt: skip

HERE = Path(__file__).parent

MUTANTS: dict[str, list[Mutant]] = {}
"""By gateway; "*" holds those that fit every connector."""


def mutant(requirement: str, bug: str, *, gateway: str = "*") -> Callable[[Breaks], Breaks]:
    """Register a function that breaks a connector so that the requirement must fail."""

    def register(breaks: Breaks) -> Breaks:
        name = breaks.__name__.replace("_", " ")
        MUTANTS.setdefault(gateway, []).append(Mutant(name, requirement, bug, breaks))
        return breaks

    return register


def equivalents(gateway: str) -> dict[str, str]:
    """The mutants that change nothing about a gateway's connector, by name, each with the reason why."""
    file = HERE / gateway / "equivalents.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines()) if file.is_file() else ()
    return {row["mutant"]: row["reason"] for row in rows}


def bank(gateway: str) -> list[Mutant]:
    """Every mutant that applies to a gateway's connector."""
    own = sorted(f"{gateway}.{file.stem}" for file in (HERE / gateway).glob("*.py"))
    for topic in (*TOPICS, *own):
        import_module(f"tests.mutants.{topic}")  # importing registers them
    return [*MUTANTS.get("*", []), *MUTANTS.get(gateway, [])]
