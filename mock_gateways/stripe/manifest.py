"""What Stripe publishes, from the tables beside this file, and what each raw status means for the money."""

from __future__ import annotations

from mock_gateways.core.manifest import Instrument, Meaning, State
from mock_gateways.stripe.cards import WALLETS
from mock_gateways.stripe.tables import (
    ACCOUNTS,
    API_VERSION,
    CARD_ROWS,
    METHOD_ROWS,
    METHODS,
    PUBLISHED,
    VOUCHERS,
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

_DISPUTES = "docs.stripe.com/disputes/how-disputes-work"
_MANDATES = "docs.stripe.com/api/mandates/object"
_SETUPS = "docs.stripe.com/payments/setupintents/lifecycle"
_NO_PAGE = "docs.stripe.com/api/disputes/object; its meaning is read from the name"

DISPUTES = (
    State("dispute_needs_response", "dispute", "needs_response", Meaning.CONTESTABLE, _DISPUTES),
    State("dispute_under_review", "dispute", "under_review", Meaning.IN_REVIEW, _DISPUTES),
    State("dispute_won", "dispute", "won", Meaning.WON, _DISPUTES),
    State("dispute_lost", "dispute", "lost", Meaning.LOST, _DISPUTES),
    State("dispute_accepted", "dispute", "lost", Meaning.CONCEDED, f"{_DISPUTES}; the status is that of a lost one"),
    State("dispute_lapsed", "dispute", "lost", Meaning.LAPSED, f"{_DISPUTES}; evidence_details.past_due is true"),
    State("inquiry_needs_response", "dispute", "warning_needs_response", Meaning.CONTESTABLE, _DISPUTES),
    State("inquiry_under_review", "dispute", "warning_under_review", Meaning.IN_REVIEW, _DISPUTES),
    State("inquiry_closed", "dispute", "warning_closed", Meaning.WITHDRAWN, _DISPUTES),
    State("dispute_blocked", "dispute", "prevented", Meaning.WITHDRAWN, f"{_NO_PAGE}; no money moved"),
    State("dispute_resolved", "dispute", "prevented", Meaning.CONCEDED, f"{_NO_PAGE}; the shopper was paid"),
    State("appeal_needs_response", "dispute", "appeal_needs_response", Meaning.CONTESTABLE, _NO_PAGE),
    State("appeal_under_review", "dispute", "appeal_under_review", Meaning.IN_REVIEW, _NO_PAGE),
)
MANDATES = (
    State("mandate_active", "mandate", "active", Meaning.CHARGEABLE, _MANDATES),
    State("mandate_inactive", "mandate", "inactive", Meaning.REVOKED, _MANDATES),
    State("mandate_pending", "mandate", "pending", Meaning.IN_FLIGHT, _MANDATES),
    State("setup_requires_payment_method", "mandate", "requires_payment_method", Meaning.NEEDS_SHOPPER, _SETUPS),
    State("setup_failed", "mandate", "requires_payment_method", Meaning.UNCHARGEABLE, f"{_SETUPS}; last_setup_error"),
    State("setup_requires_confirmation", "mandate", "requires_confirmation", Meaning.NEEDS_SHOPPER, _SETUPS),
    State("setup_requires_action", "mandate", "requires_action", Meaning.NEEDS_SHOPPER, _SETUPS),
    State("setup_processing", "mandate", "processing", Meaning.IN_FLIGHT, _SETUPS),
    State("setup_succeeded", "mandate", "succeeded", Meaning.CHARGEABLE, _SETUPS),
    State("setup_canceled", "mandate", "canceled", Meaning.UNCHARGEABLE, _SETUPS),
)
# No token of a wallet is published, so these are the simulator's own; see cards.py.
_WALLET = "a token of the simulator's own: Stripe publishes none of a wallet; docs.stripe.com/testing names tok_visa"
_WALLETS = tuple(
    Instrument(wallet, f"tok_{name}_{wallet}", "visa", causes, None, _WALLET)
    for wallet in WALLETS
    for name, causes in (
        ("visa", "success"),
        ("visa_chargeDeclined", "decline:generic_decline"),
        ("visa_chargeDeclinedInsufficientFunds", "decline:insufficient_funds"),
    )
)
_CARDS = tuple(
    Instrument("card", card.number, card.brand, card.causes, card.alias or None, card.source) for card in CARD_ROWS
)
_ACCOUNTS = tuple(
    Instrument(METHODS[row.type].published.kind, row.value, "", row.causes, row.alias or None, row.source)
    for row in ACCOUNTS
)
_VOUCHERS = tuple(
    Instrument(
        method.published.kind,
        f"{row.ending}@example.com",
        "",
        "success" if row.outcome == "pay" else "fails:payment_intent_payment_attempt_expired",
        None,
        row.source,
    )
    for method in METHOD_ROWS
    for row in VOUCHERS
    if method.course == "voucher"
)

MANIFEST = PUBLISHED.manifest(
    "stripe",
    API_VERSION,
    states=(*STATES, *DISPUTES, *MANDATES),
    instruments=(*_CARDS, *_WALLETS, *_ACCOUNTS, *_VOUCHERS),
    methods=tuple(row.published for row in METHOD_ROWS),
)
