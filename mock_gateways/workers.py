"""Simulators on granian, the fast choice: one address, one worker process or several that share a store."""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
import time
from contextlib import suppress
from multiprocessing import Lock, parent_process
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING

try:
    from granian import Granian
    from granian.constants import HTTPModes, Interfaces, RuntimeModes
except ImportError:  # the extra is not installed
    Granian = None  # type: ignore[assignment]  # said when it is asked for

from mock_gateways.core.delivery import Courier
from mock_gateways.core.faults import Severed
from mock_gateways.plan import Problem, address, applications, listening, mounted
from mock_gateways.stopping import stop

if TYPE_CHECKING:
    from collections.abc import Iterable
    from multiprocessing.synchronize import Lock as LockType

    from mock_gateways.core.wsgi import Environ, StartResponse, Wsgi
    from mock_gateways.plan import Plan

THREADS = 4
_GLANCE_S, _GLANCES = 0.01, 3000
_CALLS = 20


def serve(plan: Plan) -> None:
    """Serve until SIGTERM or SIGINT; every worker delivers what is pending in its tenants before it ends.

    Raises Problem.
    """
    if Granian is None:
        raise Problem("--server granian needs the package granian: pip install 'assay[granian]'")
    if len(plan.ports) > 1:
        raise Problem("granian serves one port: leave --ports out, and each gateway has a path of its own")
    if plan.workers > 1 and not plan.store.startswith(("redis", "unix")):
        raise Problem("several workers need a store they share: --store redis://HOST:PORT/NUMBER")
    # Whatever is wrong with gateways, faults or store is said here, once, before any worker begins.
    for service in applications(plan)[1]:
        service.tenants.store.close()
    port = _free(plan.host, plan.ports[0])
    logging.getLogger("_granian").disabled = True
    server = Granian(
        "mock_gateways",
        address=plan.host,
        port=port,
        interface=Interfaces.WSGI,
        workers=plan.workers,
        blocking_threads=THREADS,
        runtime_mode=RuntimeModes.st,  # one thread besides those that run Python: fewer switches for each request
        http=HTTPModes.http1,
        websockets=False,
        log_enabled=False,
    )
    listening(plan, address(plan.host, port))
    first = Lock()
    server.serve(target_loader=lambda: _worker(plan, port, first), wrap_loader=False)
    plan.say("stopped")


def _tell_ready(plan: Plan, port: int) -> None:
    """Say so when a worker listens: granian does that in its workers, and tells nobody."""
    host = "127.0.0.1" if plan.host in ("0.0.0.0", "::") else plan.host  # noqa: S104 - a name for every address
    for _ in range(_GLANCES):
        with suppress(OSError), socket.create_connection((host, port), timeout=1):
            plan.say("ready")
            return
        time.sleep(_GLANCE_S)


def _free(host: str, port: int) -> int:
    """The port itself, or a free one for 0; granian would bind it in a worker, and tell nobody what came of it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            raise Problem(f"cannot listen on {host}:{port}: {problem}") from problem
        return int(probe.getsockname()[1])


def _worker(plan: Plan, port: int, first: LockType) -> Wsgi:
    """What one worker process serves; built in it, so that its threads and connections are its own."""
    apps, services = applications(plan)
    couriers = [Courier(service.tenants) for service in services]
    for courier in couriers:
        courier.start()
    if first.acquire(block=False):
        # A thread of a worker: one that ran before the workers were forked could leave them a lock that is never freed.
        threading.Thread(target=_tell_ready, args=(plan, port), daemon=True).start()

    threading.Thread(target=_follow_the_parent, daemon=True).start()

    def finish() -> None:
        left = stop([courier.stop for courier in couriers], services)
        if left:
            plan.say(f"left: {left}")

    Finalize(None, finish, exitpriority=10)
    return severable(mounted(plan, apps))


def _follow_the_parent() -> None:
    """End with the process that started this worker: one that was killed cannot tell, and its port would stay taken."""
    if (parent := parent_process()) is None:
        return
    parent.join()
    for _ in range(_CALLS):  # one that comes before this worker minds its signals is lost
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)


def severable(app: Wsgi) -> Wsgi:
    """Cut the connection where a fault says so: granian closes it over a reply that is shorter than it says.

    Sometimes the head of that reply is out by then, so it is one that nobody takes for a success.
    """

    def call(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        try:
            return app(environ, start_response)
        except Severed:
            start_response("502 Bad Gateway", [("Content-Length", "2")])
            return (b"-",)

    return call
