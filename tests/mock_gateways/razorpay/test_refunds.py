"""Refunds: never more than was captured, each once, at the speed that is possible."""

import pytest

DAY = 86400
KEY = {"X-Refund-Idempotency": "refund-of-order-7"}


def test_a_refund_without_an_amount_gives_all_back(merchant):
    payment = merchant.paid()
    refund = merchant.on(payment, "refund").json
    assert (refund["amount"], refund["status"], refund["speed_processed"]) == (1000, "processed", "normal")
    assert (refund["notes"], refund["receipt"], refund["batch_id"]) == ([], None, None)
    shown = merchant.read(payment)
    assert (shown["status"], shown["captured"], shown["refund_status"]) == ("refunded", True, "full")
    assert merchant.ledger(payment) == ("10.00", "10.00", "0.00", "10.00")


def test_refunds_in_part_leave_the_payment_captured_until_nothing_is_left(merchant):
    payment = merchant.paid()
    first = merchant.on(payment, "refund", amount=300, notes={"why": "late"}).json
    shown = merchant.read(payment)
    assert (shown["status"], shown["refund_status"], shown["amount_refunded"]) == ("captured", "partial", 300)
    second = merchant.on(payment, "refund", amount=700).json
    assert merchant.read(payment)["status"] == "refunded"
    listed = merchant.send("GET", f"/v1/payments/{payment}/refunds").json
    assert [row["id"] for row in listed["items"]] == [second["id"], first["id"]]
    assert merchant.send("GET", f"/v1/payments/{payment}/refunds/{first['id']}").json == first
    assert merchant.send("GET", f"/v1/refunds/{first['id']}").json["notes"] == {"why": "late"}
    assert merchant.read(payment, **{"expand[]": "refunds"})["refunds"]["count"] == 2


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (1001, "The refund amount provided is greater than amount captured."),
        (99, "The amount must be at least INR 1.00"),
        (0, "The amount must be at least INR 1.00"),
        (-100, "The amount must be at least INR 1.00"),
        (10.5, "The amount must be an integer."),
    ],
)
def test_an_amount_that_cannot_be_refunded_is_refused_and_moves_nothing(merchant, amount, text):
    payment = merchant.paid()
    refused = merchant.on(payment, "refund", amount=amount)
    assert (refused.status, refused.error["description"]) == (400, text)
    assert merchant.ledger(payment)[3] == "0.00"


def test_what_is_refunded_in_full_is_refused_again(merchant):
    payment = merchant.paid()
    merchant.on(payment, "refund")
    refused = merchant.on(payment, "refund", amount=100)
    assert refused.error["description"] == "The payment has been fully refunded already."


def test_only_what_was_captured_can_be_refunded(merchant):
    assert merchant.on(merchant.held(), "refund").status == 400
    assert merchant.on(merchant.pay(merchant.order()).payment, "refund").status == 400


def test_an_optimum_refund_is_instant_where_that_is_possible(merchant, merchant_with):
    refund = merchant.on(merchant.paid(), "refund", speed="optimum").json
    assert (refund["speed_requested"], refund["speed_processed"]) == ("optimum", "instant")
    slow = merchant_with(instant_refund_possible=0)
    slow.listen()
    refund = slow.on(slow.paid(), "refund", speed="optimum").json
    assert (refund["speed_requested"], refund["speed_processed"]) == ("optimum", "normal")
    assert "refund.speed_changed" in slow.events()


def test_a_refund_can_wait_for_the_bank(merchant_with):
    merchant = merchant_with(refund_waits=1)
    payment = merchant.paid()
    refund = merchant.on(payment, "refund", amount=400).json
    assert refund["status"] == "pending"
    assert merchant.ledger(payment)[3] == "0.00"
    merchant.wait(5 * DAY)
    assert merchant.send("GET", f"/v1/refunds/{refund['id']}").json["status"] == "processed"
    assert merchant.ledger(payment)[3] == "4.00"


def test_a_refund_that_waits_can_be_decided_at_once_and_only_once(merchant_with):
    merchant = merchant_with(refund_waits=1)
    payment = merchant.paid()
    refund = merchant.on(payment, "refund").json
    assert merchant.approve(refund["id"], "fail")["status"] == "failed"
    merchant.wait(5 * DAY)
    assert merchant.send("GET", f"/v1/refunds/{refund['id']}").json["status"] == "failed"
    shown = merchant.read(payment)
    assert (shown["status"], shown["amount_refunded"], shown["refund_status"]) == ("captured", 0, None)
    assert merchant.ledger(payment)[3] == "0.00"


@pytest.mark.parametrize(
    ("vpa", "status", "refunded"), [("refundwaits", "processed", "4.00"), ("refundfails", "failed", "0.00")]
)
def test_the_simulators_own_addresses_make_a_refund_wait(merchant, vpa, status, refunded):
    payment = merchant.paid(method="upi", vpa=f"{vpa}@razorpay")
    refund = merchant.on(payment, "refund", amount=400).json
    assert refund["status"] == "pending"
    merchant.wait(5 * DAY)
    assert merchant.send("GET", f"/v1/refunds/{refund['id']}").json["status"] == status
    assert merchant.ledger(payment)[3] == refunded


def test_a_normal_refund_of_a_payment_older_than_six_months_fails(merchant):
    payment = merchant.paid()
    merchant.wait(181 * DAY)
    assert merchant.on(payment, "refund").json["status"] == "failed"
    assert merchant.on(payment, "refund", speed="optimum").json["status"] == "processed"
    assert merchant.ledger(payment)[3] == "10.00"


def test_the_same_key_refunds_once(merchant):
    payment = merchant.paid()
    path = f"/v1/payments/{payment}/refund"
    first = merchant.send("POST", path, {"amount": 300}, headers=KEY)
    again = merchant.send("POST", path, {"amount": 300}, headers=KEY)
    assert (first.status, again.json) == (200, first.json)
    assert merchant.ledger(payment)[3] == "3.00"
    other = merchant.send("POST", path, {"amount": 400}, headers=KEY)
    assert (other.status, other.error["code"]) == (409, "BAD_REQUEST_ERROR")
    assert "Different request with the same idempotency key" in other.error["description"]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("123456789", "must be at least 10 characters long."),
        ("has spaces in it", "must only contain alphanumeric characters, underscores and hyphens."),
    ],
)
def test_a_key_that_is_none_is_refused(merchant, key, text):
    payment = merchant.paid()
    refused = merchant.send("POST", f"/v1/payments/{payment}/refund", {}, headers={"X-Refund-Idempotency": key})
    assert refused.status == 400
    assert refused.error["description"].endswith(text)
    assert merchant.ledger(payment)[3] == "0.00"


def test_a_key_means_nothing_anywhere_else(merchant):
    given = {"amount": 1000, "currency": "INR"}
    made = [merchant.send("POST", "/v1/orders", given, headers=KEY).json["id"] for _ in range(2)]
    assert made[0] != made[1]


def test_notes_of_a_refund_can_be_changed(merchant):
    refund = merchant.on(merchant.paid(), "refund").json["id"]
    assert merchant.send("PATCH", f"/v1/refunds/{refund}", {"notes": {"a": "b"}}).json["notes"] == {"a": "b"}
    refused = merchant.send("PATCH", f"/v1/refunds/{refund}", {})
    assert refused.error["description"] == "The notes field is required."
