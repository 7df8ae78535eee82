"""Webhook deliveries: written here by handlers, sent by nobody until asked, or by a thread when served."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document

Headers = dict[str, str]


class DeliveryState(Enum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(slots=True)
class Delivery:
    """One event on its way to one URL; `body` is the exact text that is signed."""

    id: str
    event: str
    type: str
    url: str
    secret: str
    body: str
    due: int
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    sent_at: int | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """What a variant is made from: a delivery, the time it claims, and another endpoint's secret."""

    secret: str
    other_secret: str
    body: str
    at: int


@dataclass(frozen=True, slots=True)
class Signer:
    """How a gateway signs, and how an odd or hostile sender would get it wrong, by name of the variant."""

    sign: Callable[[str, str, int], Headers]
    variants: Mapping[str, Callable[[Letter], tuple[Headers, str]]]


class Outbox:
    """The deliveries of one tenant, by id, oldest first."""

    def __init__(self, signer: Signer, retry_after_s: tuple[int, ...]) -> None:
        self._signer = signer
        self._retry_after_s = retry_after_s
        self._deliveries: dict[str, Delivery] = {}
        self._pending: dict[str, Delivery] = {}

    def add(self, delivery: Delivery) -> None:
        self._deliveries[delivery.id] = self._pending[delivery.id] = delivery

    def get(self, delivery_id: str) -> Delivery | None:
        return self._deliveries.get(delivery_id)

    def due(self, now: int) -> list[Delivery]:
        return [delivery for delivery in self._pending.values() if delivery.due <= now]

    def pending(self) -> list[Delivery]:
        return list(self._pending.values())

    def settle(self, delivery: Delivery, now: int, *, accepted: bool) -> None:
        """Note an attempt: done when accepted, else due again by the gateway's schedule until that ends."""
        delivery.attempts += 1
        delivery.sent_at = now
        if not accepted and delivery.attempts <= len(self._retry_after_s):
            delivery.due = now + self._retry_after_s[delivery.attempts - 1]
            return
        delivery.state = DeliveryState.DELIVERED if accepted else DeliveryState.FAILED
        self._pending.pop(delivery.id, None)

    def signed_headers(self, delivery: Delivery, now: int) -> Headers:
        """The headers as they were sent, or as they would be sent now."""
        at = now if delivery.sent_at is None else delivery.sent_at
        return {
            "Content-Type": "application/json; charset=utf-8",
            **self._signer.sign(delivery.secret, delivery.body, at),
        }

    def variant(self, delivery: Delivery, name: str, at: int) -> tuple[Headers, str] | None:
        """Headers and body of a named variant claiming the time `at`, or None when the gateway has no such variant."""
        build = self._signer.variants.get(name)
        if build is None:
            return None
        letter = Letter(delivery.secret, f"{delivery.secret}_of_another_endpoint", delivery.body, at)
        headers, body = build(letter)
        return {"Content-Type": "application/json; charset=utf-8", **headers}, body

    def variants(self) -> list[str]:
        return sorted(self._signer.variants)

    def documents(self, now: int) -> list[Document]:
        return [
            {
                "id": delivery.id,
                "event": delivery.event,
                "type": delivery.type,
                "url": delivery.url,
                "headers": self.signed_headers(delivery, now),
                "body": delivery.body,
                "state": delivery.state.value,
                "attempts": delivery.attempts,
            }
            for delivery in self._deliveries.values()
        ]
