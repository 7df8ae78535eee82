"""python -m reports.allure: one HTML file of the evidence, by Allure 3."""

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from reports.allure.page import NotAllure
from reports.allure.rendering import NotRendered, describe, render, why_not
from reports.pages.reading import Unreadable, read_all
from reports.pages.scanning import findings
from reports.results import ExitCode

__all__ = ["main"]

_UNREADABLE = 2


@click.command()
@click.argument("results", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The HTML file.")
@click.option("--work", default="build/node", type=click.Path(path_type=Path), help="Where the npm package is kept.")
@click.option("--history", type=click.Path(path_type=Path), help="A file that remembers the runs of before.")
@click.option("--canary", multiple=True, metavar="TEXT", help="What must not stand in any result; may be repeated.")
def main(results: tuple[Path, ...], out: Path, work: Path, history: Path | None, canary: tuple[str, ...]) -> None:
    """Render the Allure results beside each of RESULTS. Without Node it says so in one line, and that is no failure."""
    sys.exit(_main(results, out, work, history, canary))


def _main(results: Sequence[Path], out: Path, work: Path, history: Path | None, canaries: Sequence[str]) -> int:
    try:
        runs = read_all(results)
        folders = describe(runs, executor=dict(_executor()))
        if leaks := [f"{file}: {', '.join(kinds)}" for file, kinds in _leaks(folders, canaries)]:
            click.echo("SECRET IN THE RESULTS (nothing was rendered):\n" + "\n".join(leaks), err=True)
            return ExitCode.SECRET_IN_EVIDENCE
        if reason := why_not():
            click.echo(f"No Allure report: {reason}. The static site needs none.")
            return 0
        render(runs, folders, out, work=work, history=history)
    except Unreadable as error:
        click.echo(str(error), err=True)
        return _UNREADABLE
    except (NotRendered, NotAllure, OSError) as error:
        click.echo(f"No Allure report: {error}", err=True)
        return 1
    click.echo(f"Allure report: {out}")
    return 0


def _leaks(folders: Sequence[Path], canaries: Sequence[str]) -> Iterator[tuple[Path, list[str]]]:
    """The files themselves: in the page they stand encoded, where no search would find anything."""
    for folder in folders:
        for file in sorted(folder.iterdir()):
            if kinds := findings(file.read_text(encoding="utf-8", errors="replace"), canaries):
                yield file, kinds


def _executor() -> Iterator[tuple[str, str]]:
    """Who ran it, where a CI service says so in the variables that GitHub Actions documents."""
    server, repository, run = (os.environ.get(f"GITHUB_{name}", "") for name in ("SERVER_URL", "REPOSITORY", "RUN_ID"))
    yield "name", "GitHub Actions" if run else "make"
    yield "type", "github" if run else "local"
    yield "reportName", "Assay"
    if run:
        yield "buildName", os.environ.get("GITHUB_WORKFLOW", run)
        yield "buildUrl", f"{server}/{repository}/actions/runs/{run}"


if __name__ == "__main__":
    main()
