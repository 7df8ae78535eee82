"""The actor of every scenario: a merchant that pays through one connector. One wire step a story, never two."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

from mock_gateways.core.manifest import Instrument
from runtime.core.connector import Connector
from runtime.core.errors import ConnectorError, GatewayRefused, OutcomeUnknown, Unavailable, WebhookRejected
from runtime.core.methods import Card, PaymentMethod
from runtime.core.money import Money
from runtime.core.payments import (
    AcceptDispute,
    Authorize,
    Capture,
    ChargeMandate,
    Command,
    CompleteAuthorize,
    CreateOrder,
    CreateSessionToken,
    DefendDispute,
    DisputeOutcome,
    DSync,
    MandateOutcome,
    OrderOutcome,
    Outcome,
    PaymentOutcome,
    PSync,
    Refund,
    RefundOutcome,
    RevokeMandate,
    RSync,
    SetupMandate,
    SubmitEvidence,
    Void,
)
from runtime.core.vocabulary import (
    CaptureMethod,
    NextActionKind,
    PaymentMethodType,
    PaymentStatus,
    Recovery,
    RefundStatus,
)
from runtime.core.webhooks import Delivery
from suites import meanings
from suites.driver import Driver
from suites.gateway import Gateway, Webhook
from suites.instruments import card_from, paid_with
from suites.profiles import Profile

__all__ = ["Merchant"]

# What a write may be told to be before anybody knows how it ends.
UNDER_WAY = frozenset(
    {
        PaymentStatus.CAPTURE_INITIATED,
        PaymentStatus.VOID_INITIATED,
        PaymentStatus.PENDING,
        PaymentStatus.AUTHENTICATION_PENDING,
        RefundStatus.PENDING,
    }
)
FAILED = frozenset(
    {PaymentStatus.CAPTURE_FAILED, PaymentStatus.VOID_FAILED, PaymentStatus.FAILURE, RefundStatus.FAILURE}
)
RETURN_URL = "https://merchant.test/return"

E = TypeVar("E", bound=ConnectorError)


class Merchant:
    """Says what it wants, and is told an outcome or an error. The ledger, not the merchant, knows what happened."""

    def __init__(self, driver: Driver, profile: Profile, connector: Connector, gateway: Gateway) -> None:
        self._driver, self._profile, self._gateway = driver, profile, gateway
        self._claims, self._reads, self._flows = (
            connector.capabilities,
            PSync in connector.flows,
            connector.flows.keys(),
        )
        self._modes: dict[str, CaptureMethod] = {}  # how each payment is to be captured, as asked for
        self._ids = (f"order-{number}" for number in count(1))

    # -- what the connector claims

    def can(self, flow: type[Command]) -> bool:
        return flow in self._flows

    def may_repeat(self, command: Command, unknown: ConnectorError) -> bool:
        """Whether to ask again is the declared way to find out, as it has one effect, or certainly had none yet."""
        nowhere = Recovery.ORDER_LOOKUP in self._claims.recovery and not unknown.transaction_id
        return self._claims.has_one_effect(type(command)) or isinstance(unknown, Unavailable) or nowhere

    # -- one command, one answer

    def tries(self, command: Command) -> Outcome | ConnectorError:
        return self._driver.run(command)

    def does(self, command: Command) -> Any:
        """Run a command that must end in an outcome."""
        answer = self.tries(command)
        name = type(command).__name__
        assert not isinstance(answer, ConnectorError), f"{name} raised {_told(answer)}; an outcome was expected"
        if isinstance(command, Authorize) and isinstance(answer, PaymentOutcome) and answer.payment_id:
            self._modes[answer.payment_id] = command.capture_method
        return answer

    def fails(self, command: Command, kind: type[E]) -> E:
        """Run a command that must end in that error."""
        answer = self.tries(command)
        seen = _told(answer) if isinstance(answer, ConnectorError) else f"the outcome {answer}"
        assert isinstance(answer, kind), f"{type(command).__name__}: expected {kind.__name__}, saw {seen}"
        return answer

    def is_refused(self, command: Command) -> GatewayRefused:
        return self.fails(command, GatewayRefused)

    # -- commands

    def order(
        self,
        amount: Money,
        *,
        capture: CaptureMethod = CaptureMethod.AUTOMATIC,
        using: str = "approved",
        method: PaymentMethod | None = None,
        order_id: str | None = None,
    ) -> Authorize:
        return Authorize(
            request_id=next(self._ids),
            amount=amount,
            method=method or self.card(using),
            capture_method=capture,
            return_url=RETURN_URL,
            reference="order 7:2/3 äöü",
            order_id=order_id,
            shopper=self._profile.shopper,
        )

    def method(self, kind: PaymentMethodType, causes: str = "success") -> PaymentMethod:
        """What a shopper pays with: the published test value of a method that causes this, where it has values."""
        rows = [row for row in self._profile.manifest.instruments if meanings.METHOD.get(row.kind) is kind]
        wanted = (causes, "redirect") if causes == "success" else (causes,)
        row = next((row for row in rows if row.causes in wanted), None)
        assert row or not rows, f"the gateway publishes no {kind} that causes {causes!r}"
        return paid_with(kind, row, self._profile.shopper.name or "")

    def card(self, meaning: str) -> Card:
        """The published test card that causes what the meaning names."""
        return card_from(self.instrument(meaning))

    def instrument(self, meaning: str) -> Instrument:
        wanted = self._profile.instruments[meaning]
        cards = [row for row in self._profile.manifest.instruments if row.kind == "card"]
        # Where what a card causes hangs on the account, the profile names the number itself.
        found = next((card for card in cards if wanted in (card.causes, f"card:{card.value}")), None)
        assert found, f"the gateway publishes no card that is {meaning!r}: {wanted}"
        return found

    def mandate_of(self, method: PaymentMethod, currency: str) -> SetupMandate:
        return SetupMandate(
            request_id=next(self._ids),
            method=method,
            currency=currency,
            return_url=RETURN_URL,
            shopper=self._profile.shopper,
        )

    def charge_of(
        self, mandate: MandateOutcome, amount: Money, kind: PaymentMethodType = PaymentMethodType.CARD
    ) -> ChargeMandate:
        assert mandate.mandate_id, f"the connector lost the mandate's id: {mandate}"
        return ChargeMandate(
            request_id=next(self._ids),
            amount=amount,
            mandate_id=mandate.mandate_id,
            customer_id=mandate.customer_id,
            kind=kind,
            shopper=self._profile.shopper,
        )

    def revocation_of(self, mandate: MandateOutcome) -> RevokeMandate:
        assert mandate.mandate_id, f"the connector lost the mandate's id: {mandate}"
        return RevokeMandate(request_id=next(self._ids), mandate_id=mandate.mandate_id, customer_id=mandate.customer_id)

    def session_of(self, amount: Money) -> CreateSessionToken:
        return CreateSessionToken(request_id=next(self._ids), amount=amount, return_url=RETURN_URL, reference="s-1")

    def open_order_of(self, amount: Money) -> CreateOrder:
        return CreateOrder(request_id=next(self._ids), amount=amount, reference="o-1")

    def order_sync_of(self, order: OrderOutcome, amount: Money) -> PSync:
        return PSync(request_id=next(self._ids), payment_id=order.order_id, amount=amount)

    def dispute_sync_of(self, dispute_id: str) -> DSync:
        return DSync(request_id=next(self._ids), dispute_id=dispute_id)

    def acceptance_of(self, dispute_id: str) -> AcceptDispute:
        return AcceptDispute(request_id=next(self._ids), dispute_id=dispute_id)

    def evidence_of(self, dispute_id: str) -> SubmitEvidence:
        return SubmitEvidence(request_id=next(self._ids), dispute_id=dispute_id, evidence=self._profile.evidence)

    def defence_of(self, dispute_id: str) -> DefendDispute:
        return DefendDispute(request_id=next(self._ids), dispute_id=dispute_id, reason=self._profile.defence)

    def capture_of(self, held: PaymentOutcome, amount: Money, *, final: bool = True) -> Capture:
        return Capture(request_id=next(self._ids), payment_id=_id(held), amount=amount, final=final)

    def void_of(self, held: PaymentOutcome) -> Void:
        return Void(request_id=next(self._ids), payment_id=_id(held), amount=held.amount)

    def refund_of(self, paid: PaymentOutcome, amount: Money) -> Refund:
        return Refund(request_id=next(self._ids), payment_id=_id(paid), amount=amount)

    def sync_of(self, payment: PaymentOutcome) -> PSync:
        return PSync(request_id=next(self._ids), payment_id=_id(payment), amount=payment.amount)

    def refund_sync_of(self, refund: RefundOutcome) -> RSync:
        assert refund.refund_id, "the refund has no id to ask for"
        return RSync(
            request_id=next(self._ids),
            refund_id=refund.refund_id,
            payment_id=refund.payment_id or "",
            amount=refund.amount,
        )

    def completion_of(
        self, pending: PaymentOutcome, amount: Money, returned: Mapping[str, str] | None = None
    ) -> CompleteAuthorize:
        return CompleteAuthorize(
            request_id=next(self._ids),
            payment_id=_id(pending),
            amount=amount,
            capture_method=self._modes.get(_id(pending)),
            returned=returned or {},
        )

    # -- stories of one step

    def pays(self, amount: Money, *, using: str = "approved") -> PaymentOutcome:
        paid: PaymentOutcome = self.does(self.order(amount, using=using))
        return paid

    def holds(
        self, amount: Money, *, capture: CaptureMethod = CaptureMethod.MANUAL, using: str = "approved"
    ) -> PaymentOutcome:
        held: PaymentOutcome = self.does(self.order(amount, capture=capture, using=using))
        return held

    def captures(self, held: PaymentOutcome, amount: Money, *, final: bool = True) -> PaymentOutcome:
        captured: PaymentOutcome = self.does(self.capture_of(held, amount, final=final))
        return captured

    def voids(self, held: PaymentOutcome) -> PaymentOutcome:
        voided: PaymentOutcome = self.does(self.void_of(held))
        return voided

    def refunds(self, paid: PaymentOutcome, amount: Money) -> RefundOutcome:
        refunded: RefundOutcome = self.does(self.refund_of(paid, amount))
        return refunded

    def syncs(self, payment: PaymentOutcome) -> PaymentOutcome:
        seen: PaymentOutcome = self.does(self.sync_of(payment))
        return seen

    def sees(self, payment: PaymentOutcome, amount: Money, returned: Mapping[str, str] | None = None) -> PaymentOutcome:
        """Look at a payment again: go on with it where a browser came back, else read it."""
        comes_back = payment.next_action is None or payment.next_action.kind is not NextActionKind.DISPLAY
        if payment.status is PaymentStatus.AUTHENTICATION_PENDING and comes_back:
            seen: PaymentOutcome = self.does(self.completion_of(payment, amount, returned))
            return seen
        return self.syncs(payment) if self._reads else self.learns(payment)

    def view_of(self, payment: PaymentOutcome) -> PaymentOutcome | None:
        """What a merchant can find out about a payment now: by reading it, else by all that was heard of it."""
        if self._reads:
            return self.syncs(payment)
        told = [news for news in self.news() if isinstance(news, PaymentOutcome) and _same(news, payment)]
        return told[-1] if told else None

    def knows(self, payment: PaymentOutcome) -> PaymentOutcome:
        """A payment as a merchant can know it now, who must have been told of it."""
        seen = self.view_of(payment)
        assert seen is not None, f"nothing was heard of {payment.payment_id}"
        return seen

    def knows_refund(self, refund: RefundOutcome) -> RefundOutcome:
        """The same of a refund: read, else what was last heard of it."""
        if RSync in self._flows:
            read: RefundOutcome = self.does(self.refund_sync_of(refund))
            return read
        told = [news for news in self.news() if isinstance(news, RefundOutcome) and _same(news, refund)]
        return told[-1] if told else refund

    def knows_dispute(self, dispute_id: str) -> DisputeOutcome:
        """The same of a dispute."""
        if DSync in self._flows:
            read: DisputeOutcome = self.does(self.dispute_sync_of(dispute_id))
            return read
        told = [n for n in self.news() if isinstance(n, DisputeOutcome) and n.dispute_id == dispute_id]
        assert told, f"nothing was heard of the dispute {dispute_id}"
        return told[-1]

    def learns(self, outcome: Any) -> Any:
        """What a merchant knows in the end: the outcome, or what is heard later where only webhooks tell it."""
        if self._reads or outcome.status not in UNDER_WAY:
            return outcome
        heard = [told for told in self.news() if _same(told, outcome)]
        assert heard, f"nothing was heard of {outcome}"
        return heard[-1]

    def fails_in_the_end(self, command: Command) -> None:
        """Run a command that must come to nothing: refused at once, or heard to have failed where only that tells."""
        answer = self.tries(command)
        if isinstance(answer, GatewayRefused):
            return
        seen = _told(answer) if isinstance(answer, ConnectorError) else f"the outcome {answer}"
        name = type(command).__name__
        assert not self._reads, f"{name}: a refusal was expected, saw {seen}"
        assert isinstance(answer, PaymentOutcome | RefundOutcome), f"{name}: {seen}"
        ended = self.learns(answer)
        assert ended.status in FAILED, f"{name} was expected to come to nothing, and {ended} was heard"

    def learns_of(self, mandate: MandateOutcome, returned: Mapping[str, Mapping[str, str]]) -> MandateOutcome:
        """A mandate as the merchant knows it in the end; `returned` by what browsers came back from."""
        if self._reads:
            return mandate
        for identity, query in returned.items():
            if query:
                amount = Money(0, "EUR")
                self.tries(CompleteAuthorize(request_id=identity, payment_id=identity, amount=amount, returned=query))
        told = [outcome for outcome in self.news() if isinstance(outcome, MandateOutcome)]
        return told[-1] if told else mandate

    def news(self) -> list[Outcome]:
        """What the connector makes of every delivery so far, oldest first, once all that is under way has arrived."""
        self._gateway.advance(0)
        events = [event for hook in self._gateway.webhooks() for event in self.hears(hook).events]
        return [event.outcome for event in events if event.outcome is not None]

    # -- webhooks

    def hears(self, webhook: Webhook) -> Delivery:
        """Take a delivery that must be believed."""
        answer = self._driver.receive(webhook.headers, webhook.body)
        assert isinstance(answer, Delivery), f"{webhook.type} was genuine, but the connector raised {_told(answer)}"
        return answer

    def disbelieves(self, webhook: Webhook, because: str) -> WebhookRejected:
        answer = self._driver.receive(webhook.headers, webhook.body)
        assert isinstance(answer, WebhookRejected), f"a delivery with {because} must be rejected, saw {answer!r}"
        return answer

    # -- when nobody knows what happened

    def recovers(self, command: Command, unknown: ConnectorError) -> Outcome:
        """Resolve an unknown outcome the way the connector declares, before anything new is tried."""
        assert isinstance(unknown, OutcomeUnknown | Unavailable), f"nothing to recover from: {_told(unknown)}"
        read = PSync(request_id=next(self._ids), payment_id=unknown.transaction_id or "unknown")
        steps: dict[Recovery, Callable[[], Outcome | ConnectorError]] = {
            Recovery.SAME_KEY_RETRY: lambda: self.tries(command),
            Recovery.ORDER_LOOKUP: lambda: self.tries(read),
            Recovery.SYNC: lambda: self.tries(read),
        }
        declared = self._claims.recovery
        if self._claims.has_one_effect(type(command)):
            declared = (Recovery.SAME_KEY_RETRY, *declared)
        for recovery in declared:
            needs_id = recovery is not Recovery.SAME_KEY_RETRY
            if recovery not in steps or (needs_id and not unknown.transaction_id):
                continue
            answer = steps[recovery]()
            if isinstance(answer, PaymentOutcome) and answer.status is PaymentStatus.PAYMENT_METHOD_AWAITED:
                answer = self.tries(command)  # the order is there and nothing was paid: a new attempt is allowed
            if not isinstance(answer, ConnectorError):
                return answer
        raise AssertionError(f"none of the declared recoveries {list(declared)} told what became of {command!r}")

    def repeats(self, command: Command, **changes: Any) -> Command:
        """The same intended effect, asked for again: same request id, and what `changes` alters."""
        return replace(command, **changes)


def _id(payment: PaymentOutcome) -> str:
    assert payment.payment_id, f"the connector lost the payment's id: {payment}"
    return payment.payment_id


def _same(told: Outcome, outcome: Outcome) -> bool:
    """Whether two outcomes are about one thing; a refund is none with its payment."""
    names = ("refund_id",) if isinstance(outcome, RefundOutcome) else ("payment_id",)
    return type(told) is type(outcome) and all(getattr(told, name) == getattr(outcome, name) for name in names)


def _told(error: ConnectorError) -> str:
    code = f" ({error.error.code}, raw {error.error.raw_code})" if error.error else ""
    return f"{type(error).__name__}: {error}{code}"
