"""Sessions, payment links and orders: paid on a page of Adyen's, or in parts."""

import pytest

from tests.mock_gateways.adyen.conftest import ACCOUNT, DAY, HOUR

SHOP = "https://shop.example/back"
WANTED = {"amount": {"value": 2500, "currency": "EUR"}, "merchantAccount": ACCOUNT, "reference": "order-9"}


@pytest.fixture
def session(merchant):
    return merchant.send("POST", "/v72/sessions", **WANTED, returnUrl=SHOP).json["id"]


@pytest.fixture
def link(merchant):
    return merchant.send("POST", "/v72/paymentLinks", **WANTED).json["id"]


def _status(merchant, session, result):
    return merchant.send("GET", f"/v72/sessions/{session}", sessionResult=result)


def test_a_session_is_paid_by_a_shopper(merchant, session):
    decided = merchant.decide(identity=session)
    seen = _status(merchant, session, decided["sessionResult"]).json
    assert (seen["status"], seen["reference"]) == ("completed", "order-9")
    assert [payment["pspReference"] for payment in seen["payments"]] == [decided["pspReference"]]
    assert merchant.ledger(decided["pspReference"])[1] == "25.00"
    assert decided["return_url"].startswith(f"{SHOP}?sessionId={session}&sessionResult=")


def test_a_session_that_a_shopper_leaves_is_cancelled(merchant, session):
    decided = merchant.decide("fail", session)
    assert _status(merchant, session, decided["sessionResult"]).json["status"] == "canceled"


def test_a_session_result_that_nobody_was_given_is_refused_as_it_was_recorded(merchant, session):
    assert _status(merchant, session, "Ab02b4c0!none").error == (500, "701")


def test_a_session_ends_after_an_hour(merchant, session):
    merchant.wait(HOUR)
    assert session not in [row["id"] for row in merchant.waiting()]


def test_a_hosted_session_has_an_address(merchant):
    hosted = merchant.send("POST", "/v72/sessions", **WANTED, returnUrl=SHOP, mode="hosted").json
    assert hosted["url"].startswith("http://")
    assert "sessionData" not in hosted


def test_a_link_is_paid_once(merchant, link):
    decided = merchant.decide(identity=link)
    assert merchant.send("GET", f"/v72/paymentLinks/{link}").json["status"] == "completed"
    assert merchant.ledger(decided["pspReference"])[1] == "25.00"
    assert link not in [row["id"] for row in merchant.waiting()]


def test_a_link_can_be_tried_again(merchant, link):
    merchant.decide("fail", link)
    assert merchant.decide("approve", link)["status"] == "completed"


def test_a_link_is_expired_by_hand_or_by_time(merchant, link):
    assert merchant.send("PATCH", f"/v72/paymentLinks/{link}", status="expired").json["status"] == "expired"
    assert merchant.send("PATCH", f"/v72/paymentLinks/{link}", status="expired").error == (422, "14_0385")
    other = merchant.send("POST", "/v72/paymentLinks", **WANTED).json["id"]
    merchant.wait(DAY)
    assert merchant.send("GET", f"/v72/paymentLinks/{other}").json["status"] == "expired"


def _order(merchant):
    made = merchant.send("POST", "/v72/orders", **WANTED).json
    return {name: made[name] for name in ("pspReference", "orderData")}


def test_an_order_is_paid_in_parts_and_captured_when_it_is_paid(merchant):
    order = _order(merchant)
    first = merchant.pay(value=1000, order=order).json
    assert first["order"]["remainingAmount"]["value"] == 1500
    assert merchant.ledger(first["pspReference"])[1] == "0.00"
    second = merchant.pay(value=1500, order=order).json
    assert second["order"]["remainingAmount"]["value"] == 0
    assert [merchant.ledger(part["pspReference"])[1] for part in (first, second)] == ["10.00", "15.00"]
    assert merchant.told()[-1] == ("ORDER_CLOSED", "true")
    assert merchant.pay(value=1, order=order).error == (422, "14_037")


def test_a_cancelled_order_gives_back_its_parts(merchant):
    order = _order(merchant)
    part = merchant.pay(value=1000, order=order).json["pspReference"]
    answer = merchant.send("POST", "/v72/orders/cancel", merchantAccount=ACCOUNT, order=order)
    assert (answer.status, answer.result) == (200, "Received")
    merchant.mock("GET", "clock")
    assert merchant.ledger(part)[2] == "10.00"
    assert merchant.told()[-1] == ("ORDER_CLOSED", "false")


def test_an_order_that_is_not_paid_in_a_day_gives_back_its_parts(merchant):
    part = merchant.pay(value=1000, order=_order(merchant)).json["pspReference"]
    merchant.wait(DAY)
    assert merchant.ledger(part)[2] == "10.00"
    assert merchant.told()[-2:] == [("CANCELLATION", "true"), ("ORDER_CLOSED", "false")]


@pytest.mark.parametrize("more", [{"value": 2501}, {"currency": "USD"}])
def test_a_part_that_does_not_fit_its_order_is_refused(merchant, more):
    assert merchant.pay(**{"value": 100, "order": _order(merchant), **more}).error == (422, "137")


@pytest.mark.parametrize("path", ["sessions", "paymentLinks"])
def test_a_capture_delay_beyond_28_days_is_refused_at_once(merchant, path):
    answer = merchant.send("POST", f"/v72/{path}", **WANTED, returnUrl=SHOP, captureDelayHours=673)
    assert answer.error == (422, "164")


def test_a_session_keeps_its_capture_delay(merchant):
    made = merchant.send("POST", "/v72/sessions", **WANTED, returnUrl=SHOP, captureDelayHours=2).json
    psp = merchant.decide(identity=made["id"])["pspReference"]
    assert merchant.ledger(psp)[1] == "0.00"
    merchant.wait(2 * HOUR)
    assert merchant.ledger(psp)[1] == "25.00"
