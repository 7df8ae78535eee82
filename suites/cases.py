"""The rows a test is run for, each from what the gateway publishes: a fixture of the same name takes one."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from inspect import signature

from mock_gateways.core.manifest import Currency, Instrument, Method, State
from runtime.core.money import EXPONENT, Money
from runtime.core.payments import FLOWS, Command, CompleteAuthorize
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType
from suites import meanings
from suites.certification import Certification
from suites.profiles import Expectation, Given
from suites.published import (
    claimed_currencies,
    in_currency,
    live_methods,
    published_amount,
    published_currencies,
    sample,
)
from suites.scenes import SCENES

__all__ = ["DIMENSIONS", "PROFILED", "Unclaimed", "unclaimed"]

Rows = Iterable[tuple[str, object]]

# Prices that binary floats cannot hold, and that came out a cent short in the bugs this guards against.
AWKWARD = ("19.99", "8.20", "1.10", "0.57", "4.35", "1.15", "1025.12", "64.10", "9.95", "2.01")


def _currencies(run: Certification) -> Rows:
    return [(currency.code, currency) for currency in claimed_currencies(run)]


def _departing(run: Certification) -> Rows:
    """One currency for each way in which wire amounts can differ from ISO's, and one for each exponent."""
    found: dict[tuple[int, int, int], Currency] = {}
    for currency in claimed_currencies(run):
        found.setdefault((currency.exponent, EXPONENT[currency.code], currency.multiple_of), currency)
    return [(currency.code, currency) for currency in found.values()]


def _untaken(run: Certification) -> Rows:
    taken = {currency.code for currency in run.profile.manifest.currencies}
    return [(code, code) for code in sorted(EXPONENT.keys() - taken)]


def _unrepresentable(run: Certification) -> Rows:
    """ISO amounts between two of the gateway's steps."""
    for currency in claimed_currencies(run):
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


def _unconfirmed(run: Certification) -> Rows:
    waiting = [state for state in run.profile.manifest.states if state.name in run.profile.unconfirmed]
    return [(state.name, state) for state in waiting if state.resource == "payment"]


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
    course: str | None = None, *, holds: CaptureMethod | None = None, mandates: bool = False
) -> Callable[[Certification], Rows]:
    """The claimed methods: all, or those of a course; only with a way to be captured later, only for mandates."""

    def rows(run: Certification) -> Rows:
        courses = {meanings.METHOD[row.kind]: row.course for row in run.profile.manifest.methods}
        for kind, offer in run.connector.capabilities.payment_methods.items():
            fits = course is None or courses.get(kind) == course
            if fits and (holds is None or holds in offer.captures) and (not mandates or offer.mandates):
                yield kind.value, (kind, in_currency(run, kind))

    return rows


def _asking_methods(run: Certification) -> Rows:
    """The claimed methods of which the profile says where their fields stand."""
    for kind, asks in run.profile.asks.items():
        if kind in run.connector.capabilities.payment_methods:
            yield kind.value, (kind, in_currency(run, kind), asks)


def _foreign_currencies(run: Certification) -> Rows:
    """For each method that is offered in some currencies only, one that the connector takes otherwise."""
    claims = run.connector.capabilities
    for kind, offer in claims.payment_methods.items():
        others = sorted(claims.currencies - (offer.currencies or claims.currencies))
        if others:
            yield f"{kind.value}-{others[0]}", (kind, others[0])


def _published_methods(run: Certification) -> Rows:
    """Those that the connector claims or denies; what it leaves out is for CAP-010 and holds back a state."""
    claims = run.connector.capabilities
    for row in run.profile.manifest.methods:
        kind = meanings.METHOD[row.kind]
        if row.course == "retired" or kind in claims.payment_methods or kind in claims.not_offered:
            yield row.name if row.kind == "card" else row.kind, row


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """Something that the gateway publishes, that the connector does not claim, and for which it names no source."""

    kind: PaymentMethodType
    amount: Money
    capture: CaptureMethod = CaptureMethod.AUTOMATIC
    mandate: bool = False

    def __str__(self) -> str:
        return f"{self._part} in {self.amount.currency}"

    @property
    def names(self) -> set[str]:
        """The names under which a connector may say that its gateway has no such thing: those of its own refusals."""
        currency = self.amount.currency
        return {self.kind.value, self._part, currency, f"{self.kind} in {currency}"}

    @property
    def _part(self) -> str:
        return f"{self.kind} for mandates" if self.mandate else f"{self.kind} with {self.capture} capture"


def unclaimed(run: Certification) -> Iterator[Unclaimed]:
    """Methods, holds, mandates and currencies; what the gateway's facts leave in doubt is nobody's omission."""
    claims = run.connector.capabilities
    for kind, rows in live_methods(run).items():
        sure = [row for row in rows if row.doubt is None]
        is_claimed = kind in claims.payment_methods
        found = _unclaimed_parts(run, kind, sure) if is_claimed else [Unclaimed(kind, published_amount(run, rows))]
        yield from (one for one in found if not one.names & claims.not_offered.keys())


def _unclaimed_parts(run: Certification, kind: PaymentMethodType, rows: list[Method]) -> Iterator[Unclaimed]:
    """What is not claimed of a method that is."""
    claims, taken = (
        run.connector.capabilities,
        {row.code: row for row in published_currencies(run) if row.doubt is None},
    )
    offer, amount = claims.payment_methods[kind], in_currency(run, kind)
    if any(row.holds for row in rows) and CaptureMethod.MANUAL not in offer.captures:
        yield Unclaimed(kind, amount, CaptureMethod.MANUAL)
    if any(row.mandates for row in rows) and not offer.mandates:
        yield Unclaimed(kind, amount, mandate=True)
    published = {code for row in rows for code in (row.currencies or taken)}
    for code in sorted(published & taken.keys() - (offer.currencies or claims.currencies)):
        yield Unclaimed(kind, sample(taken[code]))


def _undeclared_captures(run: Certification) -> Rows:
    """For each claimed method the capture modes that it is not claimed for."""
    for kind, offer in run.connector.capabilities.payment_methods.items():
        for mode in CaptureMethod:
            if mode not in offer.captures:
                yield f"{kind.value}-{mode.value}", (kind, in_currency(run, kind), mode)


def _undeclared_mandates(run: Certification) -> Rows:
    for kind, offer in run.connector.capabilities.payment_methods.items():
        if not offer.mandates:
            yield kind.value, (kind, in_currency(run, kind))


def _declared_currencies(run: Certification) -> Rows:
    """Each currency of a method that is claimed for some only; of one for all, those that the gateway writes oddly.

    One beyond the gateway's list is for CAP-006, unless that list is itself in doubt: then nobody can judge it.
    """
    claims, taken, live = (
        run.connector.capabilities,
        {row.code: row for row in published_currencies(run)},
        live_methods(run),
    )
    odd = {code for code, _ in _departing(run)} & claims.currencies
    for kind, offer in claims.payment_methods.items():
        published = {code for row in live.get(kind, ()) for code in (row.currencies or taken)}
        for code in sorted((offer.currencies or odd) & published & taken.keys()):
            yield f"{kind.value}-{code}", (kind, sample(taken[code]))


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
    dollar = next(row for row in published_currencies(run) if row.code == "USD")
    least = Decimal(dollar.minimum or 0).scaleb(-dollar.exponent)
    return [(amount, amount) for amount in AWKWARD if Decimal(amount) >= least]


def _tampering(what: str) -> Callable[[Certification], Rows]:
    def rows(run: Certification) -> Rows:
        for told in run.profile.tampering.get(what, ()):
            yield ",".join(f"{name}={value}" for name, value in told.items()), told

    return rows


def _unholdable(run: Certification) -> Rows:
    claimed = run.connector.capabilities.currencies
    return [(amount.currency, (amount, told)) for amount, told in run.profile.unholdable if amount.currency in claimed]


def _accounts(run: Certification) -> Rows:
    """The account of the profile, and every other kind that it knows."""
    return [("usual", {}), *run.profile.accounts.items()]


def _flows(run: Certification) -> Iterator[tuple[str, type[Command]]]:
    """The claimed flows that begin with a command, of those that can be got to with what is claimed."""
    for flow, way in SCENES.items():
        if flow in run.connector.flows and not any(run.not_claimed(need) for need in way.needs):
            yield flow.__name__, flow


def _own_hosts(run: Certification) -> Rows:
    """Nobody can say of a connector in another process where it would send what is not sent to the simulator."""
    return [(host, host) for host in run.profile.hosts if not run.remote]


def _noted_flows(run: Certification) -> Rows:
    """Those whose command may carry the merchant's own number, and need not."""
    for name, flow in _flows(run):
        if any(one.name == "reference" and one.default is None for one in fields(flow)):
            yield name, flow


def _settings(run: Certification) -> Rows:
    """The settings of a connector that are a secret or an address; those of one in another process are its own."""
    for name, value in run.profile.config.items() if not run.remote else ():
        if isinstance(value, Given) or "{base_url}" in str(value):
            yield name, name


def _bounds(run: Certification) -> Rows:
    """Settings beside the profile's own, and whether they can work: those that this connector has, in this process."""
    has = () if run.remote else signature(run.connector.config).parameters
    for given, works in run.profile.bounds:
        if given.keys() <= set(has):
            yield ",".join(f"{name}={value}" for name, value in given.items()), (given, works)


def _signed_return(run: Certification) -> Rows:
    return [(name, name) for name in run.profile.signed_return]


def _named_flows(run: Certification) -> Rows:
    """Those whose command names what it is about; once the shopper came back, a payment may go on under another id."""
    for name, flow in _flows(run):
        names = {one.name for one in fields(flow)} & {"payment_id", "refund_id", "dispute_id"}
        if names and flow is not CompleteAuthorize:
            yield name, flow


# Those that the profile writes down: where it has none, it must say why.
_ALTERED = ("amount", "currency", "capture", "refund", "part", "order", "session")
_OWN = ("unholdable", "setup_state", "strange_step", "asking_method", "signed_return")
PROFILED = frozenset((*(f"other_{what}" for what in _ALTERED), *_OWN))

DIMENSIONS: Mapping[str, Callable[[Certification], Rows]] = {
    "payment_state": _states("payment"),
    "refund_state": _states("refund"),
    "dispute_state": _states("dispute"),
    "setup_state": _setup_states,
    "unconfirmed_state": _unconfirmed,
    "paid_method": _claimed_methods(),
    "asking_method": _asking_methods,
    "redirect_method": _claimed_methods("redirect"),
    "debit_method": _claimed_methods("debit"),
    "voucher_method": _claimed_methods("voucher"),
    "held_method": _claimed_methods(holds=CaptureMethod.MANUAL),
    "parted_method": _claimed_methods(holds=CaptureMethod.MANUAL_MULTIPLE),
    "mandated_method": _claimed_methods(mandates=True),
    "returning_debit": _returning_debits,
    "foreign_currency": _foreign_currencies,
    "declared_currency": _declared_currencies,
    "undeclared_capture": _undeclared_captures,
    "undeclared_mandate": _undeclared_mandates,
    "published_method": _published_methods,
    "decline": _expected("decline"),
    "refusal": _expected("request"),
    "doubt": _expected("doubt"),
    "refund_failure": _expected("refund"),
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
    "played_flow": _flows,
    "named_flow": _named_flows,
    "noted_flow": _noted_flows,
    "setting": _settings,
    "bound": _bounds,
    "signed_return": _signed_return,
    "other_amount": _tampering("amount"),
    "other_currency": _tampering("currency"),
    "other_capture": _tampering("capture"),
    "other_refund": _tampering("refund"),
    "other_part": _tampering("part"),
    "other_order": _tampering("order"),
    "other_session": _tampering("session"),
    "strange_step": _tampering("step"),
    "unholdable": _unholdable,
    "own_host": _own_hosts,
}
