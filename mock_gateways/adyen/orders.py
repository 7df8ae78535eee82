"""Orders: one amount that is paid in parts by several means.

Source: docs.adyen.com/payment-methods/gift-cards/gift-card-orders, examples of Checkout v72, ORDER_OPENED and
ORDER_CLOSED of Webhooks v1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.adyen.captures import after_hold
from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.machine import Step, allowed
from mock_gateways.adyen.money import cancel
from mock_gateways.adyen.notifications import event_date, notify, post, utc_date
from mock_gateways.adyen.references import new_reference, seal
from mock_gateways.adyen.requests import check, read_amount
from mock_gateways.adyen.store import store_of
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.messages import Reply

if TYPE_CHECKING:
    from mock_gateways.adyen.store import Payment
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World


def create_order(world: World, request: Request) -> Reply:
    given = check(world, request)
    value, currency = read_amount(world, given, least=1)
    psp, account = new_reference(world), given["merchantAccount"]
    order: Document = {
        "psp": psp,
        "account": account,
        "reference": given["reference"],
        "currency": currency.code,
        "value": value,
        "paid": 0,
        "open": True,
        "data": seal(world, "order", account, psp),
        "expires": utc_date(world.clock.now() + DAY_S),
        "payments": [],
    }
    store_of(world).orders[psp] = order
    world.clock.schedule(world.clock.now() + DAY_S, _expire, world, psp)
    return Reply(200, {**_shown(order), "resultCode": "Success", "reference": order["reference"]})


def _shown(order: Document) -> Document:
    """An order as replies have it."""
    money = {"currency": order["currency"]}
    return {
        "pspReference": order["psp"],
        "expiresAt": order["expires"],
        "orderData": order["data"],
        "amount": {**money, "value": order["value"]},
        "remainingAmount": {**money, "value": order["value"] - order["paid"]},
    }


def find_order(world: World, given: Any) -> Document:
    """The open order that a request names.

    Raises Refusal: 14_037 for orderData that is not the order's, or an order that is closed.
    """
    psp = given.get("pspReference") if isinstance(given, dict) else None
    order = store_of(world).orders.get(psp) if isinstance(psp, str) else None
    if order is None or order["data"] != given.get("orderData") or not order["open"]:
        raise refuse("14_037")
    return order


def check_part(world: World, given: Any, value: int, currency: str) -> str:
    """The psp of the order that a payment is a part of.

    Raises Refusal: 137 when it is more than what remains, or in another currency.
    """
    order = find_order(world, given)
    if currency != order["currency"] or value > order["value"] - order["paid"]:
        raise refuse("137")
    return str(order["psp"])


def pay_part(world: World, payment: Payment, reply: Document) -> None:
    """Count an authorised part towards its order, which the reply shows; all are captured when it is paid."""
    order = store_of(world).orders.get(payment.order)
    if order is None:
        return
    if not order["payments"]:
        _tell(world, order, "ORDER_OPENED", success=True)
    order["paid"] += payment.authorised
    order["payments"].append(payment.psp)
    reply["order"] = {**_shown(order), "reference": order["reference"]}
    if order["paid"] == order["value"]:
        order["open"] = False
        _tell(world, order, "ORDER_CLOSED", success=True)
        for name in order["payments"]:
            after_hold(world, store_of(world).payments[name])


def cancel_order(world: World, request: Request) -> Reply:
    """Give back every authorised part; the reply only says that this was received."""
    given = check(world, request)
    order = find_order(world, given["order"])
    order["open"] = False
    world.clock.schedule(world.clock.now(), _cancel_parts, world, order["psp"])
    return Reply(200, {"pspReference": new_reference(world), "resultCode": "Received"})


def _expire(world: World, psp: str) -> None:
    order = store_of(world).orders[psp]
    if order["open"]:
        order["open"] = False
        _cancel_parts(world, psp)


def _cancel_parts(world: World, psp: str) -> None:
    order = store_of(world).orders[psp]
    for name in order["payments"]:
        payment = store_of(world).payments[name]
        if allowed(payment, Step.CANCEL) and not payment.captured:
            cancel(world, payment)
            notify(world, "CANCELLATION", payment, psp=new_reference(world))
    _tell(world, order, "ORDER_CLOSED", success=False)


def _tell(world: World, order: Document, code: str, *, success: bool) -> None:
    post(
        world,
        {
            "additionalData": {},
            "amount": {"currency": order["currency"], "value": order["value"]},
            "eventCode": code,
            "eventDate": event_date(world.clock.now()),
            "merchantAccountCode": order["account"],
            "merchantReference": order["reference"],
            "pspReference": order["psp"],
            "reason": "",
            "success": "true" if success else "false",
        },
    )
