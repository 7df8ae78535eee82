"""A decline is a value: our code, our advice, and the gateway's own words untouched."""

from decimal import Decimal

import pytest

from runtime.core.errors import RequestRejected
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, CreateOrder, PSync, Refund, Void
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentStatus, RefundStatus, RetryAdvice
from suites.instruments import card_from
from suites.marks import REFUND_SEEN, requirement, requires
from suites.scenes import Scene

TEN = Money.of("10.00", "EUR")
pytestmark = requires(Authorize)


def _declined(merchant, gateway, effect):
    gateway.plan(effect)
    outcome = merchant.does(merchant.order(TEN))
    assert outcome.error is not None, "a decline without a reason"
    unauthenticated = outcome.error.code is ErrorCode.AUTHENTICATION_FAILED
    over = {PaymentStatus.FAILURE, PaymentStatus.AUTHENTICATION_FAILED} if unauthenticated else {PaymentStatus.FAILURE}
    assert outcome.status in over, f"{effect} declines the payment, the connector says {outcome.status}"
    return outcome


@requirement("ERR-001")
def test_a_decline_has_the_right_code(merchant, gateway, decline):
    error = _declined(merchant, gateway, {"decline": decline.raw}).error
    assert error.code in decline.unified


@requirement("ERR-002")
def test_a_decline_has_the_right_retry_advice(merchant, gateway, decline):
    error = _declined(merchant, gateway, {"decline": decline.raw}).error
    assert error.retry in decline.retry


@requirement("ERR-002")
@requires(PSync)
def test_a_decline_that_is_read_again_says_what_it_said(merchant, declining_card):
    declined = merchant.tries(merchant.order(TEN, method=card_from(declining_card)))
    if not getattr(declined, "payment_id", None) or merchant.syncs(declined).status is not declined.status:
        return  # nothing is kept of it, or a later try of the same payment is awaited
    seen = merchant.syncs(declined).error
    assert seen is not None, "read again, nothing says why"
    assert (seen.code, seen.retry, seen.raw_code) == (
        declined.error.code,
        declined.error.retry,
        declined.error.raw_code,
    )


@requirement("ERR-003")
@requires("network codes")
def test_the_gateways_own_words_travel_along(merchant, gateway, certification):
    effect = certification.profile.samples["decline with network codes"]
    told = {name: value for name, value in effect.items() if name != "decline"}
    error = _declined(merchant, gateway, effect).error
    assert error.raw_code == effect["decline"]
    assert {name: getattr(error, name) for name in told} == told
    assert error.message, "the gateway's message was lost"


@requirement("ERR-004")
def test_a_decline_keeps_its_id_and_takes_nothing(merchant, gateway):
    declined = merchant.does(merchant.order(TEN, using="declined"))
    assert declined.status is PaymentStatus.FAILURE
    assert declined.payment_id
    assert declined.error is not None, "a decline without a reason"
    assert declined.error.message, "what the gateway says of it was lost"
    assert [balance.captured for balance in gateway.balances()] in ([], [Decimal(0)])
    assert not declined.captured or declined.captured.minor == 0


@requirement("ERR-007")
def test_an_unknown_decline_code_is_a_decline(merchant, gateway):
    error = _declined(merchant, gateway, {"decline": "cat_on_keyboard"}).error
    assert (error.raw_code, error.code) == ("cat_on_keyboard", ErrorCode.OTHER)


@requirement("ERR-013")
@requires("advice codes")
def test_advice_never_to_try_again_outweighs_the_table(merchant, gateway, certification):
    error = _declined(merchant, gateway, certification.profile.samples["decline never to be tried again"]).error
    assert error.retry is RetryAdvice.NEVER


@requirement("ERR-013")
@requires("advice codes")
def test_advice_to_try_again_softens_no_code_that_is_final(merchant, gateway, certification):
    effect = certification.profile.samples["final decline with softer advice"]
    expected = {row.raw: row.retry for row in certification.profile.expectations() if row.kind == "decline"}
    assert _declined(merchant, gateway, effect).error.retry in expected[effect["decline"]]


@requirement("ERR-014")
def test_a_declining_test_card_is_declined_for_its_own_reason(merchant, gateway, certification, declining_card):
    answer = merchant.tries(merchant.order(TEN, method=card_from(declining_card)))
    raw = declining_card.causes.partition(":")[2]
    expected = {row.raw: row for row in certification.profile.expectations() if row.kind == "decline"}
    error = answer.error
    assert not isinstance(answer, RequestRejected), "a declined card is an outcome, not a rejected request"
    assert error is not None, "the card declines"
    assert raw in expected, "the suite does not know what this card is declined for"
    assert error.code in expected[raw].unified
    assert all(balance.captured == 0 for balance in gateway.balances())


@requirement("ERR-017")
@requires(Refund, REFUND_SEEN, "refund fails later", "reason of a failed refund")
def test_a_refund_that_failed_says_why(merchant, gateway):
    paid = merchant.pays(TEN, using="refund fails later")
    refund = merchant.refunds(paid, TEN)
    gateway.advance(30 * 86_400)
    failed = merchant.knows_refund(refund)
    assert failed.status is RefundStatus.FAILURE
    assert failed.error is not None
    assert failed.error.raw_code or failed.error.message, "in the gateway's own words"


@requirement("ERR-021")
@requires(Refund, REFUND_SEEN, "refund fails later", "reason of a failed refund")
def test_every_published_reason_of_a_failed_refund_is_understood(merchant, gateway, certification, refund_failure):
    gateway.set_up_as({certification.profile.samples["setting of refund failures"]: refund_failure.raw})
    refund = merchant.refunds(merchant.pays(TEN, using="refund fails later"), TEN)
    assert refund.error is None, "nothing has failed yet"
    gateway.advance(30 * 86_400)
    error = merchant.knows_refund(refund).error
    assert error is not None, "the refund failed"
    assert error.raw_code == refund_failure.raw
    assert error.code in refund_failure.unified
    assert error.retry in refund_failure.retry


# -- a decline that says nothing of what it is about


def _names(answer):
    """Every id that an answer tells."""
    fields = ("transaction_id", "payment_id", "refund_id", "dispute_id")
    return {getattr(answer, field, None) for field in fields} - {None}


def _bare(certification):
    status, body = certification.profile.samples["bare decline"]
    return {"raw": {"status": status, "headers": {"Content-Type": "application/json"}, "body": body}}


@requirement("ERR-020")
@requires("bare decline")
def test_a_decline_that_names_nothing_is_one_of_what_was_asked_for(scene_about, certification):
    scene = scene_about
    for step in scene.steps:
        answer = scene.plays(_bare(certification), step=step)
        assert answer.error is not None, f"the reply to request {step} was a decline, and it was {answer!r}"
        assert _names(answer) & scene.ids(), f"the decline at request {step} lost the id: {answer!r}"
        assert scene.ledger() in (scene.before, scene.after)


@requirement("ERR-020")
@requires(CreateOrder, "bare decline")
def test_a_decline_that_names_nothing_is_one_of_the_order(merchant, gateway, certification):
    order = merchant.does(merchant.open_order_of(TEN))
    wish = merchant.order(TEN, order_id=order.order_id)
    gateway.plan(_bare(certification), flow="Authorize of an order")
    declined = merchant.does(wish)
    assert declined.status is PaymentStatus.FAILURE
    assert declined.error is not None, "a decline without a reason"
    assert declined.payment_id == order.order_id, "nothing says which order it was"


# -- a decline that says more than one thing

FLOWS = (Authorize, Capture, Void)


def _beside(certification, payment):
    """The gateway's decline of a request, beside a payment as it stands."""
    status, form = certification.profile.samples["decline beside a payment"]
    body = form.replace("{reply}", payment)
    return {"raw": {"status": status, "headers": {"Content-Type": "application/json"}, "body": body}}


@requirement("ERR-022")
@requires(Capture, Void, CaptureMethod.MANUAL, "decline beside a payment")
@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__)
def test_a_decline_beside_a_payment_that_went_through_is_unresolved(merchant, gateway, certification, flow):
    scene = Scene(merchant, gateway, flow)
    told = scene.plays(_beside(certification, scene.body(1)))
    assert told.error is not None, "a decline without a reason"
    assert told.status is PaymentStatus.UNRESOLVED, f"it was declined and went through, the connector says {told}"


@requirement("ERR-023")
@requires(Capture, Void, CaptureMethod.MANUAL, "decline beside a payment")
def test_a_capture_or_void_that_was_declined_leaves_the_hold(merchant, gateway, certification):
    held = merchant.holds(TEN)
    sent = gateway.exchanges()
    assert sent, "the gateway was never asked"
    standing = _beside(certification, sent[-1]["response"]["body"])
    wishes = {
        PaymentStatus.CAPTURE_FAILED: merchant.capture_of(held, TEN),
        PaymentStatus.VOID_FAILED: merchant.void_of(held),
    }
    for failed, wish in wishes.items():
        gateway.plan(standing, flow=type(wish).__name__)
        told = merchant.does(wish)
        assert (told.status, told.payment_id) == (failed, held.payment_id)
        assert told.error is not None, "a decline without a reason"
    assert gateway.balance(held.payment_id).held == TEN.major
