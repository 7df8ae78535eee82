"""Stripe's own library, recorded: what it said becomes contracts that hold wherever a contract is used."""

import pytest
import stripe

from contracts.format import Source
from contracts.replay import Replay
from tests.contracts.held import holds_everywhere, recorded
from tests.contracts.served import endpoint, free_port, posted, served

KEY = "sk_test_recorded0000000000000000"
SALE = {"amount": 1000, "currency": "eur", "confirm": True, "payment_method": "pm_card_visa"}


def _sdk(url):
    addresses = dict.fromkeys(("api", "files", "connect", "meter_events"), url)
    return stripe.StripeClient(KEY, base_addresses=addresses, http_client=stripe.UrllibClient()).v1


def _sells(client):
    paid = client.payment_intents.create(SALE)
    return [client.payment_intents.retrieve(paid.id)]


def _holds_captures_refunds(client):
    held = client.payment_intents.create({**SALE, "capture_method": "manual"})
    taken = client.payment_intents.capture(held.id, {"amount_to_capture": 700})
    return [held, taken, client.refunds.create({"payment_intent": held.id, "amount": 300})]


@pytest.fixture
def session(start, gateway, tmp_path):
    """A sale with its webhooks, and a hold that is captured and refunded in part."""
    tenant = posted(f"{gateway}/_mock/tenants", {"credential": KEY})["id"]
    port = free_port()
    listening = {"url": f"http://127.0.0.1:{port}/webhooks", "events": ["*"]}
    secret = posted(f"{gateway}/_mock/tenants/{tenant}/webhooks", listening)["secret"]
    with endpoint() as (merchant, taken):
        recorder = start(
            "stripe", "--upstream", gateway, "--out", tmp_path, "--merchant", merchant, "--hook-port", port,
            listeners=2, STRIPE_SECRET_KEY=KEY, STRIPE_WEBHOOK_SECRET=secret,
        )  # fmt: skip
        client = _sdk(recorder.url)
        recorder.announce(flow="sale", title="A sale")
        _sells(client)
        heard = [taken.get(timeout=20).told["type"] for _ in range(3)]
        recorder.announce(flow="capture", title="A hold, captured in part, refunded in part")
        _holds_captures_refunds(client)
        code, told = recorder.ends()
    assert code == 0, told
    return heard, recorded(tmp_path, "stripe")


def test_it_becomes_contracts_that_replay_verify_and_pass_pacts_verifier(session, tmp_path):
    heard, contracts = session
    assert contracts.keys() == {"sale", "capture"}
    assert [step.id for step in contracts["sale"].http_steps] == ["payment_intents", "payment_intents_2"]
    told = {f"told_{kind}".replace(".", "_") for kind in heard}
    assert {step.id for step in contracts["sale"].webhook_steps} == told
    assert {contract.provenance.source for contract in contracts.values()} == {Source.SIMULATOR}
    assert KEY not in "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert holds_everywhere("stripe", tmp_path, tmp_path) == 5


def test_the_library_cannot_tell_its_replay_from_the_gateway(session):
    _, contracts = session
    replay = Replay(contracts.values())
    with served(replay) as url:
        (paid,) = _sells(_sdk(url))
        held, taken, returned = _holds_captures_refunds(_sdk(url))
    replay.check()
    assert (paid.status, paid.amount_received) == ("succeeded", 1000)
    assert (held.status, taken.status, taken.amount_received) == ("requires_capture", "succeeded", 700)
    assert (returned.status, returned.amount, returned.payment_intent) == ("succeeded", 300, held.id)
