"""The library holds of what is there now: of our simulators, and of itself."""

import json
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from click.testing import CliRunner

from contracts.__main__ import main
from contracts.audit import audit
from contracts.errors import Refused
from contracts.format import Source, json_schema, plain, read
from contracts.lock import files
from contracts.policy import known_policies
from contracts.replay import Replay
from contracts.verify import WsgiUpstream, verify
from mock_gateways.app import create_app
from tests.contracts.library import FLOWS, LACKS, LIBRARY, record
from tests.contracts.samples import GATEWAY, HOST

NAMES = [path.relative_to(LIBRARY).as_posix() for path in files(LIBRARY)]
APPS = {}
ENTRY = {
    "startedDateTime": "2026-01-01T00:00:01Z",
    "request": {"method": "GET", "url": f"{HOST}/v1/balance", "headers": []},
    "response": {"status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}],
                 "content": {"text": '{"object": "balance"}'}},
}  # fmt: skip


def _upstream(gateway):
    if gateway not in APPS:
        settings = import_module(f"suites.profiles.{gateway}").PROFILE.settings
        APPS[gateway] = WsgiUpstream(create_app(gateway, settings=settings))
    return APPS[gateway]


def test_every_flow_of_every_gateway_is_there():
    wanted = {f"{name}/{flow}.json" for name in known_policies() for flow in FLOWS}
    wanted -= {f"{name}/{flow}.json" for name, flows in LACKS.items() for flow in flows}
    assert set(NAMES) == wanted


def test_the_library_passes_its_audit():
    assert [str(finding) for finding in audit(LIBRARY).errors] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_holds_of_the_simulator(name):
    contract = read(LIBRARY / name)
    verdict = verify(contract, _upstream(contract.gateway), environment={}, seed=name)
    assert [f"{step}: {one}" for step, one in verdict.differences] == []
    assert verdict.unsent == {}
    assert verdict.outcomes


SIMULATED = [name for name in NAMES if read(LIBRARY / name).provenance.source is Source.SIMULATOR]


@pytest.mark.parametrize("name", SIMULATED)
def test_a_simulator_would_be_recorded_as_it_was(name):
    """Deliveries and books, too, which nobody hears who only asks."""
    gateway, _, flow = name.removesuffix(".json").partition("/")
    committed, made = read(LIBRARY / name), record(gateway, flow, datetime.now(UTC))
    assert _but_provenance(made) == _but_provenance(committed), "the simulator says something else: make library"


def _but_provenance(contract):
    return {key: value for key, value in plain(contract).items() if key not in ("provenance", "integrity")}


# A dispute's answer needs what a delivery tells, and whoever only asks hears none.
ASKED = [name for name in NAMES if not name.endswith("/dispute.json")]


@pytest.mark.parametrize("name", ASKED)
def test_a_contract_holds_of_its_own_replay(name):
    contract = read(LIBRARY / name)
    replay = Replay([contract])
    verdict = verify(contract, WsgiUpstream(replay), environment={}, seed=name)
    replay.check()
    assert verdict.holds


def test_no_contract_calls_a_simulator_a_sandbox():
    for name in NAMES:
        contract = read(LIBRARY / name)
        assert contract.provenance.source in (Source.SIMULATOR, Source.SANDBOX)
        if "gateway.test" in contract.provenance.upstream:
            assert contract.provenance.source is Source.SIMULATOR


def _run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_the_command_line_audits_and_lists():
    assert _run("audit").output == f"{len(NAMES)} contracts, 0 errors\n"
    assert len(_run("list").output.splitlines()) == len(NAMES)


@pytest.mark.parametrize("gateway", known_policies())
def test_the_command_line_verifies_a_simulator(gateway):
    told = _run("verify", gateway)
    assert told.exit_code == 0, told.output
    assert told.output.startswith("# Drift: none")
    assert f"left out: {gateway}/dispute, accept_dispute: needs what only a delivery tells" in told.output


def test_the_command_line_says_what_it_could_not_reach(tmp_path):
    assert _run("drift", GATEWAY, "--upstream", "http://127.0.0.1:9").exit_code == 3
    assert _run("verify", GATEWAY, "--app", "no.such:thing").exit_code == 2
    assert _run("drift", GATEWAY).exit_code == 2
    assert _run("verify", "nobody", "--upstream", "http://127.0.0.1:9").exit_code == 2
    (tmp_path / GATEWAY).mkdir()
    (tmp_path / GATEWAY / "x.json").write_text("{")
    assert _run("audit", tmp_path).exit_code == 1


def test_the_command_line_imports_what_it_exported(tmp_path):
    archive = tmp_path / "sale.har"
    archive.write_text(_run("export", "har", LIBRARY / GATEWAY / "sale.json").output)
    refused = _run("import", "har", archive, "--gateway", GATEWAY, "--id", f"{GATEWAY}/again", "--library", tmp_path)
    assert isinstance(refused.exception, Refused)  # a contract's placeholders are nobody's traffic
    assert list(tmp_path.iterdir()) == [archive]
    archive.write_text(json.dumps({"log": {"entries": [ENTRY]}}))
    told = _run("import", "har", archive, "--gateway", GATEWAY, "--id", f"{GATEWAY}/again", "--library", tmp_path)
    assert told.exit_code == 0, told.output
    assert read(tmp_path / GATEWAY / "again.json").provenance.source is Source.IMPORTED
    assert _run("export", "pact", LIBRARY / GATEWAY / "sale.json").exit_code == 0


def test_the_schema_beside_the_library_is_that_of_the_format():
    assert json.loads((LIBRARY / "schema.json").read_text()) == json_schema()
    assert json.loads(_run("schema").output) == json_schema()


def test_a_gateway_that_changed_is_told_by_the_exit_code(tmp_path):
    app = tmp_path / "changed_gateway.py"
    app.write_text(
        "def make(name):\n"
        "    def app(environ, start):\n"
        "        start('500 Down', [('Content-Type', 'application/json')])\n"
        "        return [b'{}']\n"
        "    return app\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(tmp_path))
        assert _run("verify", GATEWAY, "--app", "changed_gateway:make").exit_code in (2, 3)


def test_replay_opens_no_socket():
    source = Path(import_module("contracts.replay").__file__).read_text()
    assert not [name for name in ("httpx", "socket", "urllib.request", "requests") if f"import {name}" in source]
