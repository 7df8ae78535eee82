"""What each meaning of a gateway's status allows a connector to call it: the one table where both vocabularies meet."""

from collections.abc import Mapping
from types import MappingProxyType

from mock_gateways.core.manifest import Meaning
from runtime.core.vocabulary import PaymentStatus as P
from runtime.core.vocabulary import RefundStatus as R

__all__ = ["PAYMENT", "REFUND"]

PAYMENT: Mapping[Meaning, frozenset[P]] = MappingProxyType(
    {
        Meaning.HELD: frozenset({P.AUTHORIZED, P.PARTIALLY_AUTHORIZED}),
        Meaning.TAKEN: frozenset({P.CHARGED}),
        Meaning.PARTLY_TAKEN: frozenset({P.PARTIAL_CHARGED, P.PARTIAL_CHARGED_AND_CHARGEABLE}),
        Meaning.RELEASED: frozenset({P.VOIDED, P.EXPIRED}),
        Meaning.RETURNED: frozenset({P.AUTO_REFUNDED}),
        Meaning.IN_FLIGHT: frozenset({P.PENDING, P.CAPTURE_INITIATED, P.VOID_INITIATED}),
        Meaning.NEEDS_SHOPPER: frozenset(
            {P.AUTHENTICATION_PENDING, P.PAYMENT_METHOD_AWAITED, P.CONFIRMATION_AWAITED, P.STARTED}
        ),
        Meaning.NOTHING_MOVED: frozenset({P.FAILURE, P.AUTHENTICATION_FAILED, P.AUTHORIZATION_FAILED}),
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
