"""Razorpay's own Python library, over a socket: where it and the simulator disagree, the simulator is wrong."""

import io
import itertools

import pytest
import razorpay

from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.sdks.control import controlled, totals

KEYS = itertools.count()
SECRET = "EnLs21M47BllR3X8PSFtjtbd"
PERSON = {"email": "a@example.com", "contact": "+919000090000"}
CARD = {"number": "4100280000001007", "name": "A", "expiry_month": "12", "expiry_year": "40", "cvv": "100"}
MANUAL = {"capture": "manual", "capture_options": {"manual_expiry_period": 7200, "refund_speed": "normal"}}


@pytest.fixture(scope="module")
def base():
    with serving(create_app("razorpay", clock="wall")) as url:
        yield url


@pytest.fixture
def key():
    return f"rzp_test_sdk_{next(KEYS)}"


@pytest.fixture
def client(base, key):
    made = razorpay.Client(auth=(key, SECRET), base_url=base)
    yield made
    made.session.close()


@pytest.fixture
def mock(base, key):
    return controlled(base, key)


def _paid(client, mock, amount=1000, **order):
    made = client.order.create({"amount": amount, "currency": "INR", "receipt": "r1", **order})
    given = {"amount": amount, "currency": "INR", "order_id": made["id"], **PERSON, "method": "card", "card": CARD}
    payment = client.payment.createPaymentJson(given)["razorpay_payment_id"]
    return payment, mock(f"approvals/{payment}", {"outcome": "approve"})


def test_an_order_is_paid_and_what_comes_back_is_verified_by_the_library(client, mock):
    payment, shown = _paid(client, mock)
    assert client.utility.verify_payment_signature(shown["callback"])
    with pytest.raises(razorpay.errors.SignatureVerificationError):
        client.utility.verify_payment_signature({**shown["callback"], "razorpay_payment_id": "pay_other"})
    assert client.payment.fetch(payment)["status"] == "captured"
    order = client.order.fetch(shown["order_id"])
    assert (order["status"], order["amount_due"]) == ("paid", 0)
    assert [row["id"] for row in client.order.payments(order["id"])["items"]] == [payment]
    assert totals(mock, payment) == ("10.00", "10.00", "0.00", "0.00")


def test_a_hold_is_captured_in_full_or_not_at_all(client, mock):
    payment, shown = _paid(client, mock, payment=MANUAL)
    assert shown["status"] == "authorized"
    with pytest.raises(razorpay.errors.BadRequestError, match="must be equal to the amount authorized"):
        client.payment.capture(payment, 400, {"currency": "INR"})
    assert client.payment.capture(payment, 1000, {"currency": "INR"})["captured"] is True
    with pytest.raises(razorpay.errors.BadRequestError, match="already paid"):
        client.payment.capture(payment, 1000, {"currency": "INR"})
    assert totals(mock, payment) == ("10.00", "10.00", "0.00", "0.00")


def test_refunds_in_part_and_too_much(client, mock):
    payment, _ = _paid(client, mock)
    refund = client.payment.refund(payment, {"amount": 300, "speed": "optimum", "notes": {"why": "late"}})
    assert (refund["status"], client.refund.fetch(refund["id"])["amount"]) == ("processed", 300)
    with pytest.raises(razorpay.errors.BadRequestError, match="greater than amount captured"):
        client.payment.refund(payment, {"amount": 800})
    assert client.payment.fetch_multiple_refund(payment)["count"] == 1
    assert client.payment.fetch_refund_id(payment, refund["id"])["notes"] == {"why": "late"}
    assert client.refund.edit(refund["id"], {"notes": {"why": "lost"}})["notes"] == {"why": "lost"}
    assert client.refund.create({"payment_id": payment, "amount": 200})["amount"] == 200
    assert client.refund.all()["count"] == 2
    assert totals(mock, payment)[3] == "5.00"


def test_a_refund_with_a_key_happens_once(client, mock):
    payment, _ = _paid(client, mock)
    headers = {"X-Refund-Idempotency": "order-7-refund"}
    first = client.payment.refund(payment, {"amount": 300}, headers=dict(headers))
    assert client.payment.refund(payment, {"amount": 300}, headers=dict(headers)) == first
    assert totals(mock, payment)[3] == "3.00"


def test_a_one_time_password(client, mock):
    order = client.order.create({"amount": 1000, "currency": "INR"})["id"]
    given = {"amount": 1000, "currency": "INR", "order_id": order, **PERSON, "method": "card", "card": CARD}
    payment = client.payment.createPaymentJson(given)["razorpay_payment_id"]
    # The library's own example for this call has the key id alone.
    public = razorpay.Client(auth=(client.auth[0], ""), base_url=client.base_url)
    assert public.payment.otpGenerate(payment)["next"][0]["action"] == "otp_submit"
    assert client.payment.otpResend(payment)["next"] == ["otp_submit", "otp_resend"]
    with pytest.raises(razorpay.errors.BadRequestError, match="incorrect otp"):
        client.payment.otpSubmit(payment, {"otp": "123"})
    assert client.utility.verify_payment_signature(client.payment.otpSubmit(payment, {"otp": "123456"}))
    public.session.close()


def test_upi(client, mock):
    order = client.order.create({"amount": 1000, "currency": "INR"})["id"]
    given = {"amount": 1000, "currency": "INR", "order_id": order, **PERSON, "vpa": "success@razorpay"}
    payment = client.payment.createUpi(given)["razorpay_payment_id"]
    assert client.payment.fetch(payment)["status"] == "created"
    assert mock(f"approvals/{payment}", {"outcome": "approve"})["status"] == "captured"


def test_a_mandate_is_opened_charged_and_ended(client, mock):
    customer = client.customer.create({"name": "A", **PERSON, "fail_existing": "0"})["id"]
    mandate = {"max_amount": 5000, "expire_at": 2709971120, "frequency": "monthly"}
    order = client.order.create(
        {"amount": 100, "currency": "INR", "customer_id": customer, "method": "card", "token": mandate}
    )
    given = {"amount": 100, "currency": "INR", "order_id": order["id"], **PERSON, "method": "card", "card": CARD}
    opened = client.payment.createPaymentJson({**given, "customer_id": customer, "recurring": True, "save": 1})
    mock(f"approvals/{opened['razorpay_payment_id']}", {"outcome": "approve"})
    (token,) = client.token.all(customer)["items"]
    assert client.token.fetch(customer, token["id"])["recurring_details"]["status"] == "confirmed"
    charge = client.order.create({"amount": 2000, "currency": "INR", "payment_capture": True})["id"]
    charged = client.payment.createRecurring(
        {
            "amount": 2000,
            "currency": "INR",
            "order_id": charge,
            **PERSON,
            "customer_id": customer,
            "token": token["id"],
            "recurring": True,
        }
    )
    assert client.utility.verify_payment_signature(charged)
    assert client.payment.fetch(charged["razorpay_payment_id"])["status"] == "captured"
    assert client.token.delete(customer, token["id"]) == {"deleted": True}


def test_a_dispute_is_contested_with_a_document(client, mock):
    payment, _ = _paid(client, mock)
    dispute = mock("disputes", {"payment": payment})["id"]
    proof = io.BytesIO(b"%PDF")
    proof.name = "proof.pdf"
    document = client.document.create({"file": proof, "purpose": "dispute_evidence"})
    assert client.document.fetch(document["id"])["name"] == "proof.pdf"
    contested = client.dispute.contest(
        dispute, {"action": "submit", "summary": "sent", "shipping_proof": [document["id"]]}
    )
    assert contested["status"] == "under_review"
    with pytest.raises(razorpay.errors.BadRequestError, match="under_review"):
        client.dispute.accept(dispute)
    mock(f"approvals/{dispute}", {"outcome": "approve"})
    assert client.dispute.fetch(dispute)["status"] == "won"
    assert client.dispute.all()["count"] == 1


def test_a_payment_link(client, mock):
    link = client.payment_link.create({"amount": 1000, "currency": "INR", "reference_id": "TS35"})
    assert client.payment_link.fetch(link["id"])["status"] == "created"
    assert client.payment_link.edit(link["id"], {"reference_id": "TS36"})["reference_id"] == "TS36"
    assert client.payment_link.cancel(link["id"])["status"] == "cancelled"
    assert client.payment_link.all()["payment_links"][0]["id"] == link["id"]


def test_a_delivery_is_verified_by_the_library(client, mock):
    secret = mock("webhooks", {"url": "http://127.0.0.1:9/hooks", "events": ["order.paid"]})["secret"]
    _paid(client, mock)
    (delivery,) = mock("outbox")["deliveries"]
    verify = client.utility.verify_webhook_signature
    assert verify(delivery["body"], delivery["headers"]["X-Razorpay-Signature"], secret)
    for name in ("wrong_secret", "altered_body", "reserialised_body", "truncated_signature", "other_algorithm"):
        odd = mock(f"outbox/{delivery['id']}/variants", {"variant": name})
        with pytest.raises(razorpay.errors.SignatureVerificationError):
            verify(odd["body"], odd["headers"]["X-Razorpay-Signature"], secret)


def test_the_librarys_error_classes(client, mock):
    payment, _ = _paid(client, mock, payment=MANUAL)
    for effect, error in (
        ({"error": "GATEWAY_ERROR"}, razorpay.errors.GatewayError),
        ({"server_error": 500}, razorpay.errors.ServerError),
        ({"decline": "capture_failed"}, razorpay.errors.BadRequestError),
    ):
        mock("faults", {"route": "POST /v1/payments/{id}/capture", "effect": effect})
        with pytest.raises(error):
            client.payment.capture(payment, 1000, {"currency": "INR"})
    assert totals(mock, payment)[1] == "0.00"


def test_a_live_key_is_refused(base):
    client = razorpay.Client(auth=("rzp_live_x", SECRET), base_url=base)
    with pytest.raises(razorpay.errors.BadRequestError, match="Authentication failed"):
        client.order.all()
    client.session.close()


def test_a_cut_connection_is_an_error_and_the_money_has_moved(client, mock):
    payment, _ = _paid(client, mock, payment=MANUAL)
    mock("faults", {"route": "POST /v1/payments/{id}/capture", "effect": {"timeout": "after"}})
    with pytest.raises(Exception, match=r"Connection aborted|closed"):
        client.payment.capture(payment, 1000, {"currency": "INR"})
    assert totals(mock, payment)[1] == "10.00"
