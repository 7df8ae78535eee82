"""Charges: what one attempt at a PaymentIntent came to. Source: docs.stripe.com/api/charges and recorded charges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mock_gateways.core.clock import DAY_S
from mock_gateways.core.messages import Reply
from mock_gateways.core.settings import setting
from mock_gateways.stripe import schemas
from mock_gateways.stripe.expansion import expand
from mock_gateways.stripe.lists import Listing, list_reply
from mock_gateways.stripe.lookup import find_charge
from mock_gateways.stripe.method_hashes import charged_hash
from mock_gateways.stripe.parameters import check
from mock_gateways.stripe.store import store_of

if TYPE_CHECKING:
    from mock_gateways.core.messages import Document, Request
    from mock_gateways.core.tenants import World
    from mock_gateways.stripe.declines import Decline
    from mock_gateways.stripe.store import Intent, Method

_OF_INTENT = (
    "amount",
    "application_fee_amount",
    "currency",
    "customer",
    "description",
    "metadata",
    "receipt_email",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
# Every field of a charge, in Stripe's order, as it is before anything is known of it.
_EMPTY: Document = {
    "id": None,
    "object": "charge",
    "amount": 0,
    "amount_captured": 0,
    "amount_refunded": 0,
    "application": None,
    "application_fee": None,
    "application_fee_amount": None,
    "balance_transaction": None,
    "billing_details": None,
    "calculated_statement_descriptor": None,
    "captured": False,
    "created": 0,
    "currency": None,
    "customer": None,
    "description": None,
    "disputed": False,
    "failure_balance_transaction": None,
    "failure_code": None,
    "failure_message": None,
    "fraud_details": {},
    "livemode": False,
    "metadata": None,
    "on_behalf_of": None,
    "outcome": None,
    "paid": False,
    "payment_intent": None,
    "payment_method": None,
    "payment_method_details": None,
    "radar_options": {},
    "receipt_email": None,
    "receipt_number": None,
    "receipt_url": None,
    "refunded": False,
    "review": None,
    "shipping": None,
    "source": None,
    "source_transfer": None,
    "statement_descriptor": None,
    "statement_descriptor_suffix": None,
    "status": None,
    "transfer_data": None,
    "transfer_group": None,
}
# risk_level and risk_score by what the card is published to cause; the scores lie in Radar's documented bands.
_RISK = {"highest_risk": ("highest", 90), "elevated_risk": ("elevated", 70), "block": ("highest", 95)}
_FAILED_CHECK = {"cvc_check_fails": "cvc_check", "zip_check_fails": "address_postal_code_check"}


def risk_of(method: Method) -> Document:
    if method.document["type"] != "card":
        return {"risk_level": "not_assessed"}
    level, score = _RISK.get(method.card.behaviour, ("normal", 20))
    return {"risk_level": level, "risk_score": score}


def make_charge(
    world: World,
    intent: Intent,
    method: Method,
    *,
    decline: Decline | None = None,
    captured: bool,
    secured: bool,
    mandate: str | None = None,
) -> Document:
    """A new, stored charge of the whole amount; `secured` when the shopper authenticated."""
    kind = method.document["type"]
    if kind == "card":
        details = _card_details(world, intent, method, decline, secured=secured)
        details["mandate"] = mandate
    else:
        details = charged_hash(method, mandate)
    paid, now = intent.document, world.clock.now()
    taken = captured and decline is None
    charge: Document = {
        **_EMPTY,
        **{name: paid[name] for name in _OF_INTENT},
        "id": world.ids.new("ch_" if kind == "card" else "py_"),
        "amount_captured": paid["amount"] if taken else 0,
        "billing_details": method.document["billing_details"],
        "calculated_statement_descriptor": paid["statement_descriptor"] or "ASSAY",
        "captured": taken,
        "created": now,
        "failure_code": decline.code if decline else None,
        "failure_message": decline.text() if decline else None,
        "outcome": decline.outcome(risk_of(method)) if decline else _approved(method),
        "paid": decline is None,
        "payment_intent": paid["id"],
        "payment_method": method.document["id"],
        "payment_method_details": {kind: details, "type": kind},
        "status": "failed" if decline else "succeeded",
    }
    keys = {"payment_intent": paid["id"], "customer": paid["customer"]}
    store_of(world).charges.add(charge["id"], now, charge, keys)
    return charge


def _approved(method: Method) -> Document:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "approved_by_network",
        "reason": "elevated_risk_level" if method.card.behaviour == "elevated_risk" else None,
        **risk_of(method),
        "seller_message": "Payment complete.",
        "type": "authorized",
    }


def _card_details(world: World, intent: Intent, method: Method, decline: Decline | None, *, secured: bool) -> Document:
    shown, amount = method.document["card"], intent.document["amount"]
    checks = {name: "pass" if value == "unchecked" else value for name, value in shown["checks"].items()}
    if method.card.behaviour in _FAILED_CHECK:
        checks[_FAILED_CHECK[method.card.behaviour]] = "fail"
    if decline and decline.code == "incorrect_cvc":
        checks["cvc_check"] = "fail"
    details: Document = {
        "amount_authorized": None if decline else amount,
        "authorization_code": None if decline else world.ids.new("", 6).upper(),
        "brand": shown["brand"],
        "checks": checks,
        "country": shown["country"],
        "exp_month": shown["exp_month"],
        "exp_year": shown["exp_year"],
        "extended_authorization": {"status": "disabled"},
        "fingerprint": shown["fingerprint"],
        "funding": shown["funding"],
        "incremental_authorization": {"status": _availability(intent, "request_incremental_authorization")},
        "installments": None,
        "last4": shown["last4"],
        "mandate": None,
        "multicapture": {"status": _availability(intent, "request_multicapture")},
        "network": shown["brand"],
        "network_token": {"used": False},
        "network_transaction_id": world.ids.new("", 15).upper(),
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": shown["regulated_status"],
        "three_d_secure": _authenticated(world) if secured else None,
        "wallet": shown["wallet"],
    }
    if intent.document["capture_method"] == "manual" and decline is None:
        details["capture_before"] = world.clock.now() + setting(world, "authorisation_days") * DAY_S
    return details


def _availability(intent: Intent, request: str) -> str:
    return "available" if intent.options.get(request) == "if_available" else "unavailable"


def _authenticated(world: World) -> Document:
    return {
        "authentication_flow": "challenge",
        "electronic_commerce_indicator": "05",
        "exemption_indicator": None,
        "result": "authenticated",
        "result_reason": None,
        "transaction_id": world.ids.new("", 20),
        "version": "2.2.0",
    }


def details_of(charge: Document) -> Document:
    """The part of `payment_method_details` that belongs to the method."""
    details: Document = charge["payment_method_details"]
    part: Document = details[details["type"]]
    return part


def add_balance_transaction(world: World, source: str, kind: str, amount: int, currency: str) -> str:
    """The id of a new movement on the merchant's balance; refunds have a negative amount. Fees are not simulated."""
    now = world.clock.now()
    document: Document = {
        "id": world.ids.new("txn_"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + 2 * DAY_S,
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": None,
        "exchange_rate": None,
        "fee": 0,
        "fee_details": [],
        "net": amount,
        "reporting_category": kind,
        "source": source,
        "status": "pending",
        "type": kind,
    }
    store_of(world).balance_transactions.add(document["id"], now, document, {})
    return str(document["id"])


def get_charge(world: World, request: Request) -> Reply:
    given = check(request.parameters, schemas.EXPAND)
    charge = find_charge(world, request.ids["charge"])
    return Reply(200, expand(world, charge, given.get("expand", [])))


def list_charges(world: World, request: Request) -> Reply:
    asked = check(request.parameters, schemas.CHARGE_LIST)
    listing = Listing(
        shelf=store_of(world).charges,
        render=lambda c: c,
        filters=("payment_intent", "customer", "transfer_group"),
        kind="charge",
    )
    return list_reply(world, request, asked, listing)
