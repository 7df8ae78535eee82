"""Tenants that outlast a process, and tenants that several processes share."""

import http.client
import json
import pickle
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
import stripe

from mock_gateways.app import create_app, service_of
from mock_gateways.core.frozen import Unfit, freeze, thaw
from mock_gateways.core.store import StoreFailure
from mock_gateways.stores import open_store
from tests.mock_gateways.stripe.conftest import Merchant
from tests.mock_gateways.stripe.test_serving import (  # noqa: F401 - fixtures among them
    KEY,
    ROOT,
    SALE,
    _call,
    _command,
    _serving,
    _tenant,
    shop,
    twin,
)
from tests.programs import program

INTENTS = "/v1/payment_intents"


@pytest.fixture
def redis(tmp_path):
    """The address of a Redis that nobody else uses."""
    binary = program("redis-server", package="redis-server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    with subprocess.Popen([binary, *options], stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if "Ready to accept connections" in line:
                break
        yield f"redis://127.0.0.1:{port}/0"
        process.terminate()


@contextmanager
def _two(store, *options):
    """Two processes that share a store, each with a port of its own."""
    options = ("--port", "0", "--store", store, *options)
    with _serving("stripe", *options) as first, _serving("stripe", *options) as second:
        yield first.urls[0], second.urls[0]


def _kept(base):
    return _call(f"{base}{INTENTS}?limit=100")[1]["data"]


# -- a file


def test_tenants_in_a_file_outlast_the_process(tmp_path):
    store = f"sqlite:{tmp_path}/state.db"
    with _serving("stripe", "--port", "0", "--store", store) as served:
        paid = _call(f"{served.urls[0]}{INTENTS}", "POST", SALE)[1]
        ledger = _call(f"{served.urls[0]}/_mock/tenants/{_tenant(served.urls[0])}/ledger")
        assert served.stop() == "stopped; left: nothing"
    with _serving("stripe", "--port", "0", "--store", store) as served:
        assert _call(f"{served.urls[0]}{INTENTS}/{paid['id']}")[1] == paid
        assert _call(f"{served.urls[0]}/_mock/tenants/{_tenant(served.urls[0])}/ledger") == ledger
        other = _call(f"{served.urls[0]}{INTENTS}", "POST", SALE)[1]["id"]
        assert other != paid["id"], "ids go on from where they were"
    assert (tmp_path / "state.stripe.db").exists()


def test_what_was_saved_outlasts_a_process_that_is_killed(tmp_path):
    store = f"sqlite:{tmp_path}/state.db"
    with _serving("stripe", "--port", "0", "--store", store) as served:
        written = tmp_path / "state.stripe.db"
        empty = written.stat().st_mtime_ns
        paid = _call(f"{served.urls[0]}{INTENTS}", "POST", SALE)[1]
        deadline = time.monotonic() + 10
        journal = tmp_path / "state.stripe.db-journal"
        while (written.stat().st_mtime_ns == empty or journal.stat().st_size) and time.monotonic() < deadline:
            pass
        served.process.kill()
        served.process.wait()
    with _serving("stripe", "--port", "0", "--store", store) as served:
        assert _call(f"{served.urls[0]}{INTENTS}/{paid['id']}")[1] == paid


def test_a_file_serves_one_process_and_one_seed(tmp_path):
    path = f"{tmp_path}/state.db"
    first = open_store(f"sqlite:{path}", "stripe", "seed 0")
    with pytest.raises(StoreFailure, match="is another simulator using it"):
        open_store(f"sqlite:{path}", "stripe", "seed 0")
    first.close()
    with pytest.raises(StoreFailure, match="holds tenants of seed 0, not of seed 1"):
        open_store(f"sqlite:{path}", "stripe", "seed 1")


@pytest.mark.parametrize("address", ["postgres:x", "sqlite:", "sqlite", "redis://127.0.0.1:1/0", "redis://host:port/0"])
def test_a_store_that_cannot_be_used_is_named(address):
    with pytest.raises(StoreFailure, match=r"--store must be|127\.0\.0\.1:1|host:port"):
        open_store(address, "stripe", "seed 0")


def test_a_state_that_would_run_something_is_refused():
    world = service_of(Merchant(create_app("stripe"), "sk_test_unfit").app).tenants.all()[0]

    class Evil:
        def __reduce__(self):
            return print, ("run",)

    for state in (pickle.dumps({"clock": Evil()}), b"not a state", freeze(world)[:-20]):
        with pytest.raises(Unfit):
            thaw(world, state)


def test_a_kept_tenant_holds_no_key_no_code_and_no_card_but_published_test_cards():
    merchant = Merchant(create_app("stripe"), "sk_test_" + "secret" * 5)
    card = {"payment_method_data__type": "card", "payment_method_data__card__cvc": "913"}
    expiry = {"payment_method_data__card__exp_month": 12, "payment_method_data__card__exp_year": 2034}
    for number in ("4242424242424242", "4111111111111112"):
        given = {**card, **expiry, "payment_method_data__card__number": number}
        merchant.send("POST", INTENTS, amount=1000, currency="eur", confirm="true", **given)
    state = freeze(service_of(merchant.app).tenants.find(merchant.tenant))
    for hidden in (b"4111111111111112", b"913", merchant.key.encode()):
        assert hidden not in state


# -- Redis


def test_two_processes_on_one_redis_are_one_gateway(redis):
    with _two(redis) as (one, other):
        paid = _call(f"{one}{INTENTS}", "POST", SALE)[1]
        assert _call(f"{other}{INTENTS}/{paid['id']}")[1] == paid
        refund = _call(f"{other}/v1/refunds", "POST", urlencode({"payment_intent": paid["id"]}))[1]
        assert _call(f"{one}/v1/refunds/{refund['id']}")[1]["amount"] == 1000
        again = _call(f"{one}/v1/refunds", "POST", urlencode({"payment_intent": paid["id"]}))
        assert again[0] == 400, "what one returned, the other cannot return again"
        ledgers = [_call(f"{base}/_mock/tenants/{_tenant(base)}/ledger")[1] for base in (one, other)]
        assert ledgers[0] == ledgers[1]
        assert ledgers[0]["payments"][paid["id"]]["refunded"] == "10.00"


def test_tenants_in_redis_outlast_every_process(redis):
    with _two(redis) as (one, _):
        paid = _call(f"{one}{INTENTS}", "POST", SALE)[1]
    with _serving("stripe", "--port", "0", "--store", redis) as served:
        assert _call(f"{served.urls[0]}{INTENTS}/{paid['id']}")[1] == paid
        assert len(_call(f"{served.urls[0]}/_mock/tenants")[1]["tenants"]) == 1


def test_a_key_used_at_one_process_is_known_at_the_other(redis):
    headers = {"Authorization": f"Bearer {KEY}", "Idempotency-Key": "order-1"}
    headers["Content-Type"] = "application/x-www-form-urlencoded"
    with _two(redis) as bases:
        replies = [_call(f"{base}{INTENTS}", "POST", SALE, headers) for base in bases]
        assert replies[0] == replies[1]
        assert len(_kept(bases[0])) == 1


def test_eight_threads_at_two_processes_lose_nothing_and_double_nothing(redis):
    with _two(redis) as bases:
        intent = _call(f"{bases[0]}{INTENTS}", "POST", "amount=1000&currency=eur")[1]["id"]

        def note(number):
            return _call(f"{bases[number % 2]}{INTENTS}/{intent}", "POST", f"metadata[k{number}]=v")[0]

        with ThreadPoolExecutor(8) as pool:
            assert set(pool.map(note, range(48))) == {200}
        assert len(_call(f"{bases[1]}{INTENTS}/{intent}")[1]["metadata"]) == 48


def test_a_webhook_of_a_shared_tenant_is_sent_once(redis, shop):  # noqa: F811 - the fixture
    url, received = shop
    with _two(redis, "--webhook-url", url) as bases:
        for number in range(6):
            _call(f"{bases[number % 2]}/v1/customers", "POST")
        for base in bases:
            _call(f"{base}/_mock/tenants/{_tenant(base)}/outbox/flush", "POST", "{}")
        states = _call(f"{bases[0]}/_mock/tenants/{_tenant(bases[0])}/outbox")[1]["deliveries"]
    assert [d["state"] for d in states] == ["delivered"] * 6
    assert len({body for _, body in received}) == len(received) == 6


def test_one_redis_holds_tenants_of_one_seed(redis):
    with _serving("stripe", "--port", "0", "--store", redis):
        pass
    with pytest.raises(StoreFailure, match=r"seed 0, wall clock, not of .*seed 1"):
        create_app("stripe", seed=1, clock="wall", store=redis)


# -- granian


def test_the_official_library_passes_with_two_workers_on_redis(redis):
    with _serving("stripe", "--port", "0", "--server", "granian", "--workers", "2", "--store", redis) as served:
        base = served.urls[0]
        addresses = {"api": base, "files": base, "connect": base, "meter_events": base}
        client = stripe.StripeClient(KEY, base_addresses=addresses)
        sale = {"amount": 1000, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}
        paid = [client.v1.payment_intents.create(sale, {"idempotency_key": f"k{n % 4}"}) for n in range(12)]
        assert len({intent.id for intent in paid}) == 4
        for intent in {intent.id for intent in paid}:
            client.v1.refunds.create({"payment_intent": intent})
            assert client.v1.payment_intents.retrieve(intent, {"expand": ["latest_charge"]}).latest_charge.refunded
        with pytest.raises(stripe.CardError):
            client.v1.payment_intents.create({**sale, "payment_method": "pm_card_visa_chargeDeclined"})
        journal = _call(f"{base}/_mock/tenants/{_tenant(base)}/journal")[1]["exchanges"]
        assert [entry["sequence"] for entry in journal] == list(range(1, 22)), "one journal, whoever answered"


def test_on_granian_a_cut_connection_has_no_answer_and_the_money_moved():
    with _serving("stripe", "--port", "0", "--server", "granian") as served:
        base = served.urls[0]
        fault = {"route": f"POST {INTENTS}", "effect": {"timeout": "after"}}
        _call(f"{base}/_mock/tenants/{_tenant(base)}/faults", "POST", json.dumps(fault))
        with pytest.raises((http.client.HTTPException, OSError)):
            _call(f"{base}{INTENTS}", "POST", SALE)
        assert [intent["amount_received"] for intent in _kept(base)] == [1000]


def test_granian_delivers_what_is_pending_before_it_stops(shop):  # noqa: F811 - the fixture
    url, received = shop
    with _serving("stripe", "--port", "0", "--server", "granian", "--webhook-url", url) as served:
        for _ in range(5):
            _call(f"{served.urls[0]}/v1/customers", "POST")
        assert served.stop() == "stopped"
    assert len(received) == 5


def test_granian_workers_end_with_the_process_that_started_them():
    with _serving("stripe", "--port", "0", "--server", "granian") as served:
        served.process.kill()
        served.process.communicate(timeout=60)  # a worker holds the other end of its pipes for as long as it lives
    with pytest.raises(OSError):  # noqa: PT011 - refused, or reset: nobody listens
        _call(f"{served.urls[0]}/_mock/health")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--workers", "2"], "several workers need --server granian"),
        (["--server", "granian", "--workers", "2"], "a store they share"),
        (["--server", "granian", "--ports", "0,0"], "granian serves one port"),
        (["--store", "nowhere"], "--store must be"),
    ],
)
def test_a_server_that_cannot_be_is_one_line_and_exit_2(options, says, twin):  # noqa: F811 - the fixture
    path = twin if "--ports" in options else ROOT
    gateways = ["stripe", "twin"] if "--ports" in options else ["stripe"]
    env = {"PYTHONPATH": f"{ROOT}:{path}"}
    done = subprocess.run(_command(*gateways, *options), env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr
