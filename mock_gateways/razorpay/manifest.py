"""What Razorpay publishes, from the tables beside this file, and what each raw status means for the money."""

from __future__ import annotations

from mock_gateways.core.manifest import Instrument, Meaning, Method, State
from mock_gateways.razorpay.tables import API_VERSION, CARD_ROWS, OTHER_INSTRUMENTS, PUBLISHED

_PAYMENTS = "razorpay.com/docs/payments/payments (life cycle)"
_LATE = "razorpay.com/docs/payments/payments/late-authorisation: it may still be authorised"
_REFUNDS = "razorpay.com/docs/api/refunds/entity"
_DISPUTES = "razorpay.com/docs/api/disputes/entity"
_TOKENS = "razorpay.com/docs/payments/payment-gateway/s2s-integration/recurring-payments/cards/tokens"
_S2S = "razorpay.com/docs/payments/payment-gateway/s2s-integration"

STATES = (
    State("created", "payment", "created", Meaning.NEEDS_SHOPPER, _PAYMENTS, also=Meaning.IN_FLIGHT),
    State("created_unanswered", "payment", "created", Meaning.IN_FLIGHT, _LATE, also=Meaning.NEEDS_SHOPPER),
    State("authorized", "payment", "authorized", Meaning.HELD, _PAYMENTS),
    State("captured", "payment", "captured", Meaning.TAKEN, _PAYMENTS),
    State("captured_partly_refunded", "payment", "captured", Meaning.TAKEN, f"{_PAYMENTS}; refund_status partial"),
    State("refunded", "payment", "refunded", Meaning.RETURNED, f"{_PAYMENTS}; captured true"),
    State("refunded_uncaptured", "payment", "refunded", Meaning.RELEASED, f"{_PAYMENTS}; automatic, captured false"),
    State("failed", "payment", "failed", Meaning.NOTHING_MOVED, _PAYMENTS),
    State("failed_timed_out", "payment", "failed", Meaning.NOTHING_MOVED, _LATE),
    State("refund_pending", "refund", "pending", Meaning.IN_FLIGHT, _REFUNDS),
    State("refund_processed", "refund", "processed", Meaning.RETURNED, _REFUNDS),
    State("refund_failed", "refund", "failed", Meaning.NOTHING_MOVED, _REFUNDS),
    State("dispute_open", "dispute", "open", Meaning.CONTESTABLE, _DISPUTES),
    State("dispute_under_review", "dispute", "under_review", Meaning.IN_REVIEW, _DISPUTES),
    State("dispute_won", "dispute", "won", Meaning.WON, _DISPUTES),
    State("dispute_lost", "dispute", "lost", Meaning.LOST, _DISPUTES),
    State("dispute_lost_accepted", "dispute", "lost", Meaning.CONCEDED, "razorpay.com/docs/api/disputes/accept"),
    State("dispute_lost_unanswered", "dispute", "lost", Meaning.LAPSED, _DISPUTES),
    State("dispute_closed", "dispute", "closed", Meaning.WITHDRAWN, _DISPUTES),
    State("mandate_initiated", "mandate", "initiated", Meaning.IN_FLIGHT, _TOKENS),
    State("mandate_confirmed", "mandate", "confirmed", Meaning.CHARGEABLE, _TOKENS),
    State("mandate_rejected", "mandate", "rejected", Meaning.UNCHARGEABLE, _TOKENS),
    State("mandate_cancelled", "mandate", "cancelled", Meaning.REVOKED, _TOKENS),
    State("mandate_paused", "mandate", "paused", Meaning.UNCHARGEABLE, _TOKENS),
)

# Wallets other than PayPal are simulated too, but have no neutral word of their own. So is ACH, which is for American
# accounts alone: no account has both it and the Indian methods, so it is none of this list.
METHODS = (
    Method("card", "card", "card", (), True, True, True, f"{_S2S}/json/v2/build-integration/cards"),
    Method(
        "upi", "upi", "redirect", ("INR",), True, True, True, f"{_S2S}/json/v2/build-integration/upi/collect, intent"
    ),
    Method(
        "bank_transfer",
        "netbanking",
        "redirect",
        ("INR",),
        True,
        True,
        False,
        f"{_S2S}/json/v2/build-integration/netbanking",
        "Razorpay's own bank_transfer, money sent to a virtual account, is another method and not simulated",
    ),
    Method(
        "paypal",
        "paypal",
        "redirect",
        (),
        True,
        True,
        False,
        f"{_S2S}/payment-methods/paypal",
        "a wallet; offered in live mode only, and its currencies are a list of their own",
    ),
)

MANIFEST = PUBLISHED.manifest(
    "razorpay",
    API_VERSION,
    states=STATES,
    instruments=(
        *(Instrument("card", card.number, card.brand, card.causes, None, card.source) for card in CARD_ROWS),
        *OTHER_INSTRUMENTS,
    ),
    methods=METHODS,
)
