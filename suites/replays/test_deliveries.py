"""Recorded deliveries, signed anew with a test secret: believed as they are, and in no other form."""

import pytest

from runtime.core.errors import ConnectorError
from runtime.core.payments import (
    AcceptDispute,
    Authorize,
    DisputeOutcome,
    IncomingWebhook,
    PaymentOutcome,
    RefundOutcome,
)
from runtime.core.vocabulary import DisputeStatus, PaymentStatus
from suites.gateway import Webhook
from suites.marks import requirement, requires, tells
from suites.story import GIVEN_UP, RETURNED, allowed

pytestmark = [requires(Authorize, IncomingWebhook), tells(heard=True)]


@pytest.fixture
def variants(story):
    """Every delivery of the scenario in one form: `variants("altered body")`."""
    story.plays()

    def of(name):
        found = [
            Webhook(one.step, one.step, one.headers, one.body)
            for one in story.stage.deliveries()
            if one.variant == name
        ]
        if not found:
            pytest.fail(f"the recording has no delivery to be sent with: {name}")
        return found

    return of


@requirement("WEB-001")
def test_recorded_deliveries_are_believed(story, variants):
    for hook in variants("genuine"):
        delivery = story.merchant.hears(hook)
        assert 200 <= delivery.acknowledgement.status < 300
        assert delivery.events
        assert all(event.event_id for event in delivery.events)


@requirement("WEB-002")
@pytest.mark.parametrize("form", ["altered body", "truncated"])
def test_an_altered_recorded_delivery_is_rejected(story, variants, certification, form):
    # Where a signature has no time, the fifth forgery is a body cut short instead of a stale one.
    found = variants("stale" if form == "truncated" and certification.not_claimed("webhook time") is None else form)
    for hook in found:
        story.merchant.disbelieves(hook, f"an {form}")


@requirement("WEB-003")
def test_a_recorded_delivery_signed_with_another_secret_is_rejected(story, variants):
    for hook in variants("wrong key"):
        story.merchant.disbelieves(hook, "a signature of another secret")


@requirement("WEB-004")
def test_a_recorded_delivery_without_a_signature_is_rejected(story, variants):
    for hook in variants("unsigned"):
        story.merchant.disbelieves(hook, "no signature")


@requirement("WEB-005")
@requires("webhook time")
def test_a_stale_recorded_delivery_is_rejected(story, variants):
    for hook in variants("stale"):
        story.merchant.disbelieves(hook, "a stale timestamp")


@requirement("WEB-015")
@tells("sale")
def test_without_a_secret_no_recorded_delivery_is_believed(story_with, variants):
    try:
        deaf = story_with(webhook_secrets=())
    except ConnectorError:
        return  # a connector may also refuse such a configuration before any delivery comes
    for hook in [*variants("genuine"), *variants("unsigned")]:
        answer = deaf.driver.receive(hook.headers, hook.body)
        assert isinstance(answer, ConnectorError), f"there is no secret to verify {hook.type} with, saw {answer!r}"


@requirement("WEB-016")
def test_a_recorded_delivery_that_comes_twice_has_one_event_id(story, variants):
    once, again = (
        [event.event_id for hook in variants(name) for event in story.merchant.hears(hook).events]
        for name in ("genuine", "duplicate")
    )
    assert once == again
    assert len(set(once)) == len(once), "two different events share an id"


@requirement("WEB-014")
def test_the_last_recorded_delivery_says_what_is_known(story, certification):
    told = story.plays()
    shares = certification.not_claimed("share of a capture") is None
    payments = [news for news in story.news if isinstance(news, PaymentOutcome)]
    if payments:
        assert payments[-1].status in allowed(told[-1].row.settled, tells_shares=shares)
    refunds = {news.refund_id: news for news in story.news if isinstance(news, RefundOutcome)}
    wanted = {one.answer.refund_id for one in told if isinstance(one.answer, RefundOutcome)}
    assert wanted <= refunds.keys(), "a refund was never heard of"
    assert all(refunds[identity].status in RETURNED for identity in wanted)


@requirement("WEB-020")
@tells("decline")
def test_a_recorded_decline_is_heard_of_as_a_decline(story, certification):
    (declined,) = story.plays()
    told = [news for news in story.news if isinstance(news, PaymentOutcome)]
    assert told, "no delivery told of the payment"
    assert told[-1].status is PaymentStatus.FAILURE
    assert told[-1].error is not None, "nothing says why"
    expected = {row.raw: row.unified for row in certification.profile.expectations() if row.kind == "decline"}
    assert told[-1].error.code in expected[declined.row.decline]


@requirement("WEB-021")
@requires(AcceptDispute)
@tells("dispute")
def test_a_recorded_dispute_is_heard_of(story):
    paid, accepted = story.plays()
    opened, *_ = [news for news in story.news if isinstance(news, DisputeOutcome)]
    assert opened.status is DisputeStatus.OPENED
    assert opened.payment_id == paid.answer.payment_id
    assert opened.amount is not None, "a dispute must say what is at stake"
    assert opened.amount.minor == accepted.row.answered.disputed


@requirement("LIF-028")
@requires(AcceptDispute)
@tells("dispute")
def test_accepting_a_recorded_dispute_gives_the_money_up(story):
    *_, accepted = story.plays()
    assert accepted.row.settled.disputed == accepted.row.settled.captured, "the books say that it was won"
    assert accepted.answer.status is DisputeStatus.ACCEPTED
    last = [news for news in story.news if isinstance(news, DisputeOutcome)][-1]
    assert last.status in GIVEN_UP | {DisputeStatus.OPENED}, "what was given up is not won"
