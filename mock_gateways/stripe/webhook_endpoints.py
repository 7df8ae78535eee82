"""Webhook endpoints; the signing secret is told once, on creation. Source: docs.stripe.com/api/webhook_endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import Reply
from mock_gateways.stripe import schemas
from mock_gateways.stripe.errors import missing, refuse, refuse_begun
from mock_gateways.stripe.events import MOST_ENDPOINTS
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.parameters import check, merge_metadata
from mock_gateways.stripe.store import Endpoint, store_of
from mock_gateways.stripe.tables import PUBLISHED

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_TYPES = frozenset(event.type for event in PUBLISHED.events)


def _find(world: World, request: Request) -> Endpoint:
    object_id = request.ids["webhook_endpoint"]
    endpoint = store_of(world).endpoints.get(object_id)
    if endpoint is None:
        raise missing("webhook endpoint", object_id, "webhook_endpoint", in_path=True)
    return endpoint


def _check(given: Document) -> None:
    if not given.get("url", "http://").startswith(("http://", "https://")):
        raise refuse("url must be an http or https URL.", param="url", code="url_invalid")
    for index, name in enumerate(given.get("enabled_events", ())):
        if name != "*" and name not in _TYPES:
            raise refuse("There is no such event type.", param=f"enabled_events[{index}]")
    if given.get("enabled_events") == []:
        raise refuse("enabled_events is empty.", param="enabled_events", code="parameter_invalid_empty")
    if given.get("connect"):
        raise refuse("Endpoints for connected accounts are not simulated.", param="connect", status=501)


def create_endpoint(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.ENDPOINT_CREATE, ("url", "enabled_events"))
    _check(given)
    if len(store_of(world).endpoints) >= MOST_ENDPOINTS:
        raise refuse_begun(f"At most {MOST_ENDPOINTS} webhook endpoints can be registered.")
    endpoint = _register(world, given)
    return Reply(200, {**endpoint.document, "secret": endpoint.secret})


def listen(world: World, url: str, types: list[str]) -> str:
    """Register an endpoint as the dashboard does, and return the secret its deliveries are signed with."""
    return _register(world, {"url": url, "enabled_events": types}).secret


def _register(world: World, given: Document) -> Endpoint:
    document: Document = {
        "id": world.ids.new("we_"),
        "object": "webhook_endpoint",
        "api_version": given.get("api_version"),
        "application": None,
        "created": world.clock.now(),
        "description": given.get("description") or None,
        "enabled_events": given["enabled_events"],
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": given["url"],
    }
    merge_metadata(document, given)
    endpoint = Endpoint(document, world.ids.new("whsec_", 32))
    store_of(world).endpoints.add(document["id"], document["created"], endpoint, {})
    return endpoint


def get_endpoint(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.EXPAND)
    return Reply(200, _find(world, request).document)


def update_endpoint(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.ENDPOINT_UPDATE)
    document = _find(world, request).document
    _check(given)
    for name in ("url", "enabled_events", "description"):
        if name in given:
            document[name] = given[name] or None
    if "disabled" in given:
        document["status"] = "disabled" if given["disabled"] else "enabled"
    merge_metadata(document, given)
    return Reply(200, document)


def delete_endpoint(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.EXPAND)
    object_id = _find(world, request).document["id"]
    store_of(world).endpoints.remove(object_id)
    return Reply(200, {"id": object_id, "object": "webhook_endpoint", "deleted": True})


def list_endpoints(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.PAGE)
    shelf = store_of(world).endpoints
    return list_reply(world, request, asked, Listing(shelf=shelf, render=lambda e: e.document, kind="webhook endpoint"))
