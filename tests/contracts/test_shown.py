"""What the two READMEs say of contracts runs word for word, but for addresses, in a clone of one's own."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.format import Source, read
from contracts.lock import files
from mock_gateways.server import serving
from suites.lanes import simulator
from tests import generated
from tests.contracts import shown
from tests.contracts.recorders import python
from tests.contracts.served import endpoint

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text().partition("## Contracts: ")[2].partition("\n## ")[0]
INNER = (ROOT / "contracts" / "README.md").read_text()


def _commands(text):
    """The commands in the blocks of a text, one after another, continued lines joined."""
    blocks = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [line for kind, block in blocks if not kind for line in block.replace("\\\n", " ").splitlines()]


def _named(*words):
    (found,) = [line for line in _commands(INNER) if all(word in line for word in words)]
    return found


@pytest.fixture
def clone(tmp_path):
    """A working copy: contracts of its own, and all else as it is here."""
    for room in ("contracts", "suites"):
        shutil.copytree(ROOT / room, tmp_path / room, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("Makefile", "pyproject.toml", "constraints.txt", "constraints-record.txt", "runtime",
                 "mock_gateways", "reports", "tests", ".venv-record"):  # fmt: skip
        if (ROOT / name).exists():
            (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    (tmp_path / "build").mkdir()
    return tmp_path


def _runs(clone, command, **environment):
    """Exit code and output, as a shell runs it there; make is told that what it installs is there already."""
    line = re.sub(r"\bmake ", "make --old-file=.venv/.installed --old-file=.venv-record/.installed ", command)
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ASSAY_", "MAKE"))}
    env |= {"PYTHONPATH": str(clone)} | environment
    told = subprocess.run(
        ["/bin/bash", "-c", line], cwd=clone, env=env, capture_output=True, text=True, timeout=120, check=False
    )  # fmt: skip
    return told.returncode, told.stdout + told.stderr


def test_the_table_says_whose_answers_they_are():
    assert generated.shown(shown.NAME) == shown.shown(), "run .venv/bin/python -m tests.contracts.shown"


@pytest.mark.parametrize(
    "command",
    [*(line for line in _commands(README) if "ASSAY_" not in line),
     *(line for line in _commands(INNER) if re.search(r" (list|audit|verify) |make replay| audit$| list$", f" {line}")),
     *(line for line in _commands(INNER) if " export " in line and ".venv-record" not in line)],
)  # fmt: skip
def test_what_is_shown_runs(command, clone):
    code, told = _runs(clone, command)
    assert code == 0, told


def test_a_flow_file_is_exported_where_mitmproxy_is(clone):
    python()
    assert _runs(clone, _named("export mitmproxy"))[0] == 0
    assert (clone / "build/sale.flows").stat().st_size > 1_000


def test_drift_is_told_in_four_ways(clone):
    with serving(simulator("".join(re.findall(r"drift (\w+) ", _named(" drift "))))) as url:
        code, told = _runs(clone, _named(" drift ").replace("http://127.0.0.1:12111", url))
    assert code == 0, told
    assert json.loads((clone / "build/drift.json").read_text())["asked"] > 0
    assert (clone / "build/drift.md").read_text().startswith("# Drift: none")
    assert list((clone / "build/drift-allure").glob("*-result.json"))
    assert (clone / "build/drift.patch").read_text() == ""


@pytest.mark.parametrize("text", [README, INNER], ids=["README", "contracts/README"])
def test_one_command_replaces_what_the_simulator_said(clone, text):
    (command,) = [line for line in _commands(text) if "--assay-record" in line]
    gateway = re.search(r"--connector=(\w+)", command)[1]
    before = {path.stem: path.read_bytes() for path in files(clone / "contracts/library" / gateway)}
    with serving(simulator(gateway)) as url:
        code, told = _runs(clone, re.sub(r"https://\S+", url, command))
    assert code == 0, told
    after = {path.stem: path for path in files(clone / "contracts/library" / gateway)}
    assert after.keys() == before.keys()
    assert sum(after[name].read_bytes() != before[name] for name in before) == 6
    assert read(after["sale"]).provenance.source is Source.SIMULATOR  # as this address is on this machine
    assert _runs(clone, ".venv/bin/python -m contracts lock")[0] == 0
    assert _runs(clone, ".venv/bin/python -m contracts audit")[0] == 0


def test_a_program_is_recorded_through_the_proxy(clone):
    python()
    (program,) = re.findall(r"```python\n(.*?)```", INNER, re.DOTALL)
    (clone / "pay.py").write_text(program)
    command = _named("make record")
    with serving(simulator(re.search(r"GATEWAY=(\w+)", command)[1])) as url:
        code, told = _runs(clone, command.replace("http://127.0.0.1:12111", url))
    assert code == 0, told
    assert [path.stem for path in files(clone / "build/contracts")] == ["sale"]


def test_a_gateway_is_played(clone):
    command = _named(" replay ", "--webhook-url")
    with endpoint() as (merchant, _):
        line = command.replace("http://127.0.0.1:8000/webhooks", merchant) + " --port 0"
        with subprocess.Popen(
            ["/bin/bash", "-c", f"exec {line}"], cwd=clone, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            began = process.stdout.readline()
            process.terminate()
            told = process.communicate(timeout=60)[1]
    assert "replayed, at http://127.0.0.1:" in began
    assert (process.returncode, "webhooks are signed with " in told) == (0, True)


def test_what_others_recorded_comes_in(clone):
    recorded = {
        "session.har": {"log": {"entries": [{
            "startedDateTime": "2026-01-01T00:00:01Z",
            "request": {"method": "GET", "url": "https://api.HOST/v1/x", "headers": []},
            "response": {"status": 200, "headers": [{"name": "Content-Type", "value": "application/json"}],
                         "content": {"text": '{"object": "x"}'}},
        }]}},
        "cassette.yaml": {"interactions": [{
            "request": {"method": "GET", "uri": "https://api.HOST/v1/x", "headers": {}, "body": ""},
            "response": {"status": {"code": 200}, "headers": {"Content-Type": ["application/json"]},
                         "body": {"string": '{"object": "x"}'}},
        }]},
    }  # fmt: skip
    commands = [line for line in _commands(INNER) if " import " in line]
    host = re.search(r"--gateway (\w+)", commands[0])[1] + ".com"
    for name, document in recorded.items():
        (clone / name).write_text(json.dumps(document).replace("HOST", host))
    (clone / "cassettes").mkdir()
    row = {
        "connector": host.removesuffix(".com"), "test": "one", "request_id": "r", "sequence": 1,
        "request": {"method": "GET", "path": f"https://api.{host}/v1/x"},
        "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": {"object": "x"}},
    }  # fmt: skip
    (clone / "cassettes" / "one.json").write_text(json.dumps(row))
    for command in commands:
        code, told = _runs(clone, command)
        assert code == 0, told
    made = files(clone / "build/contracts")
    assert [path.stem for path in made] == ["cassette", "one", "session"]
    assert {read(path).provenance.source for path in made} == {Source.IMPORTED}
