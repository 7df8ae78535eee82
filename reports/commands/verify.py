"""python -m reports verify: whether a certificate is what it says."""

from datetime import UTC, datetime
from pathlib import Path

import click

from reports.certificate import stamped
from reports.commands.ending import INVALID, ends
from reports.commands.saying import say
from reports.moment import INSTANT
from reports.presented import read
from reports.signing import public_key
from reports.verification import GITHUB, Known
from reports.verification import verify as examine

__all__ = ["verify"]

_SHOWN = 50
_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("certificate", type=_PATH)
@click.option("--key", type=_PATH, help="The public key (PEM) of whoever should have signed it.")
@click.option("--identity", metavar="URL", help="The CI workflow that should have signed it, keyless.")
@click.option("--issuer", metavar="URL", default=GITHUB, show_default=True, help="Who vouches for that workflow.")
@click.option("--any-signer", is_flag=True, help="Look at what it says, whoever said it, or nobody.")
@click.option("--bundle", type=_PATH, help="The folder with results.json, and evidence/ if there is any.")
@click.option("--connector", type=_PATH, help="The wheel, folder or file that it should be about.")
@click.option("--suite", type=_PATH, help="A checkout of the suite's release: the folder that holds suites/.")
@click.option("--simulator", type=_PATH, help="The gateway's simulator, where it came from elsewhere.")
@click.option("--at", type=INSTANT, help="The moment at which it should be valid [default: now].")
@ends
def verify(
    *,
    certificate: Path,
    key: Path | None,
    identity: str | None,
    issuer: str,
    any_signer: bool,
    bundle: Path | None,
    connector: Path | None,
    suite: Path | None,
    simulator: Path | None,
    at: datetime | None,
) -> int:
    """Compute again all that CERTIFICATE says, and name each thing that does not hold.

    Exits 0 when all that was checked holds, 1 when something does not, 2 when it cannot be read, 4 for a wrong option
    or key.
    """
    if key and identity:
        raise click.UsageError("--key or --identity: one of them signed it")
    known = Known(
        now=at or datetime.now(UTC),
        key=public_key(key) if key else None,
        identity=identity,
        issuer=issuer,
        any_signer=any_signer,
        bundle=bundle,
        connector=connector,
        suite=suite,
        simulator=simulator,
    )
    presented = read(certificate)
    report = examine(presented, known)
    for finding in report.findings[:_SHOWN]:
        say(f"does not hold: {finding.check}: {finding.message}")
    if len(report.findings) > _SHOWN:
        say(f"does not hold: and {len(report.findings) - _SHOWN} more")
    for what in report.unchecked:
        say(f"not checked: {what}")
    said = presented.statement.predicate
    for lane in said.lanes:
        say(stamped(lane))
    about = f"{said.connector.name} {said.connector.version}, state {said.state}, until {said.valid_until}"
    say(f"VALID: {about}" if report.holds else f"INVALID: {about}: {len(report.findings)} do not hold")
    return 0 if report.holds else INVALID
