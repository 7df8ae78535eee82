"""Every status a gateway publishes is forced once, and judged by what the gateway says it means."""

from runtime.core.money import Money
from runtime.core.payments import Authorize, DSync, PSync, Refund, RSync, SetupMandate
from runtime.core.vocabulary import DisputeStatus, MandateStatus, PaymentMethodType, PaymentStatus, RefundStatus
from suites import meanings
from suites.marks import requirement, requires

TEN = Money.of("10.00", "EUR")


def _means(status, table, state):
    allowed = meanings.allowed(table, state)
    assert status in allowed, f"{state.raw} means {', '.join(state.meanings)}, which is one of {sorted(allowed)}"


@requirement("STA-001")
@requires(Authorize, PSync)
def test_a_synced_status_is_read_as_what_it_means(merchant, gateway, payment_state):
    payment = merchant.holds(TEN)
    gateway.plan({"state": payment_state.name})
    seen = merchant.syncs(payment)
    assert seen.status in meanings.allowed(meanings.PAYMENT, payment_state), (
        f"{payment_state.raw} means {payment_state.meaning}"
    )
    assert (seen.raw_status, seen.payment_id) == (payment_state.raw, payment.payment_id)


@requirement("STA-002")
@requires(Authorize)
def test_a_status_means_the_same_in_the_reply_to_authorize(merchant, gateway, payment_state):
    gateway.plan({"state": payment_state.name})
    seen = merchant.pays(TEN)
    assert seen.status in meanings.allowed(meanings.PAYMENT, payment_state), (
        f"{payment_state.raw} means {payment_state.meaning}"
    )
    # Not every reply to a payment names its status; one that is named is kept as it is.
    assert seen.raw_status in {payment_state.raw, None}
    assert seen.payment_id


@requirement("STA-003")
@requires(Authorize, Refund)
def test_a_refund_status_is_read_as_what_it_means(merchant, gateway, refund_state):
    payment = merchant.pays(TEN)
    gateway.plan({"state": refund_state.name})
    told = merchant.refunds(payment, TEN)
    answers = [told]
    if merchant.can(RSync):
        gateway.plan({"state": refund_state.name})
        answers.append(merchant.does(merchant.refund_sync_of(told)))
    for refund in answers:
        assert refund.status in meanings.allowed(meanings.REFUND, refund_state), (
            f"{refund_state.raw}: {refund_state.meaning}"
        )
        assert refund.raw_status == refund_state.raw


@requirement("STA-004")
@requires(Authorize)
def test_an_unknown_payment_status_is_unresolved(merchant, gateway):
    gateway.plan({"status": "levitating"})
    told = merchant.pays(TEN)
    answers = [told]
    if merchant.can(PSync):
        gateway.plan({"status": "levitating"})
        answers.append(merchant.syncs(told))
    for payment in answers:
        assert (payment.status, payment.raw_status) == (PaymentStatus.UNRESOLVED, "levitating")
        assert gateway.balance(payment.payment_id).captured == TEN.major, "the id must still find the payment"


@requirement("STA-005")
@requires(Authorize, Refund)
def test_an_unknown_refund_status_is_unresolved(merchant, gateway):
    payment = merchant.pays(TEN)
    gateway.plan({"status": "levitating"})
    told = merchant.refunds(payment, TEN)
    answers = [told]
    if merchant.can(RSync):
        gateway.plan({"status": "levitating"})
        answers.append(merchant.does(merchant.refund_sync_of(told)))
    for refund in answers:
        assert (refund.status, refund.raw_status) == (RefundStatus.UNRESOLVED, "levitating")


@requirement("STA-019")
@requires(Authorize, DSync)
def test_a_dispute_status_is_read_as_what_it_means(merchant, gateway, dispute_state):
    dispute_id = gateway.dispute(merchant.pays(TEN).payment_id)
    gateway.plan({"state": dispute_state.name})
    seen = merchant.does(merchant.dispute_sync_of(dispute_id))
    assert seen.status in meanings.allowed(meanings.DISPUTE, dispute_state), (
        f"{dispute_state.raw} means {dispute_state.meaning}"
    )
    assert seen.raw_status == dispute_state.raw


@requirement("STA-020")
@requires(Authorize, DSync)
def test_an_unknown_dispute_status_is_unresolved(merchant, gateway):
    dispute_id = gateway.dispute(merchant.pays(TEN).payment_id)
    gateway.plan({"status": "levitating"})
    seen = merchant.does(merchant.dispute_sync_of(dispute_id))
    assert (seen.status, seen.raw_status, seen.dispute_id) == (DisputeStatus.UNRESOLVED, "levitating", dispute_id)


@requirement("STA-021")
@requires(SetupMandate)
def test_a_mandate_status_is_read_as_what_it_means(merchant, gateway, setup_state):
    gateway.plan({"state": setup_state.name}, flow="SetupMandate")
    seen = merchant.does(merchant.mandate_of(merchant.method(PaymentMethodType.CARD), "EUR"))
    assert seen.status in meanings.allowed(meanings.MANDATE, setup_state), (
        f"{setup_state.raw} means {setup_state.meaning}"
    )
    assert seen.raw_status == setup_state.raw


@requirement("STA-022")
@requires(SetupMandate, "mandate status in replies")
def test_an_unknown_mandate_status_is_unresolved(merchant, gateway):
    gateway.plan({"status": "levitating"}, flow="SetupMandate")
    seen = merchant.does(merchant.mandate_of(merchant.method(PaymentMethodType.CARD), "EUR"))
    assert (seen.status, seen.raw_status) == (MandateStatus.UNRESOLVED, "levitating")
    assert seen.mandate_id, "the id was lost"
