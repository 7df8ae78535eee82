"""Adyen's own OpenAPI document describes what its simulator answers, and recordings of it."""

import json
from importlib import import_module

from contracts.format import read
from contracts.lock import files
from contracts.openapi import read_specification
from contracts.tape import Message
from contracts.verify import WsgiUpstream, verify
from mock_gateways.app import create_app
from tests.contracts.library import LIBRARY


def test_what_the_simulator_answers_is_as_published(reference):
    spec = read_specification(reference / "specs" / "adyen-checkout-v72.json")
    app = create_app("adyen", settings=import_module("suites.profiles.adyen").PROFILE.settings)
    wrong, asked = set(), 0
    for path in files(LIBRARY / "adyen"):
        contract = read(path)
        verdict = verify(contract, WsgiUpstream(app), environment={}, seed=path.stem)
        steps = {step.id: step for step in contract.http_steps}
        for outcome in verdict.outcomes:
            request = steps[outcome.step].request
            if steps[outcome.step].actor == "merchant" and request.path.startswith("/v72/"):
                asked += 1
                wrong |= {
                    f"{path.stem}, {outcome.step}: {one}" for one in spec(request.method, request.path, outcome.reply)
                }
    assert asked >= 10
    assert wrong == set()
    changed = json.dumps({"resultCode": "Approved"}).encode()  # no such code is published
    reply = Message((("content-type", "application/json"),), changed, status=200)
    assert spec("POST", "/v72/payments", reply) == ["$.body.resultCode: is not as published: enum"]
