"""What the shopper or the bank still has to do: said so, waited for, and believed only when it is done."""

from decimal import Decimal

from runtime.core.payments import Authorize, CompleteAuthorize, Void
from runtime.core.vocabulary import NextActionKind, PaymentStatus
from suites.marks import PAYMENT_SEEN, requirement, requires
from suites.merchant import RETURN_URL
from suites.shopper import agrees, refuses
from suites.texts import said

NOTHING = Decimal(0)
DAY = 86_400
WAITING = {PaymentStatus.AUTHENTICATION_PENDING, PaymentStatus.PENDING}
OVER = {
    PaymentStatus.FAILURE,
    PaymentStatus.EXPIRED,
    PaymentStatus.PAYMENT_METHOD_AWAITED,
    PaymentStatus.AUTHENTICATION_FAILED,
}
# Nothing was held yet, so a gateway may as well say that the payment failed as that it was voided.
GIVEN_UP = {PaymentStatus.VOIDED, PaymentStatus.VOID_INITIATED, PaymentStatus.FAILURE, PaymentStatus.EXPIRED}
pytestmark = requires(Authorize)


def _begun(merchant, kind, amount, causes="success"):
    return merchant.does(merchant.order(amount, method=merchant.method(kind, causes)))


@requirement("LIF-014")
def test_a_redirect_says_where_to_go_and_has_moved_nothing(merchant, gateway, redirect_method):
    kind, amount = redirect_method
    pending = _begun(merchant, kind, amount)
    assert pending.status in WAITING
    assert pending.next_action is not None, "nothing says what the shopper must do"
    assert pending.next_action.kind is not NextActionKind.CLIENT_SDK, "the method has a page or a code of its own"
    assert pending.next_action.url or pending.next_action.data
    if pending.next_action.kind is NextActionKind.REDIRECT:
        assert pending.status is PaymentStatus.AUTHENTICATION_PENDING, "it is the shopper who has to do something"
        url = pending.next_action.url or ""
        assert url.startswith("http"), "a redirect goes to an address"
        assert url != RETURN_URL, "it leads back to the shop instead of on to the gateway"
        assert url in said(gateway.exchanges()), f"the gateway never named {url}"
    assert gateway.balance(pending.payment_id).captured == NOTHING


@requirement("LIF-015")
@requires(CompleteAuthorize)
def test_a_shopper_who_turns_back_has_paid_nothing(merchant, gateway, redirect_method):
    kind, amount = redirect_method
    pending = _begun(merchant, kind, amount)
    seen = refuses(merchant, gateway, pending, amount)
    assert seen.status in OVER - {PaymentStatus.PAYMENT_METHOD_AWAITED}
    assert gateway.balance(pending.payment_id).captured == NOTHING


@requirement("LIF-016")
def test_a_debit_is_pending_until_the_bank_settles_it(merchant, gateway, debit_method):
    kind, amount = debit_method
    begun = _begun(merchant, kind, amount)
    assert begun.status in WAITING, f"{kind} was {begun.status} while the ledger had taken nothing"
    assert gateway.balance(begun.payment_id).captured == NOTHING
    paid = agrees(merchant, gateway, begun, amount)
    assert paid.status is PaymentStatus.CHARGED
    assert gateway.balance(begun.payment_id).captured == amount.major


@requirement("LIF-017")
@requires(PAYMENT_SEEN)
def test_a_debit_that_the_bank_returns_is_a_failure_with_a_reason(merchant, gateway, returning_debit):
    kind, amount, causes = returning_debit
    begun = _begun(merchant, kind, amount, causes)
    if gateway.waits_for(begun.payment_id) == "microdeposits":
        gateway.approve(begun.payment_id)
    gateway.advance(30 * DAY)
    assert gateway.balance(begun.payment_id).captured == NOTHING
    seen = merchant.knows(begun)
    assert seen.status is PaymentStatus.FAILURE
    assert seen.error is not None, "a returned debit must say why"
    assert seen.error.raw_code


@requirement("LIF-018")
def test_a_voucher_says_what_to_pay_and_is_paid_later(merchant, gateway, voucher_method):
    kind, amount = voucher_method
    begun = _begun(merchant, kind, amount)
    assert begun.status in WAITING, f"an unpaid voucher was {begun.status}"
    assert begun.next_action is not None
    assert begun.next_action.kind is NextActionKind.DISPLAY
    assert begun.next_action.data, "the shopper needs the voucher's number or page"
    told = {*begun.next_action.data.values(), begun.next_action.url} - {None, ""}
    assert told <= said(gateway.exchanges()), f"the gateway never said {told - said(gateway.exchanges())}"
    assert gateway.balance(begun.payment_id).captured == NOTHING
    paid = agrees(merchant, gateway, begun, amount)
    assert paid.status is PaymentStatus.CHARGED
    assert gateway.balance(begun.payment_id).captured == amount.major


@requirement("LIF-019")
@requires(PAYMENT_SEEN)
def test_a_voucher_that_nobody_pays_runs_out(merchant, gateway, voucher_method):
    kind, amount = voucher_method
    begun = _begun(merchant, kind, amount)
    gateway.advance(60 * DAY)
    assert merchant.knows(begun).status in OVER
    assert gateway.balance(begun.payment_id).captured == NOTHING


@requirement("LIF-020")
@requires(Void, "void before authorization")
def test_a_payment_that_waits_for_the_shopper_can_be_given_up(merchant, gateway, redirect_method):
    kind, amount = redirect_method
    pending = _begun(merchant, kind, amount)
    assert gateway.waits_for(pending.payment_id) is not None, "there is nobody to give up on"
    given_up = merchant.voids(pending)
    assert given_up.status in GIVEN_UP, f"a payment that was given up is {given_up.status}"
    assert gateway.waits_for(pending.payment_id) is None, "the shopper could still pay"
    assert gateway.balance(pending.payment_id).captured == NOTHING
