"""python -m tests.bench.stripe.served: simulators as processes, in requests per CPU-second of the server.

Beside them, in the same run: a bare Flask view and fixed bytes on the same server, and localstripe where `make bench`
could install it.
Only the server's own CPU time counts, whatever the client costs; machines differ, so the ratios are what to compare.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from statistics import median

import httpx
from rich.console import Console
from rich.table import Table

from mock_gateways.app import create_app

ROOT = Path(__file__).parents[3]
PEER = ROOT / "build" / "peers" / "bin" / "localstripe"
KEY, INTENTS = "sk_test_bench", "/v1/payment_intents"
PLAIN = b"amount=1000&currency=eur"
ROUNDS, CALLS, CLIENTS = 3, 3000, 4
# Requests per CPU-second of the server.
GOALS = {
    ("waitress", "create"): 5500,
    ("waitress", "get"): 7500,
    ("granian", "create"): 7000,
    ("granian", "get"): 11000,
}
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Served:
    """A server under load: its process, its port, and how long it took from start to the first answer."""

    pid: int
    port: int
    start_ms: float


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _tree(int(child))


def cpu_s(pid: int) -> float:
    """CPU seconds of a process and its children so far."""
    fields = (Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split() for one in _tree(pid))
    return sum(int(row[11]) + int(row[12]) for row in fields) / _TICKS


def memory_mb(pid: int) -> float:
    """What the processes hold by themselves; pages that they share count once for all (proportional set size)."""
    rollups = [Path(f"/proc/{one}/smaps_rollup").read_text() for one in _tree(pid)]
    return sum(int(text.partition("\nPss:")[2].split()[0]) for text in rollups) / 1024


@contextmanager
def served(*command: str) -> Iterator[Served]:
    """A server started with `{port}` filled in, once it answers."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    started = time.perf_counter()
    given = [part.format(port=port) for part in command]
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with subprocess.Popen(given, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _first_answer(port)
            yield Served(process.pid, port, (time.perf_counter() - started) * 1e3)
        finally:
            process.terminate()


def _first_answer(port: int) -> None:
    for _ in range(20_000):
        with suppress(OSError), _connected(port) as stream:
            _ask(stream, "GET", f"{INTENTS}?limit=1", b"")
            return
        time.sleep(0.001)
    raise TimeoutError(f"nobody answers on port {port}")


@contextmanager
def _connected(port: int) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as stream:
        stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        yield stream


def _ask(stream: socket.socket, method: str, path: str, body: bytes) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {KEY}\r\n"
    if body:
        head += f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
    stream.sendall(f"{head}\r\n".encode() + body)
    reply = b""
    while b"\r\n\r\n" not in reply:
        if not (part := stream.recv(65536)):
            raise ConnectionError("no answer")
        reply += part
    told, _, rest = reply.partition(b"\r\n\r\n")
    length = int(told.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    while len(rest) < length:
        rest += stream.recv(65536)
    return rest


def _load(port: int, method: str, path: str, body: bytes, calls: int) -> None:
    with _connected(port) as stream:
        for _ in range(calls):
            _ask(stream, method, path, body)


def rate(server: Served, method: str, path: str, body: bytes = b"") -> float:
    """Requests per CPU-second of the server, with a few clients at once on connections that stay open."""
    before = cpu_s(server.pid)
    share = (server.port, method, path, body, CALLS // CLIENTS)
    clients = [threading.Thread(target=_load, args=share) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return CALLS / (cpu_s(server.pid) - before)


def rates(server: Served) -> dict[str, float]:
    """Rates of creating a payment and of getting it: medians."""
    with _connected(server.port) as stream:
        name = json.loads(_ask(stream, "POST", INTENTS, PLAIN)).get("id", "none")
    return {
        "create": median(rate(server, "POST", INTENTS, PLAIN) for _ in range(ROUNDS)),
        "get": median(rate(server, "GET", f"{INTENTS}/{name}") for _ in range(ROUNDS)),
    }


def compare(table: Table) -> None:
    serve = (sys.executable, "-m", "mock_gateways", "serve", "stripe", "--log", "none", "--port", "{port}", "--server")
    for kind in ("waitress", "granian"):
        with served(*serve, kind) as ours:
            memory, mine = memory_mb(ours.pid), rates(ours)
        start = median(_start_ms(*serve, kind) for _ in range(ROUNDS))  # the one before them wrote the bytecode
        bare, alone = (_bare_rates(kind, what) for what in ("flask", "bytes"))
        for what, figure in mine.items():
            goal = GOALS[kind, what]
            ratio = f"{figure / bare[what]:.2f} of a bare view, {figure / alone[what]:.2f} of bytes alone"
            table.add_row(f"{kind}: {what}", f"{figure:,.0f} /CPU-s", f"{goal:,}", ratio)
        for what, figure in alone.items():
            table.add_row(f"{kind}: {what}, bytes alone", f"{figure:,.0f} /CPU-s", "", "nothing served can be quicker")
        table.add_row(f"{kind}: start to first answer", f"{start:.0f} ms", "300 ms", "")
        table.add_row(f"{kind}: memory, idle", f"{memory:.0f} MB", "35 MB" if kind == "waitress" else "50 MB", "")
        if kind == "waitress":
            _beside_peer(table, mine)


def _start_ms(*command: str) -> float:
    with served(*command) as server:
        return server.start_ms


def _bare_rates(server: str, kind: str) -> dict[str, float]:
    with served(sys.executable, "-m", "tests.bench.bare", server, "{port}", kind) as other:
        return rates(other)


def _beside_peer(table: Table, mine: dict[str, float]) -> None:
    if not PEER.is_file():
        table.add_row("localstripe", "not installed", "", "")
        return
    with served(str(PEER), "--port", "{port}", "--from-scratch") as peer:
        theirs = rates(peer)
    for what, figure in theirs.items():
        table.add_row(f"localstripe: {what}", f"{figure:,.0f} /CPU-s", "", f"ours {mine[what] / figure:.1f} times that")


def in_process_us() -> float:
    """Wall microseconds of a create through httpx, in process: median."""
    app = create_app("stripe")
    taken = []
    with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://mock") as client:
        headers = {"Authorization": f"Bearer {KEY}", "Content-Type": "application/x-www-form-urlencoded"}
        for _ in range(2000):
            began = time.perf_counter()
            client.post(INTENTS, content=PLAIN, headers=headers)
            taken.append((time.perf_counter() - began) * 1e6)
    return median(taken)


def webhook_ms() -> float:
    """Wall milliseconds from the answer to a create until its webhook is in the shop's hands: median."""
    arrived = threading.Event()
    moments: list[float] = []

    class Shop(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            moments.append(time.perf_counter())
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()
            arrived.set()

        def log_message(self, *_: object) -> None:
            """Say nothing: this is a benchmark."""

    with HTTPServer(("127.0.0.1", 0), Shop) as shop:
        threading.Thread(target=shop.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{shop.server_port}/"
        serve = ("-m", "mock_gateways", "serve", "stripe", "--log", "none", "--port", "{port}", "--webhook-url", url)
        with served(sys.executable, *serve) as ours, _connected(ours.port) as stream:
            taken = []
            for _ in range(30):
                arrived.clear()
                _ask(stream, "POST", INTENTS, PLAIN)
                answered = time.perf_counter()
                arrived.wait(10)
                taken.append((moments[-1] - answered) * 1e3)
        shop.shutdown()
    return median(taken)


def main() -> None:
    table = Table("measured", "figure", "goal", "ratio", title=f"Stripe served; medians of {ROUNDS} rounds")
    compare(table)
    table.add_row("create through httpx, in process", f"{in_process_us():.0f} us", "200 us", "")
    table.add_row("webhook out after the answer", f"{webhook_ms():.1f} ms", "50 ms", "")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
