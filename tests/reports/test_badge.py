"""A badge says which suite, how far, and with how many waivers; it is never greener than its certificate."""

import json
import xml.etree.ElementTree as ET

import pytest

from tests.reports.acme import ISSUED, LATER, cli

GREY = "6b6b6b"
SVG = "{http://www.w3.org/2000/svg}"


def _drawn(acme, at=LATER):
    code, output = cli("badge", acme.certificate, "--out", acme.root / "badge", "--at", at)
    assert code == 0, output
    return (acme.root / "badge/badge.svg").read_text(), json.loads((acme.root / "badge/badge.json").read_text())


def test_it_says_suite_state_and_waivers(acme):
    svg, shields = _drawn(acme)
    assert shields["schemaVersion"] == 1
    assert (shields["label"], shields["message"]) == ("assay 0.1.0", "state 3 · 1 waiver")
    assert [text.text for text in ET.fromstring(svg).iter(f"{SVG}text")] == ["assay 0.1.0", "state 3 · 1 waiver"]  # noqa: S314
    assert shields["color"] != GREY


def test_it_is_grey_when_it_has_expired(acme):
    svg, shields = _drawn(acme, at="2027-02-01T00:00:00Z")
    assert (shields["color"], shields["message"]) == (GREY, "expired · state 3 · 1 waiver")
    assert f'fill="#{GREY}"' in svg


def test_it_can_be_read_aloud_and_loads_nothing(acme):
    svg, _ = _drawn(acme)
    root = ET.fromstring(svg)  # noqa: S314 - our own file
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.findtext(f"{SVG}title") == "acme 1.0, assay 0.1.0: state 3 · 1 waiver"
    assert "href" not in svg
    assert " id=" not in svg, "a page may hold several"
    assert svg.count("http") == 1, "the name space alone"


def test_names_from_a_connector_cannot_break_out(acme):
    statement = acme.statement()
    statement["predicate"]["connector"]["name"] = '"><script>'
    acme.seal(statement)
    assert ET.fromstring(_drawn(acme)[0]).findtext(f"{SVG}title").startswith('"><script>')  # noqa: S314


@pytest.mark.parametrize("given", [(), ("--key",)])
def test_a_certificate_that_does_not_hold_gets_none(acme, given):
    statement = acme.statement()
    statement["predicate"]["state"] = 4
    acme.seal(statement)
    options = [*given, acme.key] if given else []
    code, output = cli("badge", acme.certificate, "--out", acme.root / "badge", "--at", LATER, *options)
    assert (code, "does not hold: state" in output) == (1, True)
    assert not (acme.root / "badge").exists()


def _channel(value):
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


@pytest.mark.parametrize("state", range(7))
def test_its_letters_can_be_read(acme, state):
    """WCAG 2.2, 1.4.3: white on any of its colours has a contrast of 4.5 : 1."""
    from reports.badge import _COLOURS  # noqa: PLC0415 - the one thing that is not seen from outside

    for colour in (_COLOURS[state], f"#{GREY}"):
        red, green, blue = (_channel(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
        assert 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05) >= 4.5, colour


def test_a_certificate_of_today_is_not_expired(acme):
    assert "expired" not in _drawn(acme, at=ISSUED)[1]["message"]
