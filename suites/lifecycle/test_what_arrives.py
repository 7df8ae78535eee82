"""What shopper and merchant gave reaches the gateway, in the field that it documents for it, or nobody breaks."""

from dataclasses import fields, replace
from decimal import Decimal

import pytest

from runtime.core.errors import ConnectorError
from runtime.core.methods import NOBODY, Shopper
from runtime.core.money import Money
from runtime.core.payments import Authorize, SetupMandate, SubmitEvidence
from runtime.core.secret import Secret
from suites.marks import requirement, requires
from suites.scenes import Scene
from suites.shopper import agrees
from suites.texts import documented, is_masked, wire

TEN = Money.of("10.00", "EUR")
NOTHING = Decimal(0)


def _given(command, path):
    """What stands in a command at a dotted path, as text; after an equals sign, the text itself."""
    if path.startswith("="):
        return path[1:]
    value = command
    for name in path.split("."):
        value = getattr(value, name)
    return value.reveal() if isinstance(value, Secret) else str(value)


def _sent(gateway):
    """Of every request that was sent, what stood in which documented field."""
    return [documented(wire(exchange)) for exchange in gateway.exchanges()]


@requirement("LIF-038")
@requires(Authorize)
def test_what_the_shopper_gave_stands_where_the_gateway_looks_for_it(merchant, gateway, certification, asking_method):
    kind, amount, asks = asking_method
    method = merchant.method(kind)
    if bank := certification.profile.banks.get(kind):
        method = replace(method, bank=bank)
    if hasattr(method, "holder"):
        method = replace(method, holder=f"{certification.profile.shopper.name} the Elder")  # who pays is somebody else
    order = merchant.order(amount, method=method)
    merchant.tries(order)
    sent = _sent(gateway)
    for field, path in asks.items():
        given, told = _given(order, path), [request[field] for request in sent if field in request]
        assert told, f"{path} was given, and nothing was sent as {field}"
        assert is_masked(given, told[-1]), f"{field} was {told[-1]!r}, and {path} is something else"


@requirement("LIF-039")
@requires(Authorize)
@pytest.mark.parametrize("known", ["nothing", "the address on the network", "the browser"])
def test_a_shopper_of_whom_little_is_known_is_charged_or_refused(merchant, gateway, certification, paid_method, known):
    kind, amount = paid_method
    whole = certification.profile.shopper
    shopper = {"nothing": NOBODY, "the browser": Shopper(browser=whole.browser)}.get(known, Shopper(ip=whole.ip))
    answer = merchant.tries(replace(merchant.order(amount, method=merchant.method(kind)), shopper=shopper))
    if not isinstance(answer, ConnectorError):
        agrees(merchant, gateway, answer, amount)
    assert {balance.authorised for balance in gateway.balances()} <= {NOTHING, amount.major}


@requirement("LIF-039")
@requires(Authorize)
def test_what_a_method_need_not_have_can_be_missing(merchant, gateway, paid_method):
    kind, amount = paid_method
    method = merchant.method(kind)
    spare = {one.name: None for one in fields(method) if one.default is None}
    answer = merchant.tries(merchant.order(amount, method=replace(method, **spare)))
    if not isinstance(answer, ConnectorError):
        agrees(merchant, gateway, answer, amount)
    assert {balance.authorised for balance in gateway.balances()} <= {NOTHING, amount.major}


@requirement("LIF-039")
@requires(SetupMandate)
def test_a_mandate_of_a_shopper_of_whom_nothing_is_known_is_given_or_refused(merchant, gateway, mandated_method):
    kind, amount = mandated_method
    wish = merchant.mandate_of(merchant.method(kind), amount.currency)
    answer = merchant.tries(replace(wish, shopper=NOBODY))
    assert isinstance(answer, ConnectorError) or gateway.exchanges(), f"the gateway was never asked: {answer}"


@requirement("LIF-042")
def test_what_need_not_be_given_can_be_left_out(merchant, gateway, noted_flow):
    scene = Scene(merchant, gateway, noted_flow)
    left_out = {one.name: None for one in fields(scene.command) if one.name in ("reference", "description")}
    answer = scene.plays(command=replace(scene.command, **left_out))
    assert getattr(answer, "status", None) == getattr(scene.clean, "status", None), f"without them it was {answer!r}"
    assert not isinstance(answer, ConnectorError), f"without them it was {answer!r}"
    assert scene.ledger() == scene.after


@requirement("LIF-040")
@requires(Authorize, SubmitEvidence, "disputes")
def test_evidence_that_is_handed_in_arrives(merchant, gateway, certification):
    dispute_id = gateway.dispute(merchant.pays(TEN).payment_id)
    before = len(gateway.exchanges())
    merchant.does(merchant.evidence_of(dispute_id))
    sent = [str(value) for exchange in gateway.exchanges()[before:] for value in wire(exchange).values()]
    lost = [name for name, text in certification.profile.evidence.items() if text not in sent]
    assert not lost, f"handed in and never sent: {', '.join(lost)}"
