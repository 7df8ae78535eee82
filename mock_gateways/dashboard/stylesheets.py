"""The two style sheets: Bootstrap's from the installed package Bootstrap-Flask, and the little that is ours.

Without that package the pages are plain, and say the same.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path

_OURS = Path(__file__).parent / "static" / "dashboard.css"
_BOOTSTRAP = ("static", "bootstrap5", "css", "bootstrap.min.css")
_DARK = "[data-bs-theme=dark]"
_RULE = re.compile(r"(?<=[};/])(\[data-bs-theme=dark\][^{},]*)(\{[^{}]*\})")


def style_sheet(name: str) -> str | None:
    """The text of "bootstrap.css" or "dashboard.css"; None for any other, and where Bootstrap is not installed."""
    read = {"bootstrap.css": _bootstrap, "dashboard.css": _ours}.get(name)
    return None if read is None else read()


@cache
def _ours() -> str:
    return _OURS.read_text(encoding="utf-8")


@cache
def _bootstrap() -> str | None:
    found = find_spec("flask_bootstrap")
    for folder in (found.submodule_search_locations or ()) if found else ():
        if (path := Path(folder, *_BOOTSTRAP)).is_file():
            return dark_by_preference(path.read_text(encoding="utf-8"))
    return None


def dark_by_preference(css: str) -> str:
    """Bootstrap with its dark colours bound to the reader's preference, which its prebuilt file leaves to a script.

    Source: getbootstrap.com/docs/5.3/customize/color-modes, "Building with Sass": `$color-mode-type: media-query`.
    """
    return _RULE.sub(_preferred, css)


def _preferred(rule: re.Match[str]) -> str:
    selector = rule[1].replace(_DARK, ":root")
    return f"@media (prefers-color-scheme:dark){{{selector}{rule[2]}}}"
