"""A reply is held against what its gateway publishes, and what is told never quotes it."""

import json

import pytest

from contracts.errors import ContractInvalid
from contracts.openapi import Specification, read_specification
from contracts.tape import Message

PAYMENT = {
    "type": "object",
    "required": ["id", "amount"],
    "properties": {
        "id": {"type": "string"},
        "amount": {"$ref": "#/components/schemas/Amount"},
        "status": {"type": "string", "enum": ["held", "taken"]},
        "note": {"type": "string", "nullable": True},
    },
}
DOCUMENT = {
    "openapi": "3.0.3",
    "servers": [{"url": "https://gateway.test/v1"}],
    "paths": {
        "/payments/{id}": {"get": {"responses": {
            "200": {"content": {"application/json": {"schema": PAYMENT}}},
            "4XX": {"$ref": "#/components/responses/Refusal"},
        }}},
        "/payments/latest": {"get": {"responses": {"200": {"description": "nothing is said of its body"}}}},
    },
    "components": {
        "schemas": {"Amount": {"type": "integer", "minimum": 0, "exclusiveMinimum": True}},
        "responses": {"Refusal": {"content": {"application/json": {
            "schema": {"type": "object", "required": ["error"]},
        }}}},
    },
}  # fmt: skip
GOOD = {"id": "p", "amount": 5, "status": "held", "note": None}


def _told(body, status=200, path="/v1/payments/p", method="GET", document=DOCUMENT):
    reply = Message((("content-type", "application/json"),), json.dumps(body).encode(), status=status)
    return Specification(document)(method, path, reply)


def test_a_reply_as_published_is_left_in_peace():
    assert _told(GOOD) == []
    assert _told(GOOD | {"unpublished": 1}) == []
    assert _told({"error": {}}, 404) == []


@pytest.mark.parametrize(
    ("told", "wrong"),
    [
        (_told({"amount": 5}), "$.body: is not as published: required (id)"),
        (_told(GOOD | {"amount": "5"}), "$.body.amount: is not as published: type"),
        (_told(GOOD | {"amount": 0}), "$.body.amount: is not as published: minimum"),
        (_told(GOOD | {"status": "sk_live_secret"}), "$.body.status: is not as published: enum"),
        (_told({}, 404), "$.body: is not as published: required (error)"),
        (_told(GOOD, 500), "status 500 is not published"),
        (_told(GOOD, path="/v1/refunds/r"), "GET is published for no such path"),
        (_told(GOOD, method="DELETE"), "DELETE is published for no such path"),
    ],
    ids=["missing", "type", "number", "enum", "refusal", "status", "path", "method"],
)
def test_what_is_not_as_published_is_told_by_its_place(told, wrong):
    assert len(told) == 1
    assert told[0].startswith(wrong) or "exclusiveMinimum" in told[0]


def test_the_path_that_is_written_out_is_meant():
    assert _told({"anything": 1}, path="/v1/payments/latest") == []


def test_a_document_of_another_interface_says_nothing():
    assert _told({"anything": 1}, path="/v9/other") == []


def test_what_may_be_null_is_said_the_newer_way_too():
    newer = json.loads(json.dumps(DOCUMENT)) | {"openapi": "3.1.0"}
    note = newer["paths"]["/payments/{id}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    note["properties"]["note"] = {"type": ["string", "null"]}
    newer["components"]["schemas"]["Amount"] = {"type": "integer", "exclusiveMinimum": 0}
    assert _told(GOOD, document=newer) == []
    assert len(_told(GOOD | {"note": 5, "amount": 0}, document=newer)) == 2


@pytest.mark.parametrize("text", ["[]", "{", '{"openapi": "2.0"}', '{"swagger": "2.0"}', '{"openapi": "3.1.0"}'])
def test_what_is_no_document_is_refused(text, tmp_path):
    (tmp_path / "x.json").write_text(text)
    with pytest.raises(ContractInvalid):
        read_specification(tmp_path / "x.json")
