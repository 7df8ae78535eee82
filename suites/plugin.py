"""The one pytest plugin: `pytest suites --connector=<name>`.

It decides what a test needs, tells the five outcomes apart, and leaves the verdict to `reports.results`.
pytest's own exit codes keep their meaning; 6 is a run that certifies nothing, 7 a secret in the evidence.
"""

from collections.abc import Generator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import suites
from reports.results import Case, CaseOutcome, ExitCode
from suites.certification import Certification
from suites.summary import Summary

CERTIFICATION = pytest.StashKey[Certification]()
_NOT_CLAIMED = pytest.StashKey[str]()
_ROOT = Path(suites.__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("assay", "certify a payment connector")
    group.addoption("--connector", metavar="NAME", help="the connector to judge: its name, or path.py:OBJECT")
    group.addoption("--assay-certify", action="store_true", help="a certifying run: nothing may be left out")
    group.addoption("--assay-profile", metavar="NAME", help="the gateway's profile (default: the connector's gateway)")
    group.addoption("--assay-waivers", metavar="FILE", help="waivers (default: suites/waivers/<connector>.toml)")
    group.addoption("--assay-results", metavar="FILE", help="write the neutral results file here")
    group.addoption("--assay-require", metavar="ID,...", help="run only the tests of these requirements")
    group.addoption("--assay-area", metavar="AREA,...", help="run only the tests of these areas")
    group.addoption("--assay-seed", type=int, default=0, help="the seed of every tenant's ids (default 0)")
    group.addoption("--assay-deadline", type=float, default=1.0, help="seconds a driver call may take (default 1)")
    group.addoption("--assay-list", action="store_true", help="list the requirements and stop")
    group.addoption("--assay-explain", metavar="ID", help="say what a requirement is for and stop")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(id): the requirement in requirements.toml that the test proves")
    config.addinivalue_line("markers", "requires(*capabilities): what a connector must claim to be held to the test")
    if config.getoption("--connector"):
        _refuse_filters(config)
        config.stash[CERTIFICATION] = _certification(config)


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    if not (config.getoption("--assay-list") or config.getoption("--assay-explain")):
        return None
    from suites import inventory, summary  # noqa: PLC0415 - a plain pytest run must not pay for this

    return summary.show(inventory.load(), config.getoption("--assay-explain"))


def pytest_sessionstart(session: pytest.Session) -> None:
    targets = [Path(argument.partition("::")[0]).resolve() for argument in session.config.args]
    if CERTIFICATION not in session.config.stash and any(path.is_relative_to(_ROOT) for path in targets):
        from runtime import registry  # noqa: PLC0415 - as above

        raise pytest.UsageError(f"name a connector: --connector=<name>. Known: {', '.join(registry.names())}")


_FILTERS = {
    "keyword": "-k", "markexpr": "-m", "maxfail": "-x/--maxfail", "lf": "--lf", "failedfirst": "--ff",
    "deselect": "--deselect", "ignore": "--ignore", "ignore_glob": "--ignore-glob", "stepwise": "--sw",
    "reruns": "--reruns", "collectonly": "--co", "assay_require": "--assay-require", "assay_area": "--assay-area",
}  # fmt: skip


def _refuse_filters(config: pytest.Config) -> None:
    used = [flag for name, flag in _FILTERS.items() if config.getoption(name, default=None)]
    if config.getoption("--assay-certify") and used:
        raise pytest.UsageError(f"--assay-certify judges everything: leave out {', '.join(used)}")


def _certification(config: pytest.Config) -> Certification:
    from mock_gateways.app import create_app  # noqa: PLC0415 - only a run with --connector pays for these
    from runtime import registry  # noqa: PLC0415
    from suites import inventory, profiles, waivers  # noqa: PLC0415

    name = config.getoption("--connector")
    try:
        connector = registry.find(name)
        profile = profiles.find(config.getoption("--assay-profile") or connector.gateway)
        listed = inventory.load()
        given = config.getoption("--assay-waivers")
        file = Path(given) if given else _ROOT / "waivers" / f"{connector.name}.toml"
        today = datetime.now().astimezone().date()
        excused = waivers.load(file, listed, today=today, required=bool(given))
        profile.expectations()
    except (registry.UnknownConnector, profiles.UnknownProfile, waivers.InvalidWaiver, ValueError, KeyError) as error:
        raise pytest.UsageError(str(error.args[0] if error.args else error)) from None
    return Certification(
        name=name,
        connector=connector,
        profile=profile,
        inventory=listed,
        waivers=excused,
        app=create_app(profile.gateway, seed=config.getoption("--assay-seed"), clock="fixed"),
        seed=config.getoption("--assay-seed"),
        certify=config.getoption("--assay-certify"),
        deadline_s=config.getoption("--assay-deadline"),
    )


def pytest_report_header(config: pytest.Config) -> list[str]:
    certification = config.stash.get(CERTIFICATION, None)
    return Summary(certification).header() if certification else []


# -- collection


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    certification = metafunc.config.stash.get(CERTIFICATION, None)
    if certification is None or not metafunc.module.__name__.startswith(f"{suites.__name__}."):
        return
    from suites.cases import DIMENSIONS  # noqa: PLC0415

    for name in metafunc.fixturenames:
        if name in DIMENSIONS:
            rows = DIMENSIONS[name](certification)
            metafunc.parametrize(name, [pytest.param(value, id=identity) for identity, value in rows])


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    certification = config.stash.get(CERTIFICATION, None)
    if certification is None:
        return
    for item in items:
        _prepare(item, certification, labelled=config.pluginmanager.hasplugin("allure_pytest"))
    wanted = _chosen(config, certification)
    if wanted is not None:
        left_out = [item for item in items if _requirement(item) not in wanted]
        items[:] = [item for item in items if _requirement(item) in wanted]
        config.hook.pytest_deselected(items=left_out)


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items[:1]:
        if certification := item.config.stash.get(CERTIFICATION, None):
            certification.complete = False


def _requirement(item: pytest.Item) -> str:
    mark = item.get_closest_marker("requirement")
    return str(mark.args[0]) if mark else ""


def _chosen(config: pytest.Config, certification: Certification) -> set[str] | None:
    known = certification.inventory.requirements
    if ids := config.getoption("--assay-require"):
        wanted = set(ids.split(","))
        if unknown := wanted - known.keys():
            raise pytest.UsageError(f"--assay-require: there is no {', '.join(sorted(unknown))}; see --assay-list")
        return wanted
    if areas := config.getoption("--assay-area"):
        wanted_areas = set(areas.split(","))
        return {identity for identity, row in known.items() if row.area in wanted_areas}
    return None


def _prepare(item: pytest.Item, certification: Certification, *, labelled: bool) -> None:
    row = certification.inventory.requirements.get(_requirement(item))
    if row is None:
        raise pytest.UsageError(f"{item.nodeid}: no requirement, or one that requirements.toml does not know")
    item.user_properties.append(("requirement", row.id))
    missing = [
        why
        for mark in item.iter_markers("requires")
        for capability in mark.args
        if (why := certification.not_claimed(capability))
    ]
    if missing:
        item.stash[_NOT_CLAIMED] = "; ".join(missing)
    if labelled:
        labels = {
            "epic": certification.connector.name, "feature": row.area, "story": f"{row.id} {row.title}",
            "severity": row.severity, "requirement": row.id,
        }  # fmt: skip
        for kind, value in labels.items():
            item.add_marker(pytest.mark.allure_label(value, label_type=kind))


# -- the world of a test


@pytest.fixture(scope="session")
def certification(pytestconfig: pytest.Config) -> Certification:
    return pytestconfig.stash[CERTIFICATION]


@pytest.fixture
def credential(certification: Certification, request: pytest.FixtureRequest) -> str:
    return certification.credential(request.node.nodeid)


@pytest.fixture
def gateway(certification: Certification, credential: str) -> Any:
    from suites.gateway import Gateway  # noqa: PLC0415

    return Gateway(certification.app, credential)


@pytest.fixture
def webhook_secret(gateway: Any) -> str:
    secret: str = gateway.listen()
    return secret


@pytest.fixture
def driver_for(certification: Certification, credential: str, gateway: Any) -> Any:
    """Build a driver: `driver_for(webhook_secrets=..., credential=...)`."""
    from suites.driver import BASE_URL, InProcessDriver  # noqa: PLC0415

    def build(*, webhook_secrets: tuple[str, ...] = ("whsec_none",), key: str = credential) -> Any:
        config = certification.config(key, BASE_URL, webhook_secrets)
        return InProcessDriver(
            certification.connector, config, certification.app, gateway, deadline_s=certification.deadline_s
        )

    return build


@pytest.fixture
def merchant_for(certification: Certification, driver_for: Any) -> Any:
    from suites.merchant import Merchant  # noqa: PLC0415

    def build(**given: Any) -> Any:
        return Merchant(driver_for(**given), certification.profile, certification.connector.capabilities.recovery)

    return build


@pytest.fixture
def merchant(merchant_for: Any) -> Any:
    return merchant_for()


@pytest.fixture
def listening_merchant(merchant_for: Any, webhook_secret: str) -> Any:
    """A merchant whose endpoint is registered, with the secret it was given."""
    return merchant_for(webhook_secrets=(webhook_secret,))


# -- outcomes


def pytest_runtest_setup(item: pytest.Item) -> None:
    if reason := item.stash.get(_NOT_CLAIMED, None):
        pytest.skip(f"not claimed: {reason}")


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
    identity = _requirement(item)
    waiver = certification.waivers.excuse(identity)
    if outcome is CaseOutcome.FAIL and waiver:
        outcome, report.outcome = CaseOutcome.WAIVED, "skipped"
        report.wasxfail = f"waived until {waiver.expires}: {waiver.reason}"
    case = _case(item, certification, outcome, _message(call))
    report.assay = (identity, case.model_dump(mode="json"))  # type: ignore[attr-defined]  # xdist carries it home
    return report


def _decides(report: pytest.TestReport) -> bool:
    return report.when == "call" or not report.passed


def _outcome(item: pytest.Item, call: pytest.CallInfo[None]) -> CaseOutcome | None:
    if call.excinfo is None:
        return CaseOutcome.PASS
    if call.excinfo.errisinstance(pytest.skip.Exception):
        # Any other skip leaves no case behind, so that its requirement has not run.
        return CaseOutcome.NOT_CLAIMED if _NOT_CLAIMED in item.stash else None
    judged = call.excinfo.errisinstance((AssertionError, pytest.fail.Exception))
    return CaseOutcome.FAIL if judged else CaseOutcome.ERROR


def _message(call: pytest.CallInfo[None]) -> str:
    return "" if call.excinfo is None else call.excinfo.exconly(tryshort=True)


def _case(item: pytest.Item, certification: Certification, outcome: CaseOutcome, message: str) -> Case:
    from suites.evidence import Evidence  # noqa: PLC0415

    given = getattr(item, "funcargs", {})
    redactor = certification.redactor(given.get("credential"), given.get("webhook_secret"))
    gateway = given.get("gateway")
    evidence = Evidence(gateway.exchanges() if gateway else (), redactor)
    in_full = outcome is not CaseOutcome.PASS or not certification.inventory.requirements[_requirement(item)].waivable
    if in_full and item.config.pluginmanager.hasplugin("allure_pytest"):
        evidence.attach()
    return Case(
        name=item.name,
        outcome=outcome,
        message=redactor.text(message),
        exchanges=len(evidence.exchanges),
        evidence=evidence.digest if evidence.exchanges else None,
    )


# -- the verdict


class _Collector:
    """Takes the cases home, from this process or from xdist's workers."""

    def __init__(self, certification: Certification) -> None:
        self._certification = certification

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if found := getattr(report, "assay", None):
            identity, case = found
            self._certification.record(identity, Case.model_validate(case))


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    certification = session.config.stash.get(CERTIFICATION, None)
    if certification and not _is_worker(session.config):
        session.config.pluginmanager.register(_Collector(certification), "assay-collector")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Iterator[None]:
    certification = session.config.stash.get(CERTIFICATION, None)
    if certification is None or _is_worker(session.config) or exitstatus not in (0, 1, 5):
        return (yield)
    results = certification.results()
    if file := session.config.getoption("--assay-results"):
        Path(file).parent.mkdir(parents=True, exist_ok=True)
        Path(file).write_text(results.model_dump_json(indent=2) + "\n", encoding="utf-8")
    if exitstatus != 5 or certification.certify:
        session.exitstatus = results.verdict.exit_code
    yield
    leaks = _leaks(session.config, certification)
    if leaks:
        session.exitstatus = ExitCode.SECRET_IN_EVIDENCE
        _say(session.config, "\n".join(["", "SECRET IN THE EVIDENCE (removed):", *leaks]))
    return None


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if certification := config.stash.get(CERTIFICATION, None):
        terminalreporter.write(Summary(certification).text(width=terminalreporter._tw.fullwidth))  # noqa: SLF001


def _say(config: pytest.Config, text: str) -> None:
    if reporter := config.pluginmanager.get_plugin("terminalreporter"):
        reporter.write_line(text, red=True)


def _leaks(config: pytest.Config, certification: Certification) -> list[str]:
    """Look through everything this run wrote; what holds a secret is removed and named."""
    redactor = certification.redactor()
    written = [config.getoption("--assay-results"), config.getoption("xmlpath", default=None)]
    folder = config.getoption("allure_report_dir", default=None)
    files = [Path(name) for name in written if name]
    files += sorted(Path(folder).iterdir()) if folder and Path(folder).is_dir() else []
    found = []
    for file in files:
        if file.is_file() and (kinds := sorted(set(redactor.findings(file.read_text(errors="replace"))))):
            file.unlink()
            found.append(f"  {file.name}: {', '.join(kinds)}")
    return found
