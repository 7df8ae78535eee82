"""The pages of one gateway: what is shown where, and what its forms are sent to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from flask import Blueprint, abort, redirect, render_template, request, url_for

from mock_gateways.core.approvals import KINDS
from mock_gateways.core.journal import Search
from mock_gateways.core.pages import ROOT
from mock_gateways.dashboard import readings
from mock_gateways.dashboard.actions import ACTIONS, ask, carry_out
from mock_gateways.dashboard.application import bare_application, is_ours
from mock_gateways.dashboard.choices import PRESETS, STEPS, UNITS
from mock_gateways.dashboard.money import COLUMNS
from mock_gateways.dashboard.origins import foreign
from mock_gateways.dashboard.paging import Page, bounds

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.wrappers import Response as Answer

    from mock_gateways.core.control import Control
    from mock_gateways.core.service import Service
    from mock_gateways.core.tenants import World
    from mock_gateways.core.wsgi import Wsgi

_FEW = 8


def create_pages(service: Service, control: Control) -> Wsgi:
    """The pages of one gateway."""
    app = bare_application("mock_gateways.dashboard.views")
    app.register_blueprint(_Views(service, control).blueprint())
    app.context_processor(lambda: {"gateway": service.gateway})
    return app.wsgi_app


def _number(name: str = "page") -> int:
    text = request.args.get(name, "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 1


class _Views:
    """The views of one service."""

    def __init__(self, service: Service, control: Control) -> None:
        self._service, self._control = service, control

    def blueprint(self) -> Blueprint:
        pages = Blueprint("pages", __name__)
        pages.before_request(self._refuse_foreign)
        pages.add_url_rule(ROOT, view_func=self.tenants)
        pages.add_url_rule("/_mock/pages/open", view_func=self.open, methods=["POST"])
        base = "/_mock/pages/<tenant>"
        paths: dict[str, Callable[..., str]] = {
            "": self.overview,
            "/payments": self.payments,
            "/payments/<path:name>": self.payment,
            "/ledger": self.ledger,
            "/requests": self.requests,
            "/requests/<int:sequence>": self.request,
            "/webhooks": self.webhooks,
            "/webhooks/<path:name>": self.webhook,
            "/faults": self.faults,
        }
        for path, view in paths.items():
            pages.add_url_rule(f"{base}{path}", view_func=view)
        pages.add_url_rule(f"{base}/do/<action>", view_func=self.act, methods=["POST"])
        return pages

    def _refuse_foreign(self) -> None:
        if request.method == "POST" and (sender := foreign(dict(request.headers), request.host)) is not None:
            abort(403, f"This form was sent by {sender}, not by a page of this simulator, so nothing was done.")

    def _world(self, tenant: str) -> World:
        world = self._service.tenants.find(tenant)
        if world is None:
            abort(404, f"There is no tenant {tenant} here. The first call with a test key opens one.")
        return world

    def _render(self, name: str, tenant: str, read: Callable[[World], dict[str, Any]], **shown: Any) -> str:
        world = self._world(tenant)
        # One hold for all of it: where tenants are shared, each reads and writes the whole of one.
        with world.lock:
            shown |= {**read(world), "tenant": readings.summary(world)}
        return render_template(f"{name}.html", here=name, **shown)

    def tenants(self) -> str:
        worlds = self._service.tenants.all()[::-1]
        number, start, end = bounds(_number(), len(worlds))
        page = Page([readings.summary(world) for world in worlds[start:end]], number, len(worlds))
        return render_template("tenants.html", page=page, missing=self._service.unsimulated_calls)

    def open(self) -> Answer:
        body = {"credential": request.form.get("credential", "").strip()}
        opened = ask(self._control, "POST", "/_mock/tenants", body, request.root_url)
        return redirect(url_for("pages.overview", tenant=opened["id"]), 303)

    def overview(self, tenant: str) -> str:
        def read(world: World) -> dict[str, Any]:
            return {
                "waiting": readings.waiting(world),
                "payments": readings.payments(world, 1, size=_FEW),
                "requests": readings.requests(world, 1, Search(), _FEW),
            }

        return self._render("overview", tenant, read, kinds=KINDS, steps=STEPS, units=UNITS)

    def payments(self, tenant: str) -> str:
        wanted = request.args.get("find", "").strip()
        return self._render(
            "payments", tenant, lambda world: {"page": readings.payments(world, _number(), wanted)}, wanted=wanted
        )

    def payment(self, tenant: str, name: str) -> str:
        def read(world: World) -> dict[str, Any]:
            payment = readings.payment(world, name)
            if payment is None:
                abort(404, f"The ledger knows no payment {name}.")
            return {"payment": payment, "page": readings.entries(world, _number(), name)}

        disputable = self._service.gateway.dispute is not None
        return self._render("payment", tenant, read, kinds=KINDS, columns=COLUMNS, disputable=disputable)

    def ledger(self, tenant: str) -> str:
        return self._render("ledger", tenant, lambda world: {"page": readings.entries(world, _number())})

    def requests(self, tenant: str) -> str:
        path, status = request.args.get("path", "").strip(), request.args.get("status", "").strip()
        search = Search(path=f"*{path}*" if path else None, status=status or None)
        return self._render(
            "requests",
            tenant,
            lambda world: {"page": readings.requests(world, _number(), search)},
            path=path,
            status=status,
        )

    def request(self, tenant: str, sequence: int) -> str:
        def read(world: World) -> dict[str, Any]:
            exchange = readings.request(world, sequence)
            if exchange is None:
                abort(404, f"Request {sequence} is no longer in the journal.")
            return {"exchange": exchange}

        return self._render("request", tenant, read)

    def webhooks(self, tenant: str) -> str:
        state = request.args.get("state", "")
        return self._render(
            "webhooks", tenant, lambda world: {"page": readings.webhooks(world, _number(), state)}, state=state
        )

    def webhook(self, tenant: str, name: str) -> str:
        def read(world: World) -> dict[str, Any]:
            webhook = readings.webhook(world, name)
            if webhook is None:
                abort(404, f"There is no delivery {name}.")
            return {"webhook": webhook}

        return self._render("webhook", tenant, read)

    def faults(self, tenant: str) -> str:
        routes = [f"{route.method} {route.template}" for route in self._service.table.routes if route.handler]
        return self._render(
            "faults", tenant, lambda world: {"faults": readings.faults(world)}, presets=PRESETS, routes=routes
        )

    def act(self, tenant: str, action: str) -> Answer:
        self._world(tenant)
        if action not in ACTIONS:
            abort(404, f"There is no button {action}.")
        carry_out(self._control, tenant, ACTIONS[action], request.form, request.root_url.rstrip("/"))
        return redirect(_back(tenant, action), 303)


def _back(tenant: str, action: str) -> str:
    """The page the form was on, if it is one of ours, with what was done."""
    back = request.form.get("back", "")
    if not is_ours(back):
        back = url_for("pages.overview", tenant=tenant)
    return f"{back}{'&' if '?' in back else '?'}{urlencode({'done': action})}"
