"""The same pages for every gateway."""

from importlib import import_module

import pytest
from werkzeug.test import Client

from mock_gateways.app import Paths, create_app, known_gateways
from tests.mock_gateways.dashboard.reading import NONE, Reader, parse


@pytest.fixture(params=known_gateways())
def paid(request):
    """A merchant of each gateway, and ten major units that were paid there."""
    gateway = import_module(f"tests.mock_gateways.{request.param}.conftest")
    merchant, payment = gateway.pay_ten(create_app(request.param))
    return merchant, payment, Reader(merchant.app, merchant.tenant)


@pytest.mark.parametrize("path", ["", "payments", "ledger", "requests", "webhooks", "faults"])
def test_every_page_opens(paid, path):
    assert paid[2].get(path).all("h1") != []


def test_a_payment_is_shown_with_what_the_ledger_took(paid):
    merchant, payment, reader = paid
    totals = merchant.mock("GET", "ledger")["payments"][payment]
    (row,) = reader.get("payments").rows("Payments")
    assert row[:7] == [payment, "captured", "10.00", totals["currency"], totals["state"], "10.00", NONE]


def test_a_payment_is_disputed_by_a_button(paid):
    merchant, payment, reader = paid
    reader.press(f"payments/{payment}", "Dispute this payment")
    assert merchant.mock("GET", "ledger")["payments"][payment]["disputed"] == "10.00"
    assert reader.get("payments").rows("Payments")[0][1].startswith("disputed")


def test_a_dispute_that_the_gateway_refuses_is_answered_in_its_words(paid):
    merchant, payment, reader = paid
    status, words = reader.refused(f"payments/{payment}", "Dispute this payment", amount="99999")
    assert (status >= 400, words.startswith("The gateway refused this: {")) == (True, True)
    assert merchant.mock("GET", "ledger")["payments"][payment]["disputed"] == "0.00"


def test_all_of_them_are_listed_on_one_port():
    client = Client(Paths({name: create_app(name).wsgi_app for name in known_gateways()}))
    page = parse(client.get("/_mock/").get_data(as_text=True))
    assert [row[0] for row in page.rows("Gateways")] == known_gateways()
    for link in page.all("th", scope="row"):
        assert client.get(link.all("a")[0].attributes["href"]).status_code == 200
