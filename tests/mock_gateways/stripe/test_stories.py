"""Random stories of payments by every method, disputes, refunds, decisions and time: the books always agree.

What a reply says was received is what the ledger captured, what disputes hold is what it says is disputed, and no call
ever ends in a failure of the simulator's own.
"""

from decimal import Decimal
from random import Random

import pytest

from tests.mock_gateways.stripe.test_methods import ACTIONS, pay_by
from tests.mock_gateways.stripe.test_setups import ACCEPTED, ACH, SEPA

CARDS = [
    "pm_card_visa",
    "pm_card_visa_chargeDeclined",
    "pm_card_threeDSecure2Required",
    "pm_card_createDispute",
    "pm_card_createDisputeInquiry",
    "pm_card_createMultipleDisputes",
    "pm_card_pendingRefund",
    "pm_card_refundFail",
]
IBANS = ["AT611904300234573201", "AT861904300235473202", "AT591904300235473203", "AT321904300235473204"]
TEXTS = ["winning_evidence", "losing_evidence", "escalate_inquiry_evidence", "something"]
LONG = [1, 60, 200, 86_400, 8 * 86_400, 130 * 86_400]


class Story:
    """A merchant, what came about so far, and a source of chance."""

    def __init__(self, merchant, seed):
        self.merchant, self.chance = merchant, Random(seed)

    def ids(self, path):
        return [found["id"] for found in self.call("GET", f"/v1/{path}", limit=100).json["data"]]

    def call(self, method, path, **given):
        reply = self.merchant.send(method, path, **given)
        assert reply.status in (200, 400, 402), (path, given, reply.text)
        return reply

    def pick(self, path):
        found = self.ids(path)
        return self.chance.choice(found) if found else None

    def pay_by_card(self):
        capture = self.chance.choice(["automatic", "manual"])
        given = {"amount": 1000, "currency": "eur", "confirm": "true", "return_url": "https://shop.example"}
        method = self.chance.choice(CARDS)
        self.call("POST", "/v1/payment_intents", payment_method=method, capture_method=capture, **given)

    def pay_otherwise(self):
        kind = self.chance.choice([*ACTIONS, "sepa_debit"])
        more = {"payment_method_data__sepa_debit__iban": self.chance.choice(IBANS)} if kind == "sepa_debit" else {}
        currency = ACTIONS[kind][0] if kind in ACTIONS else "eur"
        assert pay_by(self.merchant, kind, currency, **more).status == 200

    def set_up(self):
        given = self.chance.choice([SEPA, ACH, {"payment_method": self.chance.choice(CARDS)}])
        self.call("POST", "/v1/setup_intents", confirm="true", return_url="https://shop.example", **given, **ACCEPTED)

    def act_on_a_payment(self):
        payment = self.pick("payment_intents")
        if payment is not None:
            self.call("POST", f"/v1/payment_intents/{payment}/{self.chance.choice(['cancel', 'capture', 'confirm'])}")

    def refund(self):
        payment = self.pick("payment_intents")
        if payment is not None:
            self.call("POST", "/v1/refunds", payment_intent=payment, amount=self.chance.choice([1, 400, 5000]))

    def answer(self):
        dispute = self.pick("disputes")
        if dispute is not None and self.chance.random() < 0.7:
            self.call("POST", f"/v1/disputes/{dispute}", evidence__uncategorized_text=self.chance.choice(TEXTS))
        elif dispute is not None:
            self.call("POST", f"/v1/disputes/{dispute}/close")

    def have_disputed(self):
        payment = self.pick("payment_intents")
        if payment is not None:
            reason = self.chance.choice(["fraudulent", "inquiry", "rdr", "nonsense"])
            body = {"payment": payment, "reason": reason, "amount": self.chance.choice([1, 400, 1000])}
            reply = self.merchant.client.post(f"/_mock/tenants/{self.merchant.tenant}/disputes", json=body)
            assert reply.status_code in (200, 400), reply.get_data(as_text=True)

    def decide(self):
        waiting = self.merchant.mock("GET", "approvals")["approvals"]
        if waiting:
            identity = self.chance.choice(waiting)["id"]
            self.merchant.mock("POST", f"approvals/{identity}", {"outcome": self.chance.choice(["approve", "fail"])})

    def wait(self):
        self.merchant.wait(self.chance.choice(LONG))

    def step(self):
        self.chance.choice(
            [
                self.pay_by_card,
                self.pay_otherwise,
                self.set_up,
                self.act_on_a_payment,
                self.refund,
                self.answer,
                self.have_disputed,
                self.decide,
                self.decide,
                self.wait,
            ]
        )()


def _books_agree(story):
    merchant = story.merchant
    payments = {one["id"]: one for one in story.call("GET", "/v1/payment_intents", limit=100).json["data"]}
    disputes = story.call("GET", "/v1/disputes", limit=100).json["data"]
    ledger = merchant.mock("GET", "ledger")["payments"]
    assert ledger.keys() == payments.keys()
    for payment, totals in ledger.items():
        assert Decimal(totals["captured"]) == Decimal(payments[payment]["amount_received"]) / 100, payment
        held = [one["balance_transactions"] for one in disputes if one["payment_intent"] == payment]
        gone = -sum(entry["amount"] for entries in held for entry in entries)
        assert Decimal(totals["disputed"]) == Decimal(gone) / 100, payment


@pytest.mark.parametrize("seed", range(12))
def test_the_books_agree_at_every_step(merchant, seed):
    story = Story(merchant, seed)
    for _ in range(40):
        story.step()
        _books_agree(story)
