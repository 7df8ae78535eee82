"""Makes Allure's page one that asks nobody for anything.

Allure 3 embeds an analytics script with the report's id, and has no option to leave it out in this kind of report.
"""

import re

__all__ = ["NotAllure", "quiet"]

_ANALYTICS = re.compile(r"<script[^>]*googletagmanager\.com[^>]*>\s*</script>\s*<script>[^<]*\bgtag\([^<]*</script>\s*")
_TRACES = ("googletagmanager", "google-analytics", "gtag(")
# What a page of one file needs: its own scripts and styles, and the data that stands in it.
_POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' data: blob:; style-src 'unsafe-inline' data: blob:; "
    "img-src data: blob:; font-src data:; media-src data: blob:; connect-src data: blob:; frame-src data: blob:; "
    "form-action 'none'"
)
_HEAD = '<meta charset="utf-8">'


class NotAllure(ValueError):
    """The page is not as Allure 3.18 writes it: it cannot be vouched for."""


def quiet(page: str) -> str:
    """The page without analytics, and with a policy that forbids every request.

    Raises:
        NotAllure: it has no place for the policy, or something of the analytics is left.
    """
    without = _ANALYTICS.sub("", page)
    if _HEAD not in without:
        raise NotAllure("the page has no <meta charset> to put a policy after")
    head, _, rest = without.partition(_HEAD)
    if left := [trace for trace in _TRACES if trace in _markup(without)]:
        raise NotAllure(f"the page still holds {left[0]!r}")
    return f'{head}{_HEAD}\n    <meta http-equiv="Content-Security-Policy" content="{_POLICY}">{rest}'


def _markup(page: str) -> str:
    """The page without what is embedded in base64: only there does every third letter decide."""
    return re.sub(r"[A-Za-z0-9+/=]{200,}", "", page)
