"""Events: every change of state makes one, and a signed delivery for each endpoint that asked for its type.

Source: docs.stripe.com/api/events, docs.stripe.com/webhooks.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mock_gateways.core.endpoints import Endpoint
from mock_gateways.core.messages import Reply, compact
from mock_gateways.core.shelf import Window
from mock_gateways.stripe import schemas
from mock_gateways.stripe.errors import missing
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.parameters import check
from mock_gateways.stripe.store import StoredEvent, store_of
from mock_gateways.stripe.tables import API_VERSION

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

MOST_ENDPOINTS = 16


def emit(world: World, kind: str, document: Document) -> None:
    """Record that something happened to an object, as it is now, and write the deliveries."""
    cause = world.request
    key = cause.headers.get("idempotency-key") if cause else None
    endpoints = _listening(world, kind)
    event = StoredEvent(
        world.ids.new("evt_"),
        kind,
        world.clock.now(),
        compact(document),
        {"id": cause.id if cause else None, "idempotency_key": key},
        len(endpoints),
    )
    store_of(world).events.add(event.id, event.created, event, {"type": kind})
    for endpoint in endpoints:
        endpoint.write(world, event.id, kind, json.dumps(render(event), indent=2))


def render(event: StoredEvent) -> Document:
    return {
        "id": event.id,
        "object": "event",
        "api_version": API_VERSION,
        "created": event.created,
        "data": {"object": json.loads(event.text)},
        "livemode": False,
        "pending_webhooks": event.pending_webhooks,
        "request": event.request,
        "type": event.type,
    }


def _listening(world: World, kind: str) -> list[Endpoint]:
    shelf = store_of(world).endpoints
    if not len(shelf):
        return []
    found, _ = shelf.page(Window(MOST_ENDPOINTS))
    endpoints = [
        Endpoint(one.document["url"], one.document["enabled_events"], one.secret)
        for one in reversed(found)
        if one.document["status"] == "enabled"
    ]
    return [endpoint for endpoint in endpoints if endpoint.wants(kind)]


def get_event(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.EXPAND)
    event = store_of(world).events.get(request.ids["id"])
    if event is None:
        raise missing("event", request.ids["id"], "id", in_path=True)
    return Reply(200, render(event))


def list_events(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.EVENT_LIST)
    types = set(asked.get("types", ()))
    where = ("type", asked["type"]) if "type" in asked and not asked["type"].endswith("*") else None
    prefix = asked.get("type", "").rstrip("*")

    def wanted(event: StoredEvent) -> bool:
        return event.type.startswith(prefix) and (not types or event.type in types)

    shelf = store_of(world).events
    return list_reply(
        world, request, asked, Listing(shelf=shelf, render=render, where=where, keep=wanted, kind="event")
    )
