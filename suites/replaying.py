"""Hooks and fixtures of the lanes without a simulator: which tests they have, and the story that each is told."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from runtime.core.payments import IncomingWebhook, PSync
from suites.certification import CERTIFICATION, Certification

_REPLAYS = Path(__file__).parent / "replays"


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "tells(*scenarios): the scenarios that the test is told, or all there are")
    config.addinivalue_line("markers", "lanes(*names): the lanes of a test of recordings (default: replay alone)")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Tests of recordings are for the lanes that have them, and the others for the simulator's."""
    certification = config.stash.get(CERTIFICATION, None)
    is_ours = collection_path.is_relative_to(_REPLAYS.parent) and collection_path.name.startswith("test_")
    if certification is None or not is_ours:
        return None
    is_of_recordings = collection_path.is_relative_to(_REPLAYS)
    return True if is_of_recordings == (certification.lane.name == "simulator") else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    certification = config.stash.get(CERTIFICATION, None)
    if certification is not None and certification.lane.name != "simulator":
        items[:] = [item for item in items if certification.lane.name in _lanes(item)]


def _lanes(item: pytest.Item) -> tuple[Any, ...]:
    mark = item.get_closest_marker("lanes")
    return mark.args if mark else ("replay",)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    certification = metafunc.config.stash.get(CERTIFICATION, None)
    if certification is None or "scenario" not in metafunc.fixturenames:
        return
    marks = [*metafunc.definition.iter_markers("tells")]
    wanted, heard = {name for mark in marks for name in mark.args}, any(mark.kwargs["heard"] for mark in marks)
    told = [one for one in _told(certification) if not wanted or wanted & one[1]]
    found = [pytest.param(value, id=name) for name, _, value in told if not heard or _is_heard_of(value)]
    metafunc.parametrize("scenario", found or [_nothing(metafunc, certification, wanted)])


def _is_heard_of(told: Any) -> bool:
    """Whether deliveries tell of it, too; what a sandbox would send reaches no test."""
    return bool(getattr(told, "webhook_steps", ()))


def _told(certification: Certification) -> Iterator[tuple[str, set[str], Any]]:
    if certification.lane.sandbox:
        from suites.scenarios import SCENARIOS  # noqa: PLC0415 - a plain pytest run must not pay for it

        for name, scenario in SCENARIOS.items():
            missing = [one for one in (*scenario.flows, *scenario.needs) if certification.not_claimed(one)]
            if scenario.is_the_merchants_alone and not missing:
                yield name, {name}, name
    for contract in certification.lane.contracts:
        yield contract.id.partition("/")[2], set(contract.tags), contract


def _nothing(metafunc: pytest.Metafunc, certification: Certification, wanted: set[str]) -> Any:
    """What is claimed and told by nothing has not run; what is not claimed says so itself."""
    asked = [one for mark in metafunc.definition.iter_markers("requires") for one in mark.args]
    is_claimed = all(certification.not_claimed(one) is None for one in asked)
    missing = pytest.mark.skip(reason=f"no contract tells of {', '.join(sorted(wanted)) or 'that'}")
    return pytest.param(None, id="none", marks=[missing] if is_claimed else [])


# -- fixtures


@pytest.fixture
def story(certification: Certification, scenario: Any, credential: str) -> Iterator[Any]:
    """The scenario, not begun yet; no connection can be opened meanwhile, unless it is a sandbox that answers."""
    from suites.lanes import without_sockets  # noqa: PLC0415 - as above

    if certification.lane.sandbox:
        with certification.lane.sandbox.story(certification, scenario) as told:
            yield told
        return
    with without_sockets() as tried:
        yield _story(certification, scenario, credential)
    assert not tried, f"the connector tried to open a connection of its own: {tried[0]}"


@pytest.fixture
def story_with(certification: Certification, scenario: Any, credential: str) -> Iterator[Any]:
    """Begin the scenario with something going wrong, or with other settings: `story_with(Loss("Capture"))`."""
    from suites.lanes import without_sockets  # noqa: PLC0415 - as above

    with without_sockets() as tried:
        yield lambda *losses, **given: _story(certification, scenario, credential, *losses, **given)
    assert not tried, f"the connector tried to open a connection of its own: {tried[0]}"


def _story(run: Certification, contract: Any, credential: str, *losses: Any, **given: Any) -> Any:
    from suites.driver import BASE_URL, InProcessDriver  # noqa: PLC0415 - as above
    from suites.merchant import Merchant  # noqa: PLC0415
    from suites.recording import Recording  # noqa: PLC0415
    from suites.scenarios import Player  # noqa: PLC0415
    from suites.story import Story  # noqa: PLC0415

    recording: Any = Recording(contract, run.profile.routes, losses)
    secrets = given.get("webhook_secrets", (recording.webhook_secret or run.profile.placeholder_secret,))
    config = run.config(credential, BASE_URL, secrets)
    driver = InProcessDriver(run.connector, config, recording, recording, deadline_s=run.deadline_s)
    merchant = Merchant(driver, run.profile, run.connector, recording)
    listens, reads = (flow in run.connector.flows for flow in (IncomingWebhook, PSync))
    return Story(recording, Player(merchant, run.profile), driver, listens=listens, reads=reads)
