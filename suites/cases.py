"""The rows a test is run for, each from what the gateway publishes: a fixture of the same name takes one."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from math import lcm

from mock_gateways.core.manifest import Currency, Instrument, State
from runtime.core.money import EXPONENT, Money
from runtime.core.payments import FLOWS
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType
from suites import meanings
from suites.certification import Certification
from suites.profiles import Expectation

__all__ = ["DIMENSIONS", "PROFILED", "sample"]

Rows = Iterable[tuple[str, object]]

# Prices that binary floats cannot hold, and that came out a cent short in the bugs this guards against.
AWKWARD = ("19.99", "8.20", "1.10", "0.57", "4.35", "1.15", "1025.12", "64.10", "9.95", "2.01")


def sample(currency: Currency, *, steps: int = 12_300) -> Money:
    """An amount the gateway takes: a whole number of its smallest steps and above its minimum, in ISO minor units."""
    shift = EXPONENT[currency.code] - currency.exponent
    step = lcm(currency.multiple_of, 10 ** max(-shift, 0))
    enough = 1 + (currency.minimum or 0) // (10_000 * step)
    wire = steps * enough * step
    minor = wire * 10**shift if shift >= 0 else wire // 10**-shift
    return Money(minor, currency.code)


def _taken(run: Certification) -> list[Currency]:
    """The gateway's currencies that ISO 4217 still has."""
    return [currency for currency in run.profile.manifest.currencies if currency.code in EXPONENT]


def _currencies(run: Certification) -> Rows:
    return [(currency.code, currency) for currency in _taken(run)]


def _departing(run: Certification) -> Rows:
    """One currency for each way in which wire amounts can differ from ISO's, and one for each exponent."""
    found: dict[tuple[int, int, int], Currency] = {}
    for currency in _taken(run):
        found.setdefault((currency.exponent, EXPONENT[currency.code], currency.multiple_of), currency)
    return [(currency.code, currency) for currency in found.values()]


def _untaken(run: Certification) -> Rows:
    taken = {currency.code for currency in run.profile.manifest.currencies}
    return [(code, code) for code in sorted(EXPONENT.keys() - taken)]


def _unrepresentable(run: Certification) -> Rows:
    """ISO amounts between two of the gateway's steps."""
    for currency in _taken(run):
        shift = currency.exponent - EXPONENT[currency.code]
        step = currency.multiple_of * 10 ** max(-shift, 0) // 10 ** max(shift, 0)
        if step > 1:
            yield currency.code, Money(50_000 * step + 1, currency.code)


def _states(resource: str) -> Callable[[Certification], Rows]:
    def rows(run: Certification) -> list[tuple[str, State]]:
        return [(state.name, state) for state in run.profile.manifest.states if state.resource == resource]

    return rows


def _setup_states(run: Certification) -> Rows:
    """The states in which setting a mandate up can end: those that the gateway lists for its own request."""
    listed = run.profile.setup_states
    return [(s.name, s) for s in run.profile.manifest.states if s.resource == "mandate" and s.name in listed]


def _expected(kind: str) -> Callable[[Certification], Rows]:
    def rows(run: Certification) -> list[tuple[str, Expectation]]:
        claimed = {flow.__name__ for flow in run.connector.flows}
        wanted = [row for row in run.profile.expectations() if row.kind == kind and row.flow in claimed]
        return [(f"{row.flow}-{row.raw}", row) for row in wanted]

    return rows


def _declining_cards(run: Certification) -> list[tuple[str, Instrument]]:
    """Those whose outcome hangs on the card, or on the name of its holder, and on nothing that no card carries."""
    cards = [i for i in run.profile.manifest.instruments if i.kind == "card" and i.causes.startswith("decline:")]
    shown = [card for card in cards if "=" not in (card.alias or "") or (card.alias or "").startswith("holderName=")]
    return [(card.value[-4:], card) for card in shown]


def _capture_modes(run: Certification) -> Rows:
    modes = {mode for offer in run.connector.capabilities.payment_methods.values() for mode in offer.captures}
    return [(mode.value, mode) for mode in CaptureMethod if mode in modes]


def _undeclared_methods(run: Certification) -> Rows:
    claimed = run.connector.capabilities.payment_methods
    return [(kind.value, kind) for kind in PaymentMethodType if kind not in claimed]


def _undeclared_flows(run: Certification) -> Rows:
    return [(flow.__name__, flow) for flow in FLOWS if flow not in run.connector.flows]


def _claimed_methods(
    course: str | None = None, *, holds: bool = False, mandates: bool = False
) -> Callable[[Certification], Rows]:
    """The claimed methods: all, or those of a course; only for manual capture, only for mandates."""

    def rows(run: Certification) -> Rows:
        courses = {meanings.METHOD[row.kind]: row.course for row in run.profile.manifest.methods}
        for kind, offer in run.connector.capabilities.payment_methods.items():
            fits = course is None or courses.get(kind) == course
            if fits and (not holds or CaptureMethod.MANUAL in offer.captures) and (not mandates or offer.mandates):
                yield kind.value, (kind, in_currency(run, kind))

    return rows


def in_currency(run: Certification, kind: PaymentMethodType) -> Money:
    """An amount in a currency that connector and gateway take a method in: euros or dollars where they do."""
    offer = run.connector.capabilities.payment_methods[kind]
    published = next((row.currencies for row in run.profile.manifest.methods if meanings.METHOD[row.kind] is kind), ())
    known = {row.code: row for row in _taken(run)}
    both = set(offer.currencies or known) & set(published or known) & known.keys()
    chosen = next((code for code in ("EUR", "USD", *sorted(both)) if code in both), None)
    return sample(known[chosen]) if chosen else Money(0, "XXX")


def _foreign_currencies(run: Certification) -> Rows:
    """For each method that is offered in some currencies only, one that the connector takes otherwise."""
    claims = run.connector.capabilities
    for kind, offer in claims.payment_methods.items():
        others = sorted(claims.currencies - (offer.currencies or claims.currencies))
        if others:
            yield f"{kind.value}-{others[0]}", (kind, others[0])


def _published_methods(run: Certification) -> Rows:
    return [(row.name if row.kind == "card" else row.kind, row) for row in run.profile.manifest.methods]


def _returning_debits(run: Certification) -> Rows:
    """One published account of each claimed debit method whose bank returns the money."""
    for kind in run.connector.capabilities.payment_methods:
        rows = [row for row in run.profile.manifest.instruments if meanings.METHOD.get(row.kind) is kind]
        causes = next((row.causes for row in rows if row.causes.startswith("fails:")), None)
        if causes:
            yield f"{kind.value}-{causes}", (kind, in_currency(run, kind), causes)


# What a broken gateway or a proxy before it has been seen to answer instead of the documented JSON.
_BROKEN_BODIES: dict[str, dict[str, object]] = {
    "html-502": {"raw": {"status": 502, "headers": {"Content-Type": "text/html"}, "body": "<html>Bad Gateway</html>"}},
    "empty-500": {"raw": {"status": 500, "headers": {"Content-Type": "application/json"}, "body": ""}},
    "html-200": {"raw": {"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<html>Welcome</html>"}},
    "empty-200": {"raw": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": ""}},
    "array-200": {"raw": {"status": 200, "headers": {"Content-Type": "application/json"}, "body": "[]"}},
    "truncated-200": {"truncate": 40},
    "redirect-302": {"raw": {"status": 302, "headers": {"Location": "https://elsewhere.test/"}, "body": ""}},
}


def _broken_bodies(_: Certification) -> Rows:
    return list(_BROKEN_BODIES.items())


def _awkward(run: Certification) -> Rows:
    """Those that the gateway takes in dollars."""
    dollar = next(row for row in _taken(run) if row.code == "USD")
    least = Decimal(dollar.minimum or 0).scaleb(-dollar.exponent)
    return [(amount, amount) for amount in AWKWARD if Decimal(amount) >= least]


def _tampering(what: str) -> Callable[[Certification], Rows]:
    def rows(run: Certification) -> Rows:
        for fields in run.profile.tampering[what]:
            yield ",".join(f"{name}={value}" for name, value in fields.items()), fields

    return rows


def _unholdable(run: Certification) -> Rows:
    return [(amount.currency, (amount, told)) for amount, told in run.profile.unholdable]


def _accounts(run: Certification) -> Rows:
    """The account of the profile, and every other kind that it knows."""
    return [("usual", {}), *run.profile.accounts.items()]


# Those that the profile writes down: where it has none, it must say why.
PROFILED = frozenset({"other_amount", "other_currency", "other_capture", "other_refund", "unholdable", "setup_state"})

DIMENSIONS: Mapping[str, Callable[[Certification], Rows]] = {
    "payment_state": _states("payment"),
    "refund_state": _states("refund"),
    "dispute_state": _states("dispute"),
    "setup_state": _setup_states,
    "paid_method": _claimed_methods(),
    "redirect_method": _claimed_methods("redirect"),
    "debit_method": _claimed_methods("debit"),
    "voucher_method": _claimed_methods("voucher"),
    "held_method": _claimed_methods(holds=True),
    "mandated_method": _claimed_methods(mandates=True),
    "returning_debit": _returning_debits,
    "foreign_currency": _foreign_currencies,
    "published_method": _published_methods,
    "decline": _expected("decline"),
    "refusal": _expected("request"),
    "doubt": _expected("doubt"),
    "declining_card": _declining_cards,
    "currency": _currencies,
    "departing_currency": _departing,
    "untaken_currency": _untaken,
    "unrepresentable": _unrepresentable,
    "awkward_amount": _awkward,
    "broken_body": _broken_bodies,
    "capture_mode": _capture_modes,
    "account": _accounts,
    "undeclared_method": _undeclared_methods,
    "undeclared_flow": _undeclared_flows,
    "other_amount": _tampering("amount"),
    "other_currency": _tampering("currency"),
    "other_capture": _tampering("capture"),
    "other_refund": _tampering("refund"),
    "unholdable": _unholdable,
}
