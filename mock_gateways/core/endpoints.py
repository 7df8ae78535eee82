"""Where webhooks go: an address that asked for some types of event, and the deliveries that are written for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mock_gateways.core.deliveries import Delivery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mock_gateways.core.tenants import World


@dataclass(slots=True)
class Endpoint:
    """A webhook endpoint; "*" among its `events` stands for all types, and its deliveries are signed with `secret`."""

    url: str
    events: Sequence[str]
    secret: str = field(repr=False)

    def wants(self, kind: str) -> bool:
        return "*" in self.events or kind in self.events

    def write(self, world: World, event: str, kind: str, body: str, *, id_length: int = 24) -> Delivery:
        """Put a delivery of an event into the outbox; it falls due at once."""
        identity = world.ids.new("whd_", id_length)
        delivery = Delivery(identity, event, kind, self.url, self.secret, body, world.clock.now())
        world.outbox.add(delivery)
        return delivery
