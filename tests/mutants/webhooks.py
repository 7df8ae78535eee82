"""Deliveries believed, refused or read for what they are not."""

from dataclasses import replace

from runtime.core.errors import (
    WebhookRejected,
)
from runtime.core.money import EXPONENT, Money
from runtime.core.payments import (
    IncomingWebhook,
    PaymentOutcome,
    RefundOutcome,
)
from runtime.core.vocabulary import PaymentStatus
from runtime.core.webhooks import Delivery, Event
from tests.mutants.bank import mutant


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
