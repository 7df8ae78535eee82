"""python -m tests.bench.stripe.connector: what a connector and a simulator cost in CPU time, beside one another.

Machines differ and are noisy: the ratio to the reference work of the same run is what can be compared between two runs.
"""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random
from urllib.parse import urlencode

from rich.console import Console
from rich.table import Table

from mock_gateways.app import create_app
from runtime import registry
from runtime.client import PaymentClient
from runtime.core.connector import Connector, Context
from runtime.core.messages import HttpRequest, HttpResponse
from runtime.core.money import Money
from runtime.core.payments import Authorize, Capture, Card, Refund
from runtime.core.secret import Secret
from runtime.core.vocabulary import CaptureMethod
from suites.driver import BASE_URL, SimulatorTransport

KEY = "sk_test_assaybench"
ORDER = Authorize(
    request_id="bench",
    amount=Money.of("10.00", "EUR"),
    method=Card(number=Secret("4242424242424242"), expiry_month=12, expiry_year=2034, cvc=Secret("123")),
    capture_method=CaptureMethod.MANUAL,
    return_url="https://merchant.test/return",
    reference="order-1",
)
GOALS_US = {"plain": 60, "expanded": 90}


def cpu_us(work: Callable[[], object], *, rounds: int = 7, times: int = 2000) -> float:
    """CPU microseconds of one call: the best of several rounds, with the collector off."""
    gc.disable()
    best = float("inf")
    for _ in range(rounds):
        started = time.process_time()
        for _ in range(times):
            work()
        best = min(best, time.process_time() - started)
    gc.enable()
    return best / times * 1e6


class _Recording(SimulatorTransport):
    """Remembers the last reply, as the connector got it."""

    def handle_request(self, request):
        reply = super().handle_request(request)
        self.body = reply.read()
        self.headers = tuple(reply.headers.items())
        return reply


def replies(connector: Connector, config: object) -> dict[str, HttpResponse]:
    """The simulator's reply to an authorize, with the charge expanded and without."""
    transport = _Recording(create_app(connector.gateway))
    with PaymentClient(connector, config, transport=transport, clock=lambda: 1767225600.0) as client:
        client.run(ORDER)
    expanded = json.loads(transport.body)
    plain = expanded | {"latest_charge": expanded["latest_charge"]["id"]}
    bodies = {"plain": plain, "expanded": expanded}
    return {
        name: HttpResponse(200, transport.headers, json.dumps(body, indent=2).encode()) for name, body in bodies.items()
    }


def authorize(connector: Connector, context: Context, reply: HttpResponse) -> Callable[[], object]:
    def work() -> object:
        exchange = connector.exchange(context, ORDER)
        next(exchange)
        try:
            exchange.send(reply)
        except StopIteration as done:
            return done.value
        raise AssertionError("one request, one reply")

    return work


def life(connector: Connector, config: object) -> Callable[[], object]:
    """Authorize, capture and refund through the client, in process."""
    client = PaymentClient(
        connector, config, transport=SimulatorTransport(create_app(connector.gateway)), clock=lambda: 1767225600.0
    )
    serial = iter(range(10**9))

    def work() -> object:
        number, amount = next(serial), ORDER.amount
        order = Authorize(
            request_id=f"a{number}", amount=amount, method=ORDER.method, capture_method=CaptureMethod.MANUAL
        )
        held = client.run(order)
        client.run(Capture(request_id=f"c{number}", payment_id=held.payment_id, amount=amount))
        return client.run(Refund(request_id=f"r{number}", payment_id=held.payment_id, amount=amount))

    return work


def startup_s() -> float:
    """Wall seconds from the command line to the first test: the best of three."""
    suites = str(Path(__file__).parents[3] / "suites")
    command = [sys.executable, "-m", "pytest", suites, "--connector=stripe", "--co", "-q", "-p", "no:cacheprovider"]
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        best = min(best, time.perf_counter() - started)
    return best


def main() -> None:
    connector = registry.find("stripe")
    config = connector.config(api_key=KEY, webhook_secrets=("whsec_bench",), base_url=BASE_URL)
    context = Context(config, 1767225600.0, Random(0))
    answers = replies(connector, config)
    request: HttpRequest = next(connector.exchange(context, ORDER))  # type: ignore[assignment]
    fields = [tuple(pair.split("=", 1)) for pair in request.body.decode().split("&")]
    unit = cpu_us(lambda: (urlencode(fields), json.loads(answers["plain"].body)))
    table = Table("measured", "figure", "ratio", "goal", title="CPU, best of 7 rounds; ratio to urlencode + json.loads")
    table.add_row("urlencode the request + json.loads the plain reply", f"{unit:.0f} us", "1.00", "")
    for name, reply in answers.items():
        cost = cpu_us(authorize(connector, context, reply))
        table.add_row(
            f"connector: authorize, {name} reply", f"{cost:.0f} us", f"{cost / unit:.2f}", f"<= {GOALS_US[name]} us"
        )
    story = cpu_us(life(connector, config), rounds=3, times=200)
    table.add_row("authorize + capture + refund, simulated", f"{1e6 / story:.0f} /s", f"{story / unit:.0f}", "")
    table.add_row("start-up of pytest suites, all tests collected", f"{startup_s():.2f} s", "", "<= 1 s")
    Console(width=110).print(table)


main()
