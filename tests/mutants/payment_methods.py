"""Mistakes with what is finished elsewhere: redirects, debits, vouchers, and what is claimed of each payment method."""

from dataclasses import replace

from runtime.core.errors import RequestRejected
from runtime.core.methods import BankDebit, Card
from runtime.core.money import EXPONENT, Money
from runtime.core.payments import (
    Authorize,
    Capture,
    CompleteAuthorize,
    ErrorInfo,
    PaymentOutcome,
    PSync,
    Refund,
    RefundOutcome,
    Void,
)
from runtime.core.vocabulary import (
    CaptureMethod,
    ErrorCode,
    NextActionKind,
    PaymentStatus,
    RefundStatus,
    RetryAdvice,
)
from tests.mutants.bank import mutant
from tests.mutants.changes import becomes, excused, looked, only, scaled, told, was
from tests.mutants.tamper import tamper
from tests.mutants.webhooks import heard

WAITS = (PaymentStatus.PENDING, PaymentStatus.AUTHENTICATION_PENDING)
OVER = (PaymentStatus.FAILURE, PaymentStatus.EXPIRED, PaymentStatus.VOIDED, PaymentStatus.AUTHENTICATION_FAILED)

REFUSED = ErrorInfo(code=ErrorCode.INVALID_STATE, retry=RetryAdvice.NEVER)


def elsewhere(command):
    """Not a card: what the older requirements already hold every connector to stays as it was."""
    return not isinstance(command.method, Card)


def where(when, change):
    """The change of an outcome, of the commands that `when` says."""
    return lambda command, outcome: change(command, outcome) if when(command) else outcome


def _acted(**changes):
    """What the shopper must do, told in another way."""

    def change(command, outcome):
        action = outcome.next_action
        return replace(outcome, next_action=replace(action, **changes)) if action else outcome

    return change


def _debit(command):
    return isinstance(command.method, BankDebit)


# -- redirects


@mutant("LIF-014", "hyperswitch#204: the shopper is to go somewhere, and nobody says where")
def a_redirect_has_no_address(connector, patch):
    return tamper(connector, Authorize, outcome=_acted(url=None, data={}))


@mutant("LIF-014", "worldmonitor#4440: a shopper who was sent away has paid")
def a_shopper_who_was_sent_away_has_paid(connector, patch):
    paid = becomes(PaymentStatus.CHARGED, was(PaymentStatus.AUTHENTICATION_PENDING))
    return tamper(connector, Authorize, outcome=where(elsewhere, paid))


@mutant("LIF-014", "hyperswitch#204: a redirect is called processing, and the shop waits for nobody")
def a_redirect_is_processing(connector, patch):
    waits = becomes(PaymentStatus.PENDING, was(PaymentStatus.AUTHENTICATION_PENDING))
    return tamper(connector, Authorize, outcome=where(elsewhere, waits))


@mutant("LIF-014", "a path of the gateway's is handed on without its host")
def a_redirect_goes_to_a_path(connector, patch):
    def change(command, outcome):
        action = outcome.next_action
        shorter = action and action.url and "/" + action.url.partition("://")[2].partition("/")[2]
        return replace(outcome, next_action=replace(action, url=shorter)) if shorter else outcome

    return tamper(connector, Authorize, outcome=change)


@mutant("LIF-015", "whoever comes back has paid: the way back is taken for the proof")
def whoever_comes_back_has_paid(connector, patch):
    return tamper(connector, CompleteAuthorize, outcome=becomes(PaymentStatus.CHARGED))


@mutant("LIF-015", "hyperswitch#1475: a shopper who turned back is waited for, for ever")
def who_turned_back_is_waited_for(connector, patch):
    return tamper(connector, CompleteAuthorize, outcome=becomes(PaymentStatus.AUTHENTICATION_PENDING, was(*OVER)))


@mutant("LIF-015", "a payment that was refused looks as if nobody had tried to pay")
def who_turned_back_never_tried(connector, patch):
    return tamper(connector, CompleteAuthorize, outcome=becomes(PaymentStatus.PAYMENT_METHOD_AWAITED, was(*OVER)))


@mutant("LIF-020", "a payment that waits for the shopper is called given up, and nobody tells the gateway")
def giving_up_is_never_told(connector, patch):
    def given_up(context, command):
        seen = yield from looked(connector, context, command)
        if seen.status is PaymentStatus.AUTHENTICATION_PENDING:
            return replace(seen, status=PaymentStatus.VOIDED)
        return (yield from connector.flows[Void](context, command))

    return replace(connector, flows={**connector.flows, Void: given_up})


@mutant("LIF-020", "only what is held can be voided: a payment without a hold is refused")
def only_a_hold_can_be_given_up(connector, patch):
    def change(command, outcome):
        if outcome.status is PaymentStatus.FAILURE:
            raise RequestRejected("there is no hold to give back", error=REFUSED)
        return outcome

    return tamper(connector, Void, outcome=change)


@mutant("LIF-020", "hyperswitch#1475: what was given up still waits for the shopper")
def what_was_given_up_still_waits(connector, patch):
    return tamper(connector, Void, outcome=becomes(PaymentStatus.AUTHENTICATION_PENDING, was(PaymentStatus.FAILURE)))


# -- debits


@mutant("LIF-016", "hyperswitch#3846: a debit that was accepted is called paid")
def an_accepted_debit_is_paid(connector, patch):
    return tamper(connector, Authorize, outcome=where(_debit, becomes(PaymentStatus.CHARGED, was(*WAITS))))


@mutant("LIF-016", "hyperswitch#5535: a debit under way is called authorized, and can never be captured")
def a_debit_is_authorized(connector, patch):
    return tamper(connector, Authorize, outcome=where(_debit, becomes(PaymentStatus.AUTHORIZED, was(*WAITS))))


@mutant("LIF-016", "craftcms/commerce-stripe#134: what is not settled yet is called failed")
def an_unsettled_debit_failed(connector, patch):
    return tamper(connector, Authorize, outcome=where(_debit, becomes(PaymentStatus.FAILURE, was(*WAITS))))


@mutant("LIF-016", "mollie/WooCommerce#165: the settlement of a debit is never seen")
def a_settled_debit_is_pending(connector, patch):
    return _by_kind(connector, _debit, becomes(PaymentStatus.PENDING, was(PaymentStatus.CHARGED)))


@mutant("LIF-017", "hyperswitch#3675: a debit that came back is pending for ever")
def a_returned_debit_is_pending(connector, patch):
    return _by_kind(connector, _debit, becomes(PaymentStatus.PENDING, was(*OVER)))


@mutant("LIF-017", "hyperswitch#7522: a debit counts as settled when it is late enough")
def a_returned_debit_is_settled(connector, patch):
    return _by_kind(connector, _debit, becomes(PaymentStatus.CHARGED, was(*OVER)))


@mutant("LIF-017", "hyperswitch#4631: a debit that came back gives no reason")
def a_returned_debit_gives_no_reason(connector, patch):
    return _by_kind(connector, _debit, told(error=None))


@mutant("LIF-017", "hyperswitch#4631: a debit that came back loses the bank's own code")
def a_returned_debit_loses_its_code(connector, patch):
    return _by_kind(connector, _debit, excused(raw_code=None))


# -- vouchers


def _by_kind(connector, kind, change):
    """Change what is said later of payments that began with a method of a kind."""
    begun = set()

    def remember(command, outcome):
        if kind(command):
            begun.add(outcome.payment_id)
        return outcome

    known = tamper(connector, Authorize, outcome=remember)
    later = tamper(known, PSync, CompleteAuthorize, outcome=where(lambda command: command.payment_id in begun, change))

    def told_later(event, outcome):
        is_of_it = isinstance(outcome, PaymentOutcome) and outcome.payment_id in begun
        return change(event, outcome) if is_of_it else outcome

    return heard(later, told_later)


def _shown(command, outcome):
    return outcome.next_action is not None and outcome.next_action.kind is NextActionKind.DISPLAY


@mutant("LIF-018", "worldmonitor#4440: a voucher that was handed out is called paid")
def a_voucher_is_paid(connector, patch):
    def change(command, outcome):
        return replace(outcome, status=PaymentStatus.CHARGED) if _shown(command, outcome) else outcome

    return tamper(connector, Authorize, outcome=change)


@mutant("LIF-018", "mollie/WooCommerce#165: a voucher that is not paid at once is called failed")
def an_unpaid_voucher_failed(connector, patch):
    def change(command, outcome):
        return replace(outcome, status=PaymentStatus.FAILURE) if _shown(command, outcome) else outcome

    return tamper(connector, Authorize, outcome=change)


@mutant("LIF-018", "hyperswitch#204: the shopper never sees the number to pay")
def a_voucher_without_a_number(connector, patch):
    return tamper(connector, Authorize, outcome=_acted(data={}))


@mutant("LIF-018", "the page of a voucher is taken for a redirect, from which nobody comes back")
def a_voucher_is_a_redirect(connector, patch):
    return tamper(connector, Authorize, outcome=_acted(kind=NextActionKind.REDIRECT))


@mutant("LIF-018", "mollie/WooCommerce#165: a voucher that was paid later is never seen as paid")
def a_voucher_paid_later_is_pending(connector, patch):
    return _by_kind(connector, elsewhere, becomes(PaymentStatus.PENDING, was(PaymentStatus.CHARGED)))


@mutant("LIF-019", "woocommerce-payments#757: a voucher whose day is over still waits")
def a_voucher_never_ends(connector, patch):
    return _by_kind(connector, lambda c: not _debit(c), becomes(PaymentStatus.AUTHENTICATION_PENDING, was(*OVER)))


# -- what is claimed of each method


@mutant("CAP-004", "omi#10158: the last cent is lost, of everything that is no card")
def what_is_no_card_loses_a_cent(connector, patch):
    def less(command):
        cheaper = Money(command.amount.minor - 1, command.amount.currency)
        return replace(command, amount=cheaper) if elsewhere(command) else command

    return tamper(connector, Authorize, command=less)


@mutant("CAP-004", "Paymenter#1258: what is no card is sent in hundredths whatever the currency")
def what_is_no_card_is_sent_in_hundredths(connector, patch):
    change = lambda c: scaled(c, 100, lambda _: True) if elsewhere(c) else c  # noqa: E731 - one expression
    return tamper(connector, Authorize, command=change)


@mutant("CAP-004", "saleor#7399: what was taken of a payment finished elsewhere is counted twice")
def what_was_taken_elsewhere_counts_twice(connector, patch):
    def twice(command, outcome):
        taken = outcome.captured and Money(outcome.captured.minor * 2, outcome.captured.currency)
        return replace(outcome, captured=taken)

    return _by_kind(tamper(connector, Authorize, outcome=where(elsewhere, twice)), elsewhere, twice)


@mutant("CAP-004", "a method is claimed that nobody ever tried: the connector refuses it")
def a_claimed_method_is_refused(connector, patch):
    last = list(connector.capabilities.payment_methods)[-1]

    def refuse(command):
        if command.method.kind is last:
            raise RequestRejected("not implemented", error=REFUSED)
        return command

    return tamper(connector, Authorize, command=refuse)


@mutant("CAP-007", "hyperswitch#8595: manual capture is passed on for cards only")
def only_cards_are_held(connector, patch):
    def taken(command):
        return replace(command, capture_method=CaptureMethod.AUTOMATIC) if elsewhere(command) else command

    return tamper(connector, Authorize, command=taken)


@mutant("CAP-007", "hyperswitch#9679: a shopper who came back is charged, though the money is only held")
def what_is_held_elsewhere_is_charged(connector, patch):
    change = becomes(PaymentStatus.CHARGED, was(PaymentStatus.AUTHORIZED))
    return tamper(connector, CompleteAuthorize, outcome=change)


@mutant("CAP-007", "django-payments#401: what is held elsewhere is never captured")
def what_is_held_elsewhere_is_never_captured(connector, patch):
    def nothing(context, command):
        seen = yield from looked(connector, context, command)
        return replace(seen, status=PaymentStatus.CHARGED, captured=command.amount)

    return _begun_elsewhere(connector, Capture, nothing)


def _begun_elsewhere(connector, flow, exchange):
    """Another exchange for a flow, of the payments that did not begin with a card."""
    begun, right = set(), connector.flows.get(flow)

    def remember(command, outcome):
        if elsewhere(command):
            begun.add(outcome.payment_id)
        return outcome

    def either(context, command):
        return (yield from (exchange if command.payment_id in begun else right)(context, command))

    known = tamper(connector, Authorize, outcome=remember)
    return replace(known, flows={**known.flows, flow: either}) if right else connector


def _returned(command, error):
    told_of = {"refund_id": "r", "payment_id": command.payment_id, "raw_status": None, "amount": command.amount}
    return RefundOutcome(status=RefundStatus.SUCCESS, **told_of)


@mutant("CAP-008", "hyperswitch#9622: a refund that the method cannot have is called done")
def a_refund_that_cannot_be_is_done(connector, patch):
    wrong = tamper(connector, Refund, error=only(RequestRejected, _returned))
    return heard(wrong, becomes(RefundStatus.SUCCESS, was(RefundStatus.FAILURE)))


@mutant("CAP-008", "django-payments#469: what is no card is never refunded")
def what_is_no_card_is_never_refunded(connector, patch):
    def nothing(context, command):
        yield from looked(connector, context, command)
        return _returned(command, None)

    return _begun_elsewhere(connector, Refund, nothing)


@mutant("CAP-009", "spree#6522: what is held elsewhere is called voided, and stays held")
def what_is_held_elsewhere_is_never_voided(connector, patch):
    def nothing(context, command):
        seen = yield from looked(connector, context, command)
        return replace(seen, status=PaymentStatus.VOIDED)

    return _begun_elsewhere(connector, Void, nothing)


@mutant("CAP-009", "solidus_paypal_braintree#139: what is held elsewhere is taken, to be refunded later")
def a_void_elsewhere_is_a_capture(connector, patch):
    def taken(context, command):
        capture = Capture(request_id=command.request_id, payment_id=command.payment_id, amount=command.amount)
        seen = yield from connector.flows[Capture](context, capture)
        return replace(seen, status=PaymentStatus.VOIDED)

    return _begun_elsewhere(connector, Void, taken)


@mutant("CAP-011", "active_merchant#406: the first of several captures gives the rest of the hold back")
def the_first_capture_is_the_last(connector, patch):
    return tamper(connector, Capture, command=lambda command: replace(command, final=True))


@mutant("CAP-011", "hyperswitch#2036: each of several captures takes the whole hold")
def a_part_is_the_whole(connector, patch):
    def whole(command):
        return replace(command, amount=Money(command.amount.minor * 3, command.amount.currency), final=True)

    return tamper(connector, Capture, command=whole)


@mutant("CAP-012", "odoo#227688: every method is charged in the currency it was first tried in")
def every_method_is_charged_in_one_currency(connector, patch):
    def euros(command):
        return replace(command, amount=Money(command.amount.minor, "USD" if elsewhere(command) else "EUR"))

    return tamper(connector, Authorize, command=euros)


@mutant("CAP-012", "Paymenter#1258: a currency without decimals is sent in hundredths")
def whole_units_are_sent_in_hundredths(connector, patch):
    return tamper(connector, Authorize, command=lambda c: scaled(c, 100, lambda code: EXPONENT[code] == 0))
