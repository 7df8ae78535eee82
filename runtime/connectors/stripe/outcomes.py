"""What Stripe's objects mean, wherever one stands: in a reply, in a decline, in a webhook.

Every function takes the amounts of the configuration and an object, and returns its outcome. An amount that ISO units
cannot hold is an IntegrityMismatch, raised with the outcome and the id.
"""

import json
from functools import partial

from runtime.connectors.stripe import tables, wire
from runtime.core.amounts import decoded
from runtime.core.codes import meaning
from runtime.core.money import MinorUnits
from runtime.core.payments import DisputeOutcome, ErrorInfo, MandateOutcome, NextAction, PaymentOutcome, RefundOutcome
from runtime.core.vocabulary import DisputeStatus, MandateStatus, NextActionKind, PaymentStatus, RefundStatus


def failure(why: wire.Failure, status: int) -> ErrorInfo:
    """What went wrong, beside the HTTP status that it came with."""
    code, retry = tables.judge(why, status)
    raw = why.decline_code or why.code or why.type or None
    told = partial(ErrorInfo, code=code, retry=retry, raw_code=raw, message=why.message, advice_code=why.advice_code)
    return told(network_decline_code=why.network_decline_code, network_advice_code=why.network_advice_code)


def payment(units: MinorUnits, intent: wire.PaymentIntent) -> PaymentOutcome:
    why, charge, is_held = intent.last_payment_error, intent.charge, intent.status == "requires_capture"
    authorized = intent.amount_capturable + intent.amount_received if is_held else None
    if charge and charge.status == "succeeded" and charge.amount_authorized:
        authorized = charge.amount_authorized
    # Stripe counts as refunded what was only released, too: a whole voided hold, and what a partial capture left of one
    # (woocommerce-gateway-stripe#1073: 20675 held, 20300 captured, amount_refunded 375; solidus_stripe#268).
    released = charge.amount - charge.amount_captured if charge and not is_held else 0
    refunded = max(charge.amount_refunded - released, 0) if charge else None
    amounts = {"amount": intent.amount, "capturable": intent.amount_capturable, "captured": intent.amount_received}
    outcome = partial(PaymentOutcome, payment_id=intent.id, raw_status=intent.status, next_action=_next_action(intent))
    status = meaning(tables.STATUS, intent.status, intent, PaymentStatus.UNRESOLVED)
    error, until = failure(why, 402) if why else None, charge.capture_before if charge and is_held else None
    outcome = partial(outcome, status=status, error=error, expires_at=until)
    return decoded(outcome, units, intent.currency, {**amounts, "authorized": authorized, "refunded": refunded})


def refund(units: MinorUnits, reply: wire.Refund) -> RefundOutcome:
    """Where a refund stands; one that succeeded can still fail later."""
    why, status = reply.failure_reason, tables.REFUND_STATUS.get(reply.status or "", RefundStatus.UNRESOLVED)
    code, retry = tables.REFUND_FAILURE.get(why or "", tables.UNKNOWN_CODE)
    error = ErrorInfo(code=code, retry=retry, raw_code=why) if why else None
    outcome = partial(RefundOutcome, status=status, refund_id=reply.id, payment_id=reply.payment_intent, error=error)
    return decoded(partial(outcome, raw_status=reply.status), units, reply.currency, {"amount": reply.amount})


def checkout(units: MinorUnits, session: wire.Session, event: str = "") -> PaymentOutcome:
    """The payment of a checkout session; one that nobody tried to pay yet has no id but the session's."""
    raw, identity = session.payment_status, session.payment_intent or session.id
    status = tables.SESSION_STATUS.get(f"{event} {raw}", PaymentStatus.UNRESOLVED)
    outcome = partial(PaymentOutcome, status=status, payment_id=identity, raw_status=raw)
    told = {"amount": session.amount_total, "captured": session.amount_total if raw == "paid" else None}
    return decoded(outcome, units, session.currency or "", told)


def mandate(_: MinorUnits, setup: wire.SetupIntent) -> MandateOutcome:
    """What a setup sets up is the payment method: later charges name it, within its customer."""
    why, status = setup.last_setup_error, meaning(tables.SETUP_STATUS, setup.status, setup, MandateStatus.UNRESOLVED)
    outcome = partial(MandateOutcome, status=status, mandate_id=setup.payment_method, raw_status=setup.status)
    action, error = _next_action(setup), failure(why, 402) if why else None
    return outcome(customer_id=setup.customer, next_action=action, error=error)


def detached(_: MinorUnits, method: wire.Resource) -> MandateOutcome:
    """A payment method without a customer can never be charged again; it has no status of its own."""
    status = MandateStatus.UNRESOLVED if method.customer else MandateStatus.REVOKED
    return MandateOutcome(status=status, mandate_id=method.id, raw_status=None)


def dispute(units: MinorUnits, reply: wire.Dispute) -> DisputeOutcome:
    known, case = tables.DISPUTE_STATUS, f"{reply.status} by {reply.case_type}"
    status = known.get(case) or known.get(reply.status, DisputeStatus.UNRESOLVED)
    outcome = partial(DisputeOutcome, status=status, dispute_id=reply.id, raw_status=reply.status, reason=reply.reason)
    about = partial(outcome, payment_id=reply.payment_intent, respond_by=reply.due_by or None)  # 0: no answer is taken
    return decoded(about, units, reply.currency, {"amount": reply.amount})


def _next_action(intent: wire.PaymentIntent | wire.SetupIntent) -> NextAction | None:
    """A page to go to, or what to show. Any other is for Stripe's own code, which asks by the client secret."""
    if intent.next_action is None:
        return None
    name = str(intent.next_action.get("type"))
    details, kind = intent.next_action.get(name), tables.NEXT_ACTION.get(name, NextActionKind.CLIENT_SDK)
    given = {key: value for key, value in details.items() if value is not None} if isinstance(details, dict) else {}
    told = {key: value if isinstance(value, str) else json.dumps(value) for key, value in given.items()}
    url = next((told[key] for key in told if key == "url" or key.startswith("hosted_")), None)
    if kind is NextActionKind.CLIENT_SDK or (kind is NextActionKind.REDIRECT and not url):
        data = {"type": name, "client_secret": intent.client_secret or ""}
        return NextAction(kind=NextActionKind.CLIENT_SDK, data=data)
    return NextAction(kind=kind, url=url, data=told if kind is NextActionKind.DISPLAY else {})
