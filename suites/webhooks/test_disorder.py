"""Webhooks as they arrive: late, twice, in any order, and among whatever else is posted to a public endpoint."""

import json
from itertools import permutations

from runtime.core.errors import ConnectorError
from runtime.core.money import Money
from runtime.core.payments import (
    Authorize,
    Capture,
    CreateOrder,
    IncomingWebhook,
    PaymentOutcome,
    Refund,
    RefundOutcome,
)
from runtime.core.vocabulary import CaptureMethod, PaymentStatus, RefundStatus
from suites.marks import requirement, requires

TEN, FOUR = Money.of("10.00", "EUR"), Money.of("4.00", "EUR")
MINUTE = 60
pytestmark = requires(Authorize, IncomingWebhook)


def _newest(merchant, hooks, payment_id):
    """What a merchant knows of a payment who keeps what happened last, in whatever order it arrives."""
    known = None
    for hook in hooks:
        for event in merchant.hears(hook).events:
            told = event.outcome
            if isinstance(told, PaymentOutcome) and told.payment_id == payment_id:
                assert event.created is not None, f"{hook.type}: nothing tells which of two is older"
                known = event if known is None or event.created >= known.created else known
    return known and known.outcome


def _orders(hooks):
    """All orders of a few deliveries; of many, the two ends and each delivery at the end once."""
    few = len(hooks) <= 4
    turned = [hooks[at:] + hooks[:at] for at in range(len(hooks))]
    return list(permutations(hooks)) if few else [hooks, hooks[::-1], *turned]


@requirement("WEB-025")
@requires(Capture, CaptureMethod.MANUAL)
def test_deliveries_out_of_order_say_which_is_older(listening_merchant, gateway):
    held = listening_merchant.holds(TEN)
    gateway.advance(MINUTE)
    listening_merchant.captures(held, TEN)
    gateway.advance(MINUTE)
    hooks = gateway.webhooks()
    assert len(hooks) > 1, "a hold and its capture are two things to tell"
    for order in _orders(hooks):
        known = _newest(listening_merchant, order, held.payment_id)
        assert known, "nothing was heard of the payment"
        assert known.status is PaymentStatus.CHARGED, f"they came as {[hook.type for hook in order]}"


@requirement("WEB-026")
@requires(CreateOrder)
def test_a_failure_that_comes_late_undoes_no_success(listening_merchant, gateway):
    opened = listening_merchant.does(listening_merchant.open_order_of(TEN))
    listening_merchant.does(listening_merchant.order(TEN, using="declined", order_id=opened.order_id))
    gateway.advance(MINUTE)
    paid = listening_merchant.does(listening_merchant.order(TEN, order_id=opened.order_id))
    assert paid.status is PaymentStatus.CHARGED
    hooks = gateway.webhooks()
    told = [event.outcome for hook in hooks for event in listening_merchant.hears(hook).events]
    assert any(one is not None and getattr(one, "error", None) for one in told), "nobody told of the first try"
    for order in _orders(hooks):
        known = _newest(listening_merchant, order, paid.payment_id)
        assert known, "nothing was heard of the payment"
        assert known.error is None, f"they came as {[hook.type for hook in order]}, and in the end it was {known}"


@requirement("WEB-027")
@requires(Refund)
def test_a_refund_is_heard_of_under_its_own_id_with_its_amount(listening_merchant, gateway):
    other, paid = listening_merchant.pays(TEN), listening_merchant.pays(TEN)
    refund = listening_merchant.refunds(paid, FOUR)
    told = [one for one in listening_merchant.news() if isinstance(one, RefundOutcome)]
    assert told, "no delivery told of the refund"
    assert {one.refund_id for one in told} == {refund.refund_id}
    assert {one.payment_id for one in told} == {paid.payment_id} != {other.payment_id}
    assert {one.amount for one in told} == {FOUR}
    assert (told[-1].status is RefundStatus.SUCCESS) == (gateway.balance(paid.payment_id).refunded == FOUR.major)


@requirement("WEB-028")
@requires("webhook time")
def test_what_is_sent_again_and_signed_anew_has_the_same_event_id(listening_merchant, gateway):
    listening_merchant.pays(TEN)
    hooks = gateway.webhooks()
    assert hooks, "the gateway sent nothing: nothing was paid"
    for hook in hooks:
        again = listening_merchant.hears(gateway.variant(hook, "genuine", age=-MINUTE))
        assert again.events == listening_merchant.hears(hook).events


def _noise(body):
    """What is posted to a public endpoint by whoever finds it."""
    yield b""
    yield b"\x00"
    yield b"\xff\xfe{}"
    yield b"null"
    yield b"[]"
    yield b"{}"
    yield b'{"id": 1, "type": [], "data": "x", "event": {}, "payload": 0, "notificationItems": {}}'
    yield b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><x>&e;</x>"
    yield b"a=b&amount[]=1"
    yield b"[" * 100_000
    yield b'{"a":' * 100_000
    yield b'{"amount": ' + b"9" * 10_000 + b"}"
    yield body[:-1]
    yield body + body
    yield json.dumps(body.decode()).encode()
    yield b"\xef\xbb\xbf" + body + b" " * 1_000_000


@requirement("WEB-029")
def test_whatever_is_posted_to_the_endpoint_is_only_rejected(listening_merchant, driver_for, gateway, webhook_secret):
    listening_merchant.pays(TEN)
    hooks = gateway.webhooks()
    assert hooks, "the gateway sent nothing: nothing was paid"
    driver, genuine = driver_for(webhook_secrets=(webhook_secret,)), hooks[-1]
    odd = tuple((name, f"{value}, \u00e9\u4e2d\x00\ud83d") for name, value in genuine.headers)
    for headers in (genuine.headers, (), odd):
        for body in _noise(genuine.body):
            answer = driver.receive(headers, body)
            assert isinstance(answer, ConnectorError), f"{body[:60]!r} was believed"
            assert answer.error is None or answer.error.raw_code is None, "nothing in it may be told on"


@requirement("WEB-030")
@requires(Capture, CaptureMethod.MANUAL)
def test_hearing_of_a_payment_changes_nothing_at_the_gateway(listening_merchant, gateway):
    listening_merchant.captures(listening_merchant.holds(TEN), TEN)
    listening_merchant.holds(TEN)
    gateway.advance(0)
    before, sent = gateway.payments(), len(gateway.exchanges())
    told = [event for hook in gateway.webhooks() for event in listening_merchant.hears(hook).events]
    assert told, "the gateway sent nothing"
    asked = [exchange["request"] for exchange in gateway.exchanges()[sent:]]
    assert not [one["path"] for one in asked if one["method"] != "GET"], "a delivery made the connector act"
    assert gateway.payments() == before


@requirement("WEB-031")
@requires(Capture, CaptureMethod.MANUAL, "partial capture")
def test_what_is_heard_of_a_part_is_the_part(listening_merchant, gateway):
    held = listening_merchant.holds(TEN)
    listening_merchant.captures(held, FOUR)
    told = [one for one in listening_merchant.news() if isinstance(one, PaymentOutcome) and one.captured is not None]
    taken = [one.captured for one in told if one.payment_id == held.payment_id and one.captured.minor]
    assert taken, "no delivery told how much was taken"
    assert set(taken) == {FOUR}
    assert gateway.balance(held.payment_id).captured == FOUR.major
