"""The page at the root of several gateways on one port."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

from flask import render_template

from mock_gateways.core.pages import ROOT
from mock_gateways.dashboard.application import bare_application

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.wsgi import Wsgi


def create_entrance(apps: Mapping[str, Wsgi]) -> Wsgi:
    """A WSGI application that lists others by name, with what their control planes say of them."""
    app = bare_application("mock_gateways.dashboard.gateways")

    def gateways() -> str:
        return render_template(
            "gateways.html", gateways=[{**_health(apps[name]), "name": name} for name in sorted(apps)]
        )

    app.add_url_rule(ROOT, view_func=gateways)
    return app.wsgi_app


def _health(app: Wsgi) -> Any:
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": f"{ROOT}health", "wsgi.input": BytesIO()}
    return json.loads(b"".join(app(environ, lambda *_: None)))
