"""Who is let in, what a key remembers, and what goes wrong on purpose, in Adyen's own envelope."""

import json

import pytest

from mock_gateways.app import create_app
from tests.mock_gateways.adyen.conftest import ACCOUNT, Merchant, facts

SPEC = facts("error_codes")["examples_from_spec"]
KEY = {"Idempotency-Key": "3f0a"}


def _open(app, credential):
    return Merchant(app, "AQEtest_any").client.post("/_mock/tenants", json={"credential": credential})


def test_without_a_key_nobody_is_let_in_and_no_reference_is_given(merchant):
    answer = merchant.pay({"X-API-Key": ""})
    assert answer.json == SPEC["401"]
    assert (answer.status, "pspReference" in answer.json) == (401, False)


def test_without_a_merchant_account_nobody_is_served(merchant):
    answer = merchant.pay(merchantAccount="no account!")
    published = {name: SPEC["403"][name] for name in ("status", "errorCode", "message", "errorType")}
    assert {name: answer.json[name] for name in published} == published


@pytest.mark.parametrize("key", ["AQElive_key", "ws@Company.LIVE_shop", "live_1"])
def test_a_live_key_is_refused(app, merchant, key):
    assert _open(app, f"{key}:{ACCOUNT}").status_code == 400
    assert merchant.pay({"X-API-Key": key}).status == 401


def test_a_live_endpoint_is_refused(merchant):
    assert merchant.pay({"Host": "1797a841fbb37ca7-Acme-checkout-live.adyenpayments.com"}).status == 401


def test_a_web_service_user_is_let_in_by_password(app):
    user = Merchant(app, "ws@Company.Acme:test-password")
    basic = {"X-API-Key": "", "Authorization": "Basic d3NAQ29tcGFueS5BY21lOnRlc3QtcGFzc3dvcmQ="}
    psp = user.pay(basic).json["pspReference"]
    assert user.ledger(psp)[1] == "10.00"


def test_a_world_is_a_key_and_a_merchant_account_together(app, merchant):
    other = Merchant(app, merchant.key, "AssayPOS")
    psp = merchant.hold()
    assert other.on(psp, "captures", 1000).error == (422, "167")
    assert merchant.on(psp, "captures", 1000).status == 201
    assert _open(app, merchant.key).status_code == 400


def test_a_body_that_is_no_json_is_refused(merchant):
    for body in (b"{", b"[]", b"NaN", b'{"a":' * 100_000):
        reply = merchant.client.post("/v72/payments", data=body, headers={"X-API-Key": merchant.key})
        assert (reply.status_code, reply.get_json()["errorCode"]) == (400, "702"), body[:20]


@pytest.mark.parametrize("text", ["\ud800", "a\x00b"])
def test_a_text_that_cannot_be_written_down_is_refused(merchant, text):
    assert merchant.pay(reference=text).error == (400, "702")


def test_a_header_names_the_call_and_not_the_payment(merchant):
    answer = merchant.pay()
    assert len(answer.headers["pspReference"]) == 16
    assert answer.headers["pspReference"] != answer.json["pspReference"]


def test_a_refusal_names_the_call(merchant):
    answer = merchant.pay(value=-1)
    assert answer.json["pspReference"] == answer.headers["pspReference"]


def test_a_key_replays_the_first_reply_and_is_echoed(merchant):
    first, second = merchant.pay(KEY), merchant.pay(KEY)
    assert first.text == second.text
    assert second.headers["Idempotency-Key"] == KEY["Idempotency-Key"]
    assert merchant.told() == [("AUTHORISATION", "true")]


def test_a_key_replays_a_refusal_of_the_issuer(merchant):
    wish = {"additionalData": {"RequestedTestAcquirerResponseCode": "12"}}
    assert merchant.pay(KEY, **wish).text == merchant.pay(KEY, **wish).text
    assert len(merchant.heard()) == 1


def test_a_key_does_not_remember_what_never_began(merchant):
    assert merchant.pay(KEY, value=-1).status == 422
    assert merchant.pay(KEY, value=1000).result == "Authorised"


def test_a_key_with_another_body_is_refused(merchant):
    merchant.pay(KEY)
    assert merchant.pay(KEY, value=999).error == (422, "704")


def test_a_key_is_remembered_for_seven_days(merchant):
    first = merchant.pay(KEY)
    merchant.wait(7 * 86_400 - 1)
    assert merchant.pay(KEY).text == first.text
    merchant.wait(2)
    assert merchant.pay(KEY).text != first.text


def test_a_key_has_at_most_64_characters(merchant):
    assert merchant.pay({"Idempotency-Key": "x" * 65}).error == (422, "29_001")


def test_a_modification_is_idempotent_too(merchant):
    held = merchant.hold()
    body = {"merchantAccount": ACCOUNT, "amount": {"value": 400, "currency": "EUR"}}
    path = f"/v72/payments/{held}/captures"
    first, second = (merchant.send("POST", path, KEY, **body) for _ in range(2))
    assert first.text == second.text
    merchant.mock("GET", "clock")
    assert merchant.ledger(held)[1] == "4.00"


@pytest.mark.parametrize(
    ("effect", "error"),
    [
        ({"rate_limit": {"retry_after": 3}}, (429, "000")),
        ({"server_error": 500}, (500, "903")),
        ({"server_error": 503}, (503, "703")),
        ({"error": "905"}, (422, "905")),
        ({"error": "905", "http": 500}, (500, "905")),
        ({"error": "704"}, (409, "704")),
    ],
)
def test_a_fault_answers_in_adyens_envelope_and_moves_nothing(merchant, effect, error):
    merchant.fault(effect)
    answer = merchant.pay()
    assert answer.error == error
    assert set(answer.json) == {"status", "errorCode", "message", "errorType"}
    assert merchant.heard() == []


@pytest.mark.parametrize("code", ["2", "12", "46"])
def test_a_decline_is_forced_whatever_the_card(merchant, code):
    merchant.fault({"decline": code})
    answer = merchant.card("4917610000000000")
    assert (answer.result, answer.json["refusalReasonCode"]) == ("Refused", code)


def test_an_outcome_is_forced_for_one_call(merchant):
    merchant.fault({"outcome": "approve"})
    assert merchant.card(holderName="CARD_EXPIRED").result == "Authorised"
    assert merchant.card(holderName="CARD_EXPIRED").result == "Refused"


def test_a_reply_is_bent_and_the_ledger_is_not(merchant):
    merchant.fault({"override": {"resultCode": "Levitating", "amount.value": 1}})
    answer = merchant.pay()
    assert answer.result == "Levitating"
    assert merchant.ledger(answer.json["pspReference"])[1] == "10.00"


def test_a_fault_finds_its_card(merchant):
    merchant.fault({"server_error": 500}, card="4444")
    assert merchant.card().status == 200
    assert merchant.card("5555555555554444").status == 500


def test_an_operation_that_is_not_simulated_says_so(merchant):
    answer = merchant.send("POST", "/v72/donations", merchantAccount=ACCOUNT)
    assert (answer.status, answer.headers["X-Mock-Unimplemented"]) == (501, "post-donations")


def test_an_unknown_address_is_not_found(merchant):
    assert merchant.send("POST", "/v72/pay", merchantAccount=ACCOUNT).status == 404
    assert merchant.send("GET", "/v72/payments/8836183819713023").status == 404, "there is no such call at Adyen"


def test_the_path_of_the_live_platform_leads_to_the_same_place(merchant):
    answer = merchant.send("POST", "/checkout/v72/payments", **merchant.request())
    assert answer.result == "Authorised"


def test_no_secret_is_in_the_journal(merchant):
    merchant.card(holderName="A. Klaassen")
    kept = json.dumps(merchant.mock("GET", "journal"))
    assert merchant.key not in kept
    assert "4111111111111111" not in kept


def test_a_snapshot_brings_everything_back():
    merchant = Merchant(create_app("adyen", settings={"modification_delay_s": 60}), "AQEtest_snapshot")
    merchant.listen()
    held = merchant.hold()
    merchant.on(held, "captures", 400)
    merchant.pay(paymentMethod={"type": "ideal"})
    taken = merchant.mock("POST", "snapshot")["snapshot"]
    seen = []
    for _ in range(2):
        merchant.wait(60)
        merchant.decide()
        seen.append((merchant.ledger(held), merchant.heard(), merchant.pay().text))
        merchant.mock("POST", "restore", {"snapshot": taken})
    assert seen[0] == seen[1]
