"""Payments from order to capture and back: the replies tell the story, the ledger proves it."""

import hashlib
import hmac
from urllib.parse import parse_qs, urlparse

import pytest

from tests.mock_gateways.razorpay.conftest import SECRET, card, facts

MINUTE, HOUR, DAY = 60, 3600, 86400
ERROR_CARDS = {row["number"]: row for row in facts("test_cards")["cards"] if row["outcome"] == "failure"}
GOOD_CARDS = sorted({row["number"] for row in facts("test_cards")["cards"] if row["outcome"] == "success"})


def test_a_card_payment_asks_the_shopper_and_is_captured_by_itself(merchant):
    order = merchant.order()
    created = merchant.pay(order).json
    assert [step["action"] for step in created["next"]] == ["redirect", "otp_generate"]
    payment = created["razorpay_payment_id"]
    assert (merchant.read(payment)["status"], merchant.ledger(payment)[0]) == ("created", "0.00")
    merchant.approve(payment)
    shown = merchant.read(payment)
    assert (shown["status"], shown["captured"], shown["fee"]) == ("captured", True, 20)
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "0.00")


@pytest.mark.parametrize("number", GOOD_CARDS)
def test_a_published_card_pays(merchant, number):
    payment = merchant.pay(merchant.order(), card=card(number), method="card").payment
    assert merchant.approve(payment)["status"] == "captured"
    assert merchant.read(payment, **{"expand[]": "card"})["card"]["last4"] == number[-4:]


@pytest.mark.parametrize("number", ERROR_CARDS)
@pytest.mark.parametrize("button", ["approve", "fail"])
def test_an_error_card_fails_for_its_published_reason(merchant, number, button):
    payment = merchant.pay(merchant.order(), card=card(number), method="card").payment
    merchant.approve(payment, button)
    shown, row = merchant.read(payment), ERROR_CARDS[number]
    assert (shown["status"], shown["error_code"], shown["error_reason"]) == (
        "failed",
        row["error_code"],
        row["error_reason"],
    )
    assert merchant.ledger(payment) == ("0.00", "0.00", "0.00", "0.00")


def test_the_button_success_can_let_an_error_card_pay(merchant_with):
    merchant = merchant_with(error_card_fails_always=0)
    payment = merchant.pay(merchant.order(), card=card("4100280000080001"), method="card").payment
    assert merchant.approve(payment)["status"] == "captured"


def test_an_order_is_created_attempted_and_paid_and_stays_paid_after_a_refund(merchant):
    order = merchant.order()
    read = lambda: merchant.send("GET", f"/v1/orders/{order}").json  # noqa: E731
    assert (read()["status"], read()["attempts"]) == ("created", 0)
    failed = merchant.pay(order).payment
    merchant.approve(failed, "fail")
    assert (read()["status"], read()["attempts"], read()["amount_due"]) == ("attempted", 1, 1000)
    payment = merchant.pay(order).payment
    merchant.approve(payment)
    assert (read()["status"], read()["attempts"], read()["amount_due"], read()["amount_paid"]) == ("paid", 2, 0, 1000)
    merchant.on(payment, "refund")
    assert read()["status"] == "paid"
    listed = merchant.send("GET", f"/v1/orders/{order}/payments").json
    assert [row["id"] for row in listed["items"]] == [payment, failed]


def test_an_order_that_is_paid_cannot_be_paid_again(merchant):
    order = merchant.order()
    merchant.approve(merchant.pay(order).payment)
    refused = merchant.pay(order)
    assert (refused.status, refused.error["reason"]) == (400, "order_already_paid")
    assert refused.error["metadata"] == {"order_id": order}


def test_two_payments_of_one_order_take_its_money_once(merchant):
    order = merchant.order()
    first, second = merchant.pay(order).payment, merchant.pay(order).payment
    merchant.approve(first)
    merchant.approve(second)
    assert merchant.read(second)["status"] == "authorized"
    assert merchant.on(second, "capture", amount=1000, currency="INR").error["reason"] == "order_already_paid"
    merchant.wait(5 * DAY)
    assert merchant.ledger(second) == ("10.00", "0.00", "10.00", "0.00")


def test_a_hold_is_captured_in_full_and_only_once(merchant):
    payment = merchant.held()
    assert merchant.ledger(payment) == ("10.00", "0.00", "0.00", "0.00")
    for amount in (999, 1001):
        refused = merchant.on(payment, "capture", amount=amount, currency="INR")
        assert refused.error["description"] == "Capture amount must be equal to the amount authorized."
    assert merchant.on(payment, "capture", amount=1000, currency="INR").json["status"] == "captured"
    assert merchant.on(payment, "capture", amount=1000, currency="INR").error["reason"] == "order_already_paid"
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "0.00")


def test_a_capture_names_amount_and_currency(merchant, merchant_with):
    payment = merchant.held()
    path = f"/v1/payments/{payment}/capture"
    assert merchant.send("POST", path, {"amount": 1000}).error["field"] == "currency"
    assert merchant.send("POST", path, {"currency": "INR"}).error["field"] == "amount"
    assert merchant.send("POST", path, {"amount": 1000, "currency": "USD"}).status == 400
    older = merchant_with(capture_needs_currency=0)
    assert older.send("POST", f"/v1/payments/{older.held()}/capture", {"amount": 1000}).status == 200


def test_a_hold_that_nobody_captures_goes_back(merchant):
    payment = merchant.held()
    merchant.wait(5 * DAY - 1)
    assert merchant.read(payment)["status"] == "authorized"
    merchant.wait(1)
    shown = merchant.read(payment)
    assert (shown["status"], shown["captured"], shown["amount_refunded"], shown["refund_status"]) == (
        "refunded",
        False,
        1000,
        "full",
    )
    assert merchant.ledger(payment) == ("10.00", "0.00", "10.00", "0.00")


def test_the_order_says_how_long_a_hold_lasts(merchant):
    order = merchant.order(payment={"capture": "manual", "capture_options": {"manual_expiry_period": 12}})
    payment = merchant.pay(order).payment
    merchant.approve(payment)
    merchant.wait(12 * MINUTE)
    assert merchant.read(payment)["status"] == "refunded"


def test_a_payment_authorised_after_the_automatic_time_waits_to_be_captured(merchant):
    options = {"automatic_expiry_period": 12, "manual_expiry_period": 7200}
    order = merchant.order(payment={"capture": "automatic", "capture_options": options})
    payment = merchant.pay(order).payment
    merchant.wait(13 * MINUTE)  # it has failed by then, and the bank says yes all the same
    assert merchant.read(payment)["status"] == "failed"
    assert merchant.approve(payment)["status"] == "authorized"
    assert merchant.on(payment, "capture", amount=1000).json["status"] == "captured"


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"automatic_expiry_period": 11},
        {"automatic_expiry_period": 60, "manual_expiry_period": 59},
        {"automatic_expiry_period": 60, "manual_expiry_period": 7201},
    ],
)
def test_capture_times_that_cannot_be_are_refused(merchant, options):
    given = {"amount": 1000, "currency": "INR", "payment": {"capture": "automatic", "capture_options": options}}
    refused = merchant.send("POST", "/v1/orders", given)
    assert (refused.status, refused.error["reason"]) == (400, "input_validation_failed")


def test_a_payment_without_an_order_cannot_be_captured_and_goes_back(merchant):
    payment = merchant.pay(None).payment
    merchant.approve(payment)
    assert merchant.on(payment, "capture", amount=1000, currency="INR").status == 400
    merchant.wait(5 * DAY)
    assert merchant.read(payment)["status"] == "refunded"
    assert merchant.ledger(payment) == ("10.00", "0.00", "10.00", "0.00")


def test_a_payment_without_an_answer_fails_after_ten_minutes(merchant):
    payment = merchant.pay(merchant.order()).payment
    merchant.wait(10 * MINUTE - 1)
    assert merchant.read(payment)["status"] == "created"
    merchant.wait(1)
    shown = merchant.read(payment)
    assert (shown["status"], shown["error_reason"]) == ("failed", "payment_timed_out")


def test_failed_is_not_the_end_the_bank_may_answer_late(merchant):
    merchant.listen()
    payment = merchant.pay(merchant.order(mode="manual")).payment
    merchant.wait(10 * MINUTE)
    merchant.approve(payment)
    shown = merchant.read(payment)
    assert (shown["status"], shown["error_code"], shown["error_reason"]) == ("authorized", None, None)
    assert merchant.events() == ["payment.failed", "payment.authorized"]


def test_the_bank_is_asked_for_three_days_and_no_longer(merchant):
    payment = merchant.pay(merchant.order()).payment
    merchant.wait(3 * DAY)
    assert merchant.mock("GET", "approvals")["approvals"] == []
    assert merchant.read(payment)["status"] == "failed"


def test_a_late_authorisation_can_be_set(merchant_with):
    merchant = merchant_with(late_authorisation_after_s=HOUR)
    payment = merchant.pay(merchant.order(mode="manual")).payment
    merchant.wait(10 * MINUTE + HOUR)
    assert merchant.read(payment)["status"] == "authorized"


def test_the_simulators_own_address_answers_late(merchant):
    merchant.listen("payment.failed", "payment.authorized")
    payment = merchant.pay(merchant.order(mode="manual"), method="upi", vpa="late@razorpay").payment
    merchant.wait(10 * MINUTE)
    assert merchant.read(payment)["status"] == "failed"
    merchant.wait(HOUR)
    assert merchant.read(payment)["status"] == "authorized"
    assert merchant.events() == ["payment.failed", "payment.authorized"]


def test_a_shopper_may_try_again_in_a_upi_app(merchant_with):
    merchant = merchant_with(upi_retry_in_app=1)
    merchant.listen("payment.failed", "payment.captured")
    payment = merchant.pay(merchant.order(), method="upi", vpa="success@razorpay").payment
    merchant.approve(payment, "fail")
    assert merchant.approve(payment)["status"] == "captured"
    assert merchant.events() == ["payment.failed", "payment.captured"]
    given_up = merchant.pay(merchant.order(), method="upi", vpa="failure@razorpay").payment
    merchant.wait(10 * MINUTE)
    assert merchant.read(given_up)["status"] == "failed"
    assert merchant.mock("GET", "approvals")["approvals"] == []


def test_what_the_shopper_refused_stays_failed(merchant):
    payment = merchant.pay(merchant.order()).payment
    merchant.approve(payment, "fail")
    merchant.wait(3 * DAY)
    assert merchant.read(payment)["status"] == "failed"
    assert merchant.mock("GET", "approvals")["approvals"] == []


@pytest.mark.parametrize(("otp", "status"), [("1234", "captured"), ("1234567890", "captured")])
def test_a_right_otp_pays(merchant, otp, status):
    payment = merchant.pay(merchant.order()).payment
    made = merchant.on(payment, "otp_generate").json
    assert [step["action"] for step in made["next"]] == ["otp_submit", "otp_resend"]
    assert set(made["metadata"]) == {"issuer", "network", "last4"}
    done = merchant.on(payment, "otp/submit", otp=otp).json
    assert set(done) == {"razorpay_payment_id", "razorpay_order_id", "razorpay_signature"}
    assert merchant.read(payment)["status"] == status


def test_a_wrong_otp_can_be_tried_again_a_few_times(merchant):
    payment = merchant.pay(merchant.order()).payment
    wrong = merchant.on(payment, "otp/submit", otp="123")
    assert (wrong.status, wrong.error["code"], wrong.json["next"]) == (
        400,
        "BAD_REQUEST_ERROR",
        ["otp_submit", "otp_resend"],
    )
    assert merchant.read(payment)["status"] == "created"
    merchant.on(payment, "otp/submit", otp="12")
    assert merchant.on(payment, "otp/submit", otp="1").error["reason"] == "otp_attempts_exceeded"
    assert merchant.read(payment)["status"] == "failed"


def test_the_addresses_for_an_otp_work_with_the_key_id_alone(merchant):
    made = merchant.pay(merchant.order()).json
    address = urlparse(made["next"][1]["url"])
    reply = merchant.client.post(f"{address.path}?{address.query}")
    submit = urlparse(reply.get_json()["next"][0]["url"])
    done = merchant.client.post(f"{submit.path}?{submit.query}", data={"otp": "1234"})
    assert done.get_json()["razorpay_payment_id"] == made["razorpay_payment_id"]


def _expected(order, payment):
    return hmac.new(SECRET.encode(), f"{order}|{payment}".encode(), hashlib.sha256).hexdigest()


def test_the_shopper_comes_back_with_a_signature_of_order_and_payment(merchant):
    order = merchant.order()
    made = merchant.pay(order, callback_url="https://shop.example/back?cart=7").json
    payment = made["razorpay_payment_id"]
    page = urlparse(made["next"][0]["url"]).path
    assert b"10.00 INR" in merchant.client.get(page).data
    back = merchant.client.post(page, data={"outcome": "approve"})
    sent = parse_qs(urlparse(back.headers["Location"]).query)
    assert sent == {
        "cart": ["7"],
        "razorpay_payment_id": [payment],
        "razorpay_order_id": [order],
        "razorpay_signature": [_expected(order, payment)],
    }


def test_the_shopper_comes_back_with_the_error(merchant):
    payment = merchant.pay(merchant.order(), card=card("4100280000080001"), method="card").payment
    assert merchant.approve(payment, "fail")["callback"]["error[reason]"] == "insufficient_fund"


def test_moto_needs_neither_shopper_nor_security_code(merchant):
    order = merchant.order()
    details = card()
    del details["cvv"]
    done = merchant.pay(order, card=details, method="card", auth_type="skip").json
    assert done["razorpay_signature"] == _expected(order, done["razorpay_payment_id"])
    assert merchant.read(done["razorpay_payment_id"])["status"] == "captured"


def test_a_gateway_can_be_set_not_to_ask_the_shopper(merchant_with):
    merchant = merchant_with(cards_ask_the_shopper=0)
    assert "next" not in merchant.pay(merchant.order()).json
    declined = merchant.pay(merchant.order(), card=card("4100280000080001"), method="card")
    assert (declined.status, declined.error["reason"]) == (400, "insufficient_fund")
    assert merchant.read(declined.error["metadata"]["payment_id"])["status"] == "failed"


def test_a_partial_payment_takes_part_of_an_order(merchant):
    order = merchant.order(1000, partial_payment=True)
    merchant.approve(merchant.pay(order, 400).payment)
    assert merchant.send("GET", f"/v1/orders/{order}").json["amount_due"] == 600
    merchant.approve(merchant.pay(order, 600).payment)
    assert merchant.send("GET", f"/v1/orders/{order}").json["status"] == "paid"


def test_a_payment_must_be_of_the_orders_amount_and_currency(merchant):
    assert merchant.pay(merchant.order(1000), 999).error["reason"] == "order_amount_mismatch"
    assert merchant.pay(merchant.order(1000, "USD"), 1000, "EUR").error["reason"] == "order_amount_mismatch"
