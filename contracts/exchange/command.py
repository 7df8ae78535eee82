"""python -m contracts import, export: other people's recordings in, contracts out in other people's formats.

Exit codes of import: 0 all became contracts, 1 some were refused and the others written, 3 nothing was written.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from contracts.errors import ContractError, Refused
from contracts.exchange import flows, har, hyperswitch, imported, traffic, vcr
from contracts.exchange.pact import pact
from contracts.format import Contract, read
from contracts.lock import LIBRARY, write_all
from contracts.policy import load
from contracts.tape import Tape

__all__ = ["export_", "import_"]

_PATH = click.Path(path_type=Path, exists=True)


class _Found(NamedTuple):
    """A tape, and what its recording says of it: the last word of its id, and under which licence it is."""

    tape: Tape
    flow: str | None = None
    licence: str | None = None


def _one(reader: Callable[[Path], Tape]) -> Callable[[Path, str], Iterator[_Found]]:
    return lambda path, _: iter([_Found(reader(path))])


def _hyperswitch(path: Path, gateway: str) -> Iterator[_Found]:
    """A contract for each test of that connector's."""
    for (connector, test), tape in hyperswitch.tapes(path).items():
        if connector == gateway:
            yield _Found(tape, re.sub(r"[^a-z0-9]+", "-", test.lower()).strip("-"))


def _traffic(path: Path, _gateway: str) -> Iterator[_Found]:
    for line in traffic.lines(path.read_text()):
        if line.tape is not None:
            yield _Found(line.tape, f"line-{line.number}", line.licence)


_READERS: Mapping[str, Callable[[Path, str], Iterator[_Found]]] = {
    "har": _one(lambda file: har.tape(file.read_text(), file.name)),
    "hyperswitch": _hyperswitch,
    "mitmproxy": _one(lambda file: flows.tape(file.read_bytes(), file.name)),
    "traffic": _traffic,
    "vcr": _one(lambda file: vcr.tape(file.read_text(), file.name)),
}


@click.command("import")
@click.argument("kind", type=click.Choice(sorted(_READERS)))
@click.argument("path", type=_PATH)
@click.option("--gateway", required=True, help="Whose rules say what is secret.")
@click.option("--id", "identity", metavar="GATEWAY/FLOW", help="Of the contract, where PATH holds one.")
@click.option("--title", default="imported")
@click.option("--library", type=click.Path(path_type=Path), default=LIBRARY, help="Folder of contracts.")
def import_(kind: str, path: Path, library: Path, **said: str) -> None:
    """Make contracts of somebody else's recording; nothing is written that may not be."""
    if kind == "traffic" and library.resolve() == LIBRARY.resolve():
        raise click.UsageError("lines of traffic are other people's: name a folder that is not committed (--library)")
    policy, made, refused = load(said["gateway"]), list[Contract](), list[str]()
    for tape, flow, licence in _READERS[kind](path, policy.gateway):
        identity = f"{policy.gateway}/{flow}" if flow else said["identity"]
        if not identity:
            raise click.UsageError(f"a recording of {kind} needs a name: --id GATEWAY/FLOW")
        told = {"identity": identity, "title": said["title"], "recorder": f"import {kind}", "licence": licence}
        try:
            made.append(imported(tape, policy, **told))  # type: ignore[arg-type]
        except Refused as problem:
            refused.append(f"{identity}: {'; '.join(problem.reasons)}")
    _kept(made, refused, library)


def _kept(made: list[Contract], refused: list[str], library: Path) -> None:
    if not made:
        raise Refused(refused) if refused else ContractError("it holds no recording of that gateway")
    write_all([(one, library / f"{one.id}.json") for one in made])
    for one in made:
        click.echo(f"{library / one.id}.json: {len(one.steps)} steps; review it, then: python -m contracts lock")
    for line in refused:
        click.echo(f"refused: {line}", err=True)
    sys.exit(1 if refused else 0)


@click.command("export")
@click.argument("kind", type=click.Choice(["har", "mitmproxy", "pact"]))
@click.argument("file", type=click.Path(path_type=Path))
def export_(kind: str, file: Path) -> None:
    """Write a contract as an archive, a flow file or a Pact V4 file, to standard output."""
    click.echo(_WRITERS[kind](read(file)), nl=kind != "mitmproxy")


def _text(writer: Callable[[Contract], dict[str, Any]]) -> Callable[[Contract], str]:
    return lambda contract: json.dumps(writer(contract), indent=2, ensure_ascii=False)


_WRITERS: Mapping[str, Callable[[Contract], str | bytes]] = {
    "har": _text(har.archive),
    "mitmproxy": flows.flows,
    "pact": _text(pact),
}
