"""Adyen's webhooks: items in one delivery, each signed over eight of its fields; or one body, signed in a header.

Source: docs.adyen.com/development-resources/webhooks/{verify-hmac-signatures, troubleshoot}, and the vectors of Adyen's
Python and Node libraries. The key is hex; nothing is escaped. `additionalData`, `reason`, `eventDate` and
`paymentMethod` are not signed: what is read from there is as trustworthy as the connection it came by.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

from runtime.connectors.adyen import flows, tables, wire
from runtime.connectors.adyen.outcomes import failure, moment
from runtime.core import payments
from runtime.core.amounts import decoded
from runtime.core.bodies import Unreadable, read_json
from runtime.core.connector import Context, Exchange
from runtime.core.errors import IntegrityMismatch, InvalidConfiguration, WebhookRejected
from runtime.core.messages import HttpResponse
from runtime.core.payments import DisputeOutcome, ErrorInfo, MandateOutcome, Outcome, PaymentOutcome, RefundOutcome
from runtime.core.vocabulary import DisputeStatus, MandateStatus, PaymentStatus, RefundStatus
from runtime.core.webhooks import Delivery, Event, hmac_sha256_base64, matches_any

# Any 2xx accepts; this body did before that was so, and still does.
ACCEPTED = HttpResponse(200, (("Content-Type", "text/plain"),), b"[accepted]")


def receive(context: Context, command: payments.IncomingWebhook) -> Exchange[Delivery]:
    """Verify a delivery and read its events; nothing is asked of the network.

    One bad signature rejects the whole delivery. A signed event with an amount that ISO units cannot hold is UNRESOLVED
    and acknowledged: Adyen's queue would stand still behind a refused one for up to thirty days.

    Raises:
        InvalidConfiguration: no HMAC key is configured; without one anybody could sign.
        WebhookRejected: nothing in the delivery may be believed, or it is no delivery at all.
    """
    yield from ()
    if not context.config.hmac_keys:
        raise InvalidConfiguration("adyen: hmac_keys is empty; give the HMAC key of the webhook (hex)")
    try:
        if (signature := command.header("HmacSignature")) is not None:
            return Delivery(events=(_token(context.config, command.body, signature),), acknowledgement=ACCEPTED)
        entries = read_json(wire.Notification, command.body).notification_items
    except Unreadable as error:
        raise WebhookRejected(f"not to be read: {error}") from None
    return Delivery(events=tuple([_event(context.config, one.item) for one in entries]), acknowledgement=ACCEPTED)


def verify(config: flows.Config, item: wire.Item) -> None:
    """Hold an item's signature against every key.

    A colon anywhere but in the merchant's own reference would let fields change places under one signature.

    Raises:
        WebhookRejected: none holds.
    """
    value, currency = (str(item.amount.value), item.amount.currency) if item.amount else ("", "")
    ids = (item.psp_reference, item.original_reference or "", item.merchant_account_code)
    event = (value, currency, item.event_code, item.success)
    signed = ":".join((*ids, item.merchant_reference or "", *event)).encode()
    if any(":" in part for part in ids + event) or not _is_signed(config, signed, item.noted("hmacSignature") or ""):
        raise WebhookRejected("an item's hmacSignature holds under no configured key")


def _is_signed(config: flows.Config, message: bytes, signature: str) -> bool:
    expected = [hmac_sha256_base64(bytes.fromhex(key.reveal()), message) for key in config.hmac_keys]
    return True in [matches_any(one, [signature]) for one in expected]  # a list: every key is tried


def _token(config: flows.Config, body: bytes, signature: str) -> Event:
    if not _is_signed(config, body, signature):
        raise WebhookRejected("HmacSignature holds under no configured key; is the body the raw one?")
    told = read_json(wire.TokenEvent, body)
    known = partial(MandateOutcome, mandate_id=told.token, raw_status=told.type, customer_id=told.customer)
    outcome = known(status=status) if isinstance(status := tables.EVENTS.get(told.type), MandateStatus) else None
    same = told.event_id or hmac_sha256_base64(b"", body)  # a notice of change has no id: the same bytes are the same
    return Event(event_id=same, type=told.type, created=moment(told.created_at), outcome=outcome)


def _event(config: flows.Config, item: wire.Item) -> Event:
    """Duplicates have pspReference and eventCode in common; a failure that turns into a success is another event."""
    verify(config, item)
    same, created = f"{item.psp_reference}:{item.event_code}:{item.success}", moment(item.event_date)
    return Event(event_id=same, type=item.event_code, created=created, outcome=_outcome(item))


def _outcome(item: wire.Item) -> Outcome | None:
    """What an event did; UNRESOLVED and without its amount where ISO units cannot hold that."""
    family, amount = tables.FAMILIES.get(item.event_code), item.amount
    if family is None or item.raw in tables.CHANGED_NOTHING:
        return None
    done = tables.EVENTS.get(f"{item.raw}/{item.noted('modification.action')}")
    status = done or tables.EVENTS.get(item.raw, family.UNRESOLVED)
    if item.raw == "AUTHORISATION/true" and amount and amount.value == 0 and item.noted(*tables.TOKEN):
        return _mandate(item, MandateStatus.ACTIVE)()  # a payment of nothing that left a token is a mandate
    told: Callable[..., Any] = _OUTCOMES[type(status)](item, status)
    names = tables.AMOUNTS_OF.get(item.raw, ("amount",) if isinstance(status, RefundStatus | DisputeStatus) else ())
    try:
        named = dict.fromkeys(names, amount.value) if amount else {}
        outcome: Outcome = decoded(told, tables.AMOUNTS, amount.currency, named) if amount and names else told()
    except IntegrityMismatch:
        outcome = told(status=type(status).UNRESOLVED)
    return outcome


def _payment(item: wire.Item, status: Any) -> Callable[..., Outcome]:
    is_taken = item.event_code == "AUTHORISATION" and tables.is_taken(item.payment_method, item.additional_data)
    status = PaymentStatus.CHARGED if is_taken and status is PaymentStatus.AUTHORIZED else status
    about, error = item.original_reference or item.psp_reference, _error(item, status)
    return partial(PaymentOutcome, status=status, raw_status=item.raw, payment_id=about, error=error)


def _refund(item: wire.Item, status: Any) -> Callable[..., Outcome]:
    ids = partial(RefundOutcome, refund_id=item.psp_reference, payment_id=item.original_reference)
    return partial(ids, status=status, raw_status=item.raw, error=_error(item, status))


def _dispute(item: wire.Item, status: Any) -> Callable[..., Outcome]:
    told, until = item.noted("disputeStatus"), moment(item.noted("defensePeriodEndsAt"))
    if told and item.success == "true" and item.event_code not in tables.NEVER_FINAL:
        now = tables.DISPUTE_STATUS.get(told, DisputeStatus.UNRESOLVED)
        status = status if now is DisputeStatus.OPENED else now
    ids = partial(DisputeOutcome, dispute_id=item.psp_reference, payment_id=item.original_reference)
    reason = item.noted("chargebackReasonCode", "rfiReasonCode")
    return partial(ids, status=status, raw_status=told or item.raw, reason=reason, respond_by=until)


def _mandate(item: wire.Item, status: Any) -> Callable[..., Outcome]:
    """A RECURRING_CONTRACT's pspReference is the token itself, and signed."""
    token = item.psp_reference if item.event_code == "RECURRING_CONTRACT" else item.noted(*tables.TOKEN)
    whose = item.noted(*tables.CUSTOMER)
    return partial(MandateOutcome, status=status, raw_status=item.raw, mandate_id=token, customer_id=whose)


_OUTCOMES = {PaymentStatus: _payment, RefundStatus: _refund, DisputeStatus: _dispute, MandateStatus: _mandate}


def _error(item: wire.Item, status: PaymentStatus | RefundStatus) -> ErrorInfo | None:
    """Why it failed: in words only, so a known wording is as good as a code."""
    if item.success != "false" and not status.endswith(("FAILED", "FAILURE")):
        return None
    known = item.reason if item.reason in tables.REASONS else None
    return failure(item, tables.REASONS.get(known or "", tables.UNKNOWN_CODE), known, item.reason)
