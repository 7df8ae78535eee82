"""python -m reports badge: an SVG and shields JSON from a certificate that holds."""

from datetime import UTC, datetime
from pathlib import Path

import click

from reports.artefacts import write
from reports.badge import endpoint, svg
from reports.commands.ending import INVALID, ends
from reports.commands.saying import say
from reports.digests import canonical
from reports.moment import INSTANT
from reports.presented import read
from reports.signing import public_key
from reports.verification import Known, verify

__all__ = ["badge"]

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("certificate", type=_PATH)
@click.option("--out", type=_PATH, help="The folder for badge.svg and badge.json [default: beside the certificate].")
@click.option("--key", type=_PATH, help="The public key of whoever should have signed it; else anybody may have.")
@click.option("--at", type=INSTANT, help="The moment at which it is looked at [default: now].")
@ends
def badge(*, certificate: Path, out: Path | None, key: Path | None, at: datetime | None) -> int:
    """Draw a badge from CERTIFICATE; an expired one is grey, and one that does not hold gets none (exit 1)."""
    presented, now = read(certificate), at or datetime.now(UTC)
    known = Known(now=now, key=public_key(key) if key else None, any_signer=key is None)
    doubts = [finding for finding in verify(presented, known).findings if finding.check != "expired"]
    for finding in doubts:
        say(f"does not hold: {finding.check}: {finding.message}", err=True)
    if doubts:
        return INVALID
    folder, said = out or certificate.parent, presented.statement.predicate
    shields = canonical(endpoint(said, now)) + b"\n"
    write({folder / "badge.svg": svg(said, now).encode(), folder / "badge.json": shields})
    say(f"{folder / 'badge.svg'} and badge.json")
    return 0
