"""python -m contracts: record, audit, verify, drift, replay, lock, schema, import, export.

Exit codes of verify and drift: 0 as recorded, 1 something new, 2 broken, 3 could not be asked.
"""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from contracts import audit as auditing
from contracts.comparison import drift, verify_
from contracts.drift import Exit
from contracts.errors import ContractError
from contracts.exchange import flows, har, imported, vcr
from contracts.exchange.pact import pact
from contracts.format import Contract, json_schema, read
from contracts.lock import LIBRARY, files, lock, write
from contracts.played import replay
from contracts.policy import load
from contracts.record import record
from contracts.tape import Tape

_library = click.option("--library", type=click.Path(path_type=Path), default=LIBRARY, help="Folder of contracts.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Recorded contracts: look through them, play them, and hold gateways against them."""


for command in (record, verify_, drift, replay):
    main.add_command(command)


@main.command("list")
@_library
@click.option("--markdown", is_flag=True, help="A table of who answered: a simulator, a sandbox.")
def list_(library: Path, *, markdown: bool) -> None:
    """What is recorded, from where, and how old it is."""
    contracts = [read(path) for path in files(library)]
    if markdown:
        click.echo(_table(contracts))
        return
    for one in contracts:
        said = one.provenance
        click.echo(f"{one.id}: {len(one.steps)} steps, {said.source}, {said.recorded_at:%Y-%m-%d}: {one.title}")


def _table(contracts: list[Contract]) -> str:
    told = {one.id: one.provenance.source.value for one in contracts}
    gateways = sorted({one.gateway for one in contracts})
    names = sorted({one.id.partition("/")[2] for one in contracts})
    rows = [["flow", *gateways], ["---"] * (len(gateways) + 1)]
    rows += [[name, *(told.get(f"{gateway}/{name}", "-") for gateway in gateways)] for name in names]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


@main.command("audit")
@_library
@click.argument("folder", type=click.Path(path_type=Path), required=False)
def audit_(library: Path, folder: Path | None) -> None:
    """Look through every contract; exit 1 where something is wrong."""
    missed = auditing.self_test()
    for canary in missed:
        click.echo(f"self-test: the scanner did not find {canary}", err=True)
    report = auditing.audit(folder or library)
    for finding in report.findings:
        click.echo(f"{finding.severity}: {finding}", err=True)
    click.echo(f"{report.files} contracts, {len(report.errors)} errors")
    sys.exit(1 if report.errors or missed else 0)


@main.command("lock")
@_library
def lock_(library: Path) -> None:
    """Write LOCK.json of what is there now, after it was reviewed."""
    lock(library)


@main.command()
def schema() -> None:
    """The JSON Schema of a contract."""
    click.echo(json.dumps(json_schema(), indent=2))


@main.command("import")
@click.argument("kind", type=click.Choice(["har", "mitmproxy", "vcr"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--gateway", required=True, help="Whose rules say what is secret.")
@click.option("--id", "identity", required=True, metavar="GATEWAY/FLOW")
@click.option("--title", default="imported")
@_library
def import_(kind: str, file: Path, library: Path, **said: str) -> None:
    """Make a contract of somebody else's recording; nothing is written that may not be."""
    identity = said["identity"]
    tape = _READERS[kind](file)
    made = imported(tape, load(said["gateway"]), identity=identity, title=said["title"], recorder=f"import {kind}")
    write(made, library / f"{identity}.json")
    click.echo(f"{library / identity}.json: {len(made.steps)} steps; review it, then: python -m contracts lock")


@main.command("export")
@click.argument("kind", type=click.Choice(["har", "mitmproxy", "pact"]))
@click.argument("file", type=click.Path(path_type=Path))
def export_(kind: str, file: Path) -> None:
    """Write a contract as an archive, a flow file or a Pact V4 file, to standard output."""
    click.echo(_WRITERS[kind](read(file)), nl=kind != "mitmproxy")


def _text(writer: Callable[[Contract], dict[str, Any]]) -> Callable[[Contract], str]:
    return lambda contract: json.dumps(writer(contract), indent=2, ensure_ascii=False)


_READERS: Mapping[str, Callable[[Path], Tape]] = {
    "har": lambda file: har.tape(file.read_text(), file.name),
    "mitmproxy": lambda file: flows.tape(file.read_bytes(), file.name),
    "vcr": lambda file: vcr.tape(file.read_text(), file.name),
}
_WRITERS: Mapping[str, Callable[[Contract], str | bytes]] = {
    "har": _text(har.archive),
    "mitmproxy": flows.flows,
    "pact": _text(pact),
}


def run() -> None:
    """The command line; what a contract does wrong is told without a traceback."""
    try:
        main.main(standalone_mode=False)
    except click.exceptions.Exit as done:
        sys.exit(done.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except ContractError as error:
        click.echo(str(error), err=True)
        sys.exit(Exit.COULD_NOT_RUN)


if __name__ == "__main__":
    run()
