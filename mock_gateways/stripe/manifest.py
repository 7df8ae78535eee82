"""What Stripe publishes, from the tables beside this file, and what each raw status means for the money."""

from __future__ import annotations

from mock_gateways.core.manifest import Instrument, Manifest, Meaning, State
from mock_gateways.stripe.tables import (
    API_VERSION,
    CARD_ROWS,
    CURRENCIES,
    EVENTS,
    FAILURES,
    OPERATIONS,
    SETTINGS,
)

_LIFECYCLE = "docs.stripe.com/payments/paymentintents/lifecycle"
_REFUNDS = "docs.stripe.com/refunds"
_MULTI = "docs.stripe.com/payments/multicapture"

STATES = (
    State("requires_payment_method", "payment", "requires_payment_method", Meaning.NEEDS_SHOPPER, _LIFECYCLE),
    State("declined", "payment", "requires_payment_method", Meaning.NOTHING_MOVED, _LIFECYCLE),
    State("authentication_failed", "payment", "requires_payment_method", Meaning.NOTHING_MOVED, _LIFECYCLE),
    State("requires_confirmation", "payment", "requires_confirmation", Meaning.NEEDS_SHOPPER, _LIFECYCLE),
    State("requires_action", "payment", "requires_action", Meaning.NEEDS_SHOPPER, _LIFECYCLE),
    State("processing", "payment", "processing", Meaning.IN_FLIGHT, _LIFECYCLE),
    State("requires_capture", "payment", "requires_capture", Meaning.HELD, _LIFECYCLE),
    State("requires_capture_partly_captured", "payment", "requires_capture", Meaning.PARTLY_TAKEN, _MULTI),
    State("succeeded", "payment", "succeeded", Meaning.TAKEN, _LIFECYCLE),
    State("succeeded_in_part", "payment", "succeeded", Meaning.PARTLY_TAKEN, _LIFECYCLE),
    State("canceled_unconfirmed", "payment", "canceled", Meaning.NOTHING_MOVED, _LIFECYCLE),
    State("canceled_hold", "payment", "canceled", Meaning.RELEASED, _LIFECYCLE),
    State(
        "canceled_automatic", "payment", "canceled", Meaning.RELEASED, f"{_LIFECYCLE}; cancellation_reason automatic"
    ),
    State(
        "canceled_partly_captured",
        "payment",
        "canceled",
        Meaning.PARTLY_TAKEN,
        f"{_MULTI}; that a part captured before leaves the status canceled is not certain",
    ),
    State("refund_pending", "refund", "pending", Meaning.IN_FLIGHT, _REFUNDS),
    State("refund_requires_action", "refund", "requires_action", Meaning.NEEDS_SHOPPER, _REFUNDS),
    State("refund_succeeded", "refund", "succeeded", Meaning.RETURNED, _REFUNDS),
    State("refund_failed", "refund", "failed", Meaning.NOTHING_MOVED, _REFUNDS),
    State("refund_canceled", "refund", "canceled", Meaning.NOTHING_MOVED, _REFUNDS),
)

MANIFEST = Manifest(
    gateway="stripe",
    version=API_VERSION,
    states=STATES,
    failures=FAILURES,
    instruments=tuple(
        Instrument("card", card.number, card.brand, card.causes, card.alias or None, card.source) for card in CARD_ROWS
    ),
    currencies=tuple(CURRENCIES.values()),
    events=EVENTS,
    settings=SETTINGS,
    operations=OPERATIONS,
)
