"""The states that the inventory gives to what Stripe's connector claims, and what its profile expects."""

from dataclasses import replace

import pytest

from runtime import registry
from runtime.core.payments import DefendDispute, RSync
from runtime.core.vocabulary import PaymentMethodType
from suites import inventory, profiles
from suites.inventory import StateRule


def _without_method(connector, kind):
    claims = connector.capabilities
    others = {one: offer for one, offer in claims.payment_methods.items() if one is not kind}
    return replace(connector, capabilities=replace(claims, payment_methods=others))


def _without_flow(connector, flow):
    return replace(connector, flows={one: how for one, how in connector.flows.items() if one is not flow})


def test_a_state_needs_what_it_names():
    """No connector reaches a state whose payment methods, flows or requirements it lacks."""
    listed = inventory.load()
    stripe = registry.find("stripe")
    everything = {row.id for row in listed.requirements.values() if "simulator" in row.lanes}
    assert listed.state_of(stripe, everything) == 5
    assert listed.missing(stripe)[4] == []
    without_klarna = _without_method(stripe, PaymentMethodType.KLARNA)
    assert listed.state_of(without_klarna, everything) == 3
    assert listed.missing(without_klarna)[4] == ["KLARNA"]
    silent = replace(stripe, capabilities=replace(stripe.capabilities, not_offered={}))
    assert listed.state_of(silent, everything) == 3
    assert listed.missing(silent)[4] == ["GIROPAY", "SOFORT"]
    assert listed.state_of(_without_flow(stripe, DefendDispute), everything) == 4
    assert listed.state_of(_without_flow(stripe, RSync), everything) == 2
    assert listed.state_of(stripe, everything - {"LIF-021"}) == 4
    assert listed.state_of(stripe, everything - {"LIF-014"}) == 3
    assert listed.state_of(stripe, everything - {"LIF-001"}) == 1
    assert listed.state_of(stripe, set()) == 0
    assert [rule.state for rule in listed.states] == [1, 2, 3, 4, 5, 6]
    assert all(isinstance(rule, StateRule) for rule in listed.states)


def test_what_the_profile_expects_is_what_the_gateway_publishes():
    profile = profiles.find("stripe")
    declines = {f.code for f in profile.manifest.failures if f.field == "decline_code"}
    codes = {f.code for f in profile.manifest.failures if f.field == "code"}
    rows = profile.expectations()
    assert {row.raw for row in rows if row.kind == "decline"} == declines, "every published decline code is judged"
    assert {row.raw for row in rows if row.kind == "request"} <= codes


@pytest.mark.parametrize("meaning", sorted(profiles.find("stripe").instruments))
def test_every_instrument_the_suite_names_is_published(meaning):
    profile = profiles.find("stripe")
    assert [i for i in profile.manifest.instruments if i.causes == profile.instruments[meaning]]
