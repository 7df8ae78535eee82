"""Every payment method as Stripe's pages and its own library describe it, and what the shopper is asked to do."""

import pytest
from stripe import params

from runtime.connectors.stripe import CONNECTOR
from runtime.core.errors import InvalidCommand
from runtime.core.money import Money
from runtime.core.payments import (
    Address,
    Authorize,
    BankDebit,
    Browser,
    LocalMethod,
    PSync,
    SetupMandate,
    Shopper,
    StoredMethod,
    Upi,
    Wallet,
)
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod, ErrorCode, NextActionKind, PaymentMethodType, PaymentStatus

KIND = PaymentMethodType
JENNY = Shopper(
    name="Jenny Rosen",
    email="jenny@example.com",
    phone="+15555550123",
    tax_id=Secret("00000000000"),  # docs.stripe.com/payments/boleto: the test tax id
    ip="127.0.0.1",
    address=Address(line1="27 Fredrick Ave", city="Brothers", postal_code="97712", country="DE", region="BE"),
    browser=Browser(user_agent="Mozilla/5.0"),
)
ACH = BankDebit(kind=KIND.ACH_DEBIT, account=Secret("000123456789"), holder="Jenny Rosen", routing="110000000")
SEPA = BankDebit(kind=KIND.SEPA_DEBIT, account=Secret("AT611904300234573201"), holder="Jenny Rosen")
ONLINE = {
    "mandate_data[customer_acceptance][type]": "online",
    "mandate_data[customer_acceptance][online][ip_address]": "127.0.0.1",
    "mandate_data[customer_acceptance][online][user_agent]": "Mozilla/5.0",
}

# (method, currency, its type, what else it sends): docs.stripe.com/payments/<method>/accept-a-payment
SENT = [
    (Wallet(kind=KIND.APPLE_PAY, token=Secret("tok_visa")), "USD", "card", {"card][token": "tok_visa"}),
    (Wallet(kind=KIND.GOOGLE_PAY, token=Secret("tok_visa")), "JPY", "card", {"card][token": "tok_visa"}),
    (LocalMethod(kind=KIND.PAYPAL), "EUR", "paypal", {}),
    (
        ACH,
        "USD",
        "us_bank_account",
        {
            "us_bank_account][account_number": "000123456789",
            "us_bank_account][routing_number": "110000000",
            "us_bank_account][account_holder_type": "individual",
        },
    ),
    (SEPA, "EUR", "sepa_debit", {"sepa_debit][iban": "AT611904300234573201"}),
    (LocalMethod(kind=KIND.KLARNA), "SEK", "klarna", {}),
    (LocalMethod(kind=KIND.AFFIRM), "USD", "affirm", {}),
    (LocalMethod(kind=KIND.AFTERPAY), "AUD", "afterpay_clearpay", {}),
    (LocalMethod(kind=KIND.IDEAL, bank="ing"), "EUR", "ideal", {"ideal][bank": "ing"}),
    (LocalMethod(kind=KIND.IDEAL), "EUR", "ideal", {}),
    (LocalMethod(kind=KIND.BOLETO), "BRL", "boleto", {"boleto][tax_id": "00000000000"}),
    (LocalMethod(kind=KIND.OXXO), "MXN", "oxxo", {}),
    (LocalMethod(kind=KIND.CRYPTO), "USD", "crypto", {}),
    (LocalMethod(kind=KIND.ALIPAY), "CNY", "alipay", {}),
    (LocalMethod(kind=KIND.WECHAT_PAY), "CNY", "wechat_pay", {}),
    (Upi(), "INR", "upi", {}),
]
OPTIONS = {"wechat_pay": {"payment_method_options[wechat_pay][client]": "web"}}


@pytest.fixture
def pay(run, intent):
    def pay(method, currency, **changes):
        command = Authorize(**{"request_id": "r", "amount": Money(1000, currency), "method": method} | changes)
        return run(command, (200, intent("requires_action", currency=currency.lower())))

    return pay


@pytest.mark.parametrize(("method", "currency", "kind", "more"), SENT, ids=lambda it: getattr(it, "kind", None))
def test_a_method_is_sent_under_its_own_type_with_the_shoppers_details(pay, fields, method, currency, kind, more):
    sent = fields(pay(method, currency, shopper=JENNY).sent[0])
    assert sent["allowed_payment_method_types[0]"] == sent["payment_method_data[type]"] == kind
    data = {name: value for name, value in sent.items() if name.startswith("payment_method_data[")}
    assert data == {f"payment_method_data[{name}]": value for name, value in more.items()} | {
        "payment_method_data[type]": kind,
        "payment_method_data[billing_details][name]": "Jenny Rosen",
        "payment_method_data[billing_details][email]": "jenny@example.com",
        "payment_method_data[billing_details][phone]": "+15555550123",
        "payment_method_data[billing_details][address][line1]": "27 Fredrick Ave",
        "payment_method_data[billing_details][address][city]": "Brothers",
        "payment_method_data[billing_details][address][postal_code]": "97712",
        "payment_method_data[billing_details][address][state]": "BE",
        "payment_method_data[billing_details][address][country]": "DE",
    }
    options = {name: value for name, value in sent.items() if name.startswith("payment_method_options[")}
    assert options == OPTIONS.get(kind, {})


@pytest.mark.parametrize(("method", "currency", "kind", "_"), SENT, ids=lambda it: getattr(it, "kind", None))
def test_every_field_of_a_method_is_a_parameter_of_stripes_library(
    pay, facts, method, currency, kind, _, fields, typed
):
    sent = fields(pay(method, currency, shopper=JENNY, return_url="https://shop.test").sent[0])
    cards = {"payment_method_data[type]", "payment_method_data[card][token]"}  # the library types cards elsewhere
    assert [name for name in sent if name not in cards and not typed(name, "PaymentIntentCreateParams")] == []
    assert kind in facts["statuses"]["payment_method_types"]


def test_a_shopper_of_whom_nothing_is_known_adds_nothing(pay, fields):
    sent = fields(pay(LocalMethod(kind=KIND.KLARNA), "EUR").sent[0])
    assert [name for name in sent if "billing_details" in name] == []


@pytest.mark.parametrize("method", [ACH, SEPA], ids=["ach", "sepa"])
def test_a_debit_carries_the_shoppers_consent_and_no_other_method_does(pay, method, fields):
    currency = "USD" if method is ACH else "EUR"
    sent = fields(pay(method, currency, shopper=JENNY).sent[0])
    assert {name: value for name, value in sent.items() if name.startswith("mandate_data")} == ONLINE
    bare = fields(pay(method, currency).sent[0])
    assert bare["mandate_data[customer_acceptance][type]"] == "offline"
    for other, code, _, _ in SENT:
        if not isinstance(other, BankDebit):
            assert not any("mandate_data" in name for name in fields(pay(other, code, shopper=JENNY).sent[0]))


HOLDING = {KIND.CARD, KIND.APPLE_PAY, KIND.GOOGLE_PAY, KIND.PAYPAL, KIND.KLARNA, KIND.AFFIRM, KIND.AFTERPAY}


def test_holds_are_offered_where_stripes_library_types_a_manual_capture():
    offers = CONNECTOR.capabilities.payment_methods
    assert {kind for kind, offer in offers.items() if CaptureMethod.MANUAL in offer.captures} == HOLDING
    for name in ("Card", "Paypal", "Klarna", "Affirm", "AfterpayClearpay"):
        options = getattr(params, f"PaymentIntentCreateParamsPaymentMethodOptions{name}")
        assert "manual" in str(options.__annotations__["capture_method"])


@pytest.mark.parametrize("kind", sorted(HOLDING - {KIND.CARD}))
def test_a_hold_of_another_method_asks_for_manual_capture(pay, kind, fields):
    method = StoredMethod(token="pm_1", kind=kind)
    sent = fields(pay(method, "USD", capture_method=CaptureMethod.MANUAL).sent[0])
    assert (sent["capture_method"], sent["payment_method"]) == ("manual", "pm_1")


def test_vouchers_are_the_methods_without_refunds():
    offers = CONNECTOR.capabilities.payment_methods
    assert {kind for kind, offer in offers.items() if not offer.refunds} == {KIND.BOLETO, KIND.OXXO}


@pytest.mark.parametrize(
    ("kind", "currencies"),
    [
        (KIND.ACH_DEBIT, "USD"),
        (KIND.SEPA_DEBIT, "EUR"),
        (KIND.IDEAL, "EUR"),
        (KIND.BOLETO, "BRL"),
        (KIND.OXXO, "MXN"),
        (KIND.UPI, "INR"),
        (KIND.AFFIRM, "CAD USD"),
        (KIND.AFTERPAY, "AUD CAD GBP NZD USD"),
        (KIND.BANK_TRANSFER, "EUR GBP JPY MXN USD"),
    ],
)
def test_a_method_of_few_currencies_names_them(kind, currencies):
    assert CONNECTOR.capabilities.payment_methods[kind].currencies == set(currencies.split())


@pytest.mark.parametrize(
    "method",
    [
        Upi(vpa=Secret("payment.success@stripeupi")),
        LocalMethod(kind=KIND.CARD),
        LocalMethod(kind=KIND.APPLE_PAY),
        LocalMethod(kind=KIND.SEPA_DEBIT),
        BankDebit(kind=KIND.KLARNA, account=Secret("1"), holder="x"),
    ],
    ids=["an address for UPI", "no card", "no token", "no account", "an account for Klarna"],
)
def test_a_method_given_as_another_thing_than_it_is_sends_nothing(run, method):
    currency = {KIND.UPI: "INR"}.get(method.kind, "EUR")
    with pytest.raises(InvalidCommand) as refused:
        run(Authorize(request_id="r", amount=Money(1000, currency), method=method))
    assert refused.value.error.code is ErrorCode.INVALID_REQUEST


# --- bank transfers ------------------------------------------------------------------------------------------------


CUSTOMER = (200, {"id": "cus_1", "object": "customer"})
TRANSFER = LocalMethod(kind=KIND.BANK_TRANSFER)


@pytest.mark.parametrize("code", ["EUR", "GBP", "JPY", "MXN", "USD"])
def test_a_transfer_is_made_to_an_account_of_a_new_customer(run, intent, code, fields, typed):
    command = Authorize(request_id="r", amount=Money(1000, code), method=TRANSFER, shopper=JENNY)
    ran = run(command, CUSTOMER, (200, intent("requires_action", currency=code.lower())))
    customer, paid = ran.sent
    assert customer.url.endswith("/v1/customers")
    assert fields(customer) == {"name": "Jenny Rosen", "email": "jenny@example.com", "phone": "+15555550123"}
    assert customer.header("Idempotency-Key") not in (None, paid.header("Idempotency-Key"))
    assert paid.header("Idempotency-Key") == command.idempotency_key
    sent = fields(paid)
    assert (sent["customer"], sent["payment_method_data[type]"]) == ("cus_1", "customer_balance")
    options = "payment_method_options[customer_balance]"
    assert sent[f"{options}[funding_type]"] == "bank_transfer"
    area = {"EUR": "eu", "GBP": "gb", "JPY": "jp", "MXN": "mx", "USD": "us"}[code]
    assert sent[f"{options}[bank_transfer][type]"] == f"{area}_bank_transfer"
    country = sent.get(f"{options}[bank_transfer][eu_bank_transfer][country]")
    assert country == ("DE" if code == "EUR" else None)
    assert [name for name in sent if not typed(name, "PaymentIntentCreateParams")] == []


def test_a_repeated_transfer_repeats_both_keys(run, intent):
    command = Authorize(request_id="r", amount=Money(1000, "USD"), method=TRANSFER)
    first, second = (run(command, CUSTOMER, (200, intent("requires_action"))).sent for _ in range(2))
    assert [one.headers for one in first] == [one.headers for one in second]


def test_an_order_paid_by_transfer_is_given_the_customer_first(run, intent, fields):
    command = Authorize(request_id="r", amount=Money(1000, "USD"), method=TRANSFER, order_id="pi_1")
    waiting = intent("requires_payment_method")
    made, given, paid = run(command, CUSTOMER, (200, waiting), (200, intent("requires_action"))).sent
    assert (given.url.rpartition("/")[2], fields(given)) == ("pi_1", {"customer": "cus_1"})
    assert paid.url.endswith("/pi_1/confirm")
    assert len({one.header("Idempotency-Key") for one in (made, given, paid)}) == 3


# --- what the shopper does -----------------------------------------------------------------------------------------


def act(run, intent, kind, details, **changes):
    reply = intent("requires_action", next_action={"type": kind, kind: details}, **changes)
    outcome = run(PSync(request_id="r", payment_id="pi_1"), (200, reply)).outcome
    assert outcome.status is PaymentStatus.AUTHENTICATION_PENDING
    return outcome.next_action


@pytest.mark.parametrize("kind", ["redirect_to_url", "alipay_handle_redirect"])
def test_a_redirect_leads_to_its_url_and_not_back(run, intent, kind):
    action = act(run, intent, kind, {"return_url": "https://shop.test", "url": "https://pay.test", "native_url": None})
    assert (action.kind, action.url, action.data) == (NextActionKind.REDIRECT, "https://pay.test", {})


def test_a_redirect_without_a_url_is_for_stripes_own_code(run, intent):
    action = act(run, intent, "redirect_to_url", {"return_url": "https://shop.test", "url": None})
    assert (action.kind, action.url) == (NextActionKind.CLIENT_SDK, None)


@pytest.mark.parametrize(
    ("kind", "details", "url", "shown"),
    [
        (
            "boleto_display_details",
            {"number": "01010101", "hosted_voucher_url": "https://v.test", "pdf": "https://p.test", "expires_at": 17},
            "https://v.test",
            {"number": "01010101", "pdf": "https://p.test", "expires_at": "17"},
        ),
        (
            "oxxo_display_details",
            {"number": "12345678", "hosted_voucher_url": "https://v.test", "expires_after": 17},
            "https://v.test",
            {"number": "12345678", "expires_after": "17"},
        ),
        (
            "wechat_pay_display_qr_code",
            {"data": "weixin://x", "hosted_instructions_url": "https://h.test", "image_url_png": "https://i.test"},
            "https://h.test",
            {"data": "weixin://x", "image_url_png": "https://i.test"},
        ),
        (
            "verify_with_microdeposits",
            {"arrival_date": 17, "hosted_verification_url": "https://m.test", "microdeposit_type": "amounts"},
            "https://m.test",
            {"arrival_date": "17", "microdeposit_type": "amounts"},
        ),
        ("boleto_display_details", {"number": "01", "hosted_voucher_url": None}, None, {"number": "01"}),
        ("boleto_display_details", None, None, {}),
    ],
)
def test_what_is_to_be_shown_is_all_there(run, intent, kind, details, url, shown):
    action = act(run, intent, kind, details)
    assert (action.kind, action.url) == (NextActionKind.DISPLAY, url)
    assert shown.items() <= action.data.items()
    assert "01010101" not in repr(action)


def test_the_accounts_of_a_transfer_are_shown(run, intent):
    address = {"type": "aba", "aba": {"account_number": "11119958118330123", "routing_number": "999999999"}}
    details = {"amount_remaining": 1000, "reference": "SCBJWXEZAFH8", "financial_addresses": [address]}
    action = act(run, intent, "display_bank_transfer_instructions", details)
    assert action.data["reference"] == "SCBJWXEZAFH8"
    assert "11119958118330123" in action.data["financial_addresses"]


def test_every_action_to_be_shown_is_one_of_stripes_library():
    from stripe import PaymentIntent  # noqa: PLC0415 - its import costs most of a second

    from runtime.connectors.stripe.tables import NEXT_ACTION  # noqa: PLC0415 - as above

    assert NEXT_ACTION.keys() <= PaymentIntent.NextAction.__annotations__.keys()


# --- debits --------------------------------------------------------------------------------------------------------


def test_a_debit_under_way_is_pending_though_its_charge_says_captured(run, intent, charge):
    """As recorded: docs.stripe.com/payments/sepa-debit, a charge `py_...` in flight."""
    flying = charge(
        status="pending",
        captured=True,
        amount_captured=1000,
        payment_method_details={"type": "sepa_debit", "sepa_debit": {}},
    )
    command = Authorize(request_id="r", amount=Money(1000, "EUR"), method=SEPA)
    outcome = run(command, (200, intent("processing", currency="eur", latest_charge=flying))).outcome
    assert outcome.status is PaymentStatus.PENDING
    assert (outcome.captured, outcome.refunded) == (Money(0, "EUR"), Money(0, "EUR"))


def test_no_account_number_is_shown(run, intent):
    ran = run(Authorize(request_id="r", amount=Money(1000, "USD"), method=ACH), (200, intent("processing")))
    assert "000123456789" not in repr(ran.sent) + repr(ran.outcome) + repr(ACH)


@pytest.mark.parametrize("kind", sorted(CONNECTOR.capabilities.payment_methods))
def test_mandates_are_offered_where_a_setup_is_typed(kind):
    offered = CONNECTOR.capabilities.payment_methods[kind].mandates
    assert offered is (
        kind in {KIND.CARD, KIND.APPLE_PAY, KIND.GOOGLE_PAY, KIND.PAYPAL, KIND.ACH_DEBIT, KIND.SEPA_DEBIT}
    )


def test_a_setup_of_paypal_carries_consent_though_a_payment_does_not(run, setup, fields):
    command = SetupMandate(
        request_id="r", method=LocalMethod(kind=KIND.PAYPAL), currency="EUR", customer_id="cus_1", shopper=JENNY
    )
    sent = fields(run(command, (200, setup("requires_action"))).sent[0])
    assert ONLINE.items() <= sent.items()
