"""Checkout sessions: a hosted page that makes a payment or a set-up. Source: docs.stripe.com/api/checkout/sessions.

The page is that of an approval: to approve is to pay there with the first of the session's payment methods, to fail is
to leave it for `cancel_url` and perhaps come back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.amounts import readable
from mock_gateways.core.approvals import Approval, Decided, await_decision
from mock_gateways.core.messages import Reply
from mock_gateways.stripe import later_schemas, schemas
from mock_gateways.stripe.checkout_fields import line_items, session_document
from mock_gateways.stripe.checkout_payment import pay, set_up
from mock_gateways.stripe.errors import missing, refuse, refuse_begun, refuse_unsimulated
from mock_gateways.stripe.events import emit
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.lookup import find_customer
from mock_gateways.stripe.money import check_amount, check_currency, exponent
from mock_gateways.stripe.parameters import check
from mock_gateways.stripe.payment_intents import check_named_types, check_type_names
from mock_gateways.stripe.session_states import EXPIRED, OPEN
from mock_gateways.stripe.store import Session, store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World

# From 30 minutes to 24 hours, a day when left out. Source: docs.stripe.com/api/checkout/sessions/create.
SHORTEST_S, LONGEST_S = 1_800, 86_400
_NOT_SIMULATED = ("subscription_data", "customer_account", "discounts", "optional_items", "shipping_options")


def create_session(world: World, request: Request) -> Reply:
    given = check(request.parameters, later_schemas.SESSION_CREATE, ("mode",))
    refuse_unsimulated(given, _NOT_SIMULATED)
    if given["mode"] == "subscription":
        raise refuse("Subscriptions are published but not simulated.", param="mode", status=501)
    if "customer" in given:
        find_customer(world, given["customer"], in_path=False)
    check_type_names(world, given)
    items = _items(world, given)
    _check_url(given)
    document = session_document(world, given, items, _expiry(world, given))
    session = Session(document, items, _inner(given))
    store_of(world).sessions.add(document["id"], document["created"], session, {})
    document["url"] = await_decision(world, request.origin, document["id"], "redirect", _shown(world, document)).url
    world.clock.schedule(document["expires_at"], _lapse, world, document)
    return Reply(200, expand(world, document, given.get("expand", [])))


def _items(world: World, given: Document) -> list[Document]:
    """The line items; raises Refusal for a payment without any, or with a total that Stripe would not charge."""
    if given["mode"] == "setup":
        if "currency" not in given and not given.get("allowed_payment_method_types"):
            raise refuse("Missing required param: currency.", param="currency", code="parameter_missing")
        check_named_types(world, given, given.get("currency", "usd").lower())
        return []
    items = line_items(world, given)
    currency = check_currency(items[0]["currency"])
    check_amount(sum(item["amount_total"] for item in items), currency, world.settings, "line_items")
    check_named_types(world, given, items[0]["currency"])
    return items


def _check_url(given: Document) -> None:
    hosted = given.get("ui_mode", "hosted_page") == "hosted_page"
    needed = "success_url" if hosted else "return_url"
    if not given.get(needed) and given.get("redirect_on_completion") != "never":
        raise refuse(f"Missing required param: {needed}.", param=needed, code="parameter_missing")


def _expiry(world: World, given: Document) -> int:
    now = world.clock.now()
    expires: int = given.get("expires_at", now + LONGEST_S)
    if not SHORTEST_S <= expires - now <= LONGEST_S:
        raise refuse("expires_at must be from 30 minutes to 24 hours ahead.", param="expires_at")
    return expires


def _inner(given: Document) -> Document:
    """What the session hands on to the intent that it will create."""
    name = "payment_intent_data" if given["mode"] == "payment" else "setup_intent_data"
    inner = dict(given.get(name) or {})
    options = given.get("payment_method_options")
    return {**inner, **({"payment_method_options": options} if options else {})}


def _shown(world: World, document: Document) -> str:
    if document["amount_total"] is None:
        return ""
    places = exponent(check_currency(document["currency"]), world.settings)
    return readable(document["amount_total"], places, document["currency"])


def _lapse(world: World, document: Document) -> None:
    if document["status"] == OPEN:
        _expire(world, document)


def _expire(world: World, document: Document) -> None:
    document.update(status=EXPIRED, url=None)
    world.approvals.pop(document["id"], None)
    emit(world, "checkout.session.expired", document)


def find_session(world: World, object_id: str) -> Session:
    session = store_of(world).sessions.get(object_id)
    if session is None:
        raise missing("checkout.session", object_id, "session", in_path=True)
    return session


def get_session(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    return Reply(200, expand(world, find_session(world, request.ids["session"]).document, given.get("expand", [])))


def expire_session(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    document = find_session(world, request.ids["session"]).document
    if document["status"] != OPEN:
        raise refuse_begun(f"Only an open session can be expired; this one is {document['status']}.")
    _expire(world, document)
    return Reply(200, expand(world, document, given.get("expand", [])))


def list_sessions(world: World, request: Request) -> Reply:
    asked = check(request.parameters, later_schemas.SESSION_LIST)
    listing = Listing(
        shelf=store_of(world).sessions,
        render=lambda session: session.document,
        filters=("payment_intent", "customer", "status"),
        kind="checkout.session",
    )
    return list_reply(world, request, asked, listing)


def list_line_items(world: World, request: Request) -> Reply:
    check(request.parameters, schemas.PAGE)
    items = find_session(world, request.ids["session"]).items
    return Reply(200, {"object": "list", "data": items, "has_more": False, "url": request.path})


def finish_session(world: World, approval: Approval, outcome: str) -> Decided:
    """What the shopper does on the page: pays, or leaves it; after a decline the page is still there."""
    session = find_session(world, approval.id)
    document = session.document
    if outcome == "fail":
        world.approvals[approval.id] = approval
        return Decided(document, document["cancel_url"])
    origin = approval.url.partition("/_mock/")[0]
    act: Any = pay if document["mode"] == "payment" else set_up
    act(world, session, origin)
    if document["status"] == OPEN:
        world.approvals[approval.id] = approval
        return Decided(document, document["cancel_url"])
    address = document["success_url"] or document["return_url"]
    return Decided(document, address.replace("{CHECKOUT_SESSION_ID}", document["id"]) if address else None)
