"""Razorpay's mandates: tokens of a customer, born of a first payment that the shopper authenticates.

The token is known only when that payment is through. Until then the payment stands for it: its id is the mandate's id,
and what is done with the mandate later looks token and customer up by it (.../recurring-payments/cards/tokens).
Source: razorpay.com/docs/payments/payment-gateway/s2s-integration/recurring-payments.
"""

from functools import partial

from runtime.connectors.razorpay import flows, tables, wire
from runtime.connectors.razorpay.flows import Fields, fetch, request
from runtime.core import errors, payments
from runtime.core.bodies import path_segment
from runtime.core.connector import Context, Exchange
from runtime.core.money import Money
from runtime.core.payments import ErrorInfo, MandateOutcome, PaymentOutcome
from runtime.core.vocabulary import CaptureMethod, ErrorCode, MandateStatus, RetryAdvice


def setup(context: Context, command: payments.SetupMandate) -> Exchange[MandateOutcome]:
    """Make the customer, an order and the first payment: Razorpay takes a small amount for it (`mandate_amount`).

    PENDING at best: whether the bank registered the token is told later, by a delivery (`token.confirmed`).
    """
    config, method = context.config, flows.method_fields(command.method)
    amount = Money(config.mandate_amount, command.currency)
    customer_id = command.customer_id or (yield from _customer(context, command))
    terms: Fields = {"max_amount": config.mandate_max_amount, "frequency": config.mandate_frequency}
    terms = {**terms, "expire_at": int(context.now) + config.mandate_days * 86_400}
    fields: Fields = {"receipt": command.reference, "customer_id": customer_id, "method": method["method"]}
    fields = {**fields, "token": terms, **flows.capture_options(config, CaptureMethod.AUTOMATIC)}
    order = yield from flows.place_order(context, command, amount, fields)
    route, recurring = tables.MANDATES[method["method"]]
    about: Fields = {"order_id": order.id, "customer_id": customer_id, "callback_url": command.return_url}
    fields = {**flows.money(amount), **about, **flows.person(command.shopper), **method, **recurring}
    seen = yield from flows.pay(context, command, request(context, "POST", route, fields), order.id, amount)
    waits = MandateStatus.PENDING if seen.status in tables.WAITS else MandateStatus.UNRESOLVED
    told = partial(MandateOutcome, mandate_id=seen.payment_id, raw_status=seen.raw_status, customer_id=customer_id)
    status = MandateStatus.INACTIVE if seen.error else waits
    return told(status=status, next_action=seen.next_action, error=seen.error)


def _customer(context: Context, command: payments.SetupMandate) -> Exchange[str]:
    """The customer with these details, made or found (`fail_existing` 0)."""
    shopper = command.shopper
    fields: Fields = {"name": shopper.name, "email": shopper.email, "contact": shopper.phone, "fail_existing": "0"}
    made = yield from fetch(wire.Customer, command, request(context, "POST", "/v1/customers", fields))
    return made.id


def charge(context: Context, command: payments.ChargeMandate) -> Exchange[PaymentOutcome]:
    """A new order, and a payment on it by the token.

    Raises:
        InvalidCommand: there is no token yet, or nobody said whose it is. Nothing was charged.
    """
    token_id, customer_id = yield from _held(context, command)
    fields: Fields = {"receipt": command.reference, **flows.capture_options(context.config, CaptureMethod.AUTOMATIC)}
    order = yield from flows.place_order(context, command, command.amount, fields)
    whose: Fields = {"customer_id": customer_id, "email": command.shopper.email, "contact": command.shopper.phone}
    fields = {**flows.money(command.amount), **whose, "order_id": order.id, "token": token_id, "recurring": True}
    asked = request(context, "POST", "/v1/payments/create/recurring", fields)
    return (yield from flows.pay(context, command, asked, order.id, command.amount))


def revoke(context: Context, command: payments.RevokeMandate) -> Exchange[MandateOutcome]:
    token_id, customer_id = yield from _held(context, command)
    path = f"/v1/customers/{path_segment(customer_id)}/tokens/{path_segment(token_id)}"
    reply = yield from fetch(wire.Deleted, command, request(context, "DELETE", path))
    status, raw = MandateStatus.REVOKED if reply.deleted else MandateStatus.UNRESOLVED, f"deleted: {reply.deleted}"
    return MandateOutcome(status=status, mandate_id=command.mandate_id, raw_status=raw, customer_id=customer_id)


def _held(context: Context, command: payments.ChargeMandate | payments.RevokeMandate) -> Exchange[tuple[str, str]]:
    """The token and its customer. To look them up is a read: nothing can have moved if that fails."""
    token_id, customer_id = command.mandate_id, command.customer_id
    if token_id.startswith("pay_"):
        look = payments.PSync(request_id=command.request_id, payment_id=command.mandate_id)
        first = yield from flows.fetch_payment(context, look, command.mandate_id)
        token_id, customer_id = first.token_id or "", first.customer_id or customer_id
    if token_id and customer_id:
        return token_id, customer_id
    missing = ErrorInfo(code=ErrorCode.MANDATE_NOT_FOUND, retry=RetryAdvice.WITH_CORRECTED_DATA)
    raise errors.InvalidCommand(
        "razorpay: a mandate is a token and its customer; one of them is missing", error=missing
    )
