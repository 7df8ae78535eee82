"""Adyen's Checkout API, version 72, and DisputeService, version 30, simulated.

Written from Adyen's published documents and recorded exchanges alone; it shares no table with any connector. A tenant
is an API key and a merchant account together, written "<key>:<merchant account>".
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from mock_gateways.adyen import (
    actions,
    defence,
    details,
    disputes,
    hosted,
    modifications,
    orders,
    payment_methods,
    payments,
    tokens,
)
from mock_gateways.adyen.credentials import credential, refuse_credential
from mock_gateways.adyen.errors import AdyenEnvelopes
from mock_gateways.adyen.manifest import MANIFEST
from mock_gateways.adyen.notifications import RETRY_AFTER_S, listen
from mock_gateways.adyen.references import reference_of_call
from mock_gateways.adyen.signing import SIGNER
from mock_gateways.adyen.situations import situation
from mock_gateways.adyen.store import Store, store_of
from mock_gateways.adyen.tables import PUBLISHED
from mock_gateways.core.clock import DAY_S
from mock_gateways.core.gateway import Gateway, described_in
from mock_gateways.core.idempotency import Rules
from mock_gateways.core.messages import Refusal
from mock_gateways.core.routes import Route

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mock_gateways.core.approvals import Approval, Decided
    from mock_gateways.core.messages import Document, Reply, Request
    from mock_gateways.core.routes import Handler
    from mock_gateways.core.tenants import World

__all__ = ["GATEWAY", "MANIFEST"]

_PAYMENT = "post-payments-paymentPspReference"
_HANDLERS: dict[str, Handler] = {
    "post-payments": payments.make_payment,
    "post-payments-details": details.submit_details,
    "post-paymentMethods": payment_methods.list_methods,
    f"{_PAYMENT}-captures": modifications.capture_payment,
    f"{_PAYMENT}-cancels": modifications.cancel_payment,
    f"{_PAYMENT}-refunds": modifications.refund_payment,
    f"{_PAYMENT}-reversals": modifications.reverse_payment,
    f"{_PAYMENT}-amountUpdates": modifications.update_amount,
    "post-cancels": modifications.cancel_by_reference,
    "get-storedPaymentMethods": tokens.list_tokens,
    "post-storedPaymentMethods": tokens.create_token,
    "delete-storedPaymentMethods-storedPaymentMethodId": tokens.delete_token,
    "post-sessions": hosted.create_session,
    "get-sessions-sessionId": hosted.get_session,
    "post-paymentLinks": hosted.create_link,
    "get-paymentLinks-linkId": hosted.get_link,
    "patch-paymentLinks-linkId": hosted.expire_link,
    "post-orders": orders.create_order,
    "post-orders-cancel": orders.cancel_order,
    "post-retrieveApplicableDefenseReasons": defence.list_reasons,
    "post-supplyDefenseDocument": defence.supply_documents,
    "post-deleteDisputeDefenseDocument": defence.delete_document,
    "post-defendDispute": defence.defend_dispute,
    "post-acceptDispute": defence.accept_dispute,
}


def _named(handler: Handler, world: World, request: Request) -> Reply:
    """A refusal carries the reference of the call."""
    try:
        return handler(world, request)
    except Refusal as refusal:
        refusal.reply.document = {**refusal.reply.document, "pspReference": reference_of_call(request.id)}
        raise


def _routes() -> tuple[Route, ...]:
    """The published paths, and those of the live platform, which clients that share one path for both send."""
    found = PUBLISHED.routes({name: partial(_named, handler) for name, handler in _HANDLERS.items()})
    test = (route for route in found if route.template.startswith("/v72/"))
    return (*found, *(replace(route, template=f"/checkout{route.template}") for route in test))


def _decode(request: Request) -> Document:
    """What the credential was read from, already."""
    return request.parameters


def _dress(request: Request, reply: Reply, _: str | None) -> None:
    """Adyen's headers, as recorded: the reference of the call, which is not the payment's, and the key echoed."""
    reply.headers.append(("pspReference", reference_of_call(request.id)))
    key = request.headers.get("idempotency-key")
    if request.method == "POST" and key and key.isprintable() and key.isascii():
        reply.headers.append(("Idempotency-Key", key[:64]))


def _rules(_: Mapping[str, int | str]) -> Rules:
    """At least seven days, for a whole company account; here for one key and merchant account.

    Source: docs.adyen.com/development-resources/api-idempotency.
    """
    return Rules("idempotency-key", frozenset({"POST"}), 64, 7 * DAY_S)


def _payment_state(world: World, payment: str) -> str:
    return store_of(world).payments[payment].state


def _approve(world: World, approval: Approval, outcome: str) -> Decided:
    store = store_of(world)
    if approval.id in store.disputes:
        return disputes.bank_decides(world, store.disputes[approval.id], outcome)
    if approval.id in store.sessions:
        return hosted.session_decided(world, approval.id, outcome)
    if approval.id in store.links:
        return hosted.link_decided(world, approval.id, outcome)
    return actions.shopper_decides(world, store.payments[approval.id], outcome)


GATEWAY = Gateway(
    name="adyen",
    title="Adyen",
    routes=_routes(),
    manifest=MANIFEST,
    idempotency=_rules,
    retry_after_s=RETRY_AFTER_S,
    signer=SIGNER,
    envelopes=AdyenEnvelopes(),
    new_store=Store,
    credential=credential,
    refuse_credential=refuse_credential,
    test_credential="test_{name}:TestECOM",
    decode=_decode,
    dress=_dress,
    situation=situation,
    payment_state=_payment_state,
    approve=_approve,
    listen=listen,
    status_fields=("resultCode", "status"),
    dispute=disputes.open_dispute,
    describe=described_in("mock_gateways.adyen.descriptions"),
)
