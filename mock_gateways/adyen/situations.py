"""A payment or a refund as the reply to a request would show it in any state of the manifest, with nothing posted.

Each is acted out with the real handlers in a scratch world; what came of it is answered under the reference that the
request was given in the real one.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mock_gateways.adyen.actions import challenge_action
from mock_gateways.adyen.errors import refuse
from mock_gateways.adyen.manifest import MANIFEST
from mock_gateways.adyen.modifications import refund_payment
from mock_gateways.adyen.payments import make_payment, prepare
from mock_gateways.adyen.requests import check
from mock_gateways.adyen.store import keep, store_of
from mock_gateways.core.messages import Reply

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

_CARD = {"type": "scheme", "expiryMonth": "03", "expiryYear": "2030", "cvc": "737"}
_VISA = {**_CARD, "number": "4111111111111111", "holderName": "A. Klaassen"}
_NATIVE = {"authenticationData": {"threeDSRequestData": {"nativeThreeDS": "preferred"}}}
_AUTHENTICATES = {**_CARD, "number": "4917610000000000"}
_CODE = "RequestedTestAcquirerResponseCode"
# What the request is changed to so that the state comes of it.
_PLAYS: dict[str, Document] = {
    "authorised_captured": {"paymentMethod": _VISA, "additionalData": {"manualCapture": "false"}},
    "authorised_held": {"paymentMethod": _VISA, "additionalData": {"manualCapture": "true"}},
    "partially_authorised": {"paymentMethod": {**_VISA, "holderName": "SIMULATED_PARTIALLY_AUTHORISED"}},
    "partially_authorised_held": {
        "paymentMethod": {**_VISA, "holderName": "SIMULATED_PARTIALLY_AUTHORISED"},
        "additionalData": {"manualCapture": "true"},
    },
    "refused": {"paymentMethod": _VISA, "additionalData": {_CODE: "2"}},
    "error": {"paymentMethod": _VISA, "additionalData": {_CODE: "4"}},
    "cancelled": {"paymentMethod": _VISA, "additionalData": {_CODE: "16"}},
    "redirect_shopper": {"paymentMethod": _AUTHENTICATES, "authenticationData": {}},
    "identify_shopper": {"paymentMethod": _AUTHENTICATES, **_NATIVE},
    "challenge_shopper": {"paymentMethod": _AUTHENTICATES, **_NATIVE},
    "mandate_active": {"paymentMethod": _VISA, "storePaymentMethod": True},
    "mandate_refused": {"paymentMethod": _VISA, "additionalData": {_CODE: "2"}, "storePaymentMethod": True},
}
# States that the request's own method never comes to: the reply to a card, with another result.
_RELABELLED = {
    "pending": "Pending",
    "received": "Received",
    "present_to_shopper": "PresentToShopper",
    "authentication_finished": "AuthenticationFinished",
    "authentication_not_required": "AuthenticationNotRequired",
    "success": "Success",
}
_DROPPED = ("order", "storePaymentMethod", "additionalData", "mpiData", "authenticationData", "shopperInteraction")
_RESULTS_WITH_VOUCHER = "PresentToShopper"


def situation(world: World, request: Request, name: str) -> Reply:
    """The reply to a request as it would be in a state of the manifest.

    Raises Refusal when the request does not concern such a resource: Adyen has no call that shows a dispute.
    """
    operation = request.route.operation if request.route else ""
    if operation == "post-payments" and MANIFEST.state(name).resource in ("payment", "mandate"):
        return _payment(world, request, name)
    if operation == "post-payments-details" and name in (*_PLAYS, *_RELABELLED):
        return _payment(world, replace(request, parameters=_of_details(world)), name)
    if operation.endswith("refunds") and name == "refund_received":
        return _refund(world, request)
    raise refuse("702", f"The state {name} is not shown by the reply to this request.")


def _of_details(world: World) -> Document:
    """A request for the newest payment, in place of the details of one."""
    payments = list(store_of(world).payments.values())
    if not payments:
        raise refuse("14_018")
    last = payments[-1]
    amount = {"currency": last.currency, "value": last.value}
    named = {"amount": amount, "merchantAccount": last.account, "reference": last.reference}
    return {**named, "paymentMethod": _VISA, "returnUrl": "https://shop.example/"}


def _payment(world: World, request: Request, name: str) -> Reply:
    scratch = world.scratch()
    kept = {field: value for field, value in request.parameters.items() if field not in _DROPPED}
    played = {**kept, **_PLAYS.get(name, _PLAYS["authorised_captured"])}
    if name.startswith("mandate"):
        played.setdefault("shopperReference", "shopper")
    real = _kept_for_real(world, request)
    document: Document = dict(_act(scratch, request, played))
    scene = next(reversed(store_of(scratch).payments.values()))
    if name == "challenge_shopper":
        document = {"resultCode": "ChallengeShopper", "action": challenge_action(scene, document["action"]["url"])}
    if name in _RELABELLED:
        document = {"resultCode": _RELABELLED[name], "merchantReference": played["reference"]}
        document["paymentMethod"] = {"type": scene.means.type}
    # The reference that the payment has in the real world: with it the merchant comes back.
    document["pspReference"] = real
    if name in _RELABELLED and _RELABELLED[name] == _RESULTS_WITH_VOUCHER:
        document["action"] = {"type": "voucher", "paymentMethodType": scene.means.type, "reference": real}
    return Reply(200, document)


def _act(world: World, request: Request, played: Document) -> Document:
    route: Any = replace(request.route, operation="post-payments") if request.route else None
    result: Document = make_payment(world, replace(request, route=route, parameters=played)).document
    return result


def _kept_for_real(world: World, request: Request) -> str:
    """The reference of the payment of the request in the real world, in which nothing has moved."""
    if request.route is not None and request.route.operation == "post-payments-details":
        return next(reversed(store_of(world).payments))
    payment = prepare(world, check(world, request))
    keep(world, payment)
    return payment.psp


def _refund(world: World, request: Request) -> Reply:
    """A refund is received whatever becomes of it; this one never arrives."""
    scratch = world.scratch()
    payment = store_of(world).payments.get(request.ids["paymentPspReference"])
    if payment is None:
        raise refuse("167")
    keep(scratch, payment)
    return refund_payment(scratch, request)
