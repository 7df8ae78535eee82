"""What a shopper pays on a page of Adyen's: sessions and payment links. One control call is the shopper.

Sources: Checkout v72 (sessions, paymentLinks and their examples); a sessionResult that is none was recorded as 500 701.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.notifications import utc_date
from mock_gateways.adyen.outcomes import SHOPPER_CANCELLED, conclude
from mock_gateways.adyen.payments import prepare, read_delay
from mock_gateways.adyen.references import seal
from mock_gateways.adyen.requests import check, read_amount
from mock_gateways.adyen.store import keep, store_of
from mock_gateways.adyen.tables import CURRENCIES
from mock_gateways.core.amounts import readable
from mock_gateways.core.approvals import APPROVE, Decided, await_decision
from mock_gateways.core.clock import DAY_S, HOUR_S
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_TEST_CARD = {"type": "scheme", "number": "4111111111111111", "expiryMonth": "03", "expiryYear": "2030", "cvc": "737"}
# Fields that a payment takes over from a session or a link.
_KEPT = ("merchantAccount", "reference", "amount", "captureDelayHours", "shopperReference", "shopperEmail")
_NEVER_SHOWN = ("applicationInfo", "order")


def create_session(world: World, request: Request) -> Reply:
    given = check(world, request)
    value, currency = read_amount(world, given)
    amount = readable(value, currency.exponent, currency.code)
    read_delay(given)
    identity, account = f"CS{_digits(world)}", given["merchantAccount"]
    expires = world.clock.now() + HOUR_S
    url = await_decision(world, request.origin, identity, "redirect", amount).url
    shown = {name: value for name, value in given.items() if name not in _NEVER_SHOWN}
    document = {**shown, "id": identity, "expiresAt": utc_date(expires)}
    if given.get("mode") == "hosted":
        document["url"] = url
    else:
        document["sessionData"] = seal(world, "session", account, identity)
    store_of(world).sessions[identity] = {"given": given, "status": "active", "result": "", "payments": []}
    world.clock.schedule(expires, _expire_session, world, identity)
    return Reply(201, document)


def _digits(world: World) -> str:
    return world.ids.new("", 12).encode().hex().upper()[:16]


def _expire_session(world: World, identity: str) -> None:
    session = store_of(world).sessions[identity]
    if session["status"] == "active":
        session["status"] = "expired"
        world.approvals.pop(identity, None)


def get_session(world: World, request: Request) -> Reply:
    identity = request.ids["sessionId"]
    session = store_of(world).sessions.get(identity)
    if session is None or not session["result"] or session["result"] != request.parameters.get("sessionResult"):
        raise refuse("701", http=setting(world, "invalid_session_result_http"))
    document = {"id": identity, "reference": session["given"]["reference"], "status": session["status"]}
    paid = [payment for psp in session["payments"] if (payment := store_of(world).payments[psp]).state != "refused"]
    if paid:
        document["payments"] = [_paid(payment) for payment in paid]
    return Reply(200, document)


def _paid(payment: Payment) -> Document:
    return {
        "amount": {"currency": payment.currency, "value": payment.authorised},
        "paymentMethod": {"brand": payment.means.brand, "type": payment.means.type},
        "pspReference": payment.psp,
        "resultCode": "Authorised",
    }


def _pay(world: World, given: Document, outcome: str) -> Payment:
    """What a shopper does on the page: pay with a test card, or go away."""
    wanted = {name: given[name] for name in _KEPT if name in given}
    if given.get("manualCapture"):
        wanted["additionalData"] = {"manualCapture": "true"}
    if given.get("storePaymentMethod") or given.get("storePaymentMethodMode") == "enabled":
        wanted["storePaymentMethod"] = "shopperReference" in given
    payment = prepare(world, {**wanted, "paymentMethod": _TEST_CARD, "returnUrl": given.get("returnUrl", "")})
    keep(world, payment)
    conclude(world, payment, None if outcome == APPROVE else SHOPPER_CANCELLED)
    return payment


def session_decided(world: World, identity: str, outcome: str) -> Decided:
    """A shopper has paid a session, or has left it."""
    session = store_of(world).sessions[identity]
    payment = _pay(world, session["given"], outcome)
    session["payments"].append(payment.psp)
    session["status"] = "completed" if payment.state in ("authorised", "captured") else "canceled"
    result = session["result"] = seal(world, "session", payment.account, identity)
    url = session["given"].get("returnUrl", "")
    joint = "&" if "?" in url else "?"
    back = f"{url}{joint}sessionId={identity}&sessionResult={result}"
    told = {"id": identity, "status": session["status"], "sessionResult": result, "pspReference": payment.psp}
    return Decided({**told, "return_url": back}, back if url else None)


def create_link(world: World, request: Request) -> Reply:
    given = check(world, request)
    value, currency = read_amount(world, given, least=1)
    amount = readable(value, currency.exponent, currency.code)
    read_delay(given)
    account = given["merchantAccount"]
    identity = f"PL{_digits(world)}{account.encode().hex().upper()}"
    shown = {name: value for name, value in given.items() if name not in _NEVER_SHOWN}
    url = await_decision(world, request.origin, identity, "redirect", amount).url
    expires = world.clock.now() + DAY_S
    document = {"expiresAt": utc_date(expires), "reusable": False, **shown}
    document |= {"id": identity, "status": "active", "url": url}
    store_of(world).links[identity] = document
    world.clock.schedule(expires, _expire_link, world, identity)
    return Reply(201, document)


def _expire_link(world: World, identity: str) -> None:
    link = store_of(world).links[identity]
    if link["status"] == "active":
        link["status"] = "expired"
        world.approvals.pop(identity, None)


def _find_link(world: World, request: Request) -> Document:
    link = store_of(world).links.get(request.ids["linkId"])
    if link is None:
        raise refuse("158", "There is no such payment link.", http=404)
    return link


def get_link(world: World, request: Request) -> Reply:
    return Reply(200, _find_link(world, request))


def expire_link(world: World, request: Request) -> Reply:
    check(world, request)
    link = _find_link(world, request)
    if link["status"] != "active":
        raise refuse("14_0385")
    _expire_link(world, link["id"])
    return Reply(200, link)


def link_decided(world: World, identity: str, outcome: str) -> Decided:
    """A shopper has paid a link, or has tried in vain: then it can be tried again."""
    link = store_of(world).links[identity]
    payment = _pay(world, link, outcome)
    link["status"] = "completed" if payment.state in ("authorised", "captured") else "active"
    link["updatedAt"] = utc_date(world.clock.now())
    if link["status"] == "active":
        origin = link["url"].partition("/_mock/")[0]
        await_decision(
            world,
            origin,
            identity,
            "redirect",
            readable(payment.value, CURRENCIES[payment.currency].exponent, payment.currency),
        )
    told = {"id": identity, "status": link["status"], "pspReference": payment.psp}
    return Decided(told, link.get("returnUrl"))
