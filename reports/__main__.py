"""python -m reports: certify, verify, compare and draw what a run wrote.

Each command is read only when it is asked for.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

__all__ = ["COMMANDS", "main"]

USAGE = 4  # pytest's number for a wrong command line; 2 means here that a file could not be read

COMMANDS = {
    "certify": "reports.commands.certify",
    "verify": "reports.commands.verify",
    "badge": "reports.commands.badge",
    "diff": "reports.commands.diff",
    "summary": "reports.commands.summary",
    "keygen": "reports.commands.keygen",
    "schema": "reports.commands.schema",
    "build": "reports.pages.command",
}


class _Commands(click.Group):
    """A group that imports a command's module when the command is used, and passes over one that is not there."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return [name for name, module in COMMANDS.items() if _is_there(module)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        return command

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command and exit with its code; a wrong command line is 4."""
        extra["standalone_mode"] = False
        try:
            code = super().main(*args, **extra)
        except click.ClickException as error:
            error.show()
            code = USAGE if isinstance(error, click.UsageError) else error.exit_code
        except click.Abort:
            code = 1
        sys.exit(code if isinstance(code, int) else 0)


def _is_there(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@click.group(cls=_Commands)
def main() -> None:
    """Turn the results of a run into documents that a stranger can check."""


if __name__ == "__main__":
    main(prog_name="python -m reports")
