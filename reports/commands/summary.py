"""python -m reports summary: Markdown for the page of a CI job, or for a comment."""

from pathlib import Path

import click

from reports.commands.ending import ends
from reports.job_page import markdown
from reports.pages.reading import read_all
from reports.pages.scanning import look_through

__all__ = ["summary"]


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--canary", multiple=True, metavar="TEXT", help="What must not stand in it; may be repeated.")
@ends
def summary(*, results: tuple[Path, ...], canary: tuple[str, ...]) -> int:
    """Print Markdown about RESULTS: files, or folders that hold results.json."""
    text = markdown([run.results for run in read_all(results)])
    look_through({"the summary": text}, canary)
    click.echo(text, nl=False)
    return 0
