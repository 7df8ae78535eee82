"""Every published test card does what Stripe publishes for it, and no other card comes in."""

import pytest

from tests.mock_gateways.stripe.conftest import facts

CARDS = facts("test_cards")["cards"]
IN_FUTURE = {"exp_month": 12, "exp_year": 2030, "cvc": "123"}


def _of(outcome):
    # One number is listed twice: as a plain success, and as a card without 3D Secure.
    rows = [card for card in CARDS if card["outcome"] == outcome]
    return pytest.mark.parametrize(
        "card", rows, ids=[f"{row['number'][-4:]}-{index}" for index, row in enumerate(rows)]
    )


def _pay(merchant, number, **more):
    card = {f"payment_method_data__card__{name}": value for name, value in IN_FUTURE.items()}
    given = {"amount": 1000, "currency": "usd", "confirm": "true", "payment_method_data__type": "card"}
    return merchant.send(
        "POST", "/v1/payment_intents", **{**given, **card, "payment_method_data__card__number": number, **more}
    )


@_of("success")
def test_a_card_that_succeeds(merchant, card):
    paid = _pay(merchant, card["number"]).json
    assert paid["status"] == "succeeded"
    shown = merchant.charge(paid["id"])["payment_method_details"]["card"]
    assert shown["last4"] == card["number"][-4:]
    assert shown["country"] == card.get("country", "US")
    assert card.get("brand", shown["brand"]).startswith(shown["brand"])


@_of("decline")
def test_a_card_that_is_declined(merchant, card):
    declined = _pay(merchant, card["number"])
    error = declined.error
    assert (declined.status, error["type"], error["code"]) == (402, "card_error", card["code"])
    for name in ("decline_code", "advice_code", "network_decline_code", "network_advice_code", "param"):
        if card.get(name):
            assert error[name] == card[name]


@pytest.mark.parametrize(
    "card", [c for c in CARDS if c["outcome"] == "decline" and c["luhn_ok"]], ids=lambda card: card["number"][-4:]
)
def test_a_decline_leaves_a_failed_charge_and_an_intent_that_can_be_used_again(merchant, card):
    declined = _pay(merchant, card["number"])
    error, intent = declined.error, declined.error["payment_intent"]
    charge = merchant.charge(intent["id"])
    assert (charge["id"], charge["status"], charge["paid"]) == (error["charge"], "failed", False)
    assert charge["failure_code"] == card["code"]
    assert (intent["status"], intent["payment_method"]) == ("requires_payment_method", None)
    assert intent["last_payment_error"]["payment_method"]["object"] == "payment_method"
    assert error["payment_method"]["card"]["last4"] == card["number"][-4:]
    assert declined.headers["Stripe-Should-Retry"] == "false"
    assert merchant.ledger(intent["id"]) == ("0.00", "0.00", "0.00", "0.00")


@pytest.mark.parametrize("card", [c for c in CARDS if c.get("payment_method")], ids=lambda card: card["payment_method"])
def test_an_alias_stands_for_its_card(merchant, card):
    intent = merchant.send(
        "POST", "/v1/payment_intents", amount=500, currency="usd", payment_method=card["payment_method"]
    ).json
    method = merchant.send("GET", f"/v1/payment_methods/{intent['payment_method']}").json
    assert method["card"]["last4"] == card["number"][-4:]


NEEDS_SHOPPER = {
    "always_authenticate",
    "authenticate_unless_set_up",
    "already_set_up_offsession_ok",
    "authenticate_then_insufficient_funds",
    "3ds2_required_ok",
    "3ds2_required_ok (US issued)",
    "3ds_required_then_card_declined",
}
THEN_DECLINED = {
    "authenticate_then_insufficient_funds": "insufficient_funds",
    "3ds_required_then_card_declined": "generic_decline",
}


@_of("three_ds")
def test_a_three_ds_card_asks_for_the_shopper_when_published_to(merchant, card):
    answer = _pay(merchant, card["number"], return_url="https://shop.example/back")
    if card["behaviour"] in NEEDS_SHOPPER:
        intent = answer.json
        assert (intent["status"], intent["latest_charge"]) == ("requires_action", None)
        assert intent["next_action"]["redirect_to_url"]["return_url"] == "https://shop.example/back"
        assert merchant.ledger(intent["id"])[0] == "0.00"
    elif card["behaviour"].startswith("3ds_lookup_processing_error"):
        assert (answer.status, answer.error["code"]) == (402, "card_declined")
    else:
        assert answer.json["status"] == "succeeded"


@pytest.mark.parametrize(
    "card", [c for c in CARDS if c.get("behaviour") in NEEDS_SHOPPER], ids=lambda card: card["number"][-4:]
)
def test_what_follows_the_shoppers_approval(merchant, card):
    payment = _pay(merchant, card["number"]).json["id"]
    merchant.mock("POST", f"approvals/{payment}", {"outcome": "approve"})
    intent, then = merchant.read(payment), THEN_DECLINED.get(card["behaviour"])
    if then:
        assert (intent["status"], intent["last_payment_error"]["decline_code"]) == ("requires_payment_method", then)
        assert merchant.ledger(payment)[1] == "0.00"
    else:
        assert (intent["status"], intent["next_action"]) == ("succeeded", None)
        assert merchant.charge(payment)["payment_method_details"]["card"]["three_d_secure"]["result"] == "authenticated"
        assert merchant.ledger(payment)[1] == "10.00"


def test_a_failed_authentication_leaves_no_charge(merchant):
    payment = merchant.pay("pm_card_threeDSecure2Required").json["id"]
    merchant.mock("POST", f"approvals/{payment}", {"outcome": "fail"})
    intent = merchant.read(payment)
    assert (intent["status"], intent["latest_charge"]) == ("requires_payment_method", None)
    error = intent["last_payment_error"]
    assert (error["type"], error["code"]) == ("invalid_request_error", "payment_intent_authentication_failure")
    assert merchant.mock("GET", "approvals") == {"approvals": []}


def test_without_a_return_url_the_challenge_is_for_the_sdk(merchant):
    action = merchant.pay("pm_card_threeDSecure2Required").json["next_action"]
    assert (action["type"], set(action["use_stripe_sdk"])) == ("use_stripe_sdk", {"type", "stripe_js", "source"})


def test_a_held_payment_stays_held_after_authentication(merchant):
    payment = merchant.pay("pm_card_threeDSecure2Required", capture_method="manual").json["id"]
    merchant.mock("POST", f"approvals/{payment}", {"outcome": "approve"})
    assert merchant.read(payment)["status"] == "requires_capture"
    assert merchant.ledger(payment) == ("10.00", "0.00", "0.00", "0.00")


def test_without_the_shopper_a_challenge_is_a_decline(merchant):
    declined = merchant.pay("pm_card_authenticationRequired", off_session="true")
    error = declined.error
    assert (declined.status, error["code"], error["decline_code"]) == (402, *["authentication_required"] * 2)
    assert merchant.charge(error["payment_intent"]["id"])["status"] == "failed"
    assert merchant.pay("pm_card_authenticationRequiredSetupForOffSession", off_session="true").status == 200


def test_a_challenge_can_be_refused_beforehand(merchant):
    declined = merchant.pay("pm_card_threeDSecure2Required", error_on_requires_action="true")
    assert (declined.status, declined.error["code"]) == (402, "authentication_required")
    assert declined.error["payment_intent"]["status"] == "requires_payment_method"


def test_a_card_set_up_once_is_charged_without_the_shopper(merchant):
    customer = merchant.send("POST", "/v1/customers").json["id"]
    method = merchant.send(
        "POST", "/v1/payment_methods/pm_card_authenticationRequiredOnSetup/attach", customer=customer
    )
    mine = {"method": method.json["id"], "customer": customer}
    assert merchant.pay(**mine, off_session="true").error["code"] == "authentication_required"
    first = merchant.pay(**mine, setup_future_usage="off_session").json["id"]
    merchant.mock("POST", f"approvals/{first}", {"outcome": "approve"})
    assert merchant.pay(**mine, off_session="true").json["status"] == "succeeded"


@pytest.mark.parametrize("row", facts("test_cards")["other"]["field_magic"], ids=lambda row: row["code"])
def test_magic_values_of_expiry_and_security_code(merchant, row):
    value = "2019" if row["value"] == "past" else row["value"]
    refused = _pay(merchant, "4242424242424242", **{f"payment_method_data__card__{row['field']}": value})
    assert (refused.status, refused.error["type"], refused.error["code"]) == (402, "card_error", row["code"])
    assert refused.error["param"] == row["field"]


def test_a_card_that_is_no_test_card_is_refused_and_never_kept(merchant):
    # The number passes the Luhn check and belongs to no issuer.
    unknown = "4999999999999996"
    refused = _pay(merchant, unknown)
    assert (refused.status, refused.error["decline_code"]) == (402, "test_mode_live_card")
    assert unknown not in str(merchant.mock("GET", "journal"))
    assert merchant.mock("GET", "ledger")["payments"] == {}


@pytest.mark.parametrize(
    "card",
    [c for c in CARDS if c["outcome"] == "decline" and c.get("payment_method")],
    ids=lambda card: card["number"][-4:],
)
def test_a_card_that_issuers_decline_is_not_attached_except_one(merchant, card):
    customer = merchant.send("POST", "/v1/customers").json["id"]
    answer = merchant.send("POST", f"/v1/payment_methods/{card['payment_method']}/attach", customer=customer)
    if card["number"].endswith("0341"):
        assert answer.json["customer"] == customer
    else:
        assert (answer.status, answer.error["code"], answer.error["param"]) == (402, card["code"], "")
        assert "payment_intent" not in answer.error


@_of("dispute")
def test_cards_of_disputes_are_charged_first(merchant, card):
    assert _pay(merchant, card["number"]).json["status"] == "succeeded"


def test_radar_blocks_before_the_network_sees_the_charge(merchant):
    error = merchant.pay("pm_card_radarBlock").error
    assert (error["code"], error["decline_code"]) == ("card_declined", "fraudulent")
    outcome = merchant.charge(error["payment_intent"]["id"])["outcome"]
    assert (outcome["type"], outcome["network_status"]) == ("blocked", "not_sent_to_network")


def test_what_the_facts_leave_open_about_radar_is_a_setting(merchant, merchant_with):
    assert merchant.pay("pm_card_riskLevelHighest").json["status"] == "succeeded"
    assert merchant_with(radar_blocks_highest_risk=1).pay("pm_card_riskLevelHighest").status == 402
