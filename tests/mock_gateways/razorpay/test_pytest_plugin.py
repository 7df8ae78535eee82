"""The fixture `mock_gateway` as its readers use it with Razorpay's library, with any secret."""

import pytest

from tests.mock_gateways.authors import PLUGIN, printed

STORY = """
import razorpay

def test(mock_gateway):
    gateway = mock_gateway("razorpay")
    client = razorpay.Client(auth=(gateway.key, "secret"), base_url=gateway.url)
    order = client.order.create({"amount": 1000, "currency": "INR"})
    assert client.order.fetch(order["id"])["status"] == "created"
    client.session.close()
"""


def test_a_test_author_has_a_gateway(tmp_path):
    pytest.importorskip("razorpay")
    told = printed(tmp_path, STORY, *PLUGIN)
    assert "1 passed" in told, told
