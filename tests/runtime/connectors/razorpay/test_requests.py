"""What is sent to Razorpay: routes, headers, fields."""

import json
from base64 import b64encode

import pytest

from runtime.core.errors import InvalidCommand, NotOffered
from runtime.core.money import Money
from runtime.core.payments import (
    AcceptDispute,
    Browser,
    Capture,
    Card,
    CompleteAuthorize,
    CreateOrder,
    CreateSessionToken,
    DefendDispute,
    DSync,
    LocalMethod,
    PSync,
    Refund,
    RSync,
    Shopper,
    StoredMethod,
    SubmitEvidence,
    Upi,
)
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, ErrorCode, PaymentMethodType

INR = Money(50000, "INR")
HOSTILE = ["../x", "..", ".", "", "pay_1?a=b", "pay_1/capture", "pay_1%2Fcapture", "pay_1#", "pay 1", "pay_1\r\nX: y"]
SHOPPER = Shopper(
    email="a@b.test",
    phone="+919999999999",
    ip="192.0.2.7",
    browser=Browser(user_agent="Test/1", timezone_offset_minutes=-330),
)


def test_a_sale_is_an_order_and_a_payment_on_it(run, authorize, order, started):
    command = authorize(return_url="https://shop.test/back", reference="o 1", description="Tea", shopper=SHOPPER)
    ran = run(command, (200, order()), (200, started("redirect")))
    assert ran.routes == [("POST", "/v1/orders"), ("POST", "/v1/payments/create/json")]
    options = {"automatic_expiry_period": 7200, "manual_expiry_period": 7200, "refund_speed": "normal"}
    assert ran.body(0) == {
        "amount": 50000,
        "currency": "INR",
        "receipt": "o 1",
        "payment": {"capture": "automatic", "capture_options": options},
    }
    assert ran.body(1) == {
        "amount": 50000,
        "currency": "INR",
        "order_id": "order_1",
        "callback_url": "https://shop.test/back",
        "description": "Tea",
        "email": "a@b.test",
        "contact": "+919999999999",
        "ip": "192.0.2.7",
        "user_agent": "Test/1",
        "authentication": {"authentication_channel": "browser"},
        "browser": {
            "java_enabled": False,
            "javascript_enabled": True,
            "timezone_offset": -330,
            "color_depth": 24,
            "screen_width": 1440,
            "screen_height": 900,
            "language": "en-US",
        },
        "method": "card",
        "card": {
            "number": "4100280000001007",
            "name": "J S",
            "expiry_month": "03",
            "expiry_year": "34",
            "cvv": "913",
        },
    }


@pytest.mark.parametrize("cvc", [None, Secret("")], ids=["none", "empty"])
def test_a_missing_security_code_is_left_out(run, authorize, order, started, cvc):
    card = Card(number=Secret("5500670000001002"), expiry_month=12, expiry_year=2034, cvc=cvc)
    sent = run(authorize(method=card), (200, order()), (200, started("redirect"))).body(1)["card"]
    assert sent == {"number": "5500670000001002", "expiry_month": "12", "expiry_year": "34"}


def test_a_hold_is_an_order_captured_by_hand(run, authorize, order, started):
    ran = run(authorize(capture_method=CaptureMethod.MANUAL), (200, order()), (200, started("redirect")))
    assert ran.body(0)["payment"] == {
        "capture": "manual",
        "capture_options": {"manual_expiry_period": 7200, "refund_speed": "normal"},
    }


def test_without_a_reference_the_receipt_is_the_same_on_every_attempt(run, authorize, order, started):
    command = authorize()
    receipts = {run(command, (200, order()), (200, started("redirect"))).body(0)["receipt"] for _ in range(2)}
    assert receipts == {command.idempotency_key}


def test_the_key_pair_goes_with_every_call_and_no_idempotency_key_with_a_payment(run, authorize, order, started):
    pair = b64encode(b"rzp_test_hush:hush").decode()
    for request in run(authorize(), (200, order()), (200, started("redirect"))).sent:
        assert dict(request.headers) == {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}


def test_a_payment_on_an_order_that_was_made_before_makes_no_other(run, authorize, started):
    ran = run(authorize(order_id="order_7"), (200, started("redirect")))
    assert ran.routes == [("POST", "/v1/payments/create/json")]
    assert ran.body(0)["order_id"] == "order_7"


def test_a_hold_on_an_order_that_captures_by_itself_is_refused_before_it_is_sent(run, authorize, started):
    held = authorize(order_id="order_7", capture_method=CaptureMethod.MANUAL)
    with pytest.raises(InvalidCommand, match="order_capture"):
        run(held)
    run(held, (200, started("redirect")), order_capture=CaptureMethod.MANUAL)


@pytest.mark.parametrize(
    ("method", "fields"),
    [
        (Upi(vpa=Secret("success@razorpay")), {"method": "upi", "upi": {"flow": "collect", "vpa": "success@razorpay"}}),
        (Upi(), {"method": "upi", "upi": {"flow": "intent"}}),
        (LocalMethod(kind=PaymentMethodType.BANK_TRANSFER, bank="HDFC"), {"method": "netbanking", "bank": "HDFC"}),
    ],
    ids=["collect", "intent", "netbanking"],
)
def test_every_method_in_razorpays_words(run, authorize, order, started, method, fields):
    sent = run(authorize(method=method), (200, order()), (200, started("redirect"))).body(1)
    assert {name: sent[name] for name in sent if name in {"method", "upi", "bank", "wallet", "card"}} == fields


def test_paypal_is_a_wallet_for_dollars(run, authorize, order, started):
    dollars = authorize(method=LocalMethod(kind=PaymentMethodType.PAYPAL), amount=Money(1000, "USD"))
    sent = run(dollars, (200, order(amount=1000, currency="USD")), (200, started("redirect"))).body(1)
    assert (sent["method"], sent["wallet"], sent["currency"]) == ("wallet", "paypal", "USD")
    with pytest.raises(NotOffered, match="PAYPAL in INR"):
        run(authorize(method=LocalMethod(kind=PaymentMethodType.PAYPAL)))


@pytest.mark.parametrize(
    "method",
    [LocalMethod(kind=PaymentMethodType.BANK_TRANSFER), StoredMethod(token="token_1")],
    ids=["netbanking without a bank", "a saved card without its customer"],
)
def test_a_method_that_lacks_something_is_refused_before_it_is_sent(run, authorize, method):
    with pytest.raises(InvalidCommand):
        run(authorize(method=method))


def test_a_capture_names_the_whole_amount(run, payment):
    ran = run(Capture(request_id="c", payment_id="pay_1", amount=INR), (200, payment()))
    assert ran.routes == [("POST", "/v1/payments/pay_1/capture")]
    assert ran.body(0) == {"amount": 50000, "currency": "INR"}


def test_a_capture_that_leaves_something_held_is_refused_before_it_is_sent(run):
    with pytest.raises(NotOffered, match="whole amount") as refused:
        run(Capture(request_id="c", payment_id="pay_1", amount=Money(100, "INR"), final=False))
    assert refused.value.error.code is ErrorCode.INVALID_REQUEST


def test_a_refund_carries_its_own_idempotency_key(run, refund):
    command = Refund(request_id="r", payment_id="pay_1", amount=INR)
    ran = run(command, (200, refund()))
    assert ran.routes == [("POST", "/v1/payments/pay_1/refund")]
    assert ran.body(0) == {"amount": 50000, "speed": "normal"}
    assert ran.sent[0].header("X-Refund-Idempotency") == command.idempotency_key


def test_reads_send_nothing(run, payment, refund):
    (sync,) = run(PSync(request_id="s", payment_id="pay_1"), (200, payment())).sent
    (refunded,) = run(RSync(request_id="s", payment_id="pay_1", refund_id="rfnd_1"), (200, refund())).sent
    assert [(it.method, it.url[24:], it.body) for it in (sync, refunded)] == [
        ("GET", "/v1/payments/pay_1", b""),
        ("GET", "/v1/refunds/rfnd_1", b""),
    ]


def test_a_session_is_a_payment_link_that_brings_the_shopper_back(run):
    link = {"id": "plink_1", "amount": 50000, "currency": "INR", "status": "created", "expire_by": 0}
    command = CreateSessionToken(request_id="s", amount=INR, return_url="https://shop.test/back", reference="o 1")
    ran = run(command, (200, link | {"short_url": "https://rzp.io/i/x"}))
    assert ran.routes == [("POST", "/v1/payment_links")]
    assert ran.body(0) == {
        "amount": 50000,
        "currency": "INR",
        "reference_id": "o 1",
        "callback_url": "https://shop.test/back",
        "callback_method": "get",
    }
    outcome = ran.outcome
    assert (outcome.session_id, outcome.url, outcome.expires_at) == ("plink_1", "https://rzp.io/i/x", None)


def test_an_order_is_captured_as_configured(run, order):
    ran = run(
        CreateOrder(request_id="o", amount=INR, reference="o 1"), (200, order()), order_capture=CaptureMethod.MANUAL
    )
    assert (ran.body(0)["receipt"], ran.body(0)["payment"]["capture"]) == ("o 1", "manual")
    assert (ran.outcome.order_id, ran.outcome.amount) == ("order_1", INR)


DISPUTE = {"id": "disp_1", "entity": "dispute", "payment_id": "pay_1", "amount": 50000, "currency": "INR"}


@pytest.mark.parametrize(
    ("command", "route", "body"),
    [
        (DSync(request_id="d", dispute_id="disp_1"), ("GET", "/v1/disputes/disp_1"), None),
        (AcceptDispute(request_id="d", dispute_id="disp_1"), ("POST", "/v1/disputes/disp_1/accept"), {}),
        (
            SubmitEvidence(
                request_id="d",
                dispute_id="disp_1",
                evidence={"summary": "sent, seen", "shipping_proof": "doc_1, doc_2"},
            ),
            ("PATCH", "/v1/disputes/disp_1/contest"),
            {"action": "draft", "summary": "sent, seen", "shipping_proof": ["doc_1", "doc_2"]},
        ),
        (
            DefendDispute(request_id="d", dispute_id="disp_1"),
            ("PATCH", "/v1/disputes/disp_1/contest"),
            {"action": "submit"},
        ),
    ],
    ids=["read", "accept", "draft", "submit"],
)
def test_disputes_are_read_accepted_and_contested(run, command, route, body):
    ran = run(command, (200, DISPUTE | {"status": "open"}))
    assert ran.routes == [route]
    assert (json.loads(ran.sent[0].body) if ran.sent[0].body else None) == body


@pytest.mark.parametrize("identity", HOSTILE)
def test_an_id_that_could_change_the_route_is_refused_before_it_is_sent(run, identity):
    for command in (
        PSync(request_id="h", payment_id=identity),
        PSync(request_id="h", payment_id=f"order_{identity}/"),
        CompleteAuthorize(request_id="h", payment_id=identity, amount=INR),
        Capture(request_id="h", payment_id=identity, amount=INR),
        Refund(request_id="h", payment_id=identity, amount=INR),
        RSync(request_id="h", payment_id="pay_1", refund_id=identity),
        DSync(request_id="h", dispute_id=identity),
    ):
        with pytest.raises(InvalidCommand):
            run(command)
