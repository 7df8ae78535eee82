"""3D Secure: by redirect, or in the page by fingerprint and challenge; nothing moves before the shopper is known."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.mock_gateways.adyen.conftest import CARD, CHALLENGED

NATIVE = {"authenticationData": {"threeDSRequestData": {"nativeThreeDS": "preferred"}}}


def _redirected(merchant, **more):
    return merchant.pay(paymentMethod={**CARD, "number": CHALLENGED}, **more)


def _result(**told):
    return base64.b64encode(json.dumps(told).encode()).decode()


def test_a_redirect_has_moved_nothing_and_names_no_payment(merchant):
    answer = _redirected(merchant)
    assert answer.result == "RedirectShopper"
    assert "pspReference" not in answer.json
    assert answer.json["action"]["type"] == "redirect"
    assert merchant.heard() == []
    assert merchant.ledger(merchant.waiting()[0]["id"])[0] == "0.00"


def test_an_account_may_name_the_payment_while_it_waits(merchant_with):
    merchant = merchant_with(psp_reference_while_waiting=1)
    assert _redirected(merchant).json["pspReference"] == merchant.waiting()[0]["id"]


def test_an_approved_shopper_brings_back_what_authorises_the_payment(merchant):
    _redirected(merchant)
    decided = merchant.decide()
    back = parse_qs(urlsplit(decided["return_url"]).query)
    assert back["cart"] == ["7"]
    assert merchant.ledger(decided["id"])[0] == "0.00", "only /payments/details goes on"
    answer = merchant.detail(redirectResult=back["redirectResult"][0])
    assert (answer.result, answer.json["pspReference"]) == ("Authorised", decided["id"])
    assert answer.json["additionalData"]["threeDAuthenticated"] == "true"
    assert merchant.ledger(decided["id"])[1] == "10.00"


def test_a_shopper_who_fails_is_refused_as_not_authenticated(merchant):
    _redirected(merchant)
    answer = merchant.detail(**merchant.decide("fail")["details"])
    assert (answer.result, answer.json["refusalReasonCode"]) == ("Refused", "11")
    assert merchant.told() == [("AUTHORISATION", "false")]


def test_a_shopper_who_is_known_can_still_be_refused(merchant):
    _redirected(merchant, additionalData={"RequestedTestAcquirerResponseCode": "12"})
    answer = merchant.detail(**merchant.decide()["details"])
    assert (answer.result, answer.json["refusalReasonCode"]) == ("Refused", "12")


def test_asking_again_gets_the_same_answer_and_moves_nothing(merchant):
    _redirected(merchant)
    details = merchant.decide()["details"]
    first, second = merchant.detail(**details), merchant.detail(**details)
    assert first.json == second.json
    assert merchant.told() == [("AUTHORISATION", "true")]


def test_the_hosted_page_sends_the_shopper_back(merchant):
    page = urlsplit(_redirected(merchant).json["action"]["url"])
    shown = merchant.client.get(page.path)
    assert "10.00 EUR" in shown.get_data(as_text=True)
    reply = merchant.client.post(page.path, data="outcome=approve")
    assert reply.status_code == 303
    assert "redirectResult=" in reply.headers["Location"]


def test_native_authentication_goes_by_fingerprint_and_challenge(merchant):
    asked = _redirected(merchant, **NATIVE)
    assert (asked.result, asked.json["action"]["subtype"]) == ("IdentifyShopper", "fingerprint")
    token = asked.json["action"]["authorisationToken"]
    challenged = merchant.detail(threeDSResult=_result(threeDSCompInd="Y", authorisationToken=token))
    assert (challenged.result, challenged.json["action"]["subtype"]) == ("ChallengeShopper", "challenge")
    paid = merchant.detail(threeDSResult=_result(transStatus="Y", authorisationToken=token))
    assert paid.result == "Authorised"


def test_the_bank_is_believed_rather_than_the_browser(merchant):
    token = _redirected(merchant, **NATIVE).json["action"]["authorisationToken"]
    merchant.detail(threeDSResult=_result(threeDSCompInd="Y", authorisationToken=token))
    merchant.decide("fail")
    answer = merchant.detail(threeDSResult=_result(transStatus="Y", authorisationToken=token))
    assert answer.json["refusalReasonCode"] == "11"


def test_a_browser_is_not_believed_where_that_is_set(merchant_with):
    merchant = merchant_with(trust_trans_status=0)
    token = _redirected(merchant, **NATIVE).json["action"]["authorisationToken"]
    merchant.detail(threeDSResult=_result(threeDSCompInd="Y", authorisationToken=token))
    assert (
        merchant.detail(threeDSResult=_result(transStatus="Y", authorisationToken=token)).result == "ChallengeShopper"
    )


@pytest.mark.parametrize(
    "more",
    [
        {"authenticationData": {"attemptAuthentication": "never"}},
        {"shopperInteraction": "Moto"},
        {"mpiData": {"cavv": "AQIDBAUGBwgJCgsMDQ4PEBESExQ=", "eci": "05"}},
    ],
    ids=["never", "moto", "external"],
)
def test_a_payment_without_a_shopper_is_not_challenged(merchant, more):
    assert _redirected(merchant, **more).result == "Authorised"


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ({"redirectResult": "made up"}, "14_018"),
        ({"threeDSResult": _result(transStatus="Y")}, "14_002"),
        ({}, "158"),
        ({"orderID": "x"}, "14_004"),
    ],
)
def test_details_that_nobody_was_given_are_refused(merchant, details, code):
    assert merchant.detail(**details).error == (422, code)


def test_a_result_is_worth_nothing_before_the_shopper_has_decided(merchant):
    merchant.mock("POST", "reset")
    _redirected(merchant)
    payment = merchant.waiting()[0]["id"]
    details = merchant.decide()["details"]
    merchant.mock("POST", "reset")
    _redirected(merchant)
    assert merchant.waiting()[0]["id"] == payment, "the same seed names the same payment"
    assert merchant.detail(**details).error == (422, "14_018")


def test_a_payment_that_nobody_authenticates_is_given_up(merchant):
    _redirected(merchant)
    psp = merchant.waiting()[0]["id"]
    merchant.wait(12 * 3600)
    assert (merchant.waiting(), merchant.state(psp)) == ([], "closed")
