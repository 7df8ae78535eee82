"""Razorpay's webhooks: a signature over the raw body, then one event about one entity.

Source: razorpay.com/docs/webhooks/validate-test. The key is the webhook's own secret, not the account's. Nothing
is said about the time: an old delivery is as good as a new one. What tells a repeated one is its id, and that stands in
a header which is not signed: where an effect must not happen twice, deduplicate by payment and status too.
"""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from runtime.connectors.razorpay import flows, outcomes, tables, wire
from runtime.core.bodies import Unreadable, read_json, read_object
from runtime.core.connector import Context, Exchange
from runtime.core.errors import IntegrityMismatch, InvalidConfiguration, WebhookRejected
from runtime.core.payments import IncomingWebhook, Outcome
from runtime.core.webhooks import Delivery, Event, hmac_sha256_hex, matches_any

_READ: Mapping[str, Callable[[Any], Outcome]] = {
    "payment": lambda entity: outcomes.payment(read_object(wire.Payment, entity)),
    "refund": lambda entity: outcomes.refund(read_object(wire.Refund, entity)),
    "dispute": lambda entity: outcomes.dispute(read_object(wire.Dispute, entity)),
    "token": lambda entity: outcomes.mandate(read_object(wire.Token, entity)),
}


def receive(context: Context, command: IncomingWebhook) -> Exchange[Delivery]:
    """Verify a delivery and read its event; nothing is asked of the network.

    The payload is a snapshot: a payment that was captured since may still stand there as authorized. A signed event
    that we should understand and cannot read is refused: Razorpay sends it again for a day.

    Raises:
        InvalidConfiguration: no webhook secret is configured; without one anybody could sign.
        WebhookRejected: nothing in the delivery may be believed.
    """
    yield from ()
    verify(context.config, command)
    try:
        event = read_json(wire.Event, command.body)
        kind = next((kind for prefix, kind in tables.EVENTS if event.event.startswith(prefix)), None)
        outcome = _READ[kind](event.about(kind)) if kind else None
    except (Unreadable, IntegrityMismatch) as error:
        raise WebhookRejected(f"signed, but not to be read: {error}") from None
    event_id = command.header("x-razorpay-event-id") or sha256(command.body).hexdigest()
    return Delivery(events=(Event(event_id=event_id, type=event.event, created=event.created_at, outcome=outcome),))


def verify(config: flows.Config, command: IncomingWebhook) -> None:
    """Hold the signature against every secret.

    Raises:
        InvalidConfiguration: there is no secret.
        WebhookRejected: the header is missing, or no signature holds.
    """
    if not config.webhook_secrets:
        raise InvalidConfiguration("razorpay: webhook_secrets is empty; give the secret of the webhook")
    signature = command.header("X-Razorpay-Signature") or ""
    expected = [hmac_sha256_hex(secret.reveal().encode(), command.body) for secret in config.webhook_secrets]
    if not matches_any(signature, expected):
        raise WebhookRejected("X-Razorpay-Signature holds under no configured secret; is the body the raw one?")
