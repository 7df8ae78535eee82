"""Bank accounts do what the neutral copy of the published facts says they do."""

import pytest

from mock_gateways.stripe import MANIFEST
from tests.mock_gateways.stripe.conftest import facts
from tests.mock_gateways.stripe.test_methods import decide, pay_by

OTHER = facts("test_cards")["other"]
ACH, SEPA = OTHER["us_bank_account"], {**OTHER["sepa_debit_AT"], **OTHER["sepa_debit_DE"]}
# What the words of the table come to once the bank has answered.
ENDS = {
    "succeeds": "succeeded",
    "processing->succeeded": "succeeded",
    "processing->succeeded after 3 min": "succeeded",
    "processing->requires_payment_method": "requires_payment_method",
    "processing->requires_payment_method after 3 min": "requires_payment_method",
    "succeeded then dispute": "disputed",
    "succeeds then dispute": "disputed",
    "disputed": "disputed",
    "fails": "requires_payment_method",
    "stays_processing": "processing",
    "microdeposits fail to send": "unverified",
    "blocked by Radar, highest risk": "blocked",
    "weekly payment volume limit exceeded (fails)": "requires_payment_method",
    "fails: deactivated tokenized account number": "requires_payment_method",
    "creation fails: bank not supported": "refused",
    "creation fails: bank_account_unusable/debits not supported": "refused",
}


def _end(merchant, reply):
    """What became of a payment half an hour later, in the words of ENDS, and the code of its failure."""
    if reply.status != 200:
        return ("blocked" if reply.status == 402 else "refused"), reply.error.get("code")
    payment = reply.json["id"]
    merchant.wait(1800)
    read = merchant.read(payment)
    if merchant.send("GET", "/v1/disputes", payment_intent=payment).json["data"]:
        return "disputed", None
    error = read["last_payment_error"] or {}
    # A reason that is no error code travels as the decline code.
    return read["status"], error.get("decline_code") or error.get("code")


def _agrees(told, end, code):
    return ENDS[told] == end if told in ENDS else (end, code) == ("requires_payment_method", told)


@pytest.mark.parametrize("iban", SEPA)
def test_an_iban_does_what_is_published(merchant, iban):
    reply = pay_by(merchant, "sepa_debit", "eur", payment_method_data__sepa_debit__iban=iban)
    end, code = _end(merchant, reply)
    assert _agrees(SEPA[iban], end, code), (SEPA[iban], end, code)


@pytest.mark.parametrize("number", ACH["accounts"])
def test_an_account_does_what_is_published(merchant, number):
    told = ACH["accounts"][number]
    given = {
        "payment_method_data__us_bank_account__account_number": number,
        "payment_method_data__us_bank_account__routing_number": ACH["routing"],
    }
    reply = pay_by(merchant, "us_bank_account", "usd", **given)
    if reply.status == 200:
        proved = merchant.on(reply.json["id"], "verify_microdeposits", descriptor_code="SM11AA")
        if proved.json["status"] != "processing":
            assert ENDS.get(told) == "unverified"
            return
    end, code = _end(merchant, reply)
    assert _agrees(told, end, code), (told, end, code)


@pytest.mark.parametrize("proof", ACH["microdeposits"], ids=lambda proof: proof["descriptor"])
@pytest.mark.parametrize("way", ["amounts", "descriptor"])
def test_deposits_prove_what_is_published(merchant, proof, way):
    payment = pay_by(merchant, "us_bank_account", "usd").json["id"]
    amounts = {"amounts[]": [str(amount) for amount in proof["amounts"]]}
    given = amounts if way == "amounts" else {"descriptor_code": proof["descriptor"]}
    read = merchant.on(payment, "verify_microdeposits", **given).json
    ended = (read["last_payment_error"] or {}).get("code", "verified")
    assert ended.removeprefix("payment_method_microdeposit_verification_") == proof["result"]


@pytest.mark.parametrize("alias", ACH["tokens"])
def test_a_named_account_does_what_is_published(merchant, alias):
    consent = {"mandate_data__customer_acceptance__type": "offline"}
    end, code = _end(merchant, merchant.pay(alias, currency="usd", **consent))
    assert _agrees(ACH["tokens"][alias], end, code)


def test_every_published_account_is_an_instrument():
    known = {instrument.value for instrument in MANIFEST.instruments}
    assert {f"{ACH['routing']}:{number}" for number in ACH["accounts"]} <= known
    assert set(SEPA) <= known
    assert set(ACH["tokens"]) == {i.alias for i in MANIFEST.instruments if i.kind == "ach_debit" and i.alias}


def test_whoever_returns_a_debit_by_hand_gets_the_accounts_own_reason(merchant):
    given = {"payment_method_data__sepa_debit__iban": "AT981904300002222227"}
    payment = pay_by(merchant, "sepa_debit", "eur", **given).json["id"]
    assert decide(merchant, payment, "fail")["last_payment_error"]["code"] == "insufficient_funds"
