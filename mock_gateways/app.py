"""A Flask application for every simulated gateway, with a short fast lane before it.

Both lanes call the same service with the same request, so they give the same bytes; the fast lane leaves out only
what a framework does around it.
"""

from __future__ import annotations

import difflib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Blueprint, Flask, Response
from flask import request as flask_request
from werkzeug.exceptions import HTTPException

from mock_gateways.core.messages import MalformedRequest, Reply, compact, read_environ
from mock_gateways.core.pages import is_page
from mock_gateways.core.provisions import ProvisionedControl
from mock_gateways.core.service import Service
from mock_gateways.core.tenants import SETTINGS
from mock_gateways.dashboard import dashboard, entrance
from mock_gateways.stores import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from importlib.metadata import EntryPoint

    from mock_gateways.core.control import Control
    from mock_gateways.core.gateway import Gateway
    from mock_gateways.core.wsgi import Environ, StartResponse, Wsgi

_HERE = Path(__file__).parent
_CLOCKS = ("fixed", "wall")
_METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH")


def known_gateways() -> list[str]:
    """The names of all simulators: built in, and installed under the entry point group `assay.gateways`."""
    built_in = (table.parent.name for table in _HERE.glob("*/operations.csv"))
    return sorted({*built_in, *(point.name for point in _installed())})


def _installed() -> Iterable[EntryPoint]:
    # A late import: it costs as much as all of Flask's routing, and built-in gateways never need it.
    from importlib.metadata import entry_points  # noqa: PLC0415 - see above

    return entry_points(group="assay.gateways")


def find_gateway(name: str) -> Gateway:
    """The record of a gateway.

    Raises ValueError, with the known names and the nearest, when there is none.
    """
    gateway: Gateway
    if name.isidentifier() and (_HERE / name / "operations.csv").is_file():
        gateway = import_module(f"mock_gateways.{name}").GATEWAY
        return gateway
    for point in _installed():
        if point.name == name:
            gateway = point.load()
            return gateway
    known = known_gateways()
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.4)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise ValueError(f"no simulated gateway {name!r}; there are: {', '.join(known)}{hint}")


def create_app(
    name: str,
    seed: int = 0,
    clock: str = "fixed",
    settings: Mapping[str, int | str] | None = None,
    store: str = "memory",
) -> Flask:
    """The simulator of a gateway as a WSGI application; `clock` is "fixed" or "wall", `store` where its tenants live.

    Raises ValueError for an unknown gateway, clock or setting, and for a journal of no size; StoreFailure for a store
    that cannot be used.
    """
    gateway = find_gateway(name)
    if clock not in _CLOCKS:
        raise ValueError(f"clock must be one of {', '.join(_CLOCKS)}, not {clock!r}")
    defaults = {**SETTINGS, **{setting.name: setting.default for setting in gateway.manifest.settings}}
    for key in settings or {}:
        if key not in defaults:
            raise ValueError(f"{gateway.title} has no setting {key!r}; there are: {', '.join(sorted(defaults))}")
    chosen = {**defaults, **(settings or {})}
    if type(size := chosen["journal_size"]) is not int or size < 1:
        raise ValueError(f"journal_size must be a whole number from 1, not {size!r}")
    mark = f"{gateway.manifest.version}, seed {seed}, {clock} clock"
    return _application(
        Service(gateway, seed, chosen, wall=clock == "wall", store=open_store(store, gateway.name, mark))
    )


def _application(service: Service) -> Flask:
    app = Flask(f"mock_gateways.{service.gateway.name}", static_folder=None)
    app.extensions["mock_gateways"] = service
    app.url_map.merge_slashes = False  # a doubled slash is the client's mistake: no redirect hides it
    app.config["PROPAGATE_EXCEPTIONS"] = True  # a cut connection, or a fault of ours, is not a reply
    control = ProvisionedControl(service)
    app.register_blueprint(_blueprint(service, control))

    def otherwise(_: object) -> Response:
        # Unread: the body of a request that nobody takes may be as malformed as the rest of it.
        return _response(service.unknown_route(read_environ({**_environ(), "CONTENT_LENGTH": "0"})))

    @app.errorhandler(MalformedRequest)
    def malformed(problem: MalformedRequest) -> Response:
        request = read_environ({**_environ(), "CONTENT_LENGTH": "0"})
        return _response(service.malformed(request, problem))

    app.register_error_handler(HTTPException, otherwise)
    # Assigning to `wsgi_app` is Flask's own way to put something in front of an application.
    app.wsgi_app = FastLane(service, control, app.wsgi_app)  # type: ignore[method-assign]
    return app


def _blueprint(service: Service, control: Control) -> Blueprint:
    """One rule for all of the route table: werkzeug would take longer to compile 85 than to import Flask's routing."""
    blueprint = Blueprint(service.gateway.name, __name__)

    def view(path: str) -> Response:
        request = read_environ(_environ())
        if path.partition("/")[0] == "_mock":
            return _response(control.answer(request))
        found = service.table.find(request.method, request.path)
        return _response(service.answer(request, *found) if found else service.unknown_route(request))

    blueprint.add_url_rule(
        "/<path:path>", view_func=view, endpoint="gateway", methods=_METHODS, provide_automatic_options=False
    )
    return blueprint


def _environ() -> Environ:
    environ: Environ = flask_request.environ
    return environ


def _response(reply: Reply) -> Response:
    body, headers = _finished(reply)
    return Response(body, status=reply.status_line(), headers=headers)


def _finished(reply: Reply) -> tuple[bytes, list[tuple[str, str]]]:
    body = reply.body()
    headers = list(reply.headers)
    named = {name.lower() for name, _ in headers}
    if "content-type" not in named:
        headers.insert(0, ("Content-Type", "application/json"))
    if "content-length" not in named:
        headers.append(("Content-Length", str(len(body))))
    return body, headers


class FastLane:
    """Answers published operations and control calls before Flask sees them; everything else goes on to `flask`."""

    def __init__(self, service: Service, control: Control, flask: Wsgi) -> None:
        self.service = service
        self.control = control
        self.pages = dashboard(service, control)
        self.flask = flask

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        found = self.service.table.find(environ["REQUEST_METHOD"], path) if path.isascii() else None
        controlled = path.startswith("/_mock/")
        if found is None and not controlled:
            return self.flask(environ, start_response)
        if controlled and is_page(path):
            return self.pages(environ, start_response)
        try:
            request = read_environ(environ)
            reply = self.service.answer(request, *found) if found else self.control.answer(request)
        except MalformedRequest as problem:
            request = read_environ({**environ, "CONTENT_LENGTH": "0"})
            reply = self.service.malformed(request, problem)
        body, headers = _finished(reply)
        start_response(reply.status_line(), headers)
        return (body,)


def service_of(app: Flask) -> Service:
    """What an application of `create_app` puts to work."""
    service: Service = app.extensions["mock_gateways"]
    return service


class Paths:
    """Several gateways behind one address, each under a path of its own name."""

    def __init__(self, apps: Mapping[str, Wsgi]) -> None:
        self._apps, self._entrance = apps, entrance(apps)

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ["PATH_INFO"]
        name, _, rest = path.removeprefix("/").partition("/")
        app = self._apps.get(name)
        if app is None:
            return self._elsewhere(environ, path, start_response)
        mounted = {"SCRIPT_NAME": f"{environ.get('SCRIPT_NAME', '')}/{name}", "PATH_INFO": f"/{rest}"}
        return app({**environ, **mounted}, start_response)

    def _elsewhere(self, environ: Environ, path: str, start_response: StartResponse) -> Iterable[bytes]:
        if is_page(path):
            return self._entrance(environ, start_response)
        names = sorted(self._apps)
        if path == "/_mock/health":
            status, document = "200 OK", {"status": "ok", "gateways": names}
        else:
            status, document = "404 Not Found", {"error": f"nothing here; there are: /{', /'.join(names)}"}
        body = compact(document).encode()
        start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
        return (body,)
