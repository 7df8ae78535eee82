"""What Razorpay refuses at the door, in its own envelope, and what never comes in."""

import base64
import copy
import pickle

import pytest

from mock_gateways.app import create_app, service_of
from tests.mock_gateways.razorpay.conftest import Merchant, card

ENVELOPE = {"code", "description", "source", "step", "reason", "metadata"}
ORDER = {"amount": 1000, "currency": "INR"}


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer rzp_test_1",
        "basic cnpwX3Rlc3RfMTp4",
        "BASIC cnpwX3Rlc3RfMTp4",
        "Basic !!!",
        "Basic " + base64.b64encode(b"rzp_test_1:").decode(),
        "Basic " + base64.b64encode(b"rzp_live_1:secret").decode(),
        "Basic " + base64.b64encode(b"somebody:secret").decode(),
    ],
)
def test_only_test_keys_with_a_secret_are_let_in(app, merchant, header):
    reply = merchant.client.post("/v1/orders", json=ORDER, headers={"Authorization": header} if header else {})
    assert reply.status_code == 401
    assert reply.get_json()["error"]["description"] == "Authentication failed"


def test_a_key_has_one_secret(merchant):
    assert merchant.send("POST", "/v1/orders", ORDER).status == 200
    refused = merchant.send("POST", "/v1/orders", ORDER, headers={"Authorization": merchant.basic("another")})
    assert (refused.status, refused.error["code"]) == (401, "BAD_REQUEST_ERROR")


@pytest.mark.parametrize("key", ["rzp_live_1", "rzp_test_1:secret", "sk_test_1", ""])
def test_the_control_plane_opens_no_tenant_for_anything_else(merchant, key):
    assert merchant.client.post("/_mock/tenants", json={"credential": key}).status_code == 400


def test_a_refused_key_may_be_400(merchant_with):
    merchant = merchant_with(bad_key_http=400)
    assert merchant.client.get("/v1/orders", headers={"Authorization": "Basic x"}).status_code == 400


def test_two_keys_have_two_worlds(app, merchant):
    order = merchant.order()
    other = Merchant(app, "rzp_test_another_world")
    assert other.send("GET", f"/v1/orders/{order}").status == 400


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1/orders/order_1/nothing", "/v2", "/"])
def test_an_unknown_address_is_400(merchant, path):
    refused = merchant.send("GET", path)
    assert (refused.status, refused.error["description"]) == (400, "The requested URL was not found on the server.")


@pytest.mark.parametrize(
    "path",
    ["orders/order_", "payments/pay_", "refunds/rfnd_", "customers/cust_", "disputes/disp_", "payment_links/plink_"],
)
def test_an_unknown_id_is_400_and_a_malformed_one_is_told_apart(merchant, path):
    missing = merchant.send("GET", f"/v1/{path}EsyWjHrfzb59eR")
    assert (missing.status, missing.error["description"]) == (400, "The id provided does not exist")
    assert set(missing.error) == ENVELOPE
    malformed = merchant.send("GET", f"/v1/{path}1")
    assert (malformed.status, malformed.error["description"].endswith("is not a valid id")) == (400, True)


@pytest.mark.parametrize(
    ("body", "field", "text"),
    [
        ({"currency": "INR"}, "amount", "The amount field is required."),
        ({"amount": 1000}, "currency", "The currency field is required."),
        ({"amount": 99, "currency": "INR"}, "amount", "The amount must be at least INR 1.00"),
        ({"amount": 10.5, "currency": "INR"}, "amount", "The amount must be an integer."),
        ({"amount": True, "currency": "INR"}, "amount", "The amount must be an integer."),
        ({"amount": "ten", "currency": "INR"}, "amount", "The amount must be an integer."),
        ({"amount": 1000, "currency": "XXX"}, "currency", "The currency is not supported."),
        ({**ORDER, "colour": "red"}, "colour", "colour is/are not required and should not be sent."),
        ({**ORDER, "receipt": "x" * 41}, "receipt", "The receipt may not be greater than 40 characters."),
        ({**ORDER, "notes": {str(n): "x" for n in range(16)}}, "notes", None),
        ({"amount": 295991, "currency": "KWD"}, "amount", "The amount in KWD must end in 0."),
    ],
)
def test_an_order_that_is_none_is_refused_and_its_field_is_named(merchant, body, field, text):
    refused = merchant.send("POST", "/v1/orders", body)
    assert (refused.status, refused.error["field"], refused.error["reason"]) == (400, field, "input_validation_failed")
    assert (refused.error["source"], refused.error["step"]) == ("business", "payment_initiation")
    assert text in (None, refused.error["description"])


def test_amounts_follow_razorpays_own_exponents(merchant):
    yen = merchant.paid(500, "JPY")
    dinar = merchant.paid(295990, "KWD")
    assert merchant.ledger(yen)[1] == "500"
    assert merchant.ledger(dinar)[1] == "295.990"


def test_notes_are_a_list_when_there_are_none(merchant):
    assert merchant.send("POST", "/v1/orders", ORDER).json["notes"] == []
    assert merchant.send("POST", "/v1/orders", {**ORDER, "notes": []}).json["notes"] == []
    order = merchant.send("POST", "/v1/orders", {**ORDER, "notes": {"a": "b"}}).json
    assert order["notes"] == {"a": "b"}
    changed = merchant.send("PATCH", f"/v1/orders/{order['id']}", {"notes": {}}).json
    assert changed["notes"] == []


def test_numbers_may_be_text_and_a_body_may_be_a_form(merchant):
    assert merchant.send("POST", "/v1/orders", {"amount": "1000", "currency": "INR"}).json["amount"] == 1000
    reply = merchant.client.post(
        "/v1/orders", data={**ORDER, "notes[a]": "b"}, headers={"Authorization": merchant.basic()}
    )
    assert (reply.status_code, reply.get_json()["notes"]) == (200, {"a": "b"})


@pytest.mark.parametrize("body", [b"{", b"[1]", b"null", b'"x"', b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(merchant, body):
    headers = {"Authorization": merchant.basic(), "Content-Type": "application/json"}
    reply = merchant.client.post("/v1/orders", data=body, headers=headers)
    assert (reply.status_code, set(reply.get_json()["error"]) - ENVELOPE) == (400, set())


def test_a_card_that_is_no_published_test_card_is_refused_and_nothing_of_it_is_kept(merchant):
    number = "4000056655665556"  # another gateway's published test card
    refused = merchant.pay(merchant.order(), method="card", card=card(number))
    assert (refused.status, refused.error["reason"]) == (400, "card_number_invalid")
    assert merchant.send("GET", "/v1/payments").json["count"] == 0
    assert number not in str(merchant.mock("GET", "journal"))


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"number": "4100280000001008"}, "card_number_invalid"),
        ({"expiry_year": "20"}, "card_expired"),
        ({"expiry_month": "13"}, "incorrect_card_expiry_date"),
        ({"cvv": "12"}, "incorrect_cvv"),
        ({"cvv": None}, "input_validation_failed"),
    ],
)
def test_card_data_that_cannot_be_is_refused_for_its_reason(merchant, more, reason):
    assert merchant.pay(merchant.order(), method="card", card=card(**more)).error["reason"] == reason


def test_lists_are_pages_from_the_newest_on(merchant):
    made = [merchant.order() for _ in range(12)]
    listed = merchant.send("GET", "/v1/orders").json
    assert (listed["entity"], listed["count"]) == ("collection", 10)
    assert [row["id"] for row in listed["items"]] == made[:1:-1]
    rest = merchant.send("GET", "/v1/orders", {"count": 5, "skip": 10}).json
    assert [row["id"] for row in rest["items"]] == made[1::-1]
    assert merchant.send("GET", "/v1/orders", {"count": 101}).error["field"] == "count"
    assert merchant.send("GET", "/v1/orders", {"from": 1}).error["description"].startswith("from must be between")
    assert merchant.send("GET", "/v1/orders", {"to": 946684800}).json["count"] == 0


def test_a_published_call_that_is_not_simulated_is_counted_and_says_so(merchant):
    refused = merchant.send("GET", "/v1/invoices")
    assert (refused.status, refused.headers["X-Mock-Unimplemented"]) == (501, "ListInvoices")


def test_a_whole_world_can_be_copied_and_put_back(app, merchant):
    waiting = merchant.pay(merchant.order()).payment
    name = merchant.mock("POST", "snapshot")["snapshot"]
    merchant.approve(waiting)
    merchant.mock("POST", "restore", {"snapshot": name})
    assert merchant.read(waiting)["status"] == "created"
    merchant.wait(600)
    assert merchant.read(waiting)["error_reason"] == "payment_timed_out"
    store = service_of(app).tenants.find(merchant.tenant).store
    assert store.key_secret not in repr(store)
    assert pickle.loads(pickle.dumps(copy.deepcopy(store))).key_secret == store.key_secret  # noqa: S301 - ours


def test_the_same_calls_get_the_same_bytes():
    def story():
        merchant = Merchant(create_app("razorpay", seed=7), "rzp_test_seeded")
        merchant.listen()
        payment = merchant.paid()
        return merchant.on(payment, "refund").text, merchant.deliveries()

    assert story() == story()
