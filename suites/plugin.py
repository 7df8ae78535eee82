"""The one pytest plugin: `pytest suites --connector=<name>`.

It decides what a test needs, tells the five outcomes apart, and leaves the verdict to `reports.results`.
pytest's own exit codes keep their meaning; 6 is a run that certifies nothing, 7 a secret in the evidence.
"""

import gc
import os
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import suites
from suites import options
from suites.certification import CERTIFICATION, NOT_CLAIMED, Certification, NotClaimed, requirement_of
from suites.summary import Summary

if TYPE_CHECKING:
    from flask import Flask

    from runtime.core.connector import Connector
    from suites.allure_results import AllureResults
    from suites.lanes import Lane
    from suites.profiles import Profile
    from suites.remote import Remote

pytest_plugins = ("suites.world", "suites.judging", "suites.replaying")

_ROOT = Path(suites.__file__).parent


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "requirement(id): the requirement in requirements.toml that the test proves")
    config.addinivalue_line("markers", "nothing_to_judge((reason, excuse)): the test has no case for this connector")
    config.addinivalue_line("markers", "requires(*capabilities): what a connector must claim to be held to the test")
    options.resolve(config)
    if config.getoption("--connector"):
        filters = _filters(config)
        certification = config.stash[CERTIFICATION] = _certification(config)
        # xdist's controller never sees what its workers deselect, so the options tell.
        certification.complete = not filters


def pytest_cmdline_main(config: pytest.Config) -> int | None:
    if not (config.getoption("--assay-list") or config.getoption("--assay-explain")):
        return None
    from suites import inventory, summary  # noqa: PLC0415 - a plain pytest run must not pay for this

    return summary.show(inventory.load(), config.getoption("--assay-explain"))


def pytest_sessionstart(session: pytest.Session) -> None:
    if CERTIFICATION not in session.config.stash and options.is_asked_for(session.config):
        from runtime import registry  # noqa: PLC0415 - as above

        raise pytest.UsageError(f"name a connector: --connector=<name>. Known: {', '.join(registry.names())}")


_FILTERS = {
    "keyword": "-k", "markexpr": "-m", "maxfail": "-x/--maxfail", "lf": "--lf", "failedfirst": "--ff",
    "deselect": "--deselect", "ignore": "--ignore", "ignore_glob": "--ignore-glob", "stepwise": "--sw",
    "reruns": "--reruns", "collectonly": "--co", "assay_require": "--assay-require", "assay_area": "--assay-area",
    "assay_state": "--assay-state",
}  # fmt: skip


def _filters(config: pytest.Config) -> list[str]:
    """The options in use that leave tests out; a certifying run takes none."""
    used = [flag for name, flag in _FILTERS.items() if config.getoption(name, default=None)]
    if config.getoption("--assay-certify") and used:
        raise pytest.UsageError(f"--assay-certify judges everything: leave out {', '.join(used)}")
    return used


def _certification(config: pytest.Config) -> Certification:
    from mock_gateways.app import create_app  # noqa: PLC0415 - only a run with --connector pays for these
    from runtime import registry  # noqa: PLC0415
    from suites import inventory, lanes, profiles, waivers  # noqa: PLC0415
    from suites.driver import BASE_URL  # noqa: PLC0415

    name = config.getoption("--connector")
    try:
        remote = _remote(name)
        connector = remote.connector if remote else registry.find(name)
        profile = profiles.find(config.getoption("--assay-profile") or connector.gateway)
        listed = inventory.load()
        given = config.getoption("--assay-waivers")
        file = Path(given) if given else _ROOT / "waivers" / f"{connector.name}.toml"
        today = datetime.now().astimezone().date()
        excused = waivers.load(file, listed, today=today, required=bool(given))
    except (
        registry.UnknownConnector,
        LookupError,
        profiles.UnknownProfile,
        waivers.InvalidWaiver,
        ValueError,
        KeyError,
    ) as error:
        raise pytest.UsageError(str(error.args[0] if error.args else error)) from None
    if remote and config.getoption("--assay-lane") != "simulator":
        raise pytest.UsageError("a remote connector has the simulator's lane only; see python -m contracts replay")
    lane = _lane(config, connector, profile)
    settings = {"seed": config.getoption("--assay-seed"), "clock": "fixed", "settings": profile.settings}
    try:
        app: Any = create_app(profile.gateway, **settings) if lane.name == "simulator" else lanes.nowhere
    except Exception as error:  # whatever a gateway's own module raises while it loads
        raise pytest.UsageError(f"the simulator of {profile.gateway!r}: {type(error).__name__}: {error}") from error
    return Certification(
        name=name,
        connector=connector,
        remote=remote,
        base_url=_served(config, app, remote) if remote else BASE_URL,
        profile=profile,
        inventory=listed,
        waivers=excused,
        app=app,
        seed=config.getoption("--assay-seed"),
        certify=config.getoption("--assay-certify"),
        deadline_s=config.getoption("--assay-deadline"),
        evidence=_evidence(config),
        allure=_allure(config, connector.name),
        lane=lane,
    )


def _lane(config: pytest.Config, connector: "Connector", profile: "Profile") -> "Lane":
    from suites import lanes  # noqa: PLC0415 - as above

    name, record = config.getoption("--assay-lane"), config.getoption("--assay-record")
    try:
        if name == "sandbox":
            from suites.sandbox import Sandbox  # noqa: PLC0415 - as above

            return lanes.Lane(
                name, sandbox=Sandbox.of(connector, profile, os.environ, Path(record) if record else None)
            )
        folder = Path(config.getoption("--assay-contracts") or lanes.LIBRARY)
        return lanes.Lane(name, contracts=lanes.library(folder, profile.gateway) if name == "replay" else ())
    except lanes.LaneUnusable as problem:
        raise pytest.UsageError(f"--assay-lane={name}: {problem}") from None


def _remote(name: str) -> "Remote | None":
    """The connector at an address; None for a name or a path. Raises LookupError."""
    if not name.startswith(("http://", "https://")):
        return None
    from suites.remote import Remote  # noqa: PLC0415 - only who asks for one pays for it

    return Remote.at(name.rstrip("/"))


def _served(config: pytest.Config, app: "Flask", remote: "Remote") -> str:
    """The simulator on a port of loopback, for as long as the run lasts: another process cannot see into this one."""
    from mock_gateways.server import serving  # noqa: PLC0415 - as above

    stack = ExitStack()
    stack.callback(remote.client.close)
    config.add_cleanup(stack.close)
    return stack.enter_context(serving(app, delivers=False))


def _evidence(config: pytest.Config) -> Path | None:
    """The folder for evidence, emptied of what an earlier run left there."""
    if not (given := config.getoption("--assay-evidence")):
        return None
    folder = Path(given)
    if not hasattr(config, "workerinput"):
        for file in folder.glob("*.json"):
            file.unlink()
    return folder


def _allure(config: pytest.Config, connector: str) -> "AllureResults | None":
    if not (folder := config.getoption("--assay-allure")):
        return None
    from suites.allure_results import AllureResults  # noqa: PLC0415 - as above

    return AllureResults(folder, connector=connector, clean=not hasattr(config, "workerinput"))


def pytest_report_header(config: pytest.Config) -> list[str]:
    certification = config.stash.get(CERTIFICATION, None)
    return Summary(certification).header() if certification else []


# -- collection


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    certification = metafunc.config.stash.get(CERTIFICATION, None)
    if certification is None or not metafunc.module.__name__.startswith(f"{suites.__name__}."):
        return
    from suites.cases import DIMENSIONS, PROFILED  # noqa: PLC0415

    for name in metafunc.fixturenames:
        if name in DIMENSIONS:
            rows = [pytest.param(value, id=identity) for identity, value in DIMENSIONS[name](certification)]
            # Nothing to run for is no pass: the case says that it was not claimed.
            why = f"there is no {name}"
            excuse = certification.profile.lacks.get(name) if name in PROFILED else why
            none = pytest.param(None, id="none", marks=pytest.mark.nothing_to_judge((why, excuse)))
            metafunc.parametrize(name, rows or [none])


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Pass over files that cannot hold a wanted requirement: for a run of one, collecting all is most of the time."""
    wanted = config.getoption("--assay-require")
    if not wanted or not collection_path.name.startswith("test_") or not collection_path.is_relative_to(_ROOT):
        return None
    text = collection_path.read_text(encoding="utf-8")
    return True if not any(identity in text for identity in wanted.split(",")) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    certification = config.stash.get(CERTIFICATION, None)
    if certification is None:
        return
    try:
        _choose(config, certification, items)
    except pytest.UsageError as problem:
        if not hasattr(config, "workeroutput"):
            raise
        # xdist takes what its worker raises for a crash: it runs nothing, and tells the controller why.
        config.workeroutput[_UNUSABLE] = str(problem)
        items.clear()
    certification.collected = len(items)


# What a worker of xdist tells the controller, which sees neither its collection nor what it leaves out.
_UNUSABLE, _INCOMPLETE = "assay_unusable", "assay_incomplete"


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if certification := node.config.stash.get(CERTIFICATION, None):
        said = getattr(node, "workeroutput", {})
        certification.unusable = said.get(_UNUSABLE) or certification.unusable
        certification.complete = certification.complete and not said.get(_INCOMPLETE)


def _left_out(config: pytest.Config, certification: Certification) -> None:
    certification.complete = False
    if hasattr(config, "workeroutput"):
        config.workeroutput[_INCOMPLETE] = True


def _choose(config: pytest.Config, certification: Certification, items: list[pytest.Item]) -> None:
    """Prepare what was collected, and leave out what was not asked for."""
    for item in items:
        _prepare(item, certification)
    _check_waivers(items, certification)
    wanted = _chosen(config, certification)
    if wanted is not None:
        left_out = [item for item in items if requirement_of(item) not in wanted]
        items[:] = [item for item in items if requirement_of(item) in wanted]
        config.hook.pytest_deselected(items=left_out)


def _check_waivers(items: list[pytest.Item], certification: Certification) -> None:
    from suites.waivers import InvalidWaiver  # noqa: PLC0415 - only a run with --connector pays for this

    for requirement in certification.waivers.by_requirement:
        cases = [item.name for item in items if requirement_of(item) == requirement]
        try:
            if cases:  # else the run is of a part in which they are not
                certification.waivers.check(requirement, cases)
        except InvalidWaiver as problem:
            raise pytest.UsageError(str(problem)) from None


def pytest_collection_finish(session: pytest.Session) -> None:
    if certification := session.config.stash.get(CERTIFICATION, None):
        if len(session.items) < certification.collected:  # whoever took them away, and whether or not it was said
            _left_out(session.config, certification)
        # What is alive now stays alive to the end: the collector need not look at it a hundred times.
        gc.freeze()


def pytest_deselected(items: list[pytest.Item]) -> None:
    for item in items[:1]:
        if certification := item.config.stash.get(CERTIFICATION, None):
            _left_out(item.config, certification)


def _chosen(config: pytest.Config, certification: Certification) -> set[str] | None:
    """The requirements that are asked for, by every way of asking at once; None for all of them."""
    known = certification.inventory.requirements
    ids, areas, state = (config.getoption(f"--assay-{name}") for name in ("require", "area", "state"))
    if not (ids or areas or state):
        return None
    _known("--assay-require", ids, known)
    _known("--assay-area", areas, {row.area for row in known.values()})
    return {
        row.id
        for row in known.values()
        if (not ids or row.id in ids.split(","))
        and (not areas or row.area in areas.split(","))
        and (not state or row.state <= state)
    }


def _known(flag: str, given: str | None, known: Iterable[str]) -> None:
    if unknown := set((given or "").split(",")) - {"", *known}:
        raise pytest.UsageError(f"{flag}: there is no {', '.join(sorted(unknown))}; see --assay-list")


def _prepare(item: pytest.Item, certification: Certification) -> None:
    row = certification.inventory.requirements.get(requirement_of(item))
    if row is None:
        raise pytest.UsageError(f"{item.nodeid}: no requirement, or one that requirements.toml does not know")
    item.user_properties.append(("requirement", row.id))
    wanted = [capability for mark in item.iter_markers("requires") for capability in mark.args]
    missing = {why: certification.excuse(name) for name in wanted if (why := certification.not_claimed(name))}
    missing |= dict(mark.args[0] for mark in item.iter_markers("nothing_to_judge"))
    if missing:
        # One thing that the gateway has not is excuse enough for the whole test.
        excuse = next((told for told in missing.values() if told), None)
        item.stash[NOT_CLAIMED] = NotClaimed("; ".join(missing), excuse)
