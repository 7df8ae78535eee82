"""python -m reports schema: the JSON Schema of a certificate."""

import json

import click

from reports.certificate import PREDICATE_TYPE, Statement

__all__ = ["schema"]


@click.command()
def schema() -> None:
    """Print the JSON Schema of the statement within a certificate."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{PREDICATE_TYPE}:schema"}
    click.echo(json.dumps(document | Statement.model_json_schema(by_alias=True), indent=2))
