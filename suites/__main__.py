"""python -m suites schema: the JSON Schema of commands, outcomes and errors, for a connector in another language."""

import json

import click

from suites import forms


@click.group()
def main() -> None:
    """The conformance suite itself runs in pytest; here is what it is asked about."""


@main.command()
def schema() -> None:
    """Print the JSON Schema of every command and outcome that a remote connector meets."""
    click.echo(json.dumps(forms.schema(), indent=2))


if __name__ == "__main__":
    main()
