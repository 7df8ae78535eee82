"""Disputes: a chargeback takes the money at once, a defence brings it back, and bank or time decide."""

import pytest

from tests.mock_gateways.adyen.conftest import DAY, DISPUTES

MATERIAL = {"defenseDocumentTypeCode": "DefenseMaterial", "contentType": "application/pdf", "content": "JVBERi0="}
REASON = {"defenseReasonCode": "SupplyDefenseMaterial"}


@pytest.fixture
def paid(merchant):
    return merchant.pay().json["pspReference"]


@pytest.fixture
def disputed(merchant, paid):
    return merchant.mock("POST", "disputes", {"payment": paid})["id"]


def _disputed(merchant, paid):
    return merchant.mock("GET", f"ledger?payment={paid}")["payments"][paid]["disputed"]


def _defend(merchant, dispute):
    merchant.dispute("supplyDefenseDocument", dispute, defenseDocuments=[MATERIAL])
    return merchant.dispute("defendDispute", dispute, **REASON)


def _said(merchant):
    """The events about disputes, and the status that each of them names."""
    told = [(item["eventCode"], item["additionalData"].get("disputeStatus")) for item in merchant.heard()]
    return [row for row in told if row[0] != "AUTHORISATION"]


def test_a_chargeback_takes_the_money_at_once(merchant, paid, disputed):
    assert _disputed(merchant, paid) == "10.00"
    assert _said(merchant) == [("NOTIFICATION_OF_CHARGEBACK", "Undefended"), ("CHARGEBACK", "Undefended")]
    item = merchant.heard()[-1]
    assert (item["pspReference"], item["originalReference"]) == (disputed, paid)
    assert item["additionalData"]["defendable"] == "true"


def test_a_defence_brings_the_money_back_for_the_time_being(merchant, paid, disputed):
    assert _defend(merchant, disputed) == {"disputeServiceResult": {"success": True}}
    assert _disputed(merchant, paid) == "0.00"
    assert _said(merchant)[2:] == [("INFORMATION_SUPPLIED", "Pending"), ("CHARGEBACK_REVERSED", "Pending")]
    assert [(row["kind"], row["id"]) for row in merchant.waiting()] == [("dispute", disputed)]


def test_a_bank_can_give_in(merchant, paid, disputed):
    _defend(merchant, disputed)
    assert merchant.decide("approve", disputed)["status"] == "Won"
    assert _disputed(merchant, paid) == "0.00"
    assert _said(merchant)[-1] == ("PREARBITRATION_WON", "Won")


def test_a_bank_can_charge_back_for_the_second_time(merchant, paid, disputed):
    _defend(merchant, disputed)
    assert merchant.decide("fail", disputed)["status"] == "Lost"
    assert _disputed(merchant, paid) == "10.00"
    assert _said(merchant)[-1] == ("SECOND_CHARGEBACK", "Lost")


def test_a_bank_that_lets_its_time_run_out_has_lost(merchant, paid, disputed):
    _defend(merchant, disputed)
    merchant.wait(45 * DAY)
    assert _said(merchant)[-1] == ("ISSUER_RESPONSE_TIMEFRAME_EXPIRED", "Won")
    assert (merchant.waiting(), _disputed(merchant, paid)) == ([], "0.00")


def test_a_dispute_that_nobody_defends_is_over_when_the_period_ends(merchant, paid, disputed):
    merchant.wait(18 * DAY)
    assert _said(merchant)[-1] == ("DISPUTE_DEFENSE_PERIOD_ENDED", "Expired")
    assert _defend(merchant, disputed)["disputeServiceResult"]["success"] is False
    assert _disputed(merchant, paid) == "10.00"


def test_an_accepted_dispute_is_told_as_accepted(merchant, paid, disputed):
    assert merchant.dispute("acceptDispute", disputed) == {"disputeServiceResult": {"success": True}}
    merchant.wait(18 * DAY)
    assert _said(merchant)[-1] == ("DISPUTE_DEFENSE_PERIOD_ENDED", "Accepted")
    assert _disputed(merchant, paid) == "10.00"


def test_a_defence_needs_its_documents(merchant, disputed):
    shown = merchant.dispute("retrieveApplicableDefenseReasons", disputed)["defenseReasons"]
    assert [reason["satisfied"] for reason in shown] == [False, False]
    assert merchant.dispute("defendDispute", disputed, **REASON)["disputeServiceResult"]["success"] is False
    merchant.dispute("supplyDefenseDocument", disputed, defenseDocuments=[MATERIAL])
    shown = merchant.dispute("retrieveApplicableDefenseReasons", disputed)["defenseReasons"]
    assert {reason["defenseReasonCode"]: reason["satisfied"] for reason in shown}["SupplyDefenseMaterial"] is True


def test_a_document_can_be_taken_back(merchant, disputed):
    merchant.dispute("supplyDefenseDocument", disputed, defenseDocuments=[MATERIAL])
    named = {"defenseDocumentType": "DefenseMaterial"}
    assert merchant.dispute("deleteDisputeDefenseDocument", disputed, **named)["disputeServiceResult"]["success"]
    again = merchant.dispute("deleteDisputeDefenseDocument", disputed, **named)["disputeServiceResult"]
    assert again["success"] is False
    assert again["errorMessage"]


@pytest.mark.parametrize("operation", ["acceptDispute", "retrieveApplicableDefenseReasons"])
def test_a_dispute_that_nobody_knows_is_answered_with_no_success(merchant, operation):
    assert merchant.dispute(operation, "DZ4DPSHB4WD2WN82")["disputeServiceResult"]["success"] is False


def test_alerts_take_no_money(merchant, paid):
    for reason in ("request_for_information", "notification_of_fraud"):
        merchant.mock("POST", "disputes", {"payment": paid, "reason": reason})
    assert _disputed(merchant, paid) == "0.00"
    assert [event for event, _ in _said(merchant)] == ["REQUEST_FOR_INFORMATION", "NOTIFICATION_OF_FRAUD"]


def test_a_request_for_information_is_answered(merchant, paid):
    request = merchant.mock("POST", "disputes", {"payment": paid, "reason": "request_for_information"})["id"]
    _defend(merchant, request)
    assert _said(merchant)[-1] == ("INFORMATION_SUPPLIED", "Responded")


def test_a_part_is_disputed_and_no_more_than_was_captured(merchant, paid):
    merchant.mock("POST", "disputes", {"payment": paid, "amount": 400})
    assert _disputed(merchant, paid) == "4.00"
    path = f"/_mock/tenants/{merchant.tenant}/disputes"
    assert merchant.client.post(path, json={"payment": paid, "amount": 601}).status_code == 422


def test_nothing_is_disputed_before_it_is_captured(merchant):
    path = f"/_mock/tenants/{merchant.tenant}/disputes"
    assert merchant.client.post(path, json={"payment": merchant.hold()}).status_code == 422


def test_a_test_value_has_a_payment_disputed_by_itself(merchant):
    psp = merchant.card(holderName="SIMULATED_CHARGEBACK").json["pspReference"]
    merchant.wait(DAY)
    assert _disputed(merchant, psp) == "10.00"
    assert _said(merchant)[-1] == ("CHARGEBACK", "Undefended")


@pytest.mark.parametrize(
    ("entry", "error"),
    [
        ({"contentType": "application/pdf"}, (422, "158")),
        ({**MATERIAL, "contentType": "text/html"}, (400, "702")),
        ({**MATERIAL, "content": "no Base64!"}, (400, "702")),
    ],
)
def test_a_document_without_its_published_form_is_refused(merchant, disputed, entry, error):
    body = {"merchantAccountCode": merchant.account, "disputePspReference": disputed, "defenseDocuments": [entry]}
    assert merchant.send("POST", f"{DISPUTES}/supplyDefenseDocument", **body).error == error
