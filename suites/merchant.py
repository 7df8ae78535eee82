"""The actor of every scenario: a merchant that pays through one connector. One wire step a story, never two."""

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

from mock_gateways.core.manifest import Instrument
from runtime.core.errors import ConnectorError, GatewayRefused, OutcomeUnknown, Unavailable, WebhookRejected
from runtime.core.money import Money
from runtime.core.payments import (
    Authorize,
    Capture,
    Card,
    Command,
    CompleteAuthorize,
    Outcome,
    PaymentOutcome,
    PSync,
    Refund,
    RefundOutcome,
    RSync,
    Void,
)
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, Recovery
from runtime.core.webhooks import Delivery
from suites.driver import Driver
from suites.gateway import Webhook
from suites.profiles import Profile

__all__ = ["CVC", "Merchant"]

CVC = "913"  # not the usual 123: a leak of it can be told from chance
_EXPIRY_YEAR = 2034

E = TypeVar("E", bound=ConnectorError)


class Merchant:
    """Says what it wants, and is told an outcome or an error. The ledger, not the merchant, knows what happened."""

    def __init__(self, driver: Driver, profile: Profile, recovery: tuple[Recovery, ...]) -> None:
        self._driver, self._profile, self._recovery = driver, profile, recovery
        self._ids = (f"order-{number}" for number in count(1))

    # -- one command, one answer

    def tries(self, command: Command) -> Outcome | ConnectorError:
        return self._driver.run(command)

    def does(self, command: Command) -> Any:
        """Run a command that must end in an outcome."""
        answer = self.tries(command)
        name = type(command).__name__
        assert not isinstance(answer, ConnectorError), f"{name} raised {_told(answer)}; an outcome was expected"
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
        card: Card | None = None,
    ) -> Authorize:
        return Authorize(
            request_id=next(self._ids),
            amount=amount,
            method=card or self.card(using),
            capture_method=capture,
            return_url="https://merchant.test/return",
            reference="order 7/2 äöü",
        )

    def card(self, meaning: str) -> Card:
        """The published test card that causes what the meaning names."""
        return self.card_from(self.instrument(meaning))

    def card_from(self, instrument: Instrument) -> Card:
        return Card(
            number=Secret(instrument.value),
            expiry_month=12,
            expiry_year=_EXPIRY_YEAR,
            cvc=Secret(CVC),
            holder="J. Smith",
        )

    def instrument(self, meaning: str) -> Instrument:
        wanted = self._profile.instruments[meaning]
        return next(i for i in self._profile.manifest.instruments if i.kind == "card" and i.causes == wanted)

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

    def completion_of(self, pending: PaymentOutcome, amount: Money) -> CompleteAuthorize:
        return CompleteAuthorize(request_id=next(self._ids), payment_id=_id(pending), amount=amount)

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
        steps: dict[Recovery, Callable[[], Outcome | ConnectorError]] = {
            Recovery.SAME_KEY_RETRY: lambda: self.tries(command),
            Recovery.SYNC: lambda: self.tries(
                PSync(request_id=next(self._ids), payment_id=unknown.transaction_id or "")
            ),
        }
        for recovery in self._recovery:
            if recovery not in steps or (recovery is Recovery.SYNC and not unknown.transaction_id):
                continue
            answer = steps[recovery]()
            if not isinstance(answer, ConnectorError):
                return answer
        raise AssertionError(f"none of the declared recoveries {list(self._recovery)} told what became of {command!r}")

    def repeats(self, command: Command, **changes: Any) -> Command:
        """The same intended effect, asked for again: same request id, and what `changes` alters."""
        return replace(command, **changes)


def _id(payment: PaymentOutcome) -> str:
    assert payment.payment_id, f"the connector lost the payment's id: {payment}"
    return payment.payment_id


def _told(error: ConnectorError) -> str:
    code = f" ({error.error.code}, raw {error.error.raw_code})" if error.error else ""
    return f"{type(error).__name__}: {error}{code}"
