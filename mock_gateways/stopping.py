"""A stop that loses nothing: what is pending is delivered, what was asked is answered, what is to be kept is kept."""

from __future__ import annotations

import threading
import time
from functools import partial
from typing import TYPE_CHECKING

from mock_gateways.core.delivery import deliver_due, flush

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mock_gateways.core.service import Service
    from mock_gateways.core.tenants import World

PATIENCE_S = 5.0


def stop(
    couriers: Sequence[Callable[[], object]],
    services: list[Service],
    finish: Sequence[Callable[[float], bool]] = (),
) -> str:
    """Deliver what is pending, answer what was asked, and keep what is to be kept, within PATIENCE_S; what was left."""
    until = time.monotonic() + PATIENCE_S
    # Couriers first, so that nothing is sent twice; requests last, since a receiver may call the API as it is told.
    _within(until, couriers)
    _within(until, [partial(flush, world) for world in _worlds(services)])
    finished = [answered(until) for answered in finish]
    _within(until, [partial(deliver_due, world) for world in _worlds(services)])
    pending = sum(len(world.outbox.pending()) for world in _worlds(services))
    for service in services:
        service.tenants.store.close()
    left = [f"webhooks undelivered: {pending}"] * (pending > 0) + ["requests unanswered"] * (not all(finished))
    return ", ".join(left)


def _worlds(services: list[Service]) -> list[World]:
    return [world for service in services for world in service.tenants.all() if _has_pending(world)]


def _has_pending(world: World) -> bool:
    with world.lock:
        return bool(world.outbox)


def _within(until: float, actions: Sequence[Callable[[], object]]) -> None:
    """Do all of these at once, and wait for them until a monotonic time."""
    threads = [threading.Thread(target=action, daemon=True) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
