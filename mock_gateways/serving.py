"""Simulators as a process: which gateways on which ports, what their tenants begin with, and a stop that loses nothing.

Whatever cannot be served is a Problem that says what and where, before anything listens.
"""

from __future__ import annotations

import json
import signal
import threading
import time
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from mock_gateways.app import Paths, create_app, service_of
from mock_gateways.core import faults
from mock_gateways.core.delivery import deliver_due, flush
from mock_gateways.core.provisions import Provisions, provide
from mock_gateways.core.store import StoreFailure
from mock_gateways.guard import HEADER, Guarded
from mock_gateways.logs import FORMATS, Logged
from mock_gateways.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from flask import Flask

    from mock_gateways.app import Wsgi
    from mock_gateways.core.faults import Fault
    from mock_gateways.core.gateway import Gateway
    from mock_gateways.core.service import Service
    from mock_gateways.core.tenants import World

PATIENCE_S = 5.0


class Problem(Exception):
    """Why nothing can be served; one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to serve, as asked for; `ports` are one for all gateways, or one each; `token` guards the control plane."""

    gateways: Sequence[str]
    ports: Sequence[int]
    host: str = "127.0.0.1"
    seed: int = 0
    clock: str = "wall"
    webhook_url: str | None = None
    faults: Path | None = None
    log: str = "none"
    store: str = "memory"
    server: str = "waitress"
    workers: int = 1
    token: str | None = None
    say: Callable[[str], None] = print
    write: Callable[[str], None] = print


def serve(plan: Plan) -> None:
    """Serve until SIGTERM or SIGINT, then answer what was asked and deliver what is pending, and say what was left.

    Raises Problem.
    """
    _check(plan)
    if plan.token is None and not is_loopback(plan.host):
        plan = replace(plan, token=token_urlsafe(18))
        plan.say(f"{plan.host} is more than loopback: the control plane wants {HEADER}: {plan.token}")
    if plan.server == "granian":
        from mock_gateways import workers  # noqa: PLC0415 - only who asks for it has it installed

        workers.serve(plan)
        return
    apps, services = applications(plan)
    _run(plan, _servers(plan, apps), services)


def _check(plan: Plan) -> None:
    if len(set(plan.gateways)) != len(plan.gateways):
        raise Problem(f"a gateway is named twice: {', '.join(plan.gateways)}")
    if len(plan.ports) not in {1, len(plan.gateways)}:
        raise Problem(f"{len(plan.gateways)} gateways need one port, or one each; there are {len(plan.ports)}")
    if plan.webhook_url is not None and not plan.webhook_url.startswith(("http://", "https://")):
        raise Problem(f"--webhook-url must begin with http:// or https://, not {plan.webhook_url!r}")
    if plan.webhook_url is not None and plan.clock != "wall":
        raise Problem("--webhook-url needs --clock wall: on a fixed clock nothing is sent")
    if plan.workers > 1 and plan.server != "granian":
        raise Problem("waitress is one process: several workers need --server granian")


def applications(plan: Plan) -> tuple[dict[str, Flask], list[Service]]:
    """Every gateway of a plan as an application, and what each puts to work.

    Raises Problem.
    """
    apps = {name: _app(name, plan) for name in plan.gateways}
    return apps, [service_of(app) for app in apps.values()]


def _app(name: str, plan: Plan) -> Flask:
    try:
        app = create_app(name, seed=plan.seed, clock=plan.clock, store=plan.store)
    except (ValueError, StoreFailure) as problem:
        raise Problem(str(problem)) from problem
    service = service_of(app)
    planned = () if plan.faults is None else read_faults(plan.faults, service.gateway)
    provide(service, Provisions(plan.webhook_url, planned))
    return app


def read_faults(path: Path, gateway: Gateway) -> tuple[Fault, ...]:
    """The faults of a file: a JSON list of what the control plane takes.

    Raises Problem, naming the file, the entry and the reason.
    """
    try:
        entries: Any = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as problem:
        raise Problem(f"{path}: {problem}") from problem
    if not isinstance(entries, list):
        raise Problem(f"{path}: must be a JSON list of faults")
    return tuple(_fault(path, number, entry, gateway) for number, entry in enumerate(entries, 1))


def _fault(path: Path, number: int, entry: Any, gateway: Gateway) -> Fault:
    manifest = gateway.manifest
    states, errors = {s.name for s in manifest.states}, {f.code for f in manifest.failures if f.field == "code"}
    try:
        return faults.parse(entry, states, errors)
    except faults.BadFault as problem:
        raise Problem(f"{path}: entry {number}: {problem}") from problem


def mounted(plan: Plan, apps: dict[str, Flask]) -> Wsgi:
    """All gateways of a plan as one application: one by itself, several with a path each."""
    wsgi = {name: _logged(plan, app) for name, app in apps.items()}
    return _guarded(plan, Paths(wsgi) if len(wsgi) > 1 else next(iter(wsgi.values())))


def _guarded(plan: Plan, app: Wsgi) -> Wsgi:
    return app if plan.token is None else Guarded(app, plan.token)


def _servers(plan: Plan, apps: dict[str, Flask]) -> list[Server]:
    if len(plan.ports) == len(apps):
        pairs = zip(apps.items(), plan.ports, strict=True)
        return [_listen(plan, {name: app}, port) for (name, app), port in pairs]
    return [_listen(plan, apps, plan.ports[0])]


def _logged(plan: Plan, app: Flask) -> Wsgi:
    return Logged(app, service_of(app), FORMATS[plan.log], plan.write) if plan.log in FORMATS else app


def _listen(plan: Plan, apps: dict[str, Flask], port: int) -> Server:
    try:
        server = Server(mounted(plan, apps), plan.host, port, [service_of(app) for app in apps.values()])
    except (OSError, ValueError) as problem:
        raise Problem(f"cannot listen on {plan.host}:{port}: {problem}") from problem
    listening(plan, server.url, *apps)
    return server


def listening(plan: Plan, url: str, *names: str) -> None:
    """Say who answers where, and what the control plane asks for."""
    served = names or plan.gateways
    told = served if len(served) == 1 else [f"{name} under /{name}" for name in served]
    plan.say(f"{', '.join(told)} on {url}, control plane at {url}/_mock/health, page at {url}/_mock/")


def address(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _run(plan: Plan, servers: list[Server], services: list[Service]) -> None:
    asked = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: asked.set())
    for server in servers:
        threading.Thread(target=server.run, name="mock-gateway", daemon=True).start()
    plan.say("ready")
    asked.wait()
    left = stop([server.hush for server in servers], services, [server.finish for server in servers])
    for server in servers:
        server.stop()
    plan.say(f"stopped; left: {left or 'nothing'}")


def stop(
    couriers: Sequence[Callable[[], object]],
    services: list[Service],
    finish: Sequence[Callable[[float], bool]] = (),
) -> str:
    """Deliver what is pending, answer what was asked, and keep what is to be kept, within PATIENCE_S; what was left."""
    until = time.monotonic() + PATIENCE_S
    # Couriers first, so that nothing is sent twice; requests last, since a receiver may call the API as it is told.
    _within(until, couriers)
    _within(until, [partial(flush, world) for world in _worlds(services)])
    finished = [answered(until) for answered in finish]
    _within(until, [partial(deliver_due, world) for world in _worlds(services)])
    pending = sum(len(world.outbox.pending()) for world in _worlds(services))
    for service in services:
        service.tenants.store.close()
    left = [f"webhooks undelivered: {pending}"] * (pending > 0) + ["requests unanswered"] * (not all(finished))
    return ", ".join(left)


def _worlds(services: list[Service]) -> list[World]:
    return [world for service in services for world in service.tenants.all() if _has_pending(world)]


def _has_pending(world: World) -> bool:
    with world.lock:
        return bool(world.outbox)


def _within(until: float, actions: Sequence[Callable[[], object]]) -> None:
    """Do all of these at once, and wait for them until a monotonic time."""
    threads = [threading.Thread(target=action, daemon=True) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
