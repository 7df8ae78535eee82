"""What a shopper or a bank has to do before a payment goes on, and what comes of it when they have done it.

Two kinds of payment wait. A card waits for 3D Secure and is authorised when the merchant calls /payments/details. All
other methods are carried out where the shopper is, so that their webhook comes whether the shopper returns or not.
Sources: actions of Checkout v72, docs.adyen.com/online-payments/3d-secure, OFFER_CLOSED of Webhooks v1.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mock_gateways.adyen.machine import Step, move
from mock_gateways.adyen.money import find
from mock_gateways.adyen.notifications import notify, utc_date
from mock_gateways.adyen.outcomes import DECLINED, SHOPPER_CANCELLED, conclude
from mock_gateways.adyen.references import seal
from mock_gateways.adyen.store import store_of
from mock_gateways.adyen.tables import CURRENCIES, METHODS
from mock_gateways.core.amounts import readable
from mock_gateways.core.approvals import APPROVE, Decided, await_decision
from mock_gateways.core.clock import DAY_S, HOUR_S
from mock_gateways.core.messages import compact
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

# The kind of approval for each course of a method.
_KINDS = {"card": "three_d_secure", "redirect": "redirect", "debit": "settlement", "voucher": "voucher"}
_KINDS["transfer"] = "transfer"


def ask_shopper(world: World, payment: Payment, how: str, origin: str) -> Document:
    """The reply that sends the shopper somewhere, or says that the bank is at work; `how` names a way of its own."""
    course = payment.means.course
    move(payment, Step.PEND if course in ("debit", "transfer") else Step.WAIT)
    payment.waits_for = how or METHODS[payment.means.type].action
    kind = _KINDS[course]
    amount = readable(payment.value, CURRENCIES[payment.currency].exponent, payment.currency)
    url = await_decision(world, origin, payment.psp, kind, amount).url
    for purpose in ("data", "result", "token"):
        payment.sealed[purpose] = seal(world, purpose, payment.account, payment.psp)
    _set_limits(world, payment)
    result, action = _asked(world, payment, url)
    payment.last = _waiting(world, payment, result, action)
    return payment.last


def _waiting(world: World, payment: Payment, result: str, action: Document | None) -> Document:
    document: Document = {"resultCode": result}
    if _known_already(world, payment, result):
        document["pspReference"] = payment.psp
        document["merchantReference"] = payment.reference
    if action is not None:
        document["action"] = action
    return document


def _known_already(world: World, payment: Payment, result: str) -> bool:
    """A payment that waits for a redirect or an authentication is told its reference only by /payments/details."""
    elsewhere = result in ("RedirectShopper", "IdentifyShopper", "ChallengeShopper") or payment.waits_for == "sdk"
    return not elsewhere or bool(setting(world, "psp_reference_while_waiting"))


def _set_limits(world: World, payment: Payment) -> None:
    now, course = world.clock.now(), payment.means.course
    if course == "debit":
        world.clock.schedule(now + setting(world, "debit_settles_hours") * HOUR_S, _settle, world, payment.psp)
    elif course in ("voucher", "transfer"):
        world.clock.schedule(now + setting(world, "voucher_days") * DAY_S, _close, world, payment.psp)
    else:
        world.clock.schedule(now + setting(world, "offer_closed_hours") * HOUR_S, _close, world, payment.psp)


def _asked(world: World, payment: Payment, url: str) -> tuple[str, Document | None]:
    build = _ACTIONS.get(payment.waits_for)
    result = _RESULTS.get(payment.waits_for) or METHODS[payment.means.type].result
    if build is None:
        return result, None
    return result, {"paymentMethodType": payment.means.type, **build(world, payment, url)}


def _redirect(_: World, __: Payment, url: str) -> Document:
    return {"type": "redirect", "method": "GET", "url": url}


def _fingerprint(_: World, payment: Payment, url: str) -> Document:
    return _three_ds(payment, url, "fingerprint", {"threeDSMethodURL": url, "threeDSServerTransID": payment.psp})


def challenge_action(payment: Payment, url: str) -> Document:
    """The action of a ChallengeShopper."""
    asked = _three_ds(payment, url, "challenge", {"acsURL": url, "threeDSServerTransID": payment.psp})
    return {"paymentMethodType": payment.means.type, **asked}


def _three_ds(payment: Payment, url: str, subtype: str, told: Document) -> Document:
    return {
        "type": "threeDS2",
        "subtype": subtype,
        "token": base64.b64encode(compact({**told, "messageVersion": "2.2.0"}).encode()).decode(),
        "authorisationToken": payment.sealed["token"],
        "paymentData": payment.sealed["data"],
        "url": url,
    }


def _await(_: World, payment: Payment, url: str) -> Document:
    return {"type": "await", "paymentData": payment.sealed["data"], "url": url}


def _qr_code(_: World, payment: Payment, url: str) -> Document:
    return {"type": "qrCode", "paymentData": payment.sealed["data"], "qrCodeData": url, "url": url}


def _sdk(_: World, payment: Payment, __: str) -> Document:
    return {"type": "sdk", "paymentData": payment.sealed["data"], "sdkData": {"token": f"EC-{payment.psp}"}}


def _voucher(world: World, payment: Payment, url: str) -> Document:
    amount = {"currency": payment.currency, "value": payment.value}
    return {
        "type": "voucher",
        "reference": payment.psp,
        "merchantReference": payment.reference,
        "initialAmount": amount,
        "totalAmount": amount,
        "expiresAt": utc_date(world.clock.now() + setting(world, "voucher_days") * DAY_S).removesuffix("Z"),
        "url": url,
    }


def _bank_transfer(_: World, payment: Payment, __: str) -> Document:
    return {
        "type": "bankTransfer",
        "totalAmount": {"currency": payment.currency, "value": payment.value},
        "beneficiary": payment.account,
        "reference": payment.psp,
    }


_ACTIONS: Mapping[str, Callable[[World, Payment, str], Document]] = {
    "redirect": _redirect,
    "three_d_secure": _redirect,
    "native": _fingerprint,
    "await": _await,
    "qrCode": _qr_code,
    "sdk": _sdk,
    "voucher": _voucher,
    "bankTransfer": _bank_transfer,
}
_RESULTS = {"three_d_secure": "RedirectShopper", "native": "IdentifyShopper", "sdk": "Pending"}


def shopper_decides(world: World, payment: Payment, outcome: str) -> Decided:
    """What a shopper or a bank answered. A card goes on when the merchant asks; everything else is carried out."""
    payment.decided = outcome
    if payment.means.course != "card":
        finish_elsewhere(world, payment)
    details = _details(payment)
    document: Document = {
        "id": payment.psp,
        "status": payment.state,
        "pspReference": payment.psp,
        "merchantReference": payment.reference,
        "details": details,
    }
    back = None
    if payment.waits_for in ("redirect", "three_d_secure") and payment.return_url:
        joint = "&" if "?" in payment.return_url else "?"
        back = document["return_url"] = f"{payment.return_url}{joint}{urlencode(details)}"
    return Decided(document, back)


def _details(payment: Payment) -> dict[str, str]:
    """What the shopper's browser brings back, for /payments/details."""
    if payment.waits_for in ("native", "challenge"):
        answer = "Y" if payment.decided == APPROVE else "N"
        told = {"transStatus": answer, "authorisationToken": payment.sealed["token"]}
        return {"threeDSResult": base64.b64encode(compact(told).encode()).decode()}
    if payment.waits_for in ("await", "qrCode", "sdk"):
        return {"payload": payment.sealed["result"]}
    return {"redirectResult": payment.sealed["result"]}


def finish_elsewhere(world: World, payment: Payment) -> None:
    """Carry out what was decided at a wallet or a bank."""
    if payment.decided == APPROVE:
        conclude(world, payment)
    elif payment.means.course in ("voucher", "transfer"):
        _close(world, payment.psp)
    elif payment.means.course == "redirect" and world.settings["failed_redirect_result"] == "Cancelled":
        conclude(world, payment, SHOPPER_CANCELLED)
    else:
        conclude(world, payment, DECLINED)


def _settle(world: World, psp: str) -> None:
    """A debit that nobody decided by hand goes as its test value says."""
    payment = find(world, psp)
    if world.approvals.pop(psp, None) is None:
        return
    behaviour, _, code = payment.means.behaviour.partition(":")
    conclude(world, payment, code if behaviour == "fails" else None)


def _close(world: World, psp: str) -> None:
    """An offer that nobody took in time."""
    payment = find(world, psp)
    if payment.state not in ("waiting", "pending"):
        return
    world.approvals.pop(psp, None)
    move(payment, Step.CLOSE)
    payment.last = {"resultCode": "Cancelled", "pspReference": psp, "merchantReference": payment.reference}
    if payment.means.course != "card":
        notify(world, "OFFER_CLOSED", payment)


def withdraw(world: World, payment: Payment) -> None:
    """Stop waiting: the merchant has gone on."""
    world.approvals.pop(payment.psp, None)


def payment_of(world: World, reference: str) -> Payment | None:
    return store_of(world).payments.get(reference)
