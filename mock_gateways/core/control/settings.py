"""What an account has set at its gateway: two accounts of one gateway need not behave alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.control.calls import BadControl, read_body, world_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service

# What a tenant is built from when it begins: changing it later would change nothing, or half of it.
_AT_THE_START = "idempotency", "journal"


def read(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        return {"settings": dict(world.settings)}


def change(service: Service, request: Request) -> Document:
    """Change settings of one account until it is reset; those that are not named stay."""
    world = world_of(service, request)
    can = {name: type(value) for name, value in world.settings.items() if not name.startswith(_AT_THE_START)}
    changes = read_body(request, **can)
    if not changes:
        raise BadControl(f"name at least one setting and its value; there are: {', '.join(sorted(can))}")
    with world.lock:
        world.settings = {**world.settings, **changes}
        return {"settings": dict(world.settings)}
