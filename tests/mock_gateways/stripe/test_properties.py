"""Random stories: whatever is asked in whatever order, no money appears and none is lost."""

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from random import Random
from urllib.parse import urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_gateways.app import create_app, service_of
from mock_gateways.core.frozen import freeze
from mock_gateways.core.ledger import Imbalance, Ledger, Movement
from mock_gateways.core.messages import Request
from mock_gateways.core.shelf import Shelf, Window
from tests.mock_gateways.stripe.conftest import Merchant

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
    max_examples=200, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
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


def _seeded(random, call):
    """One story on the model: payments begun, captured, voided, refunded, decided, waited for, in any order."""
    payments = []
    for _ in range(random.randrange(2, 6)):
        if not payments or random.random() < 0.3:
            way = {**SALE, **random.choice(WAYS), "amount": random.choice(AMOUNTS[:-1])}
            payments.append(_id(call("POST", "/v1/payment_intents", way)))
            continue
        path, fields = random.choice(ACTIONS)
        amount = {name: random.choice(AMOUNTS) for name in fields if name.startswith("amount")}
        payment = random.choice(payments)
        named = {name: payment for name in fields if name == "payment_intent"}
        call("POST", path.format(payment), {**amount, **named})


def _id(reply):
    """The id of the payment, or of the one inside a decline: the first that stands in the reply as such."""
    return re.search(rb'"id":"(pi_[A-Za-z0-9]+)"', reply)[1].decode()


SALE = {"currency": "eur", "confirm": "true"}
AMOUNTS = (1000, 999, 500, 2500, 1)  # the last is too little to begin with
WAYS = [
    {"payment_method": card, "capture_method": mode}
    for card in ("pm_card_visa", "pm_card_pendingRefund", "pm_card_refundFail", "pm_card_visa_chargeDeclined")
    for mode in ("manual", "automatic")
]
ACTIONS = [
    ("/v1/payment_intents/{}/capture", ("amount_to_capture",)),
    ("/v1/payment_intents/{}/capture", ()),
    ("/v1/payment_intents/{}/cancel", ()),
    ("/v1/refunds", ("payment_intent", "amount")),
    ("/v1/refunds", ("payment_intent",)),
]


def _model(service, key):
    """Calls of one key, straight to the service: no framework, no sockets, no client."""
    headers = {"authorization": f"Bearer {key}", "content-type": "application/x-www-form-urlencoded"}

    def call(method, path, fields):
        route, ids = service.table.find(method, path)
        request = Request(method, path, "", headers, urlencode(fields).encode(), "http://mock")
        return service.answer(request, route, ids).body()

    return call


def _violations(world):
    """What cannot be true of a ledger, counted from its postings alone."""
    found, totals, accounts = 0, {}, {}
    for posting in world.ledger.postings:
        row = totals.setdefault(
            posting.payment, dict.fromkeys(("authorise", "capture", "release", "refund"), Decimal(0))
        )
        sign = -1 if posting.movement.kind == "refund_reversal" else 1
        kind = {"refund_reversal": "refund", "refund_finish": "refund"}.get(
            posting.movement.kind, posting.movement.kind
        )
        if kind in row:
            row[kind] += sign * posting.amount
        for account, way in ((posting.movement.debit, -1), (posting.movement.credit, 1)):
            accounts[account] = accounts.get(account, 0) + way * posting.amount
        found += row["capture"] + row["release"] > row["authorise"] or not 0 <= row["refund"] <= row["capture"]
    return found + (sum(accounts.values()) != 0)


def test_ten_thousand_seeded_stories_break_no_ledger():
    random, service = Random(20261121), service_of(create_app("stripe"))
    for tenant in range(100):
        call = _model(service, f"sk_test_seeded_{tenant}")
        for _ in range(100):
            _seeded(random, call)
    worlds = service.tenants.all()
    assert [_violations(world) for world in worlds] == [0] * 100
    assert sum(len(world.ledger.postings) for world in worlds) > 10_000, "money did move"


def test_eight_threads_on_one_tenant_break_no_ledger():
    service = service_of(create_app("stripe"))
    call = _model(service, "sk_test_crowd")
    paid = _id(call("POST", "/v1/payment_intents", {**SALE, "amount": 1000, "payment_method": "pm_card_visa"}))

    def crowd(seed):
        random = Random(seed)
        for _ in range(60):
            _seeded(random, call)
            call("POST", "/v1/refunds", {"payment_intent": paid, "amount": 7})

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(crowd, range(8)))
    (world,) = service.tenants.all()
    assert _violations(world) == 0
    assert world.ledger.payments[paid].refunded == Decimal("9.94"), "142 of 480 refunds of 0.07 fit into 10.00"


def test_one_seed_gives_the_same_bytes_over_a_thousand_calls():
    def transcript():
        service, said = service_of(create_app("stripe", seed=11)), []
        call = _model(service, "sk_test_twice")

        def noted(*asked):
            said.append(call(*asked))
            return said[-1]

        random = Random(11)
        while len(said) < 1000:
            _seeded(random, noted)
        return said, freeze(service.tenants.all()[0], ("ledger", "store", "journal"))

    first, second = transcript(), transcript()
    assert first == second


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
    ledger.open(0, "p", "eur", 2)
    for movement, amount in movements[:-1]:
        ledger.post(0, "p", movement, amount)
    before = (list(ledger.postings), str(ledger.payments["p"]))
    with pytest.raises(Imbalance):
        ledger.post(0, "p", *movements[-1])
    assert (ledger.postings, str(ledger.payments["p"])) == before


def test_a_payment_with_postings_keeps_its_currency():
    ledger = Ledger()
    ledger.open(0, "p", "eur", 2)
    ledger.open(0, "p", "usd", 2)
    ledger.post(0, "p", Movement.AUTHORISE, 1)
    with pytest.raises(Imbalance):
        ledger.open(0, "p", "jpy", 0)


def test_a_payment_is_as_old_as_its_first_name_whatever_its_currency_becomes():
    ledger = Ledger()
    ledger.open(7, "p", "eur", 2)
    ledger.open(9, "p", "jpy", 0)
    assert (ledger.payments["p"].opened, ledger.payments["p"].currency) == (7, "JPY")


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
