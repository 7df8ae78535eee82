"""Which worlds there are, and beginning again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.control.calls import BadControl, read_body, world_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service


def health(service: Service, _: Request) -> Document:
    gateway = service.gateway
    return {
        "status": "ok",
        "gateway": gateway.name,
        "version": gateway.manifest.version,
        "tenants": len(service.tenants.all()),
        "unsimulated_calls": service.unsimulated_calls,
    }


def open_tenant(service: Service, request: Request) -> Document:
    credential = read_body(request, credential=str).get("credential")
    if credential is None:
        raise BadControl('POST /_mock/tenants needs {"credential": "<a test credential>"}')
    if (reason := service.gateway.refuse_credential(credential)) is not None:
        raise BadControl(f"this credential opens no tenant: {reason}")
    world = service.tenants.open(credential)
    return {"id": world.id, "now": world.clock.now()}


def list_tenants(service: Service, _: Request) -> Document:
    return {"tenants": [{"id": world.id} for world in service.tenants.all()]}


def reset(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        world.reset()
    return {}
