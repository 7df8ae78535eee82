"""The scenarios of the suite become contracts by being played for real, and then judge a connector by themselves."""

import pytest

from contracts.audit import audit
from contracts.format import Source, ToldBy, read
from contracts.lock import files, lock
from contracts.policy import known_policies
from contracts.verify import WsgiUpstream, verify
from mock_gateways.app import create_app
from mock_gateways.server import serving
from suites.lanes import simulator
from suites.profiles import Given
from tests.contracts.judged import judged, profile_of, sandbox_at, variable
from tests.contracts.samples import GATEWAY, HOST


@pytest.mark.parametrize("gateway", known_policies())
def test_scenarios_become_contracts_that_judge_by_themselves(gateway, tmp_path):
    library = tmp_path / "library"
    with serving(create_app(gateway, settings=profile_of(gateway).settings, clock="wall")) as url:
        environment = sandbox_at(gateway, url)
        code, told, _ = judged(
            gateway, "sandbox", tmp_path / "live.json", f"--assay-record={library}", environment=environment
        )
    assert code == 0, told
    assert "live traffic with 127.0.0.1, which is a simulator" in told
    lock(library)
    assert audit(library, environment=environment).findings == []
    recorded = [read(path) for path in files(library)]
    assert len(recorded) >= 4
    for one in recorded:
        assert (one.provenance.source, one.told_by) == (Source.SIMULATOR, ToldBy.SCENARIO)
        assert one.commands
        assert verify(one, WsgiUpstream(simulator(gateway)), environment={}).holds
    _, told, results = judged(gateway, "replay", tmp_path / "replay.json", f"--assay-contracts={library}")
    assert not results["counts"]["fail"], told
    assert not results["counts"]["error"], told
    assert results["counts"]["pass"] >= 14


KEY, ADDRESS = variable(GATEWAY, Given.CREDENTIAL), variable(GATEWAY, Given.BASE_URL)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({KEY: "sk_live_" + "abcdefgh"}, "a live key was given"),
        ({KEY: ""}, f"{KEY} is not set"),
        ({ADDRESS: f"{HOST}.evil.test"}, "is not among the hosts"),
        ({ADDRESS: HOST.replace("https", "http")}, "is asked without encryption"),
        ({ADDRESS: ""}, f"{ADDRESS} is not set: the address of the sandbox"),
    ],
    ids=["live key", "no key", "stranger", "plain", "no address"],
)
def test_nothing_is_asked_of_whom_it_must_not_be(changes, reason, tmp_path):
    out, environment = tmp_path / "out", sandbox_at(GATEWAY, "http://127.0.0.1:9") | changes
    code, told, _ = judged(GATEWAY, "sandbox", tmp_path / "r.json", f"--assay-record={out}", environment=environment)
    assert code == 4
    assert reason in told
    assert "sk_live_" not in told
    assert not out.exists()
