"""Methods other than cards: redirects, debits, vouchers, transfers and wallets, and when their money moves."""

import pytest

from mock_gateways.adyen import MANIFEST
from tests.mock_gateways.adyen.conftest import ACCOUNT, DAY, HOUR, facts

FIELDS = {
    "applepay": {"applePayToken": "simulated_apple_pay_token"},
    "googlepay": {"googlePayToken": "simulated_google_pay_token"},
    "paywithgoogle": {"googlePayToken": "simulated_google_pay_token"},
    "sepadirectdebit": {"iban": "NL13TEST0123456789", "ownerName": "A. Klaassen"},
    "ach": {"bankAccountNumber": "123456789", "bankLocationId": "011000138", "ownerName": "John Smith"},
    "upi_collect": {"virtualPaymentAddress": "testvpa@icici"},
}
OFFERED = [method for method in MANIFEST.methods if method.course not in ("card", "retired")]
KINDS = {"redirect": "redirect", "debit": "settlement", "voucher": "voucher", "transfer": "transfer"}
PUBLISHED = {kind for schema in facts("payment_methods").values() for kind in schema["type"]}


def _pay(merchant, method, **more):
    currency = method.currencies[0] if method.currencies else "EUR"
    given = {"type": method.name, **FIELDS.get(method.name, {}), **more}
    return merchant.pay(currency=currency, paymentMethod=given)


def test_every_method_is_published_but_for_the_one_that_is_gone():
    for method in MANIFEST.methods:
        assert (method.name in PUBLISHED) == (method.course != "retired"), method.name


@pytest.mark.parametrize("method", OFFERED, ids=lambda method: method.name)
def test_nothing_moves_until_the_shopper_or_the_bank_has_decided(merchant, method):
    answer = _pay(merchant, method)
    assert answer.result in ("RedirectShopper", "Pending", "Received", "PresentToShopper"), answer.text
    waiting = merchant.waiting()[-1]
    assert waiting["kind"] == KINDS[method.course]
    assert merchant.ledger(waiting["id"])[0].strip("0.") == ""
    assert merchant.heard() == []


@pytest.mark.parametrize("method", OFFERED, ids=lambda method: method.name)
def test_an_approval_takes_the_money_and_tells_it(merchant, method):
    _pay(merchant, method)
    decided = merchant.decide()
    authorised, captured, *_ = merchant.ledger(decided["id"])
    assert authorised == captured
    assert authorised.strip("0.") != ""
    assert merchant.told() == [("AUTHORISATION", "true")]
    assert merchant.heard()[0]["paymentMethod"] == method.name


@pytest.mark.parametrize("method", OFFERED, ids=lambda method: method.name)
def test_a_failure_moves_nothing_and_tells_it(merchant, method):
    _pay(merchant, method)
    decided = merchant.decide("fail")
    assert merchant.ledger(decided["id"])[0].strip("0.") == ""
    closed = method.course in ("voucher", "transfer")
    assert merchant.told() == [("OFFER_CLOSED", "true") if closed else ("AUTHORISATION", "false")]


@pytest.mark.parametrize("method", [m for m in OFFERED if m.course == "redirect"], ids=lambda method: method.name)
def test_details_tell_what_became_of_a_redirect(merchant, method):
    _pay(merchant, method)
    decided = merchant.decide()
    answer = merchant.detail(**decided["details"])
    assert (answer.result, answer.json["pspReference"]) == ("Authorised", decided["id"])
    assert merchant.told() == [("AUTHORISATION", "true")]


def test_a_webhook_comes_whether_the_shopper_returns_or_not(merchant):
    merchant.pay(paymentMethod={"type": "ideal"})
    merchant.decide()
    assert merchant.told() == [("AUTHORISATION", "true")]


def test_a_method_that_can_hold_is_captured_by_the_merchant(merchant):
    for method in (m for m in OFFERED if m.holds and m.course != "debit"):
        currency = method.currencies[0] if method.currencies else "EUR"
        more = {"additionalData": {"manualCapture": "true"}, "currency": currency}
        merchant.pay(paymentMethod={"type": method.name}, **more)
        held = merchant.decide()["id"]
        assert merchant.ledger(held)[:2] == ("10.00", "0.00"), method.name
        merchant.on(held, "captures", 1000, currency=currency)
        assert merchant.ledger(held)[1] == "10.00", method.name


@pytest.mark.parametrize("name", ["sepadirectdebit", "ach"])
def test_a_debit_can_be_held_and_captured_by_the_merchant(merchant, name):
    method = next(m for m in MANIFEST.methods if m.name == name)
    given, currency = {"type": name, **FIELDS[name]}, method.currencies[0]
    asked = {"additionalData": {"manualCapture": "true"}}
    held = merchant.pay(currency=currency, paymentMethod=given, **asked).json["pspReference"]
    merchant.decide()
    assert merchant.ledger(held)[:2] == ("10.00", "0.00")
    merchant.on(held, "captures", 1000, currency=currency)
    assert merchant.ledger(held)[1] == "10.00"


@pytest.mark.parametrize("name", ["sepadirectdebit", "ach"])
def test_a_debit_settles_by_itself(merchant, name):
    method = next(m for m in MANIFEST.methods if m.name == name)
    psp = _pay(merchant, method).json["pspReference"]
    merchant.wait(48 * HOUR)
    assert merchant.ledger(psp)[1] == "10.00"
    assert merchant.waiting() == []


@pytest.mark.parametrize("name", ["sepadirectdebit", "ach"])
def test_a_debit_that_is_returned_takes_nothing(merchant, name):
    method = next(m for m in MANIFEST.methods if m.name == name)
    psp = _pay(merchant, method, ownerName="SIMULATED_RETURN").json["pspReference"]
    merchant.wait(48 * HOUR)
    assert merchant.ledger(psp)[0] == "0.00"
    assert merchant.told() == [("AUTHORISATION", "false")]


def test_whichever_comes_first_settles_a_debit(merchant):
    psp = merchant.pay(paymentMethod={"type": "sepadirectdebit", **FIELDS["sepadirectdebit"]}).json["pspReference"]
    merchant.decide()
    merchant.wait(48 * HOUR)
    assert merchant.told() == [("AUTHORISATION", "true")]
    assert merchant.ledger(psp)[1] == "10.00"


@pytest.mark.parametrize("iban", [row["iban"] for row in facts("test_cards")["ibans_sepa"]])
def test_a_published_test_account_is_taken(merchant, iban):
    answer = merchant.pay(paymentMethod={"type": "sepadirectdebit", "iban": iban, "ownerName": "A. Klaassen"})
    assert answer.result == "Received"
    assert iban not in str(merchant.decide())


def test_a_voucher_lapses(merchant):
    answer = merchant.pay(currency="BRL", paymentMethod={"type": "boletobancario"})
    assert answer.json["action"]["type"] == "voucher"
    merchant.wait(7 * DAY)
    assert (merchant.told(), merchant.waiting()) == ([("OFFER_CLOSED", "true")], [])


def test_an_offer_closes_after_twelve_hours(merchant):
    merchant.pay(paymentMethod={"type": "ideal"})
    merchant.wait(12 * HOUR)
    assert merchant.told() == [("OFFER_CLOSED", "true")]


@pytest.mark.parametrize("name", ["applepay", "googlepay", "paywithgoogle"])
def test_a_wallet_pays_like_a_card_and_its_token_is_not_kept(merchant, name):
    answer = merchant.pay(paymentMethod={"type": name, **FIELDS[name]})
    assert answer.result == "Authorised"
    assert answer.json["paymentMethod"] == {"brand": "visa", "type": name}


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ({"type": "sepadirectdebit", "iban": "NL13", "ownerName": "A"}, "161"),
        ({"type": "sepadirectdebit", "iban": "NL13TEST0123456789"}, "127"),
        ({"type": "ach", "bankAccountNumber": "x", "bankLocationId": "011000138", "ownerName": "J"}, "138"),
        ({"type": "applepay"}, "14_004"),
        ({"type": "oxxo"}, "138"),
    ],
)
def test_a_method_that_lacks_something_is_refused(merchant, method, code):
    assert merchant.pay(paymentMethod=method).error == (422, code)


def test_what_is_offered_follows_the_currency(merchant):
    def names(currency):
        amount = {"value": 100, "currency": currency}
        shown = merchant.send("POST", "/v72/paymentMethods", merchantAccount=ACCOUNT, amount=amount).json
        return {method["type"] for method in shown["paymentMethods"]}

    assert {"scheme", "ideal", "sepadirectdebit"} <= names("EUR")
    assert {"boletobancario", "scheme"} <= names("BRL")
    assert "ideal" not in names("BRL")
    assert "giropay" not in names("EUR")


def test_paypal_in_the_page_answers_with_an_order_for_its_script(merchant):
    answer = merchant.pay(paymentMethod={"type": "paypal", "subtype": "sdk"})
    assert (answer.result, answer.json["action"]["type"]) == ("Pending", "sdk")
    merchant.decide()
    body = {"details": {"orderID": "EC-1"}, "paymentData": answer.json["action"]["paymentData"]}
    assert merchant.send("POST", "/v72/payments/details", **body).result == "Authorised"


@pytest.mark.parametrize("method", [m for m in OFFERED if not m.refunds], ids=lambda method: method.name)
def test_a_method_without_refunds_tells_that_none_was_made(merchant, method):
    _pay(merchant, method)
    paid = merchant.decide()["id"]
    merchant.on(paid, "refunds", 100, currency=method.currencies[0])
    assert merchant.told()[-1] == ("REFUND", "false")
    merchant.on(paid, "reversals")
    assert merchant.told()[-1] == ("CANCEL_OR_REFUND", "false")
    assert merchant.ledger(paid)[3].strip("0.") == ""


@pytest.mark.parametrize("method", [m for m in OFFERED if not m.holds], ids=lambda method: method.name)
def test_a_method_that_cannot_hold_is_taken_whatever_was_asked(merchant, method):
    currency = method.currencies[0]
    given = {"type": method.name, **FIELDS.get(method.name, {})}
    merchant.pay(currency=currency, paymentMethod=given, additionalData={"manualCapture": "true"})
    authorised, captured, *_ = merchant.ledger(merchant.decide()["id"])
    assert authorised == captured


CAUSING = [i for i in MANIFEST.instruments if i.kind != "card" and i.causes != "success"]


def _paid_with(merchant, instrument):
    """A payment with a test value, by the field that its alias names."""
    if instrument.kind == "sepa_debit":
        method = {"type": "sepadirectdebit", "iban": instrument.value, "ownerName": "A. Klaassen"}
    elif instrument.kind == "ach_debit":
        routing, _, account = instrument.value.partition(":")
        method = {"type": "ach", "bankLocationId": routing, "bankAccountNumber": account, "ownerName": "John Smith"}
    else:
        method = {"type": instrument.kind.replace("_", ""), instrument.alias: instrument.value}
    if "=" in (instrument.alias or ""):
        method |= dict([instrument.alias.split("=")])
    return merchant.pay(currency="USD" if instrument.kind == "ach_debit" else "EUR", paymentMethod=method)


@pytest.mark.parametrize("instrument", CAUSING, ids=lambda i: f"{i.kind} {i.causes} {i.alias or ''}")
def test_a_test_value_causes_what_it_is_said_to_cause(merchant, instrument):
    _paid_with(merchant, instrument)
    merchant.wait(4 * DAY)
    events = merchant.told()
    family = instrument.causes.partition(":")[0]
    assert events[0] == ("AUTHORISATION", "true" if family == "dispute" else "false")
    assert (events[-1][0] == "CHARGEBACK") == (family == "dispute")


def test_a_shopper_who_asks_before_deciding_is_told_to_wait(merchant):
    method = {"type": "upi_collect", **FIELDS["upi_collect"]}
    asked = merchant.pay(currency="INR", paymentMethod=method).json
    body = {"details": {"payload": "none"}, "paymentData": asked["action"]["paymentData"]}
    answer = merchant.send("POST", "/v72/payments/details", **body)
    assert (answer.result, answer.json["pspReference"]) == ("Pending", asked["pspReference"])
    assert merchant.send("POST", "/v72/payments/details", **{**body, "paymentData": "x"}).status == 422


def test_a_redirect_that_fails_can_be_told_as_cancelled(merchant_with):
    merchant = merchant_with(failed_redirect_result="Cancelled")
    merchant.pay(paymentMethod={"type": "ideal"})
    answer = merchant.detail(**merchant.decide("fail")["details"])
    assert (answer.result, answer.json["refusalReasonCode"]) == ("Cancelled", "16")


@pytest.mark.parametrize(
    "method", [m for m in OFFERED if m.kind in {"klarna", "affirm", "afterpay"}], ids=lambda m: m.name
)
def test_an_invoice_without_lines_is_refused(merchant, method):
    refused = merchant.pay(currency=method.currencies[0], paymentMethod={"type": method.name}, lineItems=[])
    assert (refused.status, refused.json["errorCode"]) == (422, "158")
