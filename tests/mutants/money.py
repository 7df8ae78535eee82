"""Mistakes with amounts and currencies that any connector can make."""

from dataclasses import replace
from decimal import Decimal

from runtime.core.errors import (
    IntegrityMismatch,
)
from runtime.core.money import EXPONENT, Money
from runtime.core.payments import (
    Authorize,
    Capture,
    ChargeMandate,
    PSync,
    Refund,
)
from suites import profiles
from tests.mutants.bank import mutant
from tests.mutants.changes import only, scaled
from tests.mutants.tamper import tamper


@mutant("MON-001", "Paymenter#1258: x100 on a currency without decimals")
def yen_times_a_hundred(connector, patch):
    return tamper(connector, Authorize, command=lambda c: scaled(c, 100, lambda code: EXPONENT[code] == 0))


@mutant("MON-001", "solidus_stripe#138: /100 on a currency without decimals")
def yen_divided_by_a_hundred(connector, patch):
    return tamper(connector, Authorize, command=lambda c: scaled(c, Decimal("0.01"), lambda code: EXPONENT[code] == 0))


@mutant("MON-001", "woocommerce-gateway-stripe#2720: three decimals sent as two")
def dinar_divided_by_ten(connector, patch):
    return tamper(connector, Authorize, command=lambda c: scaled(c, Decimal("0.1"), lambda code: EXPONENT[code] == 3))


@mutant("MON-002", "active_merchant#3475: localised on authorize, not on capture")
def captures_yen_times_a_hundredth(connector, patch):
    return tamper(connector, Capture, command=lambda c: scaled(c, Decimal("0.01"), lambda code: EXPONENT[code] == 0))


@mutant("MON-003", "woocommerce-payments#5215: a refund in another unit than the payment")
def refunds_yen_in_hundredths(connector, patch):
    return tamper(connector, Refund, command=lambda c: scaled(c, Decimal("0.01"), lambda code: EXPONENT[code] == 0))


@mutant("MON-004", "omi#10158: 19.99 x 100 as a float is 1998")
def amounts_go_through_a_float(connector, patch):
    def truncated(command):
        money = command.amount
        return replace(command, amount=Money(int(float(money.major) * 10 ** EXPONENT[money.currency]), money.currency))

    return tamper(connector, Authorize, command=truncated)


@mutant("MON-008", "lunar#2601: amounts rounded to whole units")
def large_amounts_lose_their_last_digits(connector, patch):
    def rounded(command):
        money = command.amount
        step = 10 ** (EXPONENT[money.currency] + 1)
        return replace(command, amount=Money(max(money.minor // step, 1) * step, money.currency))

    return tamper(connector, Authorize, command=rounded)


@mutant("MON-005", "odoo#227688: a currency nobody checked is sent")
def takes_every_currency(connector, patch):
    wide = replace(connector.capabilities, currencies=frozenset(EXPONENT))
    as_euro = lambda c: replace(c, amount=Money(c.amount.minor, "EUR"))  # noqa: E731 - one expression
    return replace(tamper(connector, Authorize, command=as_euro), capabilities=wide)


def _steps(gateway):
    """By currency, the smallest step that the gateway publishes for it, in ISO minor units."""
    published = [row for row in profiles.find(gateway).manifest.currencies if row.code in EXPONENT]
    steps = {row.code: row.multiple_of * Decimal(10) ** (EXPONENT[row.code] - row.exponent) for row in published}
    return {code: int(step) for code, step in steps.items() if step >= 1}


@mutant("MON-006", "active_merchant#2860: an amount between two steps is rounded")
def rounds_to_the_gateways_steps(connector, patch):
    coarse = _steps(connector.gateway)

    def rounded(command):
        money = command.amount
        step = coarse.get(money.currency, 1)
        return replace(command, amount=Money(money.minor // step * step, money.currency))

    return tamper(connector, Authorize, command=rounded)


@mutant("MON-007", "lunar#2601: nothing is asked for, something is sent")
def zero_becomes_one(connector, patch):
    return tamper(
        connector, Authorize, command=lambda c: replace(c, amount=Money(max(c.amount.minor, 100), c.amount.currency))
    )


def _believes(command, error):
    return error.outcome


@mutant("MON-009", "hyperswitch#9160: no integrity check of the amount")
def believes_any_amount(connector, patch):
    return tamper(connector, Authorize, error=only(IntegrityMismatch, _believes))


@mutant("MON-010", "omnipay#255: the currency is never compared")
def compares_numbers_without_currency(connector, patch):
    def same_number(command, error):
        told = error.outcome.amount
        if told and told.minor == command.amount.minor:
            return error.outcome
        raise error

    return tamper(connector, Authorize, error=only(IntegrityMismatch, same_number))


@mutant("MON-011", "saleor#14648: what was captured is never compared")
def believes_any_capture(connector, patch):
    return tamper(connector, Capture, error=only(IntegrityMismatch, _believes))


@mutant("MON-012", "Inchoo_Stripe#10: what was refunded is never compared")
def believes_any_refund(connector, patch):
    return tamper(connector, Refund, error=only(IntegrityMismatch, _believes))


@mutant("MON-013", "woocommerce-gateway-stripe#2674: half a krona is rounded away")
def rounds_what_iso_cannot_hold(connector, patch):
    return tamper(connector, Authorize, error=only(IntegrityMismatch, _believes))


@mutant("MON-015", "hyperswitch#9160: a sync believes any amount")
def a_sync_believes_any_amount(connector, patch):
    return tamper(connector, PSync, error=only(IntegrityMismatch, _believes))


@mutant("MON-022", "hyperswitch#9160: what was taken on a mandate is what was asked for")
def a_charge_believes_any_amount(connector, patch):
    return tamper(connector, ChargeMandate, error=only(IntegrityMismatch, _believes))


@mutant("MON-022", "saleor#14648: less than was asked for is taken on a mandate, and nobody minds")
def a_small_charge_is_as_good(connector, patch):
    def smaller(command, error):
        told = error.outcome.amount if error.outcome else None
        if told and told.currency == command.amount.currency and told.minor < command.amount.minor:
            return error.outcome
        raise error

    return tamper(connector, ChargeMandate, error=only(IntegrityMismatch, smaller))


@mutant("MON-014", "calcom/cal.diy#29984: wire units shown to the caller")
def amounts_come_back_in_wire_units(connector, patch):
    def wire(command, outcome):
        if outcome.amount is None or EXPONENT[outcome.amount.currency]:
            return outcome
        return replace(outcome, amount=Money(outcome.amount.minor * 100, outcome.amount.currency))

    return tamper(connector, Authorize, outcome=wire)
