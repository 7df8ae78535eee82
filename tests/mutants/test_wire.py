"""A broken wire is caught behind any connector, in this process or another; a transparent one changes nothing."""

import os

import pytest

from suites import inventory
from tests.gateways import CERTIFIABLE, WIDEST
from tests.mutants.forked import run
from tests.mutants.wire.__main__ import DEADLINE, TRANSPARENT, attack, behind, judge
from tests.mutants.wire.table import WIRE_MUTANTS
from tests.mutants.wire.words import wire_of

forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="left out: mutants run in forked children, as on POSIX")
QUICK = ("everything has one key", "a capture is answered", "a forgery is believed", "an error is swallowed")


@pytest.mark.parametrize("gateway", CERTIFIABLE)
def test_every_gateway_has_a_dozen_and_each_names_requirements_that_there_are(gateway):
    wire = wire_of(gateway)
    rows = [mutant for mutant in WIRE_MUTANTS if mutant.name not in wire.not_at]
    assert len(rows) >= 12
    assert {name for row in rows for name in row.requirements(wire)} <= inventory.load().requirements.keys()


@pytest.mark.parametrize("gateway", CERTIFIABLE)
def test_what_a_wire_says_of_its_own_is_about_mutants_that_there_are(gateway):
    wire = wire_of(gateway)
    assert {*wire.instead, *wire.not_at} <= {mutant.name for mutant in WIRE_MUTANTS}


def test_no_two_wire_mutants_share_a_name():
    assert len({mutant.name for mutant in WIRE_MUTANTS}) == len(WIRE_MUTANTS)


@forks
@pytest.mark.parametrize("connector", CERTIFIABLE)
def test_behind_a_proxy_that_changes_nothing_a_connector_passes(connector):
    results = run(connector, behind(TRANSPARENT, connector), "--assay-area=idempotency", DEADLINE)
    assert not [row.id for row in results.requirements if row.outcome in ("fail", "error")]


@forks
@pytest.mark.parametrize("only", QUICK)
def test_a_broken_wire_is_caught(only):
    ((mutant, results),) = attack(WIDEST, WIDEST, only)
    assert judge(mutant, WIDEST, results) == "killed"


@forks
def test_a_wire_that_is_not_broken_is_no_kill():
    (mutant,) = [mutant for mutant in WIRE_MUTANTS if "one key" in mutant.name]
    results = run(WIDEST, behind(TRANSPARENT, WIDEST), "--assay-require=IDM-004,IDM-005")
    assert judge(mutant, WIDEST, results) == "SURVIVED: IDM-004 pass, IDM-005 pass"
