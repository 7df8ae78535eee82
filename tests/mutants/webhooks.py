"""Deliveries believed, refused or read for what they are not."""

import json
from contextlib import suppress
from dataclasses import replace

from runtime.core.errors import (
    ConnectorError,
    WebhookRejected,
)
from runtime.core.money import EXPONENT, Money
from runtime.core.payments import (
    Authorize,
    Capture,
    DisputeOutcome,
    DSync,
    IncomingWebhook,
    PaymentOutcome,
    PSync,
    RefundOutcome,
    RSync,
)
from runtime.core.vocabulary import PaymentStatus
from runtime.core.webhooks import Delivery, Event
from tests.mutants.bank import mutant
from tests.mutants.tamper import tamper


def believing(connector, make):
    """Replace the webhook flow: `make(inner, context, command)` is an exchange."""
    inner = connector.flows[IncomingWebhook]

    def exchange(context, command):
        return (yield from make(inner, context, command))

    return replace(connector, flows={**connector.flows, IncomingWebhook: exchange})


def _accept(kind, when):
    """Believe a delivery that the connector rejects, where `when` says so."""

    def make(inner, context, command):
        try:
            return (yield from inner(context, command))
        except kind:
            if when(command):
                return Delivery(events=())
            raise

    return make


def heard(connector, change):
    """What is told by webhook changed too, where the connector has any: a gateway may tell it in no other way."""
    if IncomingWebhook not in connector.flows:
        return connector
    told = lambda event: event if event.outcome is None else replace(event, outcome=change(event, event.outcome))  # noqa: E731 - one expression
    return believing(connector, events(told))


READS = {PSync: PaymentOutcome, RSync: RefundOutcome, DSync: DisputeOutcome}


def known(connector, *flows, outcome):
    """What some flows say changed; where one that reads is not there, what is heard of the same.

    `outcome(command, told)`: what is heard answers no command, and has None.
    """
    unread = tuple(READS[flow] for flow in flows if flow in READS and flow not in connector.flows)
    changed = tamper(connector, *flows, outcome=outcome)
    return (
        heard(changed, lambda _, told: outcome(None, told) if isinstance(told, unread) else told) if unread else changed
    )


@mutant("WEB-002", "hyperswitch#9749: verification is hard-coded to true")
def every_delivery_is_believed(connector, patch):
    return believing(connector, _accept(WebhookRejected, lambda command: True))


@mutant("WEB-001", "openlinker#1294: every real delivery is rejected")
def no_delivery_is_believed(connector, patch):
    def make(inner, context, command):
        yield from ()
        raise WebhookRejected("no")

    return believing(connector, make)


@mutant("WEB-022", "woocommerce-payments#3783: of several items only the last is told")
def only_the_last_item_is_told(connector, patch):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        return replace(delivery, events=delivery.events[-1:])

    return believing(connector, make)


@mutant("WEB-023", "hyperswitch#9749: a delivery with one bad signature is believed, for the others hold")
def one_bad_signature_is_no_matter(connector, patch):
    return believing(connector, _accept(WebhookRejected, lambda command: True))


@mutant("WEB-024", "hyperswitch#8946: a signature that nearly holds is believed")
def nearly_signed_is_signed(connector, patch):
    return believing(connector, _accept(WebhookRejected, lambda command: True))


@mutant("WEB-013", "hyperswitch-prism#1835: an unknown event is refused, and comes for ever")
def unknown_events_are_refused(connector, patch):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        if any(event.outcome is None for event in delivery.events):
            raise WebhookRejected("unknown event")
        return delivery

    return believing(connector, make)


def events(change):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        return replace(delivery, events=tuple(change(event) for event in delivery.events))

    return make


@mutant("WEB-014", "nearmerch.com#209: every event is good news")
def every_event_is_good_news(connector, patch):
    def change(event: Event) -> Event:
        good = isinstance(event.outcome, PaymentOutcome)
        return replace(event, outcome=replace(event.outcome, status=PaymentStatus.CHARGED)) if good else event

    return believing(connector, events(change))


@mutant("WEB-016", "pinelab-vendure-plugins#620: a delivery that comes twice looks new")
def every_delivery_looks_new(connector, patch):
    serial = iter(range(10**6))
    return believing(connector, events(lambda event: replace(event, event_id=f"event-{next(serial)}")))


@mutant("WEB-016", "openlinker#1294: the dedupe key collides across states")
def all_events_share_an_id(connector, patch):
    return believing(connector, events(lambda event: replace(event, event_id="event")))


@mutant("WEB-017", "woocommerce-payments#601: refund events are ignored")
def refund_events_are_ignored(connector, patch):
    def change(event: Event) -> Event:
        return replace(event, outcome=None) if isinstance(event.outcome, RefundOutcome) else event

    return believing(connector, events(change))


@mutant("WEB-019", "laravel-sisp#127: amounts in deliveries are in wire units")
def amounts_in_deliveries_are_off(connector, patch):
    def change(event: Event) -> Event:
        outcome = event.outcome
        if not isinstance(outcome, PaymentOutcome) or outcome.captured is None or EXPONENT[outcome.captured.currency]:
            return event
        wrong = Money(outcome.captured.minor * 100, outcome.captured.currency)
        return replace(event, outcome=replace(outcome, captured=wrong))

    return believing(connector, events(change))


@mutant("WEB-020", "woocommerce-gateway-stripe#902: a decline is heard of as processing")
def a_decline_is_heard_as_processing(connector, patch):
    def change(event: Event) -> Event:
        failed = isinstance(event.outcome, PaymentOutcome) and event.outcome.error
        return replace(event, outcome=replace(event.outcome, status=PaymentStatus.PENDING)) if failed else event

    return believing(connector, events(change))


@mutant("WEB-025", "saleor#19220: nothing tells which of two deliveries is older")
def deliveries_have_no_time(connector, patch):
    return believing(connector, events(lambda event: replace(event, created=None)))


@mutant("WEB-025", "medusa#13301: what arrives last counts as what happened last")
def the_time_is_that_of_arrival(connector, patch):
    serial = iter(range(10**6))
    return believing(connector, events(lambda event: replace(event, created=10**9 + next(serial))))


@mutant("WEB-026", "nearmerch.com#209: a failure is told as if it had just happened")
def a_failure_is_always_news(connector, patch):
    def change(event: Event) -> Event:
        outcome = event.outcome
        if not isinstance(outcome, PaymentOutcome) or outcome.error is None:
            return event
        return replace(event, created=2**40, outcome=replace(outcome, payment_id=last[-1] if last else None))

    last = []

    def remember(command, outcome):
        last.append(outcome.payment_id)
        return outcome

    return believing(tamper(connector, Authorize, outcome=remember), events(change))


def _refund_told(**changes):
    def change(event: Event) -> Event:
        is_refund = isinstance(event.outcome, RefundOutcome)
        return replace(event, outcome=replace(event.outcome, **changes)) if is_refund else event

    return events(change)


@mutant("WEB-027", "hyperswitch#5298: a refund is heard of under the payment's id")
def a_refund_is_heard_of_as_its_payment(connector, patch):
    def change(event: Event) -> Event:
        is_refund = isinstance(event.outcome, RefundOutcome)
        return (
            replace(event, outcome=replace(event.outcome, refund_id=event.outcome.payment_id)) if is_refund else event
        )

    return believing(connector, events(change))


@mutant("WEB-027", "laravel-sisp#127: a refund is heard of without its amount")
def a_refund_is_heard_of_without_its_amount(connector, patch):
    return believing(connector, _refund_told(amount=None))


@mutant("WEB-028", "woocommerce-payments#3783: a delivery is known by its signature, not by its event")
def every_signature_is_another_event(connector, patch):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        known = arrived.setdefault((command.headers, command.body), len(arrived))
        if known and any(body == command.body for _, body in list(arrived)[:known]):
            return replace(delivery, events=tuple(replace(one, event_id=f"again-{known}") for one in delivery.events))
        return delivery

    arrived = {}
    return believing(connector, make)


@mutant("WEB-029", "active_merchant#2937: what is posted is parsed before it is believed, and crashes the parser")
def noise_crashes(connector, patch):
    def make(inner, context, command):
        json.loads(command.body)
        return (yield from inner(context, command))

    return believing(connector, make)


@mutant("WEB-029", "dj-payfast#30: what cannot be read is nothing to worry about")
def noise_is_believed(connector, patch):
    def readable(command):
        try:
            return not isinstance(json.loads(command.body), dict)
        except (ValueError, RecursionError):
            return False

    return believing(connector, _accept(WebhookRejected, readable))


@mutant("WEB-030", "saleor#19220: a hold that is heard of is captured at once, and once more by the shop")
def what_is_heard_of_is_captured(connector, patch):
    def make(inner, context, command):
        delivery = yield from inner(context, command)
        for event in delivery.events:
            told = event.outcome
            if isinstance(told, PaymentOutcome) and told.status is PaymentStatus.AUTHORIZED and told.amount:
                capture = Capture(request_id=event.event_id, payment_id=told.payment_id, amount=told.amount)
                with suppress(ConnectorError):
                    yield from connector.flows[Capture](context, capture)
        return delivery

    return believing(connector, make)


@mutant("WEB-031", "omnipay#255: whatever was taken, the whole is told")
def a_part_is_heard_of_as_the_whole(connector, patch):
    whole = {}

    def remember(command, outcome):
        whole[outcome.payment_id] = command.amount
        return outcome

    def change(event: Event) -> Event:
        told = event.outcome
        if not isinstance(told, PaymentOutcome) or told.payment_id not in whole or not told.captured:
            return event
        return replace(event, outcome=replace(told, captured=whole[told.payment_id]))

    return believing(tamper(connector, Authorize, outcome=remember), events(change))
