"""How much of each gateway is simulated, as the Markdown table that the README shows."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mock_gateways.core.manifest import Manifest, Operation

_HEAD = ("gateway", "version", "published", "simulated", "501", "simulated, of the published, by resource")


def markdown(manifests: Iterable[Manifest]) -> str:
    """One row for each gateway; what is published and not simulated answers 501."""
    table = [_HEAD, ["---"] * len(_HEAD), *(_row(manifest) for manifest in manifests)]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in table)


def _row(manifest: Manifest) -> list[str]:
    published = Counter(_resource(operation) for operation in manifest.operations)
    simulated = Counter(_resource(operation) for operation in manifest.operations if operation.simulated)
    counts = (published.total(), simulated.total(), published.total() - simulated.total())
    shown = ", ".join(f"{name} {simulated[name]}/{published[name]}" for name in sorted(simulated))
    return [manifest.gateway, manifest.version, *map(str, counts), shown]


def _resource(operation: Operation) -> str:
    """The first part of a path that is neither a version nor a placeholder."""
    parts = [part for part in operation.path.split("/") if part and not part.startswith("{")]
    return parts[1] if len(parts) > 1 and parts[0][1:].isdigit() else parts[0]
