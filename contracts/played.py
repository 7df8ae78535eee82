"""python -m contracts replay: a gateway on this machine, played from contracts alone, with its webhooks.

Exit codes: 0 everything that came was expected, and all of what was begun was asked for, 1 not so, 3 cannot be played.
"""

import logging
import os
import queue
import signal
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import click
import httpx

from contracts.comparison import of_gateway
from contracts.errors import ContractError
from contracts.lock import LIBRARY
from contracts.placeholders import mint
from contracts.replay import Delivery, Replay

__all__ = ["Courier", "replay"]

_PORT, _PATIENCE_S = 12180, 10


class Courier:
    """A replay that sends its deliveries to a merchant, each once, as soon as they are due."""

    def __init__(self, replay: Replay, url: str, secret: str) -> None:
        self._replay, self._url, self._secret = replay, url, secret
        self._due: queue.Queue[Delivery | None] = queue.Queue()
        self._sent: set[tuple[int, str]] = set()
        self.refused: list[str] = []
        self._thread = threading.Thread(target=self._carry, name="courier", daemon=True)
        self._thread.start()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = self._replay(environ, start_response)
        for session in self._replay.sessions:
            for delivery in self._replay.deliveries(session, self._secret):
                if (session.number, delivery.step) not in self._sent:
                    self._sent.add((session.number, delivery.step))
                    self._due.put(delivery)
        return answer

    def close(self) -> None:
        """Wait until everything that is due has been sent."""
        self._due.put(None)
        self._thread.join(_PATIENCE_S)

    def _carry(self) -> None:
        with httpx.Client(timeout=_PATIENCE_S) as client:
            while (delivery := self._due.get()) is not None:
                try:
                    told = client.post(self._url, headers=delivery.headers, content=delivery.body)
                    problem = None if told.is_success else str(told.status_code)
                except httpx.HTTPError as error:
                    problem = type(error).__name__
                if problem:
                    self.refused.append(f"the merchant did not take {delivery.step}: {problem}")


@click.command("replay")
@click.argument("gateway")
@click.option("--library", type=click.Path(path_type=Path), default=LIBRARY, help="Folder of contracts.")
@click.option("--port", default=_PORT, show_default=True, help="0 for any that is free.")
@click.option("--webhook-url", metavar="URL", help="Where the merchant takes webhooks.")
@click.option("--webhook-secret", metavar="ENV", help="The variable of the secret they are signed with; made up, else.")
def replay(gateway: str, library: Path, port: int, webhook_url: str | None, webhook_secret: str | None) -> None:
    """Play a gateway on this machine, from contracts alone; what did not fit is told at the end.

    A shopper's browser is sent back as it was recorded. Ctrl-C ends it.
    """
    contracts = of_gateway(library, gateway)
    played = Replay(contracts)
    courier = None
    if webhook_url:
        secret = os.environ.get(webhook_secret or "") or _secret(contracts)
        if not webhook_secret:
            click.echo(f"webhooks are signed with {secret}", err=True)
        courier = Courier(played, webhook_url, secret)
    _serve(courier or played, gateway, port)
    if courier:
        courier.close()
    wrong = [*played.unmatched, *(f"{left}: was never asked for" for left in played.unfinished)]
    wrong += courier.refused if courier else []
    for line in wrong:
        click.echo(line, err=True)
    sys.exit(1 if wrong else 0)


def _secret(contracts: Iterable[Any]) -> str:
    """One of the shape that the recorded one had; in hex, where some gateways want bytes."""
    shapes = [one.secrets["secret.webhook"].pattern for one in contracts if "secret.webhook" in one.secrets]
    if not shapes:
        raise ContractError("no contract holds a signed delivery")
    return mint((shapes[0] or "[0-9A-F]{64}").replace("[0-9A-Za-z]", "[0-9A-F]"), os.urandom(8).hex())


def _serve(app: Any, gateway: str, port: int) -> None:
    from waitress import create_server  # type: ignore[import-untyped]  # noqa: PLC0415 - only here a socket is opened

    try:
        server = create_server(app, host="127.0.0.1", port=port, threads=1)
    except OSError as error:
        raise ContractError(f"cannot listen on port {port}: {error.strerror}") from None

    def end(number: int, _frame: FrameType | None) -> None:
        signal.signal(number, signal.SIG_IGN)  # it ends once, and tells what is left
        raise KeyboardInterrupt

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # one at a time, on purpose: the others wait
    try:
        signal.signal(signal.SIGTERM, end)
        click.echo(f"{gateway}, replayed, at http://127.0.0.1:{server.effective_port}")
        server.run()
    except KeyboardInterrupt:
        pass  # before it ran: once it does, it takes this itself
    finally:
        server.close()
