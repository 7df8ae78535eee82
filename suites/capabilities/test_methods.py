"""Payment methods: each that is declared moves the money, each that the gateway offers is declared or explained."""

from decimal import Decimal

from runtime.core.errors import CallerError
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, Refund, Void
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentStatus
from suites import meanings
from suites.marks import requirement, requires
from suites.shopper import agrees

NOTHING = Decimal(0)
pytestmark = requires(Authorize)


@requirement("CAP-004")
def test_a_declared_method_takes_exactly_what_was_asked(merchant, gateway, paid_method):
    kind, amount = paid_method
    begun = merchant.does(merchant.order(amount, method=merchant.method(kind)))
    paid = agrees(merchant, gateway, begun, amount)
    balance = gateway.balance(paid.payment_id)
    assert (balance.captured, balance.currency) == (amount.major, amount.currency)
    assert paid.status is PaymentStatus.CHARGED
    named = {paid.captured, paid.amount} - {None}
    assert named == {amount}, "every amount that is told is the one that was paid, and one is told"


@requirement("CAP-005")
def test_a_method_is_refused_in_a_currency_it_is_not_declared_for(merchant, gateway, foreign_currency):
    kind, currency = foreign_currency
    order = merchant.order(Money(100_000, currency), method=merchant.method(kind))
    error = merchant.fails(order, CallerError)
    assert error.error.code is ErrorCode.CURRENCY_NOT_SUPPORTED
    assert gateway.exchanges() == [], "something was sent"


@requirement("CAP-006")
def test_a_method_is_declared_as_the_gateway_offers_it(certification, published_method):
    claims, kind = certification.connector.capabilities, meanings.METHOD[published_method.kind]
    if published_method.course == "retired":
        assert kind not in claims.payment_methods, f"the gateway offers no {kind}: {published_method.source}"
        return
    assert kind not in claims.not_offered, f"the gateway offers {kind}: {published_method.source}"
    offer = claims.payment_methods[kind]
    promised = {"holds": CaptureMethod.MANUAL in offer.captures, "refunds": offer.refunds, "mandates": offer.mandates}
    # One payment method of ours can be several of the gateway's: what one of them offers is offered.
    kinds = [row for row in certification.profile.manifest.methods if row.kind == published_method.kind]
    wrong = [name for name, ours in promised.items() if ours and not any(getattr(row, name) for row in kinds)]
    assert not wrong, f"{kind} promises {', '.join(wrong)}, which the gateway does not offer: {published_method.source}"
    if all(row.currencies and row.doubt is None for row in kinds):
        beyond = (offer.currencies or claims.currencies) - {code for row in kinds for code in row.currencies}
        assert not beyond, f"{kind} promises {', '.join(sorted(beyond))}: {published_method.source}"


@requirement("CAP-006")
def test_a_declared_method_is_one_of_the_gateways(certification):
    offered = {meanings.METHOD[row.kind] for row in certification.profile.manifest.methods}
    unknown = certification.connector.capabilities.payment_methods.keys() - offered
    assert not unknown, f"the gateway publishes no {', '.join(sorted(unknown))}"


@requirement("CAP-006")
def test_a_declared_currency_is_one_of_the_gateways(certification):
    claims = certification.connector.capabilities
    offers = (offer.currencies or frozenset() for offer in claims.payment_methods.values())
    beyond = claims.currencies.union(*offers) - {row.code for row in certification.profile.manifest.currencies}
    assert not beyond, f"the gateway publishes no {', '.join(sorted(beyond))}"


@requirement("CAP-006")
def test_what_is_not_offered_is_not_claimed_and_says_where_that_is_written(certification):
    claims, flows = certification.connector.capabilities, certification.connector.flows
    claimed = {flow.__name__ for flow in flows} | {kind.value for kind in claims.payment_methods} | claims.currencies
    both = sorted(claimed & {str(name) for name in claims.not_offered})
    assert not both, f"claimed and called not offered: {', '.join(both)}"
    unsourced = sorted(str(name) for name, source in claims.not_offered.items() if not source.strip())
    assert not unsourced, f"not offered, and nothing says where that is written: {', '.join(unsourced)}"


@requirement("CAP-007")
@requires(Capture, CaptureMethod.MANUAL)
def test_a_method_declared_for_manual_capture_holds_first(merchant, gateway, held_method):
    kind, amount = held_method
    begun = merchant.does(merchant.order(amount, method=merchant.method(kind), capture=CaptureMethod.MANUAL))
    held = agrees(merchant, gateway, begun, amount)
    balance = gateway.balance(held.payment_id)
    assert (balance.held, balance.captured, held.status) == (amount.major, NOTHING, PaymentStatus.AUTHORIZED)
    assert merchant.learns(merchant.captures(held, amount)).status is PaymentStatus.CHARGED
    assert gateway.balance(held.payment_id).captured == amount.major


@requirement("CAP-008")
@requires(Refund)
def test_a_method_is_refunded_where_it_says_so(merchant, gateway, certification, paid_method):
    kind, amount = paid_method
    begun = merchant.does(merchant.order(amount, method=merchant.method(kind)))
    paid = agrees(merchant, gateway, begun, amount)
    refund = merchant.refund_of(paid, amount)
    if not certification.connector.capabilities.payment_methods[kind].refunds:
        merchant.fails_in_the_end(refund)
        assert gateway.balance(paid.payment_id).refunded == NOTHING
        return
    merchant.learns(merchant.does(refund))
    gateway.advance(30 * 86_400)
    assert gateway.balance(paid.payment_id).refunded == amount.major


@requirement("CAP-009")
@requires(Void, CaptureMethod.MANUAL)
def test_a_method_declared_for_manual_capture_can_be_voided(merchant, gateway, held_method):
    kind, amount = held_method
    begun = merchant.does(merchant.order(amount, method=merchant.method(kind), capture=CaptureMethod.MANUAL))
    held = agrees(merchant, gateway, begun, amount)
    merchant.learns(merchant.voids(held))
    balance = gateway.balance(held.payment_id)
    assert (balance.released, balance.captured) == (amount.major, NOTHING)


@requirement("CAP-011")
@requires(Capture, CaptureMethod.MANUAL_MULTIPLE)
def test_a_method_declared_for_several_captures_is_taken_in_parts(merchant, gateway, parted_method):
    kind, amount = parted_method
    part = Money(amount.minor // 3, amount.currency)
    order = merchant.order(amount, method=merchant.method(kind), capture=CaptureMethod.MANUAL_MULTIPLE)
    held = agrees(merchant, gateway, merchant.does(order), amount)
    for taken in (1, 2):
        merchant.learns(merchant.captures(held, part, final=False))
        balance = gateway.balance(held.payment_id)
        rest = amount.major - taken * part.major
        assert (balance.captured, balance.held) == (taken * part.major, rest), "the rest must stay held"


@requirement("CAP-012")
def test_a_method_takes_every_currency_it_is_declared_for(merchant, gateway, declared_currency):
    kind, amount = declared_currency
    begun = merchant.does(merchant.order(amount, method=merchant.method(kind)))
    paid = agrees(merchant, gateway, begun, amount)
    balance = gateway.balance(paid.payment_id)
    assert (balance.captured, balance.currency) == (amount.major, amount.currency)
