"""The two clients: one set of rules for retries, tokens and broken connections."""

import asyncio
import gzip
import logging
import traceback
from dataclasses import replace
from random import Random

import httpx
import pytest

from runtime.client import MAX_REPLY_BYTES, AsyncPaymentClient, PaymentClient
from runtime.core import errors
from runtime.core.connector import Capabilities, Connector, Context, Flow, Offer, Token, ask
from runtime.core.messages import HttpRequest
from runtime.core.money import Money
from runtime.core.payments import Authorize, ErrorInfo, LocalMethod, PaymentOutcome, PSync, SetupMandate, StoredMethod
from runtime.core.secret import Secret
from runtime.core.vocabulary import ErrorCode, PaymentMethodType, PaymentStatus, Recovery, RetryAdvice

ORDER = Authorize(request_id="order-1", amount=Money(1000, "EUR"), method=StoredMethod(token="t"))
SYNC = PSync(request_id="sync-1", payment_id="p1")
IDEAL = LocalMethod(kind=PaymentMethodType.IDEAL)
URL = "https://gateway.test/pay"


def _build(context, command):
    bearer = context.token.value.reveal() if context.token else "none"
    headers = (("Authorization", bearer), ("Idempotency-Key", command.idempotency_key))
    return HttpRequest("POST" if command.writes else "GET", URL, headers, b"x")


def _parse(context, command, response):
    if response.status >= 500:
        final = response.header("x-never-again") is not None
        raise errors.unanswered(command, f"HTTP {response.status}", status=response.status, final=final)
    if response.status >= 400:
        after = response.header("retry-after")
        info = ErrorInfo(code=ErrorCode.OTHER, retry=RetryAdvice.LATER)
        raise errors.refused(command, response.status, info, retry_after=float(after) if after else None)
    return PaymentOutcome(status=PaymentStatus.CHARGED, payment_id="p1", raw_status="ok")


def _toy(recovery=(Recovery.SAME_KEY_RETRY,), authenticate=None):
    return Connector(
        name="toy", gateway="toy", version="1", config=dict, authenticate=authenticate,
        capabilities=Capabilities(
            payment_methods={PaymentMethodType.CARD: Offer()},
            currencies=frozenset({"EUR"}), recovery=recovery,
        ),
        flows={Authorize: Flow(_build, _parse), PSync: Flow(_build, _parse)},
    )  # fmt: skip


class Gateway:
    """Answers from a script; remembers what it was sent and how long the client waited."""

    def __init__(self, *script):
        self.script, self.seen, self.waits = list(script), [], []

    def __call__(self, request):
        self.seen.append(request)
        step = self.script.pop(0)
        if isinstance(step, Exception):
            raise step
        return httpx.Response(
            step[0], headers=step[1] if len(step) > 1 else {}, content=step[2] if len(step) > 2 else b"{}"
        )

    def sync(self, command, connector=None, **options):
        client = PaymentClient(
            connector or _toy(), {}, transport=httpx.MockTransport(self), clock=lambda: 1000.0, random=Random(1),
            sleep=self.waits.append, **options,
        )  # fmt: skip
        with client:
            return client.run(command)

    def async_(self, command, connector=None, **options):
        async def go():
            async with AsyncPaymentClient(
                connector or _toy(),
                {},
                transport=httpx.MockTransport(self),
                clock=lambda: 1000.0,
                random=Random(1),
                **options,
            ) as client:
                return await client.run(command)

        return asyncio.run(go())


@pytest.fixture(params=["sync", "async_"])
def run(request, monkeypatch):
    """Run a command against a scripted gateway, through either client."""

    def go(gateway, command, *args, **options):
        async def wait(seconds):
            gateway.waits.append(seconds)

        monkeypatch.setattr("runtime.client.asyncio.sleep", wait)
        return getattr(gateway, request.param)(command, *args, **options)

    return go


OK = (200,)
LOST = httpx.ReadTimeout("lost")


def test_an_outcome_comes_back(run):
    gateway = Gateway(OK)
    assert run(gateway, ORDER).status is PaymentStatus.CHARGED
    assert gateway.waits == []


@pytest.mark.parametrize("failure", [LOST, httpx.ReadError("reset"), httpx.RemoteProtocolError("half"), (503,)])
def test_a_lost_write_is_repeated_with_the_same_key_where_the_gateway_has_keys(run, failure):
    gateway = Gateway(failure, OK)
    assert run(gateway, ORDER).payment_id == "p1"
    assert len({request.headers["Idempotency-Key"] for request in gateway.seen}) == 1
    assert len(gateway.seen) == 2


def test_a_lost_write_is_never_repeated_where_the_gateway_has_no_keys(run):
    gateway = Gateway(LOST, OK)
    with pytest.raises(errors.OutcomeUnknown):
        run(gateway, ORDER, _toy(recovery=(Recovery.WEBHOOK,)))
    assert len(gateway.seen) == 1


def test_a_write_that_never_left_is_repeated_even_without_keys(run):
    gateway = Gateway(httpx.ConnectError("refused"), OK)
    assert run(gateway, ORDER, _toy(recovery=(Recovery.WEBHOOK,))).payment_id == "p1"


def test_what_the_gateway_says_never_to_repeat_is_not_repeated(run):
    gateway = Gateway((500, {"x-never-again": "1"}), OK)
    with pytest.raises(errors.OutcomeUnknown):
        run(gateway, ORDER)
    assert len(gateway.seen) == 1


def test_a_refusal_is_not_repeated(run):
    gateway = Gateway((400,), OK)
    with pytest.raises(errors.RequestRejected):
        run(gateway, ORDER)
    assert len(gateway.seen) == 1


def test_a_rate_limit_waits_as_long_as_the_gateway_asks(run):
    gateway = Gateway((429, {"retry-after": "7"}), OK)
    assert run(gateway, ORDER).payment_id == "p1"
    assert gateway.waits == [7.0]


def test_it_gives_up_after_the_attempts_it_was_given(run):
    gateway = Gateway(LOST, LOST, LOST, OK)
    with pytest.raises(errors.Unavailable):
        run(gateway, SYNC, attempts=3)
    assert len(gateway.seen) == 3
    assert gateway.waits == sorted(gateway.waits), "each wait is longer than the one before"


def test_an_endless_reply_is_cut_off(run):
    gateway = Gateway((200, {}, b"x" * (MAX_REPLY_BYTES + 1)))
    with pytest.raises(errors.OutcomeUnknown, match="larger than"):
        run(gateway, ORDER, attempts=1)


def test_a_small_reply_that_unpacks_to_an_endless_one_is_cut_off(run):
    packed = gzip.compress(bytes(MAX_REPLY_BYTES + 1))
    assert len(packed) < MAX_REPLY_BYTES / 100
    with pytest.raises(errors.OutcomeUnknown, match="larger than"):
        run(Gateway((200, {"content-encoding": "gzip"}, packed)), ORDER, attempts=1)


class Trickle(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A byte every 29 seconds, of which each comes in time, and the last never."""

    def __init__(self, sleep):
        self._sleep, self.count = sleep, 0

    def __iter__(self):
        while True:
            self.count += 1
            self._sleep(29)
            yield b" "

    async def __aiter__(self):
        for byte in self:
            yield byte


def test_a_reply_that_trickles_is_given_up_after_the_timeout(run, monkeypatch):
    now = [0.0]
    monkeypatch.setattr("runtime.client.time.monotonic", lambda: now[0])
    body = Trickle(lambda seconds: now.__setitem__(0, now[0] + seconds))
    gateway = Gateway(OK)
    monkeypatch.setattr(Gateway, "__call__", lambda self, request: httpx.Response(200, stream=body))
    with pytest.raises(errors.OutcomeUnknown, match="too slowly"):
        run(gateway, ORDER, attempts=1, timeout_s=30)
    assert body.count == 2


@pytest.mark.parametrize("place", ["https://elsewhere.test/", "/elsewhere", "//elsewhere.test/pay"])
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_no_credential_anywhere(run, status, place):
    gateway = Gateway(OK, (status, {"location": place}), OK)
    run(gateway, ORDER, _toy(authenticate=_token_exchange("tok", 9e9)), attempts=1)
    assert [str(request.url) for request in gateway.seen] == ["https://gateway.test/token", URL]


@pytest.mark.parametrize(
    ("url", "headers"),
    [
        ("https://gateway.test/pay\r\nX-Injected: 1", ()),
        ("https://gateway.test/a b", ()),
        ("https://gateway.test/\u2028", ()),
        ("https://gateway.test/" + 8000 * "a", ()),
        (URL, (("X-Reference", "order\r\nX-Injected: 1"),)),
        (URL, (("X-Reference", "order\x00"),)),
        (URL, (("X-Reference", "caf\u00e9"),)),
    ],
)
def test_a_request_that_no_line_can_hold_is_refused_before_it_leaves(run, url, headers):
    toy = _toy()
    flow = Flow(lambda context, command: HttpRequest("POST", url, headers), _parse)
    gateway = Gateway(OK)
    with pytest.raises(errors.InvalidCommand):
        run(gateway, ORDER, replace(toy, flows={Authorize: flow}))
    assert gateway.seen == []


@pytest.mark.parametrize("text", ["smile \ud83d", "\udc00"])
def test_half_a_character_is_refused_wherever_it_stands(run, text):
    for command in (replace(ORDER, reference=text), replace(ORDER, method=StoredMethod(token=text))):
        gateway = Gateway(OK)
        with pytest.raises(errors.InvalidCommand, match="surrogate"):
            run(gateway, command)
        assert gateway.seen == []


@pytest.mark.parametrize("url", ["shop.test/back", "https://", "https://[", "https://shop.test/a b", "https://a\r\nb"])
def test_a_return_address_is_a_url(run, url):
    with pytest.raises(errors.InvalidCommand, match="return_url"):
        run(Gateway(OK), replace(ORDER, return_url=url))


@pytest.mark.parametrize("url", ["https://shop.test/back?order=7#top", "http://localhost:8000", "shop-app://paid"])
def test_a_return_address_may_be_an_app(run, url):
    assert run(Gateway(OK), replace(ORDER, return_url=url)).payment_id == "p1"


def _token_exchange(value, expires_at):
    def authenticate(context: Context):
        yield from ask(SYNC, HttpRequest("POST", "https://gateway.test/token"))
        return Token(Secret(value), expires_at)

    return authenticate


def test_a_token_is_fetched_once_and_used(run):
    gateway = Gateway(OK, OK)
    run(gateway, ORDER, _toy(authenticate=_token_exchange("tok", 9e9)))
    assert [request.url.path for request in gateway.seen] == ["/token", "/pay"]
    assert gateway.seen[1].headers["Authorization"] == "tok"


@pytest.mark.parametrize("reply", [(401,), (429,), (500,), (302,), LOST], ids=str)
def test_a_token_shows_in_nothing_that_is_raised_or_logged(run, caplog, reply):
    caplog.set_level(logging.DEBUG)
    gateway, token = Gateway(OK, reply, OK, reply), "canary"
    try:
        printed = repr(run(gateway, ORDER, _toy(authenticate=_token_exchange(token, 9e9)), attempts=1))
    except errors.ConnectorError as error:
        printed = f"{error!r} {vars(error)} {''.join(traceback.format_exception(error))}"
    assert gateway.seen[1].headers["Authorization"] == token
    assert token not in printed + caplog.text


def test_a_refused_token_is_renewed_once_and_no_more(run):
    gateway = Gateway(OK, (401,), OK, (401,))
    with pytest.raises(errors.CredentialsRejected):
        run(gateway, ORDER, _toy(authenticate=_token_exchange("tok", 9e9)))
    assert [request.url.path for request in gateway.seen] == ["/token", "/pay", "/token", "/pay"]


def test_a_token_about_to_expire_is_not_used():
    gateway = Gateway(OK, OK, OK, OK)
    client = PaymentClient(
        _toy(authenticate=_token_exchange("tok", 1010.0)),
        {},
        transport=httpx.MockTransport(gateway),
        clock=lambda: 1000.0,
    )
    with client:
        client.run(ORDER)
        client.run(ORDER)
    assert [request.url.path for request in gateway.seen] == ["/token", "/pay", "/token", "/pay"]


def test_what_is_not_declared_is_refused_before_any_request(run):
    gateway = Gateway()
    with pytest.raises(errors.NotOffered):
        run(gateway, Authorize(request_id="1", amount=Money(1, "USD"), method=StoredMethod(token="t")))
    assert gateway.seen == []


@pytest.mark.parametrize(
    ("command", "names"),
    [
        (Authorize(request_id="r", amount=Money(100, "USD"), method=IDEAL), "IDEAL in USD"),
        (SetupMandate(request_id="r", currency="EUR", method=IDEAL), "IDEAL for mandates"),
        (SetupMandate(request_id="r", currency="GBP", method=StoredMethod(token="t")), "GBP"),
    ],
)  # fmt: skip
def test_a_method_is_refused_in_currencies_and_for_mandates_that_it_is_not_offered_for(command, names):
    toy = _toy()
    methods = {
        PaymentMethodType.CARD: Offer(mandates=True),
        PaymentMethodType.IDEAL: Offer(currencies=frozenset({"EUR"})),
    }
    claims = replace(toy.capabilities, payment_methods=methods, currencies=frozenset({"EUR", "USD"}))
    connector = replace(toy, capabilities=claims, flows={**toy.flows, SetupMandate: Flow(_build, _parse)})
    gateway = Gateway()
    with pytest.raises(errors.NotOffered, match=names):
        gateway.sync(command, connector)
    assert gateway.seen == []
