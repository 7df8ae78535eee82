"""The exchanges of failed cases, from the folder of Allure results that the same run wrote.

They are shown only where they have the digest that the results name: a folder of another run tells nothing of this one.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reports.pages.tallies import broken
from reports.results import Case, RequirementResult, Results

__all__ = ["Failure", "Message", "failures"]

_LONGEST = 12_000
# A number with a fraction is kept as its text: as a float, 1.10 would be shown as 1.1.
_NUMBER = re.compile('"\ue000([^"]*)\ue000"')
_VIEWER = "application/vnd.allure.http+json"


@dataclass(frozen=True, slots=True)
class Message:
    """One half of an exchange as it is shown: what came first, headers, and a body laid out in lines."""

    line: str
    headers: tuple[tuple[str, str], ...]
    body: str


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that did not hold; `note` says why its exchanges are not shown."""

    row: RequirementResult
    case: Case
    exchanges: tuple[tuple[Message, Message], ...]
    note: str


def failures(results: Results, folder: Path) -> list[Failure]:
    """Every case that failed or raised, with its exchanges where they are at hand and whole."""
    found = broken(results)
    written = _written(folder) if found and folder.is_dir() else {}
    return [_failure(row, case, written.get(f"{row.id}.{case.name}"), folder) for row, case in found]


def _written(folder: Path) -> dict[str, list[str]]:
    """By full name, the attachments of every case that Allure was told of as failed or broken."""
    found = {}
    for file in sorted(folder.glob("*-result.json")):
        data = _json(file)
        if isinstance(data, dict) and data.get("status") in ("failed", "broken"):
            kept = [item for item in data.get("attachments", ()) if item.get("type") == _VIEWER]
            found[str(data.get("fullName"))] = [str(item.get("source")) for item in kept]
    return found


def _failure(row: RequirementResult, case: Case, sources: list[str] | None, folder: Path) -> Failure:
    if case.exchanges == 0:
        return Failure(row, case, (), "No request left the connector.")
    if sources is None:
        return Failure(row, case, (), f"{case.exchanges} exchanges, kept by digest only: no Allure results beside it.")
    viewed = [_json(folder / Path(source).name) for source in sources]
    exchanges = list(_plain(viewed))
    if _digest(exchanges) != case.evidence:
        return Failure(row, case, (), "The exchanges at hand do not have the digest in the results: not shown.")
    return Failure(row, case, tuple((_request(one), _response(one)) for one in exchanges), "")


def _json(file: Path) -> Any:
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None


def _plain(viewed: list[Any]) -> Iterator[dict[str, Any]]:
    """Back from the viewer's form to the one that the digest is taken of."""
    for one in viewed:
        try:
            request, response = one["request"], one.get("response")
            yield {
                "request": {"method": request["method"], "path": request["url"]} | _parts(request),
                "response": {"status": response["status"]} | _parts(response) if response else None,
            }
        except (TypeError, KeyError, AttributeError):
            return


def _parts(message: dict[str, Any]) -> dict[str, Any]:
    return {"headers": [[pair["name"], pair["value"]] for pair in message["headers"]], "body": message["body"]["value"]}


def _digest(exchanges: list[dict[str, Any]]) -> str:
    text = json.dumps(exchanges, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _request(exchange: dict[str, Any]) -> Message:
    request = exchange["request"]
    return _message(f"{request['method']} {request['path']}", request)


def _response(exchange: dict[str, Any]) -> Message:
    response = exchange["response"]
    if response is None:
        return Message("no answer: the connection was cut", (), "")
    return _message(str(response["status"]), response)


def _message(line: str, message: dict[str, Any]) -> Message:
    headers = tuple((str(name), str(value)) for name, value in message["headers"])
    return Message(line, headers, _readable(str(message["body"])))


def _readable(body: str) -> str:
    """JSON laid out in lines, its numbers as they were written; cut where nobody reads on."""
    with suppress(ValueError, RecursionError):
        laid_out = json.dumps(json.loads(body, parse_float="\ue000{}\ue000".format), indent=2, ensure_ascii=False)
        body = _NUMBER.sub(r"\1", laid_out)
    left = len(body) - _LONGEST
    return body if left <= 0 else f"{body[:_LONGEST]}\n… {left:,} characters more in the Allure results"
