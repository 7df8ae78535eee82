"""Beside every recorded reply stands ours: each recorded field is there, and of the recorded type.

What is recorded are the mocks of Razorpay's own library, of several ages; what they have and ours have not is listed
here with the reason.
"""

import json

import pytest

from mock_gateways.razorpay.signing import HEADER, sign
from tests.mock_gateways.razorpay.conftest import card

PERSON = {"name": "A", "email": "a@example.com", "contact": "+919000090000"}
# Fields that were once sent (udf), that belong to what is not simulated, or that a sample misspells.
LEFT_OUT = {
    "payment": {"udf"},
    "dispute": {"gateway_dispute_id", "comments"},
    "customer": {"created_at "},
    "token": {"customer", "customer_id", "compliant_with_tokenisation_guidelines", "status", "notes", "card"},
    "recurring": {"org_logo", "org_name", "checkout_logo", "custom_branding"},
}
# One number that samples write in two ways; a link's reminders are a list or an object.
EITHER = {"reminders": {"list", "dict"}, "notes": {"list", "dict"}, "emi": {"bool", "NoneType"}}


@pytest.fixture(scope="module")
def recorded(reference):
    found = {}
    for text in (reference / "traffic" / "razorpay.jsonl").read_text().splitlines():
        row = json.loads(text)
        name = row["source"].rpartition("/")[2].partition(".json")[0]
        found.setdefault(name, row["response"]["body"])
    return found


def _dispute(merchant):
    return merchant.mock("POST", "disputes", {"payment": merchant.paid()})


def _with_document(merchant, action):
    dispute = _dispute(merchant)
    document = merchant.send("POST", "/v1/documents", {"file": "a.png", "purpose": "dispute_evidence"}).json["id"]
    body = {"action": action, "amount": 500, "summary": "goods delivered", "shipping_proof": [document]}
    body["others"] = [{"type": "receipt_signed_by_customer", "document_ids": [document]}]
    return merchant.send("PATCH", f"/v1/disputes/{dispute['id']}/contest", body).json


def _otp(merchant, action, **body):
    return merchant.on(merchant.pay(merchant.order()).payment, action, **body).json


def _token(merchant):
    customer = merchant.send("POST", "/v1/customers", PERSON).json["id"]
    payment = merchant.pay(merchant.order(), customer_id=customer, recurring=True, method="card", card=card()).payment
    merchant.approve(payment)
    return customer, merchant.read(payment)["token_id"]


def _recurring(merchant):
    customer, token = _token(merchant)
    given = {"amount": 1000, "currency": "INR", "order_id": merchant.order(), "customer_id": customer, "token": token}
    more = {"email": "a@example.com", "contact": "+919000090000", "recurring": True}
    return merchant.send("POST", "/v1/payments/create/recurring", {**given, **more}).json


def _shown_token(merchant):
    customer, token = _token(merchant)
    return merchant.send("GET", f"/v1/customers/{customer}/tokens/{token}").json


def _paid_link(merchant):
    link = merchant.send("POST", "/v1/payment_links", {"amount": 100, "notes": {"a": "b"}}).json
    merchant.approve(merchant.pay(link["order_id"], 100).payment)
    return merchant.send("GET", f"/v1/payment_links/{link['id']}").json


def _cancelled_link(merchant):
    link = merchant.send("POST", "/v1/payment_links", {"amount": 100}).json["id"]
    return merchant.send("POST", f"/v1/payment_links/{link}/cancel").json


def _event(merchant):
    merchant.listen("payment.captured")
    merchant.paid()
    return json.loads(merchant.deliveries()[0]["body"])


# A recording, the entity it shows, and how we come by ours.
OURS = {
    "edit_order": ("order", lambda m: m.send("GET", f"/v1/orders/{m.order(receipt='r1')}").json),
    "fake_order": ("order", lambda m: m.send("GET", f"/v1/orders/{m.order(receipt='r1')}").json),
    "edit_payment": ("payment", lambda m: m.read(m.held(method="netbanking", bank="UTIB"))),
    "fake_captured_payment": ("payment", lambda m: m.read(m.paid())),
    "fake_payment": ("payment", lambda m: m.read(m.pay(m.order()).payment)),
    "fake_card_detail_payment": ("card", lambda m: m.read(f"{m.paid()}/card")),
    "fake_refund": ("refund", lambda m: m.on(m.paid(), "refund", receipt="#126").json),
    "dispute": ("dispute", _dispute),
    "dispute_contest": ("dispute", lambda m: _with_document(m, "draft")),
    "dispute_accept": ("dispute", lambda m: m.send("POST", f"/v1/disputes/{_dispute(m)['id']}/accept").json),
    "document": (
        "document",
        lambda m: m.send("POST", "/v1/documents", {"file": "a", "purpose": "dispute_evidence"}).json,
    ),
    "fake_otp_generate": ("otp", lambda m: _otp(m, "otp_generate")),
    "fake_otp_resend": ("otp", lambda m: _otp(m, "otp/resend")),
    "fake_otp_submit": ("otp", lambda m: _otp(m, "otp/submit", otp="1234")),
    "fake_create_recurring": ("recurring", _recurring),
    "fake_merchant_token": ("token", _shown_token),
    "fake_payment_link": ("link", _paid_link),
    "cancel_payment_link": ("link", _cancelled_link),
    "fake_payment_authorized_webhook": ("event", _event),
    "bad_request_error": ("error", lambda m: m.send("POST", "/v1/orders", {"amount": "x", "currency": "INR"}).json),
    "order_collection": ("collection", lambda m: m.send("GET", "/v1/orders").json),
    "refund_collection": ("collection", lambda m: m.send("GET", "/v1/refunds").json),
    "dispute_collection": ("collection", lambda m: m.send("GET", "/v1/disputes").json),
}


def _kinds(value):
    return {name: type(part).__name__ for name, part in value.items()}


@pytest.mark.parametrize("name", OURS)
def test_our_reply_has_every_recorded_field_with_the_recorded_type(merchant, recorded, name):
    entity, make = OURS[name]
    theirs, ours = _kinds(recorded[name]), _kinds(make(merchant))
    missing = theirs.keys() - ours.keys() - LEFT_OUT.get(entity, set())
    assert not missing, f"{name}: recorded, and not sent by us"
    for field in theirs.keys() & ours.keys():
        allowed = EITHER.get(field, {theirs[field], "NoneType"})
        assert theirs[field] == "NoneType" or ours[field] in allowed, f"{field} is {theirs[field]}, ours {ours[field]}"


def test_the_recorded_delivery_is_signed_as_ours_are(recorded, reference):
    rows = [json.loads(line) for line in (reference / "traffic" / "razorpay.jsonl").read_text().splitlines()]
    (signed,) = [row["request"] for row in rows if row["provenance"] == "signed-webhook"]
    # The secret is that of the library's own test.
    assert sign("key_secret", signed["body"], 0)[HEADER] == signed["headers"]["x-razorpay-signature"]
    assert recorded["fake_payment_authorized_webhook"].keys() >= {"event", "entity", "contains", "payload"}
