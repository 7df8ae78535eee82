"""Reads results files, and believes nothing in them that does not follow from their own cases."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from reports.pages.tallies import next_state
from reports.results import RequirementOutcome, Results, Verdict, combine, judge

__all__ = ["Run", "Unreadable", "read", "read_all"]

_FORMAT = 1
_DATE = re.compile(r"(?<![0-9])20[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])")
_LARGEST = 64 * 1024 * 1024


class Unreadable(ValueError):
    """A file that cannot be used; the message names file, place and reason, and repeats no value."""


@dataclass(frozen=True, slots=True)
class Run:
    """One results file. `date` (ISO) is what the path says of it, as results hold no clock time; else empty."""

    results: Results
    file: Path
    date: str

    @property
    def name(self) -> str:
        return self.results.connector.name


def read_all(paths: Iterable[Path]) -> list[Run]:
    """Every file named, in the order given; a folder stands for the `results.json` files in it and one below.

    Raises:
        Unreadable: the first file that is missing, truncated, foreign, newer, or contradicts itself.
    """
    return [read(file) for path in paths for file in _files(path)]


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    found = sorted([*path.glob("results.json"), *path.glob("*/results.json")])
    if not found:
        raise Unreadable(f"{path}: no results.json in this folder, nor one below")
    return found


def read(file: Path) -> Run:
    """One results file.

    Raises:
        Unreadable: missing, truncated, foreign, newer, or its verdict does not follow from its cases.
    """
    data = _parsed(file)
    if not isinstance(data, dict) or "requirements" not in data or "format" not in data:
        raise Unreadable(f"{file}: JSON, but no results of Assay: it has no format or no requirements")
    if data["format"] != _FORMAT:
        raise Unreadable(f"{file}: format: this Assay reads {_FORMAT}; the file was written by another")
    try:
        results = Results.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise Unreadable(f"{file}: {_first(error)}") from None
    for contradiction in _contradictions(results):
        raise Unreadable(f"{file}: {contradiction}")
    return Run(results, file, _dated(file))


def _dated(file: Path) -> str:
    """The date in the name of a file or of the two folders around it; further up it would date something else."""
    for found in reversed(_DATE.findall("/".join(file.parts[-3:]))):
        with suppress(ValueError):
            return date.fromisoformat(found).isoformat()
    return ""


def _parsed(file: Path) -> Any:
    try:
        if file.stat().st_size > _LARGEST:
            raise Unreadable(f"{file}: larger than {_LARGEST // 1024 // 1024} MiB: no results file is")
        return json.loads(file.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise Unreadable(f"{file}: line {error.lineno}, column {error.colno}: {error.msg}: truncated?") from None
    except UnicodeDecodeError as error:
        raise Unreadable(f"{file}: byte {error.start}: not UTF-8") from None
    except RecursionError:
        raise Unreadable(f"{file}: nested deeper than any results file") from None
    except OSError as error:
        raise Unreadable(f"{file}: {error.strerror}") from None


def _first(error: ValidationError) -> str:
    found = error.errors(include_url=False, include_input=False)
    rest = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return f"{'.'.join(map(str, found[0]['loc']))}: {found[0]['msg']}{rest}"


def _contradictions(results: Results) -> Iterator[str]:
    """What a file says of itself against what its cases say."""
    rows = results.requirements
    if twice := [identity for identity, count in Counter(row.id for row in rows).items() if count > 1]:
        yield f"requirements: {twice[0]} stands twice"
    for row in rows:
        if row.outcome is not (computed := combine(row.cases)):
            yield f"requirements.{row.id}.outcome: says {row.outcome}, its cases say {computed}"
    for outcome in RequirementOutcome:
        if results.counts.get(outcome, 0) != (counted := sum(row.outcome is outcome for row in rows)):
            yield f"counts.{outcome}: says {results.counts.get(outcome, 0)}, the requirements say {counted}"
    verdict = results.verdict
    if verdict != _judged(results):
        yield "verdict: does not follow from the requirements"
    if verdict.certified and results.states and verdict.state != (reached := _reached(results)):
        yield f"verdict.state: says {verdict.state}, its requirements and claims say {reached}"


def _judged(results: Results) -> Verdict:
    return judge(
        results.requirements,
        results.waivers,
        complete=results.complete,
        mode=results.mode,
        state=results.verdict.state,
        lane=results.lane,
        contracts=results.contracts,
    )


def _reached(results: Results) -> int:
    missing = next_state(results)
    return missing.rule.state - 1 if missing else results.states[-1].state
