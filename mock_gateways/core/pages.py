"""Which paths below `/_mock` are pages for a person; the rest is the control plane, for programs."""

from __future__ import annotations

ROOT = "/_mock/"
_BELOW = ("/_mock/pages/", "/_mock/static/")


def is_page(path: str) -> bool:
    """Whether a path is a person's; all others below `/_mock` are the control plane's."""
    return path == ROOT or path.startswith(_BELOW)
