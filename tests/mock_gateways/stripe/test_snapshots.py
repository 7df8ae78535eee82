"""A snapshot is a whole tenant: after a restore the same calls get the same bytes, and the past cannot be bent."""

import pytest

from mock_gateways.core.clock import Clock
from mock_gateways.core.frozen import PARTS
from mock_gateways.core.messages import Request
from mock_gateways.core.snapshots import MOST

HOOKS = {"url": "https://shop.example/hooks", "enabled_events[]": "*"}


@pytest.fixture
def shop(merchant):
    """A tenant with something of everything: holds, refunds under way, a shopper asked, keys, faults, webhooks."""
    merchant.send("POST", "/v1/webhook_endpoints", **HOOKS)
    merchant.customer = merchant.send("POST", "/v1/customers", {"Idempotency-Key": "first"}, name="A").json["id"]
    merchant.held = merchant.hold()
    merchant.asked = merchant.pay("pm_card_authenticationRequired").json["id"]
    merchant.pending = merchant.refund(merchant.pay("pm_card_pendingRefund").json["id"]).json["id"]
    merchant.fault({"outcome": "decline:lost_card"}, nth=5)
    merchant.mock("POST", "outbox/plan", {"reorder": 2})
    return merchant


def _live(merchant):
    """A day of calls that touch all of it: every byte that was answered, and what is behind the curtain then."""
    said = [
        merchant.on(merchant.held, "capture", amount_to_capture=400),
        merchant.send("POST", "/v1/customers", {"Idempotency-Key": "first"}, name="A"),
        merchant.send("POST", "/v1/customers", {"Idempotency-Key": "first"}, name="B"),
    ]
    merchant.mock("POST", f"approvals/{merchant.asked}", {"outcome": "approve"})
    said += [merchant.pay() for _ in range(3)]
    merchant.wait(86_400)
    said += [merchant.send("GET", f"/v1/refunds/{merchant.pending}"), merchant.send("GET", "/v1/events", limit=100)]
    merchant.mock("POST", "outbox/flush")
    bytes_of = [(answer.status, answer.text, list(answer.headers)) for answer in said]
    return bytes_of, [merchant.mock("GET", part) for part in ("ledger", "clock", "journal", "faults", "outbox")]


def test_the_same_calls_after_a_restore_get_the_same_bytes(shop):
    name = shop.mock("POST", "snapshot")["snapshot"]
    first = _live(shop)
    assert {402, 200} <= {status for status, _, _ in first[0]}
    for _ in range(2):
        assert shop.mock("POST", "restore", {"snapshot": name}) == {"snapshot": name}
        assert _live(shop) == first


def test_a_restore_takes_the_money_back_to_where_it_was(shop):
    before, name = shop.mock("GET", "ledger"), shop.mock("POST", "snapshot")["snapshot"]
    _live(shop)
    assert shop.mock("GET", "ledger") != before
    shop.mock("POST", "restore", {"snapshot": name})
    assert shop.mock("GET", "ledger") == before


def test_a_snapshot_outlasts_a_reset(shop):
    name = shop.mock("POST", "snapshot")["snapshot"]
    shop.mock("POST", "reset")
    assert shop.mock("GET", "ledger") == {"payments": {}, "entries": []}
    shop.mock("POST", "restore", {"snapshot": name})
    assert shop.on(shop.held, "capture").json["amount_received"] == 1000


def test_what_falls_due_after_a_restore_falls_due_in_the_restored_world(shop):
    name = shop.mock("POST", "snapshot")["snapshot"]
    shop.mock("POST", "restore", {"snapshot": name})
    shop.wait(8 * 86_400)
    assert shop.read(shop.held)["status"] == "canceled"
    assert shop.send("GET", f"/v1/refunds/{shop.pending}").json["status"] == "succeeded"
    assert shop.ledger(shop.held) == ("10.00", "0.00", "10.00", "0.00")


def test_snapshots_are_of_moments_and_of_one_tenant(app, merchant):
    names = []
    for _ in range(3):
        names.append(merchant.mock("POST", "snapshot")["snapshot"])
        merchant.pay()
    for count, name in enumerate(names):
        merchant.mock("POST", "restore", {"snapshot": name})
        assert len(merchant.mock("GET", "ledger")["payments"]) == count
    other = type(merchant)(app, f"{merchant.key}_other")
    reply = other.client.post(f"/_mock/tenants/{other.tenant}/restore", json={"snapshot": names[0]})
    assert reply.status_code == 404


def test_only_the_last_snapshots_are_kept(merchant):
    first, *others = [merchant.mock("POST", "snapshot")["snapshot"] for _ in range(MOST + 1)]
    path = f"/_mock/tenants/{merchant.tenant}/restore"
    assert merchant.client.post(path, json={"snapshot": first}).status_code == 404
    assert all(merchant.client.post(path, json={"snapshot": name}).status_code == 200 for name in others)


def test_everything_that_a_reset_begins_anew_is_in_a_snapshot(app, merchant):
    world = app.extensions["mock_gateways"].tenants.find(merchant.tenant)
    before = dict(vars(world))
    world.reset()
    renewed = {name for name, value in vars(world).items() if value is not before[name]}
    assert renewed - {"request", "era"} == set(PARTS)


def test_a_closure_cannot_be_scheduled():
    def remember(kept=None):
        return lambda: kept

    with pytest.raises(TypeError, match="closure"):
        Clock().schedule(1, remember([]))


def test_a_key_that_was_in_use_then_is_free_after_a_restore(app, merchant):
    world = app.extensions["mock_gateways"].tenants.find(merchant.tenant)
    slow = Request("POST", "/v1/customers", "", {}, b"", "")
    world.keys.begin("k", slow, world.clock.now())
    name = merchant.mock("POST", "snapshot")["snapshot"]
    assert merchant.send("POST", "/v1/customers", {"Idempotency-Key": "k"}).status == 409
    merchant.mock("POST", "restore", {"snapshot": name})
    assert merchant.send("POST", "/v1/customers", {"Idempotency-Key": "k"}).status == 200
