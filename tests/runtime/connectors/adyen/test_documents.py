"""Adyen's own documents and recordings, read from ASSAY_REFERENCE where it is set: they are large and not ours."""

import json

import jsonschema_rs
import pytest

from runtime.connectors.adyen import CONNECTOR, flows
from runtime.core.connector import drive
from runtime.core.errors import GatewayRefused, OutcomeUnknown
from runtime.core.messages import HttpResponse
from runtime.core.money import Money
from runtime.core.payments import (
    AcceptDispute,
    Address,
    BankDebit,
    Browser,
    Capture,
    ChargeMandate,
    CompleteAuthorize,
    CreateSessionToken,
    DefendDispute,
    IncomingWebhook,
    LocalMethod,
    Refund,
    SetupMandate,
    Shopper,
    SubmitEvidence,
    Upi,
    Void,
    Wallet,
)
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType

PSP = "993617894903480A"
KIND = PaymentMethodType
FIVE = Money(500, "EUR")
PAYMENT = "/payments/{paymentPspReference}"
SHOPPER = Shopper(
    name="S Hopper",
    email="s.hopper@test.com",
    phone="+46840839298",
    tax_id=Secret("56861752509"),
    ip="192.0.2.1",
    address=Address(line1="Stargatan 1", city="Ankeborg", postal_code="12345", country="SE"),
    browser=Browser(user_agent="Mozilla/5.0"),
)


def given(kind):
    """A method of each kind, as a caller would give it."""
    bank = {"account": Secret("NL13TEST0123456789"), "holder": "A. Klaassen"}
    special = {
        KIND.APPLE_PAY: Wallet(kind=kind, token=Secret("dG9rZW4=")),
        KIND.GOOGLE_PAY: Wallet(kind=kind, token=Secret("{}")),
        KIND.SEPA_DEBIT: BankDebit(kind=kind, **bank),
        KIND.ACH_DEBIT: BankDebit(kind=kind, **bank, routing="011000138"),
        KIND.UPI: Upi(vpa=Secret("shopper@upi")),
    }
    return special.get(kind) or LocalMethod(kind=kind)


@pytest.fixture(scope="module")
def schema(reference):
    """A validator for a request of one operation, by Adyen's OpenAPI documents."""
    documents = [
        json.loads((reference / "specs" / f"adyen-{name}.json").read_text()) for name in ("checkout-v72", "dispute-v30")
    ]

    def schema(path):
        document = next(one for one in documents if path in one["paths"])
        body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
        return jsonschema_rs.validator_for({**body, "components": document["components"]})

    return schema


@pytest.fixture
def built(context):
    def built(command):
        exchange = CONNECTOR.exchange(context(native_3ds=True), command)
        return json.loads(next(exchange).body)

    return built


@pytest.mark.parametrize("kind", sorted(CONNECTOR.capabilities.payment_methods))
def test_a_payment_by_every_method_is_what_the_document_allows(schema, built, authorize, kind):
    offer = CONNECTOR.capabilities.payment_methods[kind]
    currency = min(offer.currencies or {"EUR"})
    method = authorize().method if kind is KIND.CARD else given(kind)
    check = schema("/payments")
    for capture in offer.captures:
        check.validate(
            built(authorize(method=method, amount=Money.of("5", currency), shopper=SHOPPER, capture_method=capture))
        )
    if offer.mandates:
        check.validate(built(SetupMandate(request_id="m", method=method, currency=currency, shopper=SHOPPER)))


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("/payments", ChargeMandate(request_id="c", amount=FIVE, mandate_id="M5N7", customer_id="shopper-1")),
        ("/payments/details", CompleteAuthorize(request_id="c", payment_id=PSP, amount=FIVE, returned={"MD": "x"})),
        (PAYMENT + "/captures", Capture(request_id="c", payment_id=PSP, amount=FIVE)),
        (PAYMENT + "/refunds", Refund(request_id="c", payment_id=PSP, amount=FIVE)),
        (PAYMENT + "/cancels", Void(request_id="c", payment_id=PSP)),
        ("/sessions", CreateSessionToken(request_id="c", amount=FIVE, return_url="https://shop.example/")),
        ("/acceptDispute", AcceptDispute(request_id="d", dispute_id="D1")),
        ("/defendDispute", DefendDispute(request_id="d", dispute_id="D1", reason="A")),
        ("/supplyDefenseDocument", SubmitEvidence(request_id="d", dispute_id="D1", evidence={"A": "b"})),
    ],
)  # fmt: skip
def test_every_other_request_is_what_the_document_allows(schema, built, path, command):
    schema(path).validate(built(command))


def test_the_documents_would_notice_a_wrong_request(schema, built, authorize):
    body = built(authorize())
    for wrong in ({"returnUrl": None}, {"captureDelayHours": "0"}, {"amount": {"currency": "EUR"}}):
        assert not schema("/payments").is_valid(body | wrong)


def test_every_example_of_an_answer_is_read(reference, context, authorize):
    """The examples of /payments, /payments/details and the modifications in the Checkout document."""
    examples = json.loads((reference / "specs" / "adyen-checkout-v72-examples.json").read_text())
    read = 0
    for name, example in examples.items():
        about = example.get("paymentPspReference", PSP)
        money = Money(example.get("amount", {}).get("value", 1000), example.get("amount", {}).get("currency", "EUR"))
        commands = {
            "/payments": (authorize(amount=money, capture_method=CaptureMethod.MANUAL), flows.parse_payment),
            "captures": (Capture(request_id="c", payment_id=about, amount=money), flows.parse_modification),
            "cancels": (Void(request_id="c", payment_id=about), flows.parse_modification),
            "refunds": (Refund(request_id="c", payment_id=about, amount=money), flows.parse_modification),
        }
        kind = next((part for part in ("captures", "cancels", "refunds") if part in name), "/payments")
        if not name.startswith(("post-payments", "post-payments-details")) or not name.endswith(("-200", "-201")):
            continue
        if "reversals" in name or "amountUpdates" in name:
            continue
        command, parse = commands[kind]
        outcome = parse(context(), command, HttpResponse(200, (), json.dumps(example).encode()))
        assert outcome.status.name != "UNRESOLVED", name
        read += 1
    assert read >= 14


def test_recordings_lose_nothing(reference, context, run, authorize):
    """Every recorded /payments answer is an outcome with its id, or a refusal with its code."""
    lines = (reference / "traffic" / "adyen.jsonl").read_text().splitlines()
    seen = 0
    for line in filter(None, (one.strip() for one in lines)):
        record = json.loads(line)
        body, status = record["response"]["body"], record["response"]["status"]
        url = (record["request"] or {}).get("url") or ""
        if (
            record["kind"] != "payment"
            or not isinstance(body, dict)
            or ("resultCode" not in body and "errorCode" not in body)
        ):
            continue
        if "orderData" in body or str(body.get("resultCode", "")).startswith("["):
            continue  # an order, or the classic API's payout
        told = body.get("amount") or {"value": 1000, "currency": "EUR"}
        command = authorize(amount=Money(told["value"], told["currency"]), capture_method=CaptureMethod.MANUAL)
        status = status or (body.get("status") if "errorCode" in body else 200)
        if "resultCode" in body:
            outcome = run(command, (status, body)).outcome
            assert (outcome.payment_id, outcome.raw_status) == (body.get("pspReference"), body["resultCode"]), url
            assert outcome.status.name != "UNRESOLVED"
        else:
            with pytest.raises(OutcomeUnknown if status >= 500 else GatewayRefused) as caught:
                run(command, (status, body))
            assert caught.value.error.raw_code == body["errorCode"]
        seen += 1
    assert seen >= 15


def test_recorded_webhooks_hold_and_mean_an_authorisation(reference, context):
    lines = (reference / "traffic" / "adyen.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines if line.strip()]
    signed = [record for record in records if record["kind"] == "webhook" and record.get("signature")]
    assert len(signed) >= 5
    for record in signed:
        command = IncomingWebhook(request_id="w", headers=(), body=record["request"]["body"].encode())
        settings = context(hmac_keys=record["signature"]["key"])
        (event,) = drive(CONNECTOR.exchange(settings, command), None, None).events
        assert (event.type, event.outcome.status.name) == ("AUTHORISATION", "AUTHORIZED")
