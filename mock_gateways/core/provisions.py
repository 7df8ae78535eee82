"""What every tenant of a server has from its first call on: a webhook endpoint, and planned faults."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mock_gateways.core.control import Control
from mock_gateways.core.control.calls import world_of
from mock_gateways.core.routes import Route, RouteTable

if TYPE_CHECKING:
    from mock_gateways.core.faults import Fault
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service
    from mock_gateways.core.tenants import World

_WEBHOOKS = RouteTable([Route("GET", "/_mock/tenants/{id}/webhooks", "webhooks")])


@dataclass(slots=True)
class Provisions:
    """Call it with a world to provide for it; it remembers the secret of every endpoint that it made."""

    webhook_url: str | None = None
    faults: tuple[Fault, ...] = ()
    secrets: dict[str, str] = field(default_factory=dict)

    def __call__(self, world: World) -> None:
        if self.webhook_url is not None:
            self.secrets[world.id] = world.gateway.listen(world, self.webhook_url, ["*"])
        world.faults.planned.extend(replace(fault) for fault in self.faults)

    def endpoints(self, world: World) -> list[Document]:
        if world.id not in self.secrets:
            return []
        return [{"url": self.webhook_url, "secret": self.secrets[world.id]}]


def provide(service: Service, provisions: Provisions) -> None:
    """Have every tenant that opens from now on begin with these."""
    service.tenants.prepare = provisions


class ProvisionedControl(Control):
    """The control plane, and the call that shows the endpoints which the server gave a tenant."""

    def _call(self, request: Request) -> Document:
        found = _WEBHOOKS.find(request.method, request.path)
        if found is None:
            return super()._call(request)
        request.ids = found[1]
        world, prepare = world_of(self._service, request), self._service.tenants.prepare
        return {"endpoints": prepare.endpoints(world) if isinstance(prepare, Provisions) else []}
