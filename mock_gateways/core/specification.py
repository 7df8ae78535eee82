"""Which parameters a call takes and what each must be: one table, from which requests are checked and described.

A specification maps each parameter to its kind: the name of one that the gateway reads in its own way, such as
"integer"; a tuple of the allowed values; or a mapping, which nests. What is refused, and how, are the gateway's words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mock_gateways.core.openapi import object_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.messages import Document, Refusal

Kind = str | tuple[str, ...] | Mapping[str, Any]
Specification = Mapping[str, Kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """How a gateway reads parameters; every part is told the full name of the parameter, for its refusal.

    `at` makes that name from the path above it; `kinds` reads a value of each kind; `choose` one of a tuple; `nested`
    gives the fields of an object, or None for a value that unsets it and is kept; `unknown` and `missing` refuse.
    """

    at: Callable[[str, str], str]
    kinds: Mapping[str, Callable[[Any, str], Any]]
    choose: Callable[[Any, tuple[str, ...], str], str]
    nested: Callable[[Any, str], Document | None]
    unknown: Callable[[list[str]], Refusal]
    missing: Callable[[str], Refusal]

    def read(
        self, values: Document, specification: Specification, required: tuple[str, ...] = (), path: str = ""
    ) -> Document:
        """The parameters with their types; one that is null counts as left out.

        Raises Refusal for the first that is unknown, missing or malformed, in this order.
        """
        unknown = [name for name in values if name not in specification]
        if unknown:
            raise self.unknown([self.at(path, name) for name in unknown])
        for name in required:
            if values.get(name) is None:
                raise self.missing(self.at(path, name))
        return {
            name: self._value(value, specification[name], self.at(path, name))
            for name, value in values.items()
            if value is not None
        }

    def _value(self, value: Any, kind: Kind, name: str) -> Any:
        if isinstance(kind, str):
            return self.kinds[kind](value, name)
        if isinstance(kind, tuple):
            return self.choose(value, kind, name)
        fields = self.nested(value, name)
        return value if fields is None else self.read(fields, kind, path=name)


def specification_schema(
    specification: Specification,
    kinds: Mapping[str, Document],
    required: tuple[str, ...] = (),
    *,
    unset: Document | None = None,
) -> Document:
    """The JSON Schema of an object by its specification; `unset` is that of a value which unsets a nested object."""

    def schema(kind: Kind) -> Document:
        if isinstance(kind, str):
            return kinds[kind]
        if isinstance(kind, tuple):
            return {"type": "string", "enum": list(kind)}
        nested = specification_schema(kind, kinds, unset=unset)
        return nested if unset is None else {"anyOf": [nested, unset]}

    return object_schema({name: schema(kind) for name, kind in specification.items()}, required)
