"""The tables of what a gateway publishes, read from the CSV files of its folder; their columns are the same for all."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_gateways.core.manifest import Currency, Event, Failure, Instrument, Manifest, Method, Operation, Setting
from mock_gateways.core.routes import Route

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mock_gateways.core.manifest import State
    from mock_gateways.core.routes import Handler

    Row = Mapping[str, str]


def rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a CSV table with a header line."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@dataclass(frozen=True, slots=True)
class Published:
    """What stands in failures.csv, currencies.csv, events.csv, settings.csv and operations.csv of a gateway."""

    failures: tuple[Failure, ...]
    currencies: Mapping[str, Currency]
    events: tuple[Event, ...]
    settings: tuple[Setting, ...]
    operations: tuple[Operation, ...]

    def named(self, field: str) -> dict[str, Failure]:
        """The failures whose code stands in this field of an error, by code."""
        return {failure.code: failure for failure in self.failures if failure.field == field}

    def routes(self, handlers: Mapping[str, Handler]) -> tuple[Route, ...]:
        """A route for every operation; one without a handler is published and not simulated."""
        return tuple(Route(one.method, one.path, one.name, handlers.get(one.name)) for one in self.operations)

    def manifest(
        self,
        gateway: str,
        version: str,
        *,
        states: tuple[State, ...],
        instruments: tuple[Instrument, ...],
        methods: tuple[Method, ...],
    ) -> Manifest:
        """The manifest, with what has no such table."""
        return Manifest(
            gateway=gateway,
            version=version,
            states=states,
            failures=self.failures,
            instruments=instruments,
            currencies=tuple(self.currencies.values()),
            events=self.events,
            settings=self.settings,
            operations=self.operations,
            methods=methods,
        )


def read_published(folder: Path) -> Published:
    currencies = map(_currency, rows(folder / "currencies.csv"))
    return Published(
        tuple(map(_failure, rows(folder / "failures.csv"))),
        {currency.code: currency for currency in currencies},
        tuple(Event(row["type"], row["source"]) for row in rows(folder / "events.csv")),
        tuple(map(_setting, rows(folder / "settings.csv"))),
        tuple(map(_operation, rows(folder / "operations.csv"))),
    )


def read_method(row: Row) -> Method:
    """A payment method; a table may say more of refunds than yes and no."""
    return Method(
        row["kind"],
        row["name"],
        row["course"],
        tuple(row["currencies"].split()),
        holds=row["holds"] == "yes",
        refunds=row["refunds"] != "no",
        mandates=row["mandates"] == "yes",
        source=row["source"],
        doubt=row["doubt"] or None,
    )


def read_instrument(row: Row) -> Instrument:
    return Instrument(row["kind"], row["value"], row["brand"], row["causes"], row["alias"] or None, row["source"])


def _failure(row: Row) -> Failure:
    """A table may leave out the operations and the parameter that a failure belongs to."""
    return Failure(
        row["code"],
        row["kind"],
        int(row["http"]),
        row["type"],
        tuple(row.get("operations", "").split()),
        row["source"],
        row["field"],
        row.get("param") or None,
    )


def _currency(row: Row) -> Currency:
    minimum = int(row["minimum"]) if row["minimum"] else None
    return Currency(
        row["code"], int(row["exponent"]), int(row["multiple_of"]), minimum, row["source"], row["doubt"] or None
    )


def _setting(row: Row) -> Setting:
    text = row["default"]
    return Setting(row["name"], int(text) if text.removeprefix("-").isdigit() else text, row["doubt"])


def _operation(row: Row) -> Operation:
    return Operation(row["method"], row["path"], row["operation"], row["simulated"] == "yes")
