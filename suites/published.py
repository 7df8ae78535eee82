"""What a gateway publishes, as far as a connector can be held to it: currencies, amounts it takes, living methods."""

from math import lcm

from mock_gateways.core.manifest import Currency, Method
from runtime.core.money import EXPONENT, Money
from runtime.core.vocabulary import PaymentMethodType
from suites import meanings
from suites.certification import Certification

__all__ = ["claimed_currencies", "in_currency", "live_methods", "published_amount", "published_currencies", "sample"]


def sample(currency: Currency, *, steps: int = 12_300) -> Money:
    """An amount the gateway takes: a whole number of its smallest steps and above its minimum, in ISO minor units."""
    shift = EXPONENT[currency.code] - currency.exponent
    step = lcm(currency.multiple_of, 10 ** max(-shift, 0))
    enough = 1 + (currency.minimum or 0) // (10_000 * step)
    wire = steps * enough * step
    minor = wire * 10**shift if shift >= 0 else wire // 10**-shift
    return Money(minor, currency.code)


def published_currencies(run: Certification) -> list[Currency]:
    """The gateway's currencies that ISO 4217 still has."""
    return [currency for currency in run.profile.manifest.currencies if currency.code in EXPONENT]


def claimed_currencies(run: Certification) -> list[Currency]:
    """Those of them that the connector claims: it is held to these, and CAP-010 asks after the others."""
    claims = run.connector.capabilities.currencies
    return [currency for currency in published_currencies(run) if currency.code in claims]


def in_currency(run: Certification, kind: PaymentMethodType) -> Money:
    """An amount in a currency that connector and gateway take a method in: euros or dollars where they do."""
    claims = run.connector.capabilities
    offer = claims.payment_methods[kind]
    published = next((row.currencies for row in run.profile.manifest.methods if meanings.METHOD[row.kind] is kind), ())
    known = {row.code: row for row in published_currencies(run)}
    both = set(offer.currencies or claims.currencies) & set(published or known) & known.keys()
    chosen = next((code for code in ("EUR", "USD", *sorted(both)) if code in both), None)
    return sample(known[chosen]) if chosen else Money(0, "XXX")


def live_methods(run: Certification) -> dict[PaymentMethodType, list[Method]]:
    """The rows of each method that shoppers can still pay with."""
    found: dict[PaymentMethodType, list[Method]] = {}
    for row in run.profile.manifest.methods:
        if row.course != "retired":
            found.setdefault(meanings.METHOD[row.kind], []).append(row)
    return found


def published_amount(run: Certification, rows: list[Method]) -> Money:
    """An amount in a currency of those rows: euros or dollars where they are listed."""
    taken = {row.code: row for row in published_currencies(run)}
    listed = {code for row in rows for code in row.currencies} & taken.keys() or taken.keys()
    return sample(taken[next((code for code in ("EUR", "USD") if code in listed), min(listed))])
