"""A connector is judged from contracts alone, whenever that is; what a gateway said is not believed for ever."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.audit import audit
from contracts.format import Contract, Source, read, sealed
from contracts.lock import files, lock, write
from contracts.policy import known_policies, load
from tests.contracts.judged import judged
from tests.contracts.samples import GATEWAY, HOST

ROOT = Path(__file__).parent.parent.parent
LIBRARY = ROOT / "contracts" / "library"
NOW = datetime.now(UTC)
YEAR = timedelta(days=366)


def _aged(folder, gateway, days, source=Source.SIMULATOR):
    """The library of a gateway as if it had been recorded so many days ago."""
    recorded = (NOW - timedelta(days=days)).replace(microsecond=0)
    dates = {"recorded_at": recorded}
    if source is Source.SANDBOX:
        host = next(host for host in load(gateway).hosts if host != "gateway.test")
        dates |= {"source": source, "upstream": f"https://{host}", "expires_at": recorded + timedelta(days=120)}
    for path in files(LIBRARY / gateway):
        one = read(path)
        provenance = one.provenance.model_dump(exclude_none=True) | dates
        document = one.model_dump(by_alias=True, exclude_defaults=True, exclude={"provenance", "integrity", "steps"})
        steps = [step.model_dump(by_alias=True, exclude_unset=True) for step in one.steps]
        made = Contract.model_validate(document | {"provenance": provenance, "steps": steps})
        write(sealed(made), folder / f"{made.id}.json")
    lock(folder)
    return folder


@pytest.mark.parametrize("gateway", known_policies())
def test_a_connector_is_judged_by_the_library_alone(gateway, tmp_path):
    code, told, results = judged(gateway, "replay", tmp_path / "results.json")
    assert code == 0, told
    assert (results["lane"], results["complete"]) == ("replay", True)
    assert not {"fail", "error", "not run", "waived"} & {name for name, count in results["counts"].items() if count}
    assert results["counts"]["pass"] >= 26
    recorded = {path.stem: read(path) for path in files(LIBRARY / gateway)}
    assert {one["id"] for one in results["contracts"]} == {one.id for one in recorded.values()}
    for one in results["contracts"]:
        contract = recorded[one["id"].partition("/")[2]]
        assert one["sha256"] == contract.integrity.sha256
        assert one["recorded_at"] == f"{contract.provenance.recorded_at:%Y-%m-%dT%H:%M:%SZ}"
    day = f"{min(one.provenance.recorded_at for one in recorded.values()):%Y-%m-%d}"
    assert f"recorded {day}" in told
    assert "source simulator" in told


CALLS_OUT = """
import socket
from dataclasses import replace

from runtime.connectors.{gateway} import CONNECTOR as REAL
from runtime.core.payments import Authorize


def _calls_out(context, command):
    try:
        socket.create_connection(("127.0.0.1", 9))
    except OSError:
        pass  # nobody shall see it
    return REAL.flows[Authorize](context, command)


CONNECTOR = replace(REAL, flows={{**REAL.flows, Authorize: _calls_out}})
"""


@pytest.mark.parametrize("gateway", known_policies())
def test_a_connector_that_opens_a_connection_of_its_own_fails(gateway, tmp_path):
    file = tmp_path / "calls_out.py"
    file.write_text(CALLS_OUT.format(gateway=gateway))
    code, told, results = judged(f"{file}:CONNECTOR", "replay", tmp_path / "results.json", f"--assay-profile={gateway}")
    assert code == 1
    assert "the connector tried to open a connection of its own" in told
    assert results["counts"]["fail"] or results["counts"]["error"]


# -- a simulator is as old as its code, a sandbox's answers are not


@pytest.mark.parametrize("gateway", known_policies())
def test_a_simulators_recording_is_as_good_a_year_later(gateway, tmp_path):
    folder = _aged(tmp_path / "library", gateway, days=366)
    assert audit(folder).findings == []
    code, told, results = judged(gateway, "replay", tmp_path / "results.json", f"--assay-contracts={folder}")
    assert code == 0, told
    assert not any(one["expired"] for one in results["contracts"])


def test_the_library_passes_its_audit_in_a_year():
    assert audit(LIBRARY, now=NOW + YEAR).findings == []


@pytest.mark.parametrize(
    ("days", "severity"), [(89, []), (90, ["warning"]), (119, ["warning"]), (120, ["error"])], ids=str
)
def test_what_a_sandbox_said_grows_old(days, severity, tmp_path):
    folder = _aged(tmp_path, GATEWAY, days, Source.SANDBOX)
    assert {one.severity for one in audit(folder, now=NOW).findings} == set(severity)


def test_what_a_sandbox_said_too_long_ago_judges_nobody(tmp_path):
    folder = _aged(tmp_path / "library", GATEWAY, 121, Source.SANDBOX)
    code, told, results = judged(GATEWAY, "replay", tmp_path / "results.json", f"--assay-contracts={folder}")
    assert code == 6, told
    assert f"the contract {GATEWAY}/sale has expired" in told
    assert all(one["expired"] for one in results["contracts"])


@pytest.mark.parametrize("change", [{"source": Source.SANDBOX}, {"upstream": HOST}], ids=str)
def test_no_contract_calls_a_simulator_a_sandbox_or_a_sandbox_a_simulator(change, tmp_path):
    _aged(tmp_path, GATEWAY, 1)
    file = tmp_path / GATEWAY / "sale.json"
    one = read(file)
    dates = {"expires_at": NOW + timedelta(days=100)} if "source" in change else {}
    provenance = one.provenance.model_copy(update=change | dates)
    write(sealed(one.model_copy(update={"provenance": provenance})), file)
    lock(tmp_path)
    assert [one.path for one in audit(tmp_path).errors] == ["$.provenance.source"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text[: len(text) // 2], r"sale\.json: line \d+: is no JSON"),
        (lambda text: text.replace('contract": 1', 'contract": 2'), r"\$\.assay_contract: version 2 is newer"),
        (lambda text: text.replace("12300", "12301"), r"sale\.json: \$\.integrity\.sha256: .* it was changed"),
        (lambda text: text.replace('"title"', '"titel"'), r"sale\.json: \$\.title: Field required"),
        (lambda text: "", r"sale\.json: line 1: is no JSON"),
    ],
    ids=["truncated", "of the future", "tampered with", "malformed", "empty"],
)  # fmt: skip
def test_nobody_is_judged_by_a_contract_that_cannot_be_believed(change, told, tmp_path):
    folder = _aged(tmp_path / "library", GATEWAY, days=1)
    file = folder / GATEWAY / "sale.json"
    file.write_text(change(file.read_text()))
    code, output, results = judged(GATEWAY, "replay", tmp_path / "results.json", f"--assay-contracts={folder}")
    assert (code, results) == (4, None)
    assert re.search(told, output), output
    assert "Traceback" not in output
