"""Control connectors: none of them is a connector, and every one of them must fail."""

import time
from dataclasses import replace

from runtime.core.errors import OutcomeUnknown
from runtime.core.money import Money
from runtime.core.payments import IncomingWebhook, PaymentOutcome, Refund, RefundOutcome, RSync
from runtime.core.vocabulary import PaymentStatus, RefundStatus
from runtime.core.webhooks import Delivery, Event


def _answering(answer):
    """A connector that answers every command by itself."""

    def breaks(connector, patch):
        def exchange(context, command):
            yield from ()
            return answer(command)

        return replace(connector, flows=dict.fromkeys(connector.flows, exchange))

    return breaks


def _yes(command):
    amount = getattr(command, "amount", None) or Money(0, "EUR")
    if isinstance(command, IncomingWebhook):
        return Delivery(events=(Event(event_id="e", type="yes", created=0, outcome=None),))
    if isinstance(command, Refund | RSync):
        return RefundOutcome(
            status=RefundStatus.SUCCESS, refund_id="r", payment_id="p", raw_status="yes", amount=amount
        )
    return PaymentOutcome(
        status=PaymentStatus.CHARGED, payment_id="p", raw_status="yes", amount=amount, captured=amount, refunded=amount
    )


def _raise(command):
    raise RuntimeError("this connector only raises")


def _sleep(command):
    time.sleep(60)


def _never_knows(command):
    raise OutcomeUnknown("this connector never knows")


CONTROLS = {
    "says yes to everything": _answering(_yes),
    "raises": _answering(_raise),
    "sleeps": _answering(_sleep),
    "echoes": _answering(lambda command: command),
    "never knows": _answering(_never_knows),
}
