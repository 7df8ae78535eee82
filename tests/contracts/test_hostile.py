"""Whatever a file or a message holds, the answer is a reason, never a crash."""

import json
import re

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.errors import ContractInvalid
from contracts.format import dump, parse
from contracts.matching import Matcher
from contracts.placeholders import mint, pattern_of
from contracts.replay import Replay
from contracts.scanner import Scanner
from tests.contracts.samples import CAPTURE, CREATE, TOLD, contract

TEXT = dump(contract(CREATE, CAPTURE, TOLD))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def _places(tree, path=()):
    if isinstance(tree, dict):
        for key, value in tree.items():
            yield (*path, key)
            yield from _places(value, (*path, key))
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            yield from _places(value, (*path, index))


@settings(deadline=None, derandomize=True)
@given(st.sampled_from(sorted(_places(json.loads(TEXT)), key=str)), JSON)
def test_anything_in_any_place_is_read_or_refused(place, value):
    document = json.loads(TEXT)
    below = document
    for key in place[:-1]:
        below = below[key]
    unchanged = below[place[-1]] == value and type(below[place[-1]]) is type(value)
    below[place[-1]] = value
    try:
        read = parse(json.dumps(document))
    except ContractInvalid:
        return
    # Only what means the same may pass: the hash is over everything but itself.
    assert unchanged or place[0] == "integrity" or json.loads(dump(read)) == json.loads(TEXT)


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=400))
def test_any_bytes_are_no_contract(raw):
    try:
        parse(raw.decode("latin-1"))
    except ContractInvalid:
        return
    raise AssertionError("it was believed")


@settings(deadline=None, derandomize=True)
@given(JSON, JSON)
def test_any_two_messages_can_be_compared(expected, actual):
    tree = {"status": 200, "headers": {}, "kind": "json", "body": expected}
    found, _ = Matcher(tree, {}, {}).compare(tree | {"body": actual}, {})
    assert [str(one) for one in found] or json.dumps(expected) == json.dumps(actual) or expected == actual


@settings(deadline=None, derandomize=True)
@given(JSON)
def test_a_message_is_like_itself(content):
    tree = {"status": 200, "headers": {}, "kind": "json", "body": content}
    assert Matcher(tree, {}, {}).compare(tree, {}) == ([], {})


@settings(deadline=None, derandomize=True)
@given(
    st.binary(max_size=200), st.sampled_from(["application/json", "application/x-www-form-urlencoded", "text/xml", ""])
)
def test_any_request_gets_an_answer_from_the_replay(body, kind):
    replay = Replay([contract(CREATE, cards=[])])
    with httpx.Client(transport=httpx.WSGITransport(replay), base_url="https://gateway.test") as client:
        assert client.post("/v1/payments", content=body, headers={"content-type": kind}).status_code == 599


@settings(deadline=None, derandomize=True)
@given(st.text())
def test_any_text_can_be_looked_through(text):
    Scanner({"secret": "not-in-there"}).text(text)


@settings(deadline=None, derandomize=True)
@given(st.from_regex(r"\A([a-z]{2,4}_)?[0-9A-Za-z]{8,24}(-[0-9a-f]{4}){0,2}\Z"))
def test_what_is_made_of_a_shape_has_that_shape(value):
    pattern = pattern_of(value)
    assert re.fullmatch(pattern, value)
    made = mint(pattern, "seed")
    assert re.fullmatch(pattern, made)
    assert made == mint(pattern, "seed")
