"""Every reply and every webhook is one that Adyen's own OpenAPI documents allow, field for field."""

import functools
import json

import jsonschema_rs
import pytest

from tests.mock_gateways.adyen.conftest import ACCOUNT, CARD, CHALLENGED, DAY, DISPUTES, HOUR

PAYMENTS = "/v72/payments"
SHOPPER = {"shopperReference": "shopper-1", "storePaymentMethod": True, "recurringProcessingModel": "CardOnFile"}
NATIVE = {"authenticationData": {"threeDSRequestData": {"nativeThreeDS": "preferred"}}}


class Published:
    """The schemas of one OpenAPI document."""

    def __init__(self, path):
        self.document = json.loads(path.read_text())

    def response(self, path, method, status):
        responses = self.document["paths"][path][method.lower()]["responses"]
        return responses[str(status)].get("content", {}).get("application/json", {}).get("schema")

    def webhook(self, code):
        return self.document["webhooks"][f"/{code}"]["post"]["requestBody"]["content"]["application/json"]["schema"]

    def errors(self, schema, value):
        return [str(problem)[:400] for problem in self._validator(json.dumps(schema)).iter_errors(value)]

    @functools.cache  # noqa: B019 - a document lives as long as the tests
    def _validator(self, schema):
        return jsonschema_rs.Draft202012Validator({**json.loads(schema), "components": self.document["components"]})


@pytest.fixture(scope="module")
def checkout(reference):
    return Published(reference / "specs" / "adyen-checkout-v72.json")


@pytest.fixture(scope="module")
def service(reference):
    return Published(reference / "specs" / "adyen-dispute-v30.json")


@pytest.fixture(scope="module")
def webhooks(reference):
    return Published(reference / "specs" / "adyen-webhooks-v1.json")


def _payments(merchant):
    yield PAYMENTS, merchant.pay()
    yield PAYMENTS, merchant.pay(value=0, **SHOPPER)
    yield PAYMENTS, merchant.pay(additionalData={"RequestedTestAcquirerResponseCode": "12"})
    yield PAYMENTS, merchant.card(holderName="SIMULATED_PARTIALLY_AUTHORISED")
    yield PAYMENTS, merchant.card(number="4242424242424242")
    yield PAYMENTS, merchant.pay(value=-1)
    yield PAYMENTS, merchant.send("POST", PAYMENTS, merchantAccount=ACCOUNT)


def _authentications(merchant):
    yield PAYMENTS, merchant.card(CHALLENGED)
    yield f"{PAYMENTS}/details", merchant.detail(**merchant.decide()["details"])
    native = merchant.pay(paymentMethod={**CARD, "number": CHALLENGED}, **NATIVE)
    yield PAYMENTS, native
    token = native.json["action"]["paymentData"]
    body = {"details": {"threeDSResult": "eyJ0aHJlZURTQ29tcEluZCI6IlkifQ=="}, "paymentData": token}
    yield f"{PAYMENTS}/details", merchant.send("POST", f"{PAYMENTS}/details", **body)
    yield f"{PAYMENTS}/details", merchant.detail(**merchant.decide("fail")["details"])
    yield f"{PAYMENTS}/details", merchant.detail(redirectResult="unknown")


METHODS = {
    "applepay": {"applePayToken": "simulated"},
    "googlepay": {"googlePayToken": "simulated"},
    "paypal": {"subtype": "sdk"},
    "sepadirectdebit": {"iban": "NL13TEST0123456789", "ownerName": "A. Klaassen"},
    "bankTransfer_IBAN": {},
    "klarna": {},
    "ideal": {},
    "directEbanking": {},
    "alipay": {},
    "wechatpayQR": {},
}
ELSEWHERE = {
    "ach": ("USD", {"bankAccountNumber": "123456789", "bankLocationId": "011000138", "ownerName": "John Smith"}),
    "boletobancario": ("BRL", {}),
    "oxxo": ("MXN", {}),
    "upi_collect": ("INR", {"virtualPaymentAddress": "testvpa@icici"}),
    "upi_qr": ("INR", {}),
}


def _methods(merchant):
    for name, fields in METHODS.items():
        yield PAYMENTS, merchant.pay(paymentMethod={"type": name, **fields})
    for name, (currency, fields) in ELSEWHERE.items():
        yield PAYMENTS, merchant.pay(currency=currency, paymentMethod={"type": name, **fields})
    yield "/v72/paymentMethods", merchant.send("POST", "/v72/paymentMethods", merchantAccount=ACCOUNT)


def _modifications(merchant):
    held = merchant.hold()
    named = f"{PAYMENTS}/{{paymentPspReference}}"
    yield f"{named}/amountUpdates", merchant.on(held, "amountUpdates", 1500, industryUsage="delayedCharge")
    yield f"{named}/amountUpdates", merchant.on(held, "amountUpdates", 1600, adjustAuthorisationData="x")
    yield f"{named}/captures", merchant.on(held, "captures", 500, reference="capture-1")
    yield f"{named}/refunds", merchant.on(held, "refunds", 100, merchantRefundReason="RETURN")
    yield f"{named}/reversals", merchant.on(held, "reversals")
    yield f"{named}/cancels", merchant.on(merchant.hold(), "cancels")
    yield f"{named}/cancels", merchant.on("8836183819713023", "cancels")
    merchant.hold(reference="lost")
    yield "/v72/cancels", merchant.send("POST", "/v72/cancels", merchantAccount=ACCOUNT, paymentReference="lost")


def _rest(merchant):
    token = merchant.pay(value=0, **SHOPPER).json["additionalData"]["tokenization.storedPaymentMethodId"]
    path = "/v72/storedPaymentMethods"
    named = {"merchantAccount": ACCOUNT, "shopperReference": "shopper-1"}
    yield path, merchant.send("GET", path, **named)
    body = {"paymentMethod": {**CARD, "number": "5555555555554444"}, "recurringProcessingModel": "CardOnFile"}
    yield path, merchant.send("POST", path, **named, **body)
    yield f"{path}/{{storedPaymentMethodId}}", merchant.send("DELETE", f"{path}/{token}", **named)
    amount = {"amount": {"value": 2500, "currency": "EUR"}, "merchantAccount": ACCOUNT, "reference": "order-9"}
    order = merchant.send("POST", "/v72/orders", **amount)
    yield "/v72/orders", order
    part = {name: order.json[name] for name in ("pspReference", "orderData")}
    yield PAYMENTS, merchant.pay(value=1000, order=part)
    yield "/v72/orders/cancel", merchant.send("POST", "/v72/orders/cancel", merchantAccount=ACCOUNT, order=part)
    session = merchant.send("POST", "/v72/sessions", **amount, returnUrl="https://shop.example/")
    yield "/v72/sessions", session
    paid = merchant.decide(identity=session.json["id"])
    seen = merchant.send("GET", f"/v72/sessions/{paid['id']}", sessionResult=paid["sessionResult"])
    yield "/v72/sessions/{sessionId}", seen
    link = merchant.send("POST", "/v72/paymentLinks", **amount)
    yield "/v72/paymentLinks", link
    where = f"/v72/paymentLinks/{link.json['id']}"
    yield "/v72/paymentLinks/{linkId}", merchant.send("GET", where)
    yield "/v72/paymentLinks/{linkId}", merchant.send("PATCH", where, status="expired")


@pytest.mark.parametrize("story", [_payments, _authentications, _methods, _modifications, _rest])
def test_a_reply_is_one_that_checkout_publishes(merchant, checkout, story):
    for path, answer in story(merchant):
        public = path.removeprefix("/v72")
        method = next(m for m in ("POST", "GET", "PATCH", "DELETE") if _has(checkout, public, m, answer.status))
        schema = checkout.response(public, method, answer.status)
        if schema is not None:
            assert checkout.errors(schema, answer.json) == [], (path, answer.text)


def _has(published, path, method, status):
    return str(status) in published.document["paths"][path].get(method.lower(), {}).get("responses", {})


def _disputed(merchant):
    return merchant.mock("POST", "disputes", {"payment": merchant.pay().json["pspReference"]})["id"]


def test_a_reply_is_one_that_the_dispute_service_publishes(merchant, service):
    dispute = _disputed(merchant)
    supplied = {"defenseDocumentTypeCode": "DefenseMaterial", "contentType": "application/pdf", "content": "JVBERi0="}
    calls = [
        ("retrieveApplicableDefenseReasons", {}),
        ("supplyDefenseDocument", {"defenseDocuments": [supplied]}),
        ("deleteDisputeDefenseDocument", {"defenseDocumentType": "DefenseMaterial"}),
        ("defendDispute", {"defenseReasonCode": "SupplyDefenseMaterial"}),
        ("acceptDispute", {}),
        ("defendDispute", {"defenseReasonCode": "SupplyDefenseMaterial"}),
    ]
    for operation, more in calls:
        body = {"merchantAccountCode": ACCOUNT, "disputePspReference": dispute, **more}
        answer = merchant.send("POST", f"{DISPUTES}/{operation}", **body)
        assert answer.status == 200, answer.text
        assert service.errors(service.response(f"/{operation}", "POST", 200), answer.json) == [], answer.text


def _everything(merchant):
    """A story for every event that the simulator sends."""
    for story in (_payments, _authentications, _methods, _modifications, _rest):
        list(story(merchant))
    for behaviour in ("REFUND_FAILED", "CAPTURE_FAILED"):
        psp = merchant.card(holderName=f"SIMULATED_{behaviour}").json["pspReference"]
        if behaviour == "REFUND_FAILED":
            merchant.on(psp, "refunds", 300)
    merchant.on(merchant.hold(), "refunds", 100)
    accepted, won, lost, _, late = (_disputed(merchant) for _ in range(5))
    merchant.dispute("acceptDispute", accepted)
    for dispute in (won, lost, late):
        supplied = {
            "defenseDocumentTypeCode": "DefenseMaterial",
            "contentType": "application/pdf",
            "content": "JVBERi0=",
        }
        merchant.dispute("supplyDefenseDocument", dispute, defenseDocuments=[supplied])
        merchant.dispute("defendDispute", dispute, defenseReasonCode="SupplyDefenseMaterial")
    merchant.decide("approve", won)
    merchant.decide("fail", lost)
    for alert in ("request_for_information", "notification_of_fraud"):
        merchant.mock("POST", "disputes", {"payment": merchant.pay().json["pspReference"], "reason": alert})
    merchant.wait(60 * HOUR)
    merchant.wait(60 * DAY)


def _as_described(code, body):
    """Two schemas forget the signature, which the examples of a RECURRING_CONTRACT and an OFFER_CLOSED carry."""
    if code in ("RECURRING_CONTRACT", "OFFER_CLOSED", "ORDER_OPENED", "ORDER_CLOSED"):
        for entry in body["notificationItems"]:
            assert entry["NotificationRequestItem"]["additionalData"].pop("hmacSignature")
    return body


def test_a_webhook_is_one_that_adyen_publishes(merchant_with, webhooks):
    merchant = merchant_with(capture_webhook_for_automatic=1)
    _everything(merchant)
    seen = {}
    for row in merchant.mock("GET", "outbox")["deliveries"]:
        body = json.loads(row["body"])
        problems = webhooks.errors(webhooks.webhook(row["type"]), _as_described(row["type"], body))
        assert problems == [], (row["type"], row["body"])
        seen.setdefault(row["type"], set()).add(body["notificationItems"][0]["NotificationRequestItem"]["success"])
    assert seen == {
        "AUTHORISATION": {"true", "false"},
        "AUTHORISATION_ADJUSTMENT": {"true"},
        "CANCELLATION": {"true"},
        "CANCEL_OR_REFUND": {"true"},
        "CAPTURE": {"true"},
        "CAPTURE_FAILED": {"true"},
        "CHARGEBACK": {"true"},
        "CHARGEBACK_REVERSED": {"true"},
        "DISPUTE_DEFENSE_PERIOD_ENDED": {"true"},
        "EXPIRE": {"true"},
        "INFORMATION_SUPPLIED": {"true"},
        "ISSUER_RESPONSE_TIMEFRAME_EXPIRED": {"true"},
        "NOTIFICATION_OF_CHARGEBACK": {"true"},
        "NOTIFICATION_OF_FRAUD": {"true"},
        "OFFER_CLOSED": {"true"},
        "ORDER_CLOSED": {"false"},
        "ORDER_OPENED": {"true"},
        "PREARBITRATION_WON": {"true"},
        "RECURRING_CONTRACT": {"true"},
        "REFUND": {"true", "false"},
        "REFUND_FAILED": {"true"},
        "REQUEST_FOR_INFORMATION": {"true"},
        "SECOND_CHARGEBACK": {"true"},
        "TECHNICAL_CANCEL": {"true"},
    }
