"""The inventory: every requirement a connector can be held to, and what each state asks for."""

import tomllib
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from reports import results
from runtime.core.connector import Connector
from runtime.core.payments import FLOWS
from runtime.core.vocabulary import PaymentMethodType

__all__ = ["Inventory", "Requirement", "StateRule", "load"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One promise. `guards` names the public bugs that made it worth testing."""

    id: str
    title: str
    area: str
    state: int
    waivable: bool
    lanes: tuple[str, ...]
    since: str
    guards: tuple[str, ...] = ()
    severity: str = "normal"


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
            wanted = {r.id for r in self.requirements.values() if r.state == rule.state}
            areas = {r.area for r in self.requirements.values()}
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


def load() -> Inventory:
    raw = files("suites").joinpath("requirements.toml").read_bytes()
    data = tomllib.loads(raw.decode())
    areas = data["areas"]
    found = {
        row["id"]: Requirement(
            area=areas[row["id"][:3]],
            lanes=tuple(row.pop("lanes", ["simulator"])),
            guards=tuple(row.pop("guards", ())),
            since=row.pop("since", data["version"]),
            **row,
        )
        for row in data["requirement"]
    }
    states = tuple(
        StateRule(
            state=row["state"],
            title=row["title"],
            flows=tuple(row.get("flows", ())),
            every_payment_method=row.get("every_payment_method", False),
            areas=tuple(row.get("areas", ())),
        )
        for row in data["state"]
    )
    known = {flow.__name__ for flow in FLOWS}
    unknown = [name for rule in states for name in rule.flows if name not in known]
    if unknown or len(found) != len(data["requirement"]):
        raise ValueError(f"requirements.toml: unknown flows {unknown} or an id that stands twice")
    return Inventory(data["version"], found, states, sha256(raw).hexdigest())
