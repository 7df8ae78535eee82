"""Random stories: whatever is asked in whatever order, no money appears and none is lost."""

import itertools
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_gateways.core.ledger import Imbalance, Ledger, Movement
from mock_gateways.core.shelf import Shelf, Window
from tests.mock_gateways.conftest import Merchant

KEYS = itertools.count()
STEPS = st.one_of(
    st.tuples(st.just("capture"), st.integers(1, 1500), st.booleans()),
    st.tuples(st.just("refund"), st.integers(1, 1500), st.booleans()),
    st.tuples(st.just("cancel"), st.just(0), st.booleans()),
    st.tuples(st.just("confirm"), st.just(0), st.booleans()),
    st.tuples(st.just("wait"), st.sampled_from([10, 100, 700_000]), st.booleans()),
    st.tuples(st.just("approve"), st.just(0), st.booleans()),
)
CARDS = st.sampled_from(
    [
        "pm_card_visa",
        "pm_card_pendingRefund",
        "pm_card_refundFail",
        "pm_card_visa_chargeDeclined",
        "pm_card_threeDSecure2Required",
    ]
)
STORIES = settings(
    max_examples=120, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def _take(merchant, payment, step):
    name, amount, flag = step
    if name == "capture":
        merchant.on(payment, "capture", amount_to_capture=amount, final_capture=str(flag).lower())
    elif name == "refund":
        merchant.refund(payment, **({"amount": amount} if flag else {}))
    elif name == "wait":
        merchant.wait(amount)
    elif name == "approve":
        path = f"/_mock/tenants/{merchant.tenant}/approvals/{payment}"
        merchant.client.post(path, json={"outcome": "approve" if flag else "fail"})
    else:
        merchant.on(payment, name, **({"payment_method": "pm_card_visa"} if name == "confirm" else {}))


@STORIES
@given(CARDS, st.sampled_from(["manual", "automatic"]), st.lists(STEPS, max_size=8))
def test_the_ledger_balances_after_any_story(app, card, capture_method, steps):
    merchant = Merchant(app, f"sk_test_story_{next(KEYS)}")
    option = {"payment_method_options__card__request_multicapture": "if_available"}
    begun = merchant.pay(card, capture_method=capture_method, **option).json
    payment = begun.get("id") or begun["error"]["payment_intent"]["id"]
    for step in steps:
        _take(merchant, payment, step)
        _check(merchant, payment)


def _check(merchant, payment):
    authorised, captured, released, refunded = map(Decimal, merchant.ledger(payment))
    assert 0 <= captured + released <= authorised
    assert 0 <= refunded <= captured
    intent = merchant.read(payment)
    assert Decimal(intent["amount_received"]) / 100 == captured
    assert Decimal(intent["amount_capturable"]) / 100 == (authorised - captured - released)
    accounts = {}
    for entry in merchant.mock("GET", "ledger")["entries"]:
        accounts[entry["debit"]] = accounts.get(entry["debit"], 0) - Decimal(entry["amount"])
        accounts[entry["credit"]] = accounts.get(entry["credit"], 0) + Decimal(entry["amount"])
    assert sum(accounts.values()) == 0
    assert accounts.get("merchant", 0) + accounts.get("refunds_in_flight", 0) == captured - refunded
    assert accounts.get("held", 0) == authorised - captured - released


@pytest.mark.parametrize(
    "movements",
    [
        [(Movement.CAPTURE, 1)],
        [(Movement.AUTHORISE, 5), (Movement.CAPTURE, 6)],
        [(Movement.AUTHORISE, 5), (Movement.CAPTURE, 3), (Movement.RELEASE, 3)],
        [(Movement.AUTHORISE, 5), (Movement.CAPTURE, 3), (Movement.REFUND, 4)],
        [(Movement.AUTHORISE, 5), (Movement.CAPTURE, 3), (Movement.REFUND_START, 2), (Movement.REFUND, 2)],
        [(Movement.AUTHORISE, 5), (Movement.REFUND_REVERSAL, 1)],
        [(Movement.AUTHORISE, 0)],
        [(Movement.AUTHORISE, -1)],
    ],
)
def test_a_posting_that_would_make_money_is_refused_and_changes_nothing(movements):
    ledger = Ledger()
    ledger.open("p", "eur", 2)
    for movement, amount in movements[:-1]:
        ledger.post(0, "p", movement, amount)
    before = (list(ledger.postings), str(ledger.payments["p"]))
    with pytest.raises(Imbalance):
        ledger.post(0, "p", *movements[-1])
    assert (ledger.postings, str(ledger.payments["p"])) == before


def test_a_payment_with_postings_keeps_its_currency():
    ledger = Ledger()
    ledger.open("p", "eur", 2)
    ledger.open("p", "usd", 2)
    ledger.post(0, "p", Movement.AUTHORISE, 1)
    with pytest.raises(Imbalance):
        ledger.open("p", "jpy", 0)


@STORIES
@given(st.lists(st.booleans(), max_size=30), st.integers(1, 10), st.data())
def test_pages_of_a_shelf_are_the_pages_of_a_list(kept, limit, data):
    shelf, alive = Shelf("colour"), []
    for number, stays in enumerate(kept):
        name = f"o{number}"
        shelf.add(name, number // 3, number, {"colour": "red"})
        if stays:
            alive.append(number)
        else:
            shelf.remove(name)
    newest = alive[::-1]
    cursor = data.draw(st.sampled_from(newest)) if newest else None
    after = [n for n in newest if cursor is None or n < cursor]
    before = [n for n in newest if cursor is not None and n > cursor]
    name = None if cursor is None else f"o{cursor}"
    assert shelf.page(Window(limit, after=name)) == (after[:limit], len(after) > limit)
    assert shelf.page(Window(limit, after=name), ("colour", "red"))[0] == after[:limit]
    if name:
        assert shelf.page(Window(limit, before=name)) == (before[-limit:], len(before) > limit)
    recent = [n for n in newest if 2 <= n // 3 <= 4]
    assert shelf.page(Window(100, earliest=2, latest=4)) == (recent, False)
