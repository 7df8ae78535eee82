"""What a contract must do wherever it is used: replay, hold of the simulator, pass its audit and Pact's verifier."""

from contracts.audit import audit
from contracts.format import Contract, read
from contracts.lock import files, lock
from contracts.replay import Replay
from contracts.verify import WsgiUpstream, verify
from suites.lanes import simulator
from tests.contracts.test_pact import verified


def recorded(library, gateway: str) -> dict[str, Contract]:
    """What a session left in a library, by flow."""
    return {path.stem: read(path) for path in files(library / gateway)}


def holds_everywhere(gateway: str, library, tmp_path) -> int:
    """Raises AssertionError where one does not; how many exchanges Pact's verifier has seen."""
    contracts = list(recorded(library, gateway).values())
    lock(library)
    assert audit(library).errors == []
    for contract in contracts:
        assert verify(contract, WsgiUpstream(simulator(gateway)), environment={}).holds
        replay = Replay([contract])
        assert verify(contract, WsgiUpstream(replay), environment={}).holds
        replay.check()
    app = simulator(gateway)
    results = verified(gateway, contracts, (app, app), tmp_path)
    assert results["errors"] == []
    return len(results["interactionResults"])
