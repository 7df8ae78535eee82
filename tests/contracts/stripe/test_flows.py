"""mitmproxy's own files come in, and it reads what goes out."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.__main__ import main
from contracts.errors import ContractError
from contracts.exchange import flows
from contracts.format import Source, dump, read
from contracts.lock import files
from contracts.messages import request_tree, response_tree
from contracts.policy import known_policies
from contracts.verify import WsgiUpstream, verify
from mock_gateways.app import create_app
from mock_gateways.server import serving
from tests.contracts.library import LIBRARY
from tests.contracts.recorders import ROOT, python
from tests.contracts.samples import CREATE, contract

KEY = "sk_test_flows000000000000000000"


def _contracts(*arguments):
    command = [python(), "-m", "contracts", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False)


def _recorded(upstream, file):
    """A file that mitmdump itself wrote, of a hold and its capture."""
    mitmdump = str(Path(python()).parent / "mitmdump")
    mode = f"reverse:{upstream}@127.0.0.1:0"
    options = ("--set", f"confdir={file.parent}", "--mode", mode, "-w", str(file))
    with subprocess.Popen([mitmdump, *options], text=True, stdout=subprocess.PIPE) as process:
        try:
            port = next(found[1] for line in process.stdout if (found := re.search(r"listening at .*:(\d+)", line)))
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}", headers={"authorization": f"Bearer {KEY}"}
            ) as client:
                sale = {"amount": 1000, "currency": "eur", "confirm": "true", "payment_method": "pm_card_visa"}
                held = client.post("/v1/payment_intents", data=sale | {"capture_method": "manual"}).json()
                client.post(f"/v1/payment_intents/{held['id']}/capture", data={"amount_to_capture": 700})
        finally:
            process.send_signal(signal.SIGINT)
    return file


def test_a_flow_file_of_mitmproxys_becomes_a_contract(tmp_path):
    with serving(create_app("stripe", clock="wall")) as upstream:
        # A reverse proxy's file names the gateway's own host where that is one of the world; here it is this machine.
        file = _recorded(upstream, tmp_path / "session.flows")
        port = upstream.rpartition(":")[2]
    file.write_bytes(_renamed(file.read_bytes(), port))
    told = _contracts(
        "import", "mitmproxy", file, "--gateway", "stripe", "--id", "stripe/hold", "--library", tmp_path / "library"
    )
    assert told.returncode == 0, told.stderr
    made = read(tmp_path / "library/stripe/hold.json")
    assert made.provenance.source is Source.IMPORTED
    assert [step.id for step in made.http_steps] == ["payment_intents", "capture"]
    assert KEY not in (tmp_path / "library/stripe/hold.json").read_text()
    assert verify(made, WsgiUpstream(create_app("stripe")), environment={}).holds


def _renamed(raw, port):
    """The same file, of a gateway at api.stripe.com: strings bear their lengths, so mitmproxy's own reader helps."""
    script = (
        "import io, sys; from mitmproxy.io import FlowReader, FlowWriter\n"
        "out = io.BytesIO(); w = FlowWriter(out)\n"
        "for f in FlowReader(io.BytesIO(sys.stdin.buffer.read())).stream():\n"
        "    f.request.host, f.request.port, f.request.scheme = 'api.stripe.com', 443, 'https'; w.add(f)\n"
        "sys.stdout.buffer.write(out.getvalue())\n"
    )
    return subprocess.run([python(), "-c", script], input=raw, capture_output=True, check=True).stdout


@pytest.mark.parametrize("name", [f"{name}/{flow}" for name in known_policies() for flow in ("redirect", "sale")])
def test_mitmproxy_reads_what_goes_out(name, tmp_path):
    file = tmp_path / "out.flows"
    file.write_bytes(_contracts("export", "mitmproxy", LIBRARY / f"{name}.json").stdout)
    mitmdump = str(Path(python()).parent / "mitmdump")
    options = ("--set", f"confdir={tmp_path}", "-n", "-r", str(file), "--set", "flow_detail=1")
    told = subprocess.run([mitmdump, *options], text=True, capture_output=True, check=True).stdout
    steps = read(LIBRARY / f"{name}.json").http_steps
    asked = re.findall(r"(GET|POST|PUT|PATCH|DELETE) https://gateway\.test(/\S*)", told)
    assert [method for method, _ in asked] == [step.request.method for step in steps]
    assert [int(code) for code in re.findall(r"<< .*?(\d{3})\b", told)] == [step.response.status for step in steps]


_THERE_AND_BACK = """
import json, sys
from contracts.exchange import flows
from contracts.format import parse
from contracts.messages import tree_of
for line in sys.stdin:
    tape = flows.tape(flows.flows(parse(json.loads(line))))
    print(json.dumps([[tree_of(one.request), tree_of(one.response)] for one in tape.exchanges]))
"""


def _there_and_back(contracts):
    """What mitmproxy makes of contracts, in its own environment: of each, the messages in their order."""
    lines = "".join(json.dumps(dump(one)) + "\n" for one in contracts)
    command = [python(), "-c", _THERE_AND_BACK]
    told = subprocess.run(command, cwd=ROOT, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in told.stdout.splitlines()]


def _is_the_same(one, exchanges):
    assert len(exchanges) == len(one.http_steps)
    for step, (asked, came) in zip(one.http_steps, exchanges, strict=True):
        for recorded, actual in ((request_tree(step.request), asked), (response_tree(step.response), came)):
            # A flow is a whole message: it has headers that no contract keeps.
            headers = {name: actual["headers"].get(name) for name in recorded["headers"]}
            assert actual | {"headers": headers} == recorded


def test_every_contract_comes_back_from_a_flow_file_as_it_went():
    library = [read(path) for path in files(LIBRARY)]
    for one, exchanges in zip(library, _there_and_back(library), strict=True):
        _is_the_same(one, exchanges)


JSON = st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)  # fmt: skip
FORMS = st.dictionaries(st.text(min_size=1), st.text() | st.lists(st.text(), min_size=2, max_size=3), min_size=1)


def _holding(content, form):
    kind = {"content-type": "application/x-www-form-urlencoded"}
    step = CREATE | {
        "request": {"method": "POST", "path": "/x", "headers": kind, "body": {"form": form}},
        "response": {"status": 200, "headers": {"content-type": "application/json"}, "body": {"json": content}},
        "capture": {},
    }  # fmt: skip
    return contract(step, cards=[])


def test_any_body_comes_back_from_a_flow_file():
    """All of them at once: every question is a process of its own."""
    contracts = []

    @settings(max_examples=100, deadline=None, derandomize=True, database=None)
    @given(JSON, FORMS)
    def collect(content, form):
        contracts.append(_holding(content, form))

    collect()
    assert len(contracts) >= 100
    for one, exchanges in zip(contracts, _there_and_back(contracts), strict=True):
        _is_the_same(one, exchanges)


def test_a_contract_is_nobodys_traffic_and_comes_back_refused(tmp_path):
    file = tmp_path / "out.flows"
    file.write_bytes(_contracts("export", "mitmproxy", LIBRARY / "stripe/sale.json").stdout)
    told = _contracts("import", "mitmproxy", file, "--gateway", "stripe", "--id", "stripe/x", "--library", tmp_path)
    assert told.returncode == 3
    assert b"placeholder" in told.stderr
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("raw", [b"{}", b"5:hello,", b"\x00\xff", b"3:1:a]"], ids=str)
def test_what_is_no_flow_file_is_refused(raw, tmp_path):
    (tmp_path / "x").write_bytes(raw)
    told = _contracts("import", "mitmproxy", tmp_path / "x", "--gateway", "stripe", "--id", "stripe/x")
    assert told.returncode == 3
    assert b"is no flow file" in told.stderr or b"nothing was recorded" in told.stderr


def test_without_mitmproxy_it_is_said_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "mitmproxy.http", None)
    with pytest.raises(ContractError, match=r"make \.venv-record"):
        flows.tape(b"")
    told = CliRunner().invoke(main, ["record", "stripe", "--upstream", "http://127.0.0.1:9", "--out", str(tmp_path)])
    assert told.exit_code == 3
    assert "make .venv-record" in told.output
