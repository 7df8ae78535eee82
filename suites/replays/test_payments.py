"""What a connector makes of recorded answers is held against what is known of the money, by whoever knows it."""

from contracts.format import Books
from runtime.core.payments import Authorize, Capture, CompleteAuthorize, PaymentOutcome, Refund, RefundOutcome, Void
from runtime.core.vocabulary import CaptureMethod, PaymentStatus
from suites.marks import lanes, requirement, requires, tells
from suites.merchant import UNDER_WAY
from suites.story import wrong_amounts

pytestmark = requires(Authorize)
everywhere = lanes("replay", "sandbox")
NOTHING = Books(authorised=0, captured=0, released=0, refunded=0, disputed=0)


def _is_known_to_be(told, story, certification):
    story.agrees(told, tells_shares=certification.not_claimed("share of a capture") is None)


@requirement("STA-006")
@everywhere
@tells("sale")
def test_a_recorded_sale_is_charged(story, certification):
    (sale,) = story.plays()
    assert sale.row.settled.captured == sale.row.amount, "the scenario is of no sale"
    assert sale.answer.status is PaymentStatus.CHARGED
    _is_known_to_be(sale, story, certification)


@requirement("STA-007")
@everywhere
@requires(Capture, CaptureMethod.MANUAL)
@tells("manual-capture", "partial-capture", "void")
def test_a_recorded_hold_is_authorized(story, certification):
    held, *_ = story.plays()
    assert (held.row.capture, held.row.answered.captured) == ("MANUAL", 0), "the scenario is of no hold"
    assert held.answer.status is PaymentStatus.AUTHORIZED
    _is_known_to_be(held, story, certification)


@requirement("LIF-001")
@everywhere
@requires(Capture, CaptureMethod.MANUAL)
@tells("manual-capture")
def test_a_recorded_capture_takes_the_whole_hold(story, certification):
    _, captured = story.plays()
    assert captured.row.settled.captured == captured.row.settled.authorised
    _is_known_to_be(captured, story, certification)


@requirement("LIF-002")
@everywhere
@requires(Capture, CaptureMethod.MANUAL, "partial capture")
@tells("partial-capture")
def test_a_recorded_partial_capture_takes_just_that_part(story, certification):
    _, captured = story.plays()
    _is_known_to_be(captured, story, certification)
    told = captured.ended.captured
    assert told is None or told.minor == captured.row.amount


@requirement("LIF-004")
@everywhere
@requires(Capture, CaptureMethod.MANUAL, Void)
@tells("void")
def test_a_recorded_void_gives_the_hold_back(story, certification):
    _, voided = story.plays()
    assert voided.row.settled.released == voided.row.settled.authorised
    _is_known_to_be(voided, story, certification)
    assert voided.ended.status in UNDER_WAY | {PaymentStatus.VOIDED}


@requirement("LIF-008")
@everywhere
@requires(Refund)
@tells("partial-refunds")
def test_recorded_refunds_return_part_after_part(story, certification):
    _, *refunds = story.plays()
    assert len({refund.answer.refund_id for refund in refunds}) == len(refunds) > 1
    for refund in refunds:
        assert isinstance(refund.ended, RefundOutcome)
        _is_known_to_be(refund, story, certification)
        assert refund.ended.amount is None or refund.ended.amount.minor == refund.row.amount


@requirement("STA-012")
@everywhere
def test_amounts_are_those_that_are_known(story):
    wrong = []
    for told in story.plays():
        if isinstance(told.answer, PaymentOutcome):
            wrong += [f"{told.row.flow}: {one}" for one in wrong_amounts(told.answer, [told.row.answered])]
    news = [one for one in story.news if isinstance(one, PaymentOutcome)]
    for outcome in news:  # each was true at some time
        wrong += [f"a delivery: {one}" for one in wrong_amounts(outcome, [NOTHING, *_all_books(story)])]
    for outcome in news[-1:] if story.news[-1:] == news[-1:] else []:
        wrong += [f"the last delivery: {one}" for one in wrong_amounts(outcome, [story.rows[-1].settled])]
    assert wrong == []


def _all_books(story):
    """Everything that was so: a hold, too, before it is captured at once."""
    found = [books for row in story.rows for books in (row.answered, row.settled)]
    return found + [NOTHING.model_copy(update={"authorised": books.authorised}) for books in found]


@requirement("STA-008")
@requires(CompleteAuthorize)
@tells("redirect")
def test_a_recorded_payment_that_waits_says_what_to_do(story):
    pending, *_ = story.plays()
    assert (pending.row.answered.waits, pending.row.answered.authorised) == (True, 0), "nobody is waited for"
    assert pending.answer.status is PaymentStatus.AUTHENTICATION_PENDING
    assert pending.answer.next_action is not None
    assert pending.answer.next_action.url or pending.answer.next_action.data, "nothing says what the shopper must do"


@requirement("STA-009")
@requires(CompleteAuthorize)
@tells("redirect")
def test_a_recorded_payment_goes_on_after_the_shopper_came_back(story, certification):
    _, *_, paid = story.plays()
    assert paid.row.settled.captured == paid.row.amount
    assert paid.answer.payment_id
    _is_known_to_be(paid, story, certification)
    assert paid.ended.status is PaymentStatus.CHARGED
