"""Disputes: what the bank took, until when to answer, and what became of it."""

from decimal import Decimal

import pytest

from runtime.core.errors import GatewayRefused
from runtime.core.money import Money
from runtime.core.payments import (
    AcceptDispute,
    Authorize,
    DefendDispute,
    DisputeOutcome,
    DSync,
    IncomingWebhook,
    SubmitEvidence,
)
from runtime.core.vocabulary import DisputeStatus
from suites.marks import DISPUTE_SEEN, requirement, requires
from suites.published import sample

TEN = Money.of("10.00", "EUR")
NOTHING = Decimal(0)
DAY = 86_400
GONE = {DisputeStatus.LOST, DisputeStatus.ACCEPTED, DisputeStatus.EXPIRED}
pytestmark = requires(Authorize, "disputes")


@pytest.fixture
def paid(merchant):
    return merchant.pays(TEN)


@pytest.fixture
def dispute_id(gateway, paid):
    return gateway.dispute(paid.payment_id)


@requirement("LIF-027")
@requires(DISPUTE_SEEN)
def test_a_dispute_says_what_is_at_stake_and_until_when(merchant, gateway, paid, dispute_id):
    seen = merchant.knows_dispute(dispute_id)
    assert (seen.status, seen.dispute_id) == (DisputeStatus.OPENED, dispute_id)
    assert (seen.payment_id, seen.amount) == (paid.payment_id, TEN)
    assert seen.reason, "the bank gave a reason"
    assert seen.respond_by is not None, "a deadline that is not told is missed"
    assert gateway.now() < seen.respond_by < gateway.now() + 60 * DAY
    assert gateway.balance(paid.payment_id).disputed == TEN.major


@requirement("LIF-028")
@requires(AcceptDispute)
def test_accepting_a_dispute_gives_the_money_up(merchant, gateway, paid, dispute_id):
    seen = merchant.does(merchant.acceptance_of(dispute_id))
    assert seen.status is DisputeStatus.ACCEPTED
    if merchant.can(DSync):
        assert merchant.knows_dispute(dispute_id).status in GONE, "the gateway never heard of it"
    assert gateway.balance(paid.payment_id).disputed == TEN.major
    if merchant.can(SubmitEvidence):
        merchant.tries(merchant.evidence_of(dispute_id))  # or the defence is refused for having none
    merchant.fails(merchant.defence_of(dispute_id), GatewayRefused)


@requirement("LIF-029")
@requires(SubmitEvidence)
def test_evidence_handed_in_decides_nothing_yet(merchant, gateway, dispute_id):
    seen = merchant.does(merchant.evidence_of(dispute_id))
    assert seen.status is DisputeStatus.OPENED
    assert gateway.waits_for(dispute_id) is None, "the bank has been asked to decide"


@requirement("LIF-030")
@requires(SubmitEvidence, DefendDispute, DISPUTE_SEEN)
@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_a_contested_dispute_is_decided_by_the_bank(merchant, gateway, paid, dispute_id, verdict):
    merchant.does(merchant.evidence_of(dispute_id))
    assert merchant.does(merchant.defence_of(dispute_id)).status is DisputeStatus.CHALLENGED
    assert gateway.waits_for(dispute_id) == "dispute", "the defence never reached the bank"
    (gateway.approve if verdict == "won" else gateway.reject)(dispute_id)
    seen = merchant.knows_dispute(dispute_id)
    won = verdict == "won"
    assert seen.status is (DisputeStatus.WON if won else DisputeStatus.LOST)
    assert gateway.balance(paid.payment_id).disputed == (NOTHING if won else TEN.major)


@requirement("LIF-031")
@requires(DISPUTE_SEEN)
def test_a_dispute_that_nobody_answered_is_gone(merchant, gateway, paid, dispute_id):
    gateway.advance(60 * DAY)
    assert merchant.knows_dispute(dispute_id).status in GONE
    assert gateway.balance(paid.payment_id).disputed == TEN.major


@requirement("MON-017")
@requires(DISPUTE_SEEN)
def test_amounts_at_stake_are_in_iso_units(merchant, gateway, departing_currency):
    amount = sample(departing_currency)
    dispute_id = gateway.dispute(merchant.pays(amount).payment_id)
    assert merchant.knows_dispute(dispute_id).amount == amount


@requirement("WEB-021")
@requires(IncomingWebhook)
def test_a_dispute_is_heard_of(listening_merchant, gateway):
    paid = listening_merchant.pays(TEN)
    before = {hook.id for hook in gateway.webhooks()}
    dispute_id = gateway.dispute(paid.payment_id)
    fresh = [hook for hook in gateway.webhooks() if hook.id not in before]
    told = [event.outcome for hook in fresh for event in listening_merchant.hears(hook).events]
    disputes = [outcome for outcome in told if isinstance(outcome, DisputeOutcome)]
    assert disputes, "no delivery told of the dispute"
    last = disputes[-1]
    assert (last.status, last.dispute_id) == (DisputeStatus.OPENED, dispute_id)
    assert (last.payment_id, last.amount) == (paid.payment_id, TEN)


# -- what is heard: not every gateway lets a dispute be read back


@pytest.fixture
def disputed(listening_merchant, gateway):
    """The id of a dispute about a payment whose merchant listens."""
    return gateway.dispute(listening_merchant.pays(TEN).payment_id)


@pytest.fixture
def hears(listening_merchant):
    """What was last heard of a dispute."""

    def last(dispute_id):
        told = [outcome for outcome in listening_merchant.news() if isinstance(outcome, DisputeOutcome)]
        about = [outcome for outcome in told if outcome.dispute_id == dispute_id]
        assert about, f"no delivery told of the dispute; what was heard is {told}"
        return about[-1]

    return last


@requirement("WEB-021")
@requires(IncomingWebhook)
def test_a_dispute_that_is_heard_of_says_until_when(gateway, hears, disputed):
    seen = hears(disputed)
    assert seen.reason, "the bank gave a reason"
    assert seen.respond_by is not None, "a deadline that is not told is missed"
    assert gateway.now() < seen.respond_by < gateway.now() + 60 * DAY


@requirement("WEB-021")
@requires(SubmitEvidence, DefendDispute, IncomingWebhook)
@pytest.mark.parametrize("verdict", ["won", "lost"])
def test_how_a_contested_dispute_ends_is_heard_of(listening_merchant, gateway, hears, disputed, verdict):
    listening_merchant.does(listening_merchant.evidence_of(disputed))
    listening_merchant.does(listening_merchant.defence_of(disputed))
    assert hears(disputed).status is DisputeStatus.CHALLENGED, "the bank has yet to decide"
    (gateway.approve if verdict == "won" else gateway.reject)(disputed)
    assert hears(disputed).status is (DisputeStatus.WON if verdict == "won" else DisputeStatus.LOST)


@requirement("WEB-021")
@requires(IncomingWebhook)
def test_a_dispute_that_nobody_answered_is_heard_to_be_gone(gateway, hears, disputed):
    gateway.advance(60 * DAY)
    assert hears(disputed).status in GONE


@requirement("WEB-021")
@requires(AcceptDispute, IncomingWebhook)
def test_that_a_dispute_was_accepted_is_heard_of(listening_merchant, gateway, hears, disputed):
    listening_merchant.does(listening_merchant.acceptance_of(disputed))
    gateway.advance(60 * DAY)
    assert hears(disputed).status in GONE - {DisputeStatus.EXPIRED}, "the gateway never heard of it"
