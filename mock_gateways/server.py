"""A simulator on a port: waitress, with sockets that can be cut and webhooks that are delivered."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # waitress has no type information
from waitress.server import create_server  # type: ignore[import-untyped]  # waitress has no type information
from waitress.task import WSGITask  # type: ignore[import-untyped]  # waitress has no type information

from mock_gateways.app import service_of
from mock_gateways.core.delivery import Courier
from mock_gateways.core.faults import Severed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from flask import Flask

    from mock_gateways.core.service import Service
    from mock_gateways.core.wsgi import Wsgi

THREADS = 8
_GLANCE_S = 0.01

# A request that waits for a thread is no news to whoever serves a simulator, and not a line of its log.
logging.getLogger("waitress.queue").setLevel(logging.ERROR)


class _SeverableTask(WSGITask):  # type: ignore[misc]  # waitress has no type information
    """A cut connection closes the socket without a byte of answer."""

    def execute(self) -> None:
        try:
            super().execute()
        except Severed:
            self.wrote_header = True
            self.close_on_finish = True


class _SeverableChannel(HTTPChannel):  # type: ignore[misc]  # waitress has no type information
    task_class = _SeverableTask


class Server:
    """An application on one address, and the webhooks of its services; port 0 takes a free one."""

    def __init__(self, app: Wsgi, host: str, port: int, services: Sequence[Service]) -> None:
        self._server = create_server(app, host=host, port=port, threads=THREADS, ident="mock")
        self._server.channel_class = _SeverableChannel
        self.port = int(self._server.effective_port)
        self.url = f"http://{host}:{self.port}"
        self._couriers = [Courier(service.tenants) for service in services]

    def run(self) -> None:
        """Serve until stopped, or interrupted."""
        for courier in self._couriers:
            courier.start()
        try:
            self._server.run()
        finally:
            self.hush()

    def hush(self) -> None:
        """Send no more webhooks; comes back when the one under way has been answered."""
        for courier in self._couriers:
            courier.stop()

    def finish(self, until: float) -> bool:
        """Take no more connections and answer what has been asked, until a monotonic time; whether all was answered."""
        self._server.accepting = False
        while busy := self._busy():
            if time.monotonic() >= until:
                break
            time.sleep(_GLANCE_S)
        return not busy

    def _busy(self) -> bool:
        channels = list(self._server.active_channels.values())
        return any(channel.requests or channel.total_outbufs_len for channel in channels)

    def stop(self) -> None:
        """End `run` from another thread."""
        # The loop closes its own sockets: closing them under it would leave it selecting on dead descriptors.
        self._server.trigger.pull_trigger(self._close)

    def _close(self) -> None:
        self._server.task_dispatcher.shutdown()
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()
        self._server.close()


@contextmanager
def serving(app: Flask, host: str = "127.0.0.1", port: int = 0, *, delivers: bool = True) -> Iterator[str]:
    """The base URL of a simulator that serves, in a thread, for as long as the context lasts.

    One that does not deliver keeps its webhooks for whoever asks the control plane for them.
    """
    server = Server(app, host, port, [service_of(app)] if delivers else [])
    thread = threading.Thread(target=server.run, name="mock-gateway")
    thread.start()
    try:
        yield server.url
    finally:
        server.stop()
        thread.join()
