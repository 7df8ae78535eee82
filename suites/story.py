"""A scenario as one merchant goes through it, and what is known of every command of it in the end."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Protocol

from contracts.format import Books, Command
from mock_gateways.core.manifest import Meaning
from runtime.core import payments
from runtime.core.errors import ConnectorError
from runtime.core.payments import DisputeOutcome, Outcome, PaymentOutcome, RefundOutcome
from runtime.core.vocabulary import DisputeStatus, PaymentStatus, RefundStatus
from suites import meanings
from suites.driver import Driver
from suites.gateway import Webhook
from suites.merchant import UNDER_WAY, Merchant
from suites.scenarios import Player

__all__ = ["Stage", "Story", "Told", "meaning"]


class Stage(Protocol):
    """Who answers: a recording, or a sandbox."""

    rows: list[Command]

    def prepare(self, player: Player, row: Command) -> None:
        """Have others do what they did before this command: the shopper's browser, the shopper's bank."""

    def carried_out(self, row: Command) -> None:
        """A command has been answered. Raises AssertionError where what was sent is not what belongs to it."""

    def webhooks(self) -> list[Webhook]: ...

    def finish(self) -> None:
        """Raises AssertionError where something of the scenario was left out."""

    def exchanges(self) -> list[dict[str, Any]]: ...


@dataclass(slots=True)
class Told:
    """A command, what came back, and what was heard of the same thing later."""

    row: Command
    before: Books
    command: payments.Command
    answer: Any
    heard: list[Outcome] = field(default_factory=list)

    @property
    def ended(self) -> Any:
        """What a merchant knows in the end: the answer, or what was heard where that was not the last word."""
        if self.answer.status in UNDER_WAY and self.heard:
            return self.heard[-1]
        return self.answer


class Story:
    """Plays a scenario. `listens` is whether the connector can be sent deliveries; `reads` whether it can ask."""

    def __init__(self, stage: Stage, player: Player, driver: Driver, *, listens: bool, reads: bool) -> None:
        self.stage, self.player, self.driver = stage, player, driver
        self.listens, self.reads = listens, reads
        self._taken: set[str] = set()
        self.news: list[Outcome] = []

    @property
    def merchant(self) -> Merchant:
        return self.player.merchant

    @property
    def rows(self) -> list[Command]:
        return self.stage.rows

    def plays(self) -> list[Told]:
        """All of it, from the first command to the last delivery."""
        told = self.plays_up_to(None)
        self._listen()
        for one in told:
            one.heard += [news for news in self.news if _is_about(news, one.answer)]
        self.stage.finish()
        return told

    def plays_up_to(self, last: Command | None) -> list[Told]:
        """Every command before that one, each of which must end in an outcome."""
        told, before = [], Books(authorised=0, captured=0, refunded=0)
        for row in self.rows:
            self._others_act(row)
            if row is last:
                break
            command = self.player.command(row)
            told.append(Told(row, before, command, self.does(row, command)))
            before = row.settled
        return told

    def does(self, row: Command, command: payments.Command) -> Any:
        answer = self.merchant.tries(command)
        self.stage.carried_out(row)
        seen = f"{type(answer).__name__}: {answer}"
        assert not isinstance(answer, ConnectorError), f"{row.flow} raised {seen}; an outcome was expected"
        self.player.learns(answer)
        return answer

    def agrees(self, told: Told, *, tells_shares: bool) -> None:
        """Raises AssertionError where an answer is not what is known of the money."""
        if isinstance(told.answer, PaymentOutcome):
            self._payment_agrees(told, tells_shares=tells_shares)
        if isinstance(told.answer, RefundOutcome):
            returned = (told.row.settled.refunded or 0) - (told.before.refunded or 0)
            known = RETURNED if returned == told.row.amount else NOT_RETURNED
            is_heard_of = self.listens and self.stage.webhooks()
            waiting = frozenset() if is_heard_of or self.reads else UNDER_WAY
            assert told.ended.status in known | waiting, f"a refund returned {returned}, not {told.ended.status}"

    def _payment_agrees(self, told: Told, *, tells_shares: bool) -> None:
        """It may be called what its books say, or under way where only a delivery tells how it ends."""
        row = told.row
        at_once, in_the_end = (allowed(books, tells_shares=tells_shares) for books in (row.answered, row.settled))
        waiting = frozenset() if self.reads and row.answered == row.settled else UNDER_WAY
        if not row.answered.waits:  # nobody has to act any more, whatever else is not known yet
            waiting -= {PaymentStatus.AUTHENTICATION_PENDING}
        assert told.answer.status in at_once | waiting, f"{row.flow} left {row.answered}, not {told.answer.status}"
        if told.answer.status in UNDER_WAY - at_once and self.listens and self.stage.webhooks():
            assert told.ended.status in in_the_end, f"{row.flow} came to {row.settled}, not {told.ended.status}"

    def first(self, flow: str) -> Command:
        found = next((row for row in self.rows if row.flow == flow), None)
        assert found, f"the scenario has no {flow}"
        return found

    def _others_act(self, row: Command) -> None:
        self._listen()
        self.stage.prepare(self.player, row)

    def _listen(self) -> None:
        for hook in self.stage.webhooks() if self.listens else []:
            if hook.id not in self._taken:
                self._taken.add(hook.id)
                outcomes = [event.outcome for event in self.merchant.hears(hook).events]
                self.news += [outcome for outcome in outcomes if outcome is not None]
        for outcome in self.news:
            if isinstance(outcome, DisputeOutcome):
                self.player.learns(outcome)


def _is_about(news: Outcome, answer: Outcome) -> bool:
    """Whether a delivery tells of the same thing; a refund is none with its payment."""
    name = {RefundOutcome: "refund_id", DisputeOutcome: "dispute_id"}.get(type(answer), "payment_id")
    return type(news) is type(answer) and getattr(news, name) == getattr(answer, name)


def meaning(books: Books) -> Meaning:
    """What books say of a payment, in the word that a gateway's own statuses are judged by."""
    held, taken, back = books.authorised or 0, books.captured or 0, books.released or 0
    if not held:
        return Meaning.NEEDS_SHOPPER if books.waits else Meaning.NOTHING_MOVED
    if taken:
        return Meaning.TAKEN if taken == held else Meaning.PARTLY_TAKEN
    return Meaning.RELEASED if back == held else Meaning.HELD


def allowed(books: Books, *, tells_shares: bool = True) -> frozenset[PaymentStatus]:
    """What a payment may be called; `tells_shares` False where no reply tells a share from the whole."""
    found = meanings.PAYMENT[meaning(books)]
    partly = meaning(books) is Meaning.PARTLY_TAKEN and not tells_shares
    return found | ({PaymentStatus.CHARGED} if partly else set())


# The fields of a payment's outcome, and where books tell them; None where they do not.
_AMOUNTS: Mapping[str, Any] = MappingProxyType(
    {
        "authorized": lambda books: books.authorised,
        "captured": lambda books: books.captured,
        "refunded": lambda books: books.refunded,
        "capturable": lambda books: (
            None if books.released is None else (books.authorised or 0) - (books.captured or 0) - books.released
        ),
    }
)


def wrong_amounts(outcome: PaymentOutcome, books: Iterable[Books]) -> list[str]:
    """Amounts that are told and stand in none of the books; what either side does not tell is no difference."""
    found = []
    for name, told_by in _AMOUNTS.items():
        said, known = getattr(outcome, name), {told_by(one) for one in books}
        if said is not None and None not in known and said.minor not in known:
            found.append(f"{name} is {said}, the books say {sorted(known)} in minor units")
    return found


# A refund has no books of its own: it returned what it asked for, or it did not.
RETURNED, NOT_RETURNED = frozenset({RefundStatus.SUCCESS}), frozenset({RefundStatus.FAILURE})
GIVEN_UP = frozenset({DisputeStatus.ACCEPTED, DisputeStatus.LOST})
