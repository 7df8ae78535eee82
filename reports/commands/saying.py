"""What a command prints. A certificate may come from anybody, and a terminal does what control characters tell it."""

import click

__all__ = ["say"]


def say(text: str, *, err: bool = False) -> None:
    """Print one line; what is no printable character is shown as an escape, so that nothing can pose as a line."""
    shown = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    click.echo(shown, err=err)
