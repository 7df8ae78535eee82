"""The fixture `mock_gateway` as its readers use it with Adyen's library, with a merchant account."""

import pytest

from tests.mock_gateways.authors import PLUGIN, printed

STORY = """
import Adyen

def test(mock_gateway):
    gateway = mock_gateway("adyen")
    payments = Adyen.Adyen(xapikey=gateway.key, platform="test").checkout.payments_api
    payments.baseUrl = f"{gateway.url}/v72"
    card = {"type": "scheme", "number": "4111111111111111", "expiryMonth": "03", "expiryYear": "2030", "cvc": "737"}
    paid = payments.payments({
        "amount": {"value": 1000, "currency": "EUR"}, "merchantAccount": gateway.account, "reference": "order-1",
        "returnUrl": "https://shop.example/", "paymentMethod": card,
    }).message
    assert gateway.ledger(paid["pspReference"])["captured"] == "10.00"
"""


def test_a_test_author_has_a_gateway(tmp_path):
    pytest.importorskip("Adyen")
    told = printed(tmp_path, STORY, *PLUGIN)
    assert "1 passed" in told, told
