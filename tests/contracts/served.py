"""A WSGI application of a test's on a port of this machine, and a merchant's endpoint that takes whatever comes."""

import json
import queue
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from contracts.tape import request_of


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(app: Any) -> Iterator[str]:
    """Its address, for as long as the block lasts."""
    server = make_server("127.0.0.1", 0, app, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass(frozen=True)
class Taken:
    """A webhook as it came; header names are small."""

    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@contextmanager
def endpoint() -> Iterator[tuple[str, queue.Queue]]:
    """A merchant's address for webhooks, and a queue of what it took."""
    taken = queue.Queue()

    def app(environ, begin):
        message = request_of(environ)
        taken.put(Taken(dict(message.headers), message.body))
        begin("200 OK", [("Content-Length", "0")])
        return [b""]

    with served(app) as url:
        yield url, taken


def posted(url: str, body: Any) -> Any:
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode())) as reply:  # noqa: S310
        return json.load(reply)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]
