"""A merchant's world in a simulator, seen through its control plane; how its API is called is each gateway's own."""

import json
from dataclasses import dataclass
from typing import Any

from werkzeug.test import Client, TestResponse

__all__ = ["Reply", "World"]


@dataclass(frozen=True)
class Reply:
    """Status, headers, JSON body."""

    status: int
    headers: Any
    text: str

    @classmethod
    def of(cls, response: TestResponse) -> Any:
        return cls(response.status_code, response.headers, response.get_data(as_text=True))

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class World:
    """All that belongs to one credential, and the application it is used with."""

    def __init__(self, app: Any, credential: str) -> None:
        self.app, self.client = app, Client(app.wsgi_app)
        self.tenant = self.control("POST", "/_mock/tenants", {"credential": credential})["id"]

    def control(self, method: str, path: str, body: Any = None) -> Any:
        reply = self.client.open(path, method=method, json=body)
        assert reply.status_code == 200, reply.get_data(as_text=True)
        return reply.get_json()

    def mock(self, method: str, path: str, body: Any = None) -> Any:
        return self.control(method, f"/_mock/tenants/{self.tenant}/{path}", body)

    def ledger(self, payment: str) -> tuple[str, str, str, str]:
        """What was authorised, captured, released and refunded, in major units."""
        totals = self.mock("GET", f"ledger?payment={payment}")["payments"][payment]
        return totals["authorised"], totals["captured"], totals["released"], totals["refunded"]

    def wait(self, seconds: int) -> None:
        self.mock("POST", "clock", {"advance": seconds})

    def fault(self, effect: dict[str, Any], route: str | None = None, **more: Any) -> None:
        self.mock("POST", "faults", {"route": route, "effect": effect, **more})

    def listen(self, *events: str) -> str:
        """The secret that a new endpoint's webhooks are signed with."""
        address = {"url": "https://shop.example/webhooks", "events": list(events) or ["*"]}
        return str(self.mock("POST", "webhooks", address)["secret"])
