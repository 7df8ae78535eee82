"""A merchant who talks to the simulated Stripe in process, and looks behind the curtain by the control plane."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest

from mock_gateways.app import create_app
from tests.mock_gateways.world import Reply, World

if TYPE_CHECKING:
    from collections.abc import Callable

FACTS = Path(__file__).parents[2] / "facts" / "stripe"
NEW_KEYS = itertools.count()


def facts(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_text())


class Answer(Reply):
    """A reply in the gateway's own words."""

    @property
    def error(self) -> Any:
        return self.json["error"]


class Merchant(World):
    """One secret key, and the application it is used with."""

    def __init__(self, app: Any, key: str) -> None:
        super().__init__(app, key)
        self.key = key

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, /, **parameters: Any) -> Answer:
        """Call the API with form parameters; a name such as `card__number` becomes `card[number]`."""
        form = urlencode({_bracketed(name): value for name, value in parameters.items()}, doseq=True)
        sent = {"Authorization": f"Bearer {self.key}", **(headers or {})}
        if method == "GET":
            reply = self.client.open(path, method=method, query_string=form, headers=sent)
        else:
            kind = "application/x-www-form-urlencoded"
            reply = self.client.open(path, method=method, data=form, headers=sent, content_type=kind)
        return Answer.of(reply)

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
