"""The inventory: every requirement a connector can be held to, and what each state asks for."""

import ast
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

from reports import results
from runtime.core.connector import Connector
from runtime.core.payments import FLOWS
from runtime.core.vocabulary import PaymentMethodType

__all__ = ["InvalidInventory", "Inventory", "Requirement", "StateRule", "load", "page", "read", "tests_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One promise. `guards` names the public bugs that made it worth testing, `why` what goes wrong without it.

    A candidate is run and reported, and holds nothing back until the minor version after the one it came with.
    """

    id: str
    title: str
    area: str
    state: int
    waivable: bool
    lanes: tuple[str, ...]
    since: str
    guards: tuple[str, ...] = ()
    severity: str = "normal"
    why: str = ""
    candidate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StateRule:
    """What a connector must claim, or name as not offered by its gateway, and which areas must have been tested."""

    state: int
    title: str
    flows: tuple[str, ...] = ()
    every_payment_method: bool = False
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    version: str
    requirements: dict[str, Requirement]
    states: tuple[StateRule, ...]
    digest: str

    def state_of(self, connector: Connector, clean: set[str]) -> int:
        """The highest state whose requirements, and those of all states below, are in `clean`."""
        reached = 0
        for rule in self.states:
            required = [r for r in self.requirements.values() if not r.candidate]
            wanted = {r.id for r in required if r.state == rule.state}
            areas = {r.area for r in required}
            if not wanted <= clean or not set(rule.areas) <= areas or _missing(rule, connector):
                break
            reached = rule.state
        return reached

    def rules(self) -> tuple[results.StateRule, ...]:
        """The states as a results file tells them: needs by name, so that a reader needs no vocabulary of ours."""
        return tuple(
            results.StateRule(state=rule.state, title=rule.title, needs=tuple(_needs(rule)), areas=rule.areas)
            for rule in self.states
        )

    def missing(self, connector: Connector) -> dict[int, list[str]]:
        """Per state, what the connector neither claims nor names as not offered."""
        return {rule.state: _missing(rule, connector) for rule in self.states}


def _missing(rule: StateRule, connector: Connector) -> list[str]:
    claimed = {flow.__name__ for flow in connector.flows}
    claimed |= {kind.value for kind in connector.capabilities.payment_methods}
    return [name for name in _needs(rule) if name not in claimed and name not in connector.capabilities.not_offered]


def _needs(rule: StateRule) -> list[str]:
    return [*rule.flows, *(kind.value for kind in PaymentMethodType if rule.every_payment_method)]


class InvalidInventory(ValueError):
    """requirements.toml contradicts itself; the message says where."""


def load() -> Inventory:
    return read(files("suites").joinpath("requirements.toml").read_bytes())


def read(raw: bytes) -> Inventory:
    """The inventory that a TOML text stands for.

    Raises:
        InvalidInventory: an id that stands twice, an unknown flow, a candidate that does not say since when.
    """
    data = tomllib.loads(raw.decode())
    found = {row["id"]: _requirement(row, data) for row in data["requirement"]}
    states = tuple(_state_rule(row) for row in data["state"])
    known = {flow.__name__ for flow in FLOWS}
    unknown = [name for rule in states for name in rule.flows if name not in known]
    if unknown or len(found) != len(data["requirement"]):
        raise InvalidInventory(f"requirements.toml: unknown flows {unknown} or an id that stands twice")
    return Inventory(data["version"], found, states, sha256(raw).hexdigest())


def tests_of(identity: str) -> tuple[str, ...]:
    """The tests that prove a requirement, as `folder/file.py::name`."""
    root = Path(__file__).parent
    files_with = [file for file in sorted(root.rglob("test_*.py")) if identity in file.read_text(encoding="utf-8")]
    return tuple(
        f"{file.relative_to(root).as_posix()}::{node.name}"
        for file in files_with
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and any(_proves(mark, identity) for mark in node.decorator_list)
    )


def _proves(mark: ast.expr, identity: str) -> bool:
    is_one = isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "requirement"
    return is_one and isinstance(mark, ast.Call) and [ast.literal_eval(one) for one in mark.args] == [identity]


def page(inventory: Inventory) -> str:
    """The inventory as Markdown, an area at a time, in the order of the file."""
    rows = list(inventory.requirements.values())
    parts = [_HEAD.format(version=inventory.version, count=len(rows))]
    for area in dict.fromkeys(row.area for row in rows):
        listed = [row for row in rows if row.area == area]
        why = next((row.why for row in listed if row.why), "")
        lines = "".join(_line(row) for row in listed)
        parts.append(f"\n## {area}\n\n{f'{why}{chr(10)}{chr(10)}' if why else ''}{_COLUMNS}{lines}")
    return "".join(parts)


_HEAD = """# Requirements, version {version}

All {count}, as `python -m suites requirements` writes them from requirements.toml. `state` is the lowest that asks for
one. A candidate is run and told, and holds nothing back before the next minor version. The bugs are public ones that it
would have caught. `--assay-explain=ID` says which tests prove it.
"""
_COLUMNS = """| id | requirement | state | lanes | waivable | since | bugs |
| --- | --- | --- | --- | --- | --- | --- |
"""


def _line(row: Requirement) -> str:
    title = f"{row.title} (candidate)" if row.candidate else row.title
    cells = (row.id, title, str(row.state), ", ".join(row.lanes), "yes" if row.waivable else "never", row.since)
    return f"| {' | '.join(cells)} | {', '.join(row.guards)} |\n"


def _requirement(row: Mapping[str, Any], data: Mapping[str, Any]) -> Requirement:
    prefix, now, since = row["id"][:3], data["version"], row.get("since", data["version"])
    if row.get("candidate") and "since" not in row:
        raise InvalidInventory(f"requirements.toml: {row['id']}: a candidate says since which version it is one")
    if _minor(since) > _minor(now):
        raise InvalidInventory(f"requirements.toml: {row['id']}: since {since}, but this is {now}")
    made = {
        "area": data["areas"][prefix],
        "lanes": tuple(row.get("lanes", ["simulator"])),
        "guards": tuple(row.get("guards", ())),
        "since": since,
        "why": row.get("why", data.get("why", {}).get(prefix, "")),
        # The next minor version makes it required, whether or not anybody removes the word.
        "candidate": bool(row.get("candidate")) and _minor(since) == _minor(now),
    }
    return Requirement(**{**row, **made})


def _minor(version: str) -> tuple[int, int]:
    major, minor = version.split(".")[:2]
    return int(major), int(minor)


def _state_rule(row: Mapping[str, Any]) -> StateRule:
    lists = {name: tuple(row.get(name, ())) for name in ("flows", "areas")}
    every = row.get("every_payment_method", False)
    return StateRule(state=row["state"], title=row["title"], every_payment_method=every, **lists)
