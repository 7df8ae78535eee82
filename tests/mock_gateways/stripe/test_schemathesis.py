"""Schemathesis sends what the OpenAPI document allows, and what it does not: every reply is one the document promises.

A decline or a refusal is an answer, and a 501 says that something is published and not simulated; all else from 500 up
is a finding.
"""

import itertools
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

from mock_gateways.app import create_app, find_gateway
from mock_gateways.core.openapi import document
from tests.mock_gateways.fuzzing import fuzzed, reword
from tests.mock_gateways.stripe.conftest import Merchant

KEY, KEYS = "sk_test_fuzzed", itertools.count()
APP = create_app("stripe")
FORM = "application/x-www-form-urlencoded"
CHECKS = {
    "not_a_server_error": {"expected-statuses": ["2xx", "4xx", "501"]},
    "positive_data_acceptance": {"expected-statuses": ["2xx", "400", "402", "404", "501"]},
    "negative_data_rejection": {"expected-statuses": ["400", "404", "501"]},
}
CARDS = ["pm_card_visa", "pm_card_visa_chargeDeclined", "pm_card_threeDSecure2Required"]
PRICE = {"currency": "eur", "unit_amount": 500, "product_data": {"name": "T-shirt"}}
SESSION = {
    "mode": "payment",
    "success_url": "https://shop.example",
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": 500,
    "line_items[0][price_data][product_data][name]": "T-shirt",
}
OFFLINE = {"mandate_data__customer_acceptance__type": "offline"}
ACCOUNT = {
    "payment_method_data__type": "us_bank_account",
    "payment_method_data__us_bank_account__account_number": "000123456789",
    "payment_method_data__us_bank_account__routing_number": "110000000",
    "payment_method_data__us_bank_account__account_holder_type": "individual",
    "payment_method_data__billing_details__name": "Jane Doe",
    **OFFLINE,
}
# What an operation cannot do without, also where JSON Schema cannot say so.
ESSENTIAL = {
    "POST /v1/payment_intents": ("amount", "currency"),
    "POST /v1/payment_intents/{intent}/increment_authorization": ("amount",),
    "POST /v1/payment_methods": ("type", "card"),
    "POST /v1/payment_methods/{payment_method}/attach": ("customer",),
    "POST /v1/refunds": ("payment_intent",),
    "POST /v1/webhook_endpoints": ("url", "enabled_events"),
    "GET /v1/setup_attempts": ("setup_intent",),
    "POST /v1/checkout/sessions": ("mode", "line_items", "success_url"),
    "POST /v1/payment_intents/{intent}/verify_microdeposits": ("descriptor_code",),
    "POST /v1/setup_intents/{intent}/verify_microdeposits": ("descriptor_code",),
}
# No refund of a card can be canceled, so the simulator refuses every such request.
NEVER_DONE = {"POST /v1/refunds/{refund}/cancel"}


def _schema():
    config = schemathesis.Config.from_dict(
        {
            "seed": 0,
            "checks": CHECKS,
            "auth": {"openapi": {"bearer": {"bearer": KEY}}},
            "generation": {"with-security-parameters": False},
        }
    )
    schema = schemathesis.openapi.from_dict(document(find_gateway("stripe")), config=config)
    schema.app = APP.wsgi_app
    return schema


SCHEMA = _schema()
OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]


@schemathesis.serializer(FORM)
def _form(_, value):
    """A form with bracketed names, as the document's `deepObject` means."""
    return urlencode(list(_pairs("", value))).encode()


def _pairs(name, value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _pairs(f"{name}[{key}]" if name else key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _pairs(f"{name}[]", inner)
    else:
        yield name, {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value


def _set_up(merchant, label):
    """A SetupIntent that can still do what an operation asks of it."""
    given = {"payment_method": "pm_card_visa"}
    if label.endswith("verify_microdeposits"):
        given = {"confirm": "true", **ACCOUNT}
    return merchant.send("POST", "/v1/setup_intents", **given).json["id"]


def _later(merchant, label):
    """What comes after a payment, made only for the operations that are about it: each costs several calls."""
    if "dispute" in label:
        charge = merchant.pay("pm_card_createDispute").json["latest_charge"]
        return {"charge": charge, "dispute": merchant.send("GET", "/v1/disputes").json["data"][0]["id"]}
    if "{session}" in label:
        return {"session": merchant.send("POST", "/v1/checkout/sessions", **SESSION).json["id"]}
    if "{mandate}" in label:
        given = {"confirm": "true", "payment_method": "pm_card_visa", **OFFLINE}
        return {"mandate": merchant.send("POST", "/v1/setup_intents", **given).json["mandate"]}
    if "setup_intents/{intent}" in label:
        return {"intent": _set_up(merchant, label)}
    if label.endswith("verify_microdeposits"):
        given = {"amount": 900, "currency": "usd", "confirm": "true", **ACCOUNT}
        return {"intent": merchant.send("POST", "/v1/payment_intents", **given).json["id"]}
    return {}


def _made(merchant, operation):
    """An object of each kind, by the name that parameters and placeholders give it."""
    held = merchant.hold(payment_method_options__card__request_incremental_authorization="if_available")
    waiting = {"amount": 900, "currency": "eur", "payment_method": "pm_card_visa"}
    paid, customer = merchant.pay().json, merchant.send("POST", "/v1/customers").json["id"]
    attached = merchant.send("POST", "/v1/payment_methods/pm_card_visa/attach", customer=customer).json["id"]
    endpoint = {"url": "https://shop.example", "enabled_events[]": "customer.tax_id.created"}
    label = operation.label
    return {
        "intent": merchant.send("POST", "/v1/payment_intents", **waiting).json["id"] if "confirm" in label else held,
        "charge": paid["latest_charge"],
        "payment_intent": paid["id"],
        "customer": customer,
        "payment_method": "pm_card_visa" if "attach" in label else attached,
        "refund": merchant.refund(paid["id"], amount=1).json["id"],
        "id": merchant.send("GET", "/v1/events").json["data"][0]["id"],
        "webhook_endpoint": merchant.send("POST", "/v1/webhook_endpoints", **endpoint).json["id"],
        "setup_intent": "seti_none",
        **_later(merchant, label),
    }


def _meant(made):
    """Values that a random text would never hit."""
    return {
        "amount": st.sampled_from([1500, 400, 1]),
        "currency": st.sampled_from(["eur", "jpy"]),
        "confirm": st.just(True),
        "payment_method": st.sampled_from(CARDS),
        "payment_intent": st.just(made["payment_intent"]),
        "customer": st.just(made["customer"]),
        "type": st.just("card"),
        "card": st.just({"number": "4242424242424242", "exp_month": 12, "exp_year": 2034, "cvc": "123"}),
        "url": st.just("https://shop.example"),
        "enabled_events": st.just(["*"]),
        "evidence": st.just({"uncategorized_text": "winning_evidence"}),
        "setup_intent": st.just(made["setup_intent"]),
        "descriptor_code": st.sampled_from(["SM11AA", "SM33CC"]),
        "mode": st.just("payment"),
        "line_items": st.just({"0": {"price_data": PRICE, "quantity": 1}}),
        "success_url": st.just("https://shop.example"),
        "ui_mode": st.just("hosted_page"),
        "expires_at": st.just(1_767_230_000),
    }


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_what_the_document_allows_is_answered_as_it_promises(operation):
    def prepare(case, data):
        merchant = Merchant(APP, f"sk_test_fuzzed_{next(KEYS)}")
        made = _made(merchant, operation)
        case.path_parameters = {name: made[name] for name in case.path_parameters or {}}
        case.headers = {**(case.headers or {}), "Authorization": f"Bearer {merchant.key}"}
        for part in (case.body, case.query):
            if isinstance(part, dict):
                reword(data, part, ESSENTIAL.get(operation.label, ()), _meant(made), at_most=3)

    statuses = fuzzed(operation, GenerationMode.POSITIVE, prepare)
    assert (200 in statuses) == (operation.label not in NEVER_DONE)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_what_the_document_does_not_allow_is_refused(operation):
    assert 400 in fuzzed(operation, GenerationMode.NEGATIVE, lambda *_: None)
