"""Random stories: whatever is asked, in whatever order, the ledger is what a small model of it says."""

import random

import pytest

from mock_gateways.app import create_app
from tests.mock_gateways.adyen.conftest import Merchant

STORIES, STEPS = 60, 14


class Model:
    """What a payment of 10.00 EUR holds, took and returned, in cents, by the published rules alone."""

    def __init__(self, *, several):
        self.several, self.total, self.captured, self.released, self.refunded = several, 1000, 0, 0, 0

    @property
    def held(self):
        return self.total - self.captured - self.released

    def captures(self, value):
        if 0 < value <= self.held:
            self.captured += value
            if not self.several:
                self.released += self.held
            return True
        return False

    def cancels(self, _):
        possible = self.held > 0 and not self.captured
        self.released += self.held if possible else 0
        return possible

    def refunds(self, value):
        possible = value <= self.captured - self.refunded
        self.refunded += value if possible else 0
        return possible

    def reversals(self, _):
        return self.cancels(None) or (self.captured > self.refunded and self.refunds(self.captured - self.refunded))

    def ledger(self):
        return tuple(f"{cents / 100:.2f}" for cents in (self.total, self.captured, self.released, self.refunded))


EVENTS = {"captures": "CAPTURE", "cancels": "CANCELLATION", "refunds": "REFUND", "reversals": "CANCEL_OR_REFUND"}


@pytest.mark.parametrize("several", [0, 1], ids=["one capture", "several captures"])
def test_the_ledger_follows_the_rules_whatever_the_order(several):
    app = create_app("adyen", settings={"multiple_partial_captures": several})
    for seed in range(STORIES):
        dice, merchant = random.Random(seed), Merchant(app, f"AQEtest_story_{seed}")
        merchant.listen("*")
        held, model = merchant.hold(), Model(several=several)
        for _ in range(STEPS):
            action = dice.choice(list(EVENTS))
            value = dice.choice([1, 100, 400, 1000]) if action in ("captures", "refunds") else None
            merchant.on(held, action, value)
            expected = "true" if getattr(model, action)(value) else "false"
            assert merchant.told()[-1] == (EVENTS[action], expected), (seed, action, value)
            assert merchant.ledger(held) == model.ledger(), (seed, action, value)


def test_what_is_under_way_together_arrives_in_order(merchant_with):
    merchant = merchant_with(modification_delay_s=60, multiple_partial_captures=1)
    held = merchant.hold()
    for action, value in (("captures", 700), ("captures", 700), ("refunds", 700), ("cancels", None)):
        assert merchant.on(held, action, value).status == 201
    assert merchant.ledger(held) == ("10.00", "0.00", "0.00", "0.00")
    merchant.wait(60)
    assert merchant.ledger(held) == ("10.00", "7.00", "0.00", "7.00")
    assert [success for _, success in merchant.told()] == ["true", "true", "false", "true", "false"]


def test_a_reply_that_is_lost_after_the_payment_is_had_again_by_its_key(merchant):
    merchant.fault({"timeout": "after"})
    key = {"Idempotency-Key": "lost-1"}
    with pytest.raises(Exception, match="no answer came"):
        merchant.pay(key)
    assert merchant.pay(key).result == "Authorised"
    assert merchant.told() == [("AUTHORISATION", "true")]
