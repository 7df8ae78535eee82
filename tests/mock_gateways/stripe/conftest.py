"""A merchant who talks to the simulated Stripe in process, and looks behind the curtain by the control plane."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
from werkzeug.test import Client

from mock_gateways.app import create_app

if TYPE_CHECKING:
    from collections.abc import Callable

FACTS = Path(__file__).parents[2] / "facts" / "stripe"
NEW_KEYS = itertools.count()


def facts(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_text())


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


class Merchant:
    """One secret key, and the application it is used with."""

    def __init__(self, app: Any, key: str) -> None:
        self.app, self.key, self.client = app, key, Client(app.wsgi_app)
        self.tenant = self.control("POST", "/_mock/tenants", {"credential": key})["id"]

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, /, **parameters: Any) -> Answer:
        """Call the API with form parameters; a name such as `card__number` becomes `card[number]`."""
        form = urlencode({_bracketed(name): value for name, value in parameters.items()}, doseq=True)
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        if method == "GET":
            reply = self.client.open(path, method=method, query_string=form, headers=sent)
        else:
            kind = "application/x-www-form-urlencoded"
            reply = self.client.open(path, method=method, data=form, headers=sent, content_type=kind)
        return Answer(reply.status_code, reply.headers, reply.get_data(as_text=True))

    def pay(self, method: str = "pm_card_visa", amount: int = 1000, currency: str = "eur", **more: Any) -> Answer:
        given = {"amount": amount, "currency": currency, "confirm": "true", "payment_method": method, **more}
        return self.send("POST", "/v1/payment_intents", **given)

    def hold(self, amount: int = 1000, **more: Any) -> str:
        return str(self.pay(amount=amount, capture_method="manual", **more).json["id"])

    def on(self, payment: str, action: str, **parameters: Any) -> Answer:
        return self.send("POST", f"/v1/payment_intents/{payment}/{action}", **parameters)

    def read(self, payment: str, **parameters: Any) -> Any:
        return self.send("GET", f"/v1/payment_intents/{payment}", **parameters).json

    def charge(self, payment: str) -> Any:
        return self.read(payment, **{"expand[]": "latest_charge"})["latest_charge"]

    def refund(self, payment: str, **parameters: Any) -> Answer:
        return self.send("POST", "/v1/refunds", payment_intent=payment, **parameters)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.client.open(path, method=method, json=body)
        assert reply.status_code == 200, reply.get_data(as_text=True)
        return reply.get_json()

    def mock(self, method: str, path: str, body: Any = None) -> Any:
        return self.control(method, f"/_mock/tenants/{self.tenant}/{path}", body)

    def ledger(self, payment: str) -> tuple[str, str, str, str]:
        totals = self.mock("GET", f"ledger?payment={payment}")["payments"][payment]
        return totals["authorised"], totals["captured"], totals["released"], totals["refunded"]

    def wait(self, seconds: int) -> None:
        self.mock("POST", "clock", {"advance": seconds})

    def fault(self, effect: dict[str, Any], route: str | None = None, **more: Any) -> None:
        self.mock("POST", "faults", {"route": route, "effect": effect, **more})

    def events(self) -> list[str]:
        return [event["type"] for event in self.send("GET", "/v1/events", limit=100).json["data"]][::-1]


def _bracketed(name: str) -> str:
    first, *rest = name.split("__")
    return first + "".join(f"[{part}]" for part in rest)


@pytest.fixture(scope="session")
def app() -> Any:
    return create_app("stripe")


@pytest.fixture
def merchant(app: Any) -> Merchant:
    """A merchant nobody else uses."""
    return Merchant(app, f"sk_test_{next(NEW_KEYS)}")


@pytest.fixture
def merchant_with() -> Callable[..., Merchant]:
    """A merchant whose gateway has other settings."""
    return lambda **settings: Merchant(create_app("stripe", settings=settings), "sk_test_other")


def pay_ten(app: Any) -> tuple[Merchant, str]:
    """A merchant of this gateway, and a payment of ten major units."""
    merchant = Merchant(app, "sk_test_pages")
    return merchant, merchant.pay().json["id"]
