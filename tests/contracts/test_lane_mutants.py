"""The lanes without a simulator can fail: every requirement of theirs is failed by a connector that breaks it."""

from collections import defaultdict
from dataclasses import replace

import pytest

from contracts.lock import files
from mock_gateways.app import create_app
from mock_gateways.server import serving
from reports.results import RequirementOutcome
from runtime.core.money import Money
from runtime.core.payments import Authorize
from runtime.core.secret import Secret
from runtime.core.vocabulary import ErrorCode, PaymentStatus, RetryAdvice
from tests.contracts.judged import profile_of, sandbox_at
from tests.gateways import CERTIFIABLE
from tests.mutants.bank import bank
from tests.mutants.forked import run
from tests.mutants.tamper import tamper


def _of_a_decline(**changes):
    def change(_command, outcome):
        return replace(outcome, error=outcome.error and replace(outcome.error, **changes))

    return lambda connector, _patch: tamper(connector, Authorize, outcome=change)


def _asks(change):
    return lambda connector, _patch: tamper(connector, Authorize, command=change)


def _one_more(command):
    return replace(command, amount=Money(command.amount.minor + 1, command.amount.currency))


# What the bank has for the simulator's lane breaks nothing here: one decline alone is recorded, and requests are judged
# by nobody else.
OWN = {
    "CON-001": _asks(_one_more),
    "ERR-001": _of_a_decline(code=ErrorCode.EXPIRED_CARD),
    "ERR-002": _of_a_decline(retry=RetryAdvice.WITH_CORRECTED_DATA),
}


def _outcomes(gateway, breaks, *options):
    told = run(gateway, breaks, "--assay-lane=replay", *options, cpu_s=60)
    return {row.id: row.outcome for row in told.requirements}


@pytest.mark.parametrize("gateway", CERTIFIABLE)
def test_every_requirement_that_passes_from_contracts_alone_is_failed_by_a_mutant(gateway):
    mutants = defaultdict(list, {requirement: [breaks] for requirement, breaks in OWN.items()})
    for one in bank(gateway):
        mutants[one.requirement].append(one.breaks)
    sound = _outcomes(gateway, lambda _connector, _patch: None)
    asked = [name for name, outcome in sound.items() if outcome is RequirementOutcome.PASS]
    assert len(asked) >= 26
    unproven = [
        name
        for name in asked
        if not any(
            _outcomes(gateway, breaks, f"--assay-require={name}")[name] is RequirementOutcome.FAIL
            for breaks in mutants[name]
        )
    ]
    assert unproven == []


def _strange_card(command):
    number = Secret("4929" + "0" * 12)  # Luhn holds for it, and no gateway publishes it
    return replace(command, method=replace(command.method, number=number))


def _says_charged(connector, _patch):
    return tamper(connector, Authorize, outcome=lambda _, outcome: replace(outcome, status=PaymentStatus.CHARGED))


@pytest.mark.parametrize("breaks", [_asks(_strange_card), _says_charged], ids=["a strange card", "says charged"])
@pytest.mark.parametrize("gateway", CERTIFIABLE)
def test_what_a_broken_connector_made_of_a_sandbox_is_not_kept(gateway, breaks, tmp_path, monkeypatch):
    with serving(create_app(gateway, settings=profile_of(gateway).settings, clock="wall")) as url:
        for name, value in sandbox_at(gateway, url).items():
            monkeypatch.setenv(name, value)
        told = run(gateway, breaks, "--assay-lane=sandbox", "--assay-require=CON-002", f"--assay-record={tmp_path}")
    (outcome,) = [row.outcome for row in told.requirements if row.id == "CON-002"]
    assert outcome is RequirementOutcome.FAIL
    kept = {path.stem for path in files(tmp_path)}
    assert "manual-capture" not in kept
    assert "decline" not in kept
