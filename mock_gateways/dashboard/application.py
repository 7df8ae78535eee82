"""What every page stands on: templates, style sheets, protecting headers, errors in words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import Flask, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException

from mock_gateways.core.clock import DAY_S
from mock_gateways.core.pages import ROOT
from mock_gateways.dashboard.actions import ACTIONS, Refused
from mock_gateways.dashboard.origins import HEADERS
from mock_gateways.dashboard.stylesheets import style_sheet
from mock_gateways.dashboard.words import FILTERS

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as Answer


def bare_application(name: str) -> Flask:
    """An application with everything but views."""
    app = Flask(name, static_folder=None, template_folder="templates")
    app.jinja_env.filters.update(FILTERS)
    # Globals: an imported macro sees nothing of a template's context.
    app.jinja_env.globals.update(this_page=_this_page, hosted=_hosted)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.add_url_rule("/_mock/static/<name>", view_func=_style, endpoint="style")
    app.context_processor(_said)
    app.after_request(_protect)
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(Refused, _refused)
    return app


def _style(name: str) -> Response:
    text = style_sheet(name)
    if text is None:
        abort(404)
    return Response(text, mimetype="text/css", headers={"Cache-Control": f"max-age={DAY_S}"})


def _said() -> dict[str, str | None]:
    """What a template may say of what was just done, and where one came from."""
    action, back = ACTIONS.get(request.args.get("done", "")), request.form.get("back", "")
    return {"done": action.done if action else None, "back_page": back if is_ours(back) else None}


def _this_page() -> str:
    """The page itself, for a form on it to come back to."""
    asked = {name: value for name, value in request.args.items() if name != "done"}
    path = f"{request.script_root}{request.path}"
    return f"{path}?{urlencode(asked)}" if asked else path


def _hosted(tenant: str, identity: str) -> str:
    """Where the shopper would decide; under the address that the reader came by, which need not be the recorded one."""
    return f"{request.script_root}/_mock/tenants/{quote(tenant)}/approvals/{quote(identity)}/page"


def is_ours(path: str) -> bool:
    return path.startswith(f"{request.script_root}{ROOT}") and "\\" not in path


def _protect(response: Response) -> Response:
    for name, value in HEADERS:
        response.headers.setdefault(name, value)
    return response


def _failed(problem: Exception) -> Answer | tuple[str, int]:
    if not isinstance(problem, HTTPException):
        raise problem
    return problem.get_response() if problem.code == 304 else _problem(problem.description or "", problem.code or 500)


def _refused(problem: Exception) -> tuple[str, int]:
    return _problem(str(problem), getattr(problem, "status", 400))


def _problem(text: str, status: int) -> tuple[str, int]:
    return render_template("problem.html", problem=text, status=status), status
