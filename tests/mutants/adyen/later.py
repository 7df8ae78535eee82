"""Mistakes in Adyen's own words with what is kept and what is disputed.

What each is for: docs.adyen.com/online-payments/tokenization and the schema of DisputeService-v30.
"""

import json
from dataclasses import replace

from runtime.core.errors import GatewayRefused
from runtime.core.payments import (
    AcceptDispute,
    ChargeMandate,
    DefendDispute,
    DisputeOutcome,
    MandateOutcome,
    RevokeMandate,
    SetupMandate,
    SubmitEvidence,
)
from runtime.core.vocabulary import DisputeStatus, MandateStatus
from tests.mutants.adyen.bodies import answered, mutant, sending, unsent
from tests.mutants.changes import becomes, only
from tests.mutants.tamper import tamper

# -- mandates


@mutant("LIF-021", "storePaymentMethod is left out: the shopper agreed, and nothing is stored")
def nothing_is_stored(connector, patch):
    return tamper(connector, SetupMandate, request=sending(storePaymentMethod=None))


@mutant("LIF-021", "details are stored with a payment of one cent, for an amount of zero looks wrong")
def consent_takes_a_cent(connector, patch):
    cent = lambda r: sending(amount={**json.loads(r.body)["amount"], "value": 1})(r)  # noqa: E731 - one expression
    return tamper(connector, SetupMandate, request=cent)


@mutant("LIF-022", "recurringProcessingModel is left out of a charge on stored details (errorCode 807)")
def charges_have_no_model(connector, patch):
    return tamper(connector, ChargeMandate, request=sending(recurringProcessingModel=None))


@mutant("LIF-022", "a charge is sent as Ecommerce, as if the shopper were there to be redirected")
def charges_need_the_shopper(connector, patch):
    return tamper(connector, ChargeMandate, request=sending(shopperInteraction="Ecommerce"))


@mutant("LIF-024", "storedPaymentMethods are deleted without shopperReference, and whatever came back is gone")
def whatever_is_deleted_is_gone(connector, patch):
    def gone(command, error):
        about = {"mandate_id": command.mandate_id, "customer_id": command.customer_id}
        return MandateOutcome(status=MandateStatus.REVOKED, raw_status=None, **about)

    nobody = lambda r: replace(r, url=r.url.replace("shopperReference=", "shopper="))  # noqa: E731 - one expression
    return tamper(connector, RevokeMandate, request=nobody, error=only(GatewayRefused, gone))


@mutant("LIF-026", "a payment of nothing is a mandate, whatever its resultCode is")
def every_consent_is_active(connector, patch):
    return tamper(connector, SetupMandate, outcome=becomes(MandateStatus.ACTIVE))


# -- disputes: HTTP 200, and what counts is disputeServiceResult.success


@mutant("LIF-028", "AuthorizeNet/sample-code-java#90: a 200 is a success, whatever disputeServiceResult says")
def a_dispute_reply_of_200_is_a_success(connector, patch):
    change = answered(lambda reply: {"disputeServiceResult": {"success": True}})
    return tamper(connector, AcceptDispute, DefendDispute, response=change)


@mutant("LIF-029", "documents are declared as text, which the bank does not take")
def documents_are_text(connector, patch):
    text = lambda r: replace(r, body=r.body.replace(b"application/pdf", b"text/plain"))  # noqa: E731 - one expression
    return tamper(connector, SubmitEvidence, request=text)


@mutant("LIF-029", "whoever supplies documents defends: nothing can be added to them any more")
def documents_are_a_defence(connector, patch):
    return tamper(connector, SubmitEvidence, outcome=becomes(DisputeStatus.CHALLENGED))


@mutant("WEB-021", "a dispute is called accepted, and Adyen is never told: it runs out as one that nobody answered")
def accepting_is_never_sent(connector, patch):
    def done(command):
        about = {"dispute_id": command.dispute_id, "payment_id": None}
        return DisputeOutcome(status=DisputeStatus.ACCEPTED, raw_status="success", **about)

    return unsent(connector, AcceptDispute, done)
