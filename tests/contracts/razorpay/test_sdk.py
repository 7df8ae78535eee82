"""Razorpay's own library, recorded: what it said becomes contracts that hold wherever a contract is used."""

import pytest
import razorpay

from contracts.replay import Replay
from mock_gateways.server import serving
from suites.lanes import simulator
from tests.contracts.held import holds_everywhere, recorded
from tests.contracts.served import served

KEY, SECRET = "rzp_test_bylibrary0001", "a_secret_of_no_merchant"
CARD = {"number": "5555555555554444", "name": "A", "expiry_month": "12", "expiry_year": "40", "cvv": "100"}


def _client(url):
    return razorpay.Client(auth=(KEY, SECRET), base_url=url)


def _pays_and_returns(client):
    money = {"amount": 1000, "currency": "INR"}
    order = client.order.create({**money, "payment": {"capture": "automatic"}})["id"]
    sale = {**money, "email": "a@shop.example", "contact": "+919000090000", "method": "card", "card": CARD}
    payment = client.payment.createPaymentJson({**sale, "order_id": order})["razorpay_payment_id"]
    taken = client.payment.capture(payment, 1000, {"currency": "INR"}) if _is_held(client, payment) else None
    return taken or client.payment.fetch(payment), client.payment.refund(payment, {"amount": 300})


def _is_held(client, payment):
    return client.payment.fetch(payment)["status"] == "authorized"


@pytest.fixture
def library(start, tmp_path):
    with serving(simulator("razorpay")) as gateway:
        recorder = start(
            "razorpay", "--upstream", gateway, "--out", tmp_path, RAZORPAY_KEY_ID=KEY, RAZORPAY_KEY_SECRET=SECRET
        )
        recorder.announce(flow="refund", title="A sale, refunded in part")
        _pays_and_returns(_client(recorder.url))
        code, told = recorder.ends()
    assert code == 0, told
    return tmp_path


def test_it_becomes_contracts_that_replay_verify_and_pass_pacts_verifier(library, tmp_path):
    contracts = recorded(library, "razorpay")
    assert contracts["refund"].http_steps[0].request.path == "/v1/orders"
    text = (library / "razorpay" / "refund.json").read_text()
    assert not [secret for secret in (KEY, SECRET, CARD["number"], "a@shop.example") if secret in text]
    assert holds_everywhere("razorpay", library, tmp_path) == len(contracts["refund"].http_steps) >= 4


def test_the_library_cannot_tell_its_replay_from_the_gateway(library):
    replay = Replay(recorded(library, "razorpay").values())
    with served(replay) as url:
        paid, back = _pays_and_returns(_client(url))
    replay.check()
    assert (paid["status"], paid["amount"]) == ("captured", 1000)
    assert (back["amount"], back["payment_id"]) == (300, paid["id"])
