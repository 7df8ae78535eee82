"""Adyen's own library, recorded: what it said becomes contracts that hold wherever a contract is used."""

import Adyen
import pytest

from contracts.replay import Replay
from mock_gateways.server import serving
from suites.lanes import simulator
from tests.contracts.held import holds_everywhere, recorded
from tests.contracts.served import served

KEY = "test_recorded_by_its_library"
MONEY = {"value": 1000, "currency": "EUR"}
SALE = {
    "merchantAccount": "TestECOM", "reference": "order-1", "returnUrl": "https://shop.example", "amount": MONEY,
    "paymentMethod": {
        "type": "scheme", "number": "4111111111111111", "expiryMonth": "03", "expiryYear": "2030", "cvc": "737",
    },
}  # fmt: skip


def _checkout(url):
    checkout = Adyen.Adyen(xapikey=KEY, platform="test").checkout
    checkout.payments_api.baseUrl = checkout.modifications_api.baseUrl = f"{url}/v72"
    return checkout


def _pays_and_returns(checkout):
    paid = checkout.payments_api.payments(SALE, idempotency_key="order-1").message
    back = {"merchantAccount": "TestECOM", "reference": "back-1", "amount": MONEY | {"value": 300}}
    reference = paid["pspReference"]
    return paid, checkout.modifications_api.refund_captured_payment(back, reference, idempotency_key="back-1").message


@pytest.fixture
def library(start, tmp_path):
    with serving(simulator("adyen")) as gateway:
        recorder = start(
            "adyen", "--upstream", gateway, "--out", tmp_path, ADYEN_API_KEY=KEY, ADYEN_MERCHANT_ACCOUNT="TestECOM"
        )
        recorder.announce(flow="refund", title="A sale, refunded in part")
        _pays_and_returns(_checkout(recorder.url))
        code, told = recorder.ends()
    assert code == 0, told
    return tmp_path


def test_it_becomes_contracts_that_replay_verify_and_pass_pacts_verifier(library, tmp_path):
    contracts = recorded(library, "adyen")
    assert [step.id for step in contracts["refund"].http_steps] == ["payments", "refunds"]
    text = (library / "adyen" / "refund.json").read_text()
    assert not [secret for secret in (KEY, "TestECOM", "4111111111111111") if secret in text]
    asked = contracts["refund"].http_steps[0].request.body.content["paymentMethod"]
    assert (asked["number"][:7], asked["cvc"]) == ("{{card.", "{{secret.cvc}}")
    assert holds_everywhere("adyen", library, tmp_path) == 2


def test_the_library_cannot_tell_its_replay_from_the_gateway(library):
    replay = Replay(recorded(library, "adyen").values())
    with served(replay) as url:
        paid, back = _pays_and_returns(_checkout(url))
    replay.check()
    assert paid["resultCode"] == "Authorised"
    assert (back["status"], back["paymentPspReference"]) == ("received", paid["pspReference"])
