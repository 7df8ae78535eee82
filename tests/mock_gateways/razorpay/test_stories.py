"""Thousands of random steps: no story makes money, breaks the ledger, or ends in a failure of the simulator's own."""

import random
from decimal import Decimal

import pytest

from mock_gateways.app import create_app
from tests.mock_gateways.razorpay.conftest import Merchant, card

METHODS = (
    {"method": "card", "card": card()},
    {"method": "card", "card": card("4100280000080001")},
    {"method": "card", "card": card(), "auth_type": "skip"},
    {"method": "upi", "vpa": "success@razorpay"},
    {"method": "upi", "vpa": "late@razorpay"},
    {"method": "netbanking", "bank": "HDFC"},
    {"method": "wallet", "wallet": "payzapp"},
)
WAITS = (1, 60, 601, 3600, 86400, 5 * 86400, 200 * 86400)


class Story:
    """One merchant who does whatever comes to mind, and what has come of it."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        waits = {"refund_waits": seed % 2, "deduct_at_onset": seed % 3 % 2}
        self.merchant = Merchant(create_app("razorpay", settings=waits), f"rzp_test_story_{seed}")
        self.merchant.listen()
        self.orders, self.payments, self.disputes = [self.merchant.order(1000)], [], []

    def order(self):
        mode = self.random.choice(["automatic", "manual"])
        self.orders.append(self.merchant.order(1000, mode=mode, partial_payment=self.random.random() < 0.3))

    def pay(self):
        order = self.random.choice([*self.orders, None])
        answer = self.merchant.pay(order, self.random.choice([1000, 400]), **self.random.choice(METHODS))
        if answer.status == 200:
            self.payments.append(answer.payment)

    def capture(self):
        self.on("capture", amount=self.random.choice([1000, 400]))

    def refund(self):
        amount = self.random.choice([{}, {"amount": 300}, {"amount": 700}])
        self.on("refund", **amount, speed=self.random.choice(["normal", "optimum"]))

    def otp(self):
        self.on("otp/submit", otp=self.random.choice(["1", "1234"]))

    def on(self, action, **body):
        if self.payments:
            assert self.merchant.on(self.random.choice(self.payments), action, **body).status in (200, 400)

    def decide(self):
        waiting = self.merchant.mock("GET", "approvals")["approvals"]
        if waiting:
            self.merchant.approve(self.random.choice(waiting)["id"], self.random.choice(["approve", "fail"]))

    def dispute(self):
        if not self.payments:
            return
        body = {"payment": self.random.choice(self.payments), "reason": self.random.choice(["chargeback", "fraud"])}
        reply = self.merchant.client.post(f"/_mock/tenants/{self.merchant.tenant}/disputes", json=body)
        assert reply.status_code in (200, 400)
        if reply.status_code == 200:
            self.disputes.append(reply.get_json()["id"])

    def answer(self):
        if not self.disputes:
            return
        dispute = self.random.choice(self.disputes)
        file = self.merchant.send("POST", "/v1/documents", {"file": "a.png", "purpose": "dispute_evidence"}).json["id"]
        contest = ("PATCH", f"/v1/disputes/{dispute}/contest", {"action": "submit", "billing_proof": [file]})
        accept = ("POST", f"/v1/disputes/{dispute}/accept", {})
        assert self.merchant.send(*self.random.choice([contest, accept])).status in (200, 400)

    def wait(self):
        self.merchant.wait(self.random.choice(WAITS))

    def judge(self):
        """What every payment says of itself is what the ledger says of it."""
        payments = self.merchant.mock("GET", "ledger")["payments"]
        for identity, totals in payments.items():
            money = {name: Decimal(totals[name]) for name in ("authorised", "captured", "released", "refunded")}
            shown = self.merchant.read(identity)
            amount = Decimal(shown["amount"]) / 100
            assert shown["captured"] == (money["captured"] == amount != 0), identity
            assert money["captured"] in (0, amount)
            assert (shown["status"] == "authorized") == (money["authorised"] > money["captured"] + money["released"])
            assert money["refunded"] <= Decimal(shown["amount_refunded"]) / 100
            assert (shown["status"] == "failed") == bool(shown["error_reason"])

    def play(self, steps):
        moves = (self.order, self.pay, self.pay, self.capture, self.refund, self.otp, self.decide, self.decide,
                 self.dispute, self.answer, self.wait)  # fmt: skip
        for _ in range(steps):
            self.random.choice(moves)()
        self.judge()


@pytest.mark.parametrize("seed", range(12))
def test_a_random_story_ends_well(seed):
    Story(seed).play(150)
