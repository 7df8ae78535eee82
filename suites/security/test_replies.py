"""A reply can be hostile too: it leads nobody elsewhere, and it takes up neither time nor room without end."""

from contextlib import suppress
from dataclasses import replace

import httpx

from runtime.client import PaymentClient
from runtime.core.errors import ConnectorError, InvalidConfiguration
from runtime.core.payments import Authorize
from suites.driver import ConnectorFault
from suites.marks import requirement, requires
from suites.profiles import Given
from suites.scenes import TEN, contradicts

# Every redirect there is (RFC 9110, 15.4): to a stranger, and to another place of the gateway itself.
ELSEWHERE = [
    (301, "https://stranger.test/v1/payments"),
    (302, "/assay/elsewhere"),
    (303, "https://stranger.test/"),
    (307, "https://stranger.test/v1/payments"),
    (307, "/assay/elsewhere"),
    (308, "//stranger.test/v1/payments"),
]
TOO_LARGE = 16 * 1024 * 1024
DEEP = 50_000


@requirement("SEC-008")
def test_a_redirect_is_no_answer_and_is_never_followed(scene):
    for step in scene.steps:
        for status, place in ELSEWHERE:
            reply = {"status": status, "headers": {"Location": place, "Content-Type": "text/html"}, "body": ""}
            answer = scene.plays({"raw": reply}, step=step)
            where = f"the reply to request {step} was a {status} to {place}"
            assert len(scene.sent()) == step, f"{where}, and more was sent"
            assert scene.is_unanswered(answer), f"{where}, and it was {answer!r}"


@requirement("SEC-009")
def test_a_reply_without_end_is_cut_off(scene):
    answer = scene.plays({"pad": TOO_LARGE}, step=scene.steps[-1])  # one is enough: all of them are read alike
    assert scene.is_unanswered(answer), f"all of it was read, and it was {answer!r}"
    assert scene.plays() == scene.clean, "what came after it was no longer understood"


def _nested(body):
    """Replies that a reader which goes down into everything cannot read."""
    yield "lists in lists", "[" * DEEP + "]" * DEEP
    yield "lists that nobody closes", "[" * DEEP
    yield "objects in objects", '{"a":' * DEEP + "1" + "}" * DEEP
    if body.startswith("{"):
        for what, value in {
            "deep field": "[" * DEEP + "]" * DEEP,
            "long number": "9" * 5000,
            "far number": "1e999",
        }.items():
            yield f"the usual one with a {what}", f'{{"assay_new": {value}, {body[1:]}'


@requirement("SEC-010")
def test_a_reply_nested_without_end_is_no_answer_and_no_crash(scene):
    for step in scene.steps:
        for what, body in _nested(scene.body(step)):
            answer = scene.doctored(body, step=step)
            where = f"the reply to request {step} was {what}"
            wrong = contradicts(answer, scene.clean)
            assert not wrong, f"{where}: {wrong}"
            assert not isinstance(answer, ConnectorError) or scene.is_unanswered(answer), f"{where}: {answer!r}"


@requirement("SEC-013")
@requires(Authorize)
def test_with_no_address_set_it_speaks_to_the_gateways_own_host_over_tls(merchant, certification, own_host):
    reached = []

    def nobody(request):
        reached.append((request.url.scheme, request.url.host))
        raise httpx.ConnectError("nothing leaves this machine")

    config = _with_defaults(certification)
    client = PaymentClient(certification.connector, config, transport=httpx.MockTransport(nobody), attempts=1)
    with suppress(ConnectorError):
        _asked(client, merchant.order(TEN))
    assert set(reached) == {("https", own_host)}


def _asked(client, command):
    try:
        return client.run(command)
    except ConnectorError:
        raise
    except Exception as error:
        raise ConnectorFault(f"raised {type(error).__name__}, which is no ConnectorError") from error


def _with_defaults(certification):
    """The configuration with nothing but what has to be given."""
    profile = certification.profile
    kept = {name: value for name, value in profile.config.items() if not _has_a_default(value)}
    bare = replace(certification, profile=replace(profile, config=kept))
    try:
        return bare.config(certification.credential("nobody"), "", ())
    except (TypeError, InvalidConfiguration) as error:
        raise AssertionError(f"with {', '.join(kept)} alone there is no configuration: {error}") from None


def _has_a_default(setting):
    return setting in (Given.BASE_URL, Given.WEBHOOK_SECRETS) or "{base_url}" in str(setting)
