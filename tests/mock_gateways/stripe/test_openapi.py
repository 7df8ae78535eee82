"""The OpenAPI document says what the simulator does: nothing more is taken, and nothing else is answered."""

import dataclasses
import json

import jsonschema_rs
import pytest
from click.testing import CliRunner

from mock_gateways.__main__ import main
from mock_gateways.app import find_gateway
from mock_gateways.core.openapi import document

STRIPE = find_gateway("stripe")
DOCUMENT = document(STRIPE)
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}


def _form(operation):
    return operation.get("requestBody", {"content": {"-": {"schema": {"properties": {}}}}})["content"]


def _documented(operation):
    """The parameters of query or form, without the brackets of a list."""
    in_query = {shown["name"].removesuffix("[]") for shown in operation["parameters"] if shown["in"] == "query"}
    return in_query.union(*(content["schema"]["properties"] for content in _form(operation).values()))


EVERY_NAME = sorted(set().union(*(_documented(operation) for _, _, operation in OPERATIONS.values())))


def _address(path):
    return "/".join("none" if part.startswith("{") else part for part in path.split("/"))


def test_it_holds_the_simulated_operations_and_no_other():
    simulated = {(o.method, o.path, o.name) for o in STRIPE.manifest.operations if o.simulated}
    assert {(method, path, name) for name, (method, path, _) in OPERATIONS.items()} == simulated


def test_every_schema_in_it_is_json_schema_and_every_reference_leads_somewhere():
    for name in DOCUMENT["components"]["schemas"]:
        jsonschema_rs.meta.validate({**DOCUMENT, "$ref": f"#/components/schemas/{name}"})
        jsonschema_rs.Draft202012Validator({**DOCUMENT, "$ref": f"#/components/schemas/{name}"})


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_knows_the_documented_parameters_and_no_others(merchant, name):
    method, path, operation = OPERATIONS[name]
    answers = {given: merchant.send(method, _address(path), **{given: "x"}) for given in [*EVERY_NAME, "surprise"]}
    refused = {given for given, reply in answers.items() if "parameter_unknown" in reply.text}
    assert {*EVERY_NAME, "surprise"} - refused == _documented(operation)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_misses_what_is_documented_as_required(merchant, name):
    method, path, operation = OPERATIONS[name]
    required = [part for content in _form(operation).values() for part in content["schema"].get("required", ())]
    required += [shown["name"] for shown in operation["parameters"] if shown["in"] == "query" and shown["required"]]
    reply = merchant.send(method, _address(path)).json
    missing = reply["error"]["param"] if reply.get("error", {}).get("code") == "parameter_missing" else None
    assert missing in (
        required[:1] or [None, "type", "charge"]
    )  # one of several may do: type, charge or payment_intent


@pytest.mark.parametrize("name", ["payment_intent", "refund", "customer", "event", "webhook_endpoint"])
def test_what_stripe_always_sends_is_documented_as_always_there(reference, name):
    published = json.loads((reference / "specs" / "stripe-2022-04.json").read_text())["components"]["schemas"][name]
    assert set(published["required"]) <= set(DOCUMENT["components"]["schemas"][name]["required"])


def test_a_gateway_that_does_not_describe_itself_has_no_document():
    with pytest.raises(ValueError, match="does not describe its operations"):
        document(dataclasses.replace(STRIPE, describe=None))


def test_the_command_line_prints_the_same_document():
    printed = CliRunner().invoke(main, ["openapi", "stripe"])
    assert json.loads(printed.output) == DOCUMENT
    assert CliRunner().invoke(main, ["openapi", "strype"]).exit_code == 2
