"""python -m runtime: which connectors there are, and what each claims."""

import click
from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from runtime import claims, registry
from runtime.core.connector import Connector


@click.command(help="Show what connectors claim: all that are installed, or those that are named.")
@click.argument("names", nargs=-1)
def main(names: tuple[str, ...]) -> None:
    console = Console(highlight=False)
    for name in names or registry.names():
        try:
            _show(console, registry.find(name))
        except registry.UnknownConnector as problem:
            raise click.UsageError(str(problem)) from problem


def _show(console: Console, connector: Connector) -> None:
    console.print(Text(claims.heading(connector), style="bold"), _table(connector), sep="\n")
    for title, said in claims.lines(connector):
        console.print(Text.assemble((f"{title}: ", "bold"), said))
    if reasons := list(claims.not_offered(connector)):
        console.print(Text("Not offered by the gateway:", style="bold"))
    for names, reason in reasons:
        console.print(Padding(Text(f"{names}: {reason}"), (0, 0, 0, 2)))
    console.print()


def _table(connector: Connector) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), show_edge=False)
    for column in claims.HEAD:
        marks = column not in (claims.HEAD[0], claims.HEAD[-1])
        # A heading breaks between words, never inside one.
        widest = max(map(len, column.split()))
        table.add_column(column, justify="center" if marks else "left", no_wrap=not marks, min_width=widest)
    for row in claims.rows(connector):
        table.add_row(*row)
    return table


if __name__ == "__main__":
    main()
