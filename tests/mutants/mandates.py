"""Mistakes with mandates: consent that takes money, charges that are no charges, and promises nobody made."""

from dataclasses import replace
from decimal import Decimal

from runtime.core.errors import OutcomeUnknown, RequestRejected, Unavailable
from runtime.core.money import EXPONENT, Money
from runtime.core.payments import Authorize, ChargeMandate, MandateOutcome, RevokeMandate, SetupMandate
from runtime.core.vocabulary import (
    CaptureMethod,
    ErrorCode,
    MandateStatus,
    PaymentMethodType,
    PaymentStatus,
    RetryAdvice,
)
from tests.mutants.bank import mutant
from tests.mutants.changes import a_new_key_each_time, becomes, excused, failed, key, only, scaled, told, was
from tests.mutants.tamper import tamper
from tests.mutants.webhooks import heard

# -- statuses


@mutant("STA-021", "hyperswitch#5535: consent under way is called consent")
def consent_under_way_is_active(connector, patch):
    return tamper(connector, SetupMandate, outcome=becomes(MandateStatus.ACTIVE, was(MandateStatus.PENDING)))


@mutant("STA-021", "hyperswitch#3675: consent that failed is waited for, for ever")
def failed_consent_is_pending(connector, patch):
    return tamper(connector, SetupMandate, outcome=becomes(MandateStatus.PENDING, was(MandateStatus.INACTIVE)))


@mutant("STA-021", "craftcms/commerce-stripe#134: consent that is not there yet is called refused")
def consent_under_way_is_inactive(connector, patch):
    return tamper(connector, SetupMandate, outcome=becomes(MandateStatus.INACTIVE, was(MandateStatus.PENDING)))


@mutant("STA-022", "hyperswitch-prism#1835: an unknown mandate status is a default success")
def an_unknown_mandate_is_active(connector, patch):
    return tamper(connector, SetupMandate, outcome=becomes(MandateStatus.ACTIVE, was(MandateStatus.UNRESOLVED)))


@mutant("STA-022", "hyperswitch#13256: an unknown mandate status crashes")
def an_unknown_mandate_crashes(connector, patch):
    def change(command, outcome):
        if outcome.status is MandateStatus.UNRESOLVED:
            raise ValueError(outcome.raw_status)
        return outcome

    return tamper(connector, SetupMandate, outcome=change)


@mutant("STA-022", "saleor#11661: a mandate of an unknown status has no id")
def an_unknown_mandate_loses_its_id(connector, patch):
    def change(command, outcome):
        return replace(outcome, mandate_id=None) if outcome.status is MandateStatus.UNRESOLVED else outcome

    return tamper(connector, SetupMandate, outcome=change)


# -- consent


def _paying(connector, capture):
    """Pay a little with the method first, as if that were the only way to check it."""

    def exchange(context, command):
        checked = Authorize(
            request_id=command.request_id,
            amount=Money(100, command.currency),
            method=command.method,
            capture_method=capture,
            return_url=command.return_url,
            shopper=command.shopper,
        )
        yield from connector.flows[Authorize](context, checked)
        return (yield from connector.flows[SetupMandate](context, command))

    return replace(connector, flows={**connector.flows, SetupMandate: exchange})


@mutant("LIF-021", "a card is checked by a sale that nobody gives back")
def consent_is_a_sale(connector, patch):
    return _paying(connector, CaptureMethod.AUTOMATIC)


@mutant("LIF-021", "hyperswitch#2036: a card is checked by a hold that nobody releases")
def consent_is_a_hold(connector, patch):
    return _paying(connector, CaptureMethod.MANUAL)


@mutant("LIF-021", "saleor#11661: consent without anything to charge it by")
def consent_loses_its_id(connector, patch):
    return tamper(connector, SetupMandate, outcome=told(mandate_id=None))


@mutant("LIF-025", "active_merchant#1597: a declined method is kept as if it could be charged")
def declined_consent_is_active(connector, patch):
    change = becomes(MandateStatus.ACTIVE, was(MandateStatus.INACTIVE))
    return tamper(connector, SetupMandate, outcome=change)


@mutant("LIF-025", "hyperswitch#4631: a declined method gives no reason")
def declined_consent_gives_no_reason(connector, patch):
    return tamper(connector, SetupMandate, outcome=told(error=None))


@mutant("LIF-025", "hyperswitch#4906: a method is declined for any reason but its own")
def declined_consent_has_another_reason(connector, patch):
    return tamper(connector, SetupMandate, outcome=excused(code=ErrorCode.OTHER))


@mutant("LIF-025", "hyperswitch#12843: a declined method is an exception")
def declined_consent_is_an_exception(connector, patch):
    def change(command, outcome):
        if outcome.error:
            raise RequestRejected("declined", error=outcome.error)
        return outcome

    return tamper(connector, SetupMandate, outcome=change)


@mutant("LIF-026", "worldmonitor#4440: consent counts before the shopper has given it")
def consent_counts_before_it_is_given(connector, patch):
    def change(command, outcome):
        return replace(outcome, status=MandateStatus.ACTIVE) if outcome.next_action else outcome

    return tamper(connector, SetupMandate, outcome=change)


@mutant("LIF-026", "hyperswitch#204: nobody is told where the shopper consents")
def nobody_is_told_where_to_consent(connector, patch):
    return tamper(connector, SetupMandate, outcome=told(next_action=None))


# -- charges


@mutant("LIF-022", "omi#10158: a charge on a mandate loses its last cent")
def a_charge_loses_a_cent(connector, patch):
    less = lambda c: replace(c, amount=Money(c.amount.minor - 1, c.amount.currency))  # noqa: E731 - one expression
    return tamper(connector, ChargeMandate, command=less)


@mutant("LIF-022", "hyperswitch#8595: every mandate is charged as if it were a card's")
def every_mandate_is_a_cards(connector, patch):
    return tamper(connector, ChargeMandate, command=lambda c: replace(c, kind=PaymentMethodType.CARD))


@mutant("LIF-022", "hyperswitch#3846: a charge that the bank has yet to settle is called paid")
def an_unsettled_charge_is_paid(connector, patch):
    return tamper(connector, ChargeMandate, outcome=becomes(PaymentStatus.CHARGED, was(PaymentStatus.PENDING)))


@mutant("LIF-022", "the charge leaves out whose mandate it is")
def whose_mandate_it_is_is_left_out(connector, patch):
    return tamper(connector, ChargeMandate, command=lambda c: replace(c, customer_id=None))


@mutant("LIF-022", "saleor#11661: a charge on a mandate has no id")
def a_charge_has_no_id(connector, patch):
    return tamper(connector, ChargeMandate, outcome=told(payment_id=None))


@mutant("LIF-023", "tempoxyz/pympp#155: the key of a charge is the mandate's, so the second is the first")
def the_key_is_the_mandate(connector, patch):
    return tamper(connector, ChargeMandate, command=lambda c: replace(c, request_id=c.mandate_id))


@mutant("LIF-023", "a mandate is thrown away after its first charge")
def a_mandate_is_good_for_one_charge(connector, patch):
    def exchange(context, command):
        charged = yield from connector.flows[ChargeMandate](context, command)
        gone = RevokeMandate(
            request_id=command.request_id, mandate_id=command.mandate_id, customer_id=command.customer_id
        )
        yield from connector.flows[RevokeMandate](context, gone)
        return charged

    return replace(connector, flows={**connector.flows, ChargeMandate: exchange})


@mutant("LIF-024", "django-payments#469: revoking is never told to the gateway")
def revoking_is_never_told(connector, patch):
    def nothing(context, command):
        yield from ()
        return MandateOutcome(status=MandateStatus.REVOKED, mandate_id=command.mandate_id, raw_status=None)

    return replace(connector, flows={**connector.flows, RevokeMandate: nothing})


@mutant("LIF-024", "hyperswitch#1475: a revoked mandate still looks active")
def a_revoked_mandate_is_active(connector, patch):
    return tamper(connector, RevokeMandate, outcome=becomes(MandateStatus.ACTIVE))


@mutant("LIF-024", "active_merchant#917: a refused charge on a mandate is called success")
def a_refused_charge_is_charged(connector, patch):
    def charged(command, error):
        return replace(failed(command, error), status=PaymentStatus.CHARGED, error=None)

    return tamper(connector, ChargeMandate, error=only(RequestRejected, charged))


@mutant("ERR-018", "hyperswitch#204: a charge that needs the shopper waits for one who is away")
def a_charge_waits_for_a_shopper_who_is_away(connector, patch):
    def change(command, outcome):
        asked = outcome.error and outcome.error.code is ErrorCode.AUTHENTICATION_REQUIRED
        return replace(outcome, status=PaymentStatus.AUTHENTICATION_PENDING, error=None) if asked else outcome

    return tamper(connector, ChargeMandate, outcome=change)


@mutant("ERR-018", "hyperswitch#4906: a charge that needs the shopper is a decline like any other")
def a_charge_that_needs_the_shopper_is_any_decline(connector, patch):
    return tamper(connector, ChargeMandate, outcome=excused(code=ErrorCode.CARD_DECLINED))


@mutant("ERR-018", "checkout-woocommerce-plugin#361: a charge that needs the shopper is tried again without one")
def a_charge_that_needs_the_shopper_is_tried_later(connector, patch):
    return tamper(connector, ChargeMandate, outcome=excused(retry=RetryAdvice.LATER))


@mutant("MON-016", "Paymenter#1258: charges on mandates are sent in hundredths whatever the currency")
def charges_are_in_hundredths(connector, patch):
    change = lambda c: scaled(c, 100, lambda code: EXPONENT[code] == 0)  # noqa: E731 - one expression
    return tamper(connector, ChargeMandate, command=change)


@mutant("MON-016", "active_merchant#3475: localised on authorize, not on a mandate's charge")
def charges_in_three_decimals_are_a_tenth(connector, patch):
    change = lambda c: scaled(c, Decimal("0.1"), lambda code: EXPONENT[code] == 3)  # noqa: E731 - one expression
    return tamper(connector, ChargeMandate, command=change)


# -- repeats and lost answers


@mutant("IDM-008", "woocommerce-gateway-stripe#2339: a renewal has a new key for every attempt")
def a_renewal_has_a_new_key(connector, patch):
    return tamper(connector, ChargeMandate, request=a_new_key_each_time())


@mutant("IDM-009", "akash-network/console#3449: consent has a new key for every attempt")
def consent_has_a_new_key(connector, patch):
    return tamper(connector, SetupMandate, request=a_new_key_each_time())


@mutant("IDM-009", "active_merchant#5393: consent is sent without a key")
def consent_has_no_key(connector, patch):
    return tamper(connector, SetupMandate, request=key(lambda _: None))


@mutant("RES-009", "killbill#229: a charge on a mandate that timed out is called failed")
def a_lost_charge_failed(connector, patch):
    return tamper(connector, ChargeMandate, error=only(OutcomeUnknown, failed))


@mutant("RES-009", "killbill#341: a lost charge on a mandate says that nothing was sent")
def a_lost_charge_says_nothing_was_sent(connector, patch):
    def change(command, error):
        raise Unavailable("nothing was sent", error=error.error)

    return tamper(connector, ChargeMandate, error=only(OutcomeUnknown, change))


@mutant("RES-009", "OwnPay#222: a lost charge on a mandate is repeated under a new key")
def a_lost_charge_gets_a_new_key(connector, patch):
    return tamper(connector, ChargeMandate, request=a_new_key_each_time())


def _heard(connector, change):
    """What is heard of mandates changed."""
    return heard(connector, lambda _, outcome: change(outcome) if isinstance(outcome, MandateOutcome) else outcome)


@mutant("WEB-032", "consent is not heard of, for no payment came of it")
def consent_is_not_heard_of(connector, patch):
    return _heard(connector, lambda outcome: None)


@mutant("WEB-032", "a mandate is heard of under its shopper's id")
def a_mandate_is_heard_of_as_its_shopper(connector, patch):
    return _heard(connector, lambda outcome: replace(outcome, mandate_id=outcome.customer_id or "shopper-1"))


@mutant("WEB-032", "whatever is heard of a mandate, it can be charged")
def what_is_heard_of_is_active(connector, patch):
    return _heard(connector, lambda outcome: replace(outcome, status=MandateStatus.ACTIVE))
