"""Allure results, one per case, from what has been redacted already.

The files are written through Allure's own model. Its pytest plugin would write tracebacks and parameters before
anything could look at them, and files for every fixture: 7,300 of them for 875 cases, where these are a third.
"""

import json
from hashlib import md5
from typing import Any
from uuid import uuid4

from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, Link, Parameter, Status, StatusDetails, TestResult

from reports.results import Case, CaseOutcome
from suites.inventory import Requirement

__all__ = ["AllureResults"]

_STATUS = {
    CaseOutcome.PASS: Status.PASSED,
    CaseOutcome.FAIL: Status.FAILED,
    CaseOutcome.ERROR: Status.BROKEN,
    CaseOutcome.NOT_CLAIMED: Status.SKIPPED,
    CaseOutcome.WAIVED: Status.SKIPPED,
}
_HTTP_VIEWER = "application/vnd.allure.http+json"


class AllureResults:
    """Writes one folder of results; a stock Allure 2 or 3 opens it."""

    def __init__(self, folder: str, *, connector: str, clean: bool) -> None:
        self._connector = connector
        self._files: Any = AllureFileLogger(folder, clean=clean)  # type: ignore[no-untyped-call]  # it has no types

    def write(
        self, case: Case, requirement: Requirement, exchanges: list[dict[str, Any]], *, span_ms: tuple[int, int]
    ) -> None:
        """Write a case with its exchanges in full; pass none where a digest is enough."""
        test, _, parameters = case.name.partition("[")
        full_name = f"{requirement.id}.{case.name}"
        result = TestResult(
            uuid=uuid4().hex,
            name=f"{requirement.id} {_sentence(test)}" + (f" [{parameters}" if parameters else ""),
            fullName=full_name,
            historyId=_digest(f"{self._connector}.{full_name}"),
            testCaseId=_digest(f"{self._connector}.{requirement.id}.{test}"),
            status=_STATUS[case.outcome],
            statusDetails=StatusDetails(message=case.message) if case.message else None,
            stage="finished",
            start=span_ms[0],
            stop=span_ms[1],
            labels=self._labels(case, requirement),
            links=[_link(bug) for bug in requirement.guards],
            parameters=[Parameter(name="case", value=parameters.removesuffix("]"))] if parameters else [],
            attachments=self._attachments(case, exchanges),
        )
        self._files.report_result(result)

    def _attachments(self, case: Case, exchanges: list[dict[str, Any]]) -> list[Attachment]:
        """A file each for the HTTP viewer where somebody will look; else one for all, as files are what costs."""
        if case.outcome in (CaseOutcome.FAIL, CaseOutcome.ERROR):
            return [self._viewed(exchange) for exchange in exchanges]
        return [self._attach("exchanges", exchanges, "json", "application/json")] if exchanges else []

    def _labels(self, case: Case, requirement: Requirement) -> list[Label]:
        labels = {
            "epic": self._connector,
            "feature": requirement.area,
            "story": f"{requirement.id} {requirement.title}",
            "severity": requirement.severity,
            "requirement": requirement.id,
            "outcome": case.outcome.value,
            "state": str(requirement.state),
            "framework": "assay",
        }
        return [Label(name=name, value=value) for name, value in labels.items()]

    def _viewed(self, exchange: dict[str, Any]) -> Attachment:
        request, response = exchange["request"], exchange["response"]
        name = f"{request['method']} {request['path']} -> {response['status'] if response else 'no answer'}"
        return self._attach(name, _for_viewer(exchange), "httpexchange", _HTTP_VIEWER)

    def _attach(self, name: str, content: object, extension: str, kind: str) -> Attachment:
        # Without dashes: between them a uuid can hold the digits of a card number, for the last look to find.
        source = f"{uuid4().hex}-attachment.{extension}"
        self._files.report_attached_data(json.dumps(content, ensure_ascii=False), source)
        return Attachment(name=name, source=source, type=kind)


def _sentence(test: str) -> str:
    return test.removeprefix("test_").replace("_", " ")


def _digest(text: str) -> str:
    return md5(text.encode(), usedforsecurity=False).hexdigest()


def _link(bug: str) -> Link:
    """A public report as a link, where it names a repository and a number."""
    repository, _, number = bug.partition("#")
    whole = "/" in repository and number.isdigit()
    return Link(type="issue", name=bug, url=f"https://github.com/{repository}/issues/{number}" if whole else None)


def _for_viewer(exchange: dict[str, Any]) -> dict[str, Any]:
    """An exchange as Allure's HTTP viewer reads it."""
    request, response = exchange["request"], exchange["response"]
    shown: dict[str, Any] = {
        "schemaVersion": 1,
        "request": {"method": request["method"], "url": request["path"], "httpVersion": "HTTP/1.1", **_parts(request)},
    }
    if response is None:
        return shown | {"error": {"message": "the connection was cut before an answer"}}
    return shown | {"response": {"status": response["status"], **_parts(response)}}


def _parts(message: dict[str, Any]) -> dict[str, Any]:
    text = message["body"]
    return {
        "headers": [{"name": name, "value": value} for name, value in message["headers"]],
        "body": {"encoding": "utf8", "value": text, "size": len(text.encode()), "truncated": False},
    }
