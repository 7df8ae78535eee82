"""python -m tests.recordings: agreement of every connector with the recordings of its gateway, and what differs."""

import os
from collections import Counter, defaultdict
from pathlib import Path

from rich.console import Console
from rich.table import Table

from runtime import registry
from runtime.core.payments import FLOWS
from tests.recordings.readings import Reading, explanation, read, reader, recorded


def table(readings: dict[str, list[Reading]]) -> Table:
    """Agreement with the sources' labels, by gateway and tier; a line is scored if it is claimed and labelled."""
    shown = Table("gateway", "tier", "lines", "claimed", "scored", "agree", "differ", title="Recorded exchanges")
    for gateway, found in readings.items():
        by_tier: dict[str, list[Reading]] = defaultdict(list)
        for reading in found:
            by_tier[reading.line.tier].append(reading)
        for tier, row in sorted(by_tier.items()):
            claimed, scores = [it for it in row if it.flow], Counter(it.agrees for it in row)
            counts = len(row), len(claimed), scores[True] + scores[False], scores[True], scores[False]
            shown.add_row(gateway, tier, *map(str, counts))
    return shown


def flows(readings: dict[str, list[Reading]]) -> Table:
    """How many lines each claimed flow has met: none is no proof of anything.

    Behind the plus: how many objects it was shown to compare it with the other flows that read them, deliveries too.
    """
    shown = Table("flow", *readings, title="Claimed lines (scored ones) + comparisons, by flow")
    for flow in [command.__name__ for command in FLOWS]:
        cells = []
        for gateway, found in readings.items():
            met = [reading for reading in found if reading.flow == flow]
            scored = sum(reading.agrees is not None for reading in met)
            offered = any(claimed.__name__ == flow for claimed in registry.find(gateway).flows)
            cells.append(f"{len(met)} ({scored}) + {reader(gateway).ALIKE.get(flow, 0)}" if offered else "-")
        shown.add_row(flow, *cells)
    return shown


def main() -> None:
    if "ASSAY_REFERENCE" not in os.environ:
        raise SystemExit("set ASSAY_REFERENCE to the folder that holds traffic/<gateway>.jsonl")
    folder, console = Path(os.environ["ASSAY_REFERENCE"]), Console(width=120)
    readings = {gateway: read(folder, registry.find(gateway)) for gateway in recorded()}
    console.print(table(readings))
    console.print(flows(readings))
    for gateway, found in readings.items():
        for reading in found:
            if reading.differs or not reading.kept:
                print(f"{gateway} {reading}{'' if reading.kept else ', and loses the id'}")
                print(f"    {explanation(gateway, reading) or 'NOT EXPLAINED'}")


if __name__ == "__main__":
    main()
