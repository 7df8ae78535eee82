"""Captures, cancels, refunds, reversals and adjustments: received at once, carried out afterwards, told by webhook.

A modification that cannot be carried out is received all the same; its webhook says so with success false. Sources:
docs.adyen.com/online-payments/capture, /refund, /cancel, /reversal, /adjust-authorisation; recorded replies; examples
of Webhooks v1. Reasons are ours but for the one about a refund that comes before the capture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.adyen.captures import consequences
from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.machine import HELD, Step, allowed
from mock_gateways.adyen.money import adjust, cancel, capture, find, refund
from mock_gateways.adyen.notifications import notify
from mock_gateways.adyen.references import new_reference, seal
from mock_gateways.adyen.requests import check, read_amount
from mock_gateways.adyen.store import store_of
from mock_gateways.adyen.tables import METHODS
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

    Arrival = Callable[[World, str, str, int, str], None]

NOT_CAPTURED = "Transaction hasn't been captured, refund not possible"
TOO_MUCH = "Insufficient balance on payment"
NOT_REFUNDABLE = "The payment method cannot be refunded"
TOO_LATE = "The payment can no longer be modified in this way"
# Fields of the request that the reply repeats.
_ECHOED = ("reference", "lineItems", "splits", "platformChargebackLogic", "subMerchants", "industryUsage", "store")
_ECHOED_OF_REFUND = (*_ECHOED, "merchantRefundReason", "capturePspReference")


def _find(world: World, request: Request) -> Payment:
    payment = store_of(world).payments.get(request.ids["paymentPspReference"])
    # A payment that waits for the shopper has no reference yet that anybody could name.
    if payment is None:
        raise refuse("167")
    return payment


def _receive(
    world: World, payment: Payment, given: Document, arrives: Arrival, value: int, *, echoed: tuple[str, ...] = _ECHOED
) -> Document:
    """Set a modification in motion; the reply that says that it was received."""
    psp = new_reference(world)
    reference = given.get("reference", payment.reference)
    due = world.clock.now() + setting(world, "modification_delay_s")
    world.clock.schedule(due, arrives, world, psp, payment.psp, value, reference)
    repeated = {name: given[name] for name in echoed if name in given}
    document = {"merchantAccount": payment.account, "paymentPspReference": payment.psp, "pspReference": psp}
    return {**document, **repeated, "status": "received"}


def _amount(world: World, payment: Payment, given: Document) -> int:
    value, currency = read_amount(world, given, least=1)
    if currency.code != payment.currency:
        raise refuse("137", "The currency is not that of the payment.")
    return value


def capture_payment(world: World, request: Request) -> Reply:
    given = check(world, request)
    payment = _find(world, request)
    value = _amount(world, payment, given)
    document = _receive(world, payment, given, _arrive_capture, value)
    return Reply(201, {**document, "amount": {"currency": payment.currency, "value": value}})


def _arrive_capture(world: World, psp: str, of: str, value: int, reference: str) -> None:
    payment = find(world, of)
    reason = ""
    if payment.state != HELD:
        reason = TOO_LATE
    elif value > payment.held:
        reason = TOO_MUCH
    if not reason:
        capture(world, payment, value)
    notify(world, "CAPTURE", payment, success=not reason, psp=psp, value=value, reference=reference, reason=reason)
    if not reason:
        consequences(world, payment, psp, value)


def cancel_payment(world: World, request: Request) -> Reply:
    given = check(world, request)
    payment = _find(world, request)
    return Reply(201, _receive(world, payment, given, _arrive_cancel, payment.value))


def _arrive_cancel(world: World, psp: str, of: str, _: int, reference: str) -> None:
    _cancel(world, "CANCELLATION", psp, of, reference)


def _arrive_technical_cancel(world: World, psp: str, of: str, _: int, reference: str) -> None:
    _cancel(world, "TECHNICAL_CANCEL", psp, of, reference)


def _cancel(world: World, code: str, psp: str, of: str, reference: str) -> None:
    payment = find(world, of)
    possible = allowed(payment, Step.CANCEL) and not payment.captured
    if possible:
        cancel(world, payment)
    reason = "" if possible else TOO_LATE
    notify(world, code, payment, success=possible, psp=psp, reference=reference, reason=reason)


def cancel_by_reference(world: World, request: Request) -> Reply:
    """A cancel by the merchant's reference, for a payment whose reply never came; it is received whatever it names."""
    given = check(world, request)
    found = store_of(world).by_reference.get(given["paymentReference"], [])
    psp = new_reference(world)
    reference = given.get("reference", given["paymentReference"])
    due = world.clock.now() + setting(world, "modification_delay_s")
    if found:
        world.clock.schedule(due, _arrive_technical_cancel, world, psp, found[-1], 0, reference)
    document = {"merchantAccount": given["merchantAccount"], "paymentReference": given["paymentReference"]}
    repeated = {"reference": given["reference"]} if "reference" in given else {}
    return Reply(201, {**document, "pspReference": psp, **repeated, "status": "received"})


def refund_payment(world: World, request: Request) -> Reply:
    given = check(world, request)
    payment = _find(world, request)
    value = _amount(world, payment, given)
    document = _receive(world, payment, given, _arrive_refund, value, echoed=_ECHOED_OF_REFUND)
    return Reply(201, {**document, "amount": {"currency": payment.currency, "value": value}})


def _arrive_refund(world: World, psp: str, of: str, value: int, reference: str) -> None:
    payment = find(world, of)
    reason = ""
    if not METHODS[payment.means.type].method.refunds:
        reason = NOT_REFUNDABLE
    elif not payment.captured:
        reason = NOT_CAPTURED
    elif value > payment.refundable:
        reason = TOO_MUCH
    if not reason:
        refund(world, payment, value, psp)
    notify(world, "REFUND", payment, success=not reason, psp=psp, value=value, reference=reference, reason=reason)


def reverse_payment(world: World, request: Request) -> Reply:
    """Cancel what is held, or refund what was captured, whichever it is by then."""
    given = check(world, request)
    payment = _find(world, request)
    return Reply(201, _receive(world, payment, given, _arrive_reversal, payment.value))


def _arrive_reversal(world: World, psp: str, of: str, _: int, reference: str) -> None:
    payment = find(world, of)
    action, reason = "cancel", ""
    if allowed(payment, Step.CANCEL) and not payment.captured:
        cancel(world, payment)
    elif payment.refundable > 0 and METHODS[payment.means.type].method.refunds:
        action = "refund"
        refund(world, payment, payment.refundable, psp)
    else:
        action, reason = ("refund" if payment.captured else "cancel"), TOO_LATE
    more = {"modification.action": action}
    notify(
        world, "CANCEL_OR_REFUND", payment, success=not reason, psp=psp, reference=reference, reason=reason, more=more
    )


def update_amount(world: World, request: Request) -> Reply:
    """A new total for what is held: later by webhook, or at once when adjustAuthorisationData is sent along."""
    given = check(world, request)
    payment = _find(world, request)
    value = _amount(world, payment, given)
    if "adjustAuthorisationData" in given:
        document = _adjust_at_once(world, payment, given, value)
    else:
        document = _receive(world, payment, given, _arrive_adjustment, value)
    document.setdefault("reference", payment.reference)
    return Reply(201, {**document, "amount": {"currency": payment.currency, "value": value}})


def _adjustable(world: World, payment: Payment, value: int) -> str:
    wants_pre_authorisation = setting(world, "adjust_needs_pre_authorisation") and not payment.pre_authorisation
    if payment.state != HELD or wants_pre_authorisation:
        return TOO_LATE
    return TOO_MUCH if value < payment.captured else ""


def _adjust_at_once(world: World, payment: Payment, given: Document, value: int) -> Document:
    psp, reason = new_reference(world), _adjustable(world, payment, value)
    if not reason:
        adjust(world, payment, value)
    repeated = {name: given[name] for name in _ECHOED if name in given}
    return {
        "merchantAccount": payment.account,
        "paymentPspReference": payment.psp,
        "pspReference": psp,
        **repeated,
        "adjustAuthorisationData": seal(world, "adjust", payment.account, payment.psp),
        "status": "refused" if reason else "authorised",
    }


def _arrive_adjustment(world: World, psp: str, of: str, value: int, reference: str) -> None:
    payment = find(world, of)
    reason = _adjustable(world, payment, value)
    if not reason:
        adjust(world, payment, value)
    notify(
        world,
        "AUTHORISATION_ADJUSTMENT",
        payment,
        success=not reason,
        psp=psp,
        value=value,
        reference=reference,
        reason=reason,
    )
