"""Mistakes with disputes: deadlines nobody hears of, answers that go to the bank by accident or never."""

from dataclasses import replace

from runtime.core.money import EXPONENT, Money
from runtime.core.payments import (
    AcceptDispute,
    DefendDispute,
    DisputeOutcome,
    DSync,
    PaymentOutcome,
    SubmitEvidence,
)
from runtime.core.vocabulary import DisputeStatus, PaymentStatus
from tests.mutants.bank import mutant
from tests.mutants.changes import becomes, told, was
from tests.mutants.tamper import tamper
from tests.mutants.webhooks import believing, events, known

ANSWERS = (AcceptDispute, SubmitEvidence, DefendDispute)
GONE = (DisputeStatus.LOST, DisputeStatus.ACCEPTED, DisputeStatus.EXPIRED)

# -- statuses


@mutant("STA-019", "hyperswitch#1475: a dispute stays open whatever the bank does")
def every_dispute_is_open(connector, patch):
    return known(connector, DSync, outcome=becomes(DisputeStatus.OPENED, lambda outcome: outcome.raw_status))


@mutant("STA-019", "mollie/WooCommerce#165: a dispute that was won is called lost, for it is over")
def a_won_dispute_is_lost(connector, patch):
    return known(connector, DSync, outcome=becomes(DisputeStatus.LOST, was(DisputeStatus.WON)))


@mutant("STA-019", "an inquiry that came to nothing is called lost")
def a_withdrawn_inquiry_is_lost(connector, patch):
    return known(connector, DSync, outcome=becomes(DisputeStatus.LOST, was(DisputeStatus.CANCELLED)))


@mutant("STA-020", "hyperswitch-prism#1835: an unknown dispute status is good news")
def an_unknown_dispute_is_won(connector, patch):
    return known(connector, DSync, outcome=becomes(DisputeStatus.WON, was(DisputeStatus.UNRESOLVED)))


@mutant("STA-020", "hyperswitch#12843: an unknown dispute status is silently open")
def an_unknown_dispute_is_open(connector, patch):
    return known(connector, DSync, outcome=becomes(DisputeStatus.OPENED, was(DisputeStatus.UNRESOLVED)))


@mutant("STA-020", "hyperswitch#13251: the raw status of a dispute is lost")
def the_raw_status_of_a_dispute_is_lost(connector, patch):
    return known(connector, DSync, outcome=told(raw_status=None))


# -- what is at stake


@mutant("LIF-027", "nobody says until when a dispute must be answered")
def a_dispute_has_no_deadline(connector, patch):
    return known(connector, DSync, outcome=told(respond_by=None))


@mutant("LIF-027", "the deadline of a dispute is in milliseconds")
def a_deadline_is_in_milliseconds(connector, patch):
    late = lambda c, o: replace(o, respond_by=o.respond_by and o.respond_by * 1000)  # noqa: E731 - one expression
    return known(connector, DSync, outcome=late)


@mutant("LIF-027", "hyperswitch#5298: a dispute names another reference than the payment's id")
def a_dispute_names_itself_as_the_payment(connector, patch):
    return known(connector, DSync, outcome=lambda c, o: replace(o, payment_id=o.dispute_id))


@mutant("LIF-027", "hyperswitch#4631: a dispute gives no reason")
def a_dispute_gives_no_reason(connector, patch):
    return known(connector, DSync, outcome=told(reason=None))


@mutant("LIF-027", "omnipay-worldpay#19: a dispute says nothing of its amount")
def a_dispute_has_no_amount(connector, patch):
    return known(connector, DSync, outcome=told(amount=None))


def _amounts(times, when):
    def change(command, outcome):
        money = outcome.amount
        if money is None or not when(money.currency):
            return outcome
        return replace(outcome, amount=Money(money.minor * times // 10, money.currency))

    return change


@mutant("MON-017", "calcom/cal.diy#29984: the amount of a dispute is in hundredths whatever the currency")
def disputes_are_in_hundredths(connector, patch):
    return known(connector, DSync, outcome=_amounts(1000, lambda code: EXPONENT[code] == 0))


@mutant("MON-017", "woocommerce-gateway-stripe#2720: the amount of a dispute has two decimals where there are three")
def disputes_in_three_decimals_are_a_tenth(connector, patch):
    return known(connector, DSync, outcome=_amounts(1, lambda code: EXPONENT[code] == 3))


# -- answers


def _answered_by(connector, flow, exchange):
    return replace(connector, flows={**connector.flows, flow: exchange})


def _only_said(connector, flow, status):
    """Say that something was done, having only looked."""

    def exchange(context, command):
        if DSync not in connector.flows:
            return DisputeOutcome(status=status, dispute_id=command.dispute_id, payment_id=None, raw_status=None)
        look = DSync(request_id=command.request_id, dispute_id=command.dispute_id)
        return replace((yield from connector.flows[DSync](context, look)), status=status)

    return _answered_by(connector, flow, exchange)


@mutant("LIF-028", "django-payments#469: accepting a dispute is never told to the gateway")
def accepting_is_never_told(connector, patch):
    return _only_said(connector, AcceptDispute, DisputeStatus.ACCEPTED)


@mutant("LIF-028", "hyperswitch#1475: an accepted dispute still looks open")
def an_accepted_dispute_is_open(connector, patch):
    return tamper(connector, AcceptDispute, outcome=becomes(DisputeStatus.OPENED))


@mutant("LIF-028", "accepting a dispute contests it")
def accepting_is_contesting(connector, patch):
    def contests(context, command):
        defence = DefendDispute(request_id=command.request_id, dispute_id=command.dispute_id)
        seen = yield from connector.flows[DefendDispute](context, defence)
        return replace(seen, status=DisputeStatus.ACCEPTED)

    return _answered_by(connector, AcceptDispute, contests)


@mutant("LIF-029", "evidence goes to the bank with the first file, and nothing can be added")
def evidence_is_a_defence(connector, patch):
    def at_once(context, command):
        seen = yield from connector.flows[SubmitEvidence](context, command)
        defence = DefendDispute(request_id=command.request_id, dispute_id=command.dispute_id)
        yield from connector.flows[DefendDispute](context, defence)
        return seen

    return _answered_by(connector, SubmitEvidence, at_once)


@mutant("LIF-029", "evidence that was handed in is called a defence, and none is ever sent")
def evidence_is_called_a_defence(connector, patch):
    return tamper(connector, SubmitEvidence, outcome=becomes(DisputeStatus.CHALLENGED))


@mutant("LIF-030", "django-payments#469: a defence never reaches the bank")
def a_defence_is_never_sent(connector, patch):
    return _only_said(connector, DefendDispute, DisputeStatus.CHALLENGED)


@mutant("LIF-030", "a contested dispute still looks open, and is contested again")
def a_contested_dispute_is_open(connector, patch):
    return tamper(connector, DefendDispute, outcome=becomes(DisputeStatus.OPENED))


@mutant("LIF-030", "hyperswitch#3675: what the bank decided is never heard")
def a_decided_dispute_is_under_review(connector, patch):
    return known(connector, DSync, outcome=becomes(DisputeStatus.CHALLENGED, was(DisputeStatus.WON, *GONE)))


@mutant("LIF-030", "a contested dispute counts as won")
def a_contested_dispute_is_won(connector, patch):
    return tamper(connector, DefendDispute, outcome=becomes(DisputeStatus.WON))


@mutant("LIF-031", "woocommerce-payments#757: a dispute whose day is over still looks open")
def a_dispute_never_runs_out(connector, patch):
    answered = set()

    def remember(command, outcome):
        answered.add(outcome.dispute_id)
        return outcome

    def still_open(command, outcome):
        unanswered = outcome.dispute_id not in answered and outcome.status in GONE
        return replace(outcome, status=DisputeStatus.OPENED) if unanswered else outcome

    return known(tamper(connector, *ANSWERS, outcome=remember), DSync, outcome=still_open)


@mutant("LIF-031", "a dispute that nobody answered counts as won")
def an_unanswered_dispute_is_won(connector, patch):
    return known(connector, DSync, outcome=becomes(DisputeStatus.WON, was(*GONE)))


# -- deliveries


def _heard(connector, change):
    """Other events of disputes."""

    def each(event):
        return replace(event, outcome=change(event.outcome)) if isinstance(event.outcome, DisputeOutcome) else event

    return believing(connector, events(each))


@mutant("WEB-021", "woocommerce-payments#601: events of disputes are ignored")
def disputes_are_not_heard_of(connector, patch):
    return _heard(connector, lambda outcome: None)


@mutant("WEB-021", "hyperswitch#5298: the event of a dispute does not say which payment it is about")
def a_dispute_is_heard_of_without_its_payment(connector, patch):
    return _heard(connector, lambda outcome: replace(outcome, payment_id=None))


@mutant("WEB-021", "laravel-sisp#127: the event of a dispute has an amount in wire units")
def a_dispute_is_heard_of_in_wire_units(connector, patch):
    return _heard(connector, lambda o: replace(o, amount=o.amount and Money(o.amount.minor * 100, o.amount.currency)))


@mutant("WEB-021", "woocommerce-gateway-stripe#902: a dispute is heard of as a failed payment")
def a_dispute_is_heard_of_as_a_failed_payment(connector, patch):
    def change(outcome):
        return PaymentOutcome(status=PaymentStatus.FAILURE, payment_id=outcome.payment_id, raw_status=None)

    return _heard(connector, change)


@mutant("WEB-021", "a dispute is heard of as lost on the day it is opened")
def a_dispute_is_heard_of_as_lost(connector, patch):
    return _heard(connector, lambda outcome: replace(outcome, status=DisputeStatus.LOST))
