"""Stored payment details: kept with a payment, charged again without the shopper, listed and forgotten."""

import pytest

from tests.mock_gateways.adyen.conftest import ACCOUNT, CARD, CHALLENGED, VISA

SHOPPER = "shopper-1"
NAMED = {"merchantAccount": ACCOUNT, "shopperReference": SHOPPER}
STORE = {"shopperReference": SHOPPER, "storePaymentMethod": True, "recurringProcessingModel": "CardOnFile"}
AGAIN = {"shopperReference": SHOPPER, "recurringProcessingModel": "UnscheduledCardOnFile"}
PATH = "/v72/storedPaymentMethods"


@pytest.fixture
def token(merchant):
    stored = merchant.pay(value=0, **STORE).json["additionalData"]
    assert stored["tokenization.shopperReference"] == SHOPPER
    return stored["tokenization.storedPaymentMethodId"]


def _charge(merchant, token, **more):
    method = {"type": "scheme", "storedPaymentMethodId": token}
    return merchant.pay(**{"shopperInteraction": "ContAuth", **AGAIN, "paymentMethod": method, **more})


def _stored(merchant):
    return merchant.send("GET", PATH, **NAMED).json["storedPaymentMethods"]


def test_storing_is_told_by_a_contract_whose_reference_is_the_token(merchant, token):
    assert merchant.told() == [("RECURRING_CONTRACT", "true"), ("AUTHORISATION", "true")]
    contract, authorisation = merchant.heard()
    assert contract["pspReference"] == token
    assert contract["originalReference"] == authorisation["pspReference"]
    assert authorisation["additionalData"]["tokenization.storedPaymentMethodId"] == token


def test_a_token_is_charged_without_the_shopper(merchant, token):
    answer = _charge(merchant, token)
    assert answer.result == "Authorised"
    assert merchant.ledger(answer.json["pspReference"])[1] == "10.00"


def test_a_token_of_a_challenged_card_is_charged_without_a_challenge(merchant):
    merchant.pay(paymentMethod={**CARD, "number": CHALLENGED}, **STORE)
    paid = merchant.detail(**merchant.decide()["details"]).json
    token = paid["additionalData"]["tokenization.storedPaymentMethodId"]
    assert _charge(merchant, token).result == "Authorised"


def test_a_charge_can_be_refused_and_the_token_stays(merchant, token):
    refused = _charge(merchant, token, additionalData={"RequestedTestAcquirerResponseCode": "26"})
    assert (refused.result, refused.json["refusalReasonCode"]) == ("Refused", "26")
    assert _charge(merchant, token).result == "Authorised"


def test_a_refused_payment_stores_nothing(merchant):
    merchant.pay(**STORE, additionalData={"RequestedTestAcquirerResponseCode": "2"})
    assert _stored(merchant) == []


def test_a_token_is_listed_by_its_shopper_and_never_with_the_number(merchant, token):
    shown = _stored(merchant)
    assert [(row["id"], row["lastFour"], row["brand"]) for row in shown] == [(token, "1111", "visa")]
    assert VISA not in str(shown)
    other = merchant.send("GET", PATH, merchantAccount=ACCOUNT, shopperReference="shopper-2").json
    assert other["storedPaymentMethods"] == []


def test_a_token_is_offered_to_its_shopper(merchant, token):
    offered = merchant.send("POST", "/v72/paymentMethods", **NAMED).json["storedPaymentMethods"]
    assert [row["id"] for row in offered] == [token]


def test_a_deleted_token_is_charged_no_more(merchant, token):
    assert merchant.send("DELETE", f"{PATH}/{token}", **NAMED).status == 204
    assert _charge(merchant, token).error == (422, "803")
    assert merchant.send("DELETE", f"{PATH}/{token}", **NAMED).error == (422, "803")


def test_a_token_is_not_deleted_for_another_shopper(merchant, token):
    other = {"merchantAccount": ACCOUNT, "shopperReference": "shopper-2"}
    assert merchant.send("DELETE", f"{PATH}/{token}", **other).error == (422, "803")
    assert [row["id"] for row in _stored(merchant)] == [token]


def test_details_are_stored_without_a_payment(merchant):
    body = {"paymentMethod": {**CARD, "number": VISA}, "recurringProcessingModel": "Subscription", **NAMED}
    answer = merchant.send("POST", PATH, **body)
    assert answer.status == 201
    assert _charge(merchant, answer.json["id"]).result == "Authorised"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"shopperReference": None}, "121"),
        ({"recurringProcessingModel": None}, "807"),
        ({"paymentMethod": {"type": "scheme", "storedPaymentMethodId": "M5N7TQ4TG5PFWR50"}}, "803"),
    ],
)
def test_a_charge_that_lacks_something_is_refused(merchant, token, more, code):
    assert _charge(merchant, token, **more).error == (422, code)


def test_a_debit_is_stored_and_charged_again(merchant):
    debit = {"type": "sepadirectdebit", "iban": "NL13TEST0123456789", "ownerName": "A. Klaassen"}
    merchant.pay(paymentMethod=debit, **STORE)
    merchant.decide()
    method = {"type": "sepadirectdebit", "storedPaymentMethodId": _stored(merchant)[0]["id"]}
    assert _charge(merchant, "", paymentMethod=method).result == "Received"


def test_a_token_call_names_its_account_and_shopper(merchant, token):
    assert merchant.send("GET", PATH, merchantAccountCode=ACCOUNT).error == (403, "901")
    assert merchant.send("DELETE", f"{PATH}/{token}", merchantAccount=ACCOUNT).error == (422, "121")
    short = {"paymentMethod": {**CARD, "number": VISA}, "recurringProcessingModel": "CardOnFile"}
    answer = merchant.send("POST", PATH, merchantAccount=ACCOUNT, shopperReference="ab", **short)
    assert answer.error == (422, "180")
