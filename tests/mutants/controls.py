"""Control connectors: none of them is a connector, and every one of them must fail."""

import time
from dataclasses import replace

from runtime.core import payments
from runtime.core.errors import OutcomeUnknown
from runtime.core.money import Money
from runtime.core.payments import PaymentOutcome
from runtime.core.vocabulary import DisputeStatus, MandateStatus, PaymentStatus, RefundStatus
from runtime.core.webhooks import Delivery, Event


def _answering(answer):
    """A connector that answers every command by itself."""

    def breaks(connector, patch):
        def exchange(context, command):
            yield from ()
            return answer(command)

        return replace(connector, flows=dict.fromkeys(connector.flows, exchange))

    return breaks


def _refunded(command):
    told = {"refund_id": "r", "payment_id": "p", "raw_status": "yes", "amount": command.amount}
    return payments.RefundOutcome(status=RefundStatus.SUCCESS, **told)


def _agreed(command):
    return payments.MandateOutcome(status=MandateStatus.ACTIVE, mandate_id="m", raw_status="yes", customer_id="c")


def _won(command):
    told = {"dispute_id": command.dispute_id, "payment_id": "p", "raw_status": "yes", "reason": "yes"}
    return payments.DisputeOutcome(status=DisputeStatus.WON, **told)


_GOOD_NEWS = {
    payments.IncomingWebhook: lambda _: Delivery(events=(Event(event_id="e", type="yes", created=0, outcome=None),)),
    payments.Refund: _refunded,
    payments.RSync: _refunded,
    payments.SetupMandate: _agreed,
    payments.RevokeMandate: _agreed,
    payments.CreateOrder: lambda command: payments.OrderOutcome(order_id="o", amount=command.amount),
    payments.CreateSessionToken: lambda _: payments.SessionOutcome(session_id="s", url="https://gateway.test/s"),
    payments.DSync: _won,
    payments.AcceptDispute: _won,
    payments.SubmitEvidence: _won,
    payments.DefendDispute: _won,
}


def _charged(command):
    amount = getattr(command, "amount", None) or Money(0, "EUR")
    told = {"payment_id": "p", "raw_status": "yes", "amount": amount, "captured": amount, "refunded": amount}
    return PaymentOutcome(status=PaymentStatus.CHARGED, **told)


def _yes(command):
    return _GOOD_NEWS.get(type(command), _charged)(command)


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
