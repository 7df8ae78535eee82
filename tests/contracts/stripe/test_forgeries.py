"""A recorded delivery is signed now, as Stripe says that it is verified by hand, and its forgeries are not believed."""

import hashlib
import hmac
import json

from contracts.replay import Replay
from contracts.verify import WsgiUpstream, verify
from tests.contracts.samples import CAPTURE, CREATE, TOLD, contract

SECRET, NOW = "whsec_replay", 1_800_000_000
CARDS = {"card.visa.pan": "4242424242424242", "card.visa.last4": "4242"}


def _holds(delivery):
    # docs.stripe.com/webhooks/signature, "verify manually"
    parts = dict(part.split("=") for part in dict(delivery.headers).get("stripe-signature", "t=0,v1=").split(","))
    expected = hmac.new(SECRET.encode(), f"{parts['t']}.".encode() + delivery.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, parts["v1"]) and abs(NOW - int(parts["t"])) <= 300


def test_of_a_delivery_and_its_five_forgeries_only_the_genuine_holds():
    signed = TOLD | {"signature": {"scheme": "stripe_v1", "verified_at_record": True}}
    made = contract(CREATE, CAPTURE, signed, cards=[])
    replay = Replay([made], given=CARDS, now=lambda: float(NOW))
    verdict = verify(made, WsgiUpstream(replay), given=CARDS, environment={})
    genuine, *forged = replay.deliveries(replay.sessions[0], SECRET, forged=True)
    assert json.loads(genuine.body)["data"]["id"] == verdict.values["create.id"]
    assert _holds(genuine)
    assert [row.variant for row in forged] == ["wrong key", "altered body", "unsigned", "duplicate", "stale"]
    assert [_holds(row) for row in forged] == [False, False, False, True, False]
