"""python -m reports diff: what changed between two runs or two certificates."""

from itertools import groupby
from pathlib import Path

import click

from reports.commands.ending import INVALID, ends
from reports.commands.saying import say
from reports.difference import Turn, differences, told

__all__ = ["diff"]

_PATH = click.Path(path_type=Path)


@click.command()
@click.argument("old", type=_PATH)
@click.argument("new", type=_PATH)
@ends
def diff(*, old: Path, new: Path) -> int:
    """Tell what got worse, better, new and gone from OLD to NEW: results files or certificates.

    Between documents of different kinds only requirements are compared. Exits 1 when something got worse.
    """
    before, after = told(old), told(new)
    if before.connector != after.connector:
        say(f"compares two connectors: {before.connector} and {after.connector}")
    changes = differences(before, after)
    for turn, of_a_kind in groupby(changes, key=lambda change: change.turn):
        rows = list(of_a_kind)
        say(f"{turn.value} ({len(rows)})")
        for row in rows:
            say(f"  {row.what}: {row.before or 'absent'} -> {row.after or 'absent'}")
    if not changes:
        say("nothing changed")
    return INVALID if any(change.turn is Turn.WORSE for change in changes) else 0
