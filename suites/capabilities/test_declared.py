"""Capabilities are a promise both ways: what is declared works, what is not is refused before anything is sent."""

from dataclasses import MISSING, fields, replace

from runtime.core.errors import CallerError
from runtime.core.money import Money
from runtime.core.payments import Authorize, StoredMethod
from runtime.core.vocabulary import CaptureMethod
from suites.marks import requirement, requires

TEN = Money.of("10.00", "EUR")


@requirement("CAP-001")
@requires(Authorize)
def test_an_undeclared_payment_method_is_refused(merchant, gateway, undeclared_method):
    order = replace(merchant.order(TEN), method=StoredMethod(token=undeclared_method.value, kind=undeclared_method))
    merchant.fails(order, CallerError)
    assert gateway.exchanges() == []


@requirement("CAP-001")
def test_an_undeclared_flow_is_refused(merchant, gateway, undeclared_flow):
    merchant.fails(_any_command(undeclared_flow, merchant), CallerError)
    assert gateway.exchanges() == []


def _any_command(flow, merchant):
    """A whole command of a flow, without knowing the flow."""
    order = merchant.order(TEN)
    known = {"request_id": order.request_id, "amount": TEN, "method": order.method, "currency": "EUR", "body": b"{}"}
    known |= {"reference": "r-1", "return_url": order.return_url, "headers": (), "evidence": {}}
    needed = [field.name for field in fields(flow) if field.default is MISSING and field.default_factory is MISSING]
    return flow(**{name: known.get(name, "undeclared") for name in needed})


@requirement("CAP-002")
@requires(Authorize)
def test_a_declared_capture_mode_works(merchant, gateway, capture_mode):
    paid = merchant.does(merchant.order(TEN, capture=capture_mode))
    expected = TEN.major if capture_mode is CaptureMethod.AUTOMATIC else 0
    balance = gateway.balance(paid.payment_id)
    assert (balance.captured, balance.authorised) == (expected, TEN.major)


@requirement("CAP-003")
@requires(Authorize, "stored method")
def test_a_stored_method_pays_like_its_card(merchant, gateway):
    token = StoredMethod(token=merchant.instrument("approved").alias)
    paid = merchant.does(replace(merchant.order(TEN), method=token))
    assert gateway.balance(paid.payment_id).captured == TEN.major
