"""What a proxy must know of a gateway's wire: where amounts, keys, statuses and signatures stand.

Each gateway's is in the folder of its mutants, and shares no table with any connector.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.mutants.wire.proxy import Fields, Reply, Request, answer

Names = tuple[str, ...]
FACTS = Path(__file__).parents[2] / "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """One gateway's. Routes are matched whole against method and path, in their order.

    `taken` makes an answer about a payment that of one that is paid, `declined` a decline, and None of any other;
    `done` an answer to a write that was never passed on, from what was asked and the payment it is about; `unsigned` a
    delivery without its signature; `vague` an answer whose reasons are generic, `mute` one without any.
    """

    routes: Mapping[str, str]
    payment: str  # where a payment can be read; empty where it cannot
    amounts: Mapping[str, Names]
    currency: Names
    key: str
    status: str
    statuses: frozenset[str]
    refusal: tuple[int, Fields]
    taken: Callable[[Fields], Fields]
    declined: Callable[[Fields], Fields | None]
    done: Mapping[str, Callable[[Fields, Fields], Fields]]
    unsigned: Callable[[Fields], Fields]
    vague: Callable[[Fields], Fields]
    mute: Callable[[Fields], Fields]
    # By the name of a wire mutant: what else has to fail here, and why it changes nothing here.
    instead: Mapping[str, Names] = field(default_factory=dict)
    not_at: Mapping[str, str] = field(default_factory=dict)

    def flow(self, request: Request) -> str:
        """What a request is for; empty if it is for nothing of the routes."""
        line = f"{request.method} {request.path}"
        return next((flow for flow, route in self.routes.items() if re.fullmatch(route, line)), "")


def get(fields: Any, path: Names) -> Any:
    for name in path:
        fields = fields.get(name) if isinstance(fields, dict) else None
    return fields


def put(fields: Fields, path: Names, value: Any) -> Fields:
    """The fields with one of them replaced; None leaves it out."""
    name, *deeper = path
    if deeper:
        below = fields.get(name)
        return {**fields, name: put(below if isinstance(below, dict) else {}, tuple(deeper), value)}
    kept = {key: old for key, old in fields.items() if key != name}
    return kept if value is None else {**fields, name: value}


def everywhere(fields: Any, names: frozenset[str], value: object) -> Any:
    """The same document with every text of these names replaced, however deep; None leaves it out."""
    if isinstance(fields, list):
        return [everywhere(one, names, value) for one in fields]
    if not isinstance(fields, dict):
        return fields
    kept = {key: old for key, old in fields.items() if not (key in names and value is None)}
    return {
        key: value if key in names and isinstance(old, str) else everywhere(old, names, value)
        for key, old in kept.items()
    }


def without_header(name: str) -> Callable[[Fields], Fields]:
    def change(row: Fields) -> Fields:
        headers = row["headers"]
        pairs = list(headers.items()) if isinstance(headers, dict) else headers
        return {**row, "headers": [pair for pair in pairs if pair[0].lower() != name.lower()]}

    return change


def published(gateway: str, kind: str) -> frozenset[str]:
    """Every status that the gateway publishes of a payment."""
    read = json.loads((FACTS / gateway / "statuses.json").read_text(encoding="utf-8"))
    return frozenset(read[kind]["values"])


def wire_of(gateway: str) -> Wire:
    """Raises ModuleNotFoundError where nobody has described a gateway's wire."""
    found: Wire = import_module(f"tests.mutants.{gateway}.wire").WIRE
    return found


def refusal(wire: Wire) -> Reply:
    """The gateway says no, and means that nothing has happened."""
    status, fields = wire.refusal
    return answer(fields, status)
