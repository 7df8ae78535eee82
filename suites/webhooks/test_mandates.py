"""Consent is heard of as payments are: when it is given, and when it ends."""

from dataclasses import replace

import pytest

from runtime.core.money import Money
from runtime.core.payments import ChargeMandate, IncomingWebhook, MandateOutcome, RevokeMandate, SetupMandate
from runtime.core.vocabulary import MandateStatus, PaymentMethodType
from suites.marks import requirement, requires
from suites.shopper import gives_consent

TEN = Money(1000, "EUR")


@pytest.fixture
def mandate(listening_merchant, gateway):
    """A card whose holder has agreed."""
    return gives_consent(listening_merchant, gateway, PaymentMethodType.CARD, "EUR")


@pytest.fixture
def heard(listening_merchant, mandate):
    """What was heard of it last: there is no other mandate."""

    def last():
        told = [outcome for outcome in listening_merchant.news() if isinstance(outcome, MandateOutcome)]
        assert told, f"nothing was heard of {mandate}"
        return told[-1]

    return last


@requirement("WEB-032")
@requires(SetupMandate, ChargeMandate, IncomingWebhook)
def test_a_mandate_is_heard_of_by_an_id_that_can_be_charged(listening_merchant, gateway, mandate, heard):
    last = heard()
    assert (last.status, last.error) == (MandateStatus.ACTIVE, None)
    assert last.customer_id in (mandate.customer_id, None), "it is somebody else's"
    known = replace(last, customer_id=mandate.customer_id)
    listening_merchant.does(listening_merchant.charge_of(known, TEN))
    taken = [balance.captured for balance in gateway.payments().values()]
    assert TEN.major in taken, f"charging {last.mandate_id} took {taken}"


@requirement("WEB-032")
@requires(SetupMandate, RevokeMandate, IncomingWebhook, "revocation heard")
def test_a_mandate_that_was_revoked_is_heard_of_as_revoked(listening_merchant, mandate, heard):
    before = heard()
    listening_merchant.does(listening_merchant.revocation_of(mandate))
    after = heard()
    assert (after.mandate_id, after.status) == (before.mandate_id, MandateStatus.REVOKED)
