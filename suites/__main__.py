"""python -m suites schema, requirements: what a connector in another language is asked, and what all are held to."""

import json

import click

from suites import forms, inventory


@click.group()
def main() -> None:
    """The conformance suite itself runs in pytest; here is what it is asked about."""


@main.command()
def schema() -> None:
    """Print the JSON Schema of every command and outcome that a remote connector meets."""
    click.echo(json.dumps(forms.schema(), indent=2))


@main.command()
def requirements() -> None:
    """Print the inventory as the page that suites/REQUIREMENTS.md is."""
    click.echo(inventory.page(inventory.load()), nl=False)


if __name__ == "__main__":
    main()
