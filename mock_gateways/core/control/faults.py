"""What shall go wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.control.calls import read_body, world_of
from mock_gateways.core.faults import parse

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service


def planned(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        return {"faults": [fault.document() for fault in world.faults.planned]}


def plan(service: Service, request: Request) -> Document:
    world, manifest = world_of(service, request), service.gateway.manifest
    absent = type(None)
    body = read_body(
        request, route=(str, absent), card=(str, absent), header=(dict, absent), nth=int, times=int, effect=dict
    )
    fault = parse(body, manifest.state_names, manifest.error_codes)
    with world.lock:
        world.faults.planned.append(fault)
    return fault.document()


def clear(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        world.faults.planned.clear()
        world.forced_declines.clear()
    return {}
