"""python -m reports keygen: a key pair to sign certificates with."""

from pathlib import Path

import click

from reports.commands.ending import ends
from reports.commands.saying import say
from reports.signing import new_key, public_key

__all__ = ["keygen"]


@click.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder for the two files.")
@ends
def keygen(out: Path) -> int:
    """Make an ed25519 key pair: keep the private one in a secret store, publish the public one."""
    private, public = new_key(out)
    say(f"{private}: keep it secret, and out of the repository")
    say(f"{public}: publish it; its id is {public_key(public).keyid}")
    return 0
