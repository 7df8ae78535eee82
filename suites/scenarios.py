"""What merchants do everywhere, as tables: played against a recording, a sandbox, or a simulator that is recorded.

`leaves` is what the gateways publish of the test values that are used: where the money stands once all has settled.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Literal

from contracts import policy
from contracts.format import Books, Command
from mock_gateways.core.manifest import Instrument
from runtime.core import payments
from runtime.core.methods import PaymentMethod
from runtime.core.money import Money
from runtime.core.payments import DisputeOutcome, Outcome, PaymentOutcome
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType
from suites import meanings
from suites.instruments import card_from
from suites.merchant import Merchant
from suites.profiles import Profile

__all__ = ["SCENARIOS", "Act", "Player", "Scenario"]

WHOLE, PART, FIRST, REST = 12_300, 11_100, 2_300, 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One command. `after` is what others do first: the shopper's browser, or the shopper's bank."""

    flow: str
    leaves: Books
    amount: int | None = None
    capture: CaptureMethod | None = None
    using: str = "approved"  # a card, by the suite's meaning of it
    method: PaymentMethodType = PaymentMethodType.CARD  # where the gateway has no other, a card
    after: Literal["browser", "dispute"] | None = None

    def row(self, profile: Profile) -> Command:
        """The same, as a contract tells it. Its steps are known only when it was carried out."""
        about: dict[str, Any] = {"flow": self.flow, "steps": ["unknown"], "amount": self.amount}
        about |= {"currency": profile.currency if self.amount is not None else None}
        about |= {"answered": self.leaves, "settled": self.leaves}
        if self.capture:
            about |= {"capture": self.capture.value} | self._paid_with(profile)
        return Command.model_validate(about)

    def _paid_with(self, profile: Profile) -> dict[str, str | None]:
        offered = {meanings.METHOD[row.kind] for row in profile.manifest.methods}
        if self.method is not PaymentMethodType.CARD and self.method in offered:
            return {"method": self.method.value}
        instrument = _card(profile, self.using)
        causes, _, code = instrument.causes.partition(":")
        names = {card.pan: card.name for card in policy.load(profile.gateway).cards}
        return {
            "method": PaymentMethodType.CARD.value,
            "card": names[instrument.value],
            "holder": card_from(instrument).holder,
            "decline": code if causes == "decline" else None,
        }


@dataclass(frozen=True, slots=True)
class Scenario:
    """`needs` are what a gateway may lack by nature, besides the flows."""

    title: str
    acts: tuple[Act, ...]
    needs: tuple[str, ...] = ()

    @property
    def flows(self) -> tuple[type[payments.Command], ...]:
        known = {flow.__name__: flow for flow in payments.FLOWS}
        return tuple(known[act.flow] for act in self.acts)

    @property
    def is_the_merchants_alone(self) -> bool:
        """Whether nobody else has to act: only such a scenario plays itself at a sandbox."""
        return all(act.after is None for act in self.acts)


def _sale(amount: int = WHOLE) -> Act:
    taken = Books(authorised=amount, captured=amount)
    return Act(flow="Authorize", amount=amount, capture=CaptureMethod.AUTOMATIC, leaves=taken)


_HOLD = Act(flow="Authorize", amount=WHOLE, capture=CaptureMethod.MANUAL, leaves=Books(authorised=WHOLE, captured=0))
_NOTHING = Books(authorised=0, captured=0)


def _left(captured: int, *, released: int | None = None, refunded: int | None = None) -> Books:
    return Books(authorised=WHOLE, captured=captured, released=released, refunded=refunded)


SCENARIOS: Mapping[str, Scenario] = MappingProxyType(
    {
        "sale": Scenario("A sale: authorised and captured at once", (_sale(),)),
        "manual-capture": Scenario(
            "A hold, captured whole", (_HOLD, Act(flow="Capture", amount=WHOLE, leaves=_left(WHOLE)))
        ),
        "partial-capture": Scenario(
            "A hold, captured in part",
            (_HOLD, Act(flow="Capture", amount=PART, leaves=_left(PART))),
            needs=("partial capture",),
        ),
        "void": Scenario("A hold, released", (_HOLD, Act(flow="Void", leaves=_left(0, released=WHOLE)))),
        "partial-refunds": Scenario(
            "A sale, refunded in two parts",
            (
                _sale(),
                Act(flow="Refund", amount=FIRST, leaves=_left(WHOLE, refunded=FIRST)),
                Act(flow="Refund", amount=REST, leaves=_left(WHOLE, refunded=WHOLE)),
            ),
        ),
        "decline": Scenario("A card that is declined", (replace(_sale(), using="declined", leaves=_NOTHING),)),
        "redirect": Scenario(
            "The shopper is sent away, agrees and comes back",
            (
                replace(
                    _sale(),
                    method=PaymentMethodType.IDEAL,
                    using="must authenticate",
                    leaves=Books(authorised=0, captured=0, waits=True),
                ),
                Act(flow="CompleteAuthorize", amount=WHOLE, after="browser", leaves=_left(WHOLE)),
            ),
        ),
        "dispute": Scenario(
            "A sale that is disputed; the merchant accepts",
            (_sale(), Act(flow="AcceptDispute", after="dispute", leaves=Books(captured=WHOLE, disputed=WHOLE))),
        ),
    }
)


class Player:
    """Carries commands out one after another: each goes on with what came of those before."""

    def __init__(self, merchant: Merchant, profile: Profile) -> None:
        self.merchant = merchant
        self._pans = {card.name: card.pan for card in policy.load(profile.gateway).cards}
        self.payment: PaymentOutcome | None = None
        self.dispute_id: str | None = None
        self.returned: Mapping[str, str] = {}  # the query with which the shopper's browser came back

    def command(self, row: Command) -> payments.Command:
        return _COMMANDS[row.flow](self, row)

    def learns(self, outcome: Outcome) -> None:
        """Keep what later commands are about."""
        if isinstance(outcome, PaymentOutcome) and outcome.payment_id:
            # A capture's own outcome may name no amount: what was ordered is known from before.
            known = self.payment.amount if self.payment else None
            self.payment = replace(outcome, amount=outcome.amount or known)
        if isinstance(outcome, DisputeOutcome):
            self.dispute_id = outcome.dispute_id

    @property
    def paid(self) -> PaymentOutcome:
        assert self.payment is not None, "the connector told of no payment to go on with"
        return self.payment

    @property
    def disputed(self) -> str:
        assert self.dispute_id, "the connector told of no dispute to answer"
        return self.dispute_id

    def method(self, row: Command) -> PaymentMethod:
        if row.card is None:
            return self.merchant.method(PaymentMethodType(row.method or "CARD"))
        card = card_from(Instrument("card", self._pans[row.card], "", "", None, ""))
        return replace(card, holder=row.holder)


def money(row: Command) -> Money:
    assert row.amount is not None, f"the contract names no amount for {row.flow}"
    assert row.currency is not None, f"the contract names no currency for {row.flow}"
    return Money(row.amount, row.currency)


_COMMANDS: Mapping[str, Callable[[Player, Command], payments.Command]] = {
    "Authorize": lambda it, row: it.merchant.order(
        money(row), capture=CaptureMethod(row.capture or CaptureMethod.AUTOMATIC), method=it.method(row)
    ),
    "CompleteAuthorize": lambda it, row: it.merchant.completion_of(it.paid, money(row), it.returned),
    "Capture": lambda it, row: it.merchant.capture_of(it.paid, money(row)),
    "Void": lambda it, _: it.merchant.void_of(it.paid),
    "Refund": lambda it, row: it.merchant.refund_of(it.paid, money(row)),
    "PSync": lambda it, _: it.merchant.sync_of(it.paid),
    "AcceptDispute": lambda it, _: it.merchant.acceptance_of(it.disputed),
}


def _card(profile: Profile, meaning: str) -> Instrument:
    wanted = profile.instruments[meaning]
    cards = [row for row in profile.manifest.instruments if row.kind == "card"]
    return next(card for card in cards if wanted in (card.causes, f"card:{card.value}"))
