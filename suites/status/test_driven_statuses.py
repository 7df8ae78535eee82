"""What a connector says of a payment that was really driven is held against the ledger."""

from decimal import Decimal

from runtime.core.errors import GatewayRefused
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, CompleteAuthorize, PSync, Refund, RSync, Void
from runtime.core.vocabulary import CaptureMethod, ErrorCode, NextActionKind, PaymentStatus, RefundStatus, RetryAdvice
from suites import meanings
from suites.marks import PAYMENT_SEEN, REFUND_SEEN, requirement, requires
from suites.merchant import RETURN_URL
from suites.published import in_currency
from suites.texts import said

TEN, FOUR = Money.of("10.00", "EUR"), Money.of("4.00", "EUR")
NOTHING = Decimal(0)
DAY = 86_400
STRANGE = "assay_step"  # what the profiles call it


@requirement("STA-006")
@requires(Authorize)
def test_a_sale_is_charged_when_the_ledger_took_the_money(merchant, gateway, account):
    gateway.set_up_as(account)
    paid = merchant.pays(TEN)
    assert paid.status is PaymentStatus.CHARGED
    assert gateway.balance(paid.payment_id).captured == TEN.major


@requirement("STA-007")
@requires(Authorize, CaptureMethod.MANUAL)
def test_a_hold_is_authorized_and_took_nothing(merchant, gateway, account):
    gateway.set_up_as(account)
    held = merchant.holds(TEN)
    assert held.status is PaymentStatus.AUTHORIZED
    balance = gateway.balance(held.payment_id)
    assert (balance.held, balance.captured) == (TEN.major, NOTHING)


@requirement("STA-008")
@requires(Authorize, CompleteAuthorize, "must authenticate")
def test_a_payment_that_waits_for_the_shopper_has_moved_nothing(merchant, gateway):
    pending = merchant.pays(TEN, using="must authenticate")
    assert pending.status is PaymentStatus.AUTHENTICATION_PENDING
    assert pending.next_action is not None
    assert pending.next_action.url or pending.next_action.data, "nothing says what the shopper must do"
    assert not pending.authorized or not pending.authorized.minor, "nothing is authorised yet"
    told = {*pending.next_action.data.values(), pending.next_action.url} - {None, ""}
    assert RETURN_URL not in told, "it leads back to the shop instead of on to the bank"
    assert told <= said(gateway.exchanges()), f"the gateway never said {told - said(gateway.exchanges())}"
    assert gateway.balance(pending.payment_id).authorised == NOTHING


@requirement("STA-024")
@requires(Authorize, "must authenticate")
def test_a_step_that_nobody_knows_yet_is_handed_on(merchant, gateway, strange_step):
    gateway.plan({"override": strange_step}, flow="Authorize")
    pending = merchant.pays(TEN, using="must authenticate")
    assert gateway.balance(pending.payment_id).authorised == NOTHING
    if pending.status is PaymentStatus.UNRESOLVED:
        assert STRANGE in (pending.raw_status or ""), "nothing says what the gateway asked for"
        return
    assert pending.status is PaymentStatus.AUTHENTICATION_PENDING
    step = pending.next_action
    assert step is not None, "nothing says that the shopper must do something"
    assert (step.kind, step.url) == (NextActionKind.CLIENT_SDK, None), "only the gateway's own code can know what it is"
    told = set(step.data.values()) - {""}
    assert STRANGE in told, "the gateway's own code is not told what it was"
    assert len(told) > 1, "the gateway's own code has nothing to go on with"
    assert told <= said(gateway.exchanges()), f"the gateway never said {told - said(gateway.exchanges())}"


@requirement("STA-025")
@requires(Authorize, CompleteAuthorize)
def test_a_payment_that_waits_to_be_confirmed_is_confirmed(merchant, gateway, unconfirmed_state):
    gateway.plan({"state": unconfirmed_state.name})
    waiting = merchant.pays(TEN)
    assert waiting.status is PaymentStatus.CONFIRMATION_AWAITED
    assert gateway.balance(waiting.payment_id).captured == NOTHING
    paid = merchant.does(merchant.completion_of(waiting, TEN))
    assert paid.status is PaymentStatus.CHARGED
    assert gateway.balance(waiting.payment_id).captured == TEN.major


@requirement("STA-009")
@requires(Authorize, CompleteAuthorize, "must authenticate")
def test_a_payment_goes_on_after_authentication(merchant, gateway):
    pending = merchant.pays(TEN, using="must authenticate")
    returned = gateway.approve(pending.payment_id)
    assert returned, "the shopper was left at the bank: nothing said where to come back to"
    paid = merchant.does(merchant.completion_of(pending, TEN, returned))
    assert paid.status is PaymentStatus.CHARGED
    assert gateway.balance(pending.payment_id).captured == TEN.major


@requirement("STA-010")
@requires(Authorize, CompleteAuthorize, "must authenticate")
def test_a_failed_authentication_fails_the_payment(merchant, gateway):
    pending = merchant.pays(TEN, using="must authenticate")
    returned = gateway.reject(pending.payment_id)
    failed = merchant.does(merchant.completion_of(pending, TEN, returned))
    assert failed.status in {PaymentStatus.AUTHENTICATION_FAILED, PaymentStatus.FAILURE}
    assert failed.error is not None, "nothing says that it was the authentication"
    assert failed.error.code is ErrorCode.AUTHENTICATION_FAILED
    assert gateway.balance(pending.payment_id).authorised == NOTHING


@requirement("STA-011")
@requires(Authorize, CompleteAuthorize, "authenticates, then is declined")
def test_a_decline_after_authentication_is_a_decline(merchant, gateway):
    pending = merchant.pays(TEN, using="authenticates, then is declined")
    returned = gateway.approve(pending.payment_id)
    declined = merchant.does(merchant.completion_of(pending, TEN, returned))
    assert declined.error is not None, "nothing says why"
    assert (declined.status, declined.error.code) == (PaymentStatus.FAILURE, ErrorCode.CARD_DECLINED)
    assert gateway.balance(pending.payment_id).captured == NOTHING


def _agrees(outcome, balance):
    """Amounts are the ledger's where the connector tells them; it may not tell, but it may not tell another."""
    told = {
        "authorized": balance.authorised,
        "capturable": balance.held,
        "captured": balance.captured,
        "refunded": balance.refunded,
    }
    for name, truth in told.items():
        amount = getattr(outcome, name)
        assert amount is None or amount.major == truth, f"{name} is {amount}, the ledger says {truth}"


@requirement("STA-012")
@requires(Authorize, Capture, Refund, CaptureMethod.MANUAL)
def test_amounts_on_outcomes_are_the_ledgers(merchant, gateway, offers):
    held = merchant.holds(TEN)
    _agrees(held, gateway.balance(held.payment_id))
    if offers("capturable amount"):
        assert (held.capturable, held.captured) == (TEN, Money(0, "EUR")), "a hold must say what can be captured"
    if offers("authorized amount"):
        assert held.authorized == TEN, "a hold must say what is held"
    part = FOUR if offers("partial capture") else TEN
    captured = merchant.learns(merchant.captures(held, part))
    _agrees(captured, gateway.balance(held.payment_id))
    assert captured.captured == part, "a capture must say what was taken"
    merchant.learns(merchant.refunds(captured, FOUR))
    if offers(PSync):
        seen = merchant.syncs(held)
        _agrees(seen, gateway.balance(held.payment_id))
        assert seen.authorized == held.authorized, "what was authorised once is not known any more"
        assert seen.refunded in (FOUR, None)
    if offers(Void):
        voided = merchant.learns(merchant.voids(merchant.holds(TEN)))
        _agrees(voided, gateway.balance(voided.payment_id))


@requirement("STA-013")
@requires(Authorize, Capture, PSync, CaptureMethod.MANUAL)
def test_a_sync_sees_what_happened_since(merchant):
    held = merchant.holds(TEN)
    assert merchant.syncs(held).status is PaymentStatus.AUTHORIZED
    merchant.captures(held, TEN)
    assert merchant.syncs(held).status is PaymentStatus.CHARGED


@requirement("STA-014")
@requires(Authorize, PAYMENT_SEEN, CaptureMethod.MANUAL)
def test_a_hold_that_ran_out_is_expired(merchant, gateway):
    held = merchant.holds(TEN)
    gateway.advance(60 * DAY)
    assert gateway.balance(held.payment_id).held == NOTHING
    assert merchant.knows(held).status in {PaymentStatus.EXPIRED, PaymentStatus.AUTO_REFUNDED}


@requirement("STA-015")
@requires(Authorize, Capture, PSync, CaptureMethod.MANUAL, "capture deadline")
def test_a_hold_can_be_captured_until_it_says(merchant, gateway):
    in_time, too_late = merchant.holds(TEN), merchant.holds(TEN)
    assert in_time.expires_at, "the gateway says until when; the outcome does not"
    gateway.advance(in_time.expires_at - gateway.now() - 60)
    assert merchant.captures(in_time, TEN).status is PaymentStatus.CHARGED
    gateway.advance(120)
    merchant.is_refused(merchant.capture_of(too_late, TEN))
    assert gateway.balance(too_late.payment_id).captured == NOTHING


@requirement("STA-016")
@requires(Authorize, Refund, RSync, "refunds later")
def test_a_refund_is_pending_until_the_ledger_returned_the_money(merchant, gateway):
    paid = merchant.pays(TEN, using="refunds later")
    refund = merchant.refunds(paid, FOUR)
    assert refund.status is RefundStatus.PENDING
    gateway.advance(30 * DAY)
    assert merchant.does(merchant.refund_sync_of(refund)).status is RefundStatus.SUCCESS
    assert gateway.balance(paid.payment_id).refunded == FOUR.major


@requirement("STA-017")
@requires(Authorize, Refund, REFUND_SEEN, "refund fails later")
def test_a_refund_that_fails_later_is_a_failure(merchant, gateway):
    paid = merchant.pays(TEN, using="refund fails later")
    refund = merchant.refunds(paid, FOUR)
    gateway.advance(30 * DAY)
    assert gateway.balance(paid.payment_id).refunded == NOTHING
    assert merchant.knows_refund(refund).status is RefundStatus.FAILURE


@requirement("STA-018")
@requires(PSync)
def test_a_failed_read_is_never_a_failed_payment(merchant, certification):
    error = merchant.fails(PSync(request_id="lost", payment_id=certification.profile.unknown_route_id), GatewayRefused)
    assert error.error.code is ErrorCode.NOT_FOUND


@requirement("STA-023")
@requires(Authorize, PSync, "authorizes late")
def test_a_failed_payment_can_still_be_authorized_late(merchant, gateway, certification):
    kind = meanings.METHOD[certification.profile.instruments["authorizes late"]]
    amount = in_currency(certification, kind)
    begun = merchant.does(merchant.order(amount, method=merchant.method(kind, "late")))
    gateway.advance(DAY // 48)
    failed = merchant.syncs(begun)
    assert failed.status is PaymentStatus.FAILURE
    assert failed.error is not None
    assert failed.error.retry is RetryAdvice.SYNC_FIRST, "a new attempt could be paid besides this one"
    gateway.advance(DAY)
    seen, balance = merchant.syncs(begun), gateway.balance(begun.payment_id)
    assert balance.authorised == amount.major
    assert seen.status is (PaymentStatus.CHARGED if balance.captured else PaymentStatus.AUTHORIZED)
