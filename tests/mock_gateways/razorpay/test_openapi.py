"""The OpenAPI document says what the simulator does: nothing more is taken, and nothing else is answered."""

import itertools
import string

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

from mock_gateways.app import create_app, find_gateway
from mock_gateways.core.openapi import document
from tests.mock_gateways.fuzzing import fuzzed, reword
from tests.mock_gateways.razorpay.conftest import SECRET, Merchant, card

RAZORPAY = find_gateway("razorpay")
DOCUMENT = document(RAZORPAY)
NAMES = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
APP = create_app("razorpay")
KEYS = itertools.count()
CHECKS = {
    "not_a_server_error": {"expected-statuses": ["2xx", "4xx", "501"]},
    "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "501"]},
    "negative_data_rejection": {"expected-statuses": ["400", "401", "501"]},
}
# What an operation cannot do without, also where JSON Schema cannot say so.
ESSENTIAL = {
    "POST /v1/payments/create/json": ("card", "order_id"),
    "POST /v1/payments/create/redirect": ("card", "order_id"),
    "POST /v1/payments/create/upi": ("vpa", "order_id"),
}


def _fields(operation):
    in_query = {shown["name"].removesuffix("[]") for shown in operation["parameters"] if shown["in"] == "query"}
    content = operation.get("requestBody", {"content": {}})["content"].values()
    return in_query.union(*(part["schema"]["properties"] for part in content))


def _required(operation):
    content = operation.get("requestBody", {"content": {}})["content"].values()
    return [name for part in content for name in part["schema"].get("required", ())]


def _address(path):
    return "/".join("none" if part.startswith("{") else part for part in path.split("/"))


EVERY_NAME = sorted(set().union(*(_fields(operation) for _, _, operation in NAMES.values())))


def test_it_holds_the_simulated_operations_and_no_other():
    simulated = {(o.method, o.path, o.name) for o in RAZORPAY.manifest.operations if o.simulated}
    assert {(method, path, name) for name, (method, path, _) in NAMES.items()} == simulated


def test_every_schema_in_it_is_json_schema():
    for name in DOCUMENT["components"]["schemas"]:
        jsonschema_rs.Draft202012Validator({**DOCUMENT, "$ref": f"#/components/schemas/{name}"})


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_knows_the_documented_fields_and_no_others(merchant, name):
    method, path, operation = NAMES[name]
    answers = {given: merchant.send(method, _address(path), {given: "x"}) for given in [*EVERY_NAME, "surprise"]}
    refused = {given for given, reply in answers.items() if "should not be sent" in reply.text}
    # UPI's own call says what it makes of a method by itself.
    assert {*EVERY_NAME, "surprise"} - refused == _fields(operation)


@pytest.mark.parametrize("name", NAMES)
def test_an_operation_misses_what_is_documented_as_required(merchant, name):
    method, path, operation = NAMES[name]
    error = merchant.send(method, _address(path)).json.get("error", {})
    missing = error.get("field") if error.get("description", "").endswith("field is required.") else None
    assert missing == next(iter(_required(operation)), None)


def _schema():
    config = schemathesis.Config.from_dict(
        {
            "seed": 0,
            "checks": CHECKS,
            "auth": {"openapi": {"basic": {"username": "rzp_test_fuzzed", "password": SECRET}}},
            "generation": {"with-security-parameters": False},
        }
    )
    schema = schemathesis.openapi.from_dict(DOCUMENT, config=config)
    schema.app = APP.wsgi_app
    return schema


OPERATIONS = [result.ok() for result in _schema().get_all_operations()]
# An operation without any field cannot be called wrongly.
CHECKABLE = [one for one in OPERATIONS if _fields(NAMES[one.definition.raw["operationId"]][2])]


def _made(merchant, label):
    """An entity of each kind, in the state in which the operation can be done, by the name of its placeholder."""
    customer = merchant.send("POST", "/v1/customers", {"name": "A"}).json["id"]
    saved = merchant.pay(merchant.order(100), 100, customer_id=customer, recurring=True).payment
    merchant.approve(saved)
    paid = merchant.paid(1500)
    refund = merchant.on(paid, "refund", amount=100).json["id"]
    new = merchant.pay(merchant.order(1500, mode="manual"), 1500).payment
    if "capture" in label:
        merchant.approve(new)
    form = {"file": "a.png", "purpose": "dispute_evidence"}
    return {
        "order_id": merchant.order(1500),
        "payment_id": new if "otp" in label or "capture" in label else paid,
        "refund_id": refund,
        "customer_id": customer,
        "token_id": merchant.read(saved)["token_id"],
        "dispute_id": merchant.mock("POST", "disputes", {"payment": paid})["id"],
        "doc_id": merchant.send("POST", "/v1/documents", form).json["id"],
        "plink_id": merchant.send("POST", "/v1/payment_links", {"amount": 1500}).json["id"],
        "hash": "x",
    }


def _meant(made, label):
    """Values that a random text would never hit."""
    return {
        "amount": st.just(100) if "refund" in label or "contest" in label else st.just(1500),
        "currency": st.just("INR"),
        "method": st.just("upi") if "upi" in label else st.just("card"),
        "card": st.just(card()),
        "vpa": st.sampled_from(["success@razorpay", "failure@razorpay"]),
        "email": st.just("a@example.com"),
        "contact": st.just("+919000090000"),
        "order_id": st.just(made["order_id"]),
        "payment_id": st.just(made["payment_id"]),
        "customer_id": st.just(made["customer_id"]),
        **({"token": st.just(made["token_id"])} if "recurring" in label else {}),
        "recurring": st.just(True),
        "otp": st.text(string.digits, min_size=4, max_size=10),
        "expand": st.just(["payment"]) if "dispute" in label else st.just(["card"]),
        "count": st.integers(1, 100),
        "skip": st.integers(0, 3),
        "from": st.just(946684800),
        "to": st.just(4765046400),
        "notes": st.just({"a": "b"}),
    }


def _by_a_new_merchant(case):
    merchant = Merchant(APP, f"rzp_test_fuzzed_{next(KEYS)}")
    case.headers = {**(case.headers or {}), "Authorization": merchant.basic()}
    return merchant


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_what_the_document_allows_is_answered_as_it_promises(operation):
    required = _required(NAMES[operation.definition.raw["operationId"]][2])

    def prepare(case, data):
        made = _made(_by_a_new_merchant(case), operation.label)
        case.path_parameters = {name: made[name] for name in case.path_parameters or {}}
        for part in (case.body, case.query):
            if isinstance(part, dict):
                essential = [*required, *ESSENTIAL.get(operation.label, ())] if part is case.body else ()
                reword(data, part, essential, _meant(made, operation.label), at_most=2)

    assert 200 in fuzzed(operation, GenerationMode.POSITIVE, prepare)


@pytest.mark.parametrize("operation", CHECKABLE, ids=lambda operation: operation.label)
def test_what_the_document_does_not_allow_is_refused(operation):
    assert 400 in fuzzed(operation, GenerationMode.NEGATIVE, lambda *_: None)
