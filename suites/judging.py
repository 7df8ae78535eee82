"""Tells the five outcomes apart, collects them, and ends the run with the verdict's exit code."""

import json
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from contracts.redact import Redactor
from reports.results import Case, CaseOutcome, ExitCode
from suites.certification import CERTIFICATION, NOT_CLAIMED, Certification, NotClaimed, requirement_of
from suites.evidence import Evidence
from suites.failures import source_of
from suites.summary import Summary


def pytest_runtest_setup(item: pytest.Item) -> None:
    if reason := item.stash.get(NOT_CLAIMED, None):
        pytest.skip(f"not claimed: {reason.why}")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    certification = item.config.stash.get(CERTIFICATION, None)
    if certification is None or not _decides(report):
        return report
    outcome = _outcome(item, call)
    if outcome is None:
        return report
    identity = requirement_of(item)
    waiver = certification.waivers.excuse(identity, item.name, _message(call))
    if outcome is CaseOutcome.FAIL and waiver:
        outcome, report.outcome = CaseOutcome.WAIVED, "skipped"
        report.wasxfail = f"waived until {waiver.expires}: {waiver.reason}"
    case = _case(item, certification, outcome, call)
    _redact(report, _redactor(item, certification))
    report.assay = (identity, case.model_dump(mode="json"))  # type: ignore[attr-defined]  # xdist carries it home
    return report


_REDACTOR = pytest.StashKey[Redactor]()


def _redactor(item: pytest.Item, certification: Certification) -> Redactor:
    given = getattr(item, "funcargs", {})
    if _REDACTOR not in item.stash:
        item.stash[_REDACTOR] = certification.redactor(given.get("credential"), given.get("webhook_secret"))
    return item.stash[_REDACTOR]


def _redact(report: pytest.TestReport, redactor: Redactor) -> None:
    """What other plugins will print or write of a test holds no secret either."""
    if report.longrepr and not isinstance(report.longrepr, tuple):
        text = str(report.longrepr)
        if any(redactor.findings(text)):
            report.longrepr = redactor.text(text)
    report.sections = [(name, redactor.text(text)) for name, text in report.sections]


def _decides(report: pytest.TestReport) -> bool:
    return report.when == "call" or not report.passed


def _outcome(item: pytest.Item, call: pytest.CallInfo[None]) -> CaseOutcome | None:
    if call.excinfo is None:
        return CaseOutcome.PASS
    if call.excinfo.errisinstance(pytest.skip.Exception):
        # Any other skip leaves no case behind, so that its requirement has not run.
        return CaseOutcome.NOT_CLAIMED if NOT_CLAIMED in item.stash else None
    judged = call.excinfo.errisinstance((AssertionError, pytest.fail.Exception))
    return CaseOutcome.FAIL if judged else CaseOutcome.ERROR


def _message(call: pytest.CallInfo[None]) -> str:
    return "" if call.excinfo is None else call.excinfo.exconly(tryshort=True)


def _case(item: pytest.Item, certification: Certification, outcome: CaseOutcome, call: pytest.CallInfo[None]) -> Case:
    redactor = _redactor(item, certification)
    given = getattr(item, "funcargs", {})
    gateway = given["story"].stage if "story" in given else given.get("gateway")
    evidence = Evidence(_exchanges(certification, gateway) if gateway else (), redactor)
    unclaimed = item.stash[NOT_CLAIMED] if outcome is CaseOutcome.NOT_CLAIMED else None
    case = Case(
        name=item.name,
        outcome=outcome,
        message=redactor.text(unclaimed.why if unclaimed else _message(call)),
        exchanges=len(evidence.exchanges),
        evidence=evidence.digest,
        excused=bool(unclaimed and unclaimed.excuse),
        source=redactor.text(_source(item, certification, outcome, unclaimed)),
    )
    if certification.evidence:
        evidence.write(certification.evidence)
    if certification.allure:
        requirement = certification.inventory.requirements[requirement_of(item)]
        in_full = outcome is not CaseOutcome.PASS or not requirement.waivable
        span = (round(call.start * 1000), round(call.stop * 1000))
        certification.allure.write(case, requirement, evidence.exchanges if in_full else [], span_ms=span)
    return case


def _exchanges(run: Certification, gateway: Any) -> list[dict[str, Any]]:
    """What was said, the same from whatever port: a simulator that is served for one run names its own address."""
    rows: list[dict[str, Any]] = gateway.exchanges()
    if not run.remote:
        return rows
    from suites.driver import BASE_URL  # noqa: PLC0415 - a plain pytest run must not pay for httpx

    return list(json.loads(json.dumps(rows).replace(run.base_url, BASE_URL)))


def _source(item: pytest.Item, run: Certification, outcome: CaseOutcome, unclaimed: NotClaimed | None) -> str:
    if unclaimed:
        return unclaimed.excuse or ""
    return source_of(item, run.profile) if outcome is CaseOutcome.FAIL else ""


# -- the verdict


class _Collector:
    """Takes the cases home, from this process or from xdist's workers."""

    def __init__(self, certification: Certification) -> None:
        self._certification = certification

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if found := getattr(report, "assay", None):
            identity, case = found
            self._certification.record(identity, Case.model_validate(case))
        elif _decides(report):
            # Skipped by somebody else, or gone with its process: nobody knows what it would have shown.
            self._certification.lost[report.nodeid] = report.failed
            self._certification.complete = False


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    certification = config.stash.get(CERTIFICATION, None)
    if certification and not _is_worker(config):
        config.pluginmanager.register(_Collector(certification), "assay-collector")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Iterator[None]:
    certification = session.config.stash.get(CERTIFICATION, None)
    if certification is None or _is_worker(session.config) or exitstatus not in (0, 1, 5):
        return (yield)
    if certification.unusable:
        session.exitstatus = ExitCode.USAGE
        _say(session.config, f"ERROR: {certification.unusable}")
        return (yield)
    results = certification.results()
    if file := session.config.getoption("--assay-results"):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(results.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if exitstatus != 5 or certification.certify:
        failed = any(certification.lost.values())
        session.exitstatus = ExitCode.FAILED if failed else results.verdict.exit_code
    yield
    leaks = _leaks(session.config, certification)
    if leaks:
        session.exitstatus = ExitCode.SECRET_IN_EVIDENCE
        _say(session.config, "\n".join(["", "SECRET IN THE EVIDENCE (removed):", *leaks]))
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    certification = config.stash.get(CERTIFICATION, None)
    if certification and (certification.cases or certification.lost):
        terminalreporter.write(Summary(certification).text(width=terminalreporter._tw.fullwidth))  # noqa: SLF001


def _say(config: pytest.Config, text: str) -> None:
    if reporter := config.pluginmanager.get_plugin("terminalreporter"):
        reporter.write_line(text, red=True)


def _leaks(config: pytest.Config, certification: Certification) -> list[str]:
    """Look through everything this run wrote; what holds a secret is removed and named."""
    redactor = certification.redactor()
    written = [config.getoption("--assay-results"), config.getoption("xmlpath", default=None)]
    folders = [
        config.getoption("--assay-allure"),
        config.getoption("--assay-evidence"),
        config.getoption("allure_report_dir", default=None),
    ]
    files = [Path(name) for name in written if name]
    files += [file for folder in folders if folder and Path(folder).is_dir() for file in sorted(Path(folder).iterdir())]
    found = []
    for file in files:
        if file.is_file() and (kinds := sorted(set(redactor.findings(file.read_text(errors="replace"))))):
            file.unlink()
            found.append(f"  {file.name}: {', '.join(kinds)}")
    return found
