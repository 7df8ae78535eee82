"""What each meaning of a gateway's status allows a connector to call it: the one table where both vocabularies meet."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

from mock_gateways.core.manifest import Meaning, State
from runtime.core.vocabulary import DisputeStatus as D
from runtime.core.vocabulary import MandateStatus as M
from runtime.core.vocabulary import PaymentMethodType
from runtime.core.vocabulary import PaymentStatus as P
from runtime.core.vocabulary import RefundStatus as R

__all__ = ["DISPUTE", "MANDATE", "METHOD", "PAYMENT", "REFUND", "allowed"]

Status = TypeVar("Status")

PAYMENT: Mapping[Meaning, frozenset[P]] = MappingProxyType(
    {
        Meaning.HELD: frozenset({P.AUTHORIZED, P.PARTIALLY_AUTHORIZED}),
        Meaning.TAKEN: frozenset({P.CHARGED}),
        Meaning.PARTLY_TAKEN: frozenset({P.PARTIAL_CHARGED, P.PARTIAL_CHARGED_AND_CHARGEABLE, P.PARTIALLY_AUTHORIZED}),
        # Held, and given back: by the merchant, by time, or by the gateway of its own accord.
        Meaning.RELEASED: frozenset({P.VOIDED, P.EXPIRED, P.AUTO_REFUNDED}),
        # A payment that was refunded is still one that was charged; some gateways have a status of their own for it.
        Meaning.RETURNED: frozenset({P.AUTO_REFUNDED, P.CHARGED}),
        Meaning.IN_FLIGHT: frozenset({P.PENDING, P.CAPTURE_INITIATED, P.VOID_INITIATED}),
        Meaning.NEEDS_SHOPPER: frozenset(
            {P.AUTHENTICATION_PENDING, P.PAYMENT_METHOD_AWAITED, P.CONFIRMATION_AWAITED, P.STARTED}
        ),
        Meaning.NOTHING_MOVED: frozenset({P.FAILURE, P.AUTHENTICATION_FAILED, P.AUTHORIZATION_FAILED}),
        Meaning.AUTHENTICATED: frozenset({P.AUTHENTICATION_SUCCESSFUL}),
        Meaning.UNKNOWN: frozenset({P.UNRESOLVED}),
    }
)

REFUND: Mapping[Meaning, frozenset[R]] = MappingProxyType(
    {
        Meaning.RETURNED: frozenset({R.SUCCESS}),
        Meaning.IN_FLIGHT: frozenset({R.PENDING}),
        Meaning.NEEDS_SHOPPER: frozenset({R.PENDING, R.MANUAL_REVIEW}),
        Meaning.NOTHING_MOVED: frozenset({R.FAILURE}),
        Meaning.UNKNOWN: frozenset({R.UNRESOLVED}),
    }
)

# A gateway may not tell a dispute that was given up, or let go, from one that was lost.
DISPUTE: Mapping[Meaning, frozenset[D]] = MappingProxyType(
    {
        Meaning.CONTESTABLE: frozenset({D.OPENED}),
        Meaning.IN_REVIEW: frozenset({D.CHALLENGED}),
        Meaning.WON: frozenset({D.WON}),
        Meaning.LOST: frozenset({D.LOST}),
        Meaning.CONCEDED: frozenset({D.ACCEPTED, D.LOST}),
        Meaning.LAPSED: frozenset({D.EXPIRED, D.LOST}),
        Meaning.WITHDRAWN: frozenset({D.CANCELLED}),
        Meaning.UNKNOWN: frozenset({D.UNRESOLVED}),
    }
)

MANDATE: Mapping[Meaning, frozenset[M]] = MappingProxyType(
    {
        Meaning.CHARGEABLE: frozenset({M.ACTIVE}),
        Meaning.NEEDS_SHOPPER: frozenset({M.PENDING}),
        Meaning.IN_FLIGHT: frozenset({M.PENDING}),
        Meaning.UNCHARGEABLE: frozenset({M.INACTIVE}),
        Meaning.REVOKED: frozenset({M.REVOKED, M.INACTIVE}),
        Meaning.UNKNOWN: frozenset({M.UNRESOLVED}),
    }
)

# The manifests' neutral word for a payment method, and ours.
METHOD: Mapping[str, PaymentMethodType] = MappingProxyType({kind.value.lower(): kind for kind in PaymentMethodType})


def allowed(table: Mapping[Meaning, frozenset[Status]], state: State) -> frozenset[Status]:
    """What a state may be called: the words of its meaning, and of the one that nothing tells it apart from."""
    return frozenset(word for meaning in state.meanings for word in table[meaning])
