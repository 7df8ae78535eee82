"""A world's time, read and moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.control.calls import BadControl, read_body, world_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service


def read(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        world.clock.settle()
        return {"now": world.clock.now()}


def move(service: Service, request: Request) -> Document:
    world, body = world_of(service, request), read_body(request, advance=int, set=int)
    if len(body) != 1:
        raise BadControl('give exactly one of {"advance": seconds} and {"set": unix}')
    with world.lock:
        seconds = body["advance"] if "advance" in body else body["set"] - world.clock.now()
        try:
            return {"now": world.clock.advance(seconds)}
        except ValueError as problem:
            raise BadControl(str(problem)) from problem
