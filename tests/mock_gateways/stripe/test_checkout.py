"""A Checkout session has a page; who pays there completes it, and time ends it."""

import pytest

DAY = 86_400
ITEM = {
    "line_items[0][price_data][currency]": "eur",
    "line_items[0][price_data][unit_amount]": 500,
    "line_items[0][price_data][product_data][name]": "T-shirt",
    "line_items[0][quantity]": 2,
}
URLS = {"success_url": "https://shop.example/done?id={CHECKOUT_SESSION_ID}", "cancel_url": "https://shop.example/cart"}


def session(merchant, **given):
    made = merchant.send("POST", "/v1/checkout/sessions", **{"mode": "payment", **ITEM, **URLS, **given})
    assert made.status == 200, made.text
    return made.json


def read(merchant, made):
    return merchant.send("GET", f"/v1/checkout/sessions/{made['id']}").json


def decide(merchant, identity, outcome):
    return merchant.mock("POST", f"approvals/{identity}", {"outcome": outcome})


def test_a_session_adds_its_items_up_and_waits_on_its_page(merchant):
    made = session(merchant)
    assert (made["status"], made["payment_status"], made["amount_total"]) == ("open", "unpaid", 1000)
    assert b"10.00 EUR" in merchant.client.get(made["url"]).get_data()
    (item,) = merchant.send("GET", f"/v1/checkout/sessions/{made['id']}/line_items").json["data"]
    assert (item["quantity"], item["amount_total"], item["description"]) == (2, 1000, "T-shirt")


def test_who_pays_on_the_page_completes_the_session(merchant):
    made = session(merchant, metadata__order="7")
    reply = merchant.client.post(made["url"], data={"outcome": "approve"})
    assert reply.headers["Location"] == f"https://shop.example/done?id={made['id']}"
    done = read(merchant, made)
    assert (done["status"], done["payment_status"], done["url"]) == ("complete", "paid", None)
    assert merchant.ledger(done["payment_intent"]) == ("10.00", "10.00", "0.00", "0.00")
    assert merchant.events()[-2:] == ["payment_intent.succeeded", "checkout.session.completed"]


def test_who_leaves_the_page_may_come_back(merchant):
    made = session(merchant)
    reply = merchant.client.post(made["url"], data={"outcome": "fail"})
    assert reply.headers["Location"] == "https://shop.example/cart"
    assert read(merchant, made)["status"] == "open"
    decide(merchant, made["id"], "approve")
    assert read(merchant, made)["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("outcome", "payment_status", "event"),
    [("approve", "paid", "async_payment_succeeded"), ("fail", "unpaid", "async_payment_failed")],
)
def test_a_delayed_payment_completes_the_session_before_the_money_comes(merchant, outcome, payment_status, event):
    made = session(merchant, **{"allowed_payment_method_types[]": "sepa_debit"})
    decide(merchant, made["id"], "approve")
    done = read(merchant, made)
    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
    decide(merchant, done["payment_intent"], outcome)
    assert read(merchant, made)["payment_status"] == payment_status
    assert merchant.events()[-1] == f"checkout.session.{event}"


def test_a_session_for_later_sets_a_method_up(merchant):
    customer = merchant.send("POST", "/v1/customers").json["id"]
    given = {"mode": "setup", "currency": "eur", "customer": customer, **URLS}
    made = merchant.send("POST", "/v1/checkout/sessions", **given).json
    assert made["payment_status"] == "no_payment_required"
    decide(merchant, made["id"], "approve")
    done = read(merchant, made)
    setup = merchant.send("GET", f"/v1/setup_intents/{done['setup_intent']}").json
    assert (done["status"], setup["status"], setup["customer"]) == ("complete", "succeeded", customer)


def test_a_session_can_hold_instead_of_taking(merchant):
    made = session(merchant, payment_intent_data__capture_method="manual")
    decide(merchant, made["id"], "approve")
    done = read(merchant, made)
    assert (done["status"], done["payment_status"]) == ("complete", "unpaid")
    assert merchant.ledger(done["payment_intent"]) == ("10.00", "0.00", "0.00", "0.00")


def test_a_session_expires_after_a_day(merchant):
    made = session(merchant)
    merchant.wait(DAY - 1)
    assert read(merchant, made)["status"] == "open"
    merchant.wait(1)
    assert (read(merchant, made)["status"], merchant.events()[-1]) == ("expired", "checkout.session.expired")
    assert merchant.mock("GET", "approvals")["approvals"] == []


def test_an_open_session_can_be_expired_and_a_completed_one_cannot(merchant):
    made, paid = session(merchant), session(merchant)
    assert merchant.send("POST", f"/v1/checkout/sessions/{made['id']}/expire").json["status"] == "expired"
    decide(merchant, paid["id"], "approve")
    assert merchant.send("POST", f"/v1/checkout/sessions/{paid['id']}/expire").status == 400


def test_a_session_is_found_by_its_payment(merchant):
    made = session(merchant)
    session(merchant)
    decide(merchant, made["id"], "approve")
    payment = read(merchant, made)["payment_intent"]
    (found,) = merchant.send("GET", "/v1/checkout/sessions", payment_intent=payment).json["data"]
    assert found["id"] == made["id"]


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"mode": "payment", **URLS}, "line_items"),
        ({"mode": "payment", **ITEM}, "success_url"),
        ({"mode": "payment", **ITEM, **URLS, "expires_at": 1}, "expires_at"),
        ({**ITEM, **URLS}, "mode"),
    ],
)
def test_what_a_session_cannot_do_without(merchant, given, param):
    refused = merchant.send("POST", "/v1/checkout/sessions", **given)
    assert (refused.status, refused.error["param"]) == (400, param)


def test_prices_of_the_catalogue_are_not_simulated(merchant):
    given = {"mode": "payment", **URLS, "line_items[0][price]": "price_1"}
    assert merchant.send("POST", "/v1/checkout/sessions", **given).status == 501
