"""A merchant who talks to the simulated Razorpay in process, and looks behind the curtain by the control plane."""

import base64
import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client

from mock_gateways.app import create_app

FACTS = Path(__file__).parents[2] / "facts" / "razorpay"
NEW_KEYS = itertools.count()
SECRET = "EnLs21M47BllR3X8PSFtjtbd"  # of the published signature vector
VISA = "4100280000001007"


def facts(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_text())


def card(number: str = VISA, **more: Any) -> dict[str, Any]:
    return {"number": number, "name": "A", "expiry_month": "12", "expiry_year": "40", "cvv": "100", **more}


@dataclass(frozen=True)
class Answer:
    """A reply: status, headers, JSON body."""

    status: int
    headers: Any
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> Any:
        return self.json["error"]

    @property
    def payment(self) -> str:
        return str(self.json["razorpay_payment_id"])


class Merchant:
    """One API key, and the application it is used with."""

    def __init__(self, app: Any, key: str) -> None:
        self.app, self.key, self.client = app, key, Client(app.wsgi_app)
        self.tenant = self.control("POST", "/_mock/tenants", {"credential": key})["id"]

    def basic(self, secret: str = SECRET) -> str:
        return "Basic " + base64.b64encode(f"{self.key}:{secret}".encode()).decode()

    def send(self, method: str, path: str, body: Any = None, /, **options: Any) -> Answer:
        """Call the API with a JSON body; for GET the parameters are the query."""
        sent = {"Authorization": self.basic(), **options.pop("headers", {})}
        if method == "GET":
            reply = self.client.open(path, method=method, query_string=body, headers=sent)
        else:
            reply = self.client.open(path, method=method, json=body, headers=sent, **options)
        return Answer(reply.status_code, reply.headers, reply.get_data(as_text=True))

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

    def control(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.client.open(path, method=method, json=body)
        assert reply.status_code == 200, reply.get_data(as_text=True)
        return reply.get_json()

    def mock(self, method: str, path: str, body: Any = None) -> Any:
        return self.control(method, f"/_mock/tenants/{self.tenant}/{path}", body)

    def ledger(self, payment: str) -> tuple[str, str, str, str]:
        totals = self.mock("GET", f"ledger?payment={payment}")["payments"][payment]
        return totals["authorised"], totals["captured"], totals["released"], totals["refunded"]

    def disputed(self, payment: str) -> str:
        return str(self.mock("GET", f"ledger?payment={payment}")["payments"][payment]["disputed"])

    def wait(self, seconds: int) -> None:
        self.mock("POST", "clock", {"advance": seconds})

    def fault(self, effect: dict[str, Any], route: str | None = None, **more: Any) -> None:
        self.mock("POST", "faults", {"route": route, "effect": effect, **more})

    def listen(self, *events: str) -> str:
        address = {"url": "https://shop.example/hooks", "events": list(events) or ["*"]}
        return str(self.mock("POST", "webhooks", address)["secret"])

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
