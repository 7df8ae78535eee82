"""Every payment method goes its published way: redirect, debit, voucher or transfer, or it is refused."""

import pytest

from mock_gateways.core.published import rows
from mock_gateways.stripe import MANIFEST
from mock_gateways.stripe.tables import HERE

DAY = 86_400
BACK = {"return_url": "https://shop.example/back"}
PERSON = {
    "payment_method_data__billing_details__name": "Jane Doe",
    "payment_method_data__billing_details__email": "jane@example.com",
    "payment_method_data__billing_details__address__country": "DE",
}
CONSENT = {"mandate_data__customer_acceptance__type": "offline"}
SHIPPED = {"shipping__name": "Jane Doe", "shipping__address__line1": "1 Main Street"}
# What a method cannot do without, as docs.stripe.com/payments/<method> has it.
MORE = {
    "afterpay_clearpay": SHIPPED,
    "boleto": {"payment_method_data__boleto__tax_id": "000.000.000-00"},
    "sepa_debit": {"payment_method_data__sepa_debit__iban": "AT611904300234573201", **CONSENT},
    "us_bank_account": {
        "payment_method_data__us_bank_account__account_number": "000123456789",
        "payment_method_data__us_bank_account__routing_number": "110000000",
        "payment_method_data__us_bank_account__account_holder_type": "individual",
        **CONSENT,
    },
    "wechat_pay": {"payment_method_options__wechat_pay__client": "web"},
}
# The next action of each, as the library of this version types it.
ACTIONS = {
    "paypal": ("usd", "redirect_to_url"),
    "klarna": ("eur", "redirect_to_url"),
    "affirm": ("usd", "redirect_to_url"),
    "afterpay_clearpay": ("usd", "redirect_to_url"),
    "ideal": ("eur", "redirect_to_url"),
    "crypto": ("usd", "redirect_to_url"),
    "alipay": ("eur", "alipay_handle_redirect"),
    "wechat_pay": ("eur", "wechat_pay_display_qr_code"),
    "upi": ("inr", "upi_handle_redirect_or_display_qr_code"),
    "boleto": ("brl", "boleto_display_details"),
    "oxxo": ("mxn", "oxxo_display_details"),
    "us_bank_account": ("usd", "verify_with_microdeposits"),
}
HOLDS = {"paypal", "klarna", "affirm", "afterpay_clearpay"}
NO_REFUND = {"boleto", "oxxo"}
TAKEN = ("50.00", "50.00", "0.00", "0.00")
NOTHING = ("0.00", "0.00", "0.00", "0.00")


def pay_by(merchant, kind, currency, **more):
    given = {"amount": 5000, "currency": currency, "confirm": "true", "payment_method_data__type": kind}
    return merchant.send("POST", "/v1/payment_intents", **{**given, **BACK, **PERSON, **MORE.get(kind, {}), **more})


def decide(merchant, payment, outcome):
    return merchant.mock("POST", f"approvals/{payment}", {"outcome": outcome})


def debit(merchant, iban, **more):
    return pay_by(merchant, "sepa_debit", "eur", payment_method_data__sepa_debit__iban=iban, **more).json


@pytest.mark.parametrize("kind", ACTIONS)
def test_the_shopper_is_asked_as_published(merchant, kind):
    currency, action = ACTIONS[kind]
    made = pay_by(merchant, kind, currency).json
    assert (made["status"], made["next_action"]["type"]) == ("requires_action", action)
    assert set(made["next_action"]) == {"type", action}
    assert merchant.ledger(made["id"]) == NOTHING


@pytest.mark.parametrize("kind", [kind for kind in ACTIONS if kind != "us_bank_account"])
def test_what_the_shopper_does_moves_the_money_or_does_not(merchant, kind):
    currency, _ = ACTIONS[kind]
    paid, left = (pay_by(merchant, kind, currency).json["id"] for _ in range(2))
    assert decide(merchant, paid, "approve")["status"] == "succeeded"
    assert decide(merchant, left, "fail")["status"] == "requires_payment_method"
    assert (merchant.ledger(paid), merchant.ledger(left)) == (TAKEN, NOTHING)
    charge = merchant.charge(paid)
    assert charge["id"].startswith("py_")
    assert (charge["payment_method_details"]["type"], charge["paid"]) == (kind, True)


@pytest.mark.parametrize("kind", ACTIONS)
def test_only_some_can_be_held(merchant, kind):
    currency, _ = ACTIONS[kind]
    held = pay_by(merchant, kind, currency, capture_method="manual")
    assert (held.status == 200) == (kind in HOLDS), held.text
    if kind in HOLDS:
        payment = held.json["id"]
        assert decide(merchant, payment, "approve")["status"] == "requires_capture"
        assert merchant.on(payment, "capture", amount_to_capture=2000).json["amount_received"] == 2000
        assert merchant.ledger(payment) == ("50.00", "20.00", "30.00", "0.00")


@pytest.mark.parametrize("kind", [kind for kind in ACTIONS if kind != "us_bank_account"])
def test_only_some_can_be_refunded(merchant, kind):
    currency, _ = ACTIONS[kind]
    payment = pay_by(merchant, kind, currency).json["id"]
    decide(merchant, payment, "approve")
    refund = merchant.refund(payment)
    assert (refund.status == 200) == (kind not in NO_REFUND), refund.text
    assert merchant.ledger(payment)[3] == ("0.00" if kind in NO_REFUND else "50.00")


@pytest.mark.parametrize("kind", ["ideal", "boleto", "sepa_debit", "us_bank_account", "upi"])
def test_a_currency_that_a_method_does_not_take_is_refused(merchant, kind):
    refused = pay_by(merchant, kind, "nok")
    assert (refused.status, refused.error["code"]) == (400, "payment_method_currency_mismatch")


@pytest.mark.parametrize("kind", ["giropay", "sofort"])
def test_a_retired_method_is_refused(merchant, kind):
    refused = pay_by(merchant, kind, "eur")
    assert (refused.status, refused.error["code"]) == (400, "payment_method_unsupported_type")
    named = {"amount": 500, "currency": "eur", "allowed_payment_method_types[]": kind}
    assert merchant.send("POST", "/v1/payment_intents", **named).status == 400


@pytest.mark.parametrize(
    ("kind", "currency", "missing", "param"),
    [
        ("sepa_debit", "eur", "payment_method_data__billing_details__email", "billing_details[email]"),
        ("sepa_debit", "eur", "payment_method_data__sepa_debit__iban", "payment_method_data[sepa_debit][iban]"),
        ("sepa_debit", "eur", "mandate_data__customer_acceptance__type", "mandate_data"),
        ("boleto", "brl", "payment_method_data__boleto__tax_id", "payment_method_data[boleto][tax_id]"),
        ("oxxo", "mxn", "payment_method_data__billing_details__name", "billing_details[name]"),
        (
            "klarna",
            "eur",
            "payment_method_data__billing_details__address__country",
            "billing_details[address][country]",
        ),
        ("ideal", "eur", "return_url", "return_url"),
        (
            "wechat_pay",
            "eur",
            "payment_method_options__wechat_pay__client",
            "payment_method_options[wechat_pay][client]",
        ),
    ],
)
def test_what_a_method_cannot_do_without_is_named(merchant, kind, currency, missing, param):
    given = {"amount": 5000, "currency": currency, "confirm": "true", "payment_method_data__type": kind}
    given = {**given, **BACK, **PERSON, **MORE.get(kind, {})}
    del given[missing]
    refused = merchant.send("POST", "/v1/payment_intents", **given)
    assert (refused.status, refused.error["code"], refused.error["param"]) == (400, "parameter_missing", param)


def test_a_debit_under_way_says_captured_and_is_not_paid(merchant):
    made = debit(merchant, "AT611904300234573201")
    charge = merchant.charge(made["id"])
    # As recorded: `captured` proves nothing.
    assert (made["status"], made["amount_received"]) == ("processing", 0)
    assert {name: charge[name] for name in ("status", "paid", "captured", "amount_captured")} == {
        "status": "pending",
        "paid": False,
        "captured": True,
        "amount_captured": 5000,
    }
    assert merchant.ledger(made["id"]) == NOTHING
    assert merchant.refund(made["id"]).status == 400


def test_a_debit_settles_by_itself(merchant):
    made = debit(merchant, "AT611904300234573201")
    merchant.wait(60)
    assert merchant.read(made["id"])["status"] == "succeeded"
    assert merchant.ledger(made["id"]) == TAKEN
    assert merchant.mock("GET", "approvals")["approvals"] == []


def test_a_slow_account_takes_three_minutes(merchant):
    made = debit(merchant, "AT321904300235473204")
    merchant.wait(179)
    assert merchant.read(made["id"])["status"] == "processing"
    merchant.wait(1)
    assert merchant.read(made["id"])["status"] == "succeeded"


@pytest.mark.parametrize("outcome", ["approve", "fail"])
def test_whoever_decides_a_debit_first_decides_it(merchant, outcome):
    made = debit(merchant, "AT611904300234573201")["id"]
    ended = decide(merchant, made, outcome)["status"]
    merchant.wait(DAY)
    assert (
        merchant.read(made)["status"] == ended == ("succeeded" if outcome == "approve" else "requires_payment_method")
    )
    assert merchant.ledger(made) == (TAKEN if outcome == "approve" else NOTHING)


@pytest.mark.parametrize(
    ("iban", "code"),
    [("AT981904300002222227", "insufficient_funds"), ("AT601904300000121212", "charge_exceeds_weekly_limit")],
)
def test_a_bank_gives_a_debit_back_for_the_published_reason(merchant, iban, code):
    made = debit(merchant, iban)["id"]
    merchant.wait(60)
    failed = merchant.read(made, **{"expand[]": "latest_charge"})
    assert (failed["status"], failed["last_payment_error"]["code"]) == ("requires_payment_method", code)
    assert (failed["latest_charge"]["status"], failed["latest_charge"]["failure_code"]) == ("failed", code)
    assert merchant.events()[-2:] == ["charge.failed", "payment_intent.payment_failed"]


def test_a_disputed_debit_is_lost_at_once(merchant):
    made = debit(merchant, "AT591904300235473203")["id"]
    merchant.wait(60)
    (dispute,) = merchant.send("GET", "/v1/disputes", payment_intent=made).json["data"]
    assert (dispute["status"], dispute["reason"]) == ("lost", "debit_not_authorized")
    assert dispute["id"].startswith("du_")


def test_a_debit_under_way_that_is_canceled_never_settles(merchant):
    made = debit(merchant, "AT611904300234573201")["id"]
    assert merchant.on(made, "cancel").json["status"] == "canceled"
    merchant.wait(DAY)
    assert (merchant.read(made)["status"], merchant.ledger(made)) == ("canceled", NOTHING)
    assert merchant.charge(made)["status"] == "failed"


@pytest.mark.parametrize("proof", [{"amounts[]": ["32", "45"]}, {"descriptor_code": "SM11AA"}])
def test_an_account_is_proved_by_its_deposits_and_debited(merchant, proof):
    made = pay_by(merchant, "us_bank_account", "usd").json["id"]
    assert merchant.on(made, "verify_microdeposits", **proof).json["status"] == "processing"
    merchant.wait(60)
    assert (merchant.read(made)["status"], merchant.ledger(made)) == ("succeeded", TAKEN)
    refund = merchant.refund(made).json
    assert (refund["status"], refund["id"][:4]) == ("pending", "pyr_")
    merchant.wait(60)
    assert merchant.ledger(made)[3] == "50.00"


def test_deposits_that_never_arrive_prove_nothing(merchant):
    more = {"payment_method_data__us_bank_account__account_number": "000666666661"}
    made = pay_by(merchant, "us_bank_account", "usd", **more).json["id"]
    failed = merchant.on(made, "verify_microdeposits", descriptor_code="SM11AA").json
    assert failed["last_payment_error"]["code"] == "payment_method_microdeposit_failed"


@pytest.mark.parametrize(
    ("alias", "status"),
    [("pm_usBankAccount_success", "succeeded"), ("pm_usBankAccount_noAccount", "requires_payment_method")],
)
def test_a_published_account_needs_no_proof(merchant, alias, status):
    made = merchant.pay(alias, currency="usd", **CONSENT).json
    assert made["status"] == "processing"
    merchant.wait(60)
    assert merchant.read(made["id"])["status"] == status


def test_an_account_can_stay_under_way(merchant):
    more = {
        "payment_method_data__us_bank_account__account_number": "000000000009",
        "payment_method_options__us_bank_account__verification_method": "skip",
    }
    made = pay_by(merchant, "us_bank_account", "usd", **more).json
    merchant.wait(30 * DAY)
    assert merchant.read(made["id"])["status"] == "processing"


@pytest.mark.parametrize(
    ("iban", "code"),
    [
        ("DE89370400440532013001", "payment_method_invalid_parameter"),
        ("GB82WEST12345698765432", "payment_method_invalid_parameter_testmode"),
        ("AT511904300000066666", "bank_account_unusable"),
    ],
)
def test_only_published_accounts_come_in(merchant, iban, code):
    refused = pay_by(merchant, "sepa_debit", "eur", payment_method_data__sepa_debit__iban=iban)
    assert (refused.status, refused.error["code"]) == (400, code)


def test_no_account_number_is_shown_anywhere(merchant):
    payments = [debit(merchant, "AT611904300234573201")["id"], pay_by(merchant, "us_bank_account", "usd").json["id"]]
    shown = [merchant.send("GET", "/v1/events", limit=100).text]
    shown += [merchant.send("GET", f"/v1/payment_intents/{p}", **{"expand[]": "payment_method"}).text for p in payments]
    assert not any(number in text for text in shown for number in ("611904300234573201", "000123456789"))


def test_a_voucher_that_nobody_pays_expires(merchant):
    made = pay_by(merchant, "boleto", "brl", payment_method_options__boleto__expires_after_days=2).json
    assert made["next_action"]["boleto_display_details"]["expires_at"] - made["created"] == 2 * DAY
    merchant.wait(2 * DAY)
    failed = merchant.read(made["id"])
    assert failed["last_payment_error"]["code"] == "payment_intent_payment_attempt_expired"
    assert failed["status"] == "requires_payment_method"


@pytest.mark.parametrize(
    ("name", "seconds", "status"),
    [
        ("jane.succeed_immediately", 0, "succeeded"),
        ("jane.expire_immediately", 0, "requires_payment_method"),
        ("jane.expire_with_delay", 179, "requires_action"),
        ("jane.expire_with_delay", 180, "requires_payment_method"),
        ("jane", 180, "requires_action"),
    ],
)
def test_an_email_can_say_what_becomes_of_a_voucher(merchant, name, seconds, status):
    email = {"payment_method_data__billing_details__email": f"{name}@example.com"}
    made = pay_by(merchant, "oxxo", "mxn", **email).json
    assert made["status"] == "requires_action"
    merchant.wait(seconds)
    assert merchant.read(made["id"])["status"] == status
    assert merchant.ledger(made["id"]) == (TAKEN if status == "succeeded" else NOTHING)


@pytest.mark.parametrize(("name", "status"), [("jane", "succeeded"), ("jane.fill_never", "requires_action")])
def test_a_voucher_can_be_set_to_be_paid_by_itself(merchant_with, name, status):
    merchant = merchant_with(voucher_pays_after_s=180)
    email = {"payment_method_data__billing_details__email": f"{name}@example.com"}
    made = pay_by(merchant, "oxxo", "mxn", **email).json["id"]
    merchant.wait(180)
    assert merchant.read(made)["status"] == status


@pytest.mark.parametrize(
    ("currency", "kind", "address"),
    [
        ("usd", "us_bank_transfer", "aba"),
        ("eur", "eu_bank_transfer", "iban"),
        ("gbp", "gb_bank_transfer", "sort_code"),
        ("mxn", "mx_bank_transfer", "spei"),
        ("jpy", "jp_bank_transfer", "zengin"),
    ],
)
def test_a_transfer_comes_with_instructions_and_waits_for_the_money(merchant, currency, kind, address):
    customer = merchant.send("POST", "/v1/customers").json["id"]
    options = {
        "payment_method_options__customer_balance__funding_type": "bank_transfer",
        "payment_method_options__customer_balance__bank_transfer__type": kind,
    }
    made = pay_by(merchant, "customer_balance", currency, customer=customer, **options).json
    shown = made["next_action"]["display_bank_transfer_instructions"]
    assert (shown["type"], shown["amount_remaining"]) == (kind, 5000)
    assert shown["financial_addresses"][0]["type"] == address
    assert decide(merchant, made["id"], "approve")["status"] == "succeeded"


@pytest.mark.parametrize("wallet", ["apple_pay", "google_pay"])
def test_a_wallet_is_a_card_that_says_so(merchant, wallet):
    card = {"payment_method_data__type": "card", "payment_method_data__card__token": f"tok_visa_{wallet}"}
    made = merchant.send("POST", "/v1/payment_intents", amount=5000, currency="eur", confirm="true", **card).json
    details = merchant.charge(made["id"])["payment_method_details"]
    assert (made["status"], details["type"], details["card"]["wallet"]["type"]) == ("succeeded", "card", wallet)


def test_a_wallet_or_bank_is_not_redirected_without_the_shopper(merchant):
    refused = pay_by(merchant, "paypal", "usd", off_session="true")
    assert (refused.status, refused.error["code"]) == (402, "authentication_required")


@pytest.mark.parametrize(("kind", "currency", "status"), [("oxxo", "mxn", 400), ("ideal", "eur", 501)])
def test_a_method_that_cannot_be_charged_again_is_not_kept(merchant, kind, currency, status):
    refused = pay_by(merchant, kind, currency, setup_future_usage="off_session")
    assert (refused.status, refused.error["param"]) == (status, "setup_future_usage")
    customer = merchant.send("POST", "/v1/customers").json["id"]
    made = merchant.send("POST", "/v1/payment_methods", type=kind).json["id"]
    assert merchant.send("POST", f"/v1/payment_methods/{made}/attach", customer=customer).status == 400


def test_a_debit_is_kept_for_later_with_a_mandate_for_many_charges(merchant):
    customer = merchant.send("POST", "/v1/customers").json["id"]
    made = debit(merchant, "AT611904300234573201", customer=customer, setup_future_usage="off_session")
    mandate = merchant.charge(made["id"])["payment_method_details"]["sepa_debit"]["mandate"]
    assert merchant.send("GET", f"/v1/mandates/{mandate}").json["type"] == "multi_use"
    again = merchant.pay(made["payment_method"], customer=customer, off_session="true").json
    assert merchant.charge(again["id"])["payment_method_details"]["sepa_debit"]["mandate"] == mandate


def test_a_redirect_goes_back_to_the_shop(merchant):
    made = pay_by(merchant, "ideal", "eur").json
    url = made["next_action"]["redirect_to_url"]["url"]
    assert "redirect_status=failed" in merchant.client.post(url, data={"outcome": "fail"}).headers["Location"]
    paid = pay_by(merchant, "ideal", "eur").json["next_action"]["redirect_to_url"]["url"]
    assert "redirect_status=succeeded" in merchant.client.post(paid, data={"outcome": "approve"}).headers["Location"]


def test_a_forced_decline_reaches_every_course(merchant):
    for kind, currency in (("ideal", "eur"), ("sepa_debit", "eur"), ("boleto", "brl")):
        merchant.fault({"decline": "insufficient_funds"}, "POST /v1/payment_intents")
        refused = pay_by(merchant, kind, currency)
        assert (refused.status, refused.error["decline_code"]) == (402, "insufficient_funds"), kind


def test_a_payment_that_takes_no_redirects_refuses_one(merchant):
    refused = pay_by(
        merchant,
        "ideal",
        "eur",
        automatic_payment_methods__enabled="true",
        automatic_payment_methods__allow_redirects="never",
    )
    assert refused.error["code"] == "payment_intent_incompatible_payment_method"


def test_the_manifest_names_every_method_and_every_doubt():
    kinds = {method.kind for method in MANIFEST.methods}
    assert kinds == {
        *("card", "apple_pay", "google_pay", "paypal", "ach_debit", "sepa_debit", "bank_transfer", "klarna", "affirm"),
        *("afterpay", "ideal", "giropay", "sofort", "boleto", "oxxo", "crypto", "upi", "alipay", "wechat_pay"),
    }
    assert {method.kind for method in MANIFEST.methods if method.course == "retired"} == {"giropay", "sofort"}
    assert all(method.source for method in MANIFEST.methods)
    known = {row["type"] for row in rows(HERE / "payment_method_types.csv")}
    assert {method.name for method in MANIFEST.methods} <= known
