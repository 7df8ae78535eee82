"""What Adyen publishes, from the tables beside this file, and what each raw status means for the money."""

from __future__ import annotations

from mock_gateways.adyen.tables import API_VERSION, CARDS, METHODS, PUBLISHED, REFUSALS, TRIGGERS
from mock_gateways.core.manifest import Instrument, Meaning, State

_RESULTS = "docs.adyen.com/online-payments/payment-result-codes"
_AT_ONCE = f"{_RESULTS}; whether it is captured with it, account and request decide"
_MODIFIED = "Checkout v72, PaymentRefundResponse"
_DISPUTES = "Webhooks v1, disputeStatus; docs.adyen.com/risk-management/understanding-disputes"
_TOKENS = "docs.adyen.com/online-payments/tokenization"

STATES = (
    State(
        "authorised_captured",
        "payment",
        "Authorised",
        Meaning.TAKEN,
        f"{_RESULTS}; captured at once",
        also=Meaning.HELD,
    ),
    State(
        "authorised_held",
        "payment",
        "Authorised",
        Meaning.HELD,
        f"{_RESULTS}; the merchant captures",
        also=Meaning.TAKEN,
    ),
    State(
        "partially_authorised",
        "payment",
        "PartiallyAuthorised",
        Meaning.PARTLY_TAKEN,
        f"{_RESULTS}; captured",
        also=Meaning.HELD,
    ),
    State("partially_authorised_held", "payment", "PartiallyAuthorised", Meaning.HELD, _RESULTS),
    State("refused", "payment", "Refused", Meaning.NOTHING_MOVED, _RESULTS),
    State("error", "payment", "Error", Meaning.NOTHING_MOVED, _RESULTS),
    State("cancelled", "payment", "Cancelled", Meaning.NOTHING_MOVED, _RESULTS),
    State("pending", "payment", "Pending", Meaning.IN_FLIGHT, _RESULTS),
    State("received", "payment", "Received", Meaning.IN_FLIGHT, _RESULTS),
    State("redirect_shopper", "payment", "RedirectShopper", Meaning.NEEDS_SHOPPER, _RESULTS),
    State("identify_shopper", "payment", "IdentifyShopper", Meaning.NEEDS_SHOPPER, _RESULTS),
    State("challenge_shopper", "payment", "ChallengeShopper", Meaning.NEEDS_SHOPPER, _RESULTS),
    State("present_to_shopper", "payment", "PresentToShopper", Meaning.NEEDS_SHOPPER, _RESULTS),
    State(
        "authentication_finished", "payment", "AuthenticationFinished", Meaning.AUTHENTICATED, f"{_RESULTS}; no payment"
    ),
    State("authentication_not_required", "payment", "AuthenticationNotRequired", Meaning.IN_FLIGHT, _RESULTS),
    State("success", "payment", "Success", Meaning.IN_FLIGHT, "Checkout v72; orders and balances answer it"),
    State("refund_received", "refund", "received", Meaning.IN_FLIGHT, _MODIFIED),
    State("dispute_unresponded", "dispute", "Unresponded", Meaning.CONTESTABLE, _DISPUTES),
    State("dispute_undefended", "dispute", "Undefended", Meaning.CONTESTABLE, _DISPUTES),
    State("dispute_responded", "dispute", "Responded", Meaning.IN_REVIEW, _DISPUTES),
    State("dispute_pending", "dispute", "Pending", Meaning.IN_REVIEW, _DISPUTES),
    State("dispute_won", "dispute", "Won", Meaning.WON, _DISPUTES),
    State("dispute_lost", "dispute", "Lost", Meaning.LOST, _DISPUTES),
    State("dispute_accepted", "dispute", "Accepted", Meaning.CONCEDED, _DISPUTES),
    State("dispute_expired", "dispute", "Expired", Meaning.LAPSED, _DISPUTES),
    State("mandate_active", "mandate", "Authorised", Meaning.CHARGEABLE, _TOKENS),
    State("mandate_refused", "mandate", "Refused", Meaning.UNCHARGEABLE, _TOKENS),
)
_ANY_VISA = "4111111111111111"
_TESTING = "docs.adyen.com/development-resources/testing/result-code-testing"


def _asked_for() -> tuple[Instrument, ...]:
    """A refusal is asked for beside the card: by number in additionalData, or by the holder's name."""
    found = []
    for refused in REFUSALS.values():
        cause = "success" if refused.result == "Authorised" else f"decline:{refused.code}"
        if refused.holder_name:
            source = f"{_TESTING}; {refused.doubt}" if refused.doubt else _TESTING
            found.append(Instrument("card", _ANY_VISA, "visa", cause, f"holderName={refused.holder_name}", source))
        by_code = f"RequestedTestAcquirerResponseCode={refused.code}"
        found.append(Instrument("card", _ANY_VISA, "visa", cause, by_code, _TESTING))
    return tuple(found)


MANIFEST = PUBLISHED.manifest(
    "adyen",
    API_VERSION,
    states=STATES,
    instruments=(
        *(Instrument("card", card.number, card.brand, card.causes, None, card.source) for card in CARDS.values()),
        *_asked_for(),
        *TRIGGERS,
    ),
    methods=tuple(offered.method for offered in METHODS.values()),
)
