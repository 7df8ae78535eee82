"""python -m reports certify: a signed certificate from a results file."""

from datetime import datetime
from pathlib import Path

import click

from reports.artefacts import write
from reports.commands.ending import ends
from reports.issuing import issue
from reports.moment import INSTANT, issue_time
from reports.signing import private_key, sealed

__all__ = ["certify"]

_PATH = click.Path(path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("results", type=_PATH)
@click.option("--out", type=_PATH, help="The certificate [default: certificate.json beside the results].")
@click.option("--key", type=_PATH, help="The ed25519 private key (PEM) to sign with; see keygen.")
@click.option("--unsigned", is_flag=True, help="Write the bare statement, for another tool to sign.")
@click.option("--connector", type=_PATH, help="The wheel, folder or file it is about; must hold what was tested.")
@click.option("--issued-at", type=INSTANT, help="The moment of issue [default: SOURCE_DATE_EPOCH, or now].")
@click.option("--ran-on", type=_DAY, help="The day of the run [default: the day of issue].")
@click.option("--stamp", type=(_PATH, _DAY), multiple=True, metavar="RESULTS DAY", help="A run of another lane.")
@click.option("--canary", multiple=True, metavar="TEXT", help="What must not stand in it; may be repeated.")
@ends
def certify(
    *,
    results: Path,
    out: Path | None,
    key: Path | None,
    unsigned: bool,
    connector: Path | None,
    issued_at: datetime | None,
    ran_on: datetime | None,
    stamp: tuple[tuple[Path, datetime], ...],
    canary: tuple[str, ...],
) -> int:
    """Certify the run in RESULTS.

    Exits 2 when a file cannot be read, 4 for a wrong option or key, 6 when the run certifies nothing, 7 when a secret
    would be in it. Nothing is then written.
    """
    if bool(key) is unsigned:
        raise click.UsageError("give --key FILE to sign it, or --unsigned")
    signer = private_key(key) if key else None
    statement = issue(
        results,
        issued=issue_time(issued_at),
        ran_on=ran_on.date() if ran_on else None,
        connector=connector,
        stamps=[(file, day.date()) for file, day in stamp],
    )
    payload = statement.payload()
    file = out or results.parent / "certificate.json"
    # The payload is looked through as well: within its envelope it is base64.
    document = sealed(payload, signer) if signer else payload + b"\n"
    write({file: document}, canaries=canary, also={"the certificate": payload})
    said = statement.predicate
    what = f"{said.connector.name} {said.connector.version}, state {said.state} ({said.state_title or 'none reached'})"
    click.echo(f"{file}: {what}, valid until {said.valid_until}{'' if signer else ', UNSIGNED'}")
    return 0
