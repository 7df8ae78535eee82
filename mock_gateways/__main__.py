"""`python -m mock_gateways serve stripe --port 12111` and `python -m mock_gateways coverage`."""

from __future__ import annotations

import click

from mock_gateways.app import create_app, find_gateway, known_gateways


@click.group()
def main() -> None:
    """Simulated payment gateways."""


@main.command()
@click.argument("gateway")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=12111, show_default=True, type=click.IntRange(0, 65535))
@click.option("--seed", default=0, show_default=True)
def serve(gateway: str, host: str, port: int, seed: int) -> None:
    """Serve GATEWAY on wall time until interrupted."""
    from mock_gateways.server import Server  # noqa: PLC0415 - the other commands need no server

    try:
        app = create_app(gateway, seed=seed, clock="wall")
    except ValueError as problem:
        raise click.ClickException(str(problem)) from problem
    server = Server(app, host, port)
    click.echo(f"{gateway} on {server.url}, control plane under {server.url}/_mock/health")
    server.run()


@main.command()
def coverage() -> None:
    """Count the simulated operations of every gateway, and name those that are not."""
    from rich.console import Console  # noqa: PLC0415 - serving needs no tables
    from rich.table import Table  # noqa: PLC0415 - as above

    table = Table("gateway", "version", "published", "simulated", "not simulated")
    for name in known_gateways():
        manifest = find_gateway(name).manifest
        left = [operation.name for operation in manifest.operations if not operation.simulated]
        published = len(manifest.operations)
        table.add_row(name, manifest.version, str(published), str(published - len(left)), ", ".join(left))
    Console().print(table)


if __name__ == "__main__":
    main()
