"""What a recorder makes of what it hears, whoever stands between: to which flow it belongs, whether it may be kept."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from contracts.attribution import Attribution
from contracts.errors import ContractError, Refused
from contracts.format import Source, dump, parse, plain, read
from contracts.policy import known_policies, load
from contracts.recorder import Recording
from contracts.replay import Replay
from contracts.signers import holds, scheme_of
from contracts.sources import source_of
from contracts.tape import Message
from contracts.transport import RecordedTransport
from contracts.verify import WsgiUpstream
from tests.contracts.samples import contract

ROOT = Path(__file__).parents[3]
KEY = "sk_test_session00000000000000000"
STRIPE = load("stripe")
JSON = (("content-type", "application/json"),)


def _asked(path="/v1/payments", *headers, body=b"", method="POST"):
    return Message((*headers, ("authorization", f"Bearer {KEY}")), body, method, f"https://gateway.test{path}")


def _answered(**body):
    return Message(JSON, json.dumps(body).encode(), status=200)


def _recording(tmp_path, gateway="stripe", upstream="http://127.0.0.1:1", **options):
    options = {"given": {"api_key": KEY}, "environment": {}} | options
    return Recording(gateway, upstream, tmp_path, **options)


# -- which flow


def test_what_comes_after_an_announcement_belongs_to_it():
    flows = Attribution(STRIPE)
    assert flows.of_request(_asked()) is None
    flows.announce("sale")
    assert flows.of_request(_asked()) == "sale"


def test_a_late_retry_is_known_by_its_request_id():
    flows = Attribution(STRIPE)
    flows.announce("sale")
    flows.learn("sale", _asked("/v1/x", ("Idempotency-Key", "k1")), None)
    flows.announce("void")
    assert flows.of_request(_asked("/v1/x", ("idempotency-key", "k1"))) == "sale"
    assert flows.of_request(_asked("/v1/x", ("idempotency-key", "k2"))) == "void"


def test_connectors_that_run_at_once_claim_their_request_ids():
    flows = Attribution(STRIPE)
    flows.claim("sale", ["k1"])
    flows.claim("void", ["k2"])
    assert flows.of_request(_asked("/v1/x", ("idempotency-key", "k2"))) == "void"
    flows.learn("void", _asked("/v1/x", ("idempotency-key", "k2")), _answered(id="pi_00000000"))
    assert flows.of_request(_asked("/v1/x/pi_00000000", method="GET")) == "void"


def test_a_flow_may_be_named_in_a_header():
    assert Attribution(STRIPE).of_request(_asked("/v1/x", ("X-Assay-Flow", "sale"))) == "sale"


def test_a_delivery_is_known_by_an_id_that_one_flow_alone_has_seen():
    flows = Attribution(STRIPE)
    flows.learn("sale", _asked(), _answered(id="pi_00000001", account={"id": "acct_00000001"}))
    flows.learn("void", _asked(), _answered(id="pi_00000002", account={"id": "acct_00000001"}))
    flows.announce("refund")
    assert flows.of_delivery(_answered(object={"id": "pi_00000001"}, account="acct_00000001")) == "sale"
    assert flows.of_delivery(_answered(account="acct_00000001")) == "refund"


@pytest.mark.parametrize("name", ["", "A sale", "../sale", "sale/../x", "sale.json"])
def test_a_flow_has_a_name_that_a_file_may_have(name):
    with pytest.raises(ContractError, match="no name of a flow"):
        Attribution(STRIPE).announce(name)


@pytest.mark.parametrize("gateway", known_policies())
def test_every_gateways_rules_say_by_what_header_a_request_is_known(gateway):
    assert load(gateway).request_id_headers


# -- whose answers


@pytest.mark.parametrize(
    "upstream", ["http://127.0.0.1:12111", "http://localhost:1", "http://[::1]:1", "https://gateway.test"]
)
def test_what_is_on_this_machine_is_a_simulator_whoever_says_otherwise(upstream):
    assert source_of(upstream, STRIPE) is Source.SIMULATOR


def test_a_listed_host_is_a_sandbox():
    assert source_of("https://api.stripe.com", STRIPE) is Source.SANDBOX


@pytest.mark.parametrize("upstream", ["https://api.stripe.com.evil.test", "http://api.stripe.com", "https://10.0.0.1"])
def test_a_stranger_is_refused_and_so_is_a_sandbox_without_encryption(upstream):
    with pytest.raises(Refused):
        source_of(upstream, STRIPE)


# -- whether a signature holds


def test_what_nobody_can_check_does_not_hold():
    assert not holds("no_such_scheme", "secret", {}, b"{}")


# -- what is kept


HOOKS = "whsec_session0000"


def _hook(at=1_767_225_600, **body):
    headers, sent = scheme_of("stripe_v1").sign(HOOKS, json.dumps({"type": "x.done"} | body).encode(), at)
    return Message((*JSON, *headers.items()), sent, "POST", "/hooks")


def test_a_session_is_written_flow_by_flow(tmp_path):
    with _recording(tmp_path) as recording:
        for flow in ("sale", "void"):
            with recording.flow(flow, f"The {flow}"):
                recording.hears(_asked(), _answered(object="x"))
    assert [path.name for path in recording.written] == ["sale.json", "void.json"]
    assert read(tmp_path / "stripe/void.json").title == "The void"


def test_one_flow_that_may_not_be_written_keeps_all_of_them_back(tmp_path):
    recording = _recording(tmp_path)
    with recording.flow("sale"):
        recording.hears(_asked(), _answered(object="x"))
    with recording.flow("void"):
        recording.hears(_asked(), _answered(livemode=True))
    with pytest.raises(Refused, match="live mode"):
        recording.write()
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_of_a_session_that_broke_off(tmp_path):
    def breaks_off():
        with _recording(tmp_path, flow="sale") as recording:
            recording.hears(_asked(), _answered(object="x"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        breaks_off()
    assert list(tmp_path.iterdir()) == []


def test_deliveries_stand_at_the_end_by_name_whenever_they_came(tmp_path):
    texts = []
    for order in ((0, 1, 2, 3), (0, 2, 1, 3), (2, 0, 3, 1)):
        recording = _recording(tmp_path, flow="sale", given={"api_key": KEY, "webhook": HOOKS}, now=lambda: 0)
        said = [
            lambda one: one.hears(_asked("/v1/a"), _answered(object="a"), at=0),
            lambda one: one.hears(_asked("/v1/b"), _answered(object="b"), at=0),
            lambda one: one.is_told(_hook(type="b.done"), at=0),
            lambda one: one.is_told(_hook(type="a.done"), at=0),
        ]
        for place in order:
            said[place](recording)
        texts.append([step.id for step in recording.seal()[0].steps])
    assert texts[0] == texts[1] == texts[2] == ["a", "b", "told_a_done", "told_b_done"]


def test_what_was_under_way_at_once_is_a_group_in_whichever_order_it_ended(tmp_path):
    def made(*ends):
        recording = _recording(tmp_path, flow="sale")
        for path, began, ended in sorted(ends, key=lambda one: one[2]):
            at, took = ended, (ended - began) * 1000
            recording.hears(_asked(f"/v1/{path}"), _answered(object=path), at=at, elapsed_ms=took)
        return recording.seal()[0]

    one = made(("b", 0, 1), ("a", 0.5, 2), ("c", 3, 4))
    assert [(step.id, step.concurrent) for step in one.steps] == [("a", "at_once_1"), ("b", "at_once_1"), ("c", None)]
    assert plain(one)["steps"] == plain(made(("b", 0, 2), ("a", 0.5, 1), ("c", 3, 4)))["steps"]
    assert [step.concurrent for step in made(("b", 0, 1), ("a", 1, 2), ("c", 3, 4)).steps] == [None] * 3
    for order in ("abc", "bac"):
        replay = Replay([one])
        for path in order:
            answer = WsgiUpstream(replay).send(replace(_asked(f"/v1/{path}"), url=f"/v1/{path}"))
            assert json.loads(answer.body) == {"object": path}
        replay.check()
    assert WsgiUpstream(Replay([one])).send(replace(_asked("/v1/c"), url="/v1/c")).status == 599


def test_a_delivery_that_tells_what_is_needed_later_stays_before_it(tmp_path):
    recording = _recording(tmp_path, flow="dispute", given={"api_key": KEY, "webhook": HOOKS})
    recording.hears(_asked("/v1/a"), _answered(object="a"))
    recording.is_told(_hook(id="dp_00000001"))
    recording.hears(_asked("/v1/disputes/dp_00000001"), _answered(object="b"))
    assert [step.kind for step in recording.seal()[0].steps] == ["http", "webhook", "http"]


def test_a_delivery_that_is_sent_again_is_one(tmp_path):
    recording = _recording(tmp_path, flow="sale", given={"api_key": KEY, "webhook": HOOKS})
    recording.hears(_asked("/v1/a"), _answered(object="a"))
    assert [recording.is_told(_hook(at=at)) for at in (1, 2)] == [True, True]
    assert recording.heard.deliveries == 1


def test_without_the_merchants_secret_no_delivery_is_believed(tmp_path):
    recording = _recording(tmp_path, flow="sale")
    recording.hears(_asked("/v1/a"), _answered(object="a"))
    assert not recording.is_told(_hook())
    with pytest.raises(Refused, match="signature of a delivery did not hold"):
        recording.seal()


def test_how_long_a_sandbox_took_is_kept_where_it_took_about_as_long(tmp_path):
    def within(elapsed_ms):
        recording = _recording(tmp_path, upstream="https://api.stripe.com", flow="sale", now=lambda: 0)
        asked = Message((("authorization", f"Bearer {KEY}"),), b"", "GET", "https://api.stripe.com/v1/x")
        recording.hears(asked, _answered(object="x"), elapsed_ms=elapsed_ms)
        recording.write()
        return read(tmp_path / "stripe/sale.json").http_steps[0].response.within_ms

    assert [within(took) for took in (90, 110, 40, 900, 400, 20)] == [100, 100, 100, 1000, 1000, 50]


def test_a_simulators_answers_do_not_replace_a_sandboxs(tmp_path):
    live = _recording(tmp_path, upstream="https://api.stripe.com", flow="sale")
    asked = Message((("authorization", f"Bearer {KEY}"),), b"", "GET", "https://api.stripe.com/v1/x")
    live.hears(asked, _answered(object="x"))
    live.write()
    before = (tmp_path / "stripe/sale.json").read_bytes()
    simulated = _recording(tmp_path, flow="sale")
    simulated.hears(_asked(), _answered(object="x"))
    with pytest.raises(Refused, match="what a sandbox said is there already"):
        simulated.write()
    assert (tmp_path / "stripe/sale.json").read_bytes() == before


def test_how_long_a_simulator_took_is_nobodys_business(tmp_path):
    recording = _recording(tmp_path, flow="sale")
    recording.hears(_asked(), _answered(object="x"), elapsed_ms=900)
    assert recording.seal()[0].http_steps[0].response.within_ms is None


def _client(recording):
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"object": request.url.path}))
    return httpx.Client(transport=RecordedTransport(transport, recording), base_url="https://gateway.test")


def test_a_merchants_own_client_is_heard_without_any_proxy(tmp_path):
    with _recording(tmp_path, flow="sale", upstream="https://gateway.test") as recording:
        _client(recording).get("/v1/x", headers={"authorization": f"Bearer {KEY}"})
    assert read(tmp_path / "stripe/sale.json").http_steps[0].response.body.content == {"object": "/v1/x"}


def test_a_merchants_own_client_sends_no_live_key(tmp_path):
    recording = _recording(tmp_path, flow="sale", upstream="https://gateway.test")
    with pytest.raises(Refused, match="live key"):
        _client(recording).get("/v1/x", headers={"authorization": "Bearer sk_live_" + "abcdefgh"})
    with pytest.raises(Refused, match="live key"):
        recording.write()


# -- a disk that is full, a process that is killed

_WRITES = """
import sys
from pathlib import Path
from contracts.format import parse, sealed
from contracts.lock import write_all
folder, text = Path(sys.argv[1]), sys.stdin.read()
one = parse(text)
turn = 0
while True:
    turn += 1
    made = [sealed(one.model_copy(update={"title": f"turn {turn}", "id": f"stripe/f{n}"})) for n in range(3)]
    write_all([(each, folder / f"{each.id}.json") for each in made])
    print(turn, flush=True)
"""


def test_a_process_that_is_killed_as_it_writes_leaves_whole_files(tmp_path):
    one = dump(contract())
    for turns in (1, 2, 3, 5, 8, 13):
        child = subprocess.Popen(
            [sys.executable, "-c", _WRITES, str(tmp_path)], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        child.stdin.write(one)
        child.stdin.close()
        for _ in range(turns):
            assert child.stdout.readline()
        child.kill()
        child.stdout.close()
        child.wait()
        found = sorted((tmp_path / "stripe").glob("*.json"))
        assert [path.name for path in found] == ["f0.json", "f1.json", "f2.json"]
        for path in found:
            assert parse(path.read_text()).title.startswith("turn ")


_IS_FULL = """
import resource, sys
from pathlib import Path
from contracts.format import parse, sealed
from contracts.lock import write_all
folder, one = Path(sys.argv[1]), parse(sys.stdin.read())
resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
large = one.model_copy(update={"id": "stripe/large", "title": "x" * 8000})
write_all([(sealed(each), folder / f"{each.id}.json") for each in (one, large)])
"""


def test_a_disk_that_is_full_leaves_the_old_contracts_whole(tmp_path):
    old = contract(id="stripe/small")
    folder = tmp_path / "stripe"
    folder.mkdir()
    for name in ("small", "large"):
        (folder / f"{name}.json").write_text("old")
    ended = subprocess.run(
        [sys.executable, "-c", _IS_FULL, str(tmp_path)], cwd=ROOT, input=dump(old), text=True, capture_output=True,
        check=False,
    )  # fmt: skip
    assert ended.returncode == 1
    assert "File too large" in ended.stderr
    assert len(dump(old)) < 4000
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"small.json": "old", "large.json": "old"}
