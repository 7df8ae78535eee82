"""What waits survives a snapshot: debit, voucher, dispute, set-up and Checkout session go on where they were."""

import pickle

import pytest

from mock_gateways.app import create_app
from tests.mock_gateways.stripe.conftest import Merchant
from tests.mock_gateways.stripe.test_checkout import session
from tests.mock_gateways.stripe.test_methods import debit, pay_by
from tests.mock_gateways.stripe.test_setups import ACCEPTED, ACH, set_up

DAY = 86_400


@pytest.fixture
def waiting(merchant):
    """One of everything that waits, by name."""
    merchant.pay("pm_card_createDispute")
    return {
        "debit": debit(merchant, "AT611904300234573201")["id"],
        "voucher": pay_by(merchant, "boleto", "brl").json["id"],
        "dispute": merchant.send("GET", "/v1/disputes").json["data"][0]["id"],
        "proof": set_up(merchant, **ACH, **ACCEPTED).json["id"],
        "session": session(merchant)["id"],
    }


def shown(merchant, waiting):
    paths = {
        "debit": "payment_intents",
        "voucher": "payment_intents",
        "dispute": "disputes",
        "proof": "setup_intents",
        "session": "checkout/sessions",
    }
    return {name: merchant.send("GET", f"/v1/{path}/{waiting[name]}").json["status"] for name, path in paths.items()}


def test_what_waits_is_put_back_and_falls_due_again(merchant, waiting):
    before = shown(merchant, waiting)
    snapshot = merchant.mock("POST", "snapshot")["snapshot"]
    merchant.wait(10 * DAY)
    after = shown(merchant, waiting)
    assert after == {
        "debit": "succeeded",
        "voucher": "requires_payment_method",
        "dispute": "lost",
        "proof": "requires_action",
        "session": "expired",
    }
    merchant.mock("POST", "restore", {"snapshot": snapshot})
    assert shown(merchant, waiting) == before
    assert len(merchant.mock("GET", "approvals")["approvals"]) == 4
    merchant.wait(10 * DAY)
    assert shown(merchant, waiting) == after


def test_the_store_of_a_tenant_can_be_pickled(waiting, app, merchant):
    (world,) = [world for world in app.extensions["mock_gateways"].tenants.all() if world.id == merchant.tenant]
    assert len(pickle.loads(pickle.dumps(world.store)).disputes) == 1  # noqa: S301 - our own bytes


def test_the_same_calls_give_the_same_bytes():
    def story():
        merchant = Merchant(create_app("stripe"), "sk_test_twice")
        merchant.pay("pm_card_createMultipleDisputes")
        pay_by(merchant, "klarna", "eur")
        session(merchant)
        set_up(merchant, payment_method="pm_card_visa", **ACCEPTED)
        merchant.wait(DAY)
        return merchant.send("GET", "/v1/events", limit=100).text

    assert story() == story()
