"""The exchanges of failed cases, from the folder of evidence that the same run wrote.

They are shown only where they have the digest that the results name: evidence of another run tells nothing of this one.
"""

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from reports.pages.tallies import broken
from reports.pages.words import counted
from reports.results import Case, RequirementResult, Results

__all__ = ["Failure", "Message", "failures"]

_LONGEST = 12_000  # characters of a body
_MOST = 8  # exchanges of a case, the last ones: a story can have hundreds
# A number with a fraction is kept as its text: as a float, 1.10 would be shown as 1.1.
_NUMBER = re.compile('"\ue000([^"]*)\ue000"')


@dataclass(frozen=True, slots=True)
class Message:
    """One half of an exchange as it is shown: what came first, headers, and a body laid out in lines."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that did not hold; `note` says which of its exchanges are not shown, and why."""

    row: RequirementResult
    case: Case
    exchanges: tuple[tuple[Message, Message], ...]
    note: str


def failures(results: Results, folder: Path) -> list[Failure]:
    """Every case that failed or raised, with its exchanges where they are at hand and whole.

    `folder` holds `<digest>.json` per case, as `--assay-evidence` writes them.
    """
    return [_failure(row, case, folder) for row, case in broken(results)]


def _failure(row: RequirementResult, case: Case, folder: Path) -> Failure:
    if case.evidence is None:
        return Failure(row, case, (), "No request left the connector.")
    file = folder / f"{Path(case.evidence).name}.json"
    try:
        raw = file.read_bytes()
        if sha256(raw).hexdigest() != case.evidence:
            return Failure(row, case, (), "The evidence at hand has another digest than the results name: not shown.")
        exchanges = json.loads(raw)
        earlier = len(exchanges) - _MOST
        note = (
            f"The last {_MOST} of {len(exchanges)} exchanges; the evidence file {file.name} has all."
            if earlier > 0
            else ""
        )
        return Failure(row, case, tuple(_pairs(exchanges[-_MOST:])), note)
    except OSError:
        return Failure(
            row, case, (), f"{counted(case.exchanges, 'exchange')}, known by digest alone: no evidence lies beside it."
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return Failure(row, case, (), "The evidence at hand is not in the form that this Assay reads: not shown.")


def _pairs(exchanges: Iterable[dict[str, Any]]) -> Iterable[tuple[Message, Message]]:
    for exchange in exchanges:
        request, response = exchange["request"], exchange["response"]
        answer = _message(str(response["status"]), response) if response else Message("no answer", (), "")
        yield _message(f"{request['method']} {request['path']}", request), answer


def _message(line: str, message: dict[str, Any]) -> Message:
    headers = tuple((str(name), str(value)) for name, value in message["headers"])
    return Message(line, headers, _readable(str(message["body"])))


def _readable(body: str) -> str:
    """JSON laid out in lines, its numbers as they were written; cut where nobody reads on."""
    with suppress(ValueError, RecursionError):
        laid_out = json.dumps(json.loads(body, parse_float="\ue000{}\ue000".format), indent=2, ensure_ascii=False)
        body = _NUMBER.sub(r"\1", laid_out)
    left = len(body) - _LONGEST
    return body if left <= 0 else f"{body[:_LONGEST]}\n… {left:,} characters more in the evidence"
