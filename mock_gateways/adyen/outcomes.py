"""How an attempt to pay ends: authorised, in part or not at all, and what the reply and the webhook say of it.

Sources: docs.adyen.com/online-payments/payment-result-codes, /development-resources/refusal-reasons, examples and
ResponseAdditionalData* of Checkout v72. Which additionalData an account gets is one of its settings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mock_gateways.adyen.captures import after_hold
from mock_gateways.adyen.machine import Step, move
from mock_gateways.adyen.money import hold
from mock_gateways.adyen.notifications import AUTHORISATION_OPERATIONS, notify
from mock_gateways.adyen.orders import pay_part
from mock_gateways.adyen.tables import METHODS, REFUSALS
from mock_gateways.adyen.tokens import store_token
from mock_gateways.core.clock import HOUR_S
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.adyen.tables import Refused
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

APPROVED = "1"
# The bank could not authenticate the shopper; the shopper gave up; the bank declined.
NOT_AUTHENTICATED, SHOPPER_CANCELLED, DECLINED = "11", "16", "2"
_WALLETS = ("apple_pay", "google_pay")


def conclude(world: World, payment: Payment, code: str | None = None) -> Document:
    """Send the payment to the issuer: the reply that tells what came of it, which is remembered.

    `code` is a refusal that is certain already; otherwise a fault, or the test value of the payment, decides.
    """
    code, raw = (code, "") if code is not None else _verdict(world, payment)
    if code == APPROVED:
        payment.last = _authorise(world, payment)
    else:
        # A code that nobody publishes can be asked for by a fault only.
        refused = REFUSALS.get(code) or replace(REFUSALS[DECLINED], code=code)
        payment.last = _refuse(world, payment, refused, raw)
    return payment.last


def _verdict(world: World, payment: Payment) -> tuple[str, str]:
    effect = world.next_forced_decline()
    if effect is not None:
        return str(effect["decline"]), str(effect.get("network_decline_code") or "")
    if world.faults.approves:
        return APPROVED, ""
    return payment.means.code or APPROVED, ""


def _authorise(world: World, payment: Payment) -> Document:
    part = payment.means.behaviour == "partial" and payment.value > 1
    value = payment.value // 2 if part else payment.value
    hold(world, payment, value)
    more = _additional(world, payment)
    if payment.shopper.store and METHODS[payment.means.type].method.mandates:
        more |= store_token(world, payment)
    reason = f"{more['authCode']}:{more['cardSummary']}:{more['expiryDate']}" if "expiryDate" in more else ""
    shown = _told(more)
    if setting(world, "capture_delay_in_webhook") and payment.delay is not None:
        shown["captureDelayHours"] = str(payment.delay // HOUR_S)
    notify(world, "AUTHORISATION", payment, value=value, reason=reason, more=shown, operations=_operations(payment))
    if not payment.order:
        after_hold(world, payment)
    document = _reply(payment, "PartiallyAuthorised" if part else "Authorised", more)
    document["amount"] = {"currency": payment.currency, "value": value}
    pay_part(world, payment, document)
    return document


def _operations(payment: Payment) -> list[str]:
    manual = payment.means.course == "card" or payment.delay is None
    return AUTHORISATION_OPERATIONS if manual else ["REFUND"]


def _refuse(world: World, payment: Payment, refused: Refused, raw: str) -> Document:
    move(payment, Step.REFUSE)
    result, reason = refused.result, refused.reason
    more = {"refusalReasonRaw": raw or f"{refused.code} : {reason}"}
    if payment.means.brand:
        more |= {"paymentMethod": payment.means.brand, **_card(payment)}
    told = reason if result == "Refused" else f"{result}: {reason}"
    notify(world, "AUTHORISATION", payment, success=False, reason=told, more=_told(more))
    document = _reply(payment, result, more)
    return {**document, "refusalReason": reason, "refusalReasonCode": refused.code}


def _reply(payment: Payment, result: str, more: dict[str, str]) -> Document:
    kind = {"brand": payment.means.brand} if payment.means.brand else {}
    return {
        "additionalData": more,
        "pspReference": payment.psp,
        "resultCode": result,
        "amount": {"currency": payment.currency, "value": payment.value},
        "merchantReference": payment.reference,
        "paymentMethod": {**kind, "type": payment.means.type},
    }


def _card(payment: Payment) -> dict[str, str]:
    names = ("cardSummary", "cardBin", "expiryDate", "cardHolderName")
    return {name: payment.means.shown[name] for name in names if payment.means.shown.get(name)}


def _additional(world: World, payment: Payment) -> dict[str, str]:
    """What an approval carries; three-D Secure is told of when the shopper was asked."""
    means = payment.means
    if means.kind != "card" and means.kind not in _WALLETS:
        return {name: means.shown[name] for name in ("iban", "ownerName", "bankSummary") if means.shown.get(name)}
    secured = "true" if payment.authenticated else "false"
    return {
        "authCode": f"{int.from_bytes(world.ids.new('', 4).encode()) % 1_000_000:06}",
        "cvcResult": "1 Matches",
        "cvcResultRaw": "M",
        "avsResult": "4 AVS not supported for this card type",
        "avsResultRaw": "4",
        "refusalReasonRaw": "AUTHORISED",
        "acquirerCode": "TestPmmAcquirer",
        "acquirerReference": world.ids.new("", 11).upper(),
        "paymentMethod": means.brand,
        "cardPaymentMethod": means.brand,
        **_card(payment),
        "threeDOffered": secured,
        "threeDAuthenticated": secured,
        "liabilityShift": secured,
        "networkTxReference": world.ids.new("", 15).upper(),
    }


# The names that Webhooks v1 knows in the additionalData of an AUTHORISATION, of those that are made here.
_UNTOLD = frozenset({"paymentMethod", "cardHolderName"})


def _told(more: dict[str, str]) -> Document:
    return {name: text for name, text in more.items() if name not in _UNTOLD}
