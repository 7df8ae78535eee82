"""A delivery and a shopper's way back are signed anew as Razorpay published it."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from contracts.signers import scheme_of, signed_return
from tests.contracts.published import holds_of_nothing_else, vectors

ROWS = [row for row in vectors("razorpay") if row["name"] == "webhook body"]
# By the parts of what is signed, the parameters that a shopper brings back (see the names of the vectors).
RETURNED = {
    "payment order_id|payment_id": ("razorpay_order_id", "razorpay_payment_id"),
    "payment link plink|ref|status|payment": (
        "razorpay_payment_link_id", "razorpay_payment_link_reference_id", "razorpay_payment_link_status",
        "razorpay_payment_id",
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["source"])
def test_it_signs_as_published(row):
    headers, body = scheme_of("razorpay_body").sign(row["secret"], row["message"].encode(), 0)
    assert headers == {"x-razorpay-signature": row["expected"]}
    assert body == row["message"].encode()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["source"])
def test_a_published_signature_holds_and_holds_of_nothing_else(row):
    headers, body = {"x-razorpay-signature": row["expected"]}, row["message"].encode()
    assert holds_of_nothing_else("razorpay_body", row["secret"], f"{row['secret']}x", headers, body)


@pytest.mark.parametrize(
    "row", [row for row in vectors("razorpay") if row["name"] in RETURNED], ids=lambda row: row["source"]
)
def test_the_way_back_is_signed_as_published(row):
    told = dict(zip(RETURNED[row["name"]], row["message"].split("|"), strict=True))
    url = f"https://merchant.test/return?{urlencode(told | {'razorpay_signature': 'of another merchant'})}"
    back = parse_qs(urlsplit(signed_return("razorpay_return", row["secret"], url)).query)
    assert back == {name: [value] for name, value in (told | {"razorpay_signature": row["expected"]}).items()}


@pytest.mark.parametrize("url", ["https://merchant.test/return", "https://merchant.test/return?error=1"])
def test_a_way_back_that_is_not_signed_stays_as_it_is(url):
    assert signed_return("razorpay_return", "secret", url) == url
