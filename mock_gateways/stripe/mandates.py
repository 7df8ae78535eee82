"""Mandates: the shopper's consent to later charges. Source: docs.stripe.com/api/mandates and its recorded fixture.

A bank debit always has one; a wallet has one when it is to be used again; a card when its owner's acceptance was given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.stripe import schemas
from mock_gateways.stripe.errors import missing, refuse, refuse_begun
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.parameters import check
from mock_gateways.stripe.store import store_of
from mock_gateways.stripe.tables import METHODS

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.store import Intent, Method

ACTIVE, INACTIVE, PENDING = "active", "inactive", "pending"


def make_mandate(
    world: World, method: Method, acceptance: Document | None, *, single: Document | None = None, status: str = ACTIVE
) -> str:
    """The id of a new mandate of a method; `single` holds amount and currency when it is good for one charge only."""
    identity, kind = world.ids.new("mandate_"), method.document["type"]
    document: Document = {
        "id": identity,
        "object": "mandate",
        "customer_acceptance": acceptance_object(world, acceptance),
        "livemode": False,
        "on_behalf_of": None,
        "payment_method": method.document["id"],
        "payment_method_details": {kind: _details(world, kind), "type": kind},
        "status": status,
        "type": "single_use" if single else "multi_use",
    }
    document.update({"single_use": single} if single else {"multi_use": {}})
    store_of(world).mandates.add(identity, world.clock.now(), document, {"payment_method": method.document["id"]})
    method.mandate = identity
    return identity


def _details(world: World, kind: str) -> Document:
    if kind == "sepa_debit":
        reference = world.ids.new("", 12).upper()
        return {"reference": reference, "url": f"https://hooks.stripe.com/adapter/sepa_debit/file/{reference}"}
    if kind == "us_bank_account":
        return {"collection_method": None}
    if kind == "paypal":
        return {"billing_agreement_id": world.ids.new("B-", 17).upper(), "payer_id": None}
    return {}


def acceptance_object(world: World, given: Document | None) -> Document:
    """`customer_acceptance` as it is shown; without one that was given, the shopper accepted online just now."""
    given = given or {}
    kind = given.get("type", "online")
    online: Any = given.get("online") or {}
    shown = {name: online.get(name) for name in ("ip_address", "user_agent")}
    return {
        "accepted_at": given.get("accepted_at", world.clock.now()),
        kind: shown if kind == "online" else {},
        "type": kind,
    }


def read_acceptance(given: Document) -> Document | None:
    """The `customer_acceptance` of a `mandate_data` parameter.

    Raises Refusal when it says nothing of how the mandate was accepted.
    """
    data = given.get("mandate_data")
    if not data:
        return None
    acceptance: Document = data.get("customer_acceptance") or {}
    at = "mandate_data[customer_acceptance]"
    if "type" not in acceptance:
        raise refuse(f"Missing required param: {at}[type].", param=f"{at}[type]", code="parameter_missing")
    online = acceptance.get("online") or {}
    for name in ("ip_address", "user_agent") if acceptance["type"] == "online" else ():
        if name not in online:
            missed = f"{at}[online][{name}]"
            raise refuse(f"Missing required param: {missed}.", param=missed, code="parameter_missing")
    return acceptance


def check_mandate(world: World, mandate: str, method: Method) -> None:
    """Raises Refusal unless the mandate is active and of this method."""
    found = find_mandate(world, mandate, in_path=False)
    if found["status"] != ACTIVE or found["payment_method"] != method.document["id"]:
        message = f"The mandate is {found['status']}, or belongs to another payment method."
        raise refuse_begun(message, code="payment_intent_mandate_invalid", param="mandate")


def is_active(world: World, mandate: str | None) -> bool:
    found = store_of(world).mandates.get(mandate) if mandate else None
    return found is not None and found["status"] == ACTIVE and found["type"] == "multi_use"


def require_consent(world: World, method: Method, acceptance: Document | None, param: str = "mandate_data") -> None:
    """Raises Refusal when a bank is to be debited to which the shopper never agreed."""
    if METHODS[method.document["type"]].course != "debit" or acceptance or is_active(world, method.mandate):
        return
    if setting(world, "mandate_data_required"):
        raise refuse(f"Missing required param: {param}.", param=param, code="parameter_missing")


def mandate_of_payment(world: World, intent: Intent, method: Method) -> str | None:
    """The mandate that a charge is made under, made now if need be, or None where there is none."""
    if is_active(world, method.mandate):
        return method.mandate
    row, document = METHODS[method.document["type"]], intent.document
    later = document["setup_future_usage"] == "off_session"
    if row.course == "debit":
        single = None if later else {"amount": document["amount"], "currency": document["currency"]}
        return make_mandate(world, method, intent.acceptance, single=single)
    if later and row.published.mandates and (row.course != "card" or intent.acceptance):
        return make_mandate(world, method, intent.acceptance)
    return None


def change_status(world: World, mandate: str | None, status: str) -> None:
    document = store_of(world).mandates.get(mandate) if mandate else None
    if document is not None and document["status"] != status:
        document["status"] = status
        emit(world, "mandate.updated", document)


def find_mandate(world: World, mandate: str, *, in_path: bool) -> Document:
    found = store_of(world).mandates.get(mandate)
    if found is None:
        raise missing("mandate", mandate, "mandate", in_path=in_path)
    return found


def get_mandate(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    return Reply(200, expand(world, find_mandate(world, request.ids["mandate"], in_path=True), given.get("expand", [])))
