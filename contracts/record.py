"""python -m contracts record: a session through the proxy, watched by a person, ended by Ctrl-C or by its command.

Exit codes: 0 written, 1 refused, so that nothing was written, 2 wrongly asked, 3 could not be recorded.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import click
from rich.console import Console
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from contracts.errors import ContractError, Refused
from contracts.lock import LIBRARY
from contracts.recorder import Heard, Recording

__all__ = ["record"]

_GLANCE_S = 0.25
_PORT, _HOOK_PORT = 12180, 12181
_WRITTEN, _REFUSED, _COULD_NOT = 0, 1, 3


@click.command("record")
@click.argument("gateway")
@click.argument("command", nargs=-1, type=click.UNPROCESSED)
@click.option("--upstream", required=True, metavar="URL", help="The sandbox, or a simulator on this machine.")
@click.option("--out", type=click.Path(path_type=Path), default=LIBRARY, help="Contracts are replaced in it.")
@click.option("--flow", help="The flow of everything that nobody announces.")
@click.option("--port", type=int, help=f"Where the connector finds the gateway [default: {_PORT}; any for COMMAND]")
@click.option("--merchant", metavar="URL", help="Where the gateway's webhooks are sent on to.")
@click.option("--hook-port", type=int, help=f"Where the gateway finds the merchant [default: {_HOOK_PORT}, or any]")
@click.option("--browser-port", type=int, help="A proxy for the shopper's browser; none without it.")
@click.option("--given", multiple=True, metavar="NAME=ENV", help="A secret, and the variable that holds it.")
@click.option("--connector", metavar="NAME@VERSION", help="Who asks: it stands in the contract.")
@click.option("--authority", type=click.Path(path_type=Path, exists=True), help="Certificates to trust for URL.")
def record(gateway: str, command: Sequence[str], upstream: str, out: Path, **asked: Any) -> None:
    """Record what GATEWAY says, until Ctrl-C, or until COMMAND has ended.

    COMMAND finds the gateway in ASSAY_UPSTREAM, the address for its webhooks in ASSAY_WEBHOOK_URL and the browser's
    proxy in ASSAY_BROWSER_PROXY; where it fails, nothing is written.
    """
    console = Console(stderr=True, highlight=False)
    try:
        sys.exit(_recorded(gateway, command, upstream, out, asked=asked, console=console))
    except Refused as refused:
        for reason in refused.reasons:
            console.print(f"refused: {reason}", markup=False, soft_wrap=True)
        console.print("Nothing was written.")
        sys.exit(_REFUSED)
    except (ContractError, OSError) as error:
        console.print(f"could not be recorded: {error}", markup=False, soft_wrap=True)
        sys.exit(_COULD_NOT)


def _recorded(
    gateway: str, command: Sequence[str], upstream: str, out: Path, *, asked: dict[str, Any], console: Console
) -> int:
    from contracts.proxy import RECORDER, Proxy  # noqa: PLC0415 - only here mitmproxy is needed

    given = {name: os.environ.get(env, "") for name, env in (pair.split("=", 1) for pair in asked["given"])}
    recording = Recording(
        gateway, upstream, out, given=given, connector=asked["connector"], flow=asked["flow"], recorder=RECORDER
    )
    port, hook_port = (0, 0) if command else (_PORT, _HOOK_PORT)  # a command is told where they are
    proxy = Proxy(
        recording, port=port if asked["port"] is None else asked["port"], merchant=asked["merchant"],
        hook_port=hook_port if asked["hook_port"] is None else asked["hook_port"],
        browser_port=asked["browser_port"], authority=asked["authority"],
    )  # fmt: skip
    with proxy, _interruptible() as interrupted:
        places = {"ASSAY_UPSTREAM": proxy.url, "ASSAY_WEBHOOK_URL": proxy.hooks, "ASSAY_BROWSER_PROXY": proxy.browser}
        shown = {name: place for name, place in places.items() if place}
        # To standard output, a line each: whoever started this reads there where to send what.
        for name, place in shown.items():
            click.echo(f"{name}={place}")
        sys.stdout.flush()
        failed = _watch(recording, interrupted, _started(command, shown), console)
    if failed:
        raise ContractError(f"{command[0]} ended with {failed}: nothing was written")
    for file in recording.write():
        console.print(f"{file}: {recording.source}", markup=False, soft_wrap=True)
    console.print("Read the difference, then: python -m contracts lock")
    return _WRITTEN


def _started(command: Sequence[str], places: dict[str, str]) -> "subprocess.Popen[bytes] | None":
    return subprocess.Popen(command, env=os.environ | places) if command else None  # noqa: S603 - the person's own


@contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that Ctrl-C sets, or a request to end: a recording then ends cleanly, and is sealed."""
    interrupted = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        interrupted.set()

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupted
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _watch(
    recording: Recording, interrupted: threading.Event, child: "subprocess.Popen[bytes] | None", console: Console
) -> int:
    """Show what is heard until it ends; with what the command failed, or 0."""
    with Live(console=console, transient=True, auto_refresh=False) as live:
        while not interrupted.wait(_GLANCE_S):
            live.update(_shown(recording.heard), refresh=True)
            if child is not None and child.poll() is not None:
                break
    if child is not None and child.poll() is None:
        child.terminate()
        return child.wait()
    console.print(_shown(recording.heard))
    return child.returncode if child is not None else 0


def _shown(heard: Heard) -> Table:
    shown = Table(box=None, show_header=False, pad_edge=False)
    flows = ", ".join(f"{name} ({count})" for name, count in heard.flows.items()) or "none yet"
    shown.add_row("exchanges", f"{heard.exchanges - heard.deliveries}, and {heard.deliveries} deliveries")
    shown.add_row("flows", flows)
    shown.add_row("last", escape(heard.last) or "-")
    for objection in heard.objections:
        shown.add_row("refused", escape(objection), style="bold red")
    return shown
