"""Disputes: opened by a shopper's bank, defended or accepted by the merchant, decided by bank or time.

A chargeback takes the money at once. A defence brings it back (CHARGEBACK_REVERSED), but not for good: the issuer can
charge it back a second time, or let its time run out. Sources: docs.adyen.com/risk-management/disputes-api,
/understanding-disputes; the dispute items of Webhooks v1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.machine import Step, move
from mock_gateways.adyen.money import find
from mock_gateways.adyen.notifications import event_date, notify
from mock_gateways.adyen.references import new_reference
from mock_gateways.adyen.store import Dispute, store_of
from mock_gateways.core.approvals import APPROVE, Decided, await_decision
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.ledger import Movement
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

UNRESPONDED, RESPONDED, UNDEFENDED, ACCEPTED = "Unresponded", "Responded", "Undefended", "Accepted"
PENDING, LOST, WON = "Pending", "Lost", "Won"
# Two openings that take no money, by the reason that a control call gives.
_ALERTS = {"request_for_information": "REQUEST_FOR_INFORMATION", "notification_of_fraud": "NOTIFICATION_OF_FRAUD"}
_REASONS = {"mc": "4853", "amex": "C08", "jcb": "502"}
_VISA = "13.1"


def open_dispute(world: World, psp: str, body: Document) -> Document:
    """Have a captured payment disputed; `reason` is a scheme's code, or the name of an alert.

    Raises Refusal where nothing was captured that could be disputed.
    """
    payment = find(world, psp)
    left = payment.captured - payment.disputed
    value = body.get("amount", left)
    if not 0 < value <= left:
        raise refuse("137", "No more can be disputed than was captured and is not disputed yet.")
    scheme = payment.means.brand or payment.means.type
    reason = body.get("reason") or _REASONS.get(scheme, _VISA)
    alert = _ALERTS.get(reason)
    ends = world.clock.now() + setting(world, "defence_days") * DAY_S
    dispute = Dispute(new_reference(world), psp, value, reason, scheme, UNDEFENDED, ends)
    if alert is not None:
        return _alert(world, payment, dispute, alert)
    store_of(world).disputes[dispute.psp] = dispute
    move(payment, Step.DISPUTE)
    _tell(world, dispute, "NOTIFICATION_OF_CHARGEBACK")
    _withdraw(world, dispute)
    _tell(world, dispute, "CHARGEBACK")
    world.clock.schedule(ends, _defence_ends, world, dispute.psp)
    return document(dispute)


def _alert(world: World, payment: Payment, dispute: Dispute, code: str) -> Document:
    if code == "REQUEST_FOR_INFORMATION":
        dispute.status, dispute.withdrawn = UNRESPONDED, False
        store_of(world).disputes[dispute.psp] = dispute
        more = {"rfiReasonCode": "32", "rfiSchemeCode": dispute.scheme, "disputeStatus": UNRESPONDED}
    else:
        dispute.status, dispute.withdrawn = "", False
        more = {"nofReasonCode": "6", "nofSchemeCode": dispute.scheme}
    more["modificationMerchantReferences"] = ""
    notify(world, code, payment, psp=dispute.psp, value=dispute.value, reason="Fraud alert", more=more)
    return document(dispute)


def document(dispute: Dispute) -> Document:
    return {
        "id": dispute.psp,
        "disputePspReference": dispute.psp,
        "paymentPspReference": dispute.payment,
        "status": dispute.status,
        "reason": dispute.reason,
        "defensePeriodEndsAt": event_date(dispute.ends_at),
    }


def _withdraw(world: World, dispute: Dispute) -> None:
    world.post(dispute.payment, Movement.DISPUTE, dispute.value)
    find(world, dispute.payment).disputed += dispute.value
    dispute.withdrawn = True


def _give_back(world: World, dispute: Dispute) -> None:
    if dispute.withdrawn:
        world.post(dispute.payment, Movement.DISPUTE_REVERSAL, dispute.value)
        find(world, dispute.payment).disputed -= dispute.value
    dispute.withdrawn = False


def _tell(world: World, dispute: Dispute, code: str) -> None:
    more = {
        "chargebackReasonCode": dispute.reason,
        "chargebackSchemeCode": dispute.scheme,
        "defendable": "true" if dispute.status in (UNDEFENDED, UNRESPONDED) else "false",
        "defensePeriodEndsAt": event_date(dispute.ends_at),
        "disputeStatus": dispute.status,
        "modificationMerchantReferences": "",
    }
    if code in _BARE:
        more = {name: text for name, text in more.items() if not name.startswith("defen")}
    payment = find(world, dispute.payment)
    notify(world, code, payment, psp=dispute.psp, value=dispute.value, reason=f"dispute {dispute.reason}", more=more)


# Events that say nothing of the time in which to defend.
_BARE = frozenset({"ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "DISPUTE_DEFENSE_PERIOD_ENDED", "INFORMATION_SUPPLIED"})


def accept(dispute: Dispute) -> None:
    """The merchant gives in; the end of the defence period is told when it comes."""
    dispute.status = ACCEPTED


def defend(world: World, dispute: Dispute, origin: str) -> None:
    """The merchant's documents go to the issuer, and the money comes back for the time being."""
    dispute.status = PENDING if dispute.withdrawn else RESPONDED
    _tell(world, dispute, "INFORMATION_SUPPLIED")
    if not dispute.withdrawn:
        dispute.over = True
        return
    _give_back(world, dispute)
    _tell(world, dispute, "CHARGEBACK_REVERSED")
    await_decision(world, origin, dispute.psp, "dispute", "")
    due = world.clock.now() + setting(world, "issuer_response_days") * DAY_S
    world.clock.schedule(due, _issuer_is_late, world, dispute.psp)


def bank_decides(world: World, dispute: Dispute, outcome: str) -> Decided:
    """The issuer accepts the defence, or charges back for the second and last time."""
    dispute.over = True
    if outcome == APPROVE:
        dispute.status = WON
        _tell(world, dispute, "PREARBITRATION_WON")
    else:
        dispute.status = LOST
        _withdraw(world, dispute)
        _tell(world, dispute, "SECOND_CHARGEBACK")
    return Decided(document(dispute))


def _issuer_is_late(world: World, psp: str) -> None:
    dispute = store_of(world).disputes[psp]
    if world.approvals.pop(psp, None) is None:
        return
    dispute.status, dispute.over = WON, True
    _tell(world, dispute, "ISSUER_RESPONSE_TIMEFRAME_EXPIRED")


def _defence_ends(world: World, psp: str) -> None:
    """Nobody defended in time, or the merchant had given in."""
    dispute = store_of(world).disputes[psp]
    if dispute.status not in (UNDEFENDED, ACCEPTED):
        return
    if dispute.status == UNDEFENDED:
        dispute.status = str(world.settings["undefended_status"])
    dispute.over = True
    _tell(world, dispute, "DISPUTE_DEFENSE_PERIOD_ENDED")
