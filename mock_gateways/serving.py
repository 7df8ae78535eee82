"""Simulators as a process: which gateways on which ports, on which server.

Whatever cannot be served is a Problem that says what and where, before anything listens.
"""

from __future__ import annotations

import signal
import threading
from dataclasses import replace
from secrets import token_urlsafe
from typing import TYPE_CHECKING

from mock_gateways.app import service_of
from mock_gateways.guard import HEADER
from mock_gateways.plan import Problem, applications, is_loopback, listening, mounted
from mock_gateways.server import Server
from mock_gateways.stopping import stop

if TYPE_CHECKING:
    from flask import Flask

    from mock_gateways.core.service import Service
    from mock_gateways.plan import Plan


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


def _servers(plan: Plan, apps: dict[str, Flask]) -> list[Server]:
    if len(plan.ports) == len(apps):
        pairs = zip(apps.items(), plan.ports, strict=True)
        return [_listen(plan, {name: app}, port) for (name, app), port in pairs]
    return [_listen(plan, apps, plan.ports[0])]


def _listen(plan: Plan, apps: dict[str, Flask], port: int) -> Server:
    try:
        server = Server(mounted(plan, apps), plan.host, port, [service_of(app) for app in apps.values()])
    except (OSError, ValueError) as problem:
        raise Problem(f"cannot listen on {plan.host}:{port}: {problem}") from problem
    listening(plan, server.url, *apps)
    return server


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
