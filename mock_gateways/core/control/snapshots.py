"""A world set aside, and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.control.calls import BadControl, read_body, world_of
from mock_gateways.core.snapshots import MOST

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service


def take(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        return {"snapshot": world.snapshots.take(world)}


def restore(service: Service, request: Request) -> Document:
    world, name = world_of(service, request), read_body(request, snapshot=str).get("snapshot", "")
    # Nothing may be on its way: it would be noted in the outbox that is put back.
    with world.posting, world.lock:
        if not world.snapshots.restore(world, name):
            raise BadControl(f"no snapshot {name!r}; POST snapshot takes one, and the last {MOST} are kept", 404)
    return {"snapshot": name}
