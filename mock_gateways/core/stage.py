"""Where a state of the manifest is acted out: the real handlers, in a scratch world that nobody else sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import Refusal, Reply, Request

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.routes import Handler
    from mock_gateways.core.tenants import World


class Stage:
    """A scratch world, an amount in the gateway's units to play for, and the address that requests come to."""

    def __init__(self, world: World, amount: int, currency: str, origin: str) -> None:
        self.world, self.amount, self.currency, self.origin = world.scratch(), amount, currency, origin

    def reply(self, handler: Handler, parameters: Document, ids: dict[str, str]) -> tuple[Reply, bool]:
        """The reply of a handler to a request made up for it, and whether it refused."""
        request = Request("POST", "/", "", {}, b"", self.origin, ids=ids, parameters=parameters)
        try:
            return handler(self.world, request), False
        except Refusal as refusal:
            return refusal.reply, True
