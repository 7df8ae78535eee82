"""Answers that got lost on the way, and requests that are sent again: the recording answers each key as it did once."""

import pytest

from runtime.core.errors import OutcomeUnknown
from runtime.core.payments import Authorize, Capture, Refund, Void
from runtime.core.vocabulary import CaptureMethod, PaymentStatus
from suites.marks import Once, requirement, requires, tells
from suites.recording import Loss
from suites.story import RETURNED

pytestmark = requires(Authorize)
TAKEN = {PaymentStatus.CHARGED, PaymentStatus.PARTIAL_CHARGED, PaymentStatus.CAPTURE_INITIATED, PaymentStatus.PENDING}
GIVEN_BACK = {PaymentStatus.VOIDED, PaymentStatus.VOID_INITIATED}
lost = pytest.mark.parametrize("loses", [Loss, Loss.reset], ids=["timeout", "reset"])


def _comes_back(story, flow):
    """Lose the answer to the first command of a flow, recover, and go on to the end of the recording."""
    row = story.first(flow)
    story.plays_up_to(row)
    command = story.player.command(row)
    unknown = story.merchant.fails(command, OutcomeUnknown)
    found = story.merchant.recovers(command, unknown)
    story.stage.carried_out(row)
    return found


@requirement("IDM-001")
@requires(Once(Authorize))
@tells("sale")
def test_the_same_request_twice_gets_the_same_answer(story):
    row = story.first("Authorize")
    order = story.player.command(row)
    first, second = story.does(row, order), story.does(row, order)
    assert first == second
    story.stage.finish()


@requirement("IDM-002")
@requires(Once(Refund))
@tells("partial-refunds")
def test_the_same_refund_twice_is_one_refund(story):
    row = story.first("Refund")
    story.plays_up_to(row)
    refund = story.player.command(row)
    first, second = story.does(row, refund), story.does(row, refund)
    assert first.refund_id == second.refund_id


@requirement("RES-001")
@requires(Once(Authorize))
@lost
@tells("sale")
def test_a_lost_sale_is_found_by_recovery(story_with, loses):
    story = story_with(loses("Authorize"))
    assert _comes_back(story, "Authorize").status is PaymentStatus.CHARGED
    story.stage.finish()


@requirement("RES-002")
@requires(Once(Authorize))
@tells("sale")
def test_a_sale_that_never_arrived_is_charged_on_recovery(story_with):
    story = story_with(Loss("Authorize", after=False))
    assert _comes_back(story, "Authorize").status is PaymentStatus.CHARGED
    story.stage.finish()


@requirement("RES-003")
@requires(Once(Capture), CaptureMethod.MANUAL)
@lost
@tells("manual-capture")
def test_a_lost_capture_is_found_by_recovery(story_with, loses):
    assert _comes_back(story_with(loses("Capture")), "Capture").status in TAKEN


@requirement("RES-004")
@requires(Once(Refund))
@lost
@tells("partial-refunds")
def test_a_lost_refund_is_found_by_recovery(story_with, loses):
    found = _comes_back(story_with(loses("Refund")), "Refund")
    assert found.status in RETURNED or found.status.value == "PENDING"


@requirement("RES-005")
@requires(Once(Void), CaptureMethod.MANUAL)
@lost
@tells("void")
def test_a_lost_void_is_found_by_recovery(story_with, loses):
    assert _comes_back(story_with(loses("Void")), "Void").status in GIVEN_BACK


@requirement("RES-007")
@pytest.mark.parametrize("status", [500, 502, 503, 504])
@tells("sale")
def test_a_server_error_after_a_recorded_charge_is_unknown(story_with, status):
    story = story_with(Loss("Authorize", status))
    story.merchant.fails(story.player.command(story.first("Authorize")), OutcomeUnknown)


@requirement("RES-008")
@requires(Capture, CaptureMethod.MANUAL)
@lost
@tells("manual-capture")
def test_an_unknown_capture_keeps_the_transaction_id(story_with, loses):
    story = story_with(loses("Capture"))
    row = story.first("Capture")
    story.plays_up_to(row)
    command = story.player.command(row)
    assert story.merchant.fails(command, OutcomeUnknown).transaction_id == command.payment_id


@requirement("RES-008")
@requires(Refund)
@lost
@tells("partial-refunds")
def test_an_unknown_refund_keeps_the_transaction_id(story_with, loses):
    story = story_with(loses("Refund"))
    row = story.first("Refund")
    story.plays_up_to(row)
    command = story.player.command(row)
    assert story.merchant.fails(command, OutcomeUnknown).transaction_id == command.payment_id
