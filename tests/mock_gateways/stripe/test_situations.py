"""A dispute, a mandate or a set-up is shown in any state of the manifest, and nothing is posted for it."""

import pytest

from mock_gateways.stripe import MANIFEST
from tests.mock_gateways.stripe.conftest import facts

DISPUTES = [state for state in MANIFEST.states if state.resource == "dispute"]
MANDATES = [state for state in MANIFEST.states if state.name.startswith("mandate_")]
SETUPS = [state for state in MANIFEST.states if state.name.startswith("setup_")]
OFFLINE = {"mandate_data__customer_acceptance__type": "offline"}
STATUSES = facts("statuses")


def named(states):
    return pytest.mark.parametrize("state", states, ids=lambda state: state.name)


def _read_in(merchant, state, path):
    merchant.fault({"state": state.name}, f"GET {path}")
    return merchant.send("GET", path)


def test_every_published_status_of_disputes_mandates_and_set_ups_has_a_state():
    published = {name.partition(" ")[0] for name in STATUSES["dispute"]["values"]} - {"charge_refunded"}
    assert {state.raw for state in DISPUTES} == published
    assert {state.raw for state in MANDATES} == set(STATUSES["mandate"])
    assert {state.raw for state in SETUPS} == set(STATUSES["setup_intent"]["values"])


@named(DISPUTES)
def test_a_dispute_is_shown_in_a_state(merchant, state):
    payment = merchant.pay("pm_card_createDispute").json["id"]
    (before,) = merchant.send("GET", "/v1/disputes").json["data"]
    entries = len(merchant.mock("GET", "ledger?entries=1")["entries"])
    shown = _read_in(merchant, state, f"/v1/disputes/{before['id']}").json
    kept = ("id", "charge", "payment_intent", "amount", "currency")
    assert {name: shown[name] for name in kept} == {name: before[name] for name in kept}
    assert (shown["status"], shown.keys()) == (state.raw, before.keys())
    assert len(merchant.mock("GET", "ledger?entries=1")["entries"]) == entries
    assert merchant.send("GET", f"/v1/disputes/{before['id']}").json == before
    assert merchant.read(payment)["status"] == "succeeded"


@named(SETUPS)
def test_a_set_up_is_shown_in_a_state(merchant, state):
    before = merchant.send("POST", "/v1/setup_intents", metadata__a="b").json
    shown = _read_in(merchant, state, f"/v1/setup_intents/{before['id']}").json
    assert (shown["id"], shown["status"], shown["metadata"]) == (before["id"], state.raw, {"a": "b"})
    assert merchant.send("GET", f"/v1/setup_intents/{before['id']}").json == before


@named(SETUPS)
def test_a_set_up_can_be_created_into_a_state(merchant, state):
    merchant.fault({"state": state.name}, "POST /v1/setup_intents")
    made = merchant.send("POST", "/v1/setup_intents", confirm="true", payment_method="pm_card_visa")
    assert (made.status, made.json["status"]) == (200, state.raw)


@named(MANDATES)
def test_a_mandate_is_shown_in_a_state(merchant, state):
    given = {"confirm": "true", "payment_method": "pm_card_visa", **OFFLINE}
    mandate = merchant.send("POST", "/v1/setup_intents", **given).json["mandate"]
    shown = _read_in(merchant, state, f"/v1/mandates/{mandate}").json
    assert (shown["id"], shown["status"]) == (mandate, state.raw)


@pytest.mark.parametrize("name", ["dispute_won", "mandate_active", "setup_succeeded"])
def test_a_state_of_something_else_is_refused(merchant, name):
    payment = merchant.pay().json["id"]
    merchant.fault({"state": name}, f"GET /v1/payment_intents/{payment}")
    assert merchant.send("GET", f"/v1/payment_intents/{payment}").status == 400
