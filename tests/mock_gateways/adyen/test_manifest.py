"""What the simulator says Adyen publishes is what the neutral copy of the facts says."""

from pathlib import Path

import pytest

from mock_gateways.adyen import GATEWAY, MANIFEST
from tests.mock_gateways.adyen.conftest import facts

STATUSES, ERRORS, CURRENCIES = facts("statuses"), facts("error_codes"), facts("currencies")
PAYMENT_STATES = [state for state in MANIFEST.states if state.resource == "payment"]


def test_every_published_error_and_refusal_is_there():
    codes = {failure.code for failure in MANIFEST.failures if failure.field == "code"}
    refusals = {failure.code for failure in MANIFEST.failures if failure.field == "refusalReasonCode"}
    assert codes == {row["errorCode"] for row in ERRORS["api_errors"]}
    assert refusals | {"1"} == {row["refusalReasonCode"] for row in ERRORS["refusal_reasons"]}


def test_a_failure_has_a_kind_and_a_published_status():
    published = {row["errorCode"]: row["http"].split(",") for row in ERRORS["api_errors"]}
    for failure in MANIFEST.failures:
        assert failure.kind in ("decline", "request", "state"), failure
        assert failure.source
        assert str(failure.http) in (published[failure.code] if failure.field == "code" else ["200"])


def test_every_published_status_has_a_state():
    raws = {state.raw for state in PAYMENT_STATES}
    assert raws == set(STATUSES["resultCode"]["values"])
    assert {s.raw for s in MANIFEST.states if s.resource == "dispute"} == set(STATUSES["disputeStatus"])
    assert {s.raw for s in MANIFEST.states if s.resource == "refund"} == set(STATUSES["modification_response_status"])
    assert len({state.name for state in MANIFEST.states}) == len(MANIFEST.states)


def test_every_published_event_is_known():
    known = {event.type for event in MANIFEST.events}
    assert known - {"recurring.token.created", "recurring.token.disabled"} == set(STATUSES["event_codes"])


def test_every_published_card_is_an_instrument():
    known = {instrument.value for instrument in MANIFEST.instruments if instrument.kind == "card"}
    assert {card["number"] for card in facts("test_cards")["cards"]} <= known


def test_currencies_have_the_published_exponents():
    rows = {currency.code: currency.exponent for currency in MANIFEST.currencies}
    assert {code for code, exponent in rows.items() if exponent == 0} == set(CURRENCIES["zero_decimal"])
    assert {code for code, exponent in rows.items() if exponent == 3} == set(CURRENCIES["three_decimal"])
    assert (rows["CLP"], rows["ISK"], rows["CVE"], rows["IDR"]) == (2, 2, 0, 0)


def test_operations_are_those_of_checkout_and_of_the_dispute_service():
    base = {"checkout": "/v72", "dispute": "/ca/services/DisputeService/v30"}
    published = {
        (row["method"], base[row["service"]] + row["path"])
        for row in facts("operations")["operations"]
        if row["service"] in base
    }
    assert {(o.method, o.path) for o in MANIFEST.operations} == published
    simulated = {operation.name for operation in MANIFEST.operations if operation.simulated}
    assert simulated == {route.operation for route in GATEWAY.routes if route.handler is not None}


def test_every_setting_is_used_somewhere_and_has_its_doubt():
    folder = Path(GATEWAY.credential.__code__.co_filename).parent
    code = "".join(path.read_text() for path in folder.glob("*.py"))
    for setting in MANIFEST.settings:
        assert f'"{setting.name}"' in code, setting.name
        assert setting.doubt


@pytest.mark.parametrize("state", PAYMENT_STATES, ids=lambda state: state.name)
def test_a_state_is_rendered_without_anything_moving(merchant, state):
    merchant.fault({"state": state.name}, "POST /v72/payments")
    answer = merchant.pay()
    assert (answer.status, answer.result) == (200, state.raw)
    assert merchant.ledger(answer.json["pspReference"]) == ("0.00",) * 4
    assert merchant.heard() == []
    assert merchant.waiting() == []


def test_a_refund_is_rendered_without_anything_moving(merchant):
    paid = merchant.pay().json["pspReference"]
    merchant.fault({"state": "refund_received"}, "POST /v72/payments/{psp}/refunds")
    assert merchant.on(paid, "refunds", 400).json["status"] == "received"
    assert merchant.ledger(paid)[3] == "0.00"
    assert merchant.told() == [("AUTHORISATION", "true")]


@pytest.mark.parametrize("state", ["mandate_active", "mandate_refused"])
def test_a_mandate_is_rendered(merchant, state):
    merchant.fault({"state": state})
    answer = merchant.pay(value=0, shopperReference="shopper-1", storePaymentMethod=True)
    stored = "tokenization.storedPaymentMethodId" in answer.json["additionalData"]
    assert stored == (state == "mandate_active")


def test_a_state_that_no_reply_shows_is_refused(merchant):
    merchant.fault({"state": "dispute_won"})
    assert merchant.pay().error == (400, "702")


@pytest.mark.parametrize("state", PAYMENT_STATES, ids=lambda state: state.name)
def test_a_state_is_rendered_to_details_too(merchant, state):
    merchant.card("4917610000000000")
    details = merchant.decide()["details"]
    merchant.fault({"state": state.name}, "POST /v72/payments/details")
    answer = merchant.detail(**details)
    assert (answer.status, answer.result) == (200, state.raw)
    assert merchant.heard() == []
    assert merchant.detail(**details).result == "Authorised"


@pytest.mark.parametrize(
    "instrument",
    [i for i in MANIFEST.instruments if i.kind == "card" and i.causes.startswith(("decline:", "three_ds:decline:"))],
    ids=lambda i: f"{i.causes} {i.alias}",
)
def test_a_card_is_declined_as_its_instrument_says(merchant, instrument):
    field, _, value = instrument.alias.partition("=")
    if field == "holderName":
        answer = merchant.card(instrument.value, holderName=value)
    else:
        answer = merchant.pay(additionalData={field: value})
    if instrument.causes.startswith("three_ds"):
        answer = merchant.detail(**merchant.decide()["details"])
    assert answer.json["refusalReasonCode"] == instrument.causes.rpartition(":")[2]
