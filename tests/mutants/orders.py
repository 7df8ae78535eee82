"""Mistakes with orders and sessions: opened for another amount, paid twice, or taken for paid when they are opened."""

from dataclasses import replace
from decimal import Decimal

from runtime.core.errors import ConnectorError, IntegrityMismatch
from runtime.core.methods import Card
from runtime.core.money import EXPONENT, Money
from runtime.core.payments import (
    Authorize,
    CompleteAuthorize,
    CreateOrder,
    CreateSessionToken,
    OrderOutcome,
    PaymentOutcome,
    PSync,
    SessionOutcome,
)
from runtime.core.vocabulary import PaymentStatus
from suites import profiles
from tests.mutants.bank import mutant
from tests.mutants.changes import a_new_key_each_time, key, only, scaled, told
from tests.mutants.tamper import tamper
from tests.mutants.webhooks import believing, events


@mutant("LIF-032", "medusa#13301: the order is not named in the payment, and can be paid again")
def an_order_is_forgotten(connector, patch):
    return tamper(connector, Authorize, command=lambda c: replace(c, order_id=None))


@mutant("LIF-032", "lunar#2601: an order is opened in whole units")
def an_order_is_rounded_up(connector, patch):
    def rounded(command):
        money = command.amount
        return replace(command, amount=Money(money.minor + 99, money.currency))

    return tamper(connector, CreateOrder, command=rounded)


@mutant("LIF-032", "omnipay-worldpay#19: an order says nothing of its amount")
def an_order_has_no_amount(connector, patch):
    return tamper(connector, CreateOrder, outcome=told(amount=None))


@mutant("LIF-032", "worldmonitor#4440: an order that waits to be paid is called paid, and nobody pays it")
def an_open_order_is_paid(connector, patch):
    def unpaid(context, command):
        if not command.order_id:
            return (yield from connector.flows[Authorize](context, command))
        return PaymentOutcome(
            status=PaymentStatus.CHARGED, payment_id=command.order_id, raw_status=None, amount=command.amount
        )

    return replace(connector, flows={**connector.flows, Authorize: unpaid})


@mutant("LIF-033", "hyperswitch#204: a session is opened, and nobody is told where")
def a_session_has_no_page(connector, patch):
    return tamper(connector, CreateSessionToken, outcome=told(url=None, token=None))


@mutant("LIF-033", "saleor#11661: a session has no id to be found by")
def a_session_loses_its_id(connector, patch):
    return tamper(connector, CreateSessionToken, outcome=told(session_id=""))


@mutant("LIF-033", "tempoxyz/pympp#155: a session is named by the order's number, which the gateway never heard of")
def a_session_is_named_by_the_order(connector, patch):
    return tamper(connector, CreateSessionToken, outcome=lambda c, o: replace(o, session_id=c.reference))


def _payments(change):
    """Other events of payments."""

    def each(event):
        return replace(event, outcome=change(event.outcome)) if isinstance(event.outcome, PaymentOutcome) else event

    return events(each)


@mutant("LIF-034", "nearmerch.com#209: whatever is heard of a session, it was paid")
def every_session_is_paid(connector, patch):
    return believing(connector, _payments(lambda outcome: replace(outcome, status=PaymentStatus.CHARGED)))


@mutant("LIF-034", "woocommerce-payments#601: nothing is heard of what was paid on the gateway's page")
def sessions_are_not_heard_of(connector, patch):
    return believing(connector, _payments(lambda outcome: None))


@mutant("LIF-034", "woocommerce-gateway-stripe#902: a session that was paid is heard of as processing")
def a_paid_session_is_processing(connector, patch):
    return believing(connector, _payments(lambda outcome: replace(outcome, status=PaymentStatus.PENDING)))


@mutant("IDM-010", "woocommerce-gateway-stripe#2477: an order has a new key for every attempt")
def an_order_has_a_new_key(connector, patch):
    return tamper(connector, CreateOrder, request=a_new_key_each_time())


@mutant("IDM-010", "paypal-woocommerce#955: an order is sent without a key, and a page loaded twice makes two")
def an_order_has_no_key(connector, patch):
    return tamper(connector, CreateOrder, request=key(lambda _: None))


@mutant("MON-018", "Paymenter#1258: a session is in hundredths whatever the currency")
def sessions_are_in_hundredths(connector, patch):
    change = lambda c: scaled(c, 100, lambda code: EXPONENT[code] == 0)  # noqa: E731 - one expression
    return tamper(connector, CreateSessionToken, command=change)


@mutant("MON-018", "woocommerce-gateway-stripe#2720: a session has two decimals where there are three")
def sessions_in_three_decimals_are_a_tenth(connector, patch):
    change = lambda c: scaled(c, Decimal("0.1"), lambda code: EXPONENT[code] == 3)  # noqa: E731 - one expression
    return tamper(connector, CreateSessionToken, command=change)


@mutant("MON-018", "woocommerce-payments#5215: a session is opened in the shop's currency, not the shopper's")
def sessions_are_in_the_shops_currency(connector, patch):
    in_dollars = lambda c: replace(c, amount=Money(c.amount.minor, "USD"))  # noqa: E731 - one expression
    return tamper(connector, CreateSessionToken, command=in_dollars)


@mutant("MON-019", "active_merchant#3475: localised on authorize, not on the order")
def orders_are_a_hundredth(connector, patch):
    change = lambda c: scaled(c, Decimal("0.01"), lambda code: EXPONENT[code] == 0)  # noqa: E731 - one expression
    return tamper(connector, CreateOrder, command=change)


@mutant("MON-019", "hyperswitch#2793: the amount of an order is converted twice, and so is its payment's")
def orders_and_payments_are_converted_twice(connector, patch):
    change = lambda c: scaled(c, 10, lambda code: EXPONENT[code] == 3)  # noqa: E731 - one expression
    return tamper(connector, CreateOrder, Authorize, command=change)


# -- opened for something else, paid by something else


@mutant("LIF-037", "an order is paid by card, and forgotten by everything else")
def orders_are_for_cards(connector, patch):
    def forgotten(command):
        return command if isinstance(command.method, Card) else replace(command, order_id=None)

    def crashes(command):
        if command.order_id and not isinstance(command.method, Card):
            raise RuntimeError("an order by what is no card")
        return forgotten(command)

    return tamper(connector, Authorize, command=crashes)


@mutant("LIF-037", "nearmerch.com#209: what pays an order later is never seen as paid")
def an_order_paid_later_is_pending(connector, patch):
    orders = set()

    def remember(command):
        orders.update({command.order_id} if command.order_id and not isinstance(command.method, Card) else ())
        return command

    def pending(command, outcome):
        waits = orders and outcome.status is PaymentStatus.CHARGED
        return replace(outcome, status=PaymentStatus.PENDING) if waits else outcome

    noted = tamper(connector, Authorize, command=remember, outcome=pending)
    return tamper(noted, CompleteAuthorize, PSync, outcome=pending)


def _unchecked(command, error):
    """Whatever was opened is taken for what was asked for."""
    if isinstance(command, CreateOrder):
        return OrderOutcome(order_id=error.transaction_id or "none", amount=command.amount)
    return SessionOutcome(session_id=error.transaction_id or "none", url="https://shop.test")


@mutant("MON-020", "hyperswitch#9160: nobody compares the amount of an order")
def orders_are_not_compared(connector, patch):
    return tamper(connector, CreateOrder, error=only(IntegrityMismatch, _unchecked))


@mutant("MON-021", "hyperswitch#9160: nobody compares the amount of a session")
def sessions_are_not_compared(connector, patch):
    return tamper(connector, CreateSessionToken, error=only(IntegrityMismatch, _unchecked))


@mutant("MON-020", "saleor#14648: an order that was cut short is as good as whole")
def a_small_order_is_as_good(connector, patch):
    return tamper(connector, CreateOrder, error=only(IntegrityMismatch, _smaller))


@mutant("MON-021", "saleor#14648: a session that was cut short is as good as whole")
def a_small_session_is_as_good(connector, patch):
    return tamper(connector, CreateSessionToken, error=only(IntegrityMismatch, _smaller))


def _smaller(command, error):
    told = error.outcome.amount if error.outcome else None
    if told and told.currency == command.amount.currency and told.minor < command.amount.minor:
        return _unchecked(command, error)
    raise error


def _of_sessions(connector, change):
    """What is heard of sessions themselves, changed."""
    about = profiles.find(connector.gateway).session_events
    return believing(connector, events(lambda event: change(event) if event.type in about else event))


@mutant("LIF-041", "woocommerce-payments#601: a session's own delivery is acknowledged, and tells nothing")
def sessions_tell_nothing(connector, patch):
    return _of_sessions(connector, lambda event: replace(event, outcome=None))


@mutant("LIF-041", "worldmonitor#4440: a session that is over was paid")
def a_session_that_is_over_was_paid(connector, patch):
    paid = lambda event: replace(event, outcome=replace(event.outcome, status=PaymentStatus.CHARGED))  # noqa: E731
    pending = lambda event: replace(event, outcome=replace(event.outcome, status=PaymentStatus.PENDING))  # noqa: E731
    swapped = lambda event: pending(event) if event.outcome.status is PaymentStatus.CHARGED else paid(event)  # noqa: E731
    return _of_sessions(connector, swapped)


@mutant("LIF-041", "hyperswitch#5298: the payment of a session goes by the session's id")
def a_sessions_payment_has_another_id(connector, patch):
    def renamed(event):
        return replace(event, outcome=replace(event.outcome, payment_id=f"session-{event.outcome.payment_id}"))

    return _of_sessions(connector, renamed)


@mutant("RES-025", "hyperswitch#3751: a payment on an order that timed out has no id to ask for")
def a_lost_payment_forgets_its_order(connector, patch):
    def forgets(command, error):
        if getattr(command, "order_id", None):
            error.transaction_id = None
        raise error

    return tamper(connector, Authorize, error=only(ConnectorError, forgets))


def _attempts(connector, told):
    """An order is told by one of its attempts: `told(statuses)` of those that it had, oldest first."""
    seen = {}

    def note(command, outcome):
        seen.setdefault(command.order_id, []).append(outcome.status)
        return outcome

    def by_one(command, outcome):
        statuses = seen.get(command.payment_id, [])
        return replace(outcome, status=told(statuses)) if len(statuses) > 1 else outcome

    return tamper(tamper(connector, Authorize, outcome=note), PSync, outcome=by_one)


@mutant("LIF-043", "nearmerch.com#209: an order that was declined once is declined, whatever was paid since")
def the_first_attempt_speaks_for_an_order(connector, patch):
    return _attempts(connector, lambda statuses: statuses[0])


@mutant("LIF-043", "hyperswitch#5298: a second attempt that was declined hides the first, which still waits")
def the_last_attempt_speaks_for_an_order(connector, patch):
    return _attempts(connector, lambda statuses: statuses[-1])


@mutant("LIF-043", "worldmonitor#4440: an order that somebody tried to pay is on its way")
def an_order_that_was_declined_is_pending(connector, patch):
    return tamper(connector, PSync, outcome=_pending_where_it_ended)


def _pending_where_it_ended(command, outcome):
    ended = outcome.status in (PaymentStatus.FAILURE, PaymentStatus.PAYMENT_METHOD_AWAITED)
    return replace(outcome, status=PaymentStatus.PENDING) if ended else outcome


@mutant("MON-015", "hyperswitch#9160: whatever was paid of an order, it is what was asked for")
def an_orders_payment_is_not_compared(connector, patch):
    orders = set()

    def opened(command, outcome):
        orders.add(outcome.order_id)
        return outcome

    def unasked(command):
        return replace(command, amount=None) if command.payment_id in orders else command

    return tamper(tamper(connector, CreateOrder, outcome=opened), PSync, command=unasked)
