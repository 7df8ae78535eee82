"""python -m reports build: the table in the terminal, and the site."""

from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from reports.pages.reading import Unreadable, read_all
from reports.pages.scanning import SecretFound, look_through
from reports.pages.shown import Shown, shown
from reports.pages.site import draw
from reports.pages.writing import NotOurs, put
from reports.results import ExitCode

__all__ = ["build"]

_UNREADABLE = 2


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), help="The folder of the site; without it, only the table.")
@click.option("--canary", multiple=True, metavar="TEXT", help="What must not stand in any page; may be repeated.")
def build(results: tuple[Path, ...], out: Path | None, canary: tuple[str, ...]) -> int:
    """Draw a static site from RESULTS: files, or folders that hold results.json.

    Several files of one connector become its trend. Exits 2 when a file cannot be read, 4 when --out holds something
    else than a site, 7 when a page would hold a secret; nothing is then written.
    """
    try:
        connectors = shown(read_all(results))
        pages = draw(connectors)
        look_through(pages, canary)
        if out:
            put(pages, out)
    except Unreadable as error:
        return _refuse(str(error), _UNREADABLE)
    except SecretFound as error:
        return _refuse(f"SECRET IN A PAGE (nothing was written):\n{error}", ExitCode.SECRET_IN_EVIDENCE)
    except (NotOurs, OSError) as error:
        return _refuse(str(error), ExitCode.USAGE)
    Console(highlight=False).print(_table(connectors))
    if out:
        click.echo(f"{len(pages)} pages: {out / 'index.html'}")
    return 0


def _refuse(why: str, code: int) -> int:
    click.echo(why, err=True)
    return code


def _table(connectors: Sequence[Shown]) -> Table:
    """Area by connector: how many of the requirements asked of a connector held, and the state that follows."""
    table = Table(title="Requirements that hold, of those asked", title_justify="left")
    table.add_column("area")
    for one in connectors:
        table.add_column(escape(one.run.name), justify="right")
    for name in dict.fromkeys(name for one in connectors for name in one.areas):
        table.add_row(name, *(_held(one, name) for one in connectors))
    table.add_section()
    table.add_row("state", *(str(one.results.verdict.state or "none") for one in connectors))
    table.add_row("verdict", *(_verdict(one) for one in connectors))
    return table


def _verdict(one: Shown) -> str:
    verdict = one.results.verdict
    return "certified" if verdict.certified else "\n".join(map(escape, verdict.reasons))


def _held(one: Shown, name: str) -> str:
    area = one.areas.get(name)
    if area is None:
        return "·"
    return f"{area.tally.held} of {area.tally.asked}"
