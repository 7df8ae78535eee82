"""What the pages show: the ledger's money, the journal's requests, the outbox's deliveries, masked and escaped."""

import time
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

import pytest
from werkzeug.test import Client

from mock_gateways.app import create_app, service_of
from mock_gateways.core.deliveries import Delivery
from mock_gateways.core.ledger import Movement
from tests.mock_gateways.dashboard.reading import NONE, Reader, parse

EPOCH = "2026-01-01 00:00:00"
PAGES = ("", "payments", "ledger", "requests", "webhooks", "faults")


def _listen(merchant):
    merchant.mock("POST", "webhooks", {"url": "http://127.0.0.1:9/hook", "events": ["*"]})


@pytest.mark.parametrize("path", PAGES)
def test_a_new_tenant_has_empty_pages_that_say_so(reader, path):
    page = reader.get(path)
    assert page.all("table") == []
    assert any(words in page.text for words in ("yet", "No money has moved", "No fault is planned"))


def test_a_payment_is_shown_with_its_money_by_the_ledger(merchant, reader):
    payment = merchant.hold(amount=123456)
    merchant.on(payment, "capture", amount_to_capture=400)
    totals = merchant.mock("GET", "ledger")["payments"][payment]
    (row,) = reader.get("payments").rows("Payments")
    shown = [payment, "partly captured", "1,234.56", "EUR", totals["state"], totals["captured"], NONE, EPOCH]
    assert row == shown
    assert totals["authorised"] == "1234.56"


@pytest.mark.parametrize(
    ("currency", "amount", "shown"), [("jpy", 5000, "5,000"), ("usd", 5000, "50.00"), ("kwd", 5000, "5.000")]
)
def test_amounts_have_the_digits_of_their_currency(merchant, reader, currency, amount, shown):
    merchant.pay(amount=amount, currency=currency)
    (row,) = reader.get("payments").rows("Payments")
    assert (row[2], row[3], row[5]) == (shown, currency.upper(), shown)


def test_a_payment_in_which_nothing_moved_has_the_time_it_was_made(merchant, reader):
    merchant.mock("POST", "clock", {"advance": 86_400})
    _decline(merchant)
    merchant.mock("POST", "clock", {"advance": 86_400})
    (row,) = reader.get("payments").rows("Payments")
    assert row[-1] == "2026-01-02 00:00:00"


def _full_refund(merchant):
    merchant.refund(merchant.pay().json["id"])


def _part_refund(merchant):
    merchant.refund(merchant.pay().json["id"], amount=1)


def _release(merchant):
    merchant.on(merchant.hold(), "cancel")


def _decline(merchant):
    merchant.pay("pm_card_visa_chargeDeclined")


STORIES = {
    "captured": lambda merchant: merchant.pay(),
    "held": lambda merchant: merchant.hold(),
    "refunded": _full_refund,
    "partly refunded": _part_refund,
    "released": _release,
    "nothing moved": _decline,
    "nothing moved waits": lambda merchant: merchant.pay("pm_card_threeDSecure2Required"),
}


@pytest.mark.parametrize("stands", STORIES)
def test_where_the_money_is_stands_in_words(merchant, reader, stands):
    STORIES[stands](merchant)
    (row,) = reader.get("payments").rows("Payments")
    assert row[1] == stands


@pytest.mark.parametrize(
    ("movements", "stands"),
    [
        ([(Movement.AUTHORISE, 10), (Movement.CAPTURE, 4)], "partly captured, rest held"),
        ([(Movement.AUTHORISE, 10), (Movement.CAPTURE, 10), (Movement.REFUND_START, 4)], "refund under way"),
        ([(Movement.AUTHORISE, 10), (Movement.CAPTURE, 10), (Movement.DISPUTE, 10)], "disputed"),
    ],
)
def test_where_the_money_is_is_told_from_the_ledger_alone(merchant, reader, movements, stands):
    payment = merchant.pay("pm_card_visa_chargeDeclined").error["payment_intent"]["id"]
    world = service_of(merchant.app).tenants.find(merchant.tenant)
    for movement, minor in movements:
        world.ledger.post(world.clock.now(), payment, movement, minor)
    assert reader.get("payments").rows("Payments")[0][1] == stands


def test_a_payment_has_a_page_with_its_own_entries(merchant, reader):
    merchant.pay()
    payment = merchant.hold()
    page = reader.get(f"payments/{payment}")
    assert [row[2:] for row in page.rows("Ledger entries")] == [["authorise", "shopper", "held", "10.00", "EUR"]]
    assert page.all("h1")[0].text == payment


def test_the_ledger_is_shown_newest_first_as_the_control_plane_has_it(merchant, reader):
    merchant.on(merchant.hold(), "capture", amount_to_capture=400)
    entries = merchant.mock("GET", "ledger")["entries"]
    shown = [[int(row[0]), row[2], row[3], row[6], row[7]] for row in reader.get("ledger").rows("Ledger entries")]
    assert shown == [[e["sequence"], e["payment"], e["kind"], e["amount"], e["currency"]] for e in entries[::-1]]


def test_what_waits_is_shown_with_its_amount(merchant, reader):
    payment = merchant.pay("pm_card_threeDSecure2Required", amount=2500).json["id"]
    (row,) = reader.get().rows("Waiting for somebody")
    assert [row[0], *row[2:]] == ["3D Secure challenge", "25.00 EUR", payment, EPOCH]


def test_requests_are_shown_with_what_they_came_to(merchant, reader):
    merchant.pay()
    merchant.pay("pm_card_visa_chargeDeclined")
    rows = reader.get("requests").rows("Requests")
    assert [row[:4] for row in rows] == [
        ["2", "402", "POST", "/v1/payment_intents"],
        ["1", "200", "POST", "/v1/payment_intents"],
    ]
    assert len(reader.get("requests?status=4xx").rows("Requests")) == 1
    assert "No such request" in reader.get("requests?path=refunds").text


def test_a_cut_connection_is_shown_as_one(merchant, reader):
    merchant.fault({"timeout": "after"})
    with pytest.raises(Exception, match="no answer came"):
        merchant.pay()
    assert reader.get("requests").rows("Requests")[0][1] == "cut"
    assert "The connection was cut" in reader.get("requests/1").text


def test_a_request_is_shown_without_card_number_code_or_key(merchant, reader):
    card = {"number": "4242424242424242", "exp_month": 12, "exp_year": 2030, "cvc": "987"}
    merchant.send("POST", "/v1/payment_methods", type="card", **{f"card__{name}": v for name, v in card.items()})
    page = reader.get("requests/1")
    asked = page.all("pre")[0].text
    assert "************4242" in asked
    assert "987" not in asked
    for secret in ("4242424242424242", merchant.key):
        assert secret not in page.text


def test_a_body_is_laid_out_and_a_long_one_cut(merchant, reader):
    merchant.send("POST", "/v1/customers", description="x" * 40_000)
    asked, answered = reader.get("requests/1").all("pre")
    assert "characters more" in asked.text
    assert len(asked.text) < 21_000
    assert '{\n  "error": {\n    "message": ' in answered.text


def test_webhooks_are_shown_with_their_attempts(merchant, reader):
    _listen(merchant)
    merchant.pay()
    rows = reader.get("webhooks").rows("Webhooks")
    deliveries = merchant.mock("GET", "outbox")["deliveries"]
    assert [row[:4] for row in rows] == [[d["id"], "pending", d["type"], "0"] for d in deliveries[::-1]]
    merchant.mock("POST", "outbox/flush", {})
    assert {(row[1], row[3]) for row in reader.get("webhooks").rows("Webhooks")} == {("delivered", "1")}
    page = reader.get(f"webhooks/{deliveries[0]['id']}")
    assert page.rows("Attempts")[0][1] == EPOCH
    assert deliveries[0]["event"] in page.all("pre")[0].text


def test_webhooks_can_be_narrowed_to_a_state(merchant, reader):
    _listen(merchant)
    merchant.mock("POST", "outbox/plan", {"drop": 1})
    merchant.pay()
    (row,) = reader.get("webhooks?state=dropped").rows("Webhooks")
    assert row[1] == "dropped"
    assert "No webhook is failed" in reader.get("webhooks?state=failed").text


def test_text_of_others_is_shown_as_text(merchant, reader):
    merchant.send("POST", "/v1/customers", name="<script>alert(1)</script> Zoë 王小明 🧾")
    merchant.send("GET", "/v1/customers/<b>x")
    page = reader.get("requests/1")
    assert page.all("script") == []
    assert "Zoë 王小明" in page.all("pre")[1].text
    assert reader.get("requests/2").all("b") == []
    assert "/v1/customers/<b>x" in reader.get("requests").text


def test_an_id_of_any_length_and_script_has_a_page(merchant, reader):
    world = service_of(merchant.app).tenants.find(merchant.tenant)
    strange = "платёж/" + "x" * 300 + "?a=1&b#c"
    world.ledger.open(0, strange, "eur", 2)
    (link,) = reader.get("payments").all("th", scope="row")[0].all("a")
    assert link.text == strange
    assert reader.client.get(link.attributes["href"]).status_code == 200


def test_a_time_beyond_every_calendar_is_shown_as_its_number(merchant, reader):
    merchant.mock("POST", "clock", {"advance": 10**14})
    assert str(10**14 + 1767225600) in reader.get().text


def _many(merchant, count):
    world = service_of(merchant.app).tenants.find(merchant.tenant)
    first = merchant.pay().json["id"]
    for number in range(count):
        name = f"pi_{number:05}"
        world.store.intents.add(name, world.clock.now(), world.store.intents.get(first), {})
        world.ledger.open(world.clock.now(), name, "eur", 2)
        world.ledger.post(world.clock.now(), name, Movement.AUTHORISE, 100)
    return world


def test_ten_thousand_payments_come_in_pages_of_fifty_and_within_100_ms(merchant, reader):
    _many(merchant, 10_000)
    page = reader.get("payments")
    rows = page.rows("Payments")
    assert (len(rows), rows[0][0], rows[-1][0]) == (50, "pi_09999", "pi_09950")
    assert "1\N{EN DASH}50 of 10,001" in page.text
    assert reader.get("payments?page=2").rows("Payments")[0][0] == "pi_09949"
    assert len(reader.get("payments?page=201").rows("Payments")) == 1
    assert [row[0] for row in reader.get("payments?find=i_04711").rows("Payments")] == ["pi_04711"]
    for path in ("", "payments", "payments?page=200", "payments?find=99", "ledger"):
        assert min(_cost_s(reader, path) for _ in range(5)) < 0.1, path


def _cost_s(reader, path):
    started = time.process_time()
    reply = reader.client.get(f"{reader.base}/{path}".rstrip("/"))
    taken = time.process_time() - started
    assert reply.status_code == 200
    return taken


@pytest.mark.parametrize("path", ["payments?find=pi_0", "requests?path=payment&status=2xx", "webhooks?state=pending"])
def test_what_one_looks_for_is_kept_from_page_to_page(merchant, reader, path):
    _listen(merchant)
    for _ in range(51):
        merchant.pay()
    _many(merchant, 51)
    (older,) = [link for link in reader.get(path).all("a", class_="page-link") if link.text == "Older"]
    query = dict(parse_qsl(urlsplit(older.attributes["href"]).query))
    assert query == {**dict(parse_qsl(urlsplit(path).query)), "page": "2"}


def test_a_webhook_is_shown_without_a_card_number(merchant, reader):
    world = service_of(merchant.app).tenants.find(merchant.tenant)
    body = '{"number": "4242424242424242"}'
    world.outbox.add(Delivery("whd_1", "evt_1", "strange", "http://127.0.0.1/4242424242424242", "s", body, 0))
    for path in ("webhooks", "webhooks/whd_1"):
        page = reader.get(path)
        assert ("************4242" in page.text, "4242424242424242" in page.text) == (True, False)


@pytest.mark.parametrize("page", ["0", "-1", "x", "999", "9" * 30, "²"])
def test_a_page_that_is_not_there_is_the_nearest_one(merchant, reader, page):
    merchant.pay()
    assert len(reader.get(f"payments?page={page}").rows("Payments")) == 1


@pytest.mark.parametrize("path", ["payments/pi_none", "requests/7", "webhooks/whd_none", "nothing"])
def test_what_is_not_there_is_said_on_a_page(reader, path):
    assert reader.get(path, status=404).all("h1")[0].text == "Not there"


def test_the_entrance_lists_tenants_and_calls_that_are_not_simulated():
    app = create_app("stripe")
    client = Client(app.wsgi_app)
    assert "No tenant yet" in client.get("/_mock/").get_data(as_text=True)
    client.post("/v1/charges", headers={"Authorization": "Bearer sk_test_entrance"})
    page = parse(client.get("/_mock/").get_data(as_text=True))
    (row,) = page.rows("Tenants")
    assert row[0] == client.get("/_mock/tenants").get_json()["tenants"][0]["id"]
    assert [int(number) for number in row[1:6]] == [0, 1, 0, 0, 0]
    assert page.rows("Called, but not simulated") == [["PostCharges", "1"]]


def test_totals_of_the_ledger_are_what_the_page_of_a_payment_adds_up_to(merchant, reader):
    payment = merchant.hold(amount=1000)
    merchant.on(payment, "capture", amount_to_capture=700)
    shown = [dd.text.split()[0] for dd in reader.get(f"payments/{payment}").all("dd")]
    authorised, captured, released = (Decimal(text) for text in shown[:3])
    assert (authorised, captured + released) == (Decimal("10.00"), authorised)


def test_a_page_reads_the_same_world_under_a_path(merchant):
    payment = merchant.pay().json["id"]
    under = {"SCRIPT_NAME": "/stripe"}
    client = Client(merchant.app.wsgi_app)
    page = client.get(f"/_mock/pages/{merchant.tenant}/payments", environ_overrides=under).get_data(as_text=True)
    addresses = [a.attributes["href"] for a in parse(page).all("a") if not a.attributes["href"].startswith("#")]
    assert f"/stripe/_mock/pages/{merchant.tenant}/payments/{payment}" in addresses
    assert all(address == "/_mock/" or address.startswith("/stripe/_mock/") for address in addresses)


def test_a_reader_needs_no_tenant_to_be_told_how_to_get_one(app):
    page = Reader(app, "t_none").get(status=404)
    assert "The first call with a test key opens one" in page.text


class _Counted:
    """A lock that knows how often it was taken anew, and not by whoever held it already."""

    def __init__(self, lock):
        self.lock, self.depth, self.taken = lock, 0, 0

    def __enter__(self):
        self.lock.acquire()
        self.taken += self.depth == 0
        self.depth += 1

    def __exit__(self, *_):
        self.depth -= 1
        self.lock.release()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_read_in_one_hold_of_the_tenant(merchant, reader, path):
    merchant.pay("pm_card_threeDSecure2Required")
    world = service_of(merchant.app).tenants.find(merchant.tenant)
    world.lock = _Counted(world.lock)
    reader.get(path)
    assert world.lock.taken == 1
