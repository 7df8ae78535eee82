"""What is sent, and what shall go wrong with it on its way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core import delivery
from mock_gateways.core.control.calls import BadControl, query, read_body, world_of
from mock_gateways.core.mishaps import COUNTED, TIMED

if TYPE_CHECKING:
    from mock_gateways.core.deliveries import Delivery
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service
    from mock_gateways.core.tenants import World


def outbox(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        world.clock.settle()
        kind, state = query(request, "type"), query(request, "state")
        return {"deliveries": world.outbox.documents(world.clock.now(), kind=kind, state=state)}


def flush(service: Service, request: Request) -> Document:
    return {"attempted": delivery.flush(world_of(service, request))}


def plan_mishap(service: Service, request: Request) -> Document:
    world, body = world_of(service, request), read_body(request, **dict.fromkeys((*COUNTED, *TIMED, "count"), int))
    kinds = [name for name in body if name != "count"]
    if len(kinds) != 1 or min(body.values()) < 1 or ("count" in body and kinds[0] not in TIMED):
        raise BadControl(
            f"give exactly one of {', '.join(COUNTED)} with a number of deliveries, or of {', '.join(TIMED)} with "
            'seconds and perhaps "count", all from 1'
        )
    with world.lock:
        world.outbox.mishaps.plan(kinds[0], body[kinds[0]], body.get("count", 1))
        return {"planned": dict(world.outbox.mishaps.left)}


def redeliver(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        found = _delivery(world, request)
    delivery.redeliver(world, found)
    with world.lock:
        return world.outbox.document(found, world.clock.now())


def _delivery(world: World, request: Request) -> Delivery:
    found = world.outbox.get(request.ids["delivery"])
    if found is None:
        raise BadControl(f"no delivery {request.ids['delivery']}; GET the outbox for the ids", 404)
    return found


def listen(service: Service, request: Request) -> Document:
    world, body = world_of(service, request), read_body(request, url=str, events=list)
    if not str(body.get("url", "")).startswith(("http://", "https://")):
        raise BadControl('registering an endpoint needs {"url": "http…", "events": ["*"]}')
    with world.lock:
        return {"secret": world.gateway.listen(world, body["url"], body.get("events", ["*"]))}


def variant(service: Service, request: Request) -> Document:
    world, body = world_of(service, request), read_body(request, variant=str, age=int)
    with world.lock:
        found = _delivery(world, request)
        made = world.outbox.variant(found, body.get("variant", ""), world.clock.now() - body.get("age", 0))
        if made is None:
            raise BadControl(f"'variant' must be one of: {', '.join(world.outbox.variants())}")
    return {"headers": made[0], "body": made[1]}
