"""A delivery is signed anew as Stripe published it, and believed of nothing else."""

import pytest

from contracts.signers import holds, scheme_of
from tests.contracts.published import holds_of_nothing_else, vectors

ROWS = [row for row in vectors("stripe") if "body" in row]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_it_signs_as_published(row):
    headers, body = scheme_of("stripe_v1").sign(row["secret"], row["body"].encode(), row["timestamp"])
    assert headers["stripe-signature"].endswith(f"v1={row['expected_v1']}")
    assert body == row["body"].encode()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["name"])
def test_a_published_signature_holds_and_holds_of_nothing_else(row):
    headers = {"stripe-signature": f"t={row['timestamp']},v1={row['expected_v1']}"}
    assert holds_of_nothing_else("stripe_v1", row["secret"], f"{row['secret']}x", headers, row["body"].encode())


@pytest.mark.parametrize("told", ["", "t=1", "v1=00", "t=x,v1=00", "t=1,v1"])
def test_what_is_no_signature_does_not_hold(told):
    assert not holds("stripe_v1", "whsec_x", {"stripe-signature": told}, b"{}")
