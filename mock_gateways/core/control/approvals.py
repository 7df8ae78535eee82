"""What waits for a shopper or a bank, and their decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core import approvals
from mock_gateways.core.control.calls import BadControl, read_body, world_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.service import Service


def waiting(service: Service, request: Request) -> Document:
    world = world_of(service, request)
    with world.lock:
        world.clock.settle()
        return {"approvals": [approval.document() for approval in world.approvals.values()]}


def decide(service: Service, request: Request) -> Document:
    world, outcome = world_of(service, request), read_body(request, outcome=str).get("outcome")
    if outcome not in (approvals.APPROVE, approvals.FAIL):
        raise BadControl('\'outcome\' must be "approve" or "fail"')
    payment = request.ids["payment"]
    with world.lock:
        world.clock.settle()
        if payment not in world.approvals:
            raise BadControl(f"{payment} waits for nobody; GET approvals for what does", 404)
        decided = approvals.decide(world, payment, outcome)
    return decided.document if decided.return_url is None else {**decided.document, "return_url": decided.return_url}
