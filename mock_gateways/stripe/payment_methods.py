"""PaymentMethods: created, attached, detached. Source: docs.stripe.com/api/payment_methods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.messages import Refusal, Reply
from mock_gateways.stripe import schemas
from mock_gateways.stripe.accounts import us_object
from mock_gateways.stripe.addresses import billing_object
from mock_gateways.stripe.cards import card_object, read_card
from mock_gateways.stripe.declines import Decline
from mock_gateways.stripe.errors import error_reply, missing, refuse, refuse_begun
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.lookup import find_customer
from mock_gateways.stripe.mandates import INACTIVE, change_status
from mock_gateways.stripe.method_hashes import read_hash
from mock_gateways.stripe.parameters import check, merge_metadata
from mock_gateways.stripe.store import Method, store_of
from mock_gateways.stripe.tables import ACCOUNT_ALIASES, ALIASES, METHOD_TYPES, METHODS, NO_CARD

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World


def make_method(world: World, given: Document, param: str) -> Method:
    """A new, stored PaymentMethod from checked parameters.

    Raises Refusal when type or card are refused; 501 for types that are not simulated.
    """
    at = f"{param}[{{}}]" if param else "{}"
    if "type" not in given:
        raise refuse(f"Missing required param: {at.format('type')}.", param=at.format("type"), code="parameter_missing")
    kind = given["type"]
    if kind not in METHOD_TYPES:
        raise refuse("This is no type of payment method.", param=at.format("type"))
    refuse_retired(world, kind, at.format("type"))
    if kind not in METHODS:
        reply = error_reply(501, "This type of payment method is published but not simulated.", kind="api_error")
        raise Refusal(reply.marked_unsimulated(f"payment_method:{kind}"), began=False)
    if kind != "card":
        own = given.get(kind)
        account, shown = read_hash(world, kind, own if isinstance(own, dict) else {}, at.format(kind))
        return _store(world, Method(_document(world, kind, shown, given), NO_CARD, account=account))
    if not isinstance(given.get("card"), dict):
        raise refuse(f"Missing required param: {at.format('card')}.", param=at.format("card"), code="parameter_missing")
    card, shown = read_card(world, given["card"], at.format("card"))
    return _store(world, Method(_document(world, kind, shown, given), card))


def refuse_retired(world: World, kind: str, param: str) -> None:
    """Raises Refusal for a method that the gateway has ended."""
    if kind in METHODS and METHODS[kind].course == "retired":
        code = str(world.settings["retired_method_code"]) or None
        raise refuse(f"{kind} is no longer available.", param=param, code=code)


def _document(world: World, kind: str, shown: Document, given: Document) -> Document:
    document = {
        "id": world.ids.new("pm_"),
        "object": "payment_method",
        "allow_redisplay": given.get("allow_redisplay", "unspecified"),
        "billing_details": billing_object(given.get("billing_details")),
        kind: shown,
        "created": world.clock.now(),
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "radar_options": {},
        "type": kind,
    }
    merge_metadata(document, given)
    return document


def _store(world: World, method: Method) -> Method:
    store_of(world).methods.add(method.document["id"], method.document["created"], method, {})
    return method


def resolve_method(world: World, object_id: str, param: str, *, in_path: bool = False) -> Method:
    """The PaymentMethod of an id; a published name, `pm_card_…` or `pm_usBankAccount_…`, makes a fresh one each time.

    Raises Refusal when there is none.
    """
    method = store_of(world).methods.get(object_id)
    if method is not None:
        return method
    card, account = ALIASES.get(object_id), ACCOUNT_ALIASES.get(object_id)
    if account is not None:
        # A published account comes with a holder, and needs no proof by micro-deposits.
        holder: Document = {"billing_details": {"name": "Assay"}}
        shown = _document(world, account.type, us_object(world, account, {}), holder)
        return _store(world, Method(shown, NO_CARD, account=account, verified=True))
    if card is None:
        raise missing("PaymentMethod", object_id, param, in_path=in_path)
    return _store(world, Method(_document(world, "card", card_object(world, card), {}), card))


def attach_to(world: World, method: Method, customer: str) -> None:
    """Bind a method to a customer, without asking the issuer."""
    method.document["customer"] = customer
    store_of(world).methods.index("customer", customer, method.document["id"], method.document["created"])
    emit(world, "payment_method.attached", method.document)


def create_method(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.METHOD_CREATE)
    if "payment_method" in given:
        raise refuse("Cloning a payment method is published but not simulated.", param="payment_method", status=501)
    method = make_method(world, given, "")
    return Reply(200, expand(world, method.document, given.get("expand", [])))


def get_method(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    method = resolve_method(world, request.ids["payment_method"], "payment_method", in_path=True)
    customer = request.ids.get("customer")
    if customer is not None:
        find_customer(world, customer, in_path=True)
        if method.document["customer"] != customer:
            raise missing("PaymentMethod", request.ids["payment_method"], "payment_method", in_path=True)
    return Reply(200, expand(world, method.document, given.get("expand", [])))


def update_method(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.METHOD_UPDATE)
    method = resolve_method(world, request.ids["payment_method"], "payment_method", in_path=True)
    document = method.document
    merge_metadata(document, given)
    if given.get("billing_details"):
        document["billing_details"] = billing_object({**document["billing_details"], **given["billing_details"]})
    if given.get("card") and document["type"] == "card":
        changes = {name: given["card"][name] for name in ("exp_month", "exp_year") if name in given["card"]}
        document["card"] = {**document["card"], **changes}
    emit(world, "payment_method.updated", document)
    return Reply(200, expand(world, document, given.get("expand", [])))


def attach_method(world: World, request: Request) -> Reply:
    """A card that issuers decline cannot be attached; its refusal is a 402 with an empty `param`."""
    given = check(request.parameters, schemas.METHOD_ATTACH, ("customer",))
    method = resolve_method(world, request.ids["payment_method"], "payment_method", in_path=True)
    customer = find_customer(world, given["customer"], in_path=False)
    if method.detached:
        raise refuse_begun("A detached payment method cannot be used again.", code="payment_method_unexpected_state")
    if method.document["customer"] is not None:
        raise refuse_begun("The payment method is already attached to a customer.")
    if not METHODS[method.document["type"]].published.mandates:
        raise refuse_begun(f"Payment methods of type {method.document['type']} cannot be attached to a customer.")
    if not method.card.attachable:
        body = Decline.of_card(method.card).error(param="")
        raise Refusal(Reply(402, {"error": body}), began=True)
    attach_to(world, method, customer["id"])
    return Reply(200, expand(world, method.document, given.get("expand", [])))


def detach_method(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    method = resolve_method(world, request.ids["payment_method"], "payment_method", in_path=True)
    customer = method.document["customer"]
    if customer is None:
        raise refuse_begun("The payment method is not attached to a customer.")
    detach_from(world, method)
    return Reply(200, expand(world, method.document, given.get("expand", [])))


def detach_from(world: World, method: Method) -> None:
    store_of(world).methods.unindex("customer", method.document["customer"], method.document["id"])
    method.document["customer"], method.detached = None, True
    emit(world, "payment_method.detached", method.document)
    # Source: docs.stripe.com/api/mandates: a mandate is inactive once its payment method cannot be used.
    change_status(world, method.mandate, INACTIVE)


def list_methods(world: World, request: Request) -> Reply:
    """The methods of a customer; without one the list is empty, as unattached methods are not listed."""
    asked = check(request.parameters, schemas.METHOD_LIST)
    customer = request.ids.get("customer") or asked.get("customer")
    if customer:
        find_customer(world, customer, in_path="customer" in request.ids)
    kind = asked.get("type")

    def wanted(method: Method) -> bool:
        return kind in (None, method.document["type"])

    where = ("customer", customer or "")
    shelf = store_of(world).methods
    return list_reply(
        world,
        request,
        asked,
        Listing(shelf=shelf, render=lambda m: m.document, where=where, keep=wanted, kind="PaymentMethod"),
    )
