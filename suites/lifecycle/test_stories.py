"""Any story of a merchant: whatever is done in whatever order, what the connector says is what the ledger knows.

A story that fails is printed in its shortest form, as the steps a merchant took.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from itertools import count
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from runtime.core.errors import ConnectorError, OutcomeUnknown, Unavailable
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, IncomingWebhook, PaymentOutcome, Refund, RefundOutcome, Void
from runtime.core.vocabulary import CaptureMethod, PaymentStatus, RefundStatus
from runtime.core.webhooks import Event
from suites.gateway import Balance
from suites.marks import requirement, requires

NOTHING = Decimal(0)
TOLD_EUROS = st.sampled_from([Money.of(amount, "EUR") for amount in ("10.00", "7.00", "4.00")])
DAY_S = 86_400
LOST = ({"timeout": "after"}, {"reset": "before"}, {"timeout": "before"})
SHORT = settings(
    max_examples=40,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    database=None,
    print_blob=False,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)

# What each status says about the money of a payment; a status that is not here says that it is not known yet.
SAYS = {
    PaymentStatus.AUTHORIZED: lambda b: b.held > 0 and b.captured == 0,
    PaymentStatus.CHARGED: lambda b: b.captured > 0,
    PaymentStatus.PARTIAL_CHARGED: lambda b: 0 < b.captured < b.authorised,
    PaymentStatus.PARTIAL_CHARGED_AND_CHARGEABLE: lambda b: b.captured > 0 and b.held > 0,
    PaymentStatus.VOIDED: lambda b: b.captured == 0 and b.held == 0,
    PaymentStatus.AUTO_REFUNDED: lambda b: b.captured == b.refunded and b.held == 0,
    PaymentStatus.FAILURE: lambda b: b.captured == 0 and b.held == 0,
}


def _lapsed(seen: PaymentOutcome) -> Callable[[Balance], bool]:
    """A hold that ran out took nothing; an event alone cannot say so, for of a part captured before the rest ends."""
    untold = seen.captured is None
    return lambda b: b.held == 0 and (untold or b.captured == 0)


def _agree(seen: PaymentOutcome, balance: Balance) -> None:
    """Hold one view of a payment against the ledger: its status, and every amount that it tells."""
    says = _lapsed(seen) if seen.status is PaymentStatus.EXPIRED else SAYS.get(seen.status)
    assert says is None or says(balance), f"{seen.payment_id} is {seen.status}, and the ledger says {balance}"
    for name, truth in (("captured", balance.captured), ("capturable", balance.held), ("refunded", balance.refunded)):
        told = getattr(seen, name)
        assert told is None or told.major == truth, f"{seen.payment_id}: {name} is {told}, the ledger says {truth}"


class Story(RuleBasedStateMachine):
    """A merchant at work; `shop` is set to what builds one for each story."""

    shop = None

    def __init__(self) -> None:
        super().__init__()
        self.merchant, self.gateway, self.offers = self.shop()
        self.payments: list[PaymentOutcome] = []
        self.returned: dict[str, RefundOutcome] = {}

    # -- what a merchant does

    @rule(amount=TOLD_EUROS, holds=st.booleans(), declines=st.booleans())
    def order(self, amount, holds, declines):
        mode = CaptureMethod.MANUAL if holds else CaptureMethod.AUTOMATIC
        using = "declined" if declines else "approved"
        self._keep(self._carried_out(self.merchant.order(amount, capture=mode, using=using)))

    @precondition(lambda self: self.payments)
    @rule(which=st.integers(0, 9), part=TOLD_EUROS)
    def capture(self, which, part):
        payment = self._one(which)
        whole = payment.authorized or payment.amount or part
        amount = part if self.offers("partial capture") else whole
        self._carried_out(self.merchant.capture_of(payment, amount))

    @precondition(lambda self: self.payments and self.offers(Void))
    @rule(which=st.integers(0, 9))
    def void(self, which):
        self._carried_out(self.merchant.void_of(self._one(which)))

    @precondition(lambda self: self.payments)
    @rule(which=st.integers(0, 9), part=TOLD_EUROS)
    def refund(self, which, part):
        taken = [payment for payment in self.payments if self.gateway.balance(payment.payment_id).captured]
        self._carried_out(self.merchant.refund_of(self._one(which, taken), part))

    @rule(loss=st.sampled_from(LOST))
    def lose_the_next_answer(self, loss):
        self.gateway.plan(loss)

    @rule(days=st.sampled_from([1, 40]))
    def wait(self, days):
        self.gateway.advance(days * DAY_S)

    def teardown(self):
        """Every story ends long after: whatever can lapse has lapsed, and what was said of it is true still."""
        self.wait(days=40)
        self.look()

    # -- what must be true after each of them

    @invariant()
    def the_connector_says_what_the_ledger_knows(self):
        self.gateway.forget_plans()
        self.look()

    def look(self):
        for payment in self.payments:
            seen = self.merchant.view_of(payment)
            if seen is not None:
                _agree(seen, self.gateway.balance(payment.payment_id))

    @invariant()
    def nothing_was_charged_that_nobody_knows_of(self):
        known = {payment.payment_id for payment in self.payments}
        strangers = [
            name for name, balance in self.gateway.payments().items() if balance.captured and name not in known
        ]
        assert not strangers, f"the gateway charged {strangers}, and the merchant was never told"

    def _carried_out(self, command):
        """What came of a command in the end: an unknown outcome is resolved the declared way before anything else."""
        answer = self.merchant.tries(command)
        if isinstance(answer, OutcomeUnknown | Unavailable):
            answer = self.merchant.recovers(command, answer)
        if isinstance(answer, ConnectorError):
            return None
        outcome = self.merchant.learns(answer)
        if outcome.payment_id:
            self._is_true(outcome, self.gateway.balance(outcome.payment_id))
        return outcome

    def _is_true(self, outcome, balance):
        """The answer itself, before anything is asked again; a refund that is done is in the ledger, all of it."""
        if isinstance(outcome, RefundOutcome):
            self.returned[outcome.refund_id] = outcome
            done = [r for r in self.returned.values() if r.payment_id == outcome.payment_id]
            told = sum((r.amount.major for r in done if r.amount and r.status is RefundStatus.SUCCESS), NOTHING)
            assert told <= balance.refunded, f"{told} are told to be returned, the ledger says {balance.refunded}"
        else:
            _agree(outcome, balance)

    def _keep(self, outcome):
        if outcome is not None and outcome.payment_id and outcome.status is not PaymentStatus.FAILURE:
            self.payments.append(outcome)

    def _one(self, which, among=()):
        chosen = among or self.payments
        return chosen[which % len(chosen)]


class HeardStory(Story):
    """The same merchant, who only listens: at the end, to every delivery in any order, and to some of them twice."""

    @initialize(fate=st.randoms(use_true_random=False))
    def the_post_is_unreliable(self, fate):
        self.fate, self.sent, self.since = fate, 0, self.gateway.now()

    def look(self):
        self.gateway.advance(1)  # the next thing happens later, by the clock of an event
        hooks, now = self.gateway.webhooks(), self.gateway.now()
        for event in (event for hook in hooks[self.sent :] for event in self.merchant.hears(hook).events):
            dated = event.created is not None and self.since <= event.created <= now
            assert dated, f"{event.type} is dated {event.created}, and happened between {self.since} and {now}"
        self.sent, self.since = len(hooks), now

    @precondition(lambda self: self.offers("lapse told by webhook"))
    @rule(days=st.sampled_from([1, 40]))
    def wait(self, days):
        super().wait(days)

    def teardown(self):
        if self.offers("lapse told by webhook"):
            self.gateway.advance(40 * DAY_S)
        hooks = self.gateway.webhooks()
        arriving = hooks + hooks[::2]
        self.fate.shuffle(arriving)
        events = {event.event_id: event for hook in arriving for event in self.merchant.hears(hook).events}
        for payment in self.payments:
            balance = self.gateway.balance(payment.payment_id)
            _agree_in_the_end([event for event in events.values() if _is_of(event, payment)], balance, payment)
            returned = sum((told.amount.major for told in _refunds(events.values(), payment)), NOTHING)
            assert returned == balance.refunded, f"{returned} were heard to be returned, the ledger says {balance}"


def _is_of(event: Event, payment: PaymentOutcome) -> bool:
    told = event.outcome
    return isinstance(told, PaymentOutcome) and told.payment_id == payment.payment_id


def _refunds(events: Iterable[Event], payment: PaymentOutcome) -> list[RefundOutcome]:
    """The refunds of a payment that were heard to be done, each as it was heard last."""
    heard: dict[str, list[Event]] = {}
    for event in events:
        if isinstance(event.outcome, RefundOutcome) and event.outcome.payment_id == payment.payment_id:
            heard.setdefault(event.outcome.refund_id, []).append(event)
    done = {
        name: [told for told in _last(about) if told.status is RefundStatus.SUCCESS] for name, about in heard.items()
    }
    return [told[0] for told in done.values() if told]


def _last(events: list[Event]) -> list[Any]:
    """What was heard last, by the time at which it happened: two things of one second have no order."""
    assert all(event.created is not None for event in events), "an event without its time cannot be put in order"
    latest = max(event.created for event in events)
    return [event.outcome for event in events if event.created == latest]


def _agree_in_the_end(events: list[Event], balance: Balance, payment: PaymentOutcome) -> None:
    """Hold what was heard last, by the time at which it happened, against the ledger.

    Refunds have events of their own: what an older event knew of them was true then.
    """
    assert events, f"nothing was ever heard of {payment.payment_id}"
    last = [replace(told, refunded=None) for told in _last(events)]
    wrong = []
    for outcome in last:
        try:
            _agree(outcome, balance)
        except AssertionError as problem:
            wrong.append(str(problem))
    assert len(wrong) < len(last), f"by the last that was heard, {wrong[0]}"


@requirement("LIF-036")
@requires(Authorize, Capture, Refund, CaptureMethod.MANUAL, IncomingWebhook)
def test_any_story_is_heard_as_the_ledger_knows_it_in_whatever_order(shop_for, offers):
    numbers = count()

    class AnyStory(HeardStory):
        def shop(self):
            return *shop_for(f"heard {next(numbers)}", listens=True), offers

    run_state_machine_as_test(AnyStory, settings=SHORT)


@requirement("LIF-035")
@requires(Authorize, Capture, Refund, CaptureMethod.MANUAL)
def test_any_story_is_told_as_the_ledger_knows_it(shop_for, offers):
    numbers = count()

    class AnyStory(Story):
        def shop(self):
            return *shop_for(f"story {next(numbers)}"), offers

    run_state_machine_as_test(AnyStory, settings=SHORT)
