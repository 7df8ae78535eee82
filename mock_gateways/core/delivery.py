"""Sending webhooks: over HTTP when served, on the gateway's retry schedule; in process they are only marked."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from mock_gateways.core.deliveries import Attempt, Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.core.outbox import Headers
    from mock_gateways.core.tenants import Tenants, World

TIMEOUT_S = 5.0
PAUSE_S = 0.25


def flush(world: World) -> int:
    """Attempt every pending delivery now; how many there were."""

    def pending() -> list[Delivery]:
        # Asked for under the lock: another worker may have left another outbox.
        return world.outbox.pending()

    return _attempt(world, pending)


def deliver_due(world: World) -> int:
    """Attempt what has fallen due; how many there were."""
    return _attempt(world, lambda: world.outbox.due(world.clock.now()))


def redeliver(world: World, delivery: Delivery) -> None:
    """Attempt one delivery again, whatever became of it."""

    def revived() -> list[Delivery]:
        found = world.outbox.get(delivery.id)
        if found is not None:
            world.outbox.revive(found, world.clock.now())
        return [found] if found else []

    _attempt(world, revived)


def _attempt(world: World, choose: Callable[[], list[Delivery]]) -> int:
    # One at a time: what the courier is sending must not be chosen by a flush once more.
    with world.posting:
        with world.lock:
            world.clock.settle()
            now, era = world.clock.now(), world.era
            letters = [(delivery, world.outbox.headers_at(delivery, now)) for delivery in choose()]
        for delivery, headers in letters:
            # Outside the lock: the receiver may call the API before it answers.
            attempt = _post(delivery, headers, now) if world.clock.wall else Attempt(now)
            with world.lock:
                # Found again by its id: in a shared store the world may have been read anew meanwhile. One of an era
                # that a reset has ended settles nothing, though ids, which come from a seed, may be the same.
                found = world.outbox.get(delivery.id)
                if found is not None and world.era == era:
                    world.outbox.settle(found, attempt)
    return len(letters)


def _post(delivery: Delivery, headers: Headers, now: int) -> Attempt:
    """What the receiver answered: a 2xx acknowledges; a redirect does not, and is not followed."""
    # A late import: the TLS stack costs more than a whole simulator, and in process nothing is ever sent.
    from http.client import HTTPException  # noqa: PLC0415 - see above
    from urllib import error, request  # noqa: PLC0415 - see above

    class NoRedirect(request.HTTPRedirectHandler):
        def redirect_request(self, *_: object) -> None:
            return None

    if not delivery.url.startswith(("http://", "https://")):
        return Attempt(now, error="the URL is not HTTP")
    post = request.Request(delivery.url, delivery.body.encode(), headers, method="POST")  # noqa: S310 - checked above
    try:
        with request.build_opener(NoRedirect).open(post, timeout=TIMEOUT_S) as response:
            return Attempt(now, int(response.status))
    except error.HTTPError as answer:
        with answer:
            return Attempt(now, answer.code)
    except (OSError, ValueError, HTTPException) as problem:
        return Attempt(now, error=f"{type(problem).__name__}: {problem}")


class Courier:
    """The thread that delivers while a simulator is served."""

    def __init__(self, tenants: Tenants) -> None:
        self._tenants = tenants
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="courier", daemon=True)

    def start(self) -> None:
        self._tenants.served = True
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        self._tenants.bell.set()
        self._thread.join()

    def _run(self) -> None:
        """Send what a request left behind at once, and look every so often for what falls due by itself."""
        looked = 0.0
        while not self._stop.is_set():
            self._tenants.bell.wait(PAUSE_S)
            self._tenants.bell.clear()
            late = time.monotonic() - looked >= PAUSE_S
            for world in self._tenants.waiting() if late else self._stirred():
                if self._stop.is_set():
                    return
                deliver_due(world)
            looked = time.monotonic() if late else looked

    def _stirred(self) -> list[World]:
        stirred = self._tenants.stirred
        return list(dict.fromkeys(stirred.popleft() for _ in range(len(stirred))))
