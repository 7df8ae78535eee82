"""The site in a browser: opened from the disk, at a desk and on a phone, by day and by night, and on paper.

Pictures of all pages are left in .artefacts/reports/.
"""

import re
import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python import sync_playwright as axe_api
from click.testing import CliRunner
from playwright import sync_api as playwright_api

from reports.__main__ import main
from tests.programs import program

PICTURES = Path(__file__).parents[3] / ".artefacts" / "reports"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
BACKGROUNDS = {"light": "rgb(255, 255, 255)", "dark": "rgb(33, 37, 41)"}
PAGES = ("index", "matrix", "methods", "trend", "connectors/acme", "connectors/broken", "connectors/broken-failures")
A4_POINTS = (594.96, 841.92)  # 210 x 297 mm, as Chromium writes it


@pytest.fixture(scope="module")
def browser():
    chromium = program("chromium", "chromium-browser", package="chromium")
    with playwright_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def site(acme, failing, write, tmp_path):
    """A site of two connectors, one of which fails."""
    failing["connector"]["name"] = "broken"
    arguments = ["build", str(write(acme)), str(write(failing, "broken")), "--out", str(tmp_path / "site")]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    return tmp_path / "site"


@pytest.fixture
def page(browser):
    """A page, with every request it makes and every complaint of the browser's written down."""
    context = browser.new_context(reduced_motion="reduce")
    opened = context.new_page()
    opened.asked, opened.complaints = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("console", lambda message: opened.complaints.append(message.text))
    opened.on("pageerror", lambda error: opened.complaints.append(str(error)))
    yield opened
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_asks_for_nothing_but_itself(page, site, name):
    address = (site / f"{name}.html").as_uri()
    page.goto(address)
    page.wait_for_load_state("networkidle")
    assert [url for url in page.asked if not url.startswith("data:")] == [address]
    assert page.complaints == []


@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_and_can_be_read_by_everybody(page, site, name):
    page.goto((site / f"{name}.html").as_uri())
    PICTURES.mkdir(parents=True, exist_ok=True)
    for scheme, background in BACKGROUNDS.items():
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 375):
            page.set_viewport_size({"width": width, "height": 800})
            page.screenshot(path=PICTURES / f"{name.replace('/', '-')}-{width}-{scheme}.png", full_page=True)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert _violations(page) == []
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == background


def _violations(page):
    """What the rules of WCAG and good practice object to, by axe-core."""
    found = axe_api.Axe().run(page).response["violations"]
    return [(rule["id"], node["html"][:200]) for rule in found for node in rule["nodes"]]


def test_a_reader_without_a_mouse_comes_to_a_requirement_and_opens_its_cases(page, site):
    page.goto((site / "connectors/acme.html").as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    for _ in range(100):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert not page.get_by_text("error 5555").is_visible()
    page.keyboard.press("Enter")
    assert page.get_by_text("error 5555").is_visible()


def test_headings_go_down_one_step_at_a_time(page, site):
    for name in PAGES:
        page.goto((site / f"{name}.html").as_uri())
        levels = [int(tag[1]) for tag in page.eval_on_selector_all("h1,h2,h3,h4", "all => all.map(e => e.tagName)")]
        assert levels.count(1) == 1
        assert levels[0] == 1
        assert all(after <= before + 1 for before, after in pairwise(levels)), name


def test_a_certificate_page_prints_on_a4_in_daylight(page, site, tmp_path):
    page.emulate_media(color_scheme="dark", media="print")
    page.goto((site / "connectors/acme.html").as_uri())
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == BACKGROUNDS["light"]
    assert not page.get_by_role("navigation").is_visible()
    pdf = page.pdf(prefer_css_page_size=True, path=tmp_path / "acme.pdf")
    sizes = re.findall(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert sizes
    for size in sizes:
        assert [float(side) for side in size] == pytest.approx(A4_POINTS, abs=1)
    shutil.copy(tmp_path / "acme.pdf", PICTURES)
