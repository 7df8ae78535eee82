"""A gateway that has changed is found out, by the right name; one that has not is left in peace."""

import copy
import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner

from contracts.__main__ import main
from contracts.drift import DriftClass, Exit, patch, report
from contracts.errors import ContractError
from contracts.replay import Replay
from contracts.tape import Message
from contracts.verify import WebUpstream, WsgiUpstream, verify
from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.contracts.samples import CAPTURE, CREATE, GATEWAY, HOST, KEY_ENV, contract
from tests.contracts.served import served

NOW = datetime(2026, 11, 2, tzinfo=UTC)
GIVEN = {"secret.api_key": "sk_test_drift"}
CARDS = {"card.visa.pan": "4242424242424242", "card.visa.last4": "4242"}


class Changed:
    """A gateway that answers as recorded, and then somebody changes the reply to the capture."""

    def __init__(self, change=lambda reply: reply):
        self._inner, self._change = WsgiUpstream(Replay([_contract()], given=CARDS)), change

    def send(self, request):
        reply = self._inner.send(request)
        return self._change(reply) if request.url.endswith("/capture") else reply


def _contract():
    return contract(CREATE, CAPTURE, cards=[])


def _verdict(upstream):
    return verify(_contract(), upstream, given=GIVEN | CARDS, environment={}, seed="1")


def _body(**changes):
    def change(reply):
        body = json.loads(reply.body)
        for key, value in changes.items():
            if value is ...:
                del body[key]
            else:
                body[key] = value
        return Message(reply.headers, json.dumps(body).encode(), status=reply.status)

    return change


def _status(code):
    return lambda reply: Message(reply.headers, reply.body, status=code)


def _headers(headers):
    return lambda reply: Message(headers, reply.body, status=reply.status)


def _nested(reply):
    body = json.loads(reply.body)
    return Message(reply.headers, json.dumps({"data": body}).encode(), status=reply.status)


def test_an_unchanged_gateway_has_not_drifted():
    told = report([_verdict(Changed())], now=NOW)
    assert (told.asked, told.drifts, told.exit_code) == (2, [], Exit.NONE)


# What upstreams do: by its name the change, and how and where it is to be found.
CHANGES = {
    "status": (_status(201), DriftClass.BREAKING, "$.status"),
    "drop": (_body(status=...), DriftClass.BREAKING, "$.body.status"),
    "add": (_body(brand_new=1), DriftClass.ADDITIVE, "$.body.brand_new"),
    "retype": (_body(amount="700"), DriftClass.BREAKING, "$.body.amount"),
    "enum": (_body(status="done"), DriftClass.VALUE, "$.body.status"),
    "value": (_body(amount=701), DriftClass.VALUE, "$.body.amount"),
    "null": (_body(status=None), DriftClass.BREAKING, "$.body.status"),
    "id shape": (_body(id="0000"), DriftClass.BREAKING, "$.body.id"),
    "carried": (_body(id="pi_" + "Z" * 24), DriftClass.BREAKING, "$.body.id"),
    "nested": (_nested, DriftClass.BREAKING, "$.body.id"),
    "kind": (_headers((("content-type", "text/html"),)), DriftClass.BREAKING, "$.body"),
}


def is_found(change, drift, path):
    """Whether a report names a change by its class and its place, and the exit code follows."""
    told = report([_verdict(Changed(change))], now=NOW)
    code = Exit.ADDITIVE if drift is DriftClass.ADDITIVE else Exit.BREAKING
    return (drift, path) in {(one.drift, one.path) for one in told.drifts} and told.exit_code == code


@pytest.mark.parametrize("name", CHANGES)
def test_each_of_eleven_changes_upstream_is_found(name):
    assert is_found(*CHANGES[name])


@pytest.mark.parametrize("changed", [1.0, True, [], {}])
def test_a_number_is_no_other_kind_of_thing(changed):
    told = report([_verdict(Changed(_body(amount=changed)))], now=NOW)
    assert [one.drift for one in told.drifts] == [DriftClass.BREAKING]


def test_another_time_is_no_drift_where_time_is_volatile():
    class Later(Changed):
        def send(self, request):
            reply = self._inner.send(request)
            return _body(created=1999999999)(reply) if request.url.endswith("payments") else reply

    assert report([_verdict(Later())], now=NOW).drifts == []


def test_an_old_contract_is_stale():
    told = report([_verdict(Changed())], now=datetime(2027, 2, 10, tzinfo=UTC))
    assert [(one.drift, one.detail) for one in told.drifts] == [(DriftClass.STALE, "stale: recorded 2026-11-01")]
    assert told.exit_code == Exit.ADDITIVE


def test_a_slow_gateway_is_told_from_a_changed_one():
    verdict = _verdict(Changed())
    verdict.outcomes[0] = replace(verdict.outcomes[0], elapsed_ms=301)
    assert [one.drift for one in report([verdict], now=NOW).drifts] == [DriftClass.TIMING]


def test_a_reply_against_the_published_schema_is_told():
    told = report([_verdict(Changed())], now=NOW, spec=lambda method, path, reply: [f"{method} breaks it"])
    assert {one.drift for one in told.drifts} == {DriftClass.SPEC}


def test_a_gateway_that_is_down_has_not_drifted():
    with WebUpstream("http://127.0.0.1:9", timeout_s=1) as upstream, pytest.raises(ContractError, match="no answer"):
        _verdict(upstream)


def test_nothing_asked_is_no_success():
    assert report([], now=NOW).exit_code == Exit.COULD_NOT_RUN


def test_a_step_without_its_id_cannot_be_asked():
    lost = copy.deepcopy(CAPTURE)
    lost["request"]["path"] = "/v1/payments/{{create.other}}/capture"
    made = contract(CREATE, lost, cards=[])
    verdict = verify(made, WsgiUpstream(Replay([_contract()], given=CARDS)), given=GIVEN | CARDS, environment={})
    assert verdict.unsent == {"capture": "nothing is known for create.other"}
    assert report([verdict], now=NOW).exit_code == Exit.COULD_NOT_RUN


def test_a_report_shows_no_secret():
    told = report([_verdict(Changed(_body(leak="sk_test_abcdefgh", other="4242424242424242")))], now=NOW)
    for text in (told.as_json(), told.as_markdown()):
        assert "sk_test_abcdefgh" not in text
        assert "4242424242424242" not in text
        assert "$.body.leak" in text


def test_a_report_can_be_read():
    told = report([_verdict(Changed(_body(brand_new=1, status=...)))], now=NOW)
    assert told.as_markdown().splitlines()[0] == "# Drift: 1 breaking, 1 additive"
    assert json.loads(told.as_json())["counts"]["additive"] == 1


def test_what_is_proposed_is_a_patch():
    text = patch(_contract(), contract(CREATE, CAPTURE, cards=[], title="new"))
    assert '-  "title": "hold, then capture a part",\n+  "title": "new",\n' in text


class _Asked:
    """A gateway of four lines, and what it was asked."""

    def __init__(self):
        self.asked = []

    def __call__(self, environ, start):
        self.asked.append(environ["PATH_INFO"])
        start("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
        return [b"{}"]


@pytest.mark.parametrize("command", ["drift", "verify"])
@pytest.mark.parametrize(
    ("upstream", "key", "reason"),
    [
        (None, "sk_live_" + "abcdefgh", "a live key was used"),
        (f"{HOST}.evil.test", "sk_test_drift", "is not among the hosts"),
        (HOST.replace("https", "http"), "sk_test_drift", "is asked without encryption"),
    ],
    ids=["live key", "stranger", "plain"],
)
def test_nobody_is_asked_who_must_not_be(command, upstream, key, reason):
    gateway = _Asked()
    with served(gateway) as url, pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_ENV, key)
        told = CliRunner().invoke(main, [command, GATEWAY, "--upstream", upstream or url])
    assert told.exit_code == Exit.COULD_NOT_RUN, told.output
    assert reason in told.output
    assert key not in told.output
    assert gateway.asked == []


def test_a_simulator_is_known_by_its_one_name_wherever_it_listens():
    app = create_app(GATEWAY, clock="wall")
    with serving(app) as url:
        told = CliRunner().invoke(main, ["drift", GATEWAY, "--upstream", url])
    assert told.exit_code == Exit.NONE, told.output
