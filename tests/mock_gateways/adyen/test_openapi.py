"""The OpenAPI document says what the simulated Adyen does, and whoever is fuzzed by it gets what it promises."""

import itertools

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

from mock_gateways.adyen import GATEWAY
from mock_gateways.app import create_app
from mock_gateways.core.openapi import document
from tests.mock_gateways.adyen.conftest import ACCOUNT, CARD, VISA, Merchant
from tests.mock_gateways.fuzzing import fuzzed, reword

KEY, KEYS = "AQEtest_fuzzed", itertools.count()
# That nobody knows a session's result is recorded as a 500; nothing else may answer so.
APP = create_app("adyen", settings={"invalid_session_result_http": 422})
DOCUMENT = document(GATEWAY)
REFUSED = ["400", "403", "404", "422", "501"]
CHECKS = {
    # Any well-formed test key opens a world of its own: Adyen's keys have no form that could be wrong.
    "ignored_auth": {"enabled": False},
    "not_a_server_error": {"expected-statuses": ["2xx", "4xx", "501"]},
    "positive_data_acceptance": {"expected-statuses": ["2xx", *REFUSED]},
    "negative_data_rejection": {"expected-statuses": ["401", *REFUSED]},
}
AMOUNT = {"value": 100, "currency": "EUR"}
# What an operation takes, where random values would never hit.
TAKEN = {
    "amount": st.just(AMOUNT),
    "paymentMethod": st.sampled_from(
        [{**CARD, "number": VISA}, {**CARD, "number": "4917610000000000"}, {"type": "ideal"}, {"type": "klarna"}]
    ),
    "reference": st.sampled_from(["order-1", "order-2"]),
    "returnUrl": st.just("https://shop.example/back"),
    "shopperReference": st.just("shopper-1"),
    "recurringProcessingModel": st.just("CardOnFile"),
    "defenseReasonCode": st.just("SupplyDefenseMaterial"),
    "defenseDocumentType": st.just("DefenseMaterial"),
    "defenseDocuments": st.just(
        [{"defenseDocumentTypeCode": "DefenseMaterial", "contentType": "application/pdf", "content": "JVBERi0="}]
    ),
    "paymentReference": st.just("order-1"),
    "status": st.just("expired"),
}


def _schema():
    config = schemathesis.Config.from_dict(
        {
            "seed": 0,
            "checks": CHECKS,
            "generation": {"with-security-parameters": False},
            "headers": {"X-API-Key": KEY},
        }
    )
    schema = schemathesis.openapi.from_dict(DOCUMENT, config=config)
    schema.app = APP.wsgi_app
    return schema


SCHEMA = _schema()
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


def test_it_holds_the_simulated_operations_and_no_other():
    simulated = {(o.method, o.path, o.name) for o in GATEWAY.manifest.operations if o.simulated}
    shown = {
        (method.upper(), path, operation["operationId"])
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    }
    assert shown == simulated


def test_every_schema_in_it_is_json_schema_and_every_reference_leads_somewhere():
    for name in DOCUMENT["components"]["schemas"]:
        jsonschema_rs.meta.validate({**DOCUMENT, "$ref": f"#/components/schemas/{name}"})
        jsonschema_rs.Draft202012Validator({**DOCUMENT, "$ref": f"#/components/schemas/{name}"})


def _made(merchant):
    """An object of each kind, by the name that parameters and placeholders give it."""
    paid = merchant.pay().json["pspReference"]
    stored = merchant.pay(value=0, shopperReference="shopper-1", storePaymentMethod=True).json["additionalData"]
    wanted = {"amount": AMOUNT, "merchantAccount": merchant.account, "reference": "order-1"}
    order = merchant.send("POST", "/v72/orders", **wanted).json
    session = merchant.send("POST", "/v72/sessions", **wanted, returnUrl="https://shop.example/").json["id"]
    merchant.card("4917610000000000")
    details = merchant.decide()["details"]
    return {
        "paymentPspReference": merchant.hold(),
        "storedPaymentMethodId": stored["tokenization.storedPaymentMethodId"],
        "sessionId": session,
        "sessionResult": merchant.decide(identity=session)["sessionResult"],
        "linkId": merchant.send("POST", "/v72/paymentLinks", **wanted).json["id"],
        "disputePspReference": merchant.mock("POST", "disputes", {"payment": paid})["id"],
        "order": {name: order[name] for name in ("pspReference", "orderData")},
        "details": details,
        "merchantAccount": merchant.account,
        "merchantAccountCode": merchant.account,
    }


def _required(operation):
    for content in (operation.definition.raw.get("requestBody") or {"content": {}})["content"].values():
        return content["schema"].get("required", [])
    return [p["name"] for p in operation.definition.raw["parameters"] if p["in"] == "query" and p.get("required")]


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_what_the_document_allows_is_answered_as_it_promises(operation):
    def prepare(case, data):
        merchant = Merchant(APP, f"{KEY}_{next(KEYS)}", ACCOUNT)
        made = _made(merchant)
        case.path_parameters = {name: made[name] for name in case.path_parameters or {}}
        case.headers = {**(case.headers or {}), "X-API-Key": merchant.key}
        case.headers.pop("Authorization", None)
        for part in (case.body, case.query):
            if isinstance(part, dict):
                reword(
                    data,
                    part,
                    _required(operation),
                    TAKEN | {name: st.just(value) for name, value in made.items()},
                    at_most=2,
                )

    statuses = fuzzed(operation, GenerationMode.POSITIVE, prepare)
    assert statuses & {200, 201, 204}, statuses


@pytest.mark.parametrize("operation", [*filter(_required, OPERATIONS)], ids=lambda operation: operation.label)
def test_what_the_document_does_not_allow_is_refused(operation):
    statuses = fuzzed(operation, GenerationMode.NEGATIVE, lambda *_: None)
    assert statuses & {400, 401, 403, 404, 422}, statuses
