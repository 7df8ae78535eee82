"""The pacts are verified by Pact's own verifier, against our simulators, over HTTP."""

import json
from importlib import import_module

import pytest
from pact import Verifier

from contracts.exchange.pact import StateEndpoint, pact
from contracts.format import read
from contracts.lock import files
from contracts.policy import known_policies
from contracts.verify import WsgiUpstream
from mock_gateways.app import create_app
from tests.contracts.library import LIBRARY
from tests.contracts.samples import GATEWAY
from tests.contracts.served import served


def _contracts(gateway):
    # What only a delivery tells cannot be asked for by a verifier that hears none.
    return [read(path) for path in files(LIBRARY / gateway) if path.stem != "dispute"]


def _app(gateway):
    return create_app(gateway, settings=import_module(f"suites.profiles.{gateway}").PROFILE.settings)


def verified(gateway, contracts, provider, tmp_path):
    """The verifier's results: of `provider`, in states that the simulator behind it is brought to."""
    app, front = provider
    with served(front) as url, served(StateEndpoint(contracts, WsgiUpstream(app), given={})) as states:
        verifier = Verifier(gateway, host="127.0.0.1")
        verifier.add_transport(protocol="http", port=int(url.rpartition(":")[2]), scheme="http")
        verifier.state_handler(f"{states}/", body=True)
        for contract in contracts:
            file = tmp_path / f"{contract.id.replace('/', '-')}.json"
            file.write_text(json.dumps(pact(contract)))
            verifier.add_source(file)
        try:
            verifier.verify()
        except RuntimeError:
            assert verifier.results["errors"]
        return verifier.results


@pytest.mark.parametrize("gateway", known_policies())
def test_every_pact_is_verified(gateway, tmp_path):
    app, contracts = _app(gateway), _contracts(gateway)
    results = verified(gateway, contracts, (app, app), tmp_path)
    assert results["errors"] == []
    asked = [step for contract in contracts for step in contract.http_steps if step.actor == "merchant"]
    assert len(results["interactionResults"]) == len(asked)


def test_a_provider_that_lost_a_field_is_found(tmp_path):
    app = _app(GATEWAY)

    def without_status(environ, start):
        body = b"".join(app(environ, lambda status, headers, _=None: told.append((status, headers))))
        status, headers = told.pop()
        body = body.replace(b'"status":', b'"state":').replace(b'"status" :', b'"state" :')
        kept = [pair for pair in headers if pair[0].lower() != "content-length"]
        start(status, [*kept, ("Content-Length", str(len(body)))])
        return [body]

    told = []
    contracts = [read(LIBRARY / GATEWAY / "sale.json")]
    assert verified(GATEWAY, contracts, (app, without_status), tmp_path)["errors"]
