"""Mistakes that only a longer story brings to light."""

from dataclasses import replace
from itertools import count

from mock_gateways.core.clock import EPOCH
from runtime.core.payments import IncomingWebhook, PaymentOutcome, PSync
from runtime.core.vocabulary import PaymentStatus
from tests.mutants.bank import mutant
from tests.mutants.webhooks import believing, events

MONTH_S = 30 * 86_400
PAID = {PaymentStatus.CHARGED, PaymentStatus.PARTIAL_CHARGED}


def _forgotten(outcome, now):
    old = isinstance(outcome, PaymentOutcome) and outcome.status in PAID and now > EPOCH + MONTH_S
    return replace(outcome, status=PaymentStatus.EXPIRED) if old else outcome


@mutant("LIF-035", "a job that expires old holds expires what was captured long ago")
def what_was_paid_expires_like_a_hold(connector, patch):
    def forgetting(flow):
        def exchange(context, command):
            result = yield from flow(context, command)
            if not isinstance(command, IncomingWebhook):
                return _forgotten(result, context.now)
            events = (replace(event, outcome=_forgotten(event.outcome, context.now)) for event in result.events)
            return replace(result, events=tuple(events))

        return exchange

    changed = {flow: forgetting(connector.flows[flow]) for flow in (PSync, IncomingWebhook) if flow in connector.flows}
    return replace(connector, flows={**connector.flows, **changed})


@mutant("LIF-036", "an event is dated by when its payment began, and no two of a payment can be put in order")
def an_event_is_as_old_as_its_payment(connector, patch):
    first = {}

    def dated(event):
        about = getattr(event.outcome, "payment_id", None)
        return replace(event, created=first.setdefault(about, event.created))

    return believing(connector, events(dated))


@mutant("LIF-036", "an event is dated by when it arrived: what comes late counts as news")
def an_event_is_dated_by_its_arrival(connector, patch):
    arrivals = count(1)
    return believing(connector, events(lambda event: replace(event, created=next(arrivals))))
