"""A payment method is set up once and charged later, under a mandate where there is one."""

import pytest

ACCEPTED = {
    "mandate_data__customer_acceptance__type": "online",
    "mandate_data__customer_acceptance__online__ip_address": "127.0.0.1",
    "mandate_data__customer_acceptance__online__user_agent": "test",
}
SEPA = {
    "payment_method_data__type": "sepa_debit",
    "payment_method_data__sepa_debit__iban": "AT611904300234573201",
    "payment_method_data__billing_details__name": "Jane Doe",
    "payment_method_data__billing_details__email": "jane@example.com",
}
ACH = {
    "payment_method_data__type": "us_bank_account",
    "payment_method_data__us_bank_account__account_number": "000123456789",
    "payment_method_data__us_bank_account__routing_number": "110000000",
    "payment_method_data__us_bank_account__account_holder_type": "individual",
    "payment_method_data__billing_details__name": "Jane Doe",
}
BACK = {"return_url": "https://shop.example/back"}


@pytest.fixture
def customer(merchant):
    return merchant.send("POST", "/v1/customers").json["id"]


def set_up(merchant, **given):
    return merchant.send("POST", "/v1/setup_intents", confirm="true", **given)


def later(merchant, customer, method, **more):
    return merchant.pay(method, customer=customer, off_session="true", **more)


def test_a_card_is_set_up_and_charged_without_the_shopper(merchant, customer):
    setup = set_up(merchant, customer=customer, payment_method="pm_card_visa").json
    assert (setup["status"], setup["usage"], setup["mandate"]) == ("succeeded", "off_session", None)
    paid = later(merchant, customer, setup["payment_method"])
    assert (paid.status, paid.json["status"]) == (200, "succeeded")
    assert merchant.events()[1:4] == ["setup_intent.created", "payment_method.attached", "setup_intent.succeeded"]


def test_a_card_whose_owner_accepted_has_a_mandate(merchant, customer):
    setup = set_up(merchant, customer=customer, payment_method="pm_card_visa", **ACCEPTED).json
    mandate = merchant.send("GET", f"/v1/mandates/{setup['mandate']}").json
    assert (mandate["status"], mandate["type"]) == ("active", "multi_use")
    assert mandate["payment_method"] == setup["payment_method"]
    assert mandate["customer_acceptance"]["online"] == {"ip_address": "127.0.0.1", "user_agent": "test"}


def test_a_card_that_needs_the_shopper_once_is_asked_on_set_up_and_never_again(merchant, customer):
    card = "pm_card_authenticationRequiredOnSetup"
    setup = set_up(merchant, customer=customer, payment_method=card, **BACK).json
    assert (setup["status"], setup["next_action"]["type"]) == ("requires_action", "redirect_to_url")
    merchant.mock("POST", f"approvals/{setup['id']}", {"outcome": "approve"})
    done = merchant.send("GET", f"/v1/setup_intents/{setup['id']}").json
    assert done["status"] == "succeeded"
    assert later(merchant, customer, done["payment_method"]).json["status"] == "succeeded"


def test_a_card_that_always_needs_the_shopper_is_declined_without_them(merchant, customer):
    setup = set_up(merchant, customer=customer, payment_method="pm_card_authenticationRequired", **BACK).json
    merchant.mock("POST", f"approvals/{setup['id']}", {"outcome": "approve"})
    method = merchant.send("GET", f"/v1/setup_intents/{setup['id']}").json["payment_method"]
    refused = later(merchant, customer, method)
    assert (refused.status, refused.error["code"]) == (402, "authentication_required")


def test_a_card_set_up_elsewhere_needs_no_shopper_without_them(merchant, customer):
    setup = set_up(merchant, customer=customer, payment_method="pm_card_authenticationRequiredSetupForOffSession").json
    assert setup["status"] == "succeeded"
    assert later(merchant, customer, setup["payment_method"]).json["status"] == "succeeded"


def test_a_shopper_who_fails_leaves_a_set_up_without_a_method(merchant):
    setup = set_up(merchant, payment_method="pm_card_threeDSecure2Required", **BACK).json
    merchant.mock("POST", f"approvals/{setup['id']}", {"outcome": "fail"})
    failed = merchant.send("GET", f"/v1/setup_intents/{setup['id']}").json
    assert (failed["status"], failed["payment_method"]) == ("requires_payment_method", None)
    assert failed["last_setup_error"]["code"] == "setup_intent_authentication_failure"
    assert merchant.events()[-1] == "setup_intent.setup_failed"


def test_a_declined_card_is_not_set_up_and_the_error_holds_the_set_up(merchant):
    refused = set_up(merchant, payment_method="pm_card_visa_chargeDeclined")
    assert (refused.status, refused.error["decline_code"]) == (402, "generic_decline")
    assert refused.error["setup_intent"]["status"] == "requires_payment_method"
    attempts = merchant.send("GET", "/v1/setup_attempts", setup_intent=refused.error["setup_intent"]["id"]).json
    assert [attempt["status"] for attempt in attempts["data"]] == ["failed"]


def test_a_sepa_account_is_set_up_under_an_active_mandate_and_debited_later(merchant, customer):
    setup = set_up(merchant, customer=customer, **SEPA, **ACCEPTED).json
    assert setup["status"] == "succeeded"
    paid = later(merchant, customer, setup["payment_method"], mandate=setup["mandate"]).json
    assert paid["status"] == "processing"
    details = merchant.charge(paid["id"])["payment_method_details"]["sepa_debit"]
    assert details["mandate"] == setup["mandate"]


def test_an_account_to_be_proved_has_a_pending_mandate_until_the_deposits_are_named(merchant, customer):
    setup = set_up(merchant, customer=customer, **ACH, **ACCEPTED).json
    assert setup["next_action"]["type"] == "verify_with_microdeposits"
    assert merchant.send("GET", f"/v1/mandates/{setup['mandate']}").json["status"] == "pending"
    verify = f"/v1/setup_intents/{setup['id']}/verify_microdeposits"
    wrong = merchant.send("POST", verify, **{"amounts[]": ["1", "2"]})
    assert wrong.error["code"] == "payment_method_microdeposit_verification_amounts_mismatch"
    assert merchant.send("POST", verify, **{"amounts[]": ["32", "45"]}).json["status"] == "succeeded"
    assert merchant.send("GET", f"/v1/mandates/{setup['mandate']}").json["status"] == "active"
    assert "mandate.updated" in merchant.events()


@pytest.mark.parametrize(("code", "error"), [("SM33CC", "attempts_exceeded"), ("SM44DD", "timeout")])
def test_published_codes_end_a_proof(merchant, code, error):
    setup = set_up(merchant, **ACH, **ACCEPTED).json
    done = merchant.send("POST", f"/v1/setup_intents/{setup['id']}/verify_microdeposits", descriptor_code=code).json
    assert done["status"] == "requires_payment_method"
    assert done["last_setup_error"]["code"] == f"payment_method_microdeposit_verification_{error}"


def test_a_detached_method_has_an_inactive_mandate_and_cannot_be_charged(merchant, customer):
    setup = set_up(merchant, customer=customer, **SEPA, **ACCEPTED).json
    merchant.send("POST", f"/v1/payment_methods/{setup['payment_method']}/detach")
    assert merchant.send("GET", f"/v1/mandates/{setup['mandate']}").json["status"] == "inactive"
    refused = later(merchant, customer, setup["payment_method"])
    assert (refused.status, refused.error["code"]) == (400, "payment_method_unexpected_state")


def test_a_mandate_of_another_method_is_refused(merchant, customer):
    setup = set_up(merchant, customer=customer, **SEPA, **ACCEPTED).json
    refused = merchant.pay("pm_card_visa", mandate=setup["mandate"])
    assert (refused.status, refused.error["code"]) == (400, "payment_intent_mandate_invalid")


def test_a_wallet_gives_its_consent_elsewhere_and_is_charged_later(merchant, customer):
    setup = set_up(merchant, customer=customer, payment_method_data__type="paypal", **BACK).json
    merchant.mock("POST", f"approvals/{setup['id']}", {"outcome": "approve"})
    method = merchant.send("GET", f"/v1/setup_intents/{setup['id']}").json["payment_method"]
    assert later(merchant, customer, method).json["status"] == "succeeded"


def test_a_debit_without_consent_is_refused(merchant):
    refused = set_up(merchant, **SEPA)
    assert (refused.status, refused.error["param"]) == (400, "mandate_data")


def test_a_set_up_can_be_canceled_until_it_is_done(merchant):
    made = merchant.send("POST", "/v1/setup_intents", payment_method="pm_card_visa").json
    assert made["status"] == "requires_confirmation"
    assert merchant.send("POST", f"/v1/setup_intents/{made['id']}/cancel").json["status"] == "canceled"
    refused = merchant.send("POST", f"/v1/setup_intents/{made['id']}/confirm")
    assert (refused.status, refused.error["code"]) == (400, "setup_intent_unexpected_state")
    assert refused.error["setup_intent"]["status"] == "canceled"


def test_set_ups_are_updated_and_listed_by_customer(merchant, customer):
    made = merchant.send("POST", "/v1/setup_intents").json["id"]
    merchant.send("POST", "/v1/setup_intents")
    merchant.send("POST", f"/v1/setup_intents/{made}", customer=customer, metadata__a="b")
    (found,) = merchant.send("GET", "/v1/setup_intents", customer=customer).json["data"]
    assert (found["id"], found["metadata"]) == (made, {"a": "b"})
