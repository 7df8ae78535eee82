"""The control plane under `/_mock`: the one door through which a test sees and moves a simulated world.

It needs no credential, and never shows one. Bad input gets 400 and says what was wrong, where, and what to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.approvals import page
from mock_gateways.core.control import approvals, clock, faults, journal, money, settings, snapshots, tenants, webhooks
from mock_gateways.core.control.calls import BadControl, world_of
from mock_gateways.core.faults import BadFault
from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.core.routes import Route, RouteTable

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service

__all__ = ["Control"]

_PREFIX = "/_mock/tenants/{id}"
_PAGE = f"{_PREFIX}/approvals/{{payment}}/page"


class Control:
    """Answers control calls of one service."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._pages = RouteTable(Route(verb, _PAGE, "page") for verb in ("GET", "POST"))
        self._table = RouteTable(_route(name) for name in _HANDLERS)

    def answer(self, request: Request) -> Reply:
        try:
            if (found := self._pages.find(request.method, request.path)) is not None:
                return self._page(request, found[1])
            return Reply(200, self._call(request))
        except (BadControl, BadFault) as problem:
            return Reply(getattr(problem, "status", 400), {"error": str(problem)})
        except Refusal as refusal:
            return refusal.reply

    def _call(self, request: Request) -> Document:
        found = self._table.find(request.method, request.path)
        if found is None:
            raise BadControl(f"no control call {request.method} {request.path}; see /_mock/health", 404)
        route, request.ids = found
        try:
            return _HANDLERS[route.operation](self._service, request)
        finally:
            if (world := self._service.tenants.find(request.ids.get("id", ""))) is not None:
                self._service.tenants.stir(world)

    def _page(self, request: Request, ids: dict[str, str]) -> Reply:
        request.ids = ids
        world = world_of(self._service, request)
        with world.lock:
            world.clock.settle()
            if ids["payment"] not in world.approvals:
                raise BadControl(f"{ids['payment']} waits for nobody; it may have been decided already", 404)
            return page(world, request)


def _route(name: str) -> Route:
    method, _, template = name.partition(" ")
    return Route(method, template, name)


_HANDLERS: dict[str, Callable[[Service, Request], Document]] = {
    "GET /_mock/health": tenants.health,
    "GET /_mock/tenants": tenants.list_tenants,
    "POST /_mock/tenants": tenants.open_tenant,
    f"GET {_PREFIX}/ledger": money.ledger,
    f"GET {_PREFIX}/clock": clock.read,
    f"POST {_PREFIX}/clock": clock.move,
    f"GET {_PREFIX}/journal": journal.find,
    f"DELETE {_PREFIX}/journal": journal.clear,
    f"GET {_PREFIX}/settings": settings.read,
    f"POST {_PREFIX}/settings": settings.change,
    f"GET {_PREFIX}/faults": faults.planned,
    f"POST {_PREFIX}/faults": faults.plan,
    f"DELETE {_PREFIX}/faults": faults.clear,
    f"POST {_PREFIX}/webhooks": webhooks.listen,
    f"GET {_PREFIX}/outbox": webhooks.outbox,
    f"POST {_PREFIX}/outbox/flush": webhooks.flush,
    f"POST {_PREFIX}/outbox/plan": webhooks.plan_mishap,
    f"POST {_PREFIX}/outbox/{{delivery}}/redeliver": webhooks.redeliver,
    f"POST {_PREFIX}/outbox/{{delivery}}/variants": webhooks.variant,
    f"GET {_PREFIX}/approvals": approvals.waiting,
    f"POST {_PREFIX}/approvals/{{payment}}": approvals.decide,
    f"POST {_PREFIX}/disputes": money.dispute,
    f"POST {_PREFIX}/reset": tenants.reset,
    f"POST {_PREFIX}/snapshot": snapshots.take,
    f"POST {_PREFIX}/restore": snapshots.restore,
}
