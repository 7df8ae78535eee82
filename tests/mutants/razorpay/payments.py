"""Mistakes in Razorpay's own words with orders, payments, links, and what the checkout brings back.

What each field is for: razorpay.com/docs/api/{orders,payments,payments/payment-links},
docs/payments/payments/{capture-settings,late-authorisation}, docs/payments/server-integration and docs/errors.
"""

import hmac
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from urllib.parse import urlsplit

from runtime.core.errors import GatewayRefused, InvalidCommand, OutcomeUnknown, RequestRejected
from runtime.core.money import EXPONENT
from runtime.core.payments import (
    Authorize,
    Capture,
    CompleteAuthorize,
    CreateSessionToken,
    ErrorInfo,
    PSync,
)
from runtime.core.vocabulary import (
    ErrorCode,
    PaymentStatus,
    RetryAdvice,
)
from tests.mutants import bank
from tests.mutants.changes import becomes, failed, only
from tests.mutants.tamper import tamper

TENTH, HUNDREDTH = Fraction(1, 10), Fraction(1, 100)
READ = (Authorize, CompleteAuthorize, PSync)


def mutant(requirement, bug):
    return bank.mutant(requirement, bug, gateway="razorpay")


def wire(connector, *flows, at="", sent=None, told=None):
    """Change the JSON that is sent to paths that match `at`, and that of their replies."""
    here = {}

    def request(asked):
        here["is"] = re.search(at, urlsplit(asked.url).path)
        return _changed(asked, sent) if here["is"] else asked

    return tamper(connector, *flows, request=request, response=lambda r: _changed(r, told) if here["is"] else r)


def _changed(message, change: Callable | None):
    try:
        seen = json.loads(message.body) if change else None
    except ValueError:
        return message
    return replace(message, body=json.dumps(change(seen)).encode()) if isinstance(seen, dict) else message


def without(name):
    return lambda fields: {key: value for key, value in fields.items() if key != name}


def having(**changes):
    return lambda fields: {**fields, **changes}


def _objects(seen) -> Iterator[dict]:
    """Every object in a reply that has an amount."""
    if isinstance(seen, dict):
        if "amount" in seen:
            yield seen
        seen = list(seen.values())
    for one in seen if isinstance(seen, list) else ():
        yield from _objects(one)


def amounts(times, of=lambda currency: True):
    """Every amount multiplied, in the currencies that `of` says; a refund of a part names none, and is changed too."""

    def change(fields):
        for one in _objects(fields):
            if of(one.get("currency")) and isinstance(one["amount"], int):
                one["amount"] = int(one["amount"] * times)
        return fields

    return change


def scaled_alike(connector, *flows, at="", times, of=lambda currency: True):
    """Amounts are wrong in what is sent, and wrong back in what is told: nothing but the ledger can see it."""
    return wire(connector, *flows, at=at, sent=amounts(times, of), told=amounts(1 / Fraction(times), of))


def raw(status, wrong):
    """A raw status read as something else."""
    return becomes(wrong, lambda outcome: outcome.raw_status == status)


def reason(code, **changes):
    """The error of one reason with something changed."""

    def change(command, outcome):
        told = outcome.error
        return replace(outcome, error=replace(told, **changes)) if told and told.raw_code == code else outcome

    return change


def refused_for(code, kind=GatewayRefused):
    """An error of one reason read as a payment that failed."""

    def change(command, error):
        if error.error and error.error.raw_code == code:
            return failed(command, error)
        raise error

    return only(kind, change)


# -- money


@mutant("MON-001", "saleor#3205: every amount is multiplied by a hundred, and yen have no sen")
def yen_have_paise(connector, patch):
    return scaled_alike(connector, *READ, times=100, of=lambda code: EXPONENT.get(code) == 0)


@mutant("MON-001", "dinars have three decimals on the wire, the last of them 0: two are sent")
def dinars_have_two_decimals(connector, patch):
    return scaled_alike(connector, *READ, times=TENTH, of=lambda code: EXPONENT.get(code) == 3)


@mutant("MON-004", "razorpay-ruby#152: an amount that is in paise already is made paise once more")
def paise_are_made_twice(connector, patch):
    return scaled_alike(connector, *READ, times=100)


@mutant("MON-018", "the amount of a payment link is in rupees, as its page shows it")
def a_payment_link_is_in_rupees(connector, patch):
    return scaled_alike(connector, CreateSessionToken, times=HUNDREDTH)


# -- orders and captures


@mutant("STA-006", "a payment is made without its order, so that nothing captures it")
def a_payment_has_no_order(connector, patch):
    return wire(connector, Authorize, at=r"/payments/", sent=without("order_id"))


@mutant("CAP-002", "razorpay-ios-sample-app#30: an order leaves it to the account's settings how it is captured")
def an_order_does_not_say_how_it_is_captured(connector, patch):
    return wire(connector, Authorize, at=r"/orders$", sent=without("payment"))


@mutant("STA-006", "an order of a rupee more than the payment: Razorpay wants the same amount in both")
def order_and_payment_differ(connector, patch):
    return wire(connector, Authorize, at=r"/orders$", sent=lambda f: {**f, "amount": f["amount"] + 100})


@mutant("LIF-001", "razorpay-whmcs#26: what is captured is not what was authorised")
def a_capture_leaves_a_paisa(connector, patch):
    return wire(connector, Capture, sent=lambda fields: {**fields, "amount": fields["amount"] - 1})


@mutant("LIF-001", "a capture without its currency is one in rupees")
def a_capture_has_no_currency(connector, patch):
    return wire(connector, Capture, sent=without("currency"))


@mutant("LIF-011", "`already been captured` is a success: it was this merchant's, was it not")
def captured_already_is_a_success(connector, patch):
    def change(command, error):
        return replace(failed(command, error), status=PaymentStatus.CHARGED, amount=command.amount, error=None)

    return tamper(connector, Capture, error=only(RequestRejected, change))


@mutant("CAP-004", "netbanking without its bank: there is no page to send the shopper to")
def netbanking_has_no_bank(connector, patch):
    return wire(connector, Authorize, at=r"/payments/", sent=without("bank"))


@mutant("STA-009", "a payment without `contact`: Razorpay demands it of each")
def nobody_says_whom_to_call(connector, patch):
    return wire(connector, Authorize, at=r"/payments/", sent=without("contact"))


@mutant("STA-009", "`callback_url` is left out: the shopper stays at the bank, and no shop hears of it")
def nobody_says_where_to_come_back_to(connector, patch):
    return wire(connector, Authorize, at=r"/payments/", sent=without("callback_url"))


# -- what a payment's status means


@mutant("STA-001", "`created` is read as a failure, for nobody has paid; the shopper is at the bank")
def created_is_a_failure(connector, patch):
    return tamper(connector, *READ, outcome=raw("created", PaymentStatus.FAILURE))


@mutant("STA-007", "`authorized` is read as paid: without a capture the money goes back in days")
def authorized_is_paid(connector, patch):
    return tamper(connector, *READ, outcome=raw("authorized", PaymentStatus.CHARGED))


@mutant("STA-014", "`refunded` is read without `captured`: what nobody captured was never paid")
def refunded_was_charged(connector, patch):
    return tamper(connector, PSync, outcome=raw("refunded", PaymentStatus.CHARGED))


@mutant("STA-001", "`refunded` after a capture is read as a failure, and the goods are asked back")
def refunded_is_a_failure(connector, patch):
    return tamper(connector, PSync, outcome=raw("refunded", PaymentStatus.FAILURE))


@mutant("STA-023", "razorpay-magento#44: `failed` is final; the bank may say yes for days to come")
def failed_is_final(connector, patch):
    def change(command, outcome):
        error = outcome.error and replace(outcome.error, retry=RetryAdvice.WITH_OTHER_METHOD)
        return replace(outcome, error=error)

    return tamper(connector, PSync, outcome=change)


@mutant("STA-023", "razorpay-magento#44: who has failed once is not asked again, and the money that came is kept")
def a_failed_payment_is_not_read_again(connector, patch):
    over = {}

    def change(command, outcome):
        if outcome.status is PaymentStatus.FAILURE:
            over[outcome.payment_id] = outcome
        return over.get(outcome.payment_id, outcome)

    return tamper(connector, PSync, outcome=change)


@mutant("STA-006", "`notes` is an object, until it is empty: then PHP writes []")
def notes_are_always_an_object(connector, patch):
    def strict(seen):
        if not isinstance(seen.get("notes", {}), dict):
            raise TypeError("notes")
        return seen

    return wire(connector, *READ, told=strict)


@mutant("RES-001", "a lost payment is looked for in its order, which names no payment, instead of among its payments")
def an_order_has_no_payments(connector, patch):
    return wire(connector, PSync, at=r"/orders/\w+/payments$", told=having(items=[]))


@mutant("RES-001", "an order's first payment speaks for it: of two tries the one that failed")
def the_first_try_speaks_for_its_order(connector, patch):
    def change(seen):
        tried = [one for one in seen["items"] if one["status"] == "failed"]
        return {**seen, "items": tried or seen["items"]}

    return wire(connector, PSync, at=r"/orders/\w+/payments$", told=change)


# -- what the checkout brings back

UNSIGNED = ErrorInfo(code=ErrorCode.INVALID_REQUEST, retry=RetryAdvice.WITH_CORRECTED_DATA)


def _returning(connector, make):
    """`make(returned, mac)` says whether what came back is believed, and as what; None: as what is read."""
    inner = connector.flows[CompleteAuthorize]

    def exchange(context, command):
        def mac(*words):
            secret = context.config.key_secret.reveal().encode()
            return hmac.new(secret, "|".join(words).encode(), "sha256").hexdigest()

        wrong = make(command.returned, mac)
        outcome = yield from inner(context, replace(command, returned={}))
        return replace(outcome, status=wrong) if wrong else outcome

    return replace(connector, flows={**connector.flows, CompleteAuthorize: exchange})


def _words(returned):
    return [returned.get(f"razorpay_{name}", "") for name in ("order_id", "payment_id", "signature")]


@mutant("STA-009", "the checkout's signature is made over payment|order, as that of a subscription is")
def the_signed_words_are_reversed(connector, patch):
    def make(returned, mac):
        order, payment, signature = _words(returned)
        if signature and mac(payment, order) != signature:
            raise InvalidCommand("not signed", error=UNSIGNED)

    return _returning(connector, make)


@mutant("STA-009", "the checkout's signature is checked with the words run together")
def the_signed_words_have_no_bar(connector, patch):
    def make(returned, mac):
        order, payment, signature = _words(returned)
        if signature and mac(order + payment) != signature:
            raise InvalidCommand("not signed", error=UNSIGNED)

    return _returning(connector, make)


@mutant("SEC-005", "whoever comes back with `razorpay_payment_id` has paid: nobody looks at the signature")
def the_checkouts_signature_is_not_checked(connector, patch):
    return _returning(connector, lambda back, mac: PaymentStatus.CHARGED if "razorpay_payment_id" in back else None)


@mutant("SEC-005", "a genuine signature is enough: nobody looks whose payment it is of")
def any_payments_signature_will_do(connector, patch):
    def make(returned, mac):
        order, payment, signature = _words(returned)
        return PaymentStatus.CHARGED if signature and mac(order, payment) == signature else None

    return _returning(connector, make)


# -- refusals and declines, all of them with HTTP 400


@mutant("STA-018", "an unknown id is a 400 like all others: only a 404 would be an id that is unknown")
def an_unknown_id_is_a_bad_request(connector, patch):
    def change(command, error):
        raise RequestRejected(str(error), error=replace(error.error, code=ErrorCode.INVALID_REQUEST))

    return tamper(connector, PSync, error=only(RequestRejected, change))


@mutant("ERR-005", "`order_already_paid` is read as a decline, and the shopper is asked to pay once more")
def an_order_that_is_paid_is_a_decline(connector, patch):
    return tamper(connector, Authorize, error=refused_for("order_already_paid"))


@mutant("ERR-002", "`payment_timed_out` says to try later: the first attempt may yet be paid")
def what_timed_out_is_tried_later(connector, patch):
    return tamper(connector, Authorize, outcome=reason("payment_timed_out", retry=RetryAdvice.LATER))


@mutant("ERR-019", "`payment_pending` is an error, so it is a failure")
def a_pending_payment_has_failed(connector, patch):
    return tamper(connector, Authorize, error=refused_for("payment_pending", OutcomeUnknown))


@mutant("ERR-001", "`error.code` is read, which is BAD_REQUEST_ERROR for every decline, and never `error.reason`")
def every_decline_is_a_bad_request(connector, patch):
    def change(command, outcome):
        told = outcome.error and replace(outcome.error, code=ErrorCode.INVALID_REQUEST, raw_code="BAD_REQUEST_ERROR")
        return replace(outcome, error=told)

    return tamper(connector, Authorize, outcome=change)


@mutant("ERR-014", "a 400 is a rejected request: that of a declined card as well")
def a_declined_card_is_a_rejected_request(connector, patch):
    def change(command, outcome):
        if outcome.error:
            raise RequestRejected("declined", error=outcome.error)
        return outcome

    return tamper(connector, Authorize, outcome=change)
