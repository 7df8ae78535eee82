"""The control plane: one door, no credential, and words for what is wrong."""

import pytest
from werkzeug.test import Client

from mock_gateways.app import create_app


def test_a_tenant_is_named_by_a_digest_of_its_credential(merchant):
    assert merchant.tenant.startswith("t_")
    assert merchant.key not in merchant.tenant
    again = merchant.control("POST", "/_mock/tenants", {"credential": merchant.key})
    assert again == {"id": merchant.tenant, "now": 1767225600}
    assert {"id": merchant.tenant} in merchant.control("GET", "/_mock/tenants")["tenants"]


@pytest.mark.parametrize("credential", ["sk_live_x", "pk_test_x", "x", ""])
def test_a_credential_that_is_no_test_key_opens_nothing(app, credential):
    reply = Client(app.wsgi_app).post("/_mock/tenants", json={"credential": credential})
    assert (reply.status_code, "error" in reply.get_json()) == (400, True)


def test_health_needs_nothing(app):
    health = Client(app.wsgi_app).get("/_mock/health").get_json()
    assert (health["status"], health["gateway"], health["version"]) == ("ok", "stripe", "2026-10-28.endive")


def test_the_ledger_is_double_entry_in_exact_major_units(merchant):
    payment = merchant.hold()
    merchant.on(payment, "capture", amount_to_capture=400)
    book = merchant.mock("GET", f"ledger?payment={payment}")
    assert book["payments"][payment] == {
        "currency": "EUR",
        "authorised": "10.00",
        "captured": "4.00",
        "released": "6.00",
        "refunded": "0.00",
        "disputed": "0.00",
        "state": "succeeded",
    }
    rows = [(e["sequence"], e["kind"], e["debit"], e["credit"], e["amount"], e["currency"]) for e in book["entries"]]
    assert rows == [
        (1, "authorise", "shopper", "held", "10.00", "EUR"),
        (2, "capture", "held", "merchant", "4.00", "EUR"),
        (3, "release", "held", "shopper", "6.00", "EUR"),
    ]
    assert {(e["at"], e["payment"]) for e in book["entries"]} == {(1767225600, payment)}


def test_a_payment_that_moved_nothing_is_in_the_ledger_too(merchant):
    payment = merchant.pay("pm_card_visa_chargeDeclined").error["payment_intent"]["id"]
    totals = merchant.mock("GET", "ledger")["payments"][payment]
    assert (totals["authorised"], totals["state"]) == ("0.00", "requires_payment_method")
    assert merchant.mock("GET", "ledger?payment=pi_none") == {"payments": {}, "entries": []}


def test_the_clock_starts_at_a_fixed_epoch_and_moves_only_forwards(merchant):
    assert merchant.mock("GET", "clock") == {"now": 1767225600}
    assert merchant.mock("POST", "clock", {"advance": 60}) == {"now": 1767225660}
    assert merchant.mock("POST", "clock", {"set": 1767229200}) == {"now": 1767229200}
    assert merchant.pay().json["created"] == 1767229200


def test_the_journal_holds_what_was_said_without_secrets(merchant):
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "987"}
    merchant.send("POST", "/v1/payment_methods", type="card", **{f"card__{k}": v for k, v in card.items()})
    (exchange,) = merchant.mock("GET", "journal")["exchanges"]
    request, response = exchange["request"], exchange["response"]
    assert (request["method"], request["path"], response["status"]) == ("POST", "/v1/payment_methods", 200)
    assert request["headers"]["Authorization"] == "[masked]"
    assert "type=card" in request["body"]
    for secret in (merchant.key, "4242424242424242"):
        assert secret not in str(exchange)
    assert "987" not in request["body"], "three digits can stand in a hash by chance, but not in what was sent"
    assert response["headers"]["Request-Id"].startswith("req_")


@pytest.mark.parametrize("number", ["4242 4242 4242 4242", "4242-4242-4242-4242"])
def test_a_card_number_is_masked_wherever_it_was_put(merchant, number):
    merchant.send("POST", "/v1/customers", description=number)
    merchant.send("GET", f"/v1/payment_intents/{number.replace(' ', '').replace('-', '')}")
    journal = str([e["request"] for e in merchant.mock("GET", "journal")["exchanges"]])
    assert "4242424242424242" not in journal
    assert "4242+4242" not in journal
    assert "4242-4242" not in journal


def test_a_mistyped_card_number_is_masked_too(merchant):
    merchant.send("POST", "/v1/payment_methods", type="card", card__number="4111111111111112")
    (exchange,) = merchant.mock("GET", "journal")["exchanges"]
    assert exchange["request"]["body"].endswith("************1112")


def test_the_journal_is_read_from_a_sequence_number_on_and_cleared(merchant):
    for _ in range(3):
        merchant.send("GET", "/v1/customers")
    assert [e["sequence"] for e in merchant.mock("GET", "journal?since=1")["exchanges"]] == [2, 3]
    merchant.mock("DELETE", "journal")
    assert merchant.mock("GET", "journal") == {"exchanges": []}
    merchant.send("GET", "/v1/customers")
    assert [e["sequence"] for e in merchant.mock("GET", "journal?since=3")["exchanges"]] == [4]


def test_what_waits_for_the_shopper_is_listed_and_decided(merchant):
    payment = merchant.pay("pm_card_threeDSecure2Required").json["id"]
    (waiting,) = merchant.mock("GET", "approvals")["approvals"]
    assert (waiting["id"], waiting["kind"]) == (payment, "three_d_secure")
    assert merchant.mock("POST", f"approvals/{payment}", {"outcome": "approve"})["status"] == "succeeded"
    again = merchant.client.post(f"/_mock/tenants/{merchant.tenant}/approvals/{payment}", json={"outcome": "fail"})
    assert again.status_code == 404


def test_the_hosted_page_finishes_a_challenge(merchant):
    paid = merchant.pay("pm_card_threeDSecure2Required", return_url="https://shop.example/back?a=1").json
    address = paid["next_action"]["redirect_to_url"]["url"]
    page = merchant.client.get(address)
    assert (page.status_code, page.content_type) == (200, "text/html; charset=utf-8")
    assert "Approve" in page.get_data(as_text=True)
    assert merchant.client.post(address, data={"outcome": "maybe"}).status_code == 400
    sent = merchant.client.post(address, data={"outcome": "approve"})
    assert sent.status_code == 303
    assert sent.headers["Location"].startswith(f"https://shop.example/back?a=1&payment_intent={paid['id']}&")
    assert merchant.read(paid["id"])["status"] == "succeeded"
    assert merchant.client.get(address).status_code == 404


def test_without_a_return_url_the_page_says_what_came_of_it(merchant):
    merchant.pay("pm_card_threeDSecure2Required")
    (waiting,) = merchant.mock("GET", "approvals")["approvals"]
    sent = merchant.client.post(waiting["url"], data={"outcome": "fail"})
    assert "requires_payment_method" in sent.get_data(as_text=True)


def test_reset_begins_again_as_on_the_first_call(merchant):
    first = merchant.pay()
    merchant.wait(5)
    merchant.fault({"timeout": "after"})
    merchant.mock("POST", "reset")
    assert merchant.mock("GET", "ledger") == {"payments": {}, "entries": []}
    again = merchant.pay()
    assert (again.text, again.headers["Request-Id"]) == (first.text, first.headers["Request-Id"])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "clock", "{"),
        ("POST", "clock", "[]"),
        ("POST", "clock", "{}"),
        ("POST", "clock", '{"advance": -1}'),
        ("POST", "clock", '{"advance": "1"}'),
        ("POST", "clock", '{"advance": true}'),
        ("POST", "clock", '{"set": 0}'),
        ("POST", "clock", '{"advance": 1, "set": 1767229999}'),
        ("POST", "clock", '{"forward": 1}'),
        ("POST", "approvals/pi_x", '{"outcome": "maybe"}'),
        ("GET", "journal?since=x", ""),
        ("POST", "faults", "null"),
    ],
)
def test_bad_control_input_is_explained(merchant, method, path, body):
    reply = merchant.client.open(f"/_mock/tenants/{merchant.tenant}/{path}", method=method, data=body)
    assert (reply.status_code, reply.content_type) == (400, "application/json")
    assert len(reply.get_json()["error"]) > 15


@pytest.mark.parametrize(
    "path", ["/_mock/nothing", "/_mock", "/_mock/tenants/t_none/ledger", "/_mock/tenants/t_none/approvals/pi_none/page"]
)
def test_what_is_not_there_is_404(app, path):
    reply = Client(app.wsgi_app).get(path)
    assert (reply.status_code, "error" in reply.get_json()) == (404, True)


def test_an_unknown_gateway_is_refused_with_the_nearest_name():
    with pytest.raises(ValueError, match="did you mean 'stripe'"):
        create_app("strype")


@pytest.mark.parametrize("given", [{"clock": "cuckoo"}, {"settings": {"colour": 1}}])
def test_an_unknown_clock_or_setting_is_refused(given):
    with pytest.raises(ValueError, match=r"must be one of|has no setting"):
        create_app("stripe", **given)


@pytest.mark.parametrize(
    ("currency", "amount", "shown"),
    [("usd", 1000, "10.00 USD"), ("jpy", 1000, "1000 JPY"), ("kwd", 12340, "12.340 KWD")],
)
def test_the_page_of_a_challenge_shows_what_the_shopper_pays(merchant, currency, amount, shown):
    merchant.pay(amount=amount, currency=currency, payment_method="pm_card_threeDSecure2Required")
    (waiting,) = merchant.mock("GET", "approvals")["approvals"]
    page = merchant.client.get(waiting["url"]).get_data(as_text=True)
    assert f"<p>{shown} for pi_" in page


def _code_of_an_over_capture(merchant):
    return merchant.on(merchant.hold(), "capture", amount_to_capture=99_999_999).json["error"]["code"]


def test_an_account_has_settings_of_its_own_until_it_is_reset(merchant, app):
    usual = merchant.mock("GET", "settings")["settings"]
    changed = merchant.mock("POST", "settings", {"overcapture_code": "charge_exceeds_source_limit"})["settings"]
    assert changed == {**usual, "overcapture_code": "charge_exceeds_source_limit"}
    assert _code_of_an_over_capture(merchant) == "charge_exceeds_source_limit"
    other = Client(app.wsgi_app).post("/_mock/tenants", json={"credential": "sk_test_another"}).get_json()["id"]
    assert Client(app.wsgi_app).get(f"/_mock/tenants/{other}/settings").get_json()["settings"] == usual
    merchant.mock("POST", "reset")
    assert _code_of_an_over_capture(merchant) == usual["overcapture_code"]


@pytest.mark.parametrize(
    "change", [{}, {"nothing_like_it": 1}, {"authorisation_days": "7"}, {"journal_size": 5}, {"overcapture_code": 1}]
)
def test_a_setting_that_cannot_be_is_refused_and_changes_nothing(merchant, change):
    usual = merchant.mock("GET", "settings")
    reply = merchant.client.post(f"/_mock/tenants/{merchant.tenant}/settings", json=change)
    assert (reply.status_code, len(reply.get_json()["error"]) > 15) == (400, True)
    assert merchant.mock("GET", "settings") == usual
