"""Paying with Adyen: a refusal is an answer with status 200, and the ledger holds what was really authorised."""

import pytest

from mock_gateways.app import create_app
from tests.mock_gateways.adyen.conftest import Merchant, facts

REASONS = {row["refusalReasonCode"]: row for row in facts("error_codes")["refusal_reasons"]}
REFUSALS = {code: row for code, row in REASONS.items() if row["resultCode"] != "Authorised"}
CARDS = facts("test_cards")["cards"]
EXPONENTS = facts("currencies")


def test_a_sale_is_captured_at_once(merchant):
    paid = merchant.pay().json
    assert paid["resultCode"] == "Authorised"
    assert paid["merchantReference"] == "order-1"
    assert paid["amount"] == {"currency": "EUR", "value": 1000}
    assert merchant.ledger(paid["pspReference"]) == ("10.00", "10.00", "0.00", "0.00")
    assert merchant.told() == [("AUTHORISATION", "true")]


def test_a_hold_takes_nothing(merchant):
    held = merchant.hold()
    assert merchant.ledger(held) == ("10.00", "0.00", "0.00", "0.00")
    assert merchant.state(held) == "authorised"


def test_a_capture_delay_takes_the_money_when_it_is_over(merchant):
    psp = merchant.pay(captureDelayHours=24).json["pspReference"]
    assert merchant.ledger(psp)[1] == "0.00"
    merchant.wait(24 * 3600)
    assert merchant.ledger(psp)[1] == "10.00"


def test_an_account_can_leave_the_capture_to_the_merchant(merchant_with):
    merchant = merchant_with(capture_delay_hours=-1)
    assert merchant.ledger(merchant.pay().json["pspReference"])[1] == "0.00"
    immediate = merchant.pay(captureDelayHours=0).json["pspReference"]
    assert merchant.ledger(immediate)[1] == "10.00"


def test_an_automatic_capture_is_told_where_the_account_asks_for_it(merchant_with):
    merchant = merchant_with(capture_webhook_for_automatic=1)
    merchant.pay()
    assert merchant.told() == [("AUTHORISATION", "true"), ("CAPTURE", "true")]


@pytest.mark.parametrize("code", REFUSALS)
def test_a_refusal_is_asked_for_by_its_number(merchant, code):
    answer = merchant.pay(additionalData={"RequestedTestAcquirerResponseCode": code})
    published = REFUSALS[code]
    assert (answer.status, answer.result) == (200, published["resultCode"])
    assert (answer.json["refusalReason"], answer.json["refusalReasonCode"]) == (published["refusalReason"], code)
    assert merchant.ledger(answer.json["pspReference"]) == ("0.00",) * 4
    assert merchant.told() == [("AUTHORISATION", "false")]


@pytest.mark.parametrize("code", [code for code, row in REASONS.items() if row["test_holderName"]])
def test_a_refusal_is_asked_for_by_a_holder_name(merchant, code):
    answer = merchant.card(holderName=REASONS[code]["test_holderName"])
    assert answer.result == REASONS[code]["resultCode"]
    assert answer.json.get("refusalReasonCode") == (None if answer.result == "Authorised" else code)


@pytest.mark.parametrize("card", CARDS, ids=lambda card: card["number"][-6:] + card["brand"][:4])
def test_a_published_card_does_what_it_is_published_for(merchant, card):
    month, year = card["expiry"].split("/")
    answer = merchant.card(card["number"], expiryMonth=month, expiryYear=f"20{year}")
    assert answer.result == ("RedirectShopper" if card["three_ds"] else card["outcome"])


@pytest.mark.parametrize("card", CARDS[::7], ids=lambda card: card["number"][-6:])
def test_a_card_behind_the_test_prefix_is_the_same_card(merchant, card):
    hidden = {"encryptedCardNumber": f"test_{card['number']}", "encryptedSecurityCode": "test_737"}
    hidden |= {"encryptedExpiryMonth": "test_03", "encryptedExpiryYear": "test_2030"}
    answer = merchant.pay(paymentMethod={"type": "scheme", **hidden})
    assert answer.result == ("RedirectShopper" if card["three_ds"] else "Authorised")


def test_what_is_really_encrypted_cannot_be_read(merchant):
    assert merchant.pay(paymentMethod={"type": "scheme", "encryptedCardNumber": "eyJhbGc"}).error == (422, "174")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"number": "4111111111111112"}, "101"),
        ({"number": "4242424242424242"}, "101"),
        ({"number": "card"}, "101"),
        ({"expiryMonth": "13"}, "141"),
        ({"expiryMonth": "02", "expiryYear": "2025"}, "140"),
        ({"expiryYear": "30"}, "141"),
        ({"expiryYear": ""}, "129"),
        ({"cvc": "7"}, "103"),
    ],
)
def test_a_card_that_cannot_be_is_refused_at_the_door(merchant, change, code):
    assert merchant.card(**change).error == (422, code)
    assert merchant.heard() == []


def test_nothing_is_kept_of_a_card_that_is_no_test_card(merchant):
    merchant.card("4242424242424242")
    kept = str(merchant.mock("GET", "journal"))
    assert "4242424242424242" not in kept
    assert '"cvc":"737"' not in kept.replace(" ", "")


def test_a_card_is_shown_by_its_last_four_digits(merchant):
    more = merchant.card(holderName="A. Klaassen").json["additionalData"]
    assert (more["cardSummary"], more["cardBin"], more["expiryDate"]) == ("1111", "411111", "03/2030")


def test_a_test_card_has_its_published_details_where_that_is_checked(merchant_with):
    merchant = merchant_with(test_card_details=1)
    assert merchant.card(cvc="123").json["refusalReasonCode"] == "24"
    assert merchant.card(expiryYear="2031").json["refusalReasonCode"] == "6"
    assert merchant.card().result == "Authorised"


def test_an_amount_is_in_adyens_own_units(merchant):
    for code, exponent in (*((c, 0) for c in EXPONENTS["zero_decimal"]), *((c, 3) for c in EXPONENTS["three_decimal"])):
        psp = merchant.pay(value=5000, currency=code).json["pspReference"]
        assert merchant.ledger(psp)[0] == {0: "5000", 3: "5.000"}[exponent], code
    for code in ("CLP", "ISK", "EUR"):
        assert merchant.ledger(merchant.pay(value=5000, currency=code).json["pspReference"])[0] == "50.00", code


@pytest.mark.parametrize(
    ("amount", "error"),
    [
        ({"value": 100, "currency": "eur"}, (422, "138")),
        ({"value": 100, "currency": "XTS"}, (422, "138")),
        ({"value": 100}, (422, "138")),
        ({"value": -1, "currency": "EUR"}, (422, "137")),
        ({"value": 1.5, "currency": "EUR"}, (400, "702")),
        ({"value": 1 << 63, "currency": "EUR"}, (422, "137")),
        ({"currency": "EUR"}, (422, "137")),
        ({}, (422, "100")),
    ],
)
def test_a_bad_amount_is_refused(merchant, amount, error):
    assert merchant.pay(amount=amount).error == error


def test_a_value_written_as_text_is_taken_as_it_was_recorded(merchant):
    assert merchant.pay(amount={"value": "8000", "currency": "USD"}).json["amount"]["value"] == 8000


def test_nothing_moves_when_a_card_is_only_verified(merchant):
    psp = merchant.pay(value=0).json["pspReference"]
    assert merchant.ledger(psp) == ("0.00",) * 4


def test_a_part_can_be_authorised(merchant):
    answer = merchant.card(holderName="SIMULATED_PARTIALLY_AUTHORISED")
    assert answer.result == "PartiallyAuthorised"
    assert answer.json["amount"]["value"] == 500
    assert merchant.ledger(answer.json["pspReference"])[0] == "5.00"


@pytest.mark.parametrize(
    ("without", "error"),
    [
        ("amount", (422, "100")),
        ("reference", (422, "130")),
        ("paymentMethod", (422, "14_006")),
        ("returnUrl", (422, "14_030")),
        ("merchantAccount", (403, "901")),
    ],
)
def test_a_field_that_is_missing_is_refused_by_its_code(merchant, without, error):
    body = merchant.request()
    del body[without]
    assert merchant.send("POST", "/v72/payments", **body).error == error


@pytest.mark.parametrize(
    ("field", "error"),
    [
        ({"reference": "x" * 81}, (422, "198")),
        ({"shopperReference": "ab"}, (422, "180")),
        ({"shopperInteraction": "Phone"}, (422, "217")),
        ({"captureDelayHours": 673}, (422, "164")),
        ({"storePaymentMethod": True}, (422, "121")),
        ({"reference": 5}, (400, "702")),
        ({"surprise": 1}, (400, "702")),
        ({"additionalData": {"deep": {}}}, (422, "185")),
        ({"paymentMethod": {"type": "giropay"}}, (422, "905")),
        ({"paymentMethod": {"type": "barter"}}, (422, "14_007")),
        ({"paymentMethod": {"type": "blik"}}, (501, "000")),
        ({"paymentMethod": {"type": "scheme"}}, (422, "918")),
    ],
)
def test_what_adyen_does_not_take_is_refused(merchant, field, error):
    assert merchant.pay(**field).error == error


def test_what_is_not_known_is_let_through_where_the_version_does(merchant_with):
    assert merchant_with(refuse_unknown_fields=0).pay(surprise=1).result == "Authorised"


def test_an_authorisation_lapses(merchant):
    held = merchant.hold()
    merchant.wait(28 * 86_400)
    assert merchant.ledger(held) == ("10.00", "0.00", "10.00", "0.00")
    assert merchant.told()[-1] == ("EXPIRE", "true")
    assert merchant.heard()[-1]["amount"]["value"] == 1000


def test_the_same_seed_and_calls_give_the_same_bytes():
    first, second = (Merchant(create_app("adyen", seed=4), "AQEtest_twin") for _ in range(2))
    assert first.pay().text == second.pay().text
    assert first.card("4917610000000000").text == second.card("4917610000000000").text


def test_a_verified_card_lapses_without_a_word(merchant):
    merchant.pay(value=0, additionalData={"manualCapture": "true"})
    merchant.wait(28 * 86_400)
    assert merchant.told() == [("AUTHORISATION", "true")]
