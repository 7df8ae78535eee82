"""What is sent, against the examples of Adyen's Checkout v72 and DisputeService v30 documents."""

import json
from hashlib import sha256

import pytest

from runtime.core.errors import IntegrityMismatch, InvalidCommand
from runtime.core.money import Money
from runtime.core.payments import (
    AcceptDispute,
    Address,
    BankDebit,
    Browser,
    Capture,
    Card,
    ChargeMandate,
    CompleteAuthorize,
    CreateSessionToken,
    DefendDispute,
    LocalMethod,
    Refund,
    RevokeMandate,
    SetupMandate,
    Shopper,
    StoredMethod,
    SubmitEvidence,
    Upi,
    Void,
    Wallet,
)
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, PaymentMethodType

PSP = "993617895204576J"
CHECKOUT = "https://checkout-test.adyen.com/v72"
DISPUTES = "https://ca-test.adyen.com/ca/services/DisputeService/v30"
DISPUTE = "DZ4DPSHB4WD2WN82"
DONE = (200, {"disputeServiceResult": {"success": True}})
KIND = PaymentMethodType
IBAN = "NL13TEST0123456789"

# One row for each method: the command's method, its currency, and the `paymentMethod` that Adyen's schemas ask for.
METHODS = [
    (Wallet(kind=KIND.APPLE_PAY, token=Secret("VNRWtuNlNEWkRCSm1xWndj")), "USD",
     {"type": "applepay", "applePayToken": "VNRWtuNlNEWkRCSm1xWndj"}),
    (Wallet(kind=KIND.APPLE_PAY, token=Secret('{"version":"EC_v1"}')), "USD",
     {"type": "applepay", "applePayToken": "eyJ2ZXJzaW9uIjoiRUNfdjEifQ=="}),
    (Wallet(kind=KIND.GOOGLE_PAY, token=Secret('{"signature":"x"}')), "USD",
     {"type": "googlepay", "googlePayToken": '{"signature":"x"}'}),
    (LocalMethod(kind=KIND.PAYPAL), "USD", {"type": "paypal", "subtype": "redirect"}),
    (BankDebit(kind=KIND.SEPA_DEBIT, account=Secret(IBAN), holder="A. Klaassen"), "EUR",
     {"type": "sepadirectdebit", "iban": IBAN, "ownerName": "A. Klaassen"}),
    (BankDebit(kind=KIND.ACH_DEBIT, account=Secret("123456789"), holder="John Smith", routing="011000138"), "USD",
     {"type": "ach", "bankAccountNumber": "123456789", "bankLocationId": "011000138", "ownerName": "John Smith"}),
    (LocalMethod(kind=KIND.BANK_TRANSFER), "EUR", {"type": "bankTransfer_IBAN"}),
    (LocalMethod(kind=KIND.KLARNA), "SEK", {"type": "klarna"}),
    (LocalMethod(kind=KIND.AFFIRM), "USD", {"type": "affirm"}),
    (LocalMethod(kind=KIND.AFTERPAY), "AUD", {"type": "afterpaytouch"}),
    (LocalMethod(kind=KIND.IDEAL), "EUR", {"type": "ideal"}),
    (LocalMethod(kind=KIND.IDEAL, bank="1121"), "EUR", {"type": "ideal", "issuer": "1121"}),
    (LocalMethod(kind=KIND.SOFORT), "EUR", {"type": "directEbanking"}),
    (LocalMethod(kind=KIND.BOLETO), "BRL", {"type": "boletobancario"}),
    (LocalMethod(kind=KIND.OXXO), "MXN", {"type": "oxxo"}),
    (Upi(vpa=Secret("shopper@upi")), "INR", {"type": "upi_collect", "virtualPaymentAddress": "shopper@upi"}),
    (Upi(), "INR", {"type": "upi_intent"}),
    (LocalMethod(kind=KIND.ALIPAY), "CNY", {"type": "alipay"}),
    (LocalMethod(kind=KIND.WECHAT_PAY), "CNY", {"type": "wechatpayQR"}),
]  # fmt: skip


@pytest.fixture
def somebody():
    address = Address(line1="Redwood Block 37C", city="New York", postal_code="10039", country="US", region="NY")
    return Shopper(name="Testperson Mary Approved", email="s.hopper@test.com", ip="192.0.2.1", address=address)


def test_a_card_payment_is_the_one_of_the_document(run, authorize, paid):
    """The example post-payments-card-direct, with the capture said aloud."""
    card = Card(
        number=Secret("4111111111111111"), expiry_month=3, expiry_year=2030, cvc=Secret("737"), holder="John Smith"
    )
    command = authorize(
        amount=Money(1000, "USD"),
        method=card,
        reference="Your order number",
        return_url="https://your-company.example/",
    )
    ran = run(command, paid(amount={"currency": "USD", "value": 1000}))
    (request,) = ran.sent
    assert (request.method, request.url) == ("POST", f"{CHECKOUT}/payments")
    assert ran.body == {
        "amount": {"currency": "USD", "value": 1000},
        "reference": "Your order number",
        "paymentMethod": {
            "type": "scheme",
            "number": "4111111111111111",
            "expiryMonth": "03",
            "expiryYear": "2030",
            "holderName": "John Smith",
            "cvc": "737",
        },
        "returnUrl": "https://your-company.example/",
        "merchantAccount": "TestMerchant",
        "captureDelayHours": 0,
    }


def test_every_write_carries_the_api_key_and_the_key_of_its_intent(run, authorize, paid):
    (request,) = run(authorize(), paid()).sent
    assert request.header("X-API-Key") == "AQE_hush"
    assert request.header("Content-Type") == "application/json"
    assert request.header("Idempotency-Key") == sha256(b"Authorize:order-1").hexdigest()[:32]


@pytest.mark.parametrize("mode", [CaptureMethod.MANUAL, CaptureMethod.MANUAL_MULTIPLE])
def test_a_hold_is_asked_for_by_manual_capture(run, authorize, paid, mode):
    body = run(authorize(capture_method=mode), paid()).body
    assert body["additionalData"] == {"manualCapture": "true"}
    assert "captureDelayHours" not in body


@pytest.mark.parametrize(("method", "currency", "wanted"), METHODS, ids=lambda it: getattr(it, "kind", None))
def test_a_method_is_named_as_its_schema_says(run, authorize, paid, method, currency, wanted):
    reply = paid("RedirectShopper", amount=None)
    assert run(authorize(method=method, amount=Money(1000, currency)), reply).body["paymentMethod"] == wanted


def test_the_methods_are_types_that_adyen_lists(facts):
    listed = {name for schema in facts["payment_methods"].values() for name in schema["type"]}
    assert {wanted["type"] for _, _, wanted in METHODS} | {"scheme"} <= listed
    assert "giropay" not in listed


@pytest.mark.parametrize("kind", [KIND.KLARNA, KIND.AFFIRM, KIND.AFTERPAY])
def test_buy_now_pay_later_is_told_what_is_bought_and_where_it_goes(run, authorize, paid, somebody, kind):
    money = Money(1000, {KIND.AFTERPAY: "AUD"}.get(kind, "USD"))
    body = run(
        authorize(method=LocalMethod(kind=kind), amount=money, shopper=somebody), paid("Pending", amount=None)
    ).body
    (item,) = body["lineItems"]
    assert (
        item["quantity"] * item["amountIncludingTax"] == money.minor == item["amountExcludingTax"] + item["taxAmount"]
    )
    assert body["deliveryAddress"] == body["billingAddress"]


def test_the_shopper_is_told_in_adyens_fields(run, authorize, paid, somebody):
    body = run(authorize(shopper=somebody), paid()).body
    assert body["shopperName"] == {"firstName": "Testperson Mary", "lastName": "Approved"}
    assert (body["shopperEmail"], body["shopperIP"], body["countryCode"]) == ("s.hopper@test.com", "192.0.2.1", "US")
    assert body["billingAddress"] == {
        "country": "US",
        "city": "New York",
        "street": "Redwood Block",
        "houseNumberOrName": "37C",
        "stateOrProvince": "NY",
        "postalCode": "10039",
    }


@pytest.mark.parametrize(
    ("line", "street", "number"),
    [
        ("Stargatan 1", "Stargatan", "1"),
        ("10 Downing Street", "Downing Street", "10"),
        ("The Castle", "The Castle", "N/A"),
    ],
)
def test_the_number_of_a_house_is_told_apart(run, authorize, paid, line, street, number):
    address = Address(line1=line, city="Ankeborg", postal_code="12345", country="SE")
    told = run(authorize(shopper=Shopper(address=address)), paid()).body["billingAddress"]
    assert (told["street"], told["houseNumberOrName"]) == (street, number)


def test_boleto_and_oxxo_can_tell_who_pays(run, authorize, paid):
    shopper = Shopper(name="S Hopper", tax_id=Secret("56861752509"))
    command = authorize(method=LocalMethod(kind=KIND.BOLETO), amount=Money(1000, "BRL"), shopper=shopper)
    assert run(command, paid("PresentToShopper", amount=None)).body["socialSecurityNumber"] == "56861752509"


def test_three_d_secure_in_a_browser_is_the_one_of_the_document(run, authorize, paid):
    """The example post-payments-card-3d-secure-2-web."""
    browser = Browser(
        user_agent="Mozilla/5.0",
        accept_header="text/html",
        language="nl-NL",
        color_depth=24,
        screen_height=723,
        screen_width=1536,
        timezone_offset_minutes=0,
        java_enabled=True,
    )
    command = authorize(shopper=Shopper(browser=browser), return_url="https://your-company.example/checkout/?a=1")
    body = run(command, paid(), native_3ds=True).body
    assert body["browserInfo"] == {
        "userAgent": "Mozilla/5.0",
        "acceptHeader": "text/html",
        "language": "nl-NL",
        "colorDepth": 24,
        "screenHeight": 723,
        "screenWidth": 1536,
        "timeZoneOffset": 0,
        "javaEnabled": True,
    }
    assert (body["channel"], body["origin"]) == ("Web", "https://your-company.example")
    assert body["authenticationData"] == {"threeDSRequestData": {"nativeThreeDS": "preferred"}}
    assert "authenticationData" not in run(command, paid()).body


def test_what_the_shopper_brought_back_goes_to_details_and_nothing_else_of_the_query(run, eur, paid):
    returned = {"redirectResult": "X6XtfGC3!Y...", "shopperOrder": "12xy"}
    ran = run(CompleteAuthorize(request_id="r", payment_id=PSP, amount=eur, returned=returned), paid())
    assert ran.sent[0].url == f"{CHECKOUT}/payments/details"
    assert ran.body == {"details": {"redirectResult": "X6XtfGC3!Y..."}}


def test_older_flows_hand_the_payment_data_back_beside_the_details(run, eur, paid):
    returned = {"MD": "md", "PaRes": "pares", "paymentData": "Ab02b4c0!"}
    body = run(CompleteAuthorize(request_id="r", payment_id=PSP, amount=eur, returned=returned), paid()).body
    assert body == {"details": {"MD": "md", "PaRes": "pares"}, "paymentData": "Ab02b4c0!"}


def test_a_query_without_anything_of_adyens_completes_nothing(run, eur):
    with pytest.raises(InvalidCommand):
        run(CompleteAuthorize(request_id="r", payment_id=PSP, amount=eur, returned={"shopperOrder": "12xy"}))


@pytest.mark.parametrize(
    ("command", "path", "with_amount"),
    [(Capture, "captures", True), (Refund, "refunds", True), (Void, "cancels", False)],
)
def test_a_modification_names_account_and_amount(run, eur, received, command, path, with_amount):
    ran = run(command(request_id="m", payment_id=PSP, amount=eur), received())
    assert ran.sent[0].url == f"{CHECKOUT}/payments/{PSP}/{path}"
    wanted = {"amount": {"currency": "EUR", "value": 1000}} if with_amount else {}
    assert ran.body == {"merchantAccount": "TestMerchant"} | wanted


def test_an_id_that_would_change_the_route_is_refused(run, eur):
    for identity in ("../x", "a/b", ""):
        with pytest.raises(InvalidCommand):
            run(Capture(request_id="m", payment_id=identity, amount=eur))


def test_a_session_is_the_one_of_the_document(run):
    """The example post-sessions-00.success, without its country; a session is a sale, whatever the account does."""
    command = CreateSessionToken(
        request_id="s", amount=Money(100, "EUR"), return_url="https://shop.example/", reference="YOUR_PAYMENT_REFERENCE"
    )
    told = {"id": "CS451F2AB1ED897A94", "sessionData": "Ab02", "expiresAt": "2022-01-11T13:53:18+01:00"}
    ran = run(command, (201, told | {"amount": {"currency": "EUR", "value": 100}}))
    assert ran.body == {
        "merchantAccount": "TestMerchant",
        "amount": {"value": 100, "currency": "EUR"},
        "returnUrl": "https://shop.example/",
        "reference": "YOUR_PAYMENT_REFERENCE",
        "captureDelayHours": 0,
    }
    assert (ran.outcome.session_id, ran.outcome.token.reveal()) == ("CS451F2AB1ED897A94", "Ab02")
    assert ran.outcome.expires_at == 1641905598
    with pytest.raises(IntegrityMismatch):
        run(command, (201, told | {"amount": {"currency": "EUR", "value": 99}}))


def test_a_consent_is_a_payment_of_nothing_that_is_stored_for_the_shopper(run, paid, authorize):
    command = SetupMandate(request_id="m", method=authorize().method, currency="USD", customer_id="shopper-1")
    body = run(command, paid(amount=None)).body
    assert body["amount"] == {"currency": "USD", "value": 0}
    assert body["storePaymentMethod"] is True
    assert (body["shopperReference"], body["shopperInteraction"]) == ("shopper-1", "Ecommerce")
    assert body["recurringProcessingModel"] == "UnscheduledCardOnFile"
    assert "captureDelayHours" not in body


def test_a_charge_on_a_mandate_is_the_one_of_the_document(run, paid):
    """The example post-payments-subscription-payment."""
    command = ChargeMandate(
        request_id="c",
        amount=Money(1000, "USD"),
        mandate_id="M5N7TQ4TG5PFWR50",
        customer_id="YOUR_SHOPPER_REFERENCE",
        reference="Your order number",
    )
    reply = paid(amount={"currency": "USD", "value": 1000})
    body = run(command, reply, recurring_model="Subscription", return_url="https://your-company.example/").body
    assert body == {
        "amount": {"currency": "USD", "value": 1000},
        "reference": "Your order number",
        "paymentMethod": {"type": "scheme", "storedPaymentMethodId": "M5N7TQ4TG5PFWR50"},
        "shopperReference": "YOUR_SHOPPER_REFERENCE",
        "returnUrl": "https://your-company.example/",
        "merchantAccount": "TestMerchant",
        "shopperInteraction": "ContAuth",
        "recurringProcessingModel": "Subscription",
        "captureDelayHours": 0,
    }


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (KIND.SEPA_DEBIT, "sepadirectdebit"),
        (KIND.APPLE_PAY, "scheme"),
        (KIND.GOOGLE_PAY, "scheme"),
        (KIND.KLARNA, "klarna"),
    ],
)
def test_a_stored_method_is_charged_under_the_type_it_is_stored_as(run, paid, eur, kind, named):
    command = ChargeMandate(request_id="c", amount=eur, mandate_id="M5N7", customer_id="shopper-1", kind=kind)
    assert run(command, paid()).body["paymentMethod"]["type"] == named


def test_without_the_shopper_adyen_knows_no_token(run, eur, authorize):
    for command in (
        ChargeMandate(request_id="c", amount=eur, mandate_id="M5N7"),
        RevokeMandate(request_id="c", mandate_id="M5N7"),
        authorize(method=StoredMethod(token="M5N7")),
    ):
        with pytest.raises(InvalidCommand):
            run(command)


def test_a_token_is_deleted_of_its_shopper(run):
    ran = run(RevokeMandate(request_id="c", mandate_id="M5N7", customer_id="a b&c"), (204, b""))
    (request,) = ran.sent
    assert request.method == "DELETE"
    assert (
        request.url == f"{CHECKOUT}/storedPaymentMethods/M5N7?shopperReference=a%20b%26c&merchantAccount=TestMerchant"
    )
    assert request.header("Idempotency-Key") is None


@pytest.mark.parametrize(
    ("command", "path", "more"),
    [
        (AcceptDispute(request_id="d", dispute_id=DISPUTE), "acceptDispute", {}),
        (
            DefendDispute(request_id="d", dispute_id=DISPUTE, reason="SupplyDefenseMaterial"),
            "defendDispute",
            {"defenseReasonCode": "SupplyDefenseMaterial"},
        ),
        (
            SubmitEvidence(request_id="d", dispute_id=DISPUTE, evidence={"DefenseMaterial": "JVBERi0xLjQ="}),
            "supplyDefenseDocument",
            {
                "defenseDocuments": [
                    {
                        "content": "JVBERi0xLjQ=",
                        "contentType": "application/pdf",
                        "defenseDocumentTypeCode": "DefenseMaterial",
                    }
                ]
            },
        ),
    ],
)
def test_disputes_go_to_their_own_service(run, command, path, more):
    ran = run(command, DONE)
    assert ran.sent[0].url == f"{DISPUTES}/{path}"
    assert ran.body == {"disputePspReference": DISPUTE, "merchantAccountCode": "TestMerchant"} | more


def test_evidence_in_words_is_encoded(run):
    ran = run(SubmitEvidence(request_id="d", dispute_id=DISPUTE, evidence={"TIDorInvoice": "invoice 7"}), DONE)
    (document,) = ran.body["defenseDocuments"]
    assert (document["content"], document["contentType"]) == ("aW52b2ljZSA3", "text/plain")


def test_a_defence_needs_its_reason(run):
    with pytest.raises(InvalidCommand):
        run(DefendDispute(request_id="d", dispute_id=DISPUTE))


def test_a_datum_of_another_method_is_refused(run, authorize):
    with pytest.raises(InvalidCommand):
        run(authorize(method=Wallet(kind=KIND.CARD, token=Secret("x"))))


def test_another_host_is_a_matter_of_configuration(run, authorize, paid):
    ran = run(authorize(), paid(), base_url="http://127.0.0.1:8080/v72/")
    assert ran.sent[0].url == "http://127.0.0.1:8080/v72/payments"
    assert json.loads(ran.sent[0].body)["returnUrl"] == "https://return.invalid/"
