"""The page a person opens, `/_mock/`: what a simulated world holds, and buttons for what the control plane can do.

Every page is plain HTML from the server and needs no script. Whatever changes something goes through the control
plane, so that a button and a call can never differ. Nothing here is imported before somebody opens a page.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mock_gateways.app import Environ, Wsgi
    from mock_gateways.core.control import Control
    from mock_gateways.core.service import Service

ROOT = "/_mock/"
_BELOW = ("/_mock/pages/", "/_mock/static/")


def is_page(path: str) -> bool:
    """Whether a path is a person's; all others below `/_mock` are the control plane's."""
    return path == ROOT or path.startswith(_BELOW)


class Dashboard:
    """The pages of one simulated gateway, as a WSGI application."""

    def __init__(self, service: Service, control: Control) -> None:
        self._service, self._control = service, control
        self._pages: Wsgi | None = None
        self._lock = threading.Lock()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        with self._lock:
            if self._pages is None:
                # A late import: a simulator that nobody looks at starts without templates and forms.
                from mock_gateways.dashboard.views import create_pages  # noqa: PLC0415 - see above

                self._pages = create_pages(self._service, self._control)
        return self._pages(environ, start_response)


def entrance(apps: Mapping[str, Wsgi]) -> Wsgi:
    """The page that lists several gateways, each under a path of its name."""
    from mock_gateways.dashboard.gateways import create_entrance  # noqa: PLC0415 - imported when it is opened

    return create_entrance(apps)
