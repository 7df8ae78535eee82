"""Rules bear Pact's names and mean what Pact's mean; equality, type and all, is the rule where there is none."""

import copy

import pytest

from contracts.errors import ContractError
from contracts.format import Rule
from contracts.matching import Matcher
from contracts.messages import find, segments
from contracts.placeholders import fill, template
from contracts.replay import Replay
from contracts.signers import scheme_of
from contracts.tape import Message
from contracts.verify import WebUpstream, WsgiUpstream, verify
from tests.contracts.samples import CAPTURE, CREATE, contract
from tests.contracts.served import served

CARDS = {"card.visa.pan": "4242424242424242", "card.visa.last4": "4242", "secret.api_key": "sk_test_matching"}


def _compare(expected, actual, rule=None, path="$.body.x"):
    tree = {"headers": {}, "kind": "json", "body": {"x": expected}}
    found, _ = Matcher(tree, {path: Rule(**rule)} if rule else {}, {}).compare(tree | {"body": {"x": actual}}, {})
    return found


@pytest.mark.parametrize(
    ("rule", "recorded", "holds", "fails"),
    [
        ({"match": "equality"}, 1, 1, 1.0),
        ({"match": "type"}, "a", "b", 1),
        ({"match": "type"}, 1, 2, True),
        ({"match": "regex", "regex": "[a-z]+"}, "abc", "xyz", "xyz1"),
        ({"match": "include", "value": "://"}, "a://b", "c://d", "e"),
        ({"match": "integer"}, 1, 2, 2.5),
        ({"match": "integer"}, "1", "22", "2.5"),
        ({"match": "decimal"}, 1.5, 2.5, 2),
        ({"match": "number"}, 1, 2.5, "2"),
        ({"match": "boolean"}, True, False, 0),
        ({"match": "null"}, None, None, 0),
        ({"match": "timestamp"}, "2026-01-01T00:00:00Z", "2027-01-01T00:00:00+01:00", "soon"),
        ({"match": "date"}, "2026-01-01", "2027-02-28", "2027-02-30"),
        ({"match": "notEmpty"}, "a", "b", ""),
        ({"match": "values"}, {"a": 1}, {"b": 2}, [1]),
        ({"match": "enum", "values": ["a", "b"]}, "a", "b", "c"),
        ({"match": "enum", "values": [1]}, 1, 1, True),
        ({"match": "luhn"}, "4242424242424242", "5555555555554444", "4242424242424241"),
        ({"match": "any"}, 1, {"what": "ever"}, ...),
    ],
    ids=lambda value: value["match"] if isinstance(value, dict) and "match" in value else "",
)
def test_each_rule_holds_of_one_value_and_fails_of_another(rule, recorded, holds, fails):
    assert _compare(recorded, holds, rule) == []
    if fails is not ...:
        assert [one.path for one in _compare(recorded, fails, rule)] == ["$.body.x"]


@pytest.mark.parametrize(
    ("recorded", "came", "kind", "path"),
    [
        (1, 1.0, "type", "$.body.x"), (1, True, "type", "$.body.x"), (1, "1", "type", "$.body.x"),
        ("a", None, "type", "$.body.x"), ("a", "b", "value", "$.body.x"),
        ({"a": 1}, {}, "missing", "$.body.x.a"), ({}, {"a": 1}, "added", "$.body.x.a"),
        ([1], [], "missing", "$.body.x[0]"), ([1], [1, 2], "added", "$.body.x[1]"),
        ({"a b": 1}, {"a b": 2}, "value", "$.body.x['a b']"), ([[{"a": 1}]], [[{"a": 2}]], "value", "$.body.x[0][0].a"),
        ("{{s.id}}", 1.5, "carried", "$.body.x"),
    ],
)  # fmt: skip
def test_without_a_rule_everything_counts(recorded, came, kind, path):
    assert [(one.kind, one.path) for one in _compare(recorded, came)] == [(kind, path)]


def test_a_list_may_be_of_any_length_of_one_kind():
    rule = {"match": "type", "min": 1, "max": 3}
    assert _compare([{"a": 1}], [{"a": 1}, {"a": 1}], rule) == []
    assert [one.path for one in _compare([{"a": 1}], [{"a": 1}, {"a": "1"}], rule)] == ["$.body.x[1].a"]
    assert [one.kind for one in _compare([1], [], rule)] == ["rule"]
    assert [one.kind for one in _compare([1], [1, 1, 1, 1], rule)] == ["rule"]


def test_a_rule_may_be_for_every_place_of_a_list():
    rule = {"match": "integer"}
    assert _compare([{"n": 1}, {"n": 2}], [{"n": 5}, {"n": 6}], rule, "$.body.x[*].n") == []


def test_what_must_be_absent_is_a_difference_when_it_comes():
    tree = {"headers": {}, "kind": "json", "body": {}}
    matcher = Matcher(tree, {"$.body.x": Rule(match="absent")}, {})
    assert [one.kind for one in matcher.compare(tree | {"body": {"x": 1}}, {})[0]] == ["rule"]
    assert matcher.compare(tree, {})[0] == []


def test_a_header_that_was_recorded_must_come():
    tree = {"headers": {"retry-after": "1"}, "kind": "empty", "body": None}
    found, _ = Matcher(tree, {}, {}).compare(tree | {"headers": {"other": "1"}}, {})
    assert [(one.kind, one.path) for one in found] == [("missing", "$.headers.retry-after")]


def test_a_value_must_agree_with_itself():
    tree = {"headers": {}, "kind": "json", "body": ["{{s.id}}", "{{s.id}}"]}
    matcher = Matcher(tree, {}, {"s.id": "[a-z]"})
    assert matcher.compare(tree | {"body": ["a", "a"]}, {}) == ([], {"s.id": "a"})
    assert [one.kind for one in matcher.compare(tree | {"body": ["a", "b"]}, {})[0]] == ["carried"]


def test_a_basic_credential_is_read_as_what_it_joins():
    leaf = template("Basic {{secret.id,secret.key|basic}}")
    assert leaf.matches("Basic dXNlcjpwYXNz", {}, {}) == {"secret.id": "user", "secret.key": "pass"}
    assert leaf.matches("Basic dXNlcjpwYXNz", {"secret.id": "other"}, {}) is None
    assert fill("Basic {{secret.id,secret.key|basic}}", {"secret.id": "user", "secret.key": "pass"}) == (
        "Basic dXNlcjpwYXNz"  # RFC 7617
    )


@pytest.mark.parametrize("path", ["$.a", "$.a.b[0]", "$['a b'].c", "$['it\\'s'][2]"])
def test_a_path_finds_what_it_names(path):
    tree = {"a": {"b": [1]}, "a b": {"c": 1}, "it's": [0, 0, 1]}
    assert find(tree, path) in (1, {"b": [1]})
    assert segments(path)


def test_what_is_no_path_is_told():
    with pytest.raises(ValueError, match="no path"):
        segments("$..a")
    with pytest.raises(KeyError):
        find({}, "$.a")


def test_an_unknown_scheme_signs_nothing():
    with pytest.raises(ContractError, match="nobody knows how to sign by 'rot13'"):
        scheme_of("rot13")


def test_a_gateway_is_verified_at_its_address():
    made = contract(CREATE, CAPTURE, cards=[])
    with served(Replay([made], given=CARDS)) as url, WebUpstream(url) as upstream:
        assert verify(made, upstream, given=CARDS, environment={}).holds


def test_a_status_is_asked_for_until_it_is_there():
    class Slow:
        def __init__(self):
            self.asked = 0

        def send(self, request):
            self.asked += 1
            body = b'{"status": "done"}' if self.asked == 3 else b'{"status": "open"}'
            return Message((("content-type", "application/json"),), body, status=200)

    polled = {
        "id": "poll", "kind": "http", "repeat": {"max": 5, "until": {"$.body.status": "done"}},
        "request": {"method": "GET", "path": "/poll", "body": {"empty": True}},
        "response": {"status": 200, "body": {"json": {"status": "done"}}},
    }  # fmt: skip
    upstream, slept = Slow(), []
    assert verify(contract(polled, cards=[]), upstream, environment={}, sleep=slept.append).holds
    assert (upstream.asked, slept) == (3, [2, 4])


def test_verification_tells_two_merchants_apart():
    made = contract(copy.deepcopy(CREATE), CAPTURE, cards=[])
    replay = Replay([made], given=CARDS)
    for seed in ("one", "two"):
        assert verify(made, WsgiUpstream(replay), given=CARDS, environment={}, seed=seed).holds
    assert len(replay.sessions) == 2
