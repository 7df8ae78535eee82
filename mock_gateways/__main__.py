"""`python -m mock_gateways serve stripe --port 12111`, `... coverage`, `... openapi stripe`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mock_gateways.app import find_gateway, known_gateways


@click.group()
def main() -> None:
    """Simulated payment gateways."""


class _Unservable(click.ClickException):
    exit_code = 2


def _numbers(_: object, __: object, text: str | None) -> list[int]:
    numbers = (text or "").split(",") if text else []
    if not all(number.isascii() and number.isdigit() and int(number) <= 65535 for number in numbers):
        raise click.BadParameter(f"{text!r} is not a list of ports such as 12111,12112")
    return [int(number) for number in numbers]


@main.command()
@click.argument("gateways", nargs=-1, required=True)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=12111, show_default=True, type=click.IntRange(0, 65535))
@click.option("--ports", callback=_numbers, help="One port for each gateway, such as 12111,12112.")
@click.option("--seed", default=0, show_default=True)
@click.option("--clock", default="wall", show_default=True, type=click.Choice(["fixed", "wall"]))
@click.option("--webhook-url", help="Give every tenant an endpoint here, for all events.")
@click.option("--faults", type=click.Path(path_type=Path), help="A JSON list of faults, planned for every tenant.")
@click.option("--store", default="memory", show_default=True, help="memory, sqlite:FILE or redis://HOST:PORT/NUMBER.")
@click.option("--server", default="waitress", show_default=True, type=click.Choice(["waitress", "granian"]))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes, on granian.")
@click.option("--token", envvar="ASSAY_MOCK_TOKEN", help="What the control plane wants; made up off loopback.")
@click.option("--log", default="text", show_default=True, type=click.Choice(["json", "text", "none"]))
def serve(gateways: tuple[str, ...], port: int, ports: list[int], **asked: Any) -> None:
    """Serve GATEWAYS until interrupted: several on one port have a path each."""
    from mock_gateways import serving  # noqa: PLC0415 - the other commands need no server
    from mock_gateways.plan import Plan, Problem  # noqa: PLC0415 - as above

    plan = Plan(
        gateways=gateways, ports=ports or [port], say=click.echo, write=lambda line: click.echo(line, err=True), **asked
    )
    try:
        serving.serve(plan)
    except Problem as problem:
        raise _Unservable(str(problem)) from problem


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


@main.command()
@click.argument("gateway")
def openapi(gateway: str) -> None:
    """Print the OpenAPI document of GATEWAY."""
    from mock_gateways.core.openapi import document  # noqa: PLC0415 - serving needs no document

    try:
        click.echo(json.dumps(document(find_gateway(gateway)), indent=2))
    except ValueError as problem:
        raise _Unservable(str(problem)) from problem


if __name__ == "__main__":
    main()
