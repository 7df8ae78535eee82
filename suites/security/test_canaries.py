"""What is secret in a command, a configuration or a delivery shows in nothing that a connector tells or logs."""

import json
import logging
import re
import traceback
from base64 import b64encode

from runtime.core.errors import ConnectorError
from runtime.core.money import Money
from runtime.core.payments import Authorize, IncomingWebhook
from suites.marks import requirement, requires
from suites.texts import secrets_of

TEN = Money.of("10.00", "EUR")
SHORTEST = 6  # a code of three digits is found in anything
BROKEN = [
    {"raw": {"status": 200, "headers": {}, "body": '{"id": 5}'}},
    {"raw": {"status": 500, "headers": {}, "body": "<html>"}},
    {"timeout": "after"},
    {"reset": "before"},
    {"truncate": 100},
    {"rate_limit": {"retry_after": 1}},
]
_signature = re.compile(r"[A-Za-z0-9+/]{40,}={0,2}")


def _printed(answer) -> str:
    """All that a log, an error tracker or a test report would show of an answer."""
    if not isinstance(answer, ConnectorError):
        return f"{answer!r} {answer}"
    chain = "".join(traceback.format_exception(answer))
    return f"{answer!r} {answer} {answer.args} {vars(answer)} {chain}"


def _hidden(scene, credential, config):
    keys = [credential, *secrets_of(config)]
    basic = [b64encode(f"{name}:{secret}".encode()).decode() for name in keys for secret in keys]
    told = [*secrets_of(scene.command), *secrets_of(scene.clean), *keys, *basic]
    return {text for text in told if len(text) >= SHORTEST}


def _repeated(value, secrets):
    """A gateway's own error with what it was sent in each of its sentences, as gateways have been seen to answer."""
    if isinstance(value, dict):
        return {name: _repeated(inner, secrets) for name, inner in value.items()}
    if isinstance(value, list):
        return [_repeated(inner, secrets) for inner in value]
    return f"{value} {secrets}" if isinstance(value, str) and " " in value else value


def _echoes(scene, step, secrets):
    """The replies, as a refusal and as an outage, in which the gateway repeats the secrets."""
    scene.plays({"server_error": 500}, step=step)
    told = scene.sent()[-1]["response"]
    body = json.dumps(_repeated(json.loads(told["body"]), " ".join(sorted(secrets))))
    assert all(secret in body for secret in secrets), "the gateway's errors have no sentence to repeat anything in"
    return [{"raw": {"status": status, "headers": dict(told["headers"]), "body": body}} for status in (400, 401, 500)]


@requirement("SEC-011")
def test_no_secret_shows_in_any_flow_whatever_comes_back(scene, certification, credential, caplog):
    caplog.set_level(logging.DEBUG)
    secrets = _hidden(scene, credential, certification.config(credential, certification.base_url, ()))
    printed = [("the command", repr(scene.command)), ("the outcome", _printed(scene.clean))]
    for step in scene.steps:
        for effect in [*BROKEN, *_echoes(scene, step, secrets)]:
            what = f"{next(iter(effect))} at request {step}"
            printed.append((f"the answer after {what}", _printed(scene.plays(effect, step=step))))
    for where, text in [*printed, ("the log", caplog.text)]:
        shown = [secret for secret in secrets if secret in text]
        assert not shown, f"{len(shown)} secrets show in {where}"


@requirement("SEC-012")
@requires(Authorize, IncomingWebhook)
def test_a_rejected_delivery_does_not_say_what_would_have_been_believed(
    listening_merchant, gateway, webhook_secret, caplog
):
    caplog.set_level(logging.DEBUG)
    listening_merchant.pays(TEN)
    hooks = gateway.webhooks()
    assert hooks, "the gateway sent nothing"
    genuine, forged = (gateway.variant(hooks[-1], name) for name in ("genuine", "wrong_secret"))
    right, wrong = (set(_signature.findall(f"{one.headers} {one.body.decode()}")) for one in (genuine, forged))
    expected = right - wrong
    assert expected, "a delivery carries no signature"
    error = listening_merchant.disbelieves(forged, "a signature of another secret")
    text = _printed(error) + caplog.text
    assert not [one for one in expected if one in text], "whoever reads this can sign that delivery"
    assert webhook_secret not in text
