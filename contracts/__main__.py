"""python -m contracts: record, audit, verify, drift, replay, lock, schema, import, export.

Exit codes of verify and drift: 0 as recorded, 1 something new, 2 broken, 3 could not be asked.
"""

import json
import sys
from pathlib import Path

import click

from contracts import audit as auditing
from contracts.comparison import drift, verify_
from contracts.drift import Exit
from contracts.errors import ContractError
from contracts.exchange.command import export_, import_
from contracts.format import Contract, json_schema, read
from contracts.lock import LIBRARY, files, lock
from contracts.played import replay
from contracts.record import record

_library = click.option("--library", type=click.Path(path_type=Path), default=LIBRARY, help="Folder of contracts.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Recorded contracts: look through them, play them, and hold gateways against them."""


for command in (record, verify_, drift, replay, import_, export_):
    main.add_command(command)


@main.command("list")
@_library
@click.option("--markdown", is_flag=True, help="A table of who answered: a simulator, a sandbox.")
def list_(library: Path, *, markdown: bool) -> None:
    """What is recorded, from where, and how old it is."""
    contracts = [read(path) for path in files(library)]
    if markdown:
        click.echo(table(contracts))
        return
    for one in contracts:
        said = one.provenance
        click.echo(f"{one.id}: {len(one.steps)} steps, {said.source}, {said.recorded_at:%Y-%m-%d}: {one.title}")


def table(contracts: list[Contract]) -> str:
    """Whose answers the contracts are, by flow and gateway, in Markdown."""
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
