"""One line for every request that is served: who, what, how it ended; never a query, a body or a key."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mock_gateways.core.messages import Refusal, read_environ
from mock_gateways.core.tenants import tenant_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from mock_gateways.core.service import Service
    from mock_gateways.core.wsgi import Environ, StartResponse, Wsgi

    Line = Callable[[Mapping[str, Any]], str]

# The control plane and the pages name the tenant in the path.
_NAMED = ("/_mock/tenants/", "/_mock/pages/")


def _text(entry: Mapping[str, Any]) -> str:
    return " ".join(str(value) for value in entry.values())


FORMATS: Mapping[str, Line] = {"json": json.dumps, "text": _text}


class Logged:
    """An application of `service` whose every request is written as one line."""

    def __init__(self, app: Wsgi, service: Service, line: Line, write: Callable[[str], None]) -> None:
        self._app, self._service, self._line, self._write = app, service, line, write

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        began, statuses = time.perf_counter(), ["cut"]

        def noted(status: str, headers: list[tuple[str, str]], *more: Any) -> object:
            statuses.append(status.partition(" ")[0])
            return start_response(status, headers, *more)

        try:
            return self._app(environ, noted)
        finally:
            self._write(self._line(self._entry(environ, statuses[-1], time.perf_counter() - began)))

    def _entry(self, environ: Environ, status: str, seconds: float) -> Mapping[str, Any]:
        return {
            "gateway": self._service.gateway.name,
            "tenant": self._tenant(environ),
            "method": environ["REQUEST_METHOD"],
            # Quoted: a decoded path may hold line breaks, and a line must stay one line.
            "path": quote(environ["PATH_INFO"], encoding="latin-1"),
            "status": int(status) if status.isdigit() else status,
            "ms": round(seconds * 1000, 1),
        }

    def _tenant(self, environ: Environ) -> str:
        path: str = environ["PATH_INFO"]
        if path.startswith(_NAMED):
            name = path.split("/")[3]
            return name if self._service.tenants.find(name) else "-"
        try:
            request = read_environ({**environ, "CONTENT_LENGTH": "0"})
            return tenant_id(self._service.gateway.credential(request, self._service.tenants.settings))
        except Refusal:
            return "-"
