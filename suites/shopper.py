"""The shopper and the bank: whatever a payment waits for is carried through, and the merchant looks at it again."""

from runtime.core.money import Money
from runtime.core.payments import MandateOutcome, PaymentOutcome
from runtime.core.vocabulary import PaymentMethodType
from suites.gateway import Gateway
from suites.merchant import Merchant

__all__ = ["agrees", "gives_consent", "refuses"]

# More than any payment waits for one after the other: a redirect, then the bank.
_STEPS = 4


def agrees(merchant: Merchant, gateway: Gateway, pending: PaymentOutcome, amount: Money) -> PaymentOutcome:
    """Everybody says yes: the shopper at a page or with a voucher, then the bank that settles."""
    seen = pending
    for _ in range(_STEPS):
        if gateway.waits_for(seen.payment_id) is None:
            break
        returned = gateway.approve(seen.payment_id)
        seen = merchant.sees(seen, amount, returned)
    return seen


def refuses(merchant: Merchant, gateway: Gateway, pending: PaymentOutcome, amount: Money) -> PaymentOutcome:
    """Whoever is asked first says no."""
    returned = gateway.reject(pending.payment_id)
    return merchant.sees(pending, amount, returned)


def gives_consent(
    merchant: Merchant, gateway: Gateway, kind: PaymentMethodType, currency: str, causes: str = "success"
) -> MandateOutcome:
    """A mandate that can be charged: set up, and agreed to where the shopper or the bank is asked."""
    mandate: MandateOutcome = merchant.does(merchant.mandate_of(merchant.method(kind, causes), currency))
    returned = {waiting: gateway.approve(waiting) for waiting in gateway.waiting()}
    return merchant.learns_of(mandate, returned)
