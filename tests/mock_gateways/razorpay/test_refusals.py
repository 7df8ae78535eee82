"""Smaller refusals, each in the words of the field at fault, and the options of reads."""

import pytest

PERSON = {"email": "a@example.com", "contact": "+919000090000"}


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        ({"method": "netbanking"}, 400, "bank"),
        ({"method": "wallet"}, 400, "wallet"),
        ({"method": "wallet", "wallet": "Pay Zapp"}, 400, "wallet"),
        ({"method": "upi"}, 400, "vpa"),
        ({"method": "upi", "upi": {"flow": "in_app"}}, 501, "upi.flow in_app"),
        ({"method": "card"}, 400, "card.number"),
        ({"method": "card", "card": {"number": "4100280000001007"}}, 400, "card.expiry_month"),
        ({"method": "card", "card": {"colour": "red"}}, 400, "card.colour"),
        ({"method": "card", "card": "4100280000001007"}, 400, "card"),
        ({"token": "token_EsyWjHrfzb59eR"}, 400, "customer_id"),
        ({"method": "card", "recurring": "perhaps"}, 400, "recurring"),
    ],
)
def test_a_payment_that_lacks_something_is_refused_and_none_is_made(merchant, given, status, field):
    refused = merchant.pay(merchant.order(), **given)
    assert (refused.status, refused.error["field"]) == (status, field)
    assert merchant.send("GET", "/v1/payments").json["count"] == 0


def test_a_bank_that_is_none_is_refused_for_the_published_reason(merchant):
    assert merchant.pay(merchant.order(), method="netbanking", bank="nobody").error["reason"] == "bank_not_enabled"


def test_a_wallet_of_rupees_takes_no_dollars(merchant):
    refused = merchant.pay(merchant.order(1000, "USD"), 1000, "USD", method="wallet", wallet="payzapp")
    assert refused.error["field"] == "currency"


@pytest.mark.parametrize("field", ["email", "contact", "method", "amount", "currency"])
def test_a_payment_needs_its_mandatory_fields(merchant, field):
    given = {**PERSON, "amount": 1000, "currency": "INR", "method": "netbanking", "bank": "HDFC"}
    del given[field]
    assert merchant.send("POST", "/v1/payments/create/json", given).error["field"] == field


def test_upis_own_call_takes_no_other_method(merchant):
    given = {**PERSON, "amount": 1000, "currency": "INR", "method": "card"}
    assert merchant.send("POST", "/v1/payments/create/upi", given).error["field"] == "method"


@pytest.mark.parametrize(("name", "value"), [("offer_id", "offer_1"), ("transfers", [{}]), ("bank_account", {"a": 1})])
def test_what_orders_can_do_and_the_simulator_cannot_is_said(merchant, name, value):
    refused = merchant.send("POST", "/v1/orders", {"amount": 1000, "currency": "INR", name: value})
    assert (refused.status, refused.error["field"]) == (501, name)


def test_orders_are_found_by_receipt_and_by_whether_something_is_held(merchant):
    plain, held = merchant.order(receipt="r1"), merchant.order(receipt="r2", mode="manual")
    merchant.approve(merchant.pay(held).payment)

    def found(**query):
        return [row["id"] for row in merchant.send("GET", "/v1/orders", query).json["items"]]

    assert found(receipt="r1") == [plain]
    assert (found(authorized=1), found(authorized=0)) == ([held], [plain])


def test_an_order_can_be_read_with_its_payments_and_their_cards(merchant):
    order = merchant.order()
    payment = merchant.pay(order).payment
    shown = merchant.send("GET", f"/v1/orders/{order}", {"expand[]": "payments"}).json["payments"]
    assert (shown["items"][0]["id"], "card" in shown["items"][0]) == (payment, False)
    shown = merchant.send("GET", f"/v1/orders/{order}", {"expand[]": "payments.card"}).json["payments"]
    assert shown["items"][0]["card"]["network"] == "Visa"
    assert merchant.send("GET", f"/v1/orders/{order}", {"expand[]": "everything"}).error["field"] == "expand"


def test_a_payment_can_be_read_with_its_card_and_token_and_nothing_unknown(merchant):
    customer = merchant.send("POST", "/v1/customers", {"name": "A"}).json["id"]
    payment = merchant.pay(merchant.order(), customer_id=customer, save=1).payment
    shown = merchant.send("GET", f"/v1/payments/{payment}", {"expand[]": ["card", "token"]}).json
    assert (shown["card"]["last4"], shown["token"]["id"]) == ("1007", shown["token_id"])
    assert "card" not in merchant.read(payment)
    assert merchant.send("GET", "/v1/payments", {"expand[]": "everything"}).error["field"] == "expand"
    assert merchant.send("PATCH", f"/v1/payments/{payment}", {"notes": {"a": "b"}}).json["notes"] == {"a": "b"}


def test_what_belongs_to_cards_is_refused_for_other_methods(merchant):
    payment = merchant.pay(merchant.order(), method="netbanking", bank="HDFC").payment
    assert merchant.read(f"{payment}/card")["error"]["description"] == "Payment was not done using card."
    assert merchant.on(payment, "otp_generate").status == 400
    assert merchant.on(merchant.paid(), "otp/submit", otp="1234").status == 400


def test_a_refund_belongs_to_its_payment(merchant):
    refund = merchant.on(merchant.paid(), "refund").json["id"]
    assert merchant.send("GET", f"/v1/payments/{merchant.paid()}/refunds/{refund}").status == 400
    assert merchant.on(merchant.paid(), "refund", reverse_all=1).status == 501


def test_a_multipart_body_that_is_none_is_refused(merchant):
    headers = {"Authorization": merchant.basic(), "Content-Type": "multipart/form-data; boundary=x"}
    assert merchant.client.post("/v1/documents", data=b"nothing", headers=headers).status_code == 400
    nameless = b"--x\r\nContent-Disposition: form-data\r\n\r\na\r\n--x--\r\n"
    assert merchant.client.post("/v1/documents", data=nameless, headers=headers).status_code == 400


def test_an_order_with_notice_of_a_debit_names_a_token_of_its_customer(merchant):
    customer = merchant.send("POST", "/v1/customers", {"name": "A"}).json["id"]
    opened = merchant.pay(merchant.order(), customer_id=customer, recurring=True).payment
    token = merchant.read(opened)["token_id"]
    notice = {"token_id": token, "payment_after": 1767312000}
    given = {"amount": 1000, "currency": "INR", "customer_id": customer, "payment_capture": True}
    shown = merchant.send("POST", "/v1/orders", {**given, "notification": notice}).json["notification"]
    assert (shown["token_id"], shown["id"].startswith("notification_")) == (token, True)
    unknown = {**notice, "token_id": "token_EsyWjHrfzb59eR"}
    refused = merchant.send("POST", "/v1/orders", {**given, "notification": unknown})
    assert refused.error["field"] == "notification.token_id"


def test_an_order_can_be_for_one_method(merchant):
    order = merchant.order(method="upi")
    assert merchant.pay(order).error["reason"] == "order_payment_method_mismatch"
    assert merchant.pay(order, method="upi", vpa="success@razorpay").status == 200
