"""The first reply under a key is the reply; docs.stripe.com/api/idempotent_requests."""

import pytest

KEY = {"Idempotency-Key": "order-1"}
SALE = {"amount": 1000, "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa"}
DECLINED = {**SALE, "payment_method": "pm_card_visa_chargeDeclined"}
INTENTS = "/v1/payment_intents"


def _count(merchant):
    return len(merchant.mock("GET", "ledger")["payments"])


@pytest.mark.parametrize("given", [SALE, DECLINED], ids=["success", "decline"])
def test_a_retry_gets_the_first_reply_and_executes_nothing(merchant, given):
    first = merchant.send("POST", INTENTS, KEY, **given)
    again = merchant.send("POST", INTENTS, KEY, **given)
    assert (again.status, again.text) == (first.status, first.text)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"] != again.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert _count(merchant) == 1


def test_a_replay_is_the_reply_of_then_not_of_now(merchant):
    first = merchant.send("POST", INTENTS, KEY, **SALE, capture_method="manual")
    merchant.on(first.json["id"], "capture")
    assert merchant.send("POST", INTENTS, KEY, **SALE, capture_method="manual").json["status"] == "requires_capture"


def test_the_order_of_parameters_does_not_matter(merchant):
    merchant.send("POST", INTENTS, KEY, **SALE)
    assert merchant.send("POST", INTENTS, KEY, **dict(reversed(SALE.items()))).headers["Idempotent-Replayed"]


def test_other_parameters_under_the_same_key_are_refused(merchant):
    merchant.send("POST", INTENTS, KEY, **SALE)
    refused = merchant.send("POST", INTENTS, KEY, **{**SALE, "amount": 2000})
    assert (refused.status, refused.error["type"]) == (400, "idempotency_error")
    assert _count(merchant) == 1


def test_the_same_key_on_another_endpoint_is_refused(merchant):
    merchant.send("POST", INTENTS, KEY, **SALE)
    refused = merchant.send("POST", "/v1/customers", KEY)
    assert (refused.status, refused.error["type"]) == (400, "idempotency_error")


def test_a_request_that_failed_validation_does_not_use_the_key_up(merchant):
    assert merchant.send("POST", INTENTS, KEY, currency="eur").status == 400
    assert merchant.send("POST", INTENTS, KEY, **SALE).status == 200


def test_a_refusal_by_the_state_of_things_is_remembered(merchant):
    payment = merchant.hold()
    path = f"{INTENTS}/{payment}/capture"
    first = merchant.send("POST", path, KEY, amount_to_capture=5000)
    again = merchant.send("POST", path, KEY, amount_to_capture=5000)
    assert (first.status, again.text, again.headers["Idempotent-Replayed"]) == (400, first.text, "true")


def test_a_500_is_remembered_too(merchant):
    merchant.fault({"error": "processing_error", "http": 500}, f"POST {INTENTS}")
    first = merchant.send("POST", INTENTS, KEY, **SALE)
    again = merchant.send("POST", INTENTS, KEY, **SALE)
    assert (first.status, again.status, again.headers["Idempotent-Replayed"]) == (500, 500, "true")


@pytest.mark.parametrize("code", ["rate_limit", "lock_timeout", "idempotency_key_in_use"])
def test_what_was_refused_before_execution_can_be_retried(merchant, code):
    merchant.fault({"error": code}, f"POST {INTENTS}")
    assert merchant.send("POST", INTENTS, KEY, **SALE).status in (409, 429)
    assert merchant.send("POST", INTENTS, KEY, **SALE).status == 200
    assert _count(merchant) == 1


def test_a_key_in_flight_is_a_conflict(app, merchant):
    keys = app.extensions["mock_gateways"].tenants.find(merchant.tenant).keys
    begin, answers = keys.begin, []

    def begin_and_be_overtaken(*given):
        keys.begin = begin
        verdict = begin(*given)
        answers.append(merchant.send("POST", INTENTS, KEY, **SALE))
        return verdict

    keys.begin = begin_and_be_overtaken
    assert merchant.send("POST", INTENTS, KEY, **SALE).status == 200
    assert (answers[0].status, answers[0].error["code"]) == (409, "idempotency_key_in_use")
    assert _count(merchant) == 1


def test_reads_ignore_keys(merchant):
    payment = merchant.pay().json["id"]
    for _ in range(2):
        assert "Idempotent-Replayed" not in merchant.send("GET", f"{INTENTS}/{payment}", KEY).headers


def test_a_key_has_at_most_255_characters(merchant):
    assert merchant.send("POST", INTENTS, {"Idempotency-Key": "k" * 255}, **SALE).status == 200
    assert merchant.send("POST", INTENTS, {"Idempotency-Key": "k" * 256}, **SALE).status == 400


def test_a_key_is_forgotten_after_a_day(merchant):
    first = merchant.send("POST", INTENTS, KEY, **SALE).json["id"]
    merchant.wait(24 * 3600)
    assert merchant.send("POST", INTENTS, KEY, **SALE).json["id"] != first


def test_keys_of_two_tenants_are_two_keys(app, merchant):
    other = type(merchant)(app, merchant.key + "b")
    merchant.send("POST", INTENTS, KEY, **SALE)
    assert other.send("POST", INTENTS, KEY, **{**SALE, "amount": 7}).error["type"] != "idempotency_error"


def test_the_key_is_echoed(merchant):
    assert merchant.send("POST", "/v1/customers", KEY).headers["Idempotency-Key"] == "order-1"
