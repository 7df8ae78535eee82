"""Every status a gateway publishes is forced once, and judged by what the gateway says it means."""

from runtime.core.money import Money
from runtime.core.payments import Authorize, PSync, Refund, RSync
from runtime.core.vocabulary import PaymentStatus, RefundStatus
from suites import meanings
from suites.marks import requirement, requires

TEN = Money.of("10.00", "EUR")


@requirement("STA-001")
@requires(Authorize, PSync)
def test_a_synced_status_is_read_as_what_it_means(merchant, gateway, payment_state):
    payment = merchant.holds(TEN)
    gateway.plan({"state": payment_state.name})
    seen = merchant.syncs(payment)
    assert seen.status in meanings.PAYMENT[payment_state.meaning], f"{payment_state.raw} means {payment_state.meaning}"
    assert (seen.raw_status, seen.payment_id) == (payment_state.raw, payment.payment_id)


@requirement("STA-002")
@requires(Authorize)
def test_a_status_means_the_same_in_the_reply_to_authorize(merchant, gateway, payment_state):
    gateway.plan({"state": payment_state.name})
    seen = merchant.pays(TEN)
    assert seen.status in meanings.PAYMENT[payment_state.meaning], f"{payment_state.raw} means {payment_state.meaning}"
    assert seen.raw_status == payment_state.raw
    assert seen.payment_id


@requirement("STA-003")
@requires(Authorize, Refund, RSync)
def test_a_refund_status_is_read_as_what_it_means(merchant, gateway, refund_state):
    payment = merchant.pays(TEN)
    gateway.plan({"state": refund_state.name})
    told = merchant.refunds(payment, TEN)
    gateway.plan({"state": refund_state.name})
    seen = merchant.does(merchant.refund_sync_of(told))
    for refund in (told, seen):
        assert refund.status in meanings.REFUND[refund_state.meaning], f"{refund_state.raw}: {refund_state.meaning}"
        assert refund.raw_status == refund_state.raw


@requirement("STA-004")
@requires(Authorize, PSync)
def test_an_unknown_payment_status_is_unresolved(merchant, gateway):
    gateway.plan({"status": "levitating"})
    told = merchant.pays(TEN)
    gateway.plan({"status": "levitating"})
    seen = merchant.syncs(told)
    for payment in (told, seen):
        assert (payment.status, payment.raw_status) == (PaymentStatus.UNRESOLVED, "levitating")
        assert gateway.balance(payment.payment_id).captured == TEN.major, "the id must still find the payment"


@requirement("STA-005")
@requires(Authorize, Refund, RSync)
def test_an_unknown_refund_status_is_unresolved(merchant, gateway):
    payment = merchant.pays(TEN)
    gateway.plan({"status": "levitating"})
    told = merchant.refunds(payment, TEN)
    gateway.plan({"status": "levitating"})
    seen = merchant.does(merchant.refund_sync_of(told))
    for refund in (told, seen):
        assert (refund.status, refund.raw_status) == (RefundStatus.UNRESOLVED, "levitating")
