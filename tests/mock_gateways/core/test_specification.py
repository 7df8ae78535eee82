"""Specifications: one table says what a call takes; requests are checked by it, and it is described in JSON Schema."""

import jsonschema_rs
import pytest

from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.core.specification import Reader, specification_schema

SPECIFICATION = {"name": "text", "size": ("small", "large"), "address": {"street": "text"}}


def _refusal(text):
    return Refusal(Reply(400, text), began=False)


def _text(value, name):
    if not isinstance(value, str):
        raise _refusal(f"malformed {name}")
    return value.strip()


def _choose(value, choices, name):
    if value not in choices:
        raise _refusal(f"malformed {name}")
    return value


READER = Reader(
    at=lambda path, name: f"{path}/{name}",
    kinds={"text": _text},
    choose=_choose,
    nested=lambda value, _: None if value == "" else value,
    unknown=lambda names: _refusal(f"unknown {' '.join(names)}"),
    missing=lambda name: _refusal(f"missing {name}"),
)


def _refused(values, *required):
    with pytest.raises(Refusal) as raised:
        READER.read(values, SPECIFICATION, required)
    return raised.value.reply.document


def test_every_value_is_read_by_its_kind():
    read = READER.read({"name": " a ", "size": "large", "address": {"street": " b "}}, SPECIFICATION)
    assert read == {"name": "a", "size": "large", "address": {"street": "b"}}


def test_what_is_null_counts_as_left_out():
    assert READER.read({"name": None, "size": "small"}, SPECIFICATION) == {"size": "small"}
    assert _refused({"name": None}, "name") == "missing /name"


def test_an_object_can_be_unset():
    assert READER.read({"address": ""}, SPECIFICATION) == {"address": ""}


def test_the_unknown_is_refused_before_the_missing_and_that_before_the_malformed():
    assert _refused({"x": 1, "y": 2, "size": "none"}, "name") == "unknown /x /y"
    assert _refused({"size": "none"}, "name") == "missing /name"
    assert _refused({"size": "none"}) == "malformed /size"


def test_a_nested_name_is_told_whole():
    assert _refused({"address": {"street": 1}}) == "malformed /address/street"
    assert _refused({"address": {"lane": "b"}}) == "unknown /address/lane"


@pytest.mark.parametrize(
    ("value", "fits"),
    [
        ({"name": "a"}, True),
        ({"name": "a", "size": "large", "address": {"street": "b"}}, True),
        ({"name": "a", "address": ""}, True),
        ({}, False),
        ({"name": "a", "size": "huge"}, False),
        ({"name": "a", "x": 1}, False),
        ({"name": "a", "address": {"lane": "b"}}, False),
    ],
)
def test_the_schema_says_the_same(value, fits):
    schema = specification_schema(SPECIFICATION, {"text": {"type": "string"}}, ("name",), unset={"const": ""})
    assert jsonschema_rs.Draft202012Validator(schema).is_valid(value) is fits
