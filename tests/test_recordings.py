"""Recorded exchanges of claimed flows are read as their sources label them, or the difference is explained."""

import pytest
from rich.console import Console

from tests.recordings import read, table

# Every difference has a second source, and its reason.
EXPLAINED: dict[str, str] = {
    "spec/vcr/create_payment_intent_invalid_address.yml": "a fresh intent: the label is of another request",
    "PaymentIntents/Mock/AuthorizeFailure.txt": "resource_missing is a refused request (docs.stripe.com/error-codes)",
    "PaymentIntents/Mock/AuthorizeSuccess.txt": "requires_confirmation holds nothing yet (docs.stripe.com/api)",
    "Mock/CancelPaymentIntentSuccess.txt": "of 2019: `charges`, and no `latest_charge` that would tell of a hold",
    "Mock/Transfers/CreateTransferRequestFailure.txt": "a transfer, and no card_error: no flow of ours is declined so",
}


@pytest.fixture(scope="module")
def readings(reference):
    return read(reference, "stripe")


def test_there_is_something_to_read(readings):
    assert len([reading for reading in readings if reading.line.label]) >= 20
    assert {"A", "A0"} <= {reading.line.tier for reading in readings}


def test_a_label_agrees_or_the_difference_is_explained(readings, capsys):
    with capsys.disabled():
        print()
        Console(width=100).print(table(readings))
    differ = {f"{r.line.flow}: {r.line.label} / {r.said}: {r.line.source}" for r in readings if r.agrees is False}
    assert {name for name in differ if not any(part in name for part in EXPLAINED)} == set()
    assert all(any(part in name for name in differ) for part in EXPLAINED), "an explanation that explains nothing"


def test_no_reading_loses_the_id(readings):
    lost = [r.line.source for r in readings if r.line.identity and r.said != "error" and r.identity != r.line.identity]
    assert lost == []
