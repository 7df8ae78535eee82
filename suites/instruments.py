"""What a shopper pays with: a gateway's published test values, in the runtime's words."""

from mock_gateways.core.manifest import Instrument
from runtime.core.methods import BankDebit, Card, LocalMethod, PaymentMethod, Upi, Wallet
from runtime.core.secret import Secret
from runtime.core.vocabulary import PaymentMethodType

__all__ = ["CVC", "card_from", "paid_with"]

CVC = "913"  # not the usual 123: a leak of it can be told from chance
_EXPIRY_YEAR = 2034


def paid_with(kind: PaymentMethodType, row: Instrument | None, holder: str) -> PaymentMethod:
    """The runtime's word for a published test value; methods that the shopper finishes elsewhere have none."""
    value = Secret(row.value) if row else None
    if kind is PaymentMethodType.CARD and row:
        return card_from(row)
    if kind in (PaymentMethodType.APPLE_PAY, PaymentMethodType.GOOGLE_PAY) and value:
        return Wallet(kind=kind, token=value)
    if kind in (PaymentMethodType.ACH_DEBIT, PaymentMethodType.SEPA_DEBIT) and row:
        routing, _, account = row.value.rpartition(":")
        named = _named(row) or holder
        return BankDebit(kind=kind, account=Secret(account), routing=routing or None, holder=named)
    if kind is PaymentMethodType.UPI:
        return Upi(vpa=value)
    return LocalMethod(kind=kind, bank=row.value if row else None)


def _named(instrument: Instrument) -> str | None:
    """Whose it is, where what it causes hangs on the name of its holder instead of its number."""
    field, _, name = (instrument.alias or "").partition("=")
    return name if field in {"holderName", "ownerName"} else None


def card_from(instrument: Instrument) -> Card:
    """A published card."""
    named = _named(instrument) or "J. Smith"
    number, cvc = Secret(instrument.value), Secret(CVC)
    return Card(number=number, expiry_month=12, expiry_year=_EXPIRY_YEAR, cvc=cvc, holder=named)
