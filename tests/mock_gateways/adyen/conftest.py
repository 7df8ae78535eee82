"""A merchant who talks to the simulated Adyen in process, and looks behind the curtain by the control plane."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mock_gateways.app import create_app
from tests.mock_gateways.world import Reply, World

if TYPE_CHECKING:
    from collections.abc import Callable

FACTS = Path(__file__).parents[2] / "facts" / "adyen"
ACCOUNT = "AssayECOM"
NEW_KEYS = itertools.count()
CARD = {"type": "scheme", "expiryMonth": "03", "expiryYear": "2030", "cvc": "737"}
VISA, CHALLENGED = "4111111111111111", "4917610000000000"
DISPUTES = "/ca/services/DisputeService/v30"
DAY, HOUR = 86_400, 3_600


def facts(name: str) -> Any:
    return json.loads((FACTS / f"{name}.json").read_text())


class Answer(Reply):
    """A reply in the gateway's own words."""

    @property
    def error(self) -> tuple[int, str]:
        return self.status, self.json["errorCode"]

    @property
    def result(self) -> str:
        return str(self.json["resultCode"])


class Merchant(World):
    """One API key and merchant account, and the application they are used with."""

    def __init__(self, app: Any, key: str, account: str = ACCOUNT) -> None:
        super().__init__(app, f"{key}:{account}")
        self.key, self.account = key, account

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, /, **body: Any) -> Answer:
        sent = {"X-API-Key": self.key, **(headers or {})}
        if method in ("GET", "DELETE"):
            reply = self.client.open(path, method=method, query_string=body, headers=sent)
        else:
            reply = self.client.open(path, method=method, json=body, headers=sent)
        return Answer.of(reply)

    def request(self, *, value: int = 1000, currency: str = "EUR", **more: Any) -> dict[str, Any]:
        """The body of a payment, by a card that needs nothing else when nothing else is said."""
        given = {
            "amount": {"value": value, "currency": currency},
            "merchantAccount": self.account,
            "reference": "order-1",
            "returnUrl": "https://shop.example/back?cart=7",
            "paymentMethod": {**CARD, "number": VISA},
            "lineItems": [{"description": "A book", "quantity": 1, "amountIncludingTax": value}],
        }
        return {**given, **more}

    def pay(self, headers: dict[str, str] | None = None, /, **more: Any) -> Answer:
        return self.send("POST", "/v72/payments", headers, **self.request(**more))

    def hold(self, **more: Any) -> str:
        return str(self.pay(**{"additionalData": {"manualCapture": "true"}, **more}).json["pspReference"])

    def card(self, number: str = VISA, **more: Any) -> Answer:
        return self.pay(paymentMethod={**CARD, "number": number, **more})

    def detail(self, **details: Any) -> Answer:
        return self.send("POST", "/v72/payments/details", details=details)

    def on(self, psp: str, action: str, value: int | None = None, **more: Any) -> Answer:
        """Modify a payment, and let that arrive."""
        amount = {} if value is None else {"amount": {"value": value, "currency": more.pop("currency", "EUR")}}
        body = {"merchantAccount": self.account, **amount, **more}
        answer = self.send("POST", f"/v72/payments/{psp}/{action}", **body)
        self.mock("GET", "clock")
        return answer

    def dispute(self, operation: str, psp: str, **more: Any) -> Any:
        body = {"merchantAccountCode": self.account, "disputePspReference": psp, **more}
        return self.send("POST", f"{DISPUTES}/{operation}", **body).json

    def state(self, psp: str) -> str:
        return str(self.mock("GET", f"ledger?payment={psp}")["payments"][psp]["state"])

    def waiting(self) -> list[Any]:
        return list(self.mock("GET", "approvals")["approvals"])

    def decide(self, outcome: str = "approve", identity: str | None = None) -> Any:
        """What a shopper or a bank decides about the newest that waits, or about one."""
        return self.mock("POST", f"approvals/{identity or self.waiting()[-1]['id']}", {"outcome": outcome})

    def heard(self) -> list[Any]:
        """Every item that was sent, oldest first."""
        bodies = [json.loads(row["body"]) for row in self.mock("GET", "outbox")["deliveries"]]
        return [entry["NotificationRequestItem"] for body in bodies for entry in body["notificationItems"]]

    def told(self) -> list[tuple[str, str]]:
        return [(item["eventCode"], item["success"]) for item in self.heard()]


@pytest.fixture(scope="session")
def app() -> Any:
    return create_app("adyen")


@pytest.fixture
def merchant(app: Any) -> Merchant:
    """A merchant nobody else uses, who hears of everything."""
    made = Merchant(app, f"AQEtest_{next(NEW_KEYS)}")
    made.listen()
    return made


@pytest.fixture
def merchant_with() -> Callable[..., Merchant]:
    """A merchant whose account is set up in another way."""

    def make(**settings: Any) -> Merchant:
        made = Merchant(create_app("adyen", settings=settings), "AQEtest_other")
        made.listen()
        return made

    return make


def pay_ten(app: Any) -> tuple[Merchant, str]:
    """A merchant of this gateway, and a payment of ten major units."""
    merchant = Merchant(app, "AQEtest_pages")
    return merchant, str(merchant.pay().json["pspReference"])
