"""Orders and sessions: opened for an amount, paid once, for just that amount."""

from decimal import Decimal

import pytest

from runtime.core.errors import ConnectorError, IntegrityMismatch
from runtime.core.money import Money
from runtime.core.payments import (
    Authorize,
    CreateOrder,
    CreateSessionToken,
    IncomingWebhook,
    PaymentOutcome,
    PSync,
)
from runtime.core.vocabulary import PaymentStatus
from suites.marks import Once, requirement, requires
from suites.published import sample
from suites.shopper import agrees

TEN = Money.of("10.00", "EUR")
NOTHING = Decimal(0)
OVER = {PaymentStatus.FAILURE, PaymentStatus.EXPIRED, PaymentStatus.VOIDED, PaymentStatus.PAYMENT_METHOD_AWAITED}
WAITING = {PaymentStatus.AUTHENTICATION_PENDING, PaymentStatus.PENDING}
DAY = 86_400
WRONG = (
    {"timeout": "after"},
    {"reset": "before"},
    {"html": 502},
    {"malformed": True},
    {"rate_limit": {"retry_after": 1}},
)


def _taken(gateway) -> Decimal:
    return sum((balance.captured for balance in gateway.balances()), NOTHING)


@requirement("LIF-032")
@requires(CreateOrder, Authorize)
def test_an_order_is_paid_for_its_amount(merchant, gateway, offers):
    order = merchant.does(merchant.open_order_of(TEN))
    assert (order.amount, _taken(gateway)) == (TEN, NOTHING)
    assert order.token or not offers("secret of an order"), "nothing opens the order in the shopper's browser"
    paid = merchant.does(merchant.order(TEN, order_id=order.order_id))
    assert paid.status is PaymentStatus.CHARGED
    assert [balance.captured for balance in gateway.balances() if balance.authorised] == [TEN.major]
    merchant.tries(merchant.order(TEN, order_id=order.order_id))
    assert _taken(gateway) == TEN.major, "the order was paid twice"


@requirement("LIF-037")
@requires(CreateOrder, Authorize)
def test_an_order_is_paid_by_every_method(merchant, gateway, paid_method):
    kind, amount = paid_method
    order = merchant.does(merchant.open_order_of(amount))
    begun = merchant.does(merchant.order(amount, method=merchant.method(kind), order_id=order.order_id))
    paid = agrees(merchant, gateway, begun, amount)
    assert paid.status is PaymentStatus.CHARGED
    assert [balance.captured for balance in gateway.balances() if balance.authorised] == [amount.major]


@requirement("LIF-043")
@requires(CreateOrder, Authorize, PSync, "must authenticate")
@pytest.mark.parametrize(
    "attempts",
    [(), ("declined",), ("declined", "approved"), ("declined", "must authenticate"), ("must authenticate", "declined")],
    ids=lambda attempts: ", then ".join(attempts) or "nobody tries",
)
def test_an_order_is_told_by_the_attempt_that_got_furthest(merchant, gateway, attempts):
    order = merchant.does(merchant.open_order_of(TEN))
    for using in attempts:
        gateway.advance(60)
        merchant.tries(merchant.order(TEN, using=using, order_id=order.order_id))
    told = merchant.does(merchant.order_sync_of(order, TEN))
    if "approved" in attempts:
        assert told.status is PaymentStatus.CHARGED
    elif gateway.waiting():
        assert told.status in WAITING, "the shopper can still pay"
    else:
        assert told.status in OVER, "nobody has paid, and nobody is asked to"


@requirement("RES-025")
@requires(CreateOrder, Authorize)
@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_payment_on_an_order_that_goes_wrong_says_which_order_it_was(merchant, gateway, wrong):
    order = merchant.does(merchant.open_order_of(TEN))
    wish = merchant.order(TEN, order_id=order.order_id)
    gateway.plan(wrong, flow="Authorize of an order")
    error = merchant.fails(wish, ConnectorError)
    assert error.transaction_id in {order.order_id, *gateway.payments()}, "nothing leads to the order"


@requirement("LIF-033")
@requires(CreateSessionToken)
def test_a_session_opens_a_page_and_takes_nothing(merchant, gateway, offers):
    session = merchant.does(merchant.session_of(TEN))
    assert session.session_id
    assert session.url or session.token, "nothing to open the session with"
    assert gateway.waits_for(session.session_id), "no page waits for the shopper"
    assert _taken(gateway) == NOTHING
    if offers("deadline of a session"):
        assert session.expires_at, "the gateway says until when; the outcome does not"
        assert gateway.now() < session.expires_at < gateway.now() + 60 * DAY


@requirement("LIF-034")
@requires(CreateSessionToken, IncomingWebhook)
@pytest.mark.parametrize("answer", ["pays", "leaves"])
def test_what_became_of_a_session_is_heard_of(listening_merchant, gateway, answer):
    session = listening_merchant.does(listening_merchant.session_of(TEN))
    (gateway.approve if answer == "pays" else gateway.reject)(session.session_id)
    if answer == "leaves":
        gateway.advance(DAY)  # a shopper may come back to the page as long as it is open
    events = [event for hook in gateway.webhooks() for event in listening_merchant.hears(hook).events]
    payments = [event.outcome for event in events if isinstance(event.outcome, PaymentOutcome)]
    charged = [outcome for outcome in payments if outcome.status is PaymentStatus.CHARGED]
    assert bool(charged) == (answer == "pays"), f"the shopper {answer}, and what was heard is {payments}"
    assert _taken(gateway) == (TEN.major if answer == "pays" else NOTHING)


@requirement("LIF-041")
@requires(CreateSessionToken, IncomingWebhook, "deliveries about a session")
@pytest.mark.parametrize("answer", ["pays", "leaves"])
def test_what_is_heard_of_a_session_itself_is_what_became_of_it(listening_merchant, gateway, certification, answer):
    session = listening_merchant.does(listening_merchant.session_of(TEN))
    (gateway.approve if answer == "pays" else gateway.reject)(session.session_id)
    gateway.advance(0 if answer == "pays" else DAY)
    about = [hook for hook in gateway.webhooks() if hook.type in certification.profile.session_events]
    told = [event.outcome for hook in about for event in listening_merchant.hears(hook).events]
    assert about or answer == "leaves", "the gateway sent nothing about the session"  # not every page ever closes
    assert all(isinstance(outcome, PaymentOutcome) for outcome in told), f"it says nothing of a payment: {told}"
    if answer == "leaves":
        assert {outcome.status for outcome in told} <= OVER, f"nobody paid, and what was heard is {told}"
        assert not any(outcome.captured and outcome.captured.minor for outcome in told), "nothing was taken"
        return
    assert {outcome.status for outcome in told} == {PaymentStatus.CHARGED}
    assert {outcome.captured or outcome.amount for outcome in told} == {TEN}
    (paid,) = (identity for identity, balance in gateway.payments().items() if balance.captured)
    assert {outcome.payment_id for outcome in told} == {paid}, "the payment goes by another id"


@requirement("MON-020")
@requires(CreateOrder)
def test_an_order_for_another_amount_is_a_mismatch(merchant, gateway, other_order):
    gateway.plan({"override": other_order})
    merchant.fails(merchant.open_order_of(TEN), IntegrityMismatch)


@requirement("MON-021")
@requires(CreateSessionToken)
def test_a_session_for_another_amount_is_a_mismatch(merchant, gateway, other_session):
    gateway.plan({"override": other_session})
    merchant.fails(merchant.session_of(TEN), IntegrityMismatch)


@requirement("IDM-010")
@requires(Once(CreateOrder))
def test_the_same_order_twice_is_one(merchant, gateway):
    wish = merchant.open_order_of(TEN)
    assert merchant.does(wish).order_id == merchant.does(wish).order_id
    assert gateway.exchanges(), "the gateway was never asked"


@requirement("MON-018")
@requires(CreateSessionToken)
def test_a_session_is_for_what_the_shopper_saw(merchant, gateway, departing_currency):
    amount = sample(departing_currency)
    session = merchant.does(merchant.session_of(amount))
    gateway.approve(session.session_id)
    assert [(b.captured, b.currency) for b in gateway.balances()] == [(amount.major, amount.currency)]


@requirement("MON-019")
@requires(CreateOrder, Authorize)
def test_an_order_in_every_way_of_writing_takes_what_was_asked(merchant, gateway, departing_currency):
    amount = sample(departing_currency)
    order = merchant.does(merchant.open_order_of(amount))
    merchant.does(merchant.order(amount, order_id=order.order_id))
    assert _taken(gateway) == amount.major
