"""The summary of runs for the page of a CI job: GitHub-flavoured Markdown, with everything from results escaped.

Source: docs.github.com, workflow commands, "Adding a job summary": at most 1 MiB a step.
"""

import re
from collections.abc import Iterator, Sequence

from reports.results import CaseOutcome, RequirementOutcome, RequirementResult, Results

__all__ = ["markdown"]

_SHOWN, _LONGEST = 30, 300  # failures a connector, characters a message
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~@$&:])")


def markdown(runs: Sequence[Results]) -> str:
    """The matrix of areas by connector, then each connector's failures, waivers and what it does not claim."""
    parts = ["## Connector certification", *_matrix(runs)]
    for run in runs:
        parts += [f"### {_plain(run.connector.name)}", _verdict(run), *_failures(run), *_waivers(run), *_unclaimed(run)]
    return "\n\n".join(parts) + "\n"


def _plain(text: str) -> str:
    """Text that Markdown shows as it is, in one line; what comes from a connector can address nobody."""
    shown = "".join(char if char.isprintable() else " " for char in text)
    return _SPECIAL.sub(r"\\\1", " ".join(shown.split())[:_LONGEST]).replace("\\<", "&lt;").replace("\\@", "@\u200b")


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _matrix(runs: Sequence[Results]) -> Iterator[str]:
    areas = dict.fromkeys(row.area for run in runs for row in run.requirements)
    rows = [[_plain(area), *(_area(run, area) for run in runs)] for area in areas]
    rows.append(["**state**", *(f"**{run.verdict.state or 'none'}**" for run in runs)])
    yield _table(["area", *(_plain(run.connector.name) for run in runs)], rows)
    yield "Held of those asked; what a gateway does not have is not asked. A waived requirement is counted apart."


def _area(run: Results, area: str) -> str:
    rows = [row for row in run.requirements if row.area == area]
    asked = [row for row in rows if row.outcome is not RequirementOutcome.NOT_CLAIMED or row.holds_back]
    held = sum(row.outcome is RequirementOutcome.PASS for row in asked)
    waived = sum(row.outcome is RequirementOutcome.WAIVED for row in asked)
    if not asked:
        return "not asked" if rows else "-"
    sign = "✅" if held == len(asked) else "⚠️" if held + waived == len(asked) else "❌"
    return f"{sign} {held}/{len(asked)}{f' + {waived} waived' if waived else ''}"


def _verdict(run: Results) -> str:
    suite = f"suite {_plain(run.suite)}, seed {run.seed}, lane {run.lane}"
    if run.verdict.certified:
        title = next((rule.title for rule in run.states if rule.state == run.verdict.state), "")
        return f"**Certifiable**, state {run.verdict.state or 'none'}{f' ({_plain(title)})' if title else ''}; {suite}."
    return f"**Not certifiable**: {_plain('; '.join(run.verdict.reasons))}; {suite}."


def _failures(run: Results) -> Iterator[str]:
    bad = (CaseOutcome.FAIL, CaseOutcome.ERROR)
    found = [(row, case) for row in run.requirements for case in row.cases if case.outcome in bad]
    rows = [
        [case.outcome.value, row.id, _plain(row.title), _plain(case.name), _plain(case.message)]
        for row, case in found[:_SHOWN]
    ]
    if rows:
        yield _table(["outcome", "requirement", "title", "case", "message"], rows)
    if len(found) > _SHOWN:
        yield f"… and {len(found) - _SHOWN} more."
    if idle := [row.id for row in run.requirements if row.outcome is RequirementOutcome.NOT_RUN]:
        yield f"Not run: {', '.join(idle)}."


def _waivers(run: Results) -> Iterator[str]:
    rows = [[use.requirement, use.status, use.expires, _plain(use.owner), _plain(use.reason)] for use in run.waivers]
    if rows:
        yield _table(["waived", "status", "until", "owner", "reason"], rows)


def _unclaimed(run: Results) -> Iterator[str]:
    rows = [row for row in run.requirements if row.outcome is RequirementOutcome.NOT_CLAIMED]
    excused, owed = [row for row in rows if not row.holds_back], [row for row in rows if row.holds_back]
    if owed:
        yield _details(f"{len(owed)} not claimed, though the gateway may have it", owed)
    if excused:
        yield _details(f"{len(excused)} not asked: the gateway has no such thing", excused)


def _details(title: str, rows: Sequence[RequirementResult]) -> str:
    table = _table(["requirement", "title", "why"], [[row.id, _plain(row.title), _why(row)] for row in rows])
    return f"<details><summary>{title}</summary>\n\n{table}\n\n</details>"


def _why(row: RequirementResult) -> str:
    told = dict.fromkeys(case.source or case.message for case in row.cases)
    return "; ".join(_plain(why) for why in told)
