"""Where the pages are, what surrounds them, and that nobody pays for them who does not open them."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urljoin

import pytest
from werkzeug.test import Client

from mock_gateways.app import Paths, create_app
from mock_gateways.dashboard import stylesheets
from mock_gateways.guard import Guarded
from tests.mock_gateways.dashboard.reading import parse

TWIN = {"stripe": "sk_test_first", "twin": "sk_test_second"}


@pytest.fixture
def twins():
    apps = {name: create_app("stripe") for name in TWIN}
    return Client(Paths({name: app.wsgi_app for name, app in apps.items()}))


def test_several_gateways_are_listed_at_the_root_and_each_has_its_pages(twins):
    twins.post("/twin/_mock/tenants", json={"credential": "sk_test_second"})
    page = parse(twins.get("/_mock/").get_data(as_text=True))
    assert [row[:3] for row in page.rows("Gateways")] == [
        ["stripe", "2026-10-28.endive", "0"],
        ["twin", "2026-10-28.endive", "1"],
    ]
    (link,) = page.all("a", href="/twin/_mock/")
    below = parse(twins.get(link.attributes["href"]).get_data(as_text=True))
    assert len(below.rows("Tenants")) == 1
    assert below.all("a", href="/_mock/")[0].text == "Gateways"


def test_every_page_finds_its_style_sheets(twins):
    for path in ("/_mock/", "/twin/_mock/"):
        page = parse(twins.get(path).get_data(as_text=True))
        for sheet in page.all("link", rel="stylesheet"):
            reply = twins.get(sheet.attributes["href"])
            assert (reply.status_code, reply.mimetype) == (200, "text/css")


def test_the_control_plane_beside_the_pages_is_still_json(twins, app):
    assert twins.get("/_mock/health").get_json() == {"status": "ok", "gateways": ["stripe", "twin"]}
    assert twins.get("/twin/_mock/health").get_json()["gateway"] == "stripe"
    client = Client(app.wsgi_app)
    for path in ("/_mock/health", "/_mock/tenants", "/_mock/nothing", "/_mock", "/_mock/page"):
        assert client.get(path).content_type == "application/json"


def test_a_page_may_load_nothing_from_elsewhere_run_nothing_and_stand_in_no_frame(app):
    headers = Client(app.wsgi_app).get("/_mock/").headers
    policy = dict(rule.split(" ", 1) for rule in headers["Content-Security-Policy"].split("; "))
    assert policy == {
        "default-src": "'none'",
        "style-src": "'self'",
        "img-src": "data:",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert (headers["X-Content-Type-Options"], headers["Cache-Control"]) == ("nosniff", "no-store")


@pytest.mark.parametrize("name", ["dashboard.css", "bootstrap.css"])
def test_style_sheets_may_be_kept_for_a_day(app, name):
    assert Client(app.wsgi_app).get(f"/_mock/static/{name}").headers["Cache-Control"] == "max-age=86400"


@pytest.mark.parametrize("name", ["other.css", "../dashboard.css", "%2e%2e/views.py"])
def test_no_other_file_is_served(app, name):
    assert Client(app.wsgi_app).get(f"/_mock/static/{name}").status_code == 404


def test_dark_colours_follow_the_reader_and_nothing_else_of_bootstrap_is_changed():
    (folder,) = find_spec("flask_bootstrap").submodule_search_locations
    original = Path(folder, "static/bootstrap5/css/bootstrap.min.css").read_text()
    served = stylesheets.style_sheet("bootstrap.css")
    assert original.count("}[data-bs-theme=dark]") + original.count("/[data-bs-theme=dark]") >= 5
    assert "}[data-bs-theme=dark]" not in served
    assert served.startswith('@charset "UTF-8";/*!\n * Bootstrap  v5.3.')
    undone = served.replace("@media (prefers-color-scheme:dark){:root", "[data-bs-theme=dark]")
    added = len("}") * served.count("@media (prefers-color-scheme:dark){:root")
    assert len(undone) - added == len(original)


def test_dark_rules_are_bound_to_the_preference():
    css = ":root,[data-bs-theme=light]{a:1}[data-bs-theme=dark]{color-scheme:dark}[data-bs-theme=dark] .x::after{b:2}"
    assert stylesheets.dark_by_preference(css) == (
        ":root,[data-bs-theme=light]{a:1}@media (prefers-color-scheme:dark){:root{color-scheme:dark}}"
        "@media (prefers-color-scheme:dark){:root .x::after{b:2}}"
    )


def test_without_bootstrap_the_pages_are_plain_and_complete(merchant, monkeypatch):
    monkeypatch.setattr(stylesheets, "find_spec", lambda _: None)
    stylesheets._bootstrap.cache_clear()
    merchant.pay("pm_card_threeDSecure2Required")
    client = Client(merchant.app.wsgi_app)
    assert client.get("/_mock/static/bootstrap.css").status_code == 404
    assert client.get(f"/_mock/pages/{merchant.tenant}").status_code == 200
    (waiting,) = merchant.mock("GET", "approvals")["approvals"]
    assert client.post(waiting["url"], data={"outcome": "approve"}).status_code == 200
    stylesheets._bootstrap.cache_clear()


def test_a_hosted_page_has_the_same_sheets_and_lets_the_shopper_go_back_to_the_shop(twins):
    given = {"amount": 1000, "currency": "eur", "confirm": "true", "payment_method": "pm_card_threeDSecure2Required"}
    key = {"Authorization": "Bearer sk_test_second"}
    paid = twins.post("/twin/v1/payment_intents", data={**given, "return_url": "https://shop.example/"}, headers=key)
    address = paid.get_json()["next_action"]["redirect_to_url"]["url"]
    reply = twins.get(address)
    page = parse(reply.get_data(as_text=True))
    assert [button.text for button in page.all("button")] == ["Approve", "Fail"]
    assert "form-action" not in reply.headers["Content-Security-Policy"]
    for sheet in page.all("link", rel="stylesheet"):
        assert twins.get(urljoin(address, sheet.attributes["href"])).status_code == 200


def test_off_loopback_the_pages_want_the_token_once(app):
    client = Client(Guarded(app.wsgi_app, "let-me-in"))
    assert client.get("/_mock/").status_code == 401
    assert client.post("/_mock/pages/open", data={"credential": "sk_test_x"}).status_code == 401
    assert client.get("/_mock/?token=let-me-in", follow_redirects=True).mimetype == "text/html"
    assert client.get("/_mock/").status_code == 200
    assert Client(Guarded(app.wsgi_app, "let-me-in")).get("/_mock/static/dashboard.css").status_code == 200


_SCRIPT = """
import json, sys
from werkzeug.test import Client
from mock_gateways.app import create_app
client = Client(create_app("stripe").wsgi_app)
client.post("/v1/customers", headers={"Authorization": "Bearer sk_test_x"})
client.get("/_mock/tenants")
before = [name for name in sys.modules if name.startswith("mock_gateways.dashboard.")]
client.get("/_mock/")
after = [name for name in sys.modules if name.startswith("mock_gateways.dashboard.")]
print(json.dumps([before, len(after) > 5]))
"""


def test_nothing_of_the_pages_is_imported_before_one_is_opened():
    done = subprocess.run([sys.executable, "-c", _SCRIPT], capture_output=True, check=True, cwd=Path.cwd())
    assert json.loads(done.stdout) == [[], True]
