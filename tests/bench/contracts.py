"""python -m tests.bench.contracts: what replay, verification, recording and the audit cost, and what they find.

Rates, and the audit, are of CPU time, the best of several rounds: others use the machine, too.
"""

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from rich.console import Console
from rich.table import Table

from contracts.audit import audit, self_test
from contracts.drift import report
from contracts.errors import Refused
from contracts.format import Contract, dump, parse, read, sealed
from contracts.lock import files, lock, write
from contracts.policy import known_policies
from contracts.replay import Replay
from contracts.tape import Message
from contracts.verify import WebUpstream, WsgiUpstream, verify
from mock_gateways.app import create_app
from runtime.core.money import Money
from suites.lanes import simulator
from tests.contracts.library import LIBRARY
from tests.contracts.recorders import recorders
from tests.contracts.taped import open_shop
from tests.contracts.test_drift import CHANGES, is_found
from tests.contracts.test_recording import ENCODINGS, KEY, PAN, PLACES, UNKNOWN_PAN, _seal, _written
from tests.gateways import WIDEST

ROOT = Path(__file__).parent.parent.parent
ROUNDS = 5
TURNS, ASKED = 10, 20  # of the recorder: so many connections, so many sales on each
GATEWAYS = known_policies()


class Counted:
    """An upstream that remembers what it was asked, so that it can be asked again without the asker's own cost."""

    def __init__(self, inner: WsgiUpstream) -> None:
        self.inner, self.requests = inner, list[Message]()

    def send(self, request: Message) -> Message:
        self.requests.append(request)
        return self.inner.send(request)


def _contracts(gateway: str) -> list[Contract]:
    return [read(path) for path in files(LIBRARY / gateway) if path.stem != "dispute"]


def _best(work: Callable[[], int]) -> float:
    """Units a second of CPU time, in the fastest round."""
    rates = []
    for _ in range(ROUNDS):
        began = time.process_time()
        count = work()
        rates.append(count / (time.process_time() - began))
    return max(rates)


def replayed(gateway: str) -> float:
    """Exchanges a second that the replay answers, of every flow in turn, each in a session of its own."""
    contracts = _contracts(gateway)
    heard = Counted(WsgiUpstream(Replay(contracts, seed="bench")))
    for contract in contracts:
        verify(contract, heard, environment={}, seed=contract.id)

    # Made beforehand, and one for each turn: a gateway does not grow younger, and reading contracts is another matter.
    ready = iter([WsgiUpstream(Replay(contracts, seed="bench")) for _ in range(20 * ROUNDS)])

    def work() -> int:
        replay = next(ready)
        for request in heard.requests:
            assert replay.send(request).status != 599
        return len(heard.requests)

    return _best(lambda: sum(work() for _ in range(20)))


def verified(gateway: str) -> float:
    """Exchanges a second that are asked of our simulator and compared."""
    contracts = _contracts(gateway)
    settings = import_module(f"suites.profiles.{gateway}").PROFILE.settings
    upstream = WsgiUpstream(create_app(gateway, settings=settings))
    turn = iter(range(10**9))

    def work() -> int:
        verdicts = [verify(one, upstream, environment={}, seed=f"bench {next(turn)}") for one in contracts]
        assert all(verdict.holds for verdict in verdicts)
        return sum(len(verdict.outcomes) for verdict in verdicts)

    return _best(lambda: sum(work() for _ in range(10)))


@contextmanager
def _served() -> Iterator[str]:
    """A simulator in a process of its own."""
    command = [sys.executable, "-m", "mock_gateways", "serve", WIDEST, "--port", "0", "--log", "none"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield re.search(r" on (http://[^,\s]+)", process.stdout.readline())[1]
        finally:
            process.terminate()


def recording_adds() -> float | None:
    """Milliseconds that a recorder of its own process adds to an exchange, in the middle of many; None without it.

    The same flow is asked for in turn, directly and through mitmproxy, of a simulator that listens.
    """
    if not (ROOT / ".venv-record" / "bin" / "python").exists():
        return None
    sale = read(LIBRARY / WIDEST / "sale.json")
    times: tuple[list[float], list[float]] = ([], [])
    with _served() as direct, recorders() as start, tempfile.TemporaryDirectory() as out:
        recorder = start(WIDEST, "--upstream", direct, "--out", out, "--flow", "sale")
        for turn in range(TURNS):
            for place, url in enumerate((direct, recorder.url)):
                with WebUpstream(url) as upstream:
                    asked = [verify(sale, upstream, environment={}, seed=f"{turn}.{n}.{place}") for n in range(ASKED)]
                # The first exchange opens the connections, which a merchant keeps.
                times[place].extend(outcome.elapsed_ms for one in asked[1:] for outcome in one.outcomes)
    return statistics.median(times[1]) - statistics.median(times[0])


def taping_adds() -> float:
    """Milliseconds that taping in this process adds to an authorisation, in the middle of many."""
    times = []
    for taped in (False, True):
        shop = open_shop(WIDEST)
        if not taped:
            transport = shop.merchant._driver._transport
            transport._inner = type(transport._inner)(app=shop.app)
        each = []
        for _ in range(200):
            order = shop.merchant.order(Money(12_300, "EUR"))
            began = time.perf_counter()
            shop.merchant.does(order)
            each.append(time.perf_counter() - began)
        times.append(statistics.median(each) * 1000)
    return times[1] - times[0]


def audited(count: int = 500) -> float:
    """Seconds of CPU time for an audit of so many files."""
    sources = [read(path) for path in files(LIBRARY)]
    folder = Path(tempfile.mkdtemp())
    try:
        for number in range(count):
            one = sources[number % len(sources)]
            renamed = sealed(one.model_copy(update={"id": f"{one.gateway}/copy-{number}"}))
            write(renamed, folder / f"{renamed.id}.json")
        lock(folder)
        return min(_audited(folder, count) for _ in range(3))
    finally:
        shutil.rmtree(folder)


def _audited(folder: Path, count: int) -> float:
    began = time.process_time()
    told = audit(folder, environment={"BENCH_SECRET": "not-in-any-of-them"})
    assert (told.files, told.errors) == (count, [])
    return time.process_time() - began


def drifts() -> tuple[int, int]:
    """How many seeded changes of an upstream are found, and how many are told of upstreams that did not change."""
    found = sum(is_found(*change) for change in CHANGES.values())
    verdicts = [
        verify(contract, WsgiUpstream(simulator(gateway)), environment={}, seed=contract.id)
        for gateway in GATEWAYS for contract in _contracts(gateway)
    ]  # fmt: skip
    return found, len(report(verdicts).drifts)


def canaries() -> tuple[int, int, int]:
    """How many canaries were hidden, how many leaked, and how many unknown card numbers were written."""
    told = [
        (value, _outcome(place, encode(value)))
        for value in (KEY, PAN, UNKNOWN_PAN) for place in PLACES.values() for encode in ENCODINGS.values()
    ]  # fmt: skip
    leaked = [value for value, text in told if any(written in text for written in _written(value))]
    return len(told), len(leaked), leaked.count(UNKNOWN_PAN)


def _outcome(place: Callable[[str], object], text: str) -> str:
    try:
        return dump(_seal(place(text)))
    except Refused as refused:
        return str(refused)


def main() -> None:
    shown = Table("what", "measured", "goal")
    for gateway in GATEWAYS:
        shown.add_row(f"replay, {gateway}", f"{replayed(gateway):,.0f}/s", ">= 3,000/s")
    for gateway in GATEWAYS:
        shown.add_row(f"verify, {gateway}", f"{verified(gateway):,.0f}/s", ">= 700/s")
    adds = recording_adds()
    told = "not measured: make .venv-record" if adds is None else f"{adds:.2f} ms"
    shown.add_row("recording adds, p50, mitmproxy", told, "<= 8 ms")
    shown.add_row("taping in process adds, p50", f"{taping_adds():.2f} ms", "<= 8 ms")
    shown.add_row("audit of 500 files", f"{audited():.2f} s", "<= 2 s")
    found, false = drifts()
    shown.add_row("changes upstream found", f"{found} of {len(CHANGES)}", "11 of 11")
    shown.add_row("false alarms", str(false), "0")
    hidden, leaked, unknown = canaries()
    shown.add_row("canaries leaked", f"{leaked} of {hidden}", "0 of >= 140")
    shown.add_row("unknown card numbers written", str(unknown), "0")
    shown.add_row("planted canaries not found", str(len(self_test())), "0")
    sizes = [len(path.read_bytes()) for path in files(LIBRARY)]
    text = max((path.read_text() for path in files(LIBRARY)), key=len)
    read_ms = 1000 / _best(lambda: len([parse(text) for _ in range(20)]))
    shown.add_row(f"reading {len(text):,} characters", f"{read_ms:.2f} ms", "-")
    Console(width=100).print(shown)
    print(json.dumps({"contracts": len(sizes), "bytes": sum(sizes)}))


if __name__ == "__main__":
    main()
