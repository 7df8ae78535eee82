"""Webhook deliveries: written here by handlers, sent by nobody until asked, or by a thread when served."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mock_gateways.core.deliveries import Attempt, Delivery, DeliveryState
from mock_gateways.core.mishaps import Mishaps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document

__all__ = ["Attempt", "Delivery", "DeliveryState", "Headers", "Letter", "Outbox", "Signer"]

Headers = dict[str, str]
_TYPE = "application/json; charset=utf-8"


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
        self.mishaps = Mishaps()

    def add(self, delivery: Delivery) -> None:
        for entering in self.mishaps.befall(delivery):
            self._put(entering)

    def _put(self, delivery: Delivery) -> None:
        # One that is there already gets a new place, behind what has overtaken it.
        for shelf in (self._deliveries, self._pending):
            shelf.pop(delivery.id, None)
        self._deliveries[delivery.id] = delivery
        if delivery.state is DeliveryState.PENDING:
            self._pending[delivery.id] = delivery

    def revive(self, delivery: Delivery, now: int) -> None:
        """Have a delivery sent again, as it should have been: rightly signed, and at once."""
        delivery.state, delivery.due = DeliveryState.PENDING, now
        delivery.missigned, delivery.age_s, delivery.held = False, 0, False
        self._pending[delivery.id] = delivery

    def get(self, delivery_id: str) -> Delivery | None:
        return self._deliveries.get(delivery_id)

    def deliveries(self) -> list[Delivery]:
        """Every delivery as it is kept: nothing is signed, so that thousands can be listed."""
        return list(self._deliveries.values())

    def due(self, now: int) -> list[Delivery]:
        return [delivery for delivery in self._pending.values() if delivery.due <= now and not delivery.held]

    def __bool__(self) -> bool:
        """Whether anything is pending."""
        return bool(self._pending)

    def next_due(self) -> int | None:
        return min((delivery.due for delivery in self._pending.values() if not delivery.held), default=None)

    def pending(self) -> list[Delivery]:
        return list(self._pending.values())

    def settle(self, delivery: Delivery, attempt: Attempt) -> None:
        """Note an attempt: done when accepted, else due again by the gateway's schedule until that ends."""
        delivery.attempts += 1
        delivery.sent_at = attempt.at
        delivery.history.append(attempt)
        if not attempt.accepted and delivery.attempts <= len(self._retry_after_s):
            # From when it was due: time that is moved far ahead passes every retry on its way.
            delivery.due = min(delivery.due, attempt.at) + self._retry_after_s[delivery.attempts - 1]
            return
        delivery.state = DeliveryState.DELIVERED if attempt.accepted else DeliveryState.FAILED
        self._pending.pop(delivery.id, None)

    def headers_at(self, delivery: Delivery, at: int) -> Headers:
        """The headers of an attempt at a time: every attempt is signed anew."""
        secret = _other(delivery.secret) if delivery.missigned else delivery.secret
        return {"Content-Type": _TYPE, **self._signer.sign(secret, delivery.body, at - delivery.age_s)}

    def signed_headers(self, delivery: Delivery, now: int) -> Headers:
        """The headers as they were last sent, or as they would be sent now."""
        return self.headers_at(delivery, now if delivery.sent_at is None else delivery.sent_at)

    def variant(self, delivery: Delivery, name: str, at: int) -> tuple[Headers, str] | None:
        """Headers and body of a named variant claiming the time `at`, or None when the gateway has no such variant."""
        build = self._signer.variants.get(name)
        if build is None:
            return None
        letter = Letter(delivery.secret, _other(delivery.secret), delivery.body, at)
        headers, body = build(letter)
        return {"Content-Type": _TYPE, **headers}, body

    def variants(self) -> list[str]:
        return sorted(self._signer.variants)

    def documents(self, now: int, *, kind: str | None = None, state: str | None = None) -> list[Document]:
        """Every delivery, or those of a type of event or in a state."""
        return [
            self.document(delivery, now)
            for delivery in self._deliveries.values()
            if kind in (None, delivery.type) and state in (None, delivery.state.value)
        ]

    def document(self, delivery: Delivery, now: int) -> Document:
        return {
            "id": delivery.id,
            "event": delivery.event,
            "type": delivery.type,
            "url": delivery.url,
            "headers": self.signed_headers(delivery, now),
            "body": delivery.body,
            "state": delivery.state.value,
            "attempts": delivery.attempts,
            "due": delivery.due,
            "history": [attempt.document() for attempt in delivery.history],
        }


def _other(secret: str) -> str:
    return f"{secret}_of_another_endpoint"
