"""The site: all its pages as text, by file name."""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reports.pages.heat import FLOWS
from reports.pages.shown import Shown
from reports.pages.tallies import row_look
from reports.pages.words import EXCUSED, FILTERS, OUTCOMES, look
from reports.results import RequirementOutcome, RequirementResult

__all__ = ["GENERATOR", "draw"]

GENERATOR = "assay reports"
"""Stands in every page, so that a folder is known as a site before it is replaced."""

_TEMPLATES = Path(__file__).parent / "templates"
_PAGES = (("index", "Overview"), ("matrix", "Matrix"), ("methods", "Payment methods"), ("trend", "Trend"))

Cells = list[tuple[Shown, RequirementResult | None]]


def draw(connectors: Sequence[Shown]) -> dict[str, str]:
    """Every page as text, by its path within the site."""
    environment = _environment()
    about = {"connectors": connectors, "matrix": _matrix(connectors), "area_names": _area_names(connectors)}
    drawn = {
        f"{name}.html": environment.get_template(f"{name}.html").render(here=name, root="", **about)
        for name, _ in _PAGES
    }
    for one in connectors:
        told = {"one": one, "here": "", "root": "../"}
        drawn[f"connectors/{one.slug}.html"] = environment.get_template("connector.html").render(told)
        if one.failures:
            drawn[f"connectors/{one.slug}-failures.html"] = environment.get_template("failures.html").render(told)
    return drawn


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = _style()
    digest = b64encode(hashlib.sha256(style.encode()).digest()).decode()
    made.globals |= {
        "style": Markup(style),  # noqa: S704 - our own file, no data of a run
        "style_hash": f"sha256-{digest}",
        "generator": GENERATOR,
        "pages": _PAGES,
        "flows": FLOWS,
        "look": look,
        "row_look": row_look,
        "excused": EXCUSED,
        "unclaimed": OUTCOMES[RequirementOutcome.NOT_CLAIMED],
        "legend_looks": (*OUTCOMES.values(), EXCUSED),
    }
    made.filters |= FILTERS
    return made


def _style() -> str:
    return (_TEMPLATES / "site.css").read_text(encoding="utf-8").strip()


def _area_names(connectors: Sequence[Shown]) -> list[str]:
    return list(dict.fromkeys(name for one in connectors for name in one.areas))


def _matrix(connectors: Sequence[Shown]) -> dict[str, list[tuple[str, RequirementResult, Cells]]]:
    """By area, every requirement that any connector was asked, with what each answered."""
    answered = {one.slug: {row.id: row for row in one.results.requirements} for one in connectors}
    asked = {identity: row for rows in answered.values() for identity, row in rows.items()}
    found: dict[str, list[tuple[str, RequirementResult, Cells]]] = {}
    for identity, row in sorted(asked.items(), key=lambda item: item[0]):
        cells = [(one, answered[one.slug].get(identity)) for one in connectors]
        found.setdefault(row.area, []).append((identity, row, cells))
    return {name: found[name] for name in _area_names(connectors)}
