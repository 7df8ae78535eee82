"""Payment methods beside cards, each with its own next step and its own way to an answer."""

import pytest

MINUTE, DAY = 60, 86400
SAMPLE = {
    "account_number": "000000001234",
    "name": "A",
    "bank_code": "122105278",
    "bank_code_category": "routing_number",
    "account_type": "personal_savings",
}


def _ach(merchant, **more):
    order = merchant.order(5000, "USD")
    return merchant.pay(order, 5000, "USD", method="ach", bank_account={**SAMPLE, **more})


def test_upi_collect_is_polled_and_answers_by_itself(merchant):
    created = merchant.pay(merchant.order(), method="upi", upi={"flow": "collect", "vpa": "success@razorpay"}).json
    payment = created["razorpay_payment_id"]
    assert [step["action"] for step in created["next"]] == ["poll"]
    assert created["next"][0]["url"].endswith(f"/v1/payments/{payment}")
    assert merchant.read(payment)["status"] == "created"
    merchant.wait(5)
    shown = merchant.read(payment)
    assert (shown["status"], shown["method"], shown["vpa"]) == ("captured", "upi", "success@razorpay")
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "0.00")


def test_the_published_address_for_failure_fails(merchant):
    payment = merchant.pay(merchant.order(), method="upi", vpa="failure@razorpay").payment
    merchant.wait(5)
    assert merchant.read(payment)["status"] == "failed"
    assert merchant.ledger(payment)[0] == "0.00"


def test_a_shopper_can_decide_before_the_clock_does(merchant):
    payment = merchant.pay(merchant.order(), method="upi", vpa="failure@razorpay").payment
    merchant.approve(payment)
    merchant.wait(5)
    assert merchant.read(payment)["status"] == "captured"


def test_upi_intent_opens_an_app_and_is_polled(merchant):
    created = merchant.pay(merchant.order(), method="upi", upi={"flow": "intent"}).json
    intent, poll = created["next"]
    assert intent["url"].startswith("upi://pay?")
    assert "am=10.00&cu=INR" in intent["url"]
    assert poll["action"] == "poll"
    assert merchant.approve(created["razorpay_payment_id"])["status"] == "captured"


def test_upi_has_a_call_of_its_own(merchant):
    given = {"amount": 1000, "currency": "INR", "email": "a@example.com", "contact": "9000090000"}
    body = {**given, "order_id": merchant.order(), "vpa": "success@razorpay"}
    assert merchant.send("POST", "/v1/payments/create/upi", body).json["next"][0]["action"] == "poll"


@pytest.mark.parametrize("vpa", ["nobody", "a@", "@razorpay", "a b@razorpay"])
def test_an_address_that_is_none_is_refused(merchant, vpa):
    assert merchant.pay(merchant.order(), method="upi", vpa=vpa).error["reason"] == "invalid_vpa"


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"method": "netbanking", "bank": "HDFC"}, ("bank", "HDFC")),
        ({"method": "wallet", "wallet": "payzapp"}, ("wallet", "payzapp")),
    ],
)
@pytest.mark.parametrize(("outcome", "status"), [("approve", "captured"), ("fail", "failed")])
def test_a_bank_or_wallet_has_a_page_with_two_buttons(merchant, given, shown, outcome, status):
    created = merchant.pay(merchant.order(), **given).json
    assert [step["action"] for step in created["next"]] == ["redirect"]
    merchant.approve(created["razorpay_payment_id"], outcome)
    payment = merchant.read(created["razorpay_payment_id"])
    assert (payment["status"], payment[shown[0]]) == (status, shown[1])


def test_paypal_is_a_wallet_that_takes_foreign_money(merchant):
    payment = merchant.pay(merchant.order(1000, "USD"), 1000, "USD", method="wallet", wallet="paypal").payment
    merchant.approve(payment)
    shown = merchant.read(payment)
    assert (shown["status"], shown["wallet"], shown["international"]) == ("captured", "paypal", True)


@pytest.mark.parametrize(
    "method", [{"method": "upi", "vpa": "success@razorpay"}, {"method": "netbanking", "bank": "HDFC"}]
)
def test_upi_and_banks_take_rupees_alone(merchant, method):
    refused = merchant.pay(merchant.order(1000, "USD"), 1000, "USD", **method)
    assert refused.error["description"] == f"The currency should be INR when method is {method['method']}"


def test_an_ach_debit_is_accepted_at_once_and_settles_days_later(merchant):
    payment = _ach(merchant).payment
    shown = merchant.read(payment)
    assert (shown["status"], shown["bank_account"]["last_4"]) == ("authorized", "xxxxxxx1234")
    assert "000000001234" not in str(shown)
    merchant.wait(4 * DAY)
    assert merchant.read(payment)["status"] == "captured"
    assert merchant.ledger(payment) == ("50.00", "50.00", "0.00", "0.00")


def test_an_ach_debit_can_come_back(merchant):
    payment = _ach(merchant, account_number="000000004321").payment
    merchant.wait(4 * DAY)
    assert merchant.read(payment)["status"] == "failed"
    assert merchant.ledger(payment) == ("50.00", "0.00", "50.00", "0.00")


@pytest.mark.parametrize(("outcome", "status"), [("approve", "captured"), ("fail", "failed")])
def test_the_first_who_decides_about_a_debit_decides(merchant, outcome, status):
    payment = _ach(merchant).payment
    assert merchant.approve(payment, outcome)["status"] == status
    merchant.wait(4 * DAY)
    assert merchant.read(payment)["status"] == status


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"account_number": "12"}, "invalid_account_number"),
        ({"bank_code": "122105279"}, "invalid_bank_code"),
        ({"bank_code_category": "ifsc"}, "invalid_bank_code"),
        ({"account_type": "piggy_bank"}, "invalid_account_type"),
    ],
)
def test_an_account_that_is_none_is_refused_for_the_published_reason(merchant, more, reason):
    refused = _ach(merchant, **more)
    assert (refused.status, refused.error["step"], refused.error["reason"]) == (400, "validation", reason)


@pytest.mark.parametrize("method", ["emi", "cardless_emi", "paylater", "emandate", "nach", "fpx"])
def test_a_method_that_is_published_and_not_simulated_says_so(merchant, method):
    assert merchant.pay(merchant.order(), method=method).status == 501


def test_a_method_that_is_not_published_is_refused(merchant):
    assert merchant.pay(merchant.order(), method="seashells").error["description"] == "The selected method is invalid."
