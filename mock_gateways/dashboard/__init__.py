"""The page a person opens, `/_mock/`: what a simulated world holds, and buttons for what the control plane can do.

Every page is plain HTML from the server and needs no script. Whatever changes something goes through the control
plane, so that a button and a call can never differ. Nothing here is imported before somebody opens a page.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mock_gateways.core.control import Control
    from mock_gateways.core.service import Service
    from mock_gateways.core.wsgi import Environ, Wsgi


class _Late:
    """A WSGI application that is made when it is first asked for anything."""

    def __init__(self, make: Callable[[], Wsgi]) -> None:
        self._make, self._lock = make, threading.Lock()
        self._made: Wsgi | None = None

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        with self._lock:
            made = self._made = self._made or self._make()
        return made(environ, start_response)


def dashboard(service: Service, control: Control) -> Wsgi:
    """The pages of one simulated gateway."""

    def make() -> Wsgi:
        # A late import: a simulator that nobody looks at starts without templates and forms.
        from mock_gateways.dashboard.views import create_pages  # noqa: PLC0415 - see above

        return create_pages(service, control)

    return _Late(make)


def entrance(apps: Mapping[str, Wsgi]) -> Wsgi:
    """The page that lists several gateways, each under a path of its name."""

    def make() -> Wsgi:
        from mock_gateways.dashboard.gateways import create_entrance  # noqa: PLC0415 - as above

        return create_entrance(apps)

    return _Late(make)
