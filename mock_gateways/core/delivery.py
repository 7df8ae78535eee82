"""Sending webhooks: over HTTP when served, on the gateway's retry schedule; in process they are only marked."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.outbox import Delivery, Headers
    from mock_gateways.core.tenants import Tenants, World

TIMEOUT_S = 5.0
PAUSE_S = 0.25


def flush(world: World) -> int:
    """Attempt every pending delivery now; how many there were."""
    return _attempt(world, world.outbox.pending)


def deliver_due(world: World) -> int:
    """Attempt what has fallen due; how many there were."""
    return _attempt(world, lambda: world.outbox.due(world.clock.now()))


def _attempt(world: World, choose: Callable[[], list[Delivery]]) -> int:
    with world.lock:
        world.clock.settle()
        now = world.clock.now()
        letters = [(delivery, world.outbox.signed_headers(delivery, now)) for delivery in choose()]
    for delivery, headers in letters:
        # Outside the lock: the receiver may call the API before it answers.
        accepted = _post(delivery, headers) if world.clock.wall else True
        with world.lock:
            world.outbox.settle(delivery, now, accepted=accepted)
    return len(letters)


def _post(delivery: Delivery, headers: Headers) -> bool:
    """Whether the receiver acknowledged with a 2xx; a redirect is no acknowledgement and is not followed."""
    # A late import: the TLS stack costs more than a whole simulator, and in process nothing is ever sent.
    from urllib import request  # noqa: PLC0415 - see above

    class NoRedirect(request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    if not delivery.url.startswith(("http://", "https://")):
        return False
    post = request.Request(delivery.url, delivery.body.encode(), headers, method="POST")  # noqa: S310 - checked above
    try:
        with request.build_opener(NoRedirect).open(post, timeout=TIMEOUT_S) as response:
            return 200 <= int(response.status) < 300
    except (OSError, ValueError):
        return False


class Courier:
    """The thread that delivers while a simulator is served."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stop.wait(PAUSE_S):
            for world in self._tenants.all():
                deliver_due(world)
