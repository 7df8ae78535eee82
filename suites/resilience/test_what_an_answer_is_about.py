"""An answer is about what was asked for, in words that are known, whatever our own clock says."""

import pytest

from runtime.core.errors import ConnectorError
from runtime.core.money import Money
from runtime.core.payments import (
    Authorize,
    Capture,
    IncomingWebhook,
    PaymentOutcome,
    Refund,
    RefundOutcome,
)
from runtime.core.vocabulary import CaptureMethod, PaymentStatus, Recovery, RefundStatus
from suites.marks import requirement, requires

TEN = Money.of("10.00", "EUR")
MINUTES = [-600, -120, 120, 600]
UNHEARD_OF = "assay_unheard_of"


@requirement("RES-021")
def test_our_own_clock_changes_nothing_that_is_told(scene, merchant_for):
    for skew in MINUTES:
        assert scene.plays(by=merchant_for(skew_s=skew)) == scene.clean, f"with a clock {skew} s ahead"


@requirement("RES-021")
@requires(Authorize, IncomingWebhook)
@pytest.mark.parametrize("skew", [-240, 240])
def test_a_delivery_is_believed_although_our_clock_is_off(
    listening_merchant, merchant_for, gateway, webhook_secret, skew
):
    listening_merchant.pays(TEN)
    hooks = gateway.webhooks()
    assert hooks, "the gateway sent nothing"
    other = merchant_for(webhook_secrets=(webhook_secret,), skew_s=skew)
    assert [other.hears(hook) for hook in hooks] == [listening_merchant.hears(hook) for hook in hooks]


@requirement("RES-022")
def test_an_answer_about_something_else_is_none(scene_about):
    scene = scene_about
    for identity in sorted(scene.ids()):
        other = identity[:-1] + ("a" if identity[-1] != "a" else "b")
        for step in scene.steps:
            if identity in scene.body(step):
                answer = scene.doctored(scene.body(step).replace(identity, other), step=step)
                assert scene.is_unanswered(answer), f"it was asked about {identity}, and told about {other}: {answer!r}"


@requirement("RES-023")
def test_a_word_nobody_knows_yet_is_unresolved_in_every_flow(scene):
    raw, step = getattr(scene.clean, "raw_status", None), scene.steps[-1]
    for name in [name for name, value in scene.reply(step).items() if value == raw and raw is not None]:
        answer = scene.doctored({**scene.reply(step), name: UNHEARD_OF}, step=step)
        if isinstance(answer, ConnectorError):
            assert scene.is_unanswered(answer), f"{name} was a word nobody knows: {answer!r}"
        else:
            assert (answer.status.value, answer.raw_status) == ("UNRESOLVED", UNHEARD_OF), f"{name}: {answer!r}"


# -- where a delivery is the only one to tell


@pytest.fixture
def heard(listening_merchant, gateway):
    """What was told of payments or refunds, once all of it has arrived."""

    def told(kind):
        gateway.advance(0)
        return [outcome for outcome in listening_merchant.news() if isinstance(outcome, kind)]

    return told


@requirement("RES-024")
@requires(Authorize, IncomingWebhook, Recovery.WEBHOOK)
def test_a_payment_whose_answer_was_lost_is_heard_of(listening_merchant, gateway, heard):
    gateway.plan({"timeout": "after"})
    listening_merchant.tries(listening_merchant.order(TEN))
    known = [identity for identity, balance in gateway.payments().items() if balance.captured]
    assert len(known) == 1, "the payment reached the gateway once"
    charged = [one for one in heard(PaymentOutcome) if one.status is PaymentStatus.CHARGED]
    assert {one.payment_id for one in charged} == set(known)
    assert TEN in {amount for one in charged for amount in (one.amount, one.captured)}


@requirement("RES-024")
@requires(Authorize, Capture, Refund, CaptureMethod.MANUAL, IncomingWebhook, Recovery.WEBHOOK)
def test_a_capture_and_a_refund_whose_answers_were_lost_are_heard_of(listening_merchant, gateway, heard):
    held = listening_merchant.holds(TEN)
    gateway.plan({"timeout": "after"})
    listening_merchant.tries(listening_merchant.capture_of(held, TEN))
    assert (held.payment_id, PaymentStatus.CHARGED) in {(one.payment_id, one.status) for one in heard(PaymentOutcome)}
    gateway.plan({"timeout": "after"})
    listening_merchant.tries(listening_merchant.refund_of(held, TEN))
    returned = {(one.payment_id, one.status, one.amount) for one in heard(RefundOutcome)}
    assert (held.payment_id, RefundStatus.SUCCESS, TEN) in returned
