"""What is to be served, as it was asked for, and the applications that come of it, whatever server they run on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from mock_gateways.app import Paths, create_app, service_of
from mock_gateways.core import faults
from mock_gateways.core.provisions import Provisions, provide
from mock_gateways.core.store import StoreFailure
from mock_gateways.guard import Guarded
from mock_gateways.logs import FORMATS, Logged

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from flask import Flask

    from mock_gateways.core.faults import Fault
    from mock_gateways.core.gateway import Gateway
    from mock_gateways.core.service import Service
    from mock_gateways.core.wsgi import Wsgi


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
    try:
        return faults.parse(entry, manifest.state_names, manifest.error_codes)
    except faults.BadFault as problem:
        raise Problem(f"{path}: entry {number}: {problem}") from problem


def mounted(plan: Plan, apps: dict[str, Flask]) -> Wsgi:
    """All gateways of a plan as one application: one by itself, several with a path each."""
    wsgi = {name: _logged(plan, app) for name, app in apps.items()}
    return _guarded(plan, Paths(wsgi) if len(wsgi) > 1 else next(iter(wsgi.values())))


def _guarded(plan: Plan, app: Wsgi) -> Wsgi:
    return app if plan.token is None else Guarded(app, plan.token)


def _logged(plan: Plan, app: Flask) -> Wsgi:
    return Logged(app, service_of(app), FORMATS[plan.log], plan.write) if plan.log in FORMATS else app


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
