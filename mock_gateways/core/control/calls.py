"""What every control call is read with: the world it names, its body, its query."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service
    from mock_gateways.core.tenants import World


class BadControl(ValueError):
    """A control call that cannot be carried out; the text is the reply's `error`."""

    def __init__(self, text: str, status: int = 400) -> None:
        super().__init__(text)
        self.status = status


def world_of(service: Service, request: Request) -> World:
    world = service.tenants.find(request.ids["id"])
    if world is None:
        raise BadControl(f"no tenant {request.ids['id']}; open one with POST /_mock/tenants", 404)
    return world


def read_body(request: Request, **fields: type | tuple[type, ...]) -> Document:
    """The JSON object of a control call, all of whose fields are known and of the right type."""
    try:
        body = json.loads(request.body or b"{}")
    except (ValueError, RecursionError):
        raise BadControl(f"the body of {request.method} {request.path} is not JSON") from None
    if not isinstance(body, dict):
        raise BadControl(f"the body of {request.method} {request.path} must be a JSON object")
    for name, value in body.items():
        kind = fields.get(name)
        if kind is None:
            raise BadControl(f"unknown field {name!r}; {request.path} takes {', '.join(fields) or 'no fields'}")
        if not isinstance(value, kind) or isinstance(value, bool):
            raise BadControl(f"{name!r} has the wrong type: {type(value).__name__}")
    return body


def query(request: Request, name: str) -> str | None:
    values = parse_qs(request.query).get(name)
    return values[-1] if values else None
