"""python -m runtime: which connectors there are, and what each claims."""

import click
from rich.console import Console
from rich.table import Table

from runtime import registry


@click.command(help="List the connectors and what each claims.")
def main() -> None:
    table = Table("connector", "gateway", "flows", "payment methods", "currencies", "recovery", title="Connectors")
    for name in registry.names():
        connector = registry.find(name)
        claims = connector.capabilities
        table.add_row(
            name,
            connector.gateway,
            "\n".join(flow.__name__ for flow in connector.flows),
            "\n".join(f"{kind}: {', '.join(sorted(offer.captures))}" for kind, offer in claims.payment_methods.items()),
            str(len(claims.currencies)),
            ", then\n".join(claims.recovery),
        )
    Console(width=max(Console().width, 110)).print(table)  # narrower, and words are cut


main()
