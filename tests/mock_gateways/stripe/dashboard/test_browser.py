"""The pages in a browser, at a desk and on a phone, by day and by night, by keyboard alone.

Pictures of all of them are left in .artefacts/dashboard/.
"""

from pathlib import Path

import pytest
from axe_playwright_python import sync_playwright as axe_api
from playwright import sync_api as playwright_api

from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.mock_gateways.stripe.conftest import Merchant
from tests.programs import program

PICTURES = Path(__file__).parents[4] / ".artefacts" / "dashboard"
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(33, 37, 41)"}
PAGES = {
    "tenants": "/_mock/",
    "overview": "{base}",
    "payments": "{base}/payments",
    "payment": "{base}/payments/{held}",
    "waiting": "{base}/payments/{waiting}",
    "ledger": "{base}/ledger",
    "requests": "{base}/requests",
    "request": "{base}/requests/2",
    "webhooks": "{base}/webhooks",
    "webhook": "{base}/webhooks/{delivery}",
    "faults": "{base}/faults",
    "problem": "{base}/payments/none",
    "empty": "/_mock/pages/{empty}",
    "hosted": "{hosted}",
}


@pytest.fixture(scope="module")
def browser():
    chromium = program("chromium", "chromium-browser", package="chromium")
    with playwright_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def served():
    """A simulator, and the address at which it serves."""
    app = create_app("stripe")
    with serving(app) as url:
        yield app, url


@pytest.fixture
def shop(served, request):
    """A merchant of this test's own, and the address of the overview."""
    app, url = served
    merchant = Merchant(app, f"sk_test_{request.node.name}")
    merchant.mock("POST", "webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["*"]})
    return merchant, f"{url}/_mock/pages/{merchant.tenant}"


@pytest.fixture(scope="module")
def places(served):
    """The address of every page, in a world in which everything has happened."""
    app, url = served
    merchant = Merchant(app, "sk_test_browser")
    merchant.mock("POST", "webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["*"]})
    merchant.pay(amount=129_900)
    merchant.pay("pm_card_visa_chargeDeclined")
    merchant.refund(merchant.pay(amount=123_456_789, currency="usd").json["id"], amount=300)
    merchant.send("POST", "/v1/customers", name="Zoë Ångström 王小明", description="x" * 300)
    merchant.mock("POST", "outbox/flush", {})
    held = merchant.hold(amount=5000, currency="jpy")
    waiting = merchant.pay("pm_card_threeDSecure2Required", amount=2500).json["id"]
    merchant.send("GET", "/v1/payment_intents/pi_none")
    merchant.fault({"timeout": "after"}, route="POST /v1/refunds", nth=99)
    names = {
        "base": f"/_mock/pages/{merchant.tenant}",
        "held": held,
        "waiting": waiting,
        "delivery": merchant.mock("GET", "outbox")["deliveries"][0]["id"],
        "empty": merchant.control("POST", "/_mock/tenants", {"credential": "sk_test_empty"})["id"],
        "hosted": f"/_mock/tenants/{merchant.tenant}/approvals/{waiting}/page",
    }
    return {name: url + path.format(**names) for name, path in PAGES.items()}


@pytest.fixture
def open_page(browser):
    """Opens an address in a window of its own; whatever the browser complains of fails the test."""
    complaints, contexts = [], []

    def opened(address, width=1280, scheme="light"):
        # No colours half way: Bootstrap fades them unless the reader wants no motion.
        size = {"width": width, "height": 800}
        contexts.append(browser.new_context(viewport=size, color_scheme=scheme, reduced_motion="reduce"))
        page = contexts[-1].new_page()
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [text for text in complaints if "status of 40" not in text] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_and_can_be_read_by_everybody(open_page, places, name):
    page = open_page(places[name])
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme, background in BACKGROUNDS.items():
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=PICTURES / f"{name}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == background
        assert _violations(page) == []


def _violations(page):
    """What the rules of WCAG and good practice object to, by axe-core."""
    found = axe_api.Axe().run(page).response["violations"]
    return [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]]


def _tab_to(page, text):
    """Move the focus with the Tab key until it is on what has this name, and can be seen to be there."""
    for _ in range(200):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.ariaLabel || document.activeElement.textContent.trim()")
        if focused.startswith(text):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
    pytest.fail(f"Tab never came to {text!r}")


def test_the_first_tab_leads_past_the_navigation(open_page, shop):
    page = open_page(shop[1])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_what_waits_is_approved_by_keyboard(open_page, shop):
    merchant, overview = shop
    _, wanted, _ = (merchant.pay("pm_card_threeDSecure2Required").json["id"] for _ in range(3))
    page = open_page(overview)
    _tab_to(page, f"Approve: {wanted}")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert merchant.ledger(wanted)[1] == "10.00"
    assert len(merchant.mock("GET", "approvals")["approvals"]) == 2


def test_time_is_advanced_by_keyboard(open_page, shop):
    merchant, overview = shop
    before = merchant.mock("GET", "clock")["now"]
    page = open_page(overview, 375)
    _tab_to(page, "Advance the clock by 1 hour")
    page.keyboard.press("Space")
    page.get_by_role("status").wait_for()
    assert merchant.mock("GET", "clock")["now"] == before + 3600


def test_a_fault_is_planned_and_all_are_cleared_by_keyboard(open_page, shop):
    merchant, overview = shop
    page = open_page(f"{overview}/faults")
    page.get_by_label("What happens").focus()
    page.keyboard.type("Gateway error 503")
    _tab_to(page, "Plan")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert [fault["effect"] for fault in merchant.mock("GET", "faults")["faults"]] == [{"server_error": 503}]
    _tab_to(page, "Clear all faults")
    page.keyboard.press("Enter")
    page.get_by_text("No fault is planned").wait_for()
    assert merchant.mock("GET", "faults") == {"faults": []}


def test_a_webhook_is_delivered_again_by_keyboard(open_page, shop):
    merchant, overview = shop
    merchant.send("POST", "/v1/customers")
    merchant.mock("POST", "outbox/flush", {})
    page = open_page(f"{overview}/webhooks", 375, "dark")
    _tab_to(page, "Redeliver")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert [delivery["attempts"] for delivery in merchant.mock("GET", "outbox")["deliveries"]] == [2]


def test_a_reset_is_two_steps(open_page, shop):
    merchant, overview = shop
    merchant.pay()
    page = open_page(overview)
    assert not page.get_by_role("button", name="Reset everything").is_visible()
    _tab_to(page, "Reset this tenant")
    page.keyboard.press("Enter")
    _tab_to(page, "Reset everything")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert merchant.mock("GET", "ledger")["payments"] == {}


def test_a_shopper_goes_back_to_the_shop_from_the_hosted_page(open_page, shop, served):
    merchant, url = shop[0], served[1]
    back = f"{url}/_mock/health".replace("127.0.0.1", "localhost")
    merchant.pay("pm_card_threeDSecure2Required", return_url=back)
    (waiting,) = merchant.mock("GET", "approvals")["approvals"]
    page = open_page(f"{url}/_mock/tenants/{merchant.tenant}/approvals/{waiting['id']}/page")
    _tab_to(page, "Approve")
    page.keyboard.press("Enter")
    page.wait_for_url("http://localhost:*/_mock/health?*")
    assert merchant.ledger(waiting["id"])[1] == "10.00"


def test_a_page_of_another_site_presses_no_button(open_page, shop, served):
    merchant, overview = shop
    before = merchant.mock("GET", "clock")["now"]
    page = open_page(f"{served[1]}/_mock/health".replace("127.0.0.1", "localhost"))
    page.evaluate(
        """address => {
            const form = document.createElement("form");
            form.method = "post"; form.action = address;
            form.append(Object.assign(document.createElement("input"), {name: "seconds", value: "60"}));
            document.body.append(form); form.submit();
        }""",
        f"{overview}/do/advance",
    )
    page.get_by_role("alert").wait_for()
    assert "not by a page of this simulator" in page.get_by_role("alert").text_content()
    assert merchant.mock("GET", "clock")["now"] == before
