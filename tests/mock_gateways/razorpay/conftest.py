"""A merchant who talks to the simulated Razorpay in process, and looks behind the curtain by the control plane."""

import base64
import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from mock_gateways.app import create_app
from tests.mock_gateways.world import Reply, World

FACTS = Path(__file__).parents[2] / "facts" / "razorpay"
NEW_KEYS = itertools.count()
SECRET = "EnLs21M47BllR3X8PSFtjtbd"  # of the published signature vector
VISA = "4100280000001007"


def facts(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_text())


def card(number: str = VISA, **more: Any) -> dict[str, Any]:
    return {"number": number, "name": "A", "expiry_month": "12", "expiry_year": "40", "cvv": "100", **more}


class Answer(Reply):
    """A reply in the gateway's own words."""

    @property
    def error(self) -> Any:
        return self.json["error"]

    @property
    def payment(self) -> str:
        return str(self.json["razorpay_payment_id"])


class Merchant(World):
    """One API key, and the application it is used with."""

    def __init__(self, app: Any, key: str) -> None:
        super().__init__(app, key)
        self.key = key

    def basic(self, secret: str = SECRET) -> str:
        return "Basic " + base64.b64encode(f"{self.key}:{secret}".encode()).decode()

    def send(self, method: str, path: str, body: Any = None, /, **options: Any) -> Answer:
        """Call the API with a JSON body; for GET the parameters are the query."""
        sent = {"Authorization": self.basic(), **options.pop("headers", {})}
        if method == "GET":
            reply = self.client.open(path, method=method, query_string=body, headers=sent)
        else:
            reply = self.client.open(path, method=method, json=body, headers=sent, **options)
        return Answer.of(reply)

    def order(self, amount: int = 1000, currency: str = "INR", mode: str = "automatic", **more: Any) -> str:
        options = {"automatic_expiry_period": 12} if mode == "automatic" else {}
        payment = {"capture": mode, "capture_options": options}
        given = {"amount": amount, "currency": currency, "payment": payment, **more}
        return str(self.send("POST", "/v1/orders", given).json["id"])

    def pay(self, order: str | None, amount: int = 1000, currency: str = "INR", **more: Any) -> Answer:
        given = {"amount": amount, "currency": currency, "email": "a@example.com", "contact": "+919000090000"}
        given |= {"method": "card", "card": card()} if "method" not in more and "token" not in more else {}
        given |= {"order_id": order} if order else {}
        return self.send("POST", "/v1/payments/create/json", {**given, **more})

    def held(self, amount: int = 1000, currency: str = "INR", **more: Any) -> str:
        payment = self.pay(self.order(amount, currency, "manual"), amount, currency, **more).payment
        self.approve(payment)
        return payment

    def paid(self, amount: int = 1000, currency: str = "INR", **more: Any) -> str:
        payment = self.pay(self.order(amount, currency), amount, currency, **more).payment
        self.approve(payment)
        return payment

    def approve(self, identity: str, outcome: str = "approve") -> Any:
        return self.mock("POST", f"approvals/{identity}", {"outcome": outcome})

    def on(self, payment: str, action: str, **body: Any) -> Answer:
        known = {"currency": "INR"} if action == "capture" else {}
        return self.send("POST", f"/v1/payments/{payment}/{action}", {**known, **body})

    def read(self, payment: str, **query: Any) -> Any:
        return self.send("GET", f"/v1/payments/{payment}", query).json

    def disputed(self, payment: str) -> str:
        return str(self.mock("GET", f"ledger?payment={payment}")["payments"][payment]["disputed"])

    def deliveries(self) -> list[Any]:
        return list(self.mock("GET", "outbox")["deliveries"])

    def events(self) -> list[str]:
        return [delivery["type"] for delivery in self.deliveries()]


@pytest.fixture(scope="session")
def app() -> Any:
    return create_app("razorpay")


@pytest.fixture
def merchant(app: Any) -> Merchant:
    """A merchant nobody else uses."""
    return Merchant(app, f"rzp_test_{next(NEW_KEYS)}")


@pytest.fixture
def merchant_with() -> Any:
    """A merchant whose gateway has other settings."""
    return lambda **settings: Merchant(create_app("razorpay", settings=settings), "rzp_test_other")


def pay_ten(app: Any) -> tuple[Merchant, str]:
    """A merchant of this gateway, and a payment of ten major units."""
    merchant = Merchant(app, "rzp_test_pages")
    return merchant, merchant.paid()
