"""python -m reports certify: a signed certificate from a results file."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from reports.artefacts import write
from reports.commands.ending import ends
from reports.commands.saying import say
from reports.issuing import Order, issue
from reports.keyless import sealed_by_identity
from reports.moment import INSTANT, issue_time
from reports.signing import private_key, sealed

__all__ = ["certify"]

_PATH = click.Path(path_type=Path)
_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.argument("results", nargs=-1, required=True, type=_PATH)
@click.option("--out", type=_PATH, help="The certificate [default: certificate.json beside the results].")
@click.option("--key", type=_PATH, help="The ed25519 private key (PEM) to sign with; see keygen.")
@click.option("--keyless", is_flag=True, help="Sign as the CI job that runs this, through sigstore; needs --connector.")
@click.option("--unsigned", is_flag=True, help="Write the bare statement, for another tool to sign.")
@click.option("--connector", type=_PATH, help="The wheel, folder or file it is about; must hold what was tested.")
@click.option("--issued-at", type=INSTANT, help="The moment of issue [default: SOURCE_DATE_EPOCH, or now].")
@click.option("--ran-on", type=_DAY, help="The day of the run [default: the day of issue].")
@click.option("--stamp", type=(_PATH, _DAY), multiple=True, metavar="RESULTS DAY", help="A run of another lane.")
@click.option("--canary", multiple=True, metavar="TEXT", help="What must not stand in it; may be repeated.")
@ends
def certify(
    *,
    results: tuple[Path, ...],
    out: Path | None,
    key: Path | None,
    keyless: bool,
    unsigned: bool,
    connector: Path | None,
    issued_at: datetime | None,
    ran_on: datetime | None,
    stamp: tuple[tuple[Path, datetime], ...],
    canary: tuple[str, ...],
) -> int:
    """Certify the run in RESULTS, or several, each by itself.

    Exits 2 when a file cannot be read, 4 for a wrong option or key, 6 when the run certifies nothing, 7 when a secret
    would be in it; the highest, of several. Of a run that gets no certificate nothing is written.
    """
    if [bool(key), keyless, unsigned].count(True) != 1:
        raise click.UsageError("give --key FILE to sign it, or --keyless, or --unsigned")
    if keyless and not (connector and connector.is_file()):
        raise click.UsageError("--keyless: give the distribution it is about (--connector): sigstore signs no trees")
    if len(results) > 1 and (out or connector or stamp):
        raise click.UsageError("--out, --connector and --stamp are about one run: certify it alone")
    order = Order(
        sealed=partial(sealed, signer=private_key(key)) if key else sealed_by_identity if keyless else None,
        issued=issue_time(issued_at),
        ran_on=ran_on.date() if ran_on else None,
        connector=connector,
        stamps=[(file, day.date()) for file, day in stamp],
    )
    return max(_certify(file, out or file.parent / "certificate.json", order, canary) for file in results)


@ends
def _certify(results: Path, out: Path, order: Order, canaries: Sequence[str]) -> int:
    statement = issue(results, order)
    payload = statement.payload()
    document = order.sealed(payload) if order.sealed else payload + b"\n"
    # The payload is looked through as well: within its envelope it is base64.
    write({out: document}, canaries=canaries, also={"the certificate": payload})
    said = statement.predicate
    what = f"{said.connector.name} {said.connector.version}, state {said.state} ({said.state_title or 'none reached'})"
    say(f"{out}: {what}, valid until {said.valid_until}{'' if order.sealed else ', UNSIGNED'}")
    return 0
