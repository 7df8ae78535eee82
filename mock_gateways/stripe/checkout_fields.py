"""What a Checkout session and its line items look like.

Source: docs.stripe.com/api/checkout/sessions/object, /line_item, and their recorded fixtures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mock_gateways.core.forms import as_list
from mock_gateways.stripe.errors import refuse
from mock_gateways.stripe.later_schemas import LINE_ITEM
from mock_gateways.stripe.parameters import check, merge_metadata

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document
    from mock_gateways.core.tenants import World

_AS_GIVEN = (
    "allow_promotion_codes",
    "billing_address_collection",
    "cancel_url",
    "client_reference_id",
    "customer",
    "customer_creation",
    "customer_email",
    "excluded_payment_method_types",
    "integration_identifier",
    "locale",
    "origin_context",
    "redirect_on_completion",
    "return_url",
    "submit_type",
    "success_url",
)
_NULL = (
    "after_expiration",
    "collected_information",
    "consent",
    "consent_collection",
    "currency_conversion",
    "customer_account",
    "discounts",
    "invoice",
    "payment_link",
    "payment_method_configuration_details",
    "recovered_from",
    "saved_payment_method_options",
    "shipping_address_collection",
    "shipping_cost",
    "subscription",
    "wallet_options",
)


def line_items(world: World, given: Document) -> list[Document]:
    """The items of `line_items`, each of a price given on the spot.

    Raises Refusal for none, for several currencies, and (501) for prices of the catalogue.
    """
    items = as_list(given.get("line_items") or [])
    if not items:
        raise refuse("Missing required param: line_items.", param="line_items", code="parameter_missing")
    found = [_item(world, item, f"line_items[{index}]") for index, item in enumerate(items)]
    if len({item["currency"] for item in found}) > 1:
        raise refuse("All line_items must be of one currency.", param="line_items")
    return found


def _item(world: World, item: Any, param: str) -> Document:
    if not isinstance(item, dict):
        raise refuse(f"Invalid object: {param} takes named fields.", param=param)
    read = check(item, LINE_ITEM)
    if "price" in read:
        raise refuse("Prices of the catalogue are published but not simulated.", param=f"{param}[price]", status=501)
    price = read.get("price_data") or {}
    for name in ("currency", "unit_amount", "product_data"):
        if not price.get(name) and price.get(name) != 0:
            at = f"{param}[price_data][{name}]"
            raise refuse(f"Missing required param: {at}.", param=at, code="parameter_missing")
    quantity, amount = read.get("quantity", 1), price["unit_amount"]
    if quantity < 1 or amount < 0:
        raise refuse("An item has a quantity from 1 and no negative price.", param=param)
    total = quantity * amount
    return {
        "id": world.ids.new("li_"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": total,
        "amount_tax": 0,
        "amount_total": total,
        "currency": price["currency"].lower(),
        "description": price["product_data"].get("name"),
        "metadata": {},
        "price": _price(world, price),
        "quantity": quantity,
    }


def _price(world: World, price: Document) -> Document:
    return {
        "id": world.ids.new("price_"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": world.clock.now(),
        "currency": price["currency"].lower(),
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": world.ids.new("prod_", 14),
        "recurring": None,
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": price["unit_amount"],
        "unit_amount_decimal": str(price["unit_amount"]),
    }


def session_document(world: World, given: Document, items: list[Document], expires: int) -> Document:
    """A session that was just created; its address is set once its page exists."""
    named = given.get("allowed_payment_method_types") or given.get("payment_method_types")
    total = sum(item["amount_total"] for item in items) if items else None
    paying = given["mode"] == "payment"
    identity = world.ids.new("cs_test_", 58)
    document: Document = {
        "id": identity,
        "object": "checkout.session",
        **dict.fromkeys(_NULL),
        **{name: given.get(name) or None for name in _AS_GIVEN},
        "adaptive_pricing": {"enabled": False},
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "client_secret": None,
        "created": world.clock.now(),
        "currency": items[0]["currency"] if items else (given.get("currency") or "").lower() or None,
        "custom_fields": [],
        "custom_text": dict.fromkeys(("after_submit", "shipping_address", "submit", "terms_of_service_acceptance")),
        "customer_details": None,
        "expires_at": expires,
        "invoice_creation": {"enabled": False, "invoice_data": {}} if paying else None,
        "livemode": False,
        "managed_payments": {"enabled": False},
        "metadata": {},
        "mode": given["mode"],
        "payment_intent": None,
        "payment_method_collection": given.get("payment_method_collection", "if_required" if paying else "always"),
        "payment_method_options": given.get("payment_method_options") or {},
        "payment_method_types": list(named or ("card", "link")),
        "payment_status": "unpaid" if paying else "no_payment_required",
        "permissions": None,
        "phone_number_collection": {"enabled": False},
        "setup_intent": None,
        "shipping_options": [],
        "status": "open",
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0} if paying else None,
        "ui_mode": given.get("ui_mode", "hosted_page"),
        "url": None,
    }
    if document["ui_mode"] != "hosted_page":
        document["client_secret"] = world.ids.new(f"{identity}_secret_", 25)
    if document["customer_email"] or document["customer"]:
        document["customer_details"] = _details(document)
    merge_metadata(document, given)
    return document


def _details(document: Document) -> Document:
    unknown = ("address", "business_name", "individual_name", "name", "phone")
    shown = dict.fromkeys(unknown) | {"email": document["customer_email"], "tax_exempt": "none", "tax_ids": []}
    return dict(sorted(shown.items()))
