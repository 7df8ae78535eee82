"""python -m tests.bench.stripe.simulator: what the simulator of Stripe costs, beside a bare Flask view in the same run.

The calls go straight to the WSGI application, so that neither a server nor a client is measured. Machines differ and
are noisy: the ratio to the bare view of the same round is what can be compared between two runs.
"""

import gc
import io
import json
import threading
import time
from collections.abc import Callable
from statistics import median

from flask import Flask, Response
from rich.console import Console
from rich.table import Table

from mock_gateways.app import create_app

KEY, FORM = "sk_test_bench", "application/x-www-form-urlencoded"
INTENTS = "/v1/payment_intents"
SALE = b"amount=1000&currency=eur&confirm=true&payment_method=pm_card_visa"
PLAIN = b"amount=1000&currency=eur"
ROUNDS, CALLS, FEW, MANY, RESET, THREADS, CHANGES = 3, 2000, 100, 5000, 10_000, 8, 250


class Caller:
    """One key's calls to a WSGI application, without anything around them."""

    def __init__(self, app: Flask, key: str = KEY) -> None:
        self.app, self.key = app, key

    def __call__(self, method: str, path: str, body: bytes = b"") -> bytes:
        environ = {
            "REQUEST_METHOD": method,
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "CONTENT_TYPE": FORM,
            "CONTENT_LENGTH": str(len(body)),
            "SERVER_NAME": "bench",
            "SERVER_PORT": "80",
            "HTTP_HOST": "bench",
            "HTTP_AUTHORIZATION": f"Bearer {self.key}",
            "wsgi.input": io.BytesIO(body),
            "wsgi.url_scheme": "http",
        }
        return b"".join(self.app.wsgi_app(environ, lambda *_: None))

    def made(self, body: bytes = PLAIN) -> str:
        return str(json.loads(self("POST", INTENTS, body))["id"])

    def mock(self, method: str, path: str) -> bytes:
        tenant = json.loads(self("POST", "/_mock/tenants", json.dumps({"credential": self.key}).encode()))["id"]
        return self(method, f"/_mock/tenants/{tenant}/{path}")


def bare(reply: bytes) -> Caller:
    """A Flask application whose views answer these bytes, and do nothing else."""
    app = Flask("bare")

    @app.route(INTENTS, methods=["POST"])
    @app.route(f"{INTENTS}/<name>", methods=["GET"])
    def view(name: str = "") -> Response:
        return Response(reply, mimetype="application/json")

    return Caller(app)


def per_cpu_second(work: Callable[[], object], calls: int = CALLS) -> float:
    """Calls per CPU second, with the collector off."""
    gc.collect()
    gc.disable()
    started = time.process_time()
    for _ in range(calls):
        work()
    taken = time.process_time() - started
    gc.enable()
    return calls / taken


def beside(work: Callable[[], object], other: Callable[[], object]) -> tuple[float, float]:
    """The rate of some work, and its ratio to that of other work: medians of rounds in which both take turns."""
    rounds = [(per_cpu_second(work), per_cpu_second(other)) for _ in range(ROUNDS)]
    return median(rate for rate, _ in rounds), median(rate / against for rate, against in rounds)


def creates(body: bytes) -> tuple[float, float]:
    caller = Caller(create_app("stripe"))
    view = bare(caller("POST", INTENTS, body))
    return beside(lambda: caller("POST", INTENTS, body), lambda: view("POST", INTENTS, body))


def gets() -> tuple[float, float]:
    caller = Caller(create_app("stripe"))
    path = f"{INTENTS}/{caller.made(SALE)}"
    view = bare(caller("GET", path))
    return beside(lambda: caller("GET", path), lambda: view("GET", path))


def growth() -> float:
    """How many times longer a get takes when there are many objects than when there are few."""
    crowds = []
    for count in (FEW, MANY):
        caller = Caller(create_app("stripe"))
        crowds.append((caller, [f"{INTENTS}/{caller.made()}" for _ in range(count)]))
    (small, few), (large, many) = crowds
    serials = [iter(range(10**9)) for _ in crowds]
    _, ratio = beside(
        lambda: small("GET", few[next(serials[0]) % FEW]), lambda: large("GET", many[next(serials[1]) * 7 % MANY])
    )
    return ratio


def reset_ms() -> float:
    """Wall milliseconds to reset a tenant with many objects: the median of several."""
    taken = []
    for _ in range(ROUNDS):
        caller = Caller(create_app("stripe"))
        for _ in range(RESET):
            caller("POST", INTENTS, PLAIN)
        started = time.perf_counter()
        caller.mock("POST", "reset")
        taken.append((time.perf_counter() - started) * 1e3)
    return median(taken)


def lost_updates() -> tuple[int, int]:
    """Updates, made by threads with a tenant each, that left no trace; and how many there were.

    Every update sets a metadata key of its own, and another thread's keys would show as well.
    """
    app = create_app("stripe")
    shops = [Caller(app, f"{KEY}{number}") for number in range(THREADS)]
    found: list[int] = []
    threads = [threading.Thread(target=_update, args=(shop, found)) for shop in shops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return THREADS * CHANGES - sum(found), THREADS * CHANGES


def _update(shop: Caller, found: list[int]) -> None:
    for first in range(0, CHANGES, 50):
        path = f"{INTENTS}/{shop.made()}"
        wanted = {f"k{number}": shop.key for number in range(first, first + 50)}
        for name, value in wanted.items():
            shop("POST", path, f"metadata[{name}]={value}".encode())
        kept = json.loads(shop("GET", path))["metadata"]
        found.append(len(wanted.items() & kept.items()))


def main() -> None:
    table = Table("measured", "figure", "ratio", title=f"Stripe, direct WSGI calls; medians of {ROUNDS} rounds")
    for name, (rate, ratio) in {
        "create": creates(PLAIN),
        "create and confirm, with charge and ledger": creates(SALE),
        "get": gets(),
    }.items():
        table.add_row(f"{name}; ratio to a bare Flask view", f"{rate:,.0f} /CPU-s", f"{ratio:.2f}")
    table.add_row(f"get with {MANY:,} objects, against {FEW}", "", f"{growth():.2f}")
    table.add_row(f"reset of a tenant with {RESET:,} objects", f"{reset_ms():.2f} ms", "")
    lost, updates = lost_updates()
    table.add_row(f"lost of {updates:,} updates, {THREADS} threads on {THREADS} tenants", str(lost), "")
    Console(width=110).print(table)


if __name__ == "__main__":
    main()
