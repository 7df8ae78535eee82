"""Stripe's webhooks: a signature over time and raw body, then one event.

Source: docs.stripe.com/webhooks#verify-manually and stripe-python 16.1 `_webhook.py`. The key is the whole secret, its
whsec_ prefix included, as UTF-8. Only v1 counts: v0 is a test scheme. While a secret is rolled, a delivery carries a v1
for each. Stricter than that library, and as strict as stripe-dotnet: a time too far ahead is refused like a past one.
"""

from collections.abc import Callable, Mapping
from typing import Any

from runtime.connectors.stripe import flows, outcomes, wire
from runtime.core.bodies import Unreadable, read_json, read_object
from runtime.core.connector import Context, Exchange
from runtime.core.errors import IntegrityMismatch, InvalidConfiguration, WebhookRejected
from runtime.core.money import MinorUnits
from runtime.core.payments import IncomingWebhook, Outcome
from runtime.core.webhooks import Delivery, Event, hmac_sha256_hex, matches_any


def receive(context: Context, command: IncomingWebhook) -> Exchange[Delivery]:
    """Verify a delivery and read its event; nothing is asked of the network.

    A signed event that we should understand and cannot read is refused, never acknowledged: Stripe sends it again for
    three days and shows it as failed, so it is neither taken for a success nor lost.

    Raises:
        InvalidConfiguration: no webhook secret is configured; without one anybody could sign.
        WebhookRejected: nothing in the delivery may be believed.
    """
    yield from ()
    verify(context.config, command, context.now)
    try:
        event = read_json(wire.Event, command.body)
        outcome = _outcome(context.config.amounts, event)
    except (Unreadable, IntegrityMismatch) as error:
        raise WebhookRejected(f"signed, but not to be read: {error}") from None
    return Delivery(events=(Event(event_id=event.id, type=event.type, created=event.created, outcome=outcome),))


def verify(config: flows.Config, command: IncomingWebhook, now: float) -> None:
    """Hold every v1 of the header against every secret.

    Raises:
        InvalidConfiguration: there is no secret.
        WebhookRejected: the header is missing or malformed, no signature holds, or the time is off.
    """
    if not config.webhook_secrets:
        raise InvalidConfiguration("stripe: webhook_secrets is empty; give the endpoint's signing secret (whsec_...)")
    header = command.header("Stripe-Signature") or ""
    items = [item.partition("=")[::2] for item in header.split(",")]
    times = [value for name, value in items if name == "t"]
    if not header.isascii() or len(times) != 1 or not times[0].isdecimal():
        raise WebhookRejected("Stripe-Signature must read t=<unix seconds>,v1=<hex>")
    signed = times[0].encode() + b"." + command.body
    signatures = [value for name, value in items if name == "v1"]
    expected = [hmac_sha256_hex(secret.reveal().encode(), signed) for secret in config.webhook_secrets]
    if True not in [matches_any(one, signatures) for one in expected]:  # a list: every secret is tried
        raise WebhookRejected("no v1 signature holds under any configured secret; is the body the raw one?")
    if abs(now - int(times[0])) > config.webhook_tolerance_s:
        raise WebhookRejected(f"signed more than {config.webhook_tolerance_s} s away from now")


# Event types, whole or without their last word, by what their object is read as; any other means nothing here.
_READERS: Mapping[str, tuple[type[Any], Callable[[MinorUnits, Any], Outcome]]] = {
    "payment_intent": (wire.PaymentIntent, outcomes.payment),
    "refund": (wire.Refund, outcomes.refund),
    "charge.refund": (wire.Refund, outcomes.refund),
    "charge.dispute": (wire.Dispute, outcomes.dispute),
    "setup_intent": (wire.SetupIntent, outcomes.mandate),
    "payment_method.detached": (wire.Resource, outcomes.detached),
}


def _outcome(units: MinorUnits, event: wire.Event) -> Outcome | None:
    family, _, word = event.type.rpartition(".")
    if family == "checkout.session":
        session = read_object(wire.Session, event.about)
        return outcomes.checkout(units, session, word) if session.mode == "payment" else None
    model, read = _READERS.get(event.type) or _READERS.get(family) or (None, None)
    return read(units, read_object(model, event.about)) if model and read else None
