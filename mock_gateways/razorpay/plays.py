"""How each state of the manifest comes about, acted out in a scratch world with the real handlers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core import stage
from mock_gateways.core.approvals import decide
from mock_gateways.core.clock import MINUTE_S
from mock_gateways.core.settings import setting
from mock_gateways.razorpay import customers, disputes, documents, orders, payments, refunds
from mock_gateways.razorpay.authorisation import fail, time_out
from mock_gateways.razorpay.captures import take
from mock_gateways.razorpay.declines import Decline
from mock_gateways.razorpay.errors import refuse
from mock_gateways.razorpay.lookup import find_dispute, find_payment, find_token
from mock_gateways.razorpay.machine import Step
from mock_gateways.razorpay.refunds import MONTH_S, settle_refund
from mock_gateways.razorpay.tables import CURRENCIES
from mock_gateways.razorpay.tokens import step_token

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.core.messages import Document
    from mock_gateways.core.routes import Handler
    from mock_gateways.razorpay.store import Payment

# It takes every currency and always asks the shopper, whatever the settings.
_WALLET = {"method": "wallet", "wallet": "paypal"}
_PERSON = {"email": "a@example.com", "contact": "+919000090000"}


class Stage(stage.Stage):
    """A stage for payments, and the one that is played with."""

    id = ""

    def act(self, handler: Handler, parameters: Document, **ids: str) -> Document:
        reply, refused = self.reply(handler, parameters, ids)
        document: Document = reply.document
        if refused:
            raise refuse(f"This state cannot be acted out: {document['error']['description']}")
        return document

    def create(self, mode: str = "manual", **more: object) -> Payment:
        given = {"amount": self.amount, "currency": self.currency}
        asked = {"capture": mode, "capture_options": {"automatic_expiry_period": 12}}
        order = self.act(orders.create_order, {**given, "payment": asked, **more})["id"]
        paying = {**given, **_PERSON, "order_id": order, **_WALLET}
        if more:
            paying |= {"customer_id": more["customer_id"], "recurring": True}
        self.id = self.act(payments.create_payment, paying)["razorpay_payment_id"]
        return find_payment(self.world, self.id)

    def authorise(self, **more: str) -> Payment:
        payment = self.create(**more)
        if self.id in self.world.approvals:
            decide(self.world, self.id, "approve")
        return payment

    def capture(self) -> Payment:
        payment = self.authorise()
        take(self.world, payment)
        return payment

    def refund(self, amount: int | None = None) -> Document:
        self.capture()
        given = {} if amount is None else {"amount": amount}
        refund = self.act(refunds.refund_payment, given, payment_id=self.id)
        settle_refund(self.world, refund["id"])
        return refund

    def dispute(self, reason: str = "chargeback") -> Document:
        self.capture()
        return disputes.open_dispute(self.world, self.id, {"reason": reason})

    def contest(self, reason: str = "chargeback") -> Document:
        dispute = self.dispute(reason)
        document = self.act(documents.create_document, {"file": "a.png", "purpose": "dispute_evidence"})["id"]
        given = {"action": "submit", "billing_proof": [document]}
        return self.act(disputes.contest_dispute, given, dispute_id=dispute["id"])

    def decide(self, dispute: Document, outcome: str) -> Document:
        decide(self.world, dispute["id"], outcome)
        return find_dispute(self.world, dispute["id"])


def _refund_part(stage: Stage) -> Document:
    step = CURRENCIES[stage.currency].multiple_of
    least = CURRENCIES[stage.currency].minimum or step
    stage.refund(max(stage.amount // 2 // step * step, least))
    return find_payment(stage.world, stage.id).document


def _refund_all(stage: Stage) -> Document:
    stage.refund()
    return find_payment(stage.world, stage.id).document


def _let_lapse(stage: Stage) -> Document:
    payment = stage.authorise()
    stage.world.clock.advance(setting(stage.world, "manual_expiry_minutes") * MINUTE_S)
    return payment.document


def _fail(stage: Stage) -> Document:
    payment = stage.create()
    fail(stage.world, payment, Decline.of(stage.world, "card_declined"))
    return payment.document


def _time_out(stage: Stage) -> Document:
    payment = stage.create()
    time_out(stage.world, stage.id)
    return payment.document


def _pending_refund(stage: Stage) -> Document:
    return {**stage.refund(), "status": "pending", "acquirer_data": {"arn": None}}


def _failed_refund(stage: Stage) -> Document:
    stage.capture()
    stage.world.clock.advance((setting(stage.world, "refund_months") + 1) * MONTH_S)
    return stage.act(refunds.refund_payment, {}, payment_id=stage.id)


def _accept(stage: Stage) -> Document:
    return stage.act(disputes.accept_dispute, {}, dispute_id=stage.dispute()["id"])


def _let_dispute_lapse(stage: Stage) -> Document:
    dispute = stage.dispute()
    disputes.lapse(stage.world, dispute["id"])
    return dispute


def _mandate(*steps: Step) -> Callable[[Stage], Document]:
    """A token that was opened by a payment, and what happened to it then."""

    def play(stage: Stage) -> Document:
        customer = stage.act(customers.create_customer, dict(_PERSON))["id"]
        payment = stage.create(customer_id=customer)
        token = find_token(stage.world, payment.document["token_id"], customer)
        for step in steps:
            step_token(stage.world, token, step)
        return token.document

    return play


PLAYS: Mapping[str, Callable[[Stage], Document]] = {
    "created": lambda stage: stage.create().document,
    "created_unanswered": lambda stage: stage.create().document,
    "authorized": lambda stage: stage.authorise().document,
    "captured": lambda stage: stage.capture().document,
    "captured_partly_refunded": _refund_part,
    "refunded": _refund_all,
    "refunded_uncaptured": _let_lapse,
    "failed": _fail,
    "failed_timed_out": _time_out,
    "refund_pending": _pending_refund,
    "refund_processed": lambda stage: stage.refund(),
    "refund_failed": _failed_refund,
    "dispute_open": lambda stage: stage.dispute(),
    "dispute_under_review": lambda stage: stage.contest(),
    "dispute_won": lambda stage: stage.decide(stage.contest(), "approve"),
    "dispute_lost": lambda stage: stage.decide(stage.contest(), "fail"),
    "dispute_lost_accepted": _accept,
    "dispute_lost_unanswered": _let_dispute_lapse,
    "dispute_closed": lambda stage: stage.decide(stage.contest("fraud"), "approve"),
    "mandate_initiated": _mandate(),
    "mandate_confirmed": _mandate(Step.CONFIRM),
    "mandate_rejected": _mandate(Step.REJECT),
    "mandate_cancelled": _mandate(Step.CONFIRM, Step.CANCEL),
    "mandate_paused": _mandate(Step.CONFIRM, Step.PAUSE),
}
