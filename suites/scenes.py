"""How a merchant gets to each flow, and that flow played again and again from the same moment.

What is played twice from there gets the same bytes from the gateway, so that one thing can be changed at a time: what
differs in the end comes of that.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from runtime.core.errors import ConnectorError, GatewayRefused, OutcomeUnknown, Unavailable
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
    DSync,
    Outcome,
    PSync,
    Refund,
    RevokeMandate,
    RSync,
    SetupMandate,
    SubmitEvidence,
    Void,
)
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType
from suites.gateway import Balance, Gateway
from suites.merchant import Merchant
from suites.shopper import gives_consent

__all__ = ["SCENES", "TEN", "Scene", "contradicts"]

TEN = Money.of("10.00", "EUR")
_CARD = PaymentMethodType.CARD
_MANUAL = (Authorize, CaptureMethod.MANUAL)
_Begins = Callable[[Merchant, Gateway], Command]


@dataclass(frozen=True, slots=True)
class Way:
    """How to get to a command of a flow, and what else a connector must claim for that."""

    begins: _Begins
    needs: tuple[object, ...] = (Authorize,)


def _after_the_bank(merchant: Merchant, gateway: Gateway) -> Command:
    pending = merchant.pays(TEN, using="must authenticate")
    return merchant.completion_of(pending, TEN, gateway.approve(pending.payment_id))


def _of_a_refund(merchant: Merchant, _: Gateway) -> Command:
    return merchant.refund_sync_of(merchant.refunds(merchant.pays(TEN), TEN))


def _on_a_mandate(ask: Callable[[Merchant, Any], Command]) -> _Begins:
    return lambda merchant, gateway: ask(merchant, gives_consent(merchant, gateway, _CARD, "EUR"))


def _on_a_dispute(ask: Callable[[Merchant, str], Command]) -> _Begins:
    return lambda merchant, gateway: ask(merchant, gateway.dispute(merchant.pays(TEN).payment_id))


def _with_evidence(merchant: Merchant, gateway: Gateway) -> Command:
    dispute_id = gateway.dispute(merchant.pays(TEN).payment_id)
    merchant.does(merchant.evidence_of(dispute_id))
    return merchant.defence_of(dispute_id)


SCENES: Mapping[type[Command], Way] = {
    Authorize: Way(lambda merchant, _: merchant.order(TEN), ()),
    CompleteAuthorize: Way(_after_the_bank, (Authorize, "must authenticate")),
    Capture: Way(lambda merchant, _: merchant.capture_of(merchant.holds(TEN), TEN), _MANUAL),
    Void: Way(lambda merchant, _: merchant.void_of(merchant.holds(TEN)), _MANUAL),
    Refund: Way(lambda merchant, _: merchant.refund_of(merchant.pays(TEN), TEN)),
    PSync: Way(lambda merchant, _: merchant.sync_of(merchant.pays(TEN))),
    RSync: Way(_of_a_refund, (Authorize, Refund)),
    CreateOrder: Way(lambda merchant, _: merchant.open_order_of(TEN), ()),
    CreateSessionToken: Way(lambda merchant, _: merchant.session_of(TEN), ()),
    SetupMandate: Way(lambda merchant, _: merchant.mandate_of(merchant.method(_CARD), "EUR"), ()),
    ChargeMandate: Way(_on_a_mandate(lambda merchant, mandate: merchant.charge_of(mandate, TEN)), (SetupMandate,)),
    RevokeMandate: Way(_on_a_mandate(lambda merchant, mandate: merchant.revocation_of(mandate)), (SetupMandate,)),
    DSync: Way(_on_a_dispute(lambda merchant, dispute: merchant.dispute_sync_of(dispute))),
    AcceptDispute: Way(_on_a_dispute(lambda merchant, dispute: merchant.acceptance_of(dispute))),
    SubmitEvidence: Way(_on_a_dispute(lambda merchant, dispute: merchant.evidence_of(dispute))),
    DefendDispute: Way(_with_evidence, (Authorize, SubmitEvidence)),
}


class Scene:
    """A merchant one command before the end of a story, who plays that command as often as a test wants.

    `clean` is how it goes when nothing goes wrong: it must be an outcome, and something must have been sent for it.
    `sent` and `ledger` look at what was played last.
    """

    def __init__(self, merchant: Merchant, gateway: Gateway, flow: type[Command]) -> None:
        self._merchant, self._gateway = merchant, gateway
        self.command = SCENES[flow].begins(merchant, gateway)
        self.before = self.ledger()
        self._moment = gateway.set_aside()
        told = self.plays()
        assert not isinstance(told, ConnectorError), f"{flow.__name__}: {type(told).__name__} where nothing went wrong"
        self.clean, self.exchanges, self.after = told, self.sent(), self.ledger()
        self.steps = range(1, len(self.exchanges) + 1)
        assert self.steps, f"{flow.__name__}: the gateway was never asked"

    # -- the same moment, played once more

    def plays(
        self,
        effect: Mapping[str, object] | None = None,
        *,
        step: int = 1,
        command: Command | None = None,
        by: Merchant | None = None,
    ) -> Outcome | ConnectorError:
        """Play from the moment before, with this going wrong at one of its requests; another command, or merchant."""
        self._gateway.bring_back(self._moment)
        if effect is not None:
            self._gateway.strike(effect, step)
        return (by or self._merchant).tries(command or self.command)

    def doctored(self, body: object, *, step: int = 1) -> Outcome | ConnectorError:
        """Play with another body in the gateway's reply, which has done what it was asked for."""
        told = self.exchanges[step - 1]["response"]
        text = body if isinstance(body, str) else json.dumps(body)
        raw = {"status": told["status"], "headers": dict(told["headers"]), "body": text}
        return self.plays({"raw": raw, "commit": True}, step=step)

    def body(self, step: int) -> str:
        """What the gateway answered at a step, counted from 1, when nothing went wrong."""
        text: str = self.exchanges[step - 1]["response"]["body"]
        return text

    def reply(self, step: int) -> dict[str, Any]:
        """The same as an object; an empty one where it was none."""
        text = self.body(step)
        found = json.loads(text) if text else {}
        return found if isinstance(found, dict) else {}

    # -- what came of it

    def sent(self) -> list[dict[str, Any]]:
        return self._gateway.exchanges(since=self._moment.sequence)

    def ledger(self) -> list[Balance]:
        """What every payment holds, once all that is under way has arrived; those that never held anything left out."""
        self._gateway.advance(0)
        return sorted((one for one in self._gateway.balances() if one.authorised or one.captured), key=repr)

    def is_unanswered(self, answer: object) -> bool:
        """Whether it is the error for a request without a trustworthy answer, of the kind that the command asks for.

        A command that writes may have to read first: as long as it only did that, nothing can have moved.
        """
        if self.command.writes and isinstance(answer, OutcomeUnknown):
            return True
        return isinstance(answer, Unavailable) and not (self.command.writes and self.wrote())

    def wrote(self) -> list[tuple[str, str, str]]:
        """Method, path and body of everything that was sent and did not only read."""
        sent = [exchange["request"] for exchange in self.sent()]
        return [(one["method"], one["path"], one["body"]) for one in sent if one["method"] not in ("GET", "HEAD")]

    def ids(self) -> frozenset[str]:
        """The ids that the command itself names: whatever becomes of it, one of them is known."""
        names = ("payment_id", "refund_id", "dispute_id")
        return frozenset(found for name in names if (found := getattr(self.command, name, None)))

    def recovers(self, unknown: ConnectorError) -> Outcome | ConnectorError:
        """Find out as the connector declares what became of the command, and repeat it where nothing did."""
        if self._merchant.may_repeat(self.command, unknown):
            return self._merchant.tries(self.command)
        dispute_id = getattr(self.command, "dispute_id", None)
        if dispute_id and self._merchant.can(DSync):
            seen = self._merchant.tries(self._merchant.dispute_sync_of(dispute_id))
        elif self._merchant.can(PSync) and unknown.transaction_id and not isinstance(self.command, RevokeMandate):
            seen = self._merchant.recovers(self.command, unknown)
        else:
            return unknown
        # What a sync shows to have gone nowhere is asked for once more.
        return self._merchant.tries(self.command) if self.ledger() == self.before != self.after else seen


# What may be told of something whose reply says less than it should.
_LESS = ("UNRESOLVED", "PENDING")


def contradicts(answer: Outcome | ConnectorError, clean: Outcome) -> str | None:
    """What an answer tells otherwise than the clean one; None where it tells the same, or less."""
    if isinstance(answer, ConnectorError):
        return None if not isinstance(answer, GatewayRefused) else f"it was refused: {type(answer).__name__}"
    if type(answer) is not type(clean):
        return f"a {type(answer).__name__}"
    for one in fields(clean):
        told, was = getattr(answer, one.name), getattr(clean, one.name)
        if told in (was, None) or (one.name == "raw_status" and was is None):
            continue
        if one.name != "status" or told.value not in _LESS:
            return f"{one.name} {told!r} instead of {was!r}"
    return None
