"""Mandates: opened by a payment the shopper approves, charged without the shopper, and ended by the merchant."""

import pytest

from tests.mock_gateways.razorpay.conftest import card

DAY = 86400
PERSON = {"name": "A", "email": "a@example.com", "contact": "+919000090000"}


@pytest.fixture
def customer(merchant):
    return merchant.send("POST", "/v1/customers", PERSON).json["id"]


def _opened(merchant, customer, outcome="approve", **paying):
    mandate = {"max_amount": 5000, "expire_at": 2709971120, "frequency": "monthly"}
    order = merchant.order(100, customer_id=customer, token=mandate)
    payment = merchant.pay(
        order, 100, customer_id=customer, recurring=True, save=1, **(paying or {"method": "card", "card": card()})
    ).payment
    merchant.approve(payment, outcome)
    return merchant.read(payment)["token_id"]


def _charge(merchant, customer, token, amount=1000, **more):
    given = {**PERSON, "amount": amount, "currency": "INR", "order_id": merchant.order(amount)}
    del given["name"]
    body = {**given, "customer_id": customer, "token": token, "recurring": True, **more}
    return merchant.send("POST", "/v1/payments/create/recurring", body)


def _token(merchant, customer, token):
    return merchant.send("GET", f"/v1/customers/{customer}/tokens/{token}").json


def test_a_mandate_is_confirmed_by_the_payment_that_opens_it(merchant, customer):
    merchant.listen()
    token = _opened(merchant, customer)
    shown = _token(merchant, customer, token)
    assert (shown["recurring"], shown["recurring_details"]) == (True, {"status": "confirmed", "failure_reason": None})
    assert (shown["max_amount"], shown["expired_at"], shown["card"]["last4"]) == (5000, 2709971120, "1007")
    assert "token.confirmed" in merchant.events()


def test_a_mandate_is_rejected_when_the_shopper_refuses(merchant, customer):
    token = _opened(merchant, customer, "fail")
    assert _token(merchant, customer, token)["recurring_details"]["status"] == "rejected"
    assert merchant.send("GET", f"/v1/customers/{customer}/tokens").json["count"] == 0


def test_a_mandate_is_charged_without_the_shopper(merchant, customer):
    token = _opened(merchant, customer)
    charged = _charge(merchant, customer, token).json
    assert set(charged) == {"razorpay_payment_id", "razorpay_order_id", "razorpay_signature"}
    payment = merchant.read(charged["razorpay_payment_id"])
    assert (payment["status"], payment["token_id"], payment["customer_id"]) == ("captured", token, customer)
    assert merchant.ledger(payment["id"]) == ("10.00", "10.00", "0.00", "0.00")


def test_a_upi_mandate_is_opened_and_charged_too(merchant, customer):
    token = _opened(merchant, customer, method="upi", upi={"flow": "collect", "vpa": "success@razorpay"})
    assert _token(merchant, customer, token)["vpa"] == {"username": "success", "handle": "razorpay", "name": None}
    assert _charge(merchant, customer, token).status == 200


def test_no_more_is_charged_than_was_agreed(merchant, customer):
    refused = _charge(merchant, customer, _opened(merchant, customer), 5001)
    assert (refused.status, refused.error["description"]) == (400, "Amount exceeds maximum amount allowed")


def test_a_mandate_that_is_cancelled_rejected_or_another_customers_is_not_charged(merchant, customer):
    token = _opened(merchant, customer)
    other = merchant.send("POST", "/v1/customers", {**PERSON, "email": "b@example.com"}).json["id"]
    assert _charge(merchant, other, token).status == 400
    merchant.send("PUT", f"/v1/customers/{customer}/tokens/{token}/cancel")
    assert _token(merchant, customer, token)["recurring_details"]["status"] == "cancelled"
    assert _charge(merchant, customer, token).status == 400
    assert merchant.send("PUT", f"/v1/customers/{customer}/tokens/{token}/cancel").status == 400
    assert _charge(merchant, customer, _opened(merchant, customer, "fail")).status == 400


def test_a_deleted_token_is_found_no_more(merchant, customer):
    merchant.listen()
    token = _opened(merchant, customer)
    path = f"/v1/customers/{customer}/tokens"
    assert merchant.send("GET", path).json["count"] == 1
    assert merchant.send("DELETE", f"{path}/{token}").json == {"deleted": True}
    assert merchant.send("GET", path).json["items"] == []
    assert merchant.send("DELETE", f"{path}/{token}").status == 400
    assert merchant.events()[-1] == "token.cancelled"
    assert _charge(merchant, customer, token).status == 400


def test_a_mandate_ends_when_its_time_is_up(merchant_with):
    merchant = merchant_with(token_expires_after_days=1)
    customer = merchant.send("POST", "/v1/customers", PERSON).json["id"]
    order = merchant.order(100, customer_id=customer)
    payment = merchant.pay(order, 100, customer_id=customer, recurring="preferred").payment
    merchant.approve(payment)
    token = merchant.read(payment)["token_id"]
    merchant.wait(DAY)
    assert _charge(merchant, customer, token).error["description"] == "The token has expired."


def test_a_decline_of_a_charge_names_the_payment(merchant, customer):
    token = _opened(merchant, customer)
    merchant.fault({"decline": "insufficient_funds"})
    declined = _charge(merchant, customer, token)
    assert (declined.status, declined.error["reason"]) == (400, "insufficient_funds")
    assert merchant.read(declined.error["metadata"]["payment_id"])["status"] == "failed"


def test_a_saved_card_pays_with_the_shopper_there(merchant, customer):
    payment = merchant.pay(merchant.order(), customer_id=customer, save=1).payment
    merchant.approve(payment)
    token = merchant.read(payment)["token_id"]
    again = merchant.pay(merchant.order(), customer_id=customer, token=token)
    assert again.json["next"][0]["action"] == "redirect"
    assert merchant.approve(again.payment)["status"] == "captured"
    assert (
        _charge(merchant, customer, token).error["description"] == "The token is not confirmed for recurring payments."
    )


def test_a_mandate_needs_a_customer(merchant):
    given = {"amount": 100, "currency": "INR", "token": {"max_amount": 500, "frequency": "monthly"}}
    assert merchant.send("POST", "/v1/orders", given).error["field"] == "customer_id"
    assert merchant.pay(merchant.order(), recurring=True).error["field"] == "customer_id"


def test_customers_are_created_once_read_changed_and_listed(merchant, customer):
    assert (
        merchant.send("POST", "/v1/customers", PERSON).error["description"]
        == "Customer already exists for the merchant"
    )
    assert merchant.send("POST", "/v1/customers", {**PERSON, "fail_existing": "0"}).json["id"] == customer
    changed = merchant.send("PUT", f"/v1/customers/{customer}", {"name": "B", "contact": "+919000090001"}).json
    assert (changed["name"], changed["notes"]) == ("B", [])
    assert merchant.send("GET", f"/v1/customers/{customer}").json == changed
    assert merchant.send("GET", "/v1/customers").json["items"] == [changed]
    short = merchant.send("POST", "/v1/customers", {"contact": "12345"})
    assert short.error["description"] == "Contact number should be at least 8 digits, including country code."
