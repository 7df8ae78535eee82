"""What goes wrong with webhooks on the way, on demand: it befalls the deliveries that are written next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from mock_gateways.core.deliveries import Delivery, DeliveryState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Kinds whose number says how many deliveries they befall, and kinds whose number is one of seconds.
COUNTED = ("duplicate", "drop", "reorder", "missign")
TIMED = ("delay", "stale")


def _drop(delivery: Delivery, _: int) -> None:
    delivery.state = DeliveryState.DROPPED


def _delay(delivery: Delivery, seconds: int) -> None:
    delivery.due += seconds


def _missign(delivery: Delivery, _: int) -> None:
    delivery.missigned = True


def _make_stale(delivery: Delivery, seconds: int) -> None:
    delivery.age_s = seconds


_STRIKES: Mapping[str, Callable[[Delivery, int], None]] = {
    "drop": _drop,
    "delay": _delay,
    "missign": _missign,
    "stale": _make_stale,
}


@dataclass(slots=True)
class Mishaps:
    """What is planned for a tenant: how many deliveries each kind has still to befall."""

    left: dict[str, int] = field(default_factory=dict)
    _seconds: dict[str, int] = field(default_factory=dict)
    _held: list[Delivery] = field(default_factory=list)

    def plan(self, kind: str, number: int, count: int = 1) -> None:
        """Let a kind befall the next deliveries: `number` of them, or `count` by `number` seconds."""
        self.left[kind] = self.left.get(kind, 0) + (number if kind in COUNTED else count)
        self._seconds[kind] = number

    def befall(self, delivery: Delivery) -> list[Delivery]:
        """What enters the outbox in place of a delivery, and what it has to enter anew, in this order."""
        if not self.left:
            return [delivery]
        for kind, strike in _STRIKES.items():
            if self._spend(kind):
                strike(delivery, self._seconds[kind])
        twins = [replace(delivery, id=f"{delivery.id}_again", history=[])] if self._spend("duplicate") else []
        return self._hold([delivery, *twins]) if self._spend("reorder") else [delivery, *twins]

    def _spend(self, kind: str) -> bool:
        if kind not in self.left:
            return False
        self.left[kind] -= 1
        if not self.left[kind]:
            del self.left[kind]
        return True

    def _hold(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Keep deliveries from leaving until the last that was planned has come; then the last leaves first."""
        self._held += deliveries
        waits = "reorder" in self.left
        for delivery in self._held:
            delivery.held = waits
        if waits:
            return deliveries
        released, self._held = self._held[::-1], []
        return released
