"""Requests are read strictly: what is wrong is named, and nothing is done."""

import base64

import pytest

from tests.mock_gateways.stripe.conftest import facts

INTENTS = "/v1/payment_intents"
CURRENCIES = facts("currencies")


@pytest.mark.parametrize(
    ("parameters", "code", "param"),
    [
        ({"amount": 1000, "currency": "eur", "amont": 1}, "parameter_unknown", "amont"),
        ({"amount": 1000, "currency": "eur", "shipping__foo": 1}, "parameter_unknown", "shipping[foo]"),
        ({"currency": "eur"}, "parameter_missing", "amount"),
        ({"amount": 1000}, "parameter_missing", "currency"),
        ({"amount": "10.00", "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ({"amount": "", "currency": "eur"}, "parameter_invalid_empty", "amount"),
        ({"amount": 0, "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ({"amount": -5, "currency": "eur"}, "parameter_invalid_integer", "amount"),
        ({"amount": 1, "currency": "eur"}, "amount_too_small", "amount"),
        ({"amount": 10**12, "currency": "eur"}, "amount_too_large", "amount"),
        ({"amount": 1000, "currency": "zzz"}, None, "currency"),
        ({"amount": 1000, "currency": "iqd"}, None, "currency"),
        ({"amount": 1000, "currency": "eur", "capture_method": "later"}, None, "capture_method"),
        ({"amount": 1000, "currency": "eur", "confirm": "yes"}, None, "confirm"),
        ({"amount": 1000, "currency": "eur", "metadata": "text"}, None, "metadata"),
        ({"amount": 1000, "currency": "eur", "expand": "x"}, None, "expand"),
        ({"amount": 1000, "currency": "eur", "return_url": "https://x.example"}, None, "return_url"),
        ({"amount": 1000, "currency": "eur", "payment_method": "pm_none"}, "resource_missing", "payment_method"),
        ({"amount": 1000, "currency": "eur", "customer": "cus_none"}, "resource_missing", "customer"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_bad_parameter_is_named(merchant, parameters, code, param):
    refused = merchant.send("POST", INTENTS, **parameters)
    error = refused.error
    assert (refused.status, error["type"], error.get("code"), error["param"]) == (
        400,
        "invalid_request_error",
        code,
        param,
    )
    assert merchant.mock("GET", "ledger")["payments"] == {}


def test_metadata_has_limits(merchant):
    def create(**metadata):
        return merchant.send("POST", "/v1/customers", **{f"metadata[{key}]": value for key, value in metadata.items()})

    assert create(**{"k" * 40: "v" * 500}).status == 200
    assert create(**{"k" * 41: "v"}).status == 400
    assert create(k="v" * 501).status == 400
    assert create(**{f"k{n}": "v" for n in range(50)}).status == 200
    assert create(**{f"k{n}": "v" for n in range(51)}).status == 400


def test_metadata_is_merged_and_unset(merchant):
    customer = merchant.send("POST", "/v1/customers", metadata__a="1", metadata__b="2").json["id"]
    path = f"/v1/customers/{customer}"
    assert merchant.send("POST", path, metadata__a="", metadata__c="3").json["metadata"] == {"b": "2", "c": "3"}
    assert merchant.send("POST", path, metadata="").json["metadata"] == {}


@pytest.mark.parametrize("code", CURRENCIES["zero_decimal"])
def test_zero_decimal_currencies_are_whole(merchant, code):
    payment = merchant.pay(amount=5003, currency=code.lower()).json["id"]
    assert merchant.ledger(payment)[1] == "5003"


@pytest.mark.parametrize("code", CURRENCIES["three_decimal"]["codes"])
def test_three_decimal_currencies_end_in_zero(merchant, code):
    refused = merchant.pay(amount=5124, currency=code.lower())
    assert (refused.status, refused.error["param"]) == (400, "amount")
    payment = merchant.pay(amount=5120, currency=code.lower()).json["id"]
    assert merchant.ledger(payment)[1] == "5.120"
    assert merchant.refund(payment, amount=1001).status == 400


@pytest.mark.parametrize("code", CURRENCIES["zero_decimal_logically_but_two_on_wire"])
def test_logically_whole_currencies_end_in_two_zeros(merchant, code):
    assert merchant.pay(amount=50050, currency=code.lower()).status == 400
    payment = merchant.pay(amount=50000, currency=code.lower()).json["id"]
    assert merchant.ledger(payment)[1] == "500.00"


def test_the_other_reading_of_the_uganda_shilling_is_a_setting(merchant_with):
    merchant = merchant_with(uganda_shilling_multiple=1)
    payment = merchant.pay(amount=50050, currency="ugx").json["id"]
    assert merchant.ledger(payment)[1] == "50050"


@pytest.mark.parametrize(("code", "minimum"), CURRENCIES["min_amount_minor"].items())
def test_published_minimums_hold(merchant, code, minimum):
    assert merchant.pay(amount=minimum, currency=code.lower()).status == 200
    assert merchant.pay(amount=minimum - 1, currency=code.lower()).error["code"] == "amount_too_small"


def test_an_id_in_the_path_is_404_and_one_in_a_parameter_400(merchant):
    in_path = merchant.send("GET", f"{INTENTS}/pi_none")
    in_parameter = merchant.refund("pi_none")
    assert [(a.status, a.error["code"]) for a in (in_path, in_parameter)] == [
        (404, "resource_missing"),
        (400, "resource_missing"),
    ]


def _basic(text):
    return "Basic " + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("Bearer sk_test_header", 200),
        ("Bearer rk_test_header", 200),
        (_basic("sk_test_header:"), 200),
        ("", 401),
        ("Bearer", 401),
        ("Bearer nonsense", 401),
        ("Basic nonsense", 401),
        ("Digest sk_test_header", 401),
        ("Bearer sk_live_header", 401),
        ("Bearer rk_live_header", 401),
        ("Bearer pk_test_header", 403),
        (_basic("sk_live_header:"), 401),
    ],
)
def test_only_secret_test_keys_open_a_tenant(merchant, header, status):
    answer = merchant.send("GET", INTENTS, {"Authorization": header})
    assert answer.status == status
    if status != 200:
        assert answer.error["type"] == "invalid_request_error"
        assert answer.headers["Request-Id"].startswith("req_")


def test_every_reply_names_the_request_and_the_version(merchant):
    usual = merchant.send("GET", INTENTS).headers
    assert (usual["Request-Id"][:4], usual["Stripe-Version"]) == ("req_", "2026-10-28.endive")
    assert (
        merchant.send("GET", INTENTS, {"Stripe-Version": "2026-06-24.dahlia"}).headers["Stripe-Version"]
        == "2026-06-24.dahlia"
    )
    assert merchant.send("GET", INTENTS, {"Stripe-Version": "next"}).status == 400


def test_lists_are_read_by_cursor(merchant):
    made = [merchant.send("POST", INTENTS, amount=100 + n, currency="eur").json["id"] for n in range(5)]
    newest_first = made[::-1]
    first = merchant.send("GET", INTENTS, limit=2).json
    assert ([i["id"] for i in first["data"]], first["has_more"], first["url"]) == (newest_first[:2], True, INTENTS)
    rest = merchant.send("GET", INTENTS, limit=3, starting_after=newest_first[1]).json
    assert ([i["id"] for i in rest["data"]], rest["has_more"]) == (newest_first[2:], False)
    back = merchant.send("GET", INTENTS, limit=2, ending_before=newest_first[3]).json
    assert [i["id"] for i in back["data"]] == newest_first[1:3]
    assert merchant.send("GET", INTENTS, limit=101).status == 400
    assert merchant.send("GET", INTENTS, starting_after="pi_none").error["param"] == "starting_after"


def test_lists_are_filtered_by_time(merchant):
    merchant.pay()
    now = merchant.mock("GET", "clock")["now"]
    merchant.wait(10)
    late = merchant.pay().json["id"]
    found = merchant.send("GET", INTENTS, created__gt=now).json["data"]
    assert [intent["id"] for intent in found] == [late]
    assert merchant.send("GET", INTENTS, created__lt=now).json["data"] == []


def test_ids_expand_into_objects(merchant):
    customer = merchant.send("POST", "/v1/customers", email="a@example.com").json["id"]
    payment = merchant.pay(customer=customer).json["id"]
    paths = ["latest_charge.balance_transaction", "payment_method", "customer"]
    shown = merchant.read(payment, **{"expand[]": paths})
    assert shown["latest_charge"]["balance_transaction"]["amount"] == 1000
    assert (shown["payment_method"]["object"], shown["customer"]["email"]) == ("payment_method", "a@example.com")
    listed = merchant.send("GET", INTENTS, **{"expand[0]": "data.latest_charge"}).json["data"][0]
    assert listed["latest_charge"]["status"] == "succeeded"
    assert merchant.send("GET", INTENTS, **{"expand[]": "latest_charge"}).status == 400
    assert merchant.send("GET", f"{INTENTS}/{payment}", **{"expand[]": "amount"}).error["param"] == "expand"


def test_a_null_field_expands_to_null(merchant):
    payment = merchant.send("POST", INTENTS, amount=500, currency="eur").json["id"]
    assert merchant.read(payment, **{"expand[]": "latest_charge"})["latest_charge"] is None
    held = merchant.hold()
    shown = merchant.read(held, **{"expand[]": "latest_charge.balance_transaction"})
    assert shown["latest_charge"]["balance_transaction"] is None


def test_customers_and_their_payment_methods(merchant):
    customer = merchant.send("POST", "/v1/customers", email="a@example.com", name="A").json["id"]
    method = merchant.send("POST", "/v1/payment_methods/pm_card_visa/attach", customer=customer).json["id"]
    mine = f"/v1/customers/{customer}/payment_methods"
    assert [m["id"] for m in merchant.send("GET", mine).json["data"]] == [method]
    assert [m["id"] for m in merchant.send("GET", "/v1/payment_methods", customer=customer).json["data"]] == [method]
    assert merchant.pay(method, customer=customer).status == 200
    assert merchant.pay(method).error["param"] == "payment_method"
    assert merchant.send("POST", f"/v1/payment_methods/{method}/detach").json["customer"] is None
    assert merchant.send("GET", mine).json["data"] == []
    assert merchant.pay(method).status == 400
    assert [c["id"] for c in merchant.send("GET", "/v1/customers", email="a@example.com").json["data"]] == [customer]
    assert merchant.send("DELETE", f"/v1/customers/{customer}").json["deleted"] is True
    assert merchant.send("GET", f"/v1/customers/{customer}").json["deleted"] is True
    assert merchant.send("POST", f"/v1/customers/{customer}", name="B").status == 404


def test_a_card_refund_cannot_be_canceled(merchant):
    refund = merchant.refund(merchant.pay().json["id"]).json["id"]
    assert merchant.send("POST", f"/v1/refunds/{refund}/cancel").status == 400
    assert merchant.send("POST", f"/v1/refunds/{refund}", metadata__a="b").json["metadata"] == {"a": "b"}
    assert merchant.send("GET", "/v1/refunds", charge="ch_x").json["data"] == []


def test_asynchronous_capture_is_settled_with_no_balance_transaction_yet(merchant):
    payment = merchant.pay(capture_method="automatic_async").json
    assert (payment["status"], merchant.charge(payment["id"])["balance_transaction"]) == ("succeeded", None)


def test_what_the_account_decides_is_a_setting(merchant_with):
    strict = merchant_with(return_url_required=1)
    assert strict.pay().error["param"] == "return_url"
    assert strict.pay(return_url="https://shop.example").status == 200
    assert (
        strict.pay(automatic_payment_methods__enabled="true", automatic_payment_methods__allow_redirects="never").status
        == 200
    )


def test_the_types_to_take_are_named_as_the_version_of_the_request_names_them(merchant, merchant_with):
    """stripe-python 16.1, of this version, has `allowed_payment_method_types` and no `payment_method_types`."""
    old, new = {"payment_method_types[]": "card"}, {"allowed_payment_method_types[]": "card"}
    order = {"amount": 500, "currency": "eur"}
    assert merchant.send("POST", INTENTS, **order, **new).json["payment_method_types"] == ["card"]
    refused = merchant.send("POST", INTENTS, **order, **old).error
    assert (refused["code"], refused["param"]) == ("parameter_unknown", "payment_method_types")
    older = {"Stripe-Version": "2024-06-20"}
    assert merchant.send("POST", INTENTS, older, **order, **old).json["payment_method_types"] == ["card"]
    lenient = merchant_with(accept_payment_method_types=1)
    assert lenient.send("POST", INTENTS, **order, **old).json["payment_method_types"] == ["card"]


def test_other_payment_methods_are_refused_as_not_simulated(merchant):
    answer = merchant.send("POST", "/v1/payment_methods", type="bizum")
    assert (answer.status, "X-Mock-Unimplemented" in answer.headers) == (501, True)
    assert merchant.send("POST", "/v1/payment_methods", type="barter").status == 400


def test_a_token_stands_for_its_card(merchant):
    given = {"type": "card", "card__token": "tok_visa"}
    assert merchant.send("POST", "/v1/payment_methods", **given).json["card"]["last4"] == "4242"
    assert (
        merchant.send("POST", "/v1/payment_methods", type="card", card__token="tok_none").error["code"]
        == "resource_missing"
    )


def test_a_fresh_payment_can_be_changed_in_every_way(merchant):
    one, other = (merchant.send("POST", "/v1/customers").json["id"] for _ in range(2))
    payment = merchant.send("POST", INTENTS, amount=1000, currency="eur", customer=one).json["id"]
    changes = {
        "currency": "jpy",
        "amount": 700,
        "customer": other,
        "capture_method": "manual",
        "receipt_email": "a@x.example",
    }
    changed = merchant.send(
        "POST", f"{INTENTS}/{payment}", **changes, **{"allowed_payment_method_types[]": "card"}
    ).json
    assert {name: changed[name] for name in changes} == changes
    assert merchant.send("GET", INTENTS, customer=one).json["data"] == []
    assert [i["id"] for i in merchant.send("GET", INTENTS, customer=other).json["data"]] == [payment]
    merchant.on(payment, "confirm", payment_method="pm_card_visa")
    assert merchant.ledger(payment) == ("700", "0", "0", "0")


def test_a_customer_is_found_by_the_email_it_has_now(merchant):
    customer = merchant.send("POST", "/v1/customers", email="old@x.example", payment_method="pm_card_visa").json["id"]
    changed = merchant.send("POST", f"/v1/customers/{customer}", email="new@x.example", address__city="Lyon").json
    assert (changed["email"], changed["address"]["city"], changed["address"]["line1"]) == (
        "new@x.example",
        "Lyon",
        None,
    )
    assert merchant.send("GET", "/v1/customers", email="old@x.example").json["data"] == []
    assert len(merchant.send("GET", "/v1/customers", email="new@x.example").json["data"]) == 1
    (method,) = merchant.send("GET", f"/v1/customers/{customer}/payment_methods").json["data"]
    mine = f"/v1/customers/{customer}/payment_methods/{method['id']}"
    assert merchant.send("GET", mine, **{"expand[]": "customer"}).json["customer"]["id"] == customer
    other = merchant.send("POST", "/v1/customers").json["id"]
    assert merchant.send("GET", mine.replace(customer, other)).status == 404


def test_a_payment_method_can_be_described_after_the_fact(merchant):
    method = merchant.send("POST", "/v1/payment_methods", type="card", card__token="tok_visa").json["id"]
    given = {"billing_details__name": "A", "card__exp_month": 1, "card__exp_year": 2031, "metadata__a": "b"}
    changed = merchant.send("POST", f"/v1/payment_methods/{method}", **given).json
    assert (changed["billing_details"]["name"], changed["card"]["exp_month"]) == ("A", 1)


def test_a_refund_may_name_the_charge(merchant):
    payment = merchant.pay().json["id"]
    charge = merchant.read(payment)["latest_charge"]
    refund = merchant.send("POST", "/v1/refunds", charge=charge, amount=100).json
    assert (refund["payment_intent"], refund["charge"]) == (payment, charge)
    other = merchant.pay().json["id"]
    assert merchant.send("POST", "/v1/refunds", charge=charge, payment_intent=other).status == 400
    assert merchant.send("POST", "/v1/refunds").error["code"] == "parameter_missing"
    shown = merchant.send("GET", f"/v1/charges/{charge}", **{"expand[]": ["refunds", "payment_intent"]}).json
    assert (len(shown["refunds"]["data"]), shown["payment_intent"]["id"]) == (1, payment)


def test_parameters_that_exclude_each_other(merchant):
    both = {"payment_method": "pm_card_visa", "payment_method_data__type": "card"}
    assert merchant.send("POST", INTENTS, amount=500, currency="eur", **both).error["code"] == "parameters_exclusive"
    types = {"automatic_payment_methods__enabled": "true", "allowed_payment_method_types[]": "card"}
    assert merchant.pay(**types).error["code"] == "parameters_exclusive"
    assert merchant.send("GET", INTENTS, starting_after="a", ending_before="b").error["code"] == "parameters_exclusive"


def test_a_payment_takes_only_the_types_it_names(merchant):
    refused = merchant.pay(**{"allowed_payment_method_types[]": "ideal"})
    assert (refused.status, refused.error["code"]) == (400, "payment_intent_incompatible_payment_method")
