"""A badge: how far a connector got, by which suite, and with how many waivers; grey once it has expired.

Source of the JSON: shields.io/badges/endpoint-badge (schemaVersion 1).
"""

from datetime import datetime
from html import escape

from reports.certificate import Predicate, stamp

__all__ = ["endpoint", "svg"]

# Of each state, and of none; all of them dark enough for white letters (4.5 : 1, WCAG 2.2, 1.4.3).
_COLOURS = {0: "#b42318", 1: "#b54708", 2: "#b54708", 3: "#8a6100", 4: "#4d7c0f", 5: "#2e7d32", 6: "#1b6e3c"}
_EXPIRED = "#6b6b6b"
_PADDING, _RADIUS = 12.0, 3
# Of Verdana at 11 px, in px, near enough: textLength makes the letters, and those of any other font, fit.
_WIDTHS = dict.fromkeys("ijlt.,:;'|· ", 3.9) | dict.fromkeys("frsz-()", 5.2) | dict.fromkeys("mwMW", 10.4)
_USUAL = 6.9


def _message(said: Predicate, now: datetime) -> str:
    waivers = len(said.waivers)
    waived = f" · {waivers} waiver{'s' * (waivers > 1)}" if waivers else ""
    reached = f"state {said.state}" if said.state else "no state"
    return f"{'expired · ' * (now > stamp(said.valid_until))}{reached}{waived}"


def _colour(said: Predicate, now: datetime) -> str:
    expired = now > stamp(said.valid_until)
    return _EXPIRED if expired else _COLOURS.get(said.state, _COLOURS[0])


def endpoint(said: Predicate, now: datetime) -> dict[str, object]:
    """What shields.io draws a badge from."""
    return {
        "schemaVersion": 1,
        "label": f"assay {said.suite.version}",
        "message": _message(said, now),
        "color": _colour(said, now).removeprefix("#"),
        "isError": said.state == 0,
        "cacheSeconds": 3600,
    }


def svg(said: Predicate, now: datetime) -> str:
    """The badge as a picture that needs nothing from anywhere."""
    label, message = f"assay {said.suite.version}", _message(said, now)
    left, right = (_width(text) for text in (label, message))
    title = escape(f"{said.connector.name} {said.connector.version}, {label}: {message}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right:g}" height="20" role="img" '
        f'aria-label="{title}"><title>{title}</title>'
        # No clip path: its id would be another badge's too, where a page holds several.
        f'<rect width="{left + right:g}" height="20" rx="{_RADIUS}" fill="{_colour(said, now)}"/>'
        f'<path d="M{left:g} 0V20H{_RADIUS}a{_RADIUS} {_RADIUS} 0 0 1-{_RADIUS}-{_RADIUS}V{_RADIUS}'
        f'a{_RADIUS} {_RADIUS} 0 0 1 {_RADIUS}-{_RADIUS}z" fill="#444"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f"{_text(label, 0, left)}{_text(message, left, right)}</g></svg>\n"
    )


def _width(text: str) -> float:
    return round(sum(_WIDTHS.get(char, _USUAL) for char in text) + _PADDING, 1)


def _text(text: str, start: float, width: float) -> str:
    inner = width - _PADDING
    return f'<text x="{start + _PADDING / 2:g}" y="14" textLength="{inner:g}">{escape(text)}</text>'
