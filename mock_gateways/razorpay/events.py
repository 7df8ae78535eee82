"""Webhooks: every change of state writes a signed delivery for each endpoint that asked for it.

Source: razorpay.com/docs/webhooks. Endpoints are made on the dashboard, for which the control plane's call stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.endpoints import Endpoint
from mock_gateways.core.messages import compact
from mock_gateways.razorpay.store import account_of, store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World


def emit(world: World, kind: str, **entities: Document) -> None:
    """Write the deliveries of an event; each entity is a snapshot of now, under its name."""
    endpoints = [one for one in store_of(world).endpoints if one.wants(kind)]
    event = world.ids.new("", 14)
    if not endpoints:
        return
    body = compact(
        {
            "entity": "event",
            "account_id": account_of(world),
            "event": kind,
            "contains": list(entities),
            "payload": {name: {"entity": entity} for name, entity in entities.items()},
            "created_at": world.clock.now(),
        }
    )
    for endpoint in endpoints:
        endpoint.write(world, event, kind, body, id_length=14)


def listen(world: World, url: str, types: list[str]) -> str:
    """Register an endpoint as the dashboard does, and return the secret its deliveries are signed with."""
    endpoint = Endpoint(url, types, world.ids.new("", 24))
    store_of(world).endpoints.append(endpoint)
    return endpoint.secret
