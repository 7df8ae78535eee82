"""Mandates: consent moves nothing, each charge moves its amount once, and without consent nothing moves."""

from decimal import Decimal

import pytest

from runtime.core.errors import ConnectorError, OutcomeUnknown
from runtime.core.money import Money
from runtime.core.payments import ChargeMandate, IncomingWebhook, MandateOutcome, RevokeMandate, SetupMandate
from runtime.core.vocabulary import ErrorCode, MandateStatus, PaymentMethodType, PaymentStatus, RetryAdvice
from suites.marks import Once, requirement, requires
from suites.shopper import gives_consent

TEN = Money.of("10.00", "EUR")
CARD = PaymentMethodType.CARD
NOTHING = Decimal(0)
NOT_PAID = {PaymentStatus.FAILURE, PaymentStatus.AUTHENTICATION_FAILED}
pytestmark = requires(SetupMandate)


def _taken(gateway) -> Decimal:
    return sum((balance.captured for balance in gateway.balances()), NOTHING)


@pytest.fixture
def mandate(merchant, gateway):
    return gives_consent(merchant, gateway, CARD, "EUR")


@requirement("LIF-021")
@requires("mandate that takes nothing")
def test_setting_a_mandate_up_takes_nothing(merchant, gateway):
    mandate = merchant.does(merchant.mandate_of(merchant.method(CARD), "EUR"))
    assert mandate.status is MandateStatus.ACTIVE
    assert mandate.mandate_id
    assert gateway.exchanges(), "the gateway was never asked"
    assert [(balance.captured, balance.held) for balance in gateway.balances()] in ([], [(NOTHING, NOTHING)])


@requirement("LIF-022")
@requires(ChargeMandate)
def test_a_mandate_is_charged_while_the_shopper_is_away(merchant, gateway, mandated_method):
    kind, amount = mandated_method
    mandate = gives_consent(merchant, gateway, kind, amount.currency)
    charged = merchant.does(merchant.charge_of(mandate, amount, kind))
    assert charged.payment_id
    if gateway.waits_for(charged.payment_id) is not None:
        assert charged.status is PaymentStatus.PENDING, f"the bank has not settled, and it was {charged.status}"
        gateway.approve(charged.payment_id)
        charged = merchant.sees(charged, amount)
    assert charged.status is PaymentStatus.CHARGED
    assert gateway.balance(charged.payment_id).captured == amount.major


@requirement("LIF-023")
@requires(ChargeMandate)
def test_a_mandate_is_charged_again_and_again(merchant, gateway, mandate):
    before = _taken(gateway)
    first, second = (merchant.does(merchant.charge_of(mandate, TEN)) for _ in range(2))
    assert first.payment_id != second.payment_id
    assert _taken(gateway) - before == 2 * TEN.major


@requirement("LIF-024")
@requires(ChargeMandate, RevokeMandate)
def test_a_revoked_mandate_cannot_be_charged(merchant, gateway, mandate):
    before = _taken(gateway)
    revoked = merchant.does(merchant.revocation_of(mandate))
    assert revoked.status is MandateStatus.REVOKED
    answer = merchant.tries(merchant.charge_of(mandate, TEN))
    assert isinstance(answer, ConnectorError) or answer.status is PaymentStatus.FAILURE, f"it was {answer}"
    assert _taken(gateway) == before


@requirement("LIF-025")
def test_a_declined_card_gives_no_mandate(merchant):
    declined = merchant.method(CARD, merchant.instrument("declined").causes)
    mandate = merchant.does(merchant.mandate_of(declined, "EUR"))
    assert mandate.status is MandateStatus.INACTIVE
    assert mandate.error is not None, "a declined mandate must say why"
    assert mandate.error.code is ErrorCode.CARD_DECLINED
    given = merchant.does(merchant.mandate_of(merchant.method(CARD), "EUR"))
    assert bool(mandate.customer_id) == bool(given.customer_id), "the shopper is known, and must not be made again"


@requirement("LIF-025")
@requires(IncomingWebhook, "must authenticate")
def test_a_mandate_that_the_bank_refused_is_heard_of_as_none(listening_merchant, gateway):
    asked = listening_merchant.method(CARD, listening_merchant.instrument("must authenticate").causes)
    begun = listening_merchant.does(listening_merchant.mandate_of(asked, "EUR"))
    listening_merchant.learns_of(begun, {waiting: gateway.reject(waiting) for waiting in gateway.waiting()})
    news = listening_merchant.news()
    told = [outcome for outcome in news if isinstance(outcome, MandateOutcome)]
    # Where consent is a payment, it is the payment that is heard to have failed.
    assert told or [outcome for outcome in news if outcome.status in NOT_PAID], (
        "nothing tells that it cannot be charged"
    )
    for outcome in told[-1:]:
        assert outcome.status is MandateStatus.INACTIVE
        assert outcome.error is not None, "a mandate that was refused must say why"
        assert outcome.error.raw_code or outcome.error.message, "in the gateway's own words"
        assert outcome.error.code is not ErrorCode.CREDENTIALS_REJECTED, "it is not the merchant who was refused"


@requirement("LIF-026")
@requires("must authenticate")
def test_a_mandate_that_waits_for_the_shopper_is_not_active(merchant, gateway):
    asked = merchant.method(CARD, merchant.instrument("must authenticate").causes)
    mandate = merchant.does(merchant.mandate_of(asked, "EUR"))
    assert gateway.waiting(), "this card must be authenticated first"
    assert mandate.status is MandateStatus.PENDING
    assert mandate.next_action is not None, "nothing says what the shopper must do"


@requirement("LIF-026")
@requires(IncomingWebhook, "must authenticate")
def test_a_mandate_that_was_consented_to_is_heard_of_as_active(listening_merchant, gateway, offers):
    asked = listening_merchant.method(CARD, listening_merchant.instrument("must authenticate").causes)
    listening_merchant.does(listening_merchant.mandate_of(asked, "EUR"))
    returned = [gateway.approve(waiting) for waiting in gateway.waiting()]
    assert all(returned), "the shopper was left at the bank: nothing said where to come back to"
    told = [event.outcome for hook in gateway.webhooks() for event in listening_merchant.hears(hook).events]
    mandates = [outcome.status for outcome in told if isinstance(outcome, MandateOutcome)]
    assert mandates or offers("mandate status in replies"), "no reply and no delivery tells that it can be charged"
    assert mandates[-1:] in ([], [MandateStatus.ACTIVE])


@requirement("ERR-018")
@requires(ChargeMandate, "must always authenticate")
def test_a_charge_that_the_bank_wants_authenticated_says_so(merchant, gateway):
    mandate = gives_consent(merchant, gateway, CARD, "EUR", merchant.instrument("must always authenticate").causes)
    declined = merchant.does(merchant.charge_of(mandate, TEN))
    assert declined.status is PaymentStatus.FAILURE
    assert (declined.error.code, declined.error.retry) == (
        ErrorCode.AUTHENTICATION_REQUIRED,
        RetryAdvice.AFTER_AUTHENTICATION,
    )
    assert _taken(gateway) == NOTHING


@requirement("IDM-008")
@requires(Once(ChargeMandate))
def test_the_same_charge_twice_takes_once(merchant, gateway, mandate):
    before = _taken(gateway)
    charge = merchant.charge_of(mandate, TEN)
    first, second = merchant.does(charge), merchant.does(charge)
    assert first.payment_id == second.payment_id
    assert _taken(gateway) - before == TEN.major


@requirement("IDM-009")
@requires(Once(SetupMandate))
def test_the_same_consent_twice_is_one_mandate(merchant, gateway):
    wish = merchant.mandate_of(merchant.method(CARD), "EUR")
    first, second = merchant.does(wish), merchant.does(wish)
    assert gateway.exchanges(), "the gateway was never asked"
    assert (first.mandate_id, first.customer_id) == (second.mandate_id, second.customer_id)


@requirement("RES-009")
@requires(Once(ChargeMandate))
@pytest.mark.parametrize("loss", [{"timeout": "after"}, {"reset": "after"}], ids=["timeout", "reset"])
def test_a_lost_charge_is_found_by_recovery(merchant, gateway, mandate, loss):
    before = _taken(gateway)
    charge = merchant.charge_of(mandate, TEN)
    gateway.plan(loss, flow="ChargeMandate")
    unknown = merchant.fails(charge, OutcomeUnknown)
    assert merchant.recovers(charge, unknown).status is PaymentStatus.CHARGED
    assert _taken(gateway) - before == TEN.major


@requirement("MON-016")
@requires(ChargeMandate)
def test_a_charge_in_every_way_of_writing_takes_what_was_asked(merchant, gateway, mandate, departing_currency):
    from suites.published import sample  # noqa: PLC0415 - only here

    amount = sample(departing_currency)
    charged = merchant.does(merchant.charge_of(mandate, amount))
    assert gateway.balance(charged.payment_id).captured == amount.major
