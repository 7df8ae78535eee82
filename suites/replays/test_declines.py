"""A recorded decline is an outcome: what the gateway publishes of the test value that caused it."""

import pytest

from runtime.core.payments import Authorize
from runtime.core.vocabulary import PaymentStatus
from suites.marks import lanes, requirement, requires, tells

pytestmark = [requires(Authorize), lanes("replay", "sandbox"), tells("decline")]


@pytest.fixture
def declined(story):
    (told,) = story.plays()
    assert told.row.decline, "the scenario does not say what the card is declined for"
    assert told.answer.error is not None, f"a decline without a reason: {told.answer}"
    return told


@pytest.fixture
def expected(declined, certification):
    rows = {row.raw: row for row in certification.profile.expectations() if row.kind == "decline"}
    return rows[declined.row.decline]


@requirement("ERR-001")
def test_a_recorded_decline_has_the_right_code(declined, expected):
    assert declined.answer.error.code in expected.unified


@requirement("ERR-002")
def test_a_recorded_decline_has_the_right_retry_advice(declined, expected):
    assert declined.answer.error.retry in expected.retry


@requirement("ERR-003")
def test_the_gateways_own_code_travels_along(declined):
    assert declined.answer.error.raw_code == declined.row.decline
    assert declined.answer.error.message, "the gateway's message was lost"


@requirement("ERR-004")
def test_a_recorded_decline_keeps_its_id_and_takes_nothing(declined):
    assert (declined.row.settled.authorised, declined.row.settled.captured) == (0, 0)
    assert declined.answer.status is PaymentStatus.FAILURE
    assert declined.answer.payment_id
    assert not declined.answer.captured or declined.answer.captured.minor == 0
