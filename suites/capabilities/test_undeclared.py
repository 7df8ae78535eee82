"""What is not declared is refused before anything is sent; and what works is declared, or it is said why it cannot."""

from dataclasses import replace

from runtime.core.connector import Offer
from runtime.core.errors import CallerError, ConnectorError
from runtime.core.money import EXPONENT
from runtime.core.payments import Authorize, SetupMandate
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType
from suites.cases import unclaimed
from suites.marks import requirement, requires
from suites.shopper import agrees, gives_consent


@requirement("CAP-001")
@requires(Authorize)
def test_an_undeclared_capture_mode_is_refused(merchant, gateway, undeclared_capture):
    kind, amount, mode = undeclared_capture
    merchant.fails(merchant.order(amount, method=merchant.method(kind), capture=mode), CallerError)
    assert gateway.exchanges() == [], "something was sent"


@requirement("CAP-001")
@requires(Authorize, SetupMandate)
def test_an_undeclared_mandate_is_refused(merchant, gateway, undeclared_mandate):
    kind, amount = undeclared_mandate
    merchant.fails(merchant.mandate_of(merchant.method(kind), amount.currency), CallerError)
    assert gateway.exchanges() == [], "something was sent"


@requirement("CAP-010")
@requires(Authorize)
def test_what_works_is_declared(certification, shop_for):
    claims = _everything(certification.connector.capabilities)
    found = [one for one in unclaimed(certification) if _works(*shop_for(str(one), claims=claims), one)]
    told = "; ".join(str(one) for one in found)
    assert not found, f"works and is not declared: {told}. Declare it, or say in not_offered where it is ruled out"


def _everything(claims):
    """Claims of all there is: what a connector can do with them, it can do."""
    anything = Offer(captures=frozenset(CaptureMethod), mandates=True)
    every = dict.fromkeys(PaymentMethodType, anything)
    return replace(claims, payment_methods=every, currencies=frozenset(EXPONENT))


def _works(merchant, gateway, wanted):
    """Whether the ledger took or held what was asked; whatever else comes of it, it does not work."""
    try:
        begun = _begun_mandate(merchant, gateway, wanted) if wanted.mandate else _begun(merchant, wanted)
        if isinstance(begun, ConnectorError):
            return False
        agrees(merchant, gateway, begun, wanted.amount)
    except AssertionError:
        return False
    taken = [row.captured if wanted.capture is CaptureMethod.AUTOMATIC else row.held for row in gateway.balances()]
    return wanted.amount.major in taken


def _begun(merchant, wanted):
    return merchant.tries(merchant.order(wanted.amount, method=merchant.method(wanted.kind), capture=wanted.capture))


def _begun_mandate(merchant, gateway, wanted):
    mandate = gives_consent(merchant, gateway, wanted.kind, wanted.amount.currency)
    return merchant.tries(merchant.charge_of(mandate, wanted.amount, wanted.kind))
