"""python -m reports schema: the JSON Schema of a certificate."""

import json
from typing import Any

import click

from reports.certificate import PREDICATE_TYPE, Statement

__all__ = ["schema"]


@click.command()
def schema() -> None:
    """Print the JSON Schema of the statement within a certificate."""
    document = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"{PREDICATE_TYPE}:schema"}
    click.echo(json.dumps(document | _without_titles(Statement.model_json_schema(by_alias=True)), indent=2))


def _without_titles(schema: dict[str, Any]) -> dict[str, Any]:
    """Without the names repeated as titles. A property may be called `title`, and is then no text."""
    kept = {name: part for name, part in schema.items() if not (name == "title" and isinstance(part, str))}
    return {name: _without_titles(part) if isinstance(part, dict) else part for name, part in kept.items()}
