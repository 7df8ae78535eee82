"""What Adyen's answers mean in our words.

Source: docs.adyen.com/online-payments/payment-result-codes, docs.adyen.com/development-resources/refusal-reasons, the
schemas PaymentResponse and ResponseAdditionalDataCommon of CheckoutService-v72.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from runtime.connectors.adyen import tables, wire
from runtime.core import payments
from runtime.core.amounts import check_amount, decoded
from runtime.core.codes import Advice
from runtime.core.payments import ErrorInfo, MandateOutcome, NextAction, PaymentOutcome, RefundOutcome
from runtime.core.vocabulary import ErrorCode, MandateStatus, NextActionKind, PaymentStatus

Modified = PaymentOutcome | RefundOutcome
Modifying = payments.Capture | payments.Void | payments.Refund


def payment(reply: wire.Payment, known: str | None, *, taken: bool) -> PaymentOutcome:
    """Where a payment stands.

    Raises:
        IntegrityMismatch: an amount that ISO units cannot hold.
    """
    status = tables.RESULTS.get(reply.result_code, PaymentStatus.UNRESOLVED)
    error = declined(reply) if status is PaymentStatus.FAILURE else None
    status = PaymentStatus.CHARGED if taken and status is PaymentStatus.AUTHORIZED else status
    if error and error.code is ErrorCode.AUTHENTICATION_FAILED:
        status = PaymentStatus.AUTHENTICATION_FAILED
    outcome = partial(PaymentOutcome, status=status, payment_id=reply.psp_reference or known, error=error)
    outcome = partial(outcome, raw_status=reply.result_code, next_action=next_action(reply.action))
    amount, held = reply.amount, _authorized(reply) if reply.result_code in tables.HELD else None
    told = {"amount": amount.value if amount else None, "authorized": held.value if held else None}
    named = amount or held
    return decoded(outcome, tables.AMOUNTS, named.currency, told) if named else outcome()


def _authorized(reply: wire.Payment) -> wire.Amount | None:
    """What was really held: additionalData.authorisedAmountValue where the account shows it, else `amount`."""
    value, currency = reply.noted("authorisedAmountValue"), reply.noted("authorisedAmountCurrency")
    is_same = reply.amount is None or reply.amount.currency == currency
    if value and value.isdecimal() and currency and is_same:
        return wire.Amount(value=int(value), currency=currency)
    return reply.amount


def declined(reply: wire.Payment) -> ErrorInfo:
    raw = reply.refusal_reason_code
    advice = tables.DECLINES.get(raw, tables.UNKNOWN_CODE) if raw else tables.RESULT_CODES[reply.result_code]
    return failure(reply, advice, raw or reply.result_code, reply.refusal_reason)


def failure(told: wire.Noted, advice: Advice, raw: str | None, message: str | None) -> ErrorInfo:
    """Why something failed, with what the network said, where the account shows that."""
    network, hint = told.noted("refusalReasonRaw", "acquirerErrorCode"), told.noted("merchantAdviceCode")
    error = partial(ErrorInfo, code=advice[0], retry=advice[1], raw_code=raw, message=message)
    return error(network_decline_code=network, network_advice_code=hint)


def mandate(reply: wire.Payment, customer: str) -> MandateOutcome:
    """Where a consent stands. An authorised one without its token is PENDING: a webhook brings it."""
    authorized, token = tables.RESULTS.get(reply.result_code, PaymentStatus.UNRESOLVED), reply.noted(*tables.TOKEN)
    status = tables.CONSENTS.get(authorized, MandateStatus.PENDING)
    if status is MandateStatus.ACTIVE and token is None:
        status = MandateStatus.PENDING
    told = partial(MandateOutcome, status=status, mandate_id=token, raw_status=reply.result_code, customer_id=customer)
    error = declined(reply) if status is MandateStatus.INACTIVE else None
    return told(error=error, next_action=next_action(reply.action))


def next_action(action: Mapping[str, Any] | None) -> NextAction | None:
    """What the shopper does next. `data` is the whole action, what is no text as JSON: a page may want a POST."""
    if action is None:
        return None
    url, kind = action.get("url"), tables.ACTIONS.get(str(action.get("type")), NextActionKind.CLIENT_SDK)
    data = {name: value if isinstance(value, str) else json.dumps(value) for name, value in action.items()}
    return NextAction(kind=kind, url=url if isinstance(url, str) else None, data=data)


def modification(command: Modifying, reply: wire.Modification, status: Any) -> Modified:
    """What was begun. A capture's amount is no amount of the payment yet, and a cancel names none.

    Raises:
        IntegrityMismatch: another amount than was asked for, or one that ISO units cannot hold.
    """
    refunded = partial(RefundOutcome, refund_id=reply.psp_reference)
    begun: Callable[..., Any] = refunded if isinstance(command, payments.Refund) else PaymentOutcome
    begun, amount = partial(begun, status=status, payment_id=command.payment_id, raw_status=reply.status), reply.amount
    told = decoded(begun, tables.AMOUNTS, amount.currency, {"amount": amount.value}) if amount else begun()
    if not isinstance(command, payments.Void):
        check_amount(command.amount, told.amount, told)
    outcome: Modified = told if isinstance(command, payments.Refund) else begun()
    return outcome


def moment(text: str | None) -> int | None:
    """Unix seconds of an ISO 8601 time with its offset; None for any other text."""
    try:
        time = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return int(time.timestamp()) if time.tzinfo else None
